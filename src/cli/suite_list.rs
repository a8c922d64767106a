//! `macproof suite list` and `suite search`: which suites there are.

use std::fmt::Write as _;

use crate::cli::exit::{Exit, Stop};
use crate::cli::terminal::tell;
use crate::suite::{self, Embedded, SuiteHead, SuiteKind};

/// Lists the suites of a kind, or all: first those that run if none is named, then kind by kind.
pub(crate) fn list(kind: Option<SuiteKind>) -> Result<Exit, Stop> {
    let all = heads()?;
    let of_kind: Vec<&Listed> = all
        .iter()
        .filter(|(_, head)| kind.is_none() || head.kind == kind)
        .collect();
    tell(&groups(&of_kind));
    Ok(Exit::Success)
}

/// Lists the suites in whose file every word occurs, before the vectors: in their names, titles,
/// sources, schemes and requirements.
pub(crate) fn search(words: &[String]) -> Result<Exit, Stop> {
    let wanted: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let holds = |(embedded, _): &&Listed| {
        let text = embedded.before_vectors().to_lowercase();
        wanted.iter().all(|word| text.contains(word.as_str()))
    };
    let all = heads()?;
    let found: Vec<&Listed> = all.iter().filter(holds).collect();
    if found.is_empty() {
        return Err(Stop::usage(format_args!(
            "no built-in suite mentions {:?}; `macproof suite list` shows all, and docs/suite-format.md says how to write one",
            words.join(" ")
        )));
    }
    tell(&groups(&found));
    Ok(Exit::Success)
}

type Listed = (Embedded, SuiteHead);

fn heads() -> Result<Vec<Listed>, Stop> {
    suite::embedded()
        .map(|embedded| Ok((embedded, embedded.head().map_err(Stop::harness)?)))
        .collect()
}

/// The suites under the heading of each group.
fn groups(listed: &[&Listed]) -> String {
    let mut groups: Vec<(&str, Vec<&Listed>)> = vec![("run if none is named", Vec::new())];
    groups.extend(SuiteKind::ALL.map(|kind| (kind.name(), Vec::new())));
    groups.push(("primitives", Vec::new()));
    for one @ (embedded, head) in listed {
        let group = match (embedded.by_default, head.kind) {
            (true, _) => 0,
            (false, Some(kind)) => 1 + kind as usize,
            (false, None) => groups.len() - 1,
        };
        groups[group].1.push(one);
    }
    let mut out = String::new();
    for (name, suites) in groups.iter().filter(|(_, suites)| !suites.is_empty()) {
        let blank = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{blank}{name}:");
        for (embedded, head) in suites {
            let _ = writeln!(
                out,
                "  {:<24} {:>5} vectors  {}",
                embedded.name,
                crate::report::grouped(embedded.count),
                head.title
            );
        }
    }
    out
}
