//! A Markdown summary, for a CI job's page or a pull request.

use crate::report::Campaigns;
use crate::report::digits::{count, grouped};
use crate::report::request::sentence;
use crate::report::rerun_command;
use crate::report::run::basis;
use crate::report::run::case::{actual, causes, known, reason_beside, reason_line};
use crate::report::run::fault::Fault;
use crate::report::run::finding::Finding;
use crate::report::run::headline::Headline;
use crate::report::run::markdown_matrix::matrices;
use crate::report::run::markdown_text::{beginning, code, mark, row, text};
use crate::report::run::place::Origin;
use crate::report::run::sent::sent_lines;
use crate::report::run::sentence::{gate_sentence, verdict_words};
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, excerpt};
use crate::results::{Case, Document, RunResult, Verdict};

/// Maximum number of faults that are described, and of cases that are; the rest are counted.
const DESCRIBED: usize = 10;

/// Maximum number of lines in another list.
const LISTED: usize = 20;

/// Longest text in a cell, in columns.
const COLUMNS: usize = 160;

/// Longest summary, in bytes: a comment on a pull request has at most 65,536 characters.
pub(super) const LONGEST: usize = 60_000;

/// What is written of the summary, and how much may still be.
struct Budget {
    text: String,
    /// The number of bytes up to which the current part may be written.
    until: usize,
    left_out: u64,
}

impl Budget {
    /// Adds a section if it fits; whether it did.
    fn add(&mut self, section: &str) -> bool {
        let fits = self.text.len() + section.len() <= self.until;
        if fits {
            self.text.push_str(section);
        }
        fits
    }

    /// Adds a section, or counts it as left out.
    fn add_or_count(&mut self, section: &str) {
        if !self.add(section) {
            self.left_out += 1;
        }
    }
}

/// Renders the document as Markdown: the verdict, what is wrong, worst first, and the suites. For
/// several implementations, a table of all comes first. What does not fit into a comment on a pull
/// request is left to the HTML report.
///
/// Untrusted text is put in code spans, where it cannot form links, mentions or tags.
pub fn markdown(document: &Document, campaigns: &Campaigns<'_>) -> String {
    let mut out = Budget {
        text: String::new(),
        until: LONGEST,
        left_out: 0,
    };
    let views = RunView::all(document);
    let names = document.names();
    if let Document::Runs(_) = document {
        let headline = Headline::of(document, campaigns);
        let mut head = String::new();
        if !headline.beside.is_empty() {
            head.push_str(&format!(
                "# {} {}\n\n",
                mark(headline.tone),
                headline.words()
            ));
        }
        matrices(document, &views, campaigns, &mut head);
        out.add_or_count(&head);
    }
    for (at, (view, name)) in std::iter::zip(&views, &names).enumerate() {
        // The implementations share what is left, the last ones too.
        let share = (LONGEST - out.text.len()) / (views.len() - at);
        out.until = out.text.len() + share;
        one(view, name, campaigns, &mut out);
    }
    if out.left_out > 0 {
        let sections = count(out.left_out, "section", "sections");
        out.text
            .push_str(&format!("{sections} more in the HTML report.\n"));
    }
    out.text
}

fn one(view: &RunView<'_>, name: &str, campaigns: &Campaigns<'_>, out: &mut Budget) {
    let run = view.run;
    let headline = Headline::of_run(run, campaigns);
    let (mark, words) = (mark(headline.tone), headline.words());
    let mut head = format!("### {mark} {}: {words}\n\n", code(&excerpt(name, COLUMNS)));
    head.push_str(&format!("{}.\n", beginning(&verdict_words(run))));
    if let Some(gate) = gate_sentence(run) {
        head.push_str(&format!("\n**{}.**\n", text(&gate)));
    }
    head.push('\n');
    out.add_or_count(&head);
    faults(view, out);
    let section = |write: &dyn Fn(&mut String)| {
        let mut section = String::new();
        write(&mut section);
        section
    };
    out.add_or_count(&section(&|out| remarks(view, out)));
    if !run.suites.is_empty() {
        out.add_or_count(&section(&|out| suites(run, out)));
    }
    out.add_or_count(&section(&|out| known_failures(view, out)));
    let left_out = run.scope.left_out_of_asked().map(|note| {
        format!(
            "{}: {}",
            count(note.cases, "case", "cases"),
            code(&excerpt(&note.what, COLUMNS))
        )
    });
    let left_out: Vec<String> = left_out.collect();
    out.add_or_count(&section(&|out| list(out, "Left out", &left_out)));
    let notes = run.notes.iter();
    let notes: Vec<String> = notes.map(|note| code(&excerpt(note, COLUMNS))).collect();
    out.add_or_count(&section(&|out| list(out, "Notes", &notes)));
    if !run.profile.is_empty() {
        let traits = count(run.profile.len() as u64, "observation", "observations");
        out.add(&format!(
            "{traits} of behavior that the suites leave open: see the HTML report.\n\n"
        ));
    }
}

