//! Several implementations in Markdown: a table of all, and of the requirements that set them apart.

use crate::report::Campaigns;
use crate::report::digits::{count, grouped};
use crate::report::run::headline::Headline;
use crate::report::run::markdown_text::{code, mark, row};
use crate::report::run::matrix::{Cell, by_requirement, by_suite};
use crate::report::run::view::RunView;
use crate::results::{Document, Verdict};

/// Maximum number of cells in the table of requirements.
const MATRIX: usize = 400;

pub(super) fn matrices(
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
