//! How it came out, in short: each suite, the failed requirements, the likely causes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::report::digits::{count, grouped};
use crate::report::human::groups::Group;
use crate::report::human::page::Page;
use crate::report::request::op;
use crate::report::visible::{beginning, visible};
use crate::results::{Case, Causes, MistakeMention, RunResult, Verdict};

/// How many failed requirements are listed.
const REQUIREMENTS: usize = 20;

/// How many causes are named.
const CAUSES: usize = 3;

/// The suites, a line each: how many cases came to which verdict.
pub(super) fn suites(page: &mut Page, result: &RunResult) {
    page.gap();
    let shown: Vec<Verdict> = Verdict::ALL
        .into_iter()
        .filter(|verdict| result.counts.of(*verdict) > 0)
        .collect();
    let cell = |number: u64, word: &str| match number {
        0 => String::new(),
        _ => format!("{} {word}", grouped(number)),
    };
    let rows: Vec<Vec<String>> = result
        .suites
        .iter()
        .map(|suite| {
            let mut row = vec![count(suite.counts.total(), "case", "cases")];
            row.extend(shown.iter().map(|v| cell(suite.counts.of(*v), v.name())));
            row
        })
        .collect();
    let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
    let name_width = widest(&mut result.suites.iter().map(|suite| suite.name.len()));
    for (suite, row) in result.suites.iter().zip(&rows) {
        let mut line = format!("{:<name_width$}", suite.name);
        for (column, text) in row.iter().enumerate() {
            let width = widest(&mut rows.iter().map(|row| row[column].len()));
            let padded = format!("{text:>width$}");
            let painted = match column.checked_sub(1).map(|at| shown[at]) {
                _ if text.is_empty() => padded,
                Some(Verdict::Fail | Verdict::Error | Verdict::UnexpectedPass) => {
                    page.paint.bad(&padded)
                }
                Some(Verdict::Warning | Verdict::Skipped) => page.paint.doubtful(&padded),
                _ => padded,
            };
            let _ = write!(line, "   {painted}");
        }
        page.line(line);
    }
}

/// The failed requirements, a line each, where what was said of them above fills a screen.
pub(super) fn requirements(page: &mut Page, failures: &[Group<'_>]) {
    if failures.len() < 3 {
        return;
    }
    let figure = |group: &Group<'_>| {
        format!(
            "{} of {}",
            grouped(group.cases.len() as u64),
            grouped(group.tried as u64)
        )
    };
    let width = failures.iter().map(|group| figure(group).len()).max();
    let lines: Vec<_> = failures
        .iter()
        .map(|group| {
            format!(
                "{} {:>width$}  {}: {}",
                page.paint.bad("FAIL"),
                figure(group),
                group.name(),
                beginning(&group.requirement.text, 100),
                width = width.unwrap_or_default()
            )
        })
        .collect();
    page.list_up_to(REQUIREMENTS, &lines);
}

/// What is most likely wrong: the fewest mistakes that explain the most failed cases.
pub(super) fn likely_causes(page: &mut Page, result: &RunResult) {
    let of = |which: &str, verdicts: &[Verdict]| -> Vec<&Case> {
        let is_such = |case: &&Case| verdicts.contains(&case.verdict) && op(&case.request) == which;
        result.cases.iter().filter(is_such).collect()
    };
    let signed = of("sign", &[Verdict::Fail]);
    // A verifier's causes are judged over all that it misjudges, whether that counts or not.
    let misjudged = [Verdict::Fail, Verdict::Warning, Verdict::KnownFailure];
    let verified = of("verify", &misjudged);
    let of_signing = fewest(&signed);
    let of_verifying = &result.verifier_causes;
    if of_signing.is_empty() && of_verifying.is_empty() {
        return;
    }
    page.gap();
    for (mistakes, explained) in of_signing {
        let all = count(signed.len() as u64, "failed sign case", "failed sign cases");
        let label = format!("most likely, {} of {all}", grouped(explained));
        cause(page, &label, mistakes);
    }
    for mistake in of_verifying.iter().take(CAUSES) {
        let all = count(
            verified.len() as u64,
            "misjudged verify case",
            "misjudged verify cases",
        );
        let label = match mistake.explained {
            Some(explained) => format!("most likely, {} of {all}", grouped(explained)),
            None => format!("most likely, some of {all}"),
        };
        cause(page, &label, std::slice::from_ref(mistake));
    }
}

fn cause(page: &mut Page, label: &str, mistakes: &[MistakeMention]) {
    let titles: Vec<_> = mistakes.iter().map(|m| visible(&m.title)).collect();
    page.line(format_args!(
        "{}: {}",
        page.paint.doubtful(label),
        titles.join(", and ")
    ));
    for mistake in mistakes {
        page.line(format_args!("  {}", visible(&mistake.remedy)));
    }
}

/// The mistakes that explain most of the cases, then those that explain most of the rest, each
/// with how many cases it explains.
fn fewest<'r>(cases: &[&'r Case]) -> Vec<(&'r [MistakeMention], u64)> {
    let mut open: Vec<&Case> = cases
        .iter()
        .copied()
        .filter(|case| !case.causes.is_empty())
        .collect();
    let mut found = Vec::new();
    while !open.is_empty() && found.len() < CAUSES {
        let mut tally: BTreeMap<Vec<&str>, Tally<'r>> = BTreeMap::new();
        for case in &open {
            for (place, cause) in case.causes.iter().enumerate() {
                let tally = tally.entry(ids(cause)).or_insert(Tally {
                    cases: 0,
                    places: 0,
                    mistakes: &cause.mistakes,
                });
                tally.cases += 1;
                tally.places += place;
            }
        }
        // Of those that explain as many, the one that the cases themselves name first.
        let rank = |tally: &Tally<'_>| (Reverse(tally.cases), tally.places);
        let best = tally.iter().min_by_key(|(_, tally)| rank(tally));
        let Some((best, tally)) = best else {
            break;
        };
        found.push((tally.mistakes, tally.cases));
        open.retain(|case| !case.causes.iter().any(|cause| ids(cause) == *best));
    }
    found
}

/// How often a cause is named.
struct Tally<'r> {
    cases: u64,
    /// The sum of its places among the causes of those cases, from 0.
    places: usize,
    mistakes: &'r [MistakeMention],
}

fn ids(cause: &Causes) -> Vec<&str> {
    cause.mistakes.iter().map(|m| m.id.as_str()).collect()
}