fn suites(run: &RunResult, out: &mut String) {
    let verdicts: Vec<Verdict> = run.counts.each().map(|(verdict, _)| verdict).collect();
    let mut head = vec!["suite".to_owned(), "cases".to_owned()];
    head.extend(verdicts.iter().map(|verdict| verdict.name().to_owned()));
    head.push("digest".to_owned());
    row(out, &head);
    let mut rule = vec!["---".to_owned()];
    rule.extend(vec!["---:".to_owned(); verdicts.len() + 1]);
    rule.push("---".to_owned());
    row(out, &rule);
    for suite in &run.suites {
        let mut line = vec![code(&suite.name), grouped(suite.counts.total())];
        line.extend(verdicts.iter().map(|&v| grouped(suite.counts.of(v))));
        line.push(code(suite.digest.get(..12).unwrap_or(&suite.digest)));
        row(out, &line);
    }
    out.push('\n');
}

/// What is wrong, worst first, with examples: each fault has one before any has a second.
fn faults(view: &RunView<'_>, out: &mut Budget) {
    if view.faults.is_empty() {
        return;
    }
    out.add("#### What to change\n\n");
    let described: Vec<&str> = view
        .findings
        .iter()
        .take(DESCRIBED)
        .map(|finding| finding.case.id.as_str())
        .collect();
    let mut shown = 0;
    for fault in view.faults.iter().take(DESCRIBED) {
        let examples = fault.findings.iter();
        let examples = examples.filter(|one| described.contains(&one.case.id.as_str()));
        let mut section = fault_in_words(view, fault);
        section.extend(examples.map(|finding| example(view, fault, finding)));
        section.push('\n');
        if !out.add(&section) {
            break;
        }
        shown += 1;
    }
    let more = view.faults.len() - shown;
    if more > 0 {
        let more = count(more as u64, "finding", "findings");
        out.add(&format!("{more} more in the HTML report.\n\n"));
    }
}

fn fault_in_words(view: &RunView<'_>, fault: &Fault<'_>) -> String {
    let mark = if fault.is_warning() { "⚠️" } else { "❌" };
    let does = capitalised(&fault.gravity.words(fault.level));
    let mut out = format!("{mark} **{does}**: {}\n\n", fault.extent());
    let mut item = |words: &str| out.push_str(&format!("- {words}\n"));
    item(&text(&fault.ground.say(&fault.title)));
    if let Some(evidence) = &fault.evidence {
        item(&text(evidence));
    }
    for remedy in &fault.remedies {
        item(&format!("fix: {}", text(remedy)));
    }
    if let Some(requirement) = fault.requirement.map(|at| &view.requirements.all[at]) {
        let first: Vec<&Case> = fault.findings.iter().take(1).map(|one| one.case).collect();
        let basis = basis::of_failures(requirement.suite, requirement.summary, &first);
        item(&format!(
            "{} ({}): {}",
            code(&requirement.name()),
            requirement.summary.level,
            text(&excerpt(&basis, COLUMNS))
        ));
    }
    out.push('\n');
    out
}

fn example(view: &RunView<'_>, fault: &Fault<'_>, finding: &Finding<'_>) -> String {
    let case = finding.case;
    let mut out = format!(
        "<details><summary><code>{}</code> {}</summary>\n\n",
        text(&case.id),
        case.verdict
    );
    let mut item = |label: &str, words: &str| out.push_str(&format!("- {label}: {words}\n"));
    item("request", &code(&sentence(&case.request)));
    item("expected", &code(&excerpt(&case.expected, COLUMNS)));
    item("actual", &code(&actual(case)));
    if let Some(reason) = reason_beside(case) {
        item("because", &text(&reason_line(reason)));
    }
    for (label, line) in sent_lines(case) {
        item(
            if label.is_empty() { "header" } else { label },
            &code(&line),
        );
    }
    if let Some(known) = known(case) {
        item("known failure", &text(&known));
    }
    if !fault.is_explained() {
        for (label, words) in causes(case) {
            item(label, &text(&words));
        }
    }
    if let Some(origin) = Origin::of(view.run, case) {
        let words = match &origin {
            Origin::File(_) => code(&origin.words()),
            Origin::Document(address) => format!("<{address}>"),
        };
        item(origin.label(), &words);
    }
    item("rerun", &code(&rerun_command(view.run, &case.id)));
    out.push_str("\n</details>\n");
    out
}

