//! The changes between two results as a page: what broke first, in groups of cases that changed in
//! the same way.

use askama::Template;
use indexmap::IndexMap;

use crate::report::beside::Tone;
use crate::report::digits::{count, grouped};
use crate::report::visible::{capitalised, excerpt};
use crate::results::{ChangedCase, Difference, Verdict};

/// Longest text in a line, in columns.
const COLUMNS: usize = 400;

/// How many cases of a group are listed.
const CASES: usize = 50;

#[derive(Template)]
#[template(path = "difference.html")]
struct DifferencePage {
    icon: String,
    tone: &'static str,
    word: String,
    said: String,
    notes: Vec<String>,
    parts: Vec<PartView>,
}

/// The cases that broke, or that were fixed, and so on.
struct PartView {
    anchor: &'static str,
    tone: &'static str,
    title: String,
    counted: String,
    groups: Vec<GroupView>,
}

/// Cases of a suite that changed in the same way.
struct GroupView {
    suite: String,
    change: String,
    counted: String,
    is_open: bool,
    cases: Vec<(String, String)>,
    more: Option<String>,
}

/// Renders the changes as a self-contained page. It has no script.
#[expect(
    clippy::expect_used,
    reason = "a template writes into a string, and nothing in it can fail"
)]
pub fn difference_html(difference: &Difference) -> String {
    let is_regression = difference.is_regression();
    let tone = if is_regression { Tone::Bad } else { Tone::Good };
    let absent = difference.did_not_start.len() as u64;
    let broke = difference.broke.len() as u64;
    let word = match (is_regression, broke) {
        (false, _) => "No regression".to_owned(),
        (true, 0) => {
            let number = count(absent, "implementation does", "implementations do");
            format!("{number} not start any more")
        }
        (true, broke) => format!("{} broke", count(broke, "case", "cases")),
    };
    let parts = [
        ("broke", "bad", &difference.broke),
        ("changed", "doubt", &difference.changed),
        ("fixed", "good", &difference.fixed),
        ("appeared", "plain", &difference.appeared),
        ("vanished", "plain", &difference.vanished),
    ];
    let parts: Vec<PartView> = parts
        .into_iter()
        .filter(|(_, _, cases)| !cases.is_empty())
        .map(|(title, tone, cases)| PartView {
            anchor: title,
            tone,
            title: capitalised(title),
            counted: grouped(cases.len() as u64),
            groups: groups(cases, title == "broke"),
        })
        .collect();
    let page = DifferencePage {
        icon: tone.icon(),
        tone: tone.class(),
        word,
        said: format!("{} as before", count(difference.unchanged, "case", "cases")),
        notes: notes(difference),
        parts,
    };
    page.render().expect("a page can be written")
}

fn notes(difference: &Difference) -> Vec<String> {
    let absent = difference.did_not_start.iter().map(|absent| {
        let adapter = excerpt(&absent.adapter, COLUMNS);
        format!(
            "{adapter} did not start: {}",
            excerpt(&absent.reason, COLUMNS)
        )
    });
    let two = difference.implementations.iter().map(|[old, new]| {
        format!(
            "The results are of two implementations, {} and {}.",
            excerpt(old, COLUMNS),
            excerpt(new, COLUMNS)
        )
    });
    let suites = difference.changed_suites.iter().map(|suite| {
        let suite = excerpt(suite, COLUMNS);
        format!("The suite {suite} changed between the two.")
    });
    absent.chain(two).chain(suites).collect()
}

/// The groups of cases, the largest first.
fn groups(cases: &[ChangedCase], is_open: bool) -> Vec<GroupView> {
    let mut groups: IndexMap<(&str, String), Vec<&ChangedCase>> = IndexMap::new();
    for case in cases {
        let (suite, _) = case.case.split_once('/').unwrap_or(("", &case.case));
        groups.entry((suite, change(case))).or_default().push(case);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, cases)| std::cmp::Reverse(cases.len()));
    let view = |((suite, change), cases): ((&str, String), Vec<&ChangedCase>)| {
        let left = cases.len().saturating_sub(CASES) as u64;
        let words = |case: &&&ChangedCase| {
            let is_fine = matches!(case.now, Some(Verdict::Pass) | None);
            let what = if is_fine { "" } else { &case.what };
            (excerpt(&case.case, COLUMNS), excerpt(what, COLUMNS))
        };
        GroupView {
            suite: excerpt(suite, COLUMNS),
            change,
            counted: count(cases.len() as u64, "case", "cases"),
            is_open,
            cases: cases.iter().take(CASES).map(|case| words(&case)).collect(),
            more: (left > 0).then(|| {
                let cases = count(left, "case", "cases");
                format!("and {cases} more, in the output of --json")
            }),
        }
    };
    let views = groups.into_iter().map(view).enumerate();
    // The largest shows its cases, the others how many they are.
    let open = |(at, view): (usize, GroupView)| GroupView {
        is_open: view.is_open && at == 0,
        ..view
    };
    views.map(open).collect()
}

fn change(case: &ChangedCase) -> String {
    match (case.before, case.now) {
        (Some(before), Some(now)) if before != now => format!("{before} → {now}"),
        (Some(verdict), _) | (None, Some(verdict)) => verdict.to_string(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::difference_html;
    use crate::report::fixture::{HOSTILE, forty_of_three_hundred};
    use crate::report::visible::is_visible;
    use crate::results::{Difference, Document, Verdict};

    #[test]
    fn what_broke_stands_first_and_nothing_is_markup() {
        let new = forty_of_three_hundred();
        let mut old = new.clone();
        for case in &mut old.cases {
            case.verdict = Verdict::Pass;
            case.outcome = None;
        }
        let (old, mut new) = (Document::from(old), Document::from(new));
        for case in &mut new.runs_mut()[0].cases {
            case.actual = Some(HOSTILE.into());
        }
        let page = difference_html(&Difference::between(&old, &new));
        assert!(page.contains("<h1>40 cases broke</h1>"), "{page}");
        assert!(page.contains("pass → fail"));
        let at = |id: &str| page.find(id).unwrap();
        assert!(at("id=\"broke\"") < at("id=\"changed\""), "{page}");
        assert!(!page.contains("<script"));
        assert!(page.chars().all(|c| "\n…–→".contains(c) || is_visible(c)));
        let same = difference_html(&Difference::between(&old, &old));
        assert!(same.contains("<h1>No regression</h1>"));
        let back = difference_html(&Difference::between(&new, &old));
        assert!(back.contains("<div class=\"verdict good\">"));
        assert!(back.contains("id=\"fixed\""));
    }
}
