//! A Markdown summary, for a CI job's page or a pull request.

use crate::report::Campaigns;
use crate::report::beside::Tone;
use crate::report::digits::{count, grouped};
use crate::report::request::sentence;
use crate::report::rerun_command;
use crate::report::run::case::{actual, known, likely_cause, sole_remedies};
use crate::report::run::finding::Finding;
use crate::report::run::headline::Headline;
use crate::report::run::matrix::{Cell, by_requirement, by_suite};
use crate::report::run::sentence::{gate_sentence, verdict_words};
use crate::report::run::view::RunView;
use crate::report::visible::{excerpt, visible};
use crate::results::{Document, RunResult, Verdict};

/// Maximum number of failed cases that are described; the rest are counted.
const DESCRIBED: usize = 10;

/// Longest text in a cell, in columns.
const COLUMNS: usize = 160;

/// Renders the document as Markdown: the verdict, the suites, and the failures with their causes.
/// For several implementations, a table of all comes first.
///
/// Untrusted text is put in code spans, where it cannot form links, mentions or tags.
pub fn markdown(document: &Document, campaigns: &Campaigns<'_>) -> String {
    let mut out = String::new();
    let views = RunView::all(document);
    if let Document::Runs(_) = document {
        let headline = Headline::of(document, campaigns);
        if !headline.beside.is_empty() {
            out.push_str(&format!(
                "# {} {}\n\n",
                mark(headline.tone),
                headline.words()
            ));
        }
        matrices(document, &views, campaigns, &mut out);
    }
    for view in &views {
        one(view, campaigns, &mut out);
    }
    out
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
        for (name, cells) in differing.columns.iter().zip(&differing.rows) {
            row(
                out,
                &[
                    vec![code(name)],
                    cells.iter().map(|cell| in_words(cell.as_ref())).collect(),
                ]
                .concat(),
            );
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

fn one(view: &RunView<'_>, campaigns: &Campaigns<'_>, out: &mut String) {
    let run = view.run;
    let headline = Headline::of_run(run, campaigns);
    let (mark, words) = (mark(headline.tone), headline.words());
    out.push_str(&format!("### {mark} {words}\n\n"));
    out.push_str(&format!("{}.\n", beginning(&verdict_words(run))));
    if let Some(gate) = gate_sentence(run) {
        out.push_str(&format!("\n**{}.**\n", text(&gate)));
    }
    out.push('\n');
    if !run.suites.is_empty() {
        suites(run, out);
    }
    affected_requirements(view, out);
    likely_causes(view, out);
    findings(view, out);
    known_failures(view, out);
    profile(run, out);
    list(
        out,
        "Left out",
        run.scope.left_out.iter().map(|note| {
            format!(
                "{}: {}",
                count(note.cases, "case", "cases"),
                code(&excerpt(&note.what, COLUMNS))
            )
        }),
    );
    list(
        out,
        "Notes",
        run.notes.iter().map(|note| code(&excerpt(note, COLUMNS))),
    );
}

fn mark(tone: Tone) -> &'static str {
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

fn affected_requirements(view: &RunView<'_>, out: &mut String) {
    let affected = view.ranked(|case| Finding::of(case).is_some());
    if affected.is_empty() {
        return;
    }
    row(
        out,
        &["requirement", "level", "basis", "passed", "text"].map(str::to_owned),
    );
    row(
        out,
        &["---", "---", "---", "---:", "---"].map(str::to_owned),
    );
    for group in affected {
        let one = group.requirement;
        let (passed, of) = one.passed_of();
        row(
            out,
            &[
                code(&one.name()),
                one.summary.level.to_string(),
                text(&visible(&one.basis())),
                format!("{} of {}", grouped(passed), grouped(of)),
                text(&visible(&one.summary.text)),
            ],
        );
    }
    out.push('\n');
}

fn findings(view: &RunView<'_>, out: &mut String) {
    for Finding { case, .. } in view.findings.iter().take(DESCRIBED) {
        out.push_str(&format!(
            "<details><summary><code>{}</code> {}</summary>\n\n",
            text(&case.id),
            case.verdict
        ));
        let mut item = |label: &str, words: &str| out.push_str(&format!("- {label}: {words}\n"));
        item("request", &code(&sentence(&case.request)));
        item("expected", &code(&excerpt(&case.expected, COLUMNS)));
        item("actual", &code(&actual(case)));
        if let Some(known) = known(case) {
            item("known failure", &text(&known));
        }
        if let Some(cause) = likely_cause(case) {
            item("likely cause", &text(&visible(&cause)));
        }
        for remedy in sole_remedies(case) {
            item("fix", &text(&visible(remedy)));
        }
        item(
            "vector",
            &code(&format!(
                "{}:{}",
                visible(&case.source.path),
                case.source.line
            )),
        );
        item("rerun", &code(&rerun_command(view.run, &case.id)));
        out.push_str("\n</details>\n");
    }
    let more = view.findings.len().saturating_sub(DESCRIBED);
    if more > 0 {
        out.push_str(&format!(
            "\nand {} more.\n",
            count(more as u64, "case", "cases")
        ));
    }
    if !view.findings.is_empty() {
        out.push('\n');
    }
}

fn known_failures(view: &RunView<'_>, out: &mut String) {
    let problems = view.problems_of_the_list().map(|failure| {
        let reason = text(&excerpt(&failure.reason, COLUMNS));
        format!("{}: {}: {reason}", failure.kind.name(), code(&failure.case))
    });
    let allowed = view.known_failures_in_words(COLUMNS);
    let allowed = allowed.iter().map(|line| text(line));
    list(out, "The list of known failures", allowed.chain(problems));
}

/// Appends the likely causes.
fn likely_causes(view: &RunView<'_>, out: &mut String) {
    let (causes, remarks) = (&view.causes, &view.remarks);
    for cause in causes {
        out.push_str(&format!(
            "- Likely cause ({}): {}\n",
            cause.explains,
            text(&cause.title)
        ));
        if let Some(line) = &cause.evidence {
            out.push_str(&format!("  - {}\n", text(line)));
        }
        for remedy in &cause.remedies {
            out.push_str(&format!("  - fix: {}\n", text(remedy)));
        }
    }
    for remark in remarks {
        out.push_str(&format!("- {}\n", text(remark)));
    }
    if !causes.is_empty() || !remarks.is_empty() {
        out.push('\n');
    }
}

fn profile(run: &RunResult, out: &mut String) {
    if run.profile.is_empty() {
        return;
    }
    out.push_str("<details><summary>Profile: behavior that the suites leave open</summary>\n\n");
    row(out, &["what", "does", "outcome", "case"].map(str::to_owned));
    row(out, &vec!["---".to_owned(); 4]);
    for one in &run.profile {
        let does = match one.does {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        row(
            out,
            &[
                text(&visible(&one.what)),
                does.to_owned(),
                one.outcome.name().to_owned(),
                code(&one.case),
            ],
        );
    }
    out.push_str("\n</details>\n\n");
}

fn list(out: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return;
    }
    out.push_str(&format!("{title}:\n\n"));
    for item in items {
        out.push_str(&format!("- {item}\n"));
    }
    out.push('\n');
}

fn row(out: &mut String, cells: &[String]) {
    out.push_str(&format!("| {} |\n", cells.join(" | ")));
}

/// Wraps escaped text in a code span, with a fence longer than any run of backticks in it.
fn code(seen: &str) -> String {
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
fn text(seen: &str) -> String {
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