fn known_failures(view: &RunView<'_>, out: &mut String) {
    let problems = view.problems_of_the_list().map(|failure| {
        let reason = text(&excerpt(&failure.reason, COLUMNS));
        format!("{}: {}: {reason}", failure.kind.name(), code(&failure.case))
    });
    let allowed = view.known_failures_in_words(COLUMNS);
    let allowed = allowed.iter().map(|line| text(line));
    let lines: Vec<String> = allowed.chain(problems).collect();
    list(out, "The list of known failures", &lines);
}

/// Appends the causes that explain none of the cases above, and remarks on all.
fn remarks(view: &RunView<'_>, out: &mut String) {
    let mut lines = Vec::new();
    for cause in &view.further_causes {
        let (explains, title) = (&cause.explains, text(&cause.title));
        lines.push(format!("likely cause ({explains}): {title}"));
        lines.extend(cause.evidence.iter().map(|line| text(line)));
        let remedies = cause.remedies.iter();
        lines.extend(remedies.map(|remedy| format!("fix: {}", text(remedy))));
    }
    lines.extend(view.remarks.iter().map(|remark| text(remark)));
    for line in &lines {
        out.push_str(&format!("- {line}\n"));
    }
    if !lines.is_empty() {
        out.push('\n');
    }
}

fn list(out: &mut String, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    out.push_str(&format!("{title}:\n\n"));
    for item in items.iter().take(LISTED) {
        out.push_str(&format!("- {item}\n"));
    }
    let more = items.len().saturating_sub(LISTED);
    if more > 0 {
        out.push_str(&format!("- and {} more\n", grouped(more as u64)));
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::markdown;
    use crate::report::Campaigns;
    use crate::report::fixture::{HOSTILE, forty_of_three_hundred, green, rich};
    use crate::report::visible::is_visible;
    use crate::results::{Document, Runs};

    #[test]
    fn the_summary_matches_the_snapshot() {
        let mut few = rich(400);
        few.cases.truncate(12);
        insta::assert_snapshot!("markdown", markdown(&few.into(), &Campaigns::default()));
        insta::assert_snapshot!(
            "markdown_green",
            markdown(&green().into(), &Campaigns::default())
        );
    }

    #[test]
    fn several_implementations_begin_with_a_table() {
        let mut other = forty_of_three_hundred();
        other.implementation.name = "other".into();
        let mut one = other.clone();
        one.implementation.name = "one".into();
        for case in &mut one.cases {
            case.verdict = crate::results::Verdict::Pass;
        }
        let document = Document::from(Runs::new(vec![one, other]));
        let text = markdown(&document, &Campaigns::default());
        let table = text.split("\n### ").next().unwrap();
        insta::assert_snapshot!("markdown_matrix", table);
    }

    #[test]
    fn many_implementations_share_the_room_of_a_comment() {
        for number in [12, 60] {
            let run = |at: usize| {
                let mut run = rich(400);
                run.implementation.name = format!("implementation {at}");
                run
            };
            let document = Document::from(Runs::new((0..number).map(run).collect()));
            let text = markdown(&document, &Campaigns::default());
            assert!(
                text.len() < super::LONGEST + 100,
                "{number}: {}",
                text.len()
            );
            // Each is in the table, at least, and what is left out is told.
            for at in 0..number {
                assert!(text.contains(&format!("`implementation {at} ")), "{text}");
            }
            assert!(text.ends_with(" more in the HTML report.\n"), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Untrusted text adds no tag outside of code, and no line.
        #[test]
        fn untrusted_text_does_not_change_the_structure(said in any::<String>()) {
            let lines = |said: &str| {
                let mut result = rich(1);
                result.implementation.name = said.into();
                result.notes = vec![said.into()];
                for case in &mut result.cases {
                    case.actual = Some(said.into());
                }
                markdown(&result.into(), &Campaigns::default())
            };
            let text = lines(&format!("{said}{HOSTILE}```\n## x"));
            prop_assert_eq!(text.lines().count(), lines("x").lines().count());
            let ours = ['\n', '\u{fe0f}'];
            prop_assert!(text.chars().all(|c| ours.contains(&c) || is_visible(c)));
        }
    }
}
