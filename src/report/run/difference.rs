//! The changes between two results, for people and for programs.

use crate::report::digits::count;
use crate::report::json;
use crate::report::run::changes::{Changes, Group, PartKind, happens};
use crate::report::visible::excerpt;
use crate::results::{Difference, Document};

/// Longest text in a line, in columns.
const COLUMNS: usize = 120;

/// How many cases of a group are named.
const NAMED: usize = 4;

/// Renders the changes as text: by finding, what is new first, worst first, and the verdict last.
/// `documents` are the two results, the earlier one first.
pub fn difference(difference: &Difference, documents: [&Document; 2]) -> String {
    let changes = Changes::of(difference, documents);
    let mut out = String::new();
    for absent in &changes.absent {
        out.push_str(&format!("BROKE {absent}\n\n"));
    }
    for part in &changes.parts {
        for group in &part.groups {
            write(part.kind, group, &mut out);
        }
    }
    for note in &changes.notes {
        out.push_str(&format!("note: {note}\n"));
    }
    if !changes.notes.is_empty() {
        out.push('\n');
    }
    let word = if difference.is_regression() {
        "regression"
    } else {
        "no regression"
    };
    out.push_str(&format!("{word}: {}\n", changes.counted()));
    out
}

fn write(kind: PartKind, group: &Group<'_>, out: &mut String) {
    let kind = match kind {
        PartKind::Broke => "BROKE",
        other => other.name(),
    };
    out.push_str(&format!("{kind} {}\n", group.extent()));
    if let Some(finding) = &group.finding {
        let does = &finding.does;
        let title = finding.ground.say(&finding.title);
        let was = if group.is_bad { "" } else { "before: " };
        out.push_str(&format!("  {was}{does}\n  {title}\n"));
        for remedy in &finding.remedies {
            out.push_str(&format!("  fix: {remedy}\n"));
        }
    }
    let mut named: Vec<String> = Vec::new();
    for case in group.cases.iter().take(NAMED) {
        let (name, happens) = (excerpt(&case.case, COLUMNS), happens(case));
        if happens.is_empty() || !named.is_empty() {
            named.push(name);
        } else {
            out.push_str(&format!("  {name}: {happens}\n"));
            // Of the first the answer is told; the others mostly answer alike.
            named.push(String::new());
        }
    }
    let is_told = named.first().is_some_and(String::is_empty);
    named.retain(|name| !name.is_empty());
    let more = group.cases.len().saturating_sub(NAMED) as u64;
    if more > 0 {
        let more = count(more, "case", "cases");
        named.push(format!("and {more} more  (all: --json)"));
    }
    if !named.is_empty() {
        let also = if is_told { "also " } else { "" };
        out.push_str(&format!("  {also}{}\n", named.join(", ")));
    }
    out.push('\n');
}

/// Renders the changes as JSON.
pub fn difference_json(difference: &Difference) -> String {
    json(difference)
}

#[cfg(test)]
mod tests {
    use super::{difference, difference_json};
    use crate::report::fixture::{forty_of_three_hundred, green, rich};
    use crate::results::{Difference, RunResult, Verdict};

    #[test]
    fn the_difference_matches_the_snapshot() {
        let old: RunResult = rich(1);
        let mut new = old.clone();
        new.cases[0].verdict = Verdict::Pass;
        new.cases[2].verdict = Verdict::Fail;
        new.cases[2].actual = Some("threw: \u{1b}[31m\n".into());
        new.cases[2].outcome = Some(crate::results::ObservedKind::Threw);
        new.cases.remove(5);
        let mut appeared = old.cases[4].clone();
        appeared.id = "acme/new".into();
        new.cases.push(appeared);
        new.suites[0].digest = "00".repeat(32);
        let (old, new) = (old.into(), new.into());
        let changed = Difference::between(&old, &new);
        insta::assert_snapshot!("difference", difference(&changed, [&old, &new]));
        insta::assert_snapshot!("difference_json", difference_json(&changed));
    }

    #[test]
    fn no_change_is_one_line() {
        let (one, other) = (green().into(), green().into());
        let text = difference(&Difference::between(&one, &other), [&one, &other]);
        assert_eq!(text, "no regression: 805 cases as before\n");
        let other = forty_of_three_hundred().into();
        let text = difference(&Difference::between(&one, &other), [&one, &other]);
        assert!(text.contains("\nregression: "), "{text}");
    }
}
