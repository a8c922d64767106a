//! A Markdown summary, for a CI job's page or a pull request.

use crate::report::Campaigns;
use crate::report::beside::Tone;
use crate::report::digits::{count, grouped};
use crate::report::request::sentence;
use crate::report::rerun_command;
use crate::report::run::basis;
use crate::report::run::case::{actual, causes, known, reason_line};
use crate::report::run::finding::Finding;
use crate::report::run::headline::Headline;
use crate::report::run::matrix::{Cell, by_requirement, by_suite};
use crate::report::run::place::Origin;
use crate::report::run::sentence::{gate_sentence, verdict_words};
use crate::report::run::triage::Fault;
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, excerpt};
use crate::results::{Case, Document, RunResult, Verdict};

/// Maximum number of faults that are described, and of cases that are; the rest are counted.
const DESCRIBED: usize = 10;

/// Maximum number of lines in another list.
const LISTED: usize = 20;

/// Longest text in a cell, in columns.
const COLUMNS: usize = 160;

/// Maximum number of cells in the table of requirements.
const MATRIX: usize = 400;

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

fn matrices(
    document: &Document,
    views: &[RunView<'_>],
    campaigns: &Campaigns<'_>,
    out: &mut String,
) {
    let names: Vec<String> = document.names().iter().map(|name| code(name)).collect();
    out.push_str(&format!(
        "## {}\n\n",
        count(names.len() as u64, "implementation", "implementations")
    ));
    let suites = by_suite(document);
    let head: Vec<String> = suites.columns.iter().map(|name| code(name)).collect();
    row(
        out,
        &[
            vec!["implementation".to_owned(), "verdict".to_owned()],
            head,
        ]
        .concat(),
    );
    row(out, &vec!["---".to_owned(); suites.columns.len() + 2]);
    for ((name, run), cells) in names.iter().zip(document.runs()).zip(&suites.rows) {
        let headline = Headline::of_run(run, campaigns);
        let mut word = mark(headline.tone).to_owned();
        if run.did_not_start.is_some() {
            word.push_str(" did not start");
        }
        if let Some(caveat) = headline.caveat() {
            word.push_str(&format!(" {caveat}"));
        }
        let mut line = vec![name.clone(), word];
        line.extend(cells.iter().map(|cell| in_words(cell.as_ref())));
        row(out, &line);
    }
    let differing = by_requirement(views).differing();
    if !differing.rows.is_empty() {
        out.push_str("\n<details><summary>Requirements that not all pass</summary>\n\n");
        row(
            out,
            &[vec!["requirement".to_owned()], names.clone()].concat(),
        );
        row(out, &vec!["---".to_owned(); names.len() + 1]);
        let most = differing.rows.len().min(MATRIX / names.len().max(1));
        for (name, cells) in differing.columns.iter().zip(&differing.rows).take(most) {
            row(
                out,
                &[
                    vec![code(name)],
                    cells.iter().map(|cell| in_words(cell.as_ref())).collect(),
                ]
                .concat(),
            );
        }
        let more = differing.rows.len() - most;
        if more > 0 {
            let more = count(more as u64, "requirement", "requirements");
            out.push_str(&format!("\n{more} more in the HTML report.\n"));
        }
        out.push_str("\n</details>\n");
    }
    out.push('\n');
}

fn in_words(cell: Option<&Cell>) -> String {
    match cell {
        None => "–".to_owned(),
        Some(cell) => {
            let sign = match cell.verdict {
                Some(Verdict::Pass | Verdict::Observed) => "✅ ",
                Some(Verdict::Fail | Verdict::UnexpectedPass) => "❌ ",
                Some(Verdict::NotApplicable) | None => "",
                Some(_) => "⚠️ ",
            };
            format!("{sign}{} of {}", grouped(cell.passed), grouped(cell.tried))
        }
    }
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

pub(super) fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✅",
        Tone::Bad => "❌",
        Tone::Doubtful => "⚠️",
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
    if fault.is_explained {
        item(&format!("likely cause: {}", text(&fault.title)));
    } else {
        item(&text(&fault.title));
    }
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
    if let Some(reason) = case.reason.as_ref().filter(|_| case.actual.is_some()) {
        item("because", &text(&reason_line(reason)));
    }
    if let Some(known) = known(case) {
        item("known failure", &text(&known));
    }
    if !fault.is_explained {
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

fn row(out: &mut String, cells: &[String]) {
    out.push_str(&format!("| {} |\n", cells.join(" | ")));
}

/// Wraps escaped text in a code span, with a fence longer than any run of backticks in it.
pub(super) fn code(seen: &str) -> String {
    let seen = visible_line(seen);
    let mut longest = 0;
    let mut now = 0;
    for c in seen.chars() {
        now = if c == '`' { now + 1 } else { 0 };
        longest = longest.max(now);
    }
    let fence = "`".repeat(longest + 1);
    let blank = if seen.starts_with('`') || seen.ends_with('`') || seen.is_empty() {
        " "
    } else {
        ""
    };
    // Tables are split into cells before code spans are parsed, so `|` needs escaping here, too.
    format!("{fence}{blank}{}{blank}{fence}", seen.replace('|', "\\|"))
}

/// Joins lines with spaces, because a code span is a single line. Everything else in the text is
/// visible already.
fn visible_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Escapes text so that nothing in it has a meaning in Markdown or HTML, and no server turns names
/// or addresses into links.
pub(super) fn text(seen: &str) -> String {
    let mut out = String::with_capacity(seen.len());
    for c in seen.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' | '#' => {
                out.push(c);
                out.push_str("<!-- -->");
            }
            ':' => out.push_str(":<!-- -->"),
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.replace("www.", "www<!-- -->.")
        .replace(":<!-- --> ", ": ")
}

/// Like [`text`], for the start of a line: it cannot start a list, a heading, a rule or a code
/// block.
fn beginning(seen: &str) -> String {
    let out = text(seen.trim_start());
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    if out[digits..].starts_with(['.', ')']) && digits > 0 || out.starts_with(['-', '+', '=']) {
        let (number, rest) = out.split_at(digits);
        return format!("{number}\\{rest}");
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{code, markdown, text};
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

    #[test]
    fn untrusted_text_is_never_markdown() {
        assert_eq!(
            text("@ada #5 https://x *b* <b>"),
            "@<!-- -->ada #<!-- -->5 https:<!-- -->//x \\*b\\* &lt;b&gt;"
        );
        assert_eq!(code("a`b``c|"), "```a`b``c\\|```");
        assert_eq!(code("`"), "`` ` ``");
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
