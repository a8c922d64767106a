//! The changes between two results as a page: by finding, what is new first, worst first.

use askama::Template;

use crate::report::beside::Tone;
use crate::report::digits::{count, grouped};
use crate::report::run::changes::{Changes, FindingInWords, Group, Part, PartKind, happens};
use crate::report::visible::{capitalised, excerpt};
use crate::results::{Difference, Document};

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
    mark: &'static str,
    title: String,
    counted: String,
    groups: Vec<GroupView>,
}

/// The changed cases of a finding.
struct GroupView {
    title: String,
    does: Option<String>,
    extent: String,
    remedies: Vec<String>,
    is_open: bool,
    cases: Vec<(String, String)>,
    more: Option<String>,
}

/// Renders the changes as a self-contained page. It has no script. `documents` are the two results,
/// the earlier one first.
#[expect(
    clippy::expect_used,
    reason = "a template writes into a string, and nothing in it can fail"
)]
pub fn difference_html(difference: &Difference, documents: [&Document; 2]) -> String {
    let changes = Changes::of(difference, documents);
    let is_regression = difference.is_regression();
    let tone = if is_regression { Tone::Bad } else { Tone::Good };
    let absent = difference.did_not_start.len() as u64;
    let broke = difference.broke.len() as u64;
    let word = match (is_regression, broke, absent) {
        (false, ..) => "No regression".to_owned(),
        (true, 0, 0) => "New cases fail".to_owned(),
        (true, 0, absent) => {
            let number = count(absent, "implementation", "implementations");
            let start = if absent == 1 { "starts" } else { "start" };
            format!("{number} no longer {start}")
        }
        (true, broke, _) => format!("{} broke", count(broke, "case", "cases")),
    };
    let page = DifferencePage {
        icon: tone.icon(),
        tone: tone.class(),
        word,
        said: format!("{} as before", changes.unchanged),
        notes: (changes.absent.iter().chain(&changes.notes))
            .map(|one| capitalised(one))
            .collect(),
        parts: changes.parts.iter().map(PartView::of).collect(),
    };
    page.render().expect("a page can be written")
}

impl PartView {
    fn of(part: &Part<'_>) -> Self {
        let (tone, mark) = match part.kind {
            PartKind::Broke => ("bad", "✕"),
            PartKind::Appeared => ("plain", "+"),
            PartKind::Changed => ("doubt", "!"),
            PartKind::Fixed => ("good", "✓"),
            PartKind::Vanished => ("plain", "–"),
        };
        let groups = part.groups.iter().enumerate();
        Self {
            anchor: part.kind.name(),
            tone,
            mark,
            title: capitalised(part.kind.name()),
            counted: grouped(part.number),
            // The gravest of what broke shows its cases, the others how many they are.
            groups: groups
                .map(|(at, group)| GroupView::of(group, part.kind == PartKind::Broke && at == 0))
                .collect(),
        }
    }
}

impl GroupView {
    fn of(group: &Group<'_>, is_open: bool) -> Self {
        let left = group.cases.len().saturating_sub(CASES) as u64;
        let finding = group.finding.as_ref();
        let title = |finding: &FindingInWords| capitalised(&finding.ground.say(&finding.title));
        let cases = group.cases.iter().take(CASES);
        Self {
            title: finding.map_or_else(|| capitalised(&group.changes.join(", ")), title),
            does: finding.map(|finding| {
                let was = if group.is_bad { "" } else { "before: " };
                format!("{was}{}", finding.does)
            }),
            extent: group.extent(),
            remedies: finding.map_or_else(Vec::new, |finding| finding.remedies.clone()),
            is_open,
            cases: cases
                .map(|case| (excerpt(&case.case, COLUMNS), happens(case)))
                .collect(),
            more: (left > 0).then(|| {
                let cases = count(left, "case", "cases");
                format!("and {cases} more, in the output of --json")
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::difference_html;
    use crate::report::fixture::{HOSTILE, forty_of_three_hundred};
    use crate::report::visible::is_visible;
    use crate::results::{Difference, Document, Verdict};

    fn page_of(old: &Document, new: &Document) -> String {
        difference_html(&Difference::between(old, new), [old, new])
    }

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
        let page = page_of(&old, &new);
        assert!(page.contains("<h1>40 cases broke</h1>"), "{page}");
        assert!(page.contains("pass → fail"));
        let at = |words: &str| {
            page.find(words)
                .unwrap_or_else(|| panic!("{words}: {page}"))
        };
        assert!(at("id=\"broke\"") < at("id=\"changed\""), "{page}");
        // By finding, the gravest first, whatever the number of its cases.
        let forged = at("accepts what it must not · 4 cases, pass → fail");
        assert!(
            forged < at("signs wrongly · 36 cases, pass → fail"),
            "{page}"
        );
        assert!(at("Likely cause: the secret is decoded as hex") < at("<p class=\"fix\">"));
        assert!(!page.contains("<script"));
        assert!(
            page.chars()
                .all(|c| "\n…–→·✕✓".contains(c) || is_visible(c))
        );
        let same = page_of(&old, &old);
        assert!(same.contains("<h1>No regression</h1>"));
        let back = page_of(&new, &old);
        assert!(back.contains("<div class=\"verdict good\">"));
        assert!(back.contains("id=\"fixed\""));
    }
}
