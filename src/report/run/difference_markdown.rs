//! The changes between two results as Markdown, for a pull request.

use crate::report::beside::Tone;
use crate::report::digits::{count, grouped};
use crate::report::run::changes::{Changes, Group, Part, happens};
use crate::report::run::markdown::LONGEST;
use crate::report::run::markdown_text::{code, mark, text};
use crate::report::visible::{capitalised, excerpt};
use crate::results::{Difference, Document};

/// How many groups of a part are described, and how many cases of each are named.
const GROUPS: usize = 10;
const CASES: usize = 20;

/// Longest text in a line, in columns.
const COLUMNS: usize = 160;

/// Renders the changes as Markdown: by finding, what is new first, worst first. `documents` are the
/// two results, the earlier one first. Untrusted text is put in code spans.
pub fn difference_markdown(difference: &Difference, documents: [&Document; 2]) -> String {
    let changes = Changes::of(difference, documents);
    let (tone, word) = if difference.is_regression() {
        (Tone::Bad, "regression")
    } else {
        (Tone::Good, "no regression")
    };
    let mut out = format!(
        "### {} {}\n\n{}.\n\n",
        mark(tone),
        capitalised(word),
        changes.counted()
    );
    let absent = changes.absent.iter();
    let absent = absent.map(|one| format!("- ❌ {}\n", text(one)));
    let notes = changes.notes.iter();
    let notes = notes.map(|note| format!("- {}\n", text(note)));
    let lines: String = absent.chain(notes).collect();
    if !lines.is_empty() {
        out.push_str(&format!("{lines}\n"));
    }
    for part in &changes.parts {
        of_part(part, &mut out);
    }
    out
}

fn of_part(part: &Part<'_>, out: &mut String) {
    let title = capitalised(part.kind.name());
    out.push_str(&format!("#### {title}: {}\n\n", grouped(part.number)));
    let mut shown = 0;
    for group in part.groups.iter().take(GROUPS) {
        let section = of_group(group);
        // The last words of the document still fit.
        if out.len() + section.len() + 2000 > LONGEST {
            break;
        }
        out.push_str(&section);
        shown += 1;
    }
    let more = part.groups.len() - shown;
    if more > 0 {
        let groups = count(more as u64, "group", "groups");
        out.push_str(&format!("{groups} more in the HTML report.\n\n"));
    }
}

fn of_group(group: &Group<'_>) -> String {
    let mark = if group.is_bad { "❌ " } else { "" };
    let mut out = String::new();
    let does = group.finding.as_ref().map_or("", |one| one.does.as_str());
    match does {
        "" => out.push_str(&format!("{}\n\n", group.extent())),
        does => out.push_str(&format!(
            "{mark}**{}**: {}\n\n",
            capitalised(does),
            group.extent()
        )),
    }
    if let Some(finding) = &group.finding {
        let title = finding.ground.say(&finding.title);
        out.push_str(&format!("- {}\n", text(&title)));
        for remedy in &finding.remedies {
            out.push_str(&format!("- fix: {}\n", text(remedy)));
        }
        out.push('\n');
    }
    let (first, others) = (group.cases.first(), group.cases.len().saturating_sub(1));
    let first = first.map_or(String::new(), |case| excerpt(&case.case, COLUMNS));
    let others = match others {
        0 => String::new(),
        others => format!(" and {} more", grouped(others as u64)),
    };
    out.push_str(&format!(
        "<details><summary><code>{}</code>{others}</summary>\n\n",
        text(&first)
    ));
    for case in group.cases.iter().take(CASES) {
        let happens = match happens(case) {
            words if words.is_empty() => words,
            words => format!(": {}", code(&words)),
        };
        let name = code(&excerpt(&case.case, COLUMNS));
        out.push_str(&format!("- {name}{happens}\n"));
    }
    let more = group.cases.len().saturating_sub(CASES) as u64;
    if more > 0 {
        out.push_str(&format!("- and {} more\n", grouped(more)));
    }
    out.push_str("\n</details>\n\n");
    out
}

#[cfg(test)]
mod tests {
    use super::difference_markdown;
    use crate::report::fixture::forty_of_three_hundred;
    use crate::results::{Difference, Document, Verdict};

    #[test]
    fn the_worst_of_what_broke_stands_first() {
        let new = forty_of_three_hundred();
        let mut old = new.clone();
        let failed = old.cases.iter_mut();
        for case in failed.filter(|case| case.verdict == Verdict::Fail) {
            case.verdict = Verdict::Pass;
            case.outcome = None;
        }
        let (old, new) = (Document::from(old), Document::from(new));
        let of = |one: &Document, other: &Document| {
            difference_markdown(&Difference::between(one, other), [one, other])
        };
        let text = of(&old, &new);
        assert!(
            text.starts_with("### ❌ Regression\n\n40 broke, 260 cases as before"),
            "{text}"
        );
        let at = |words: &str| {
            text.find(words)
                .unwrap_or_else(|| panic!("{words}: {text}"))
        };
        let forged = at("**Accepts what it must not**: 4 cases, pass → fail");
        assert!(forged < at("**Signs wrongly**: 36 cases, pass → fail"));
        assert!(at("likely cause: the secret is decoded as hex") < at("- fix: "));
        let back = of(&new, &old);
        assert!(
            back.starts_with("### ✅ No regression\n\n40 fixed, "),
            "{back}"
        );
        assert!(!back.contains("fix: "), "{back}");
        assert!(of(&old, &old).ends_with("as before.\n\n"));
    }
}
