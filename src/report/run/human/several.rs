//! Several implementations: the verdict of each, then a table of all.

use crate::report::HumanOptions;
use crate::report::beside::Tone;
use crate::report::digits::{count, grouped};
use crate::report::run::headline::of_conformance;
use crate::report::run::human::canvas::Canvas;
use crate::report::run::human::page::one;
use crate::report::run::matrix::{Cell, by_suite};
use crate::report::run::sentence::{DID_NOT_START, verdict_word};
use crate::report::run::view::RunView;
use crate::report::visible::excerpt;
use crate::results::{Conformance, Document, Verdict};

/// Longest name in a line, in columns.
const COLUMNS: usize = 60;

pub(super) fn several(document: &Document, options: &HumanOptions) -> String {
    let mut page = Canvas::new(options);
    let names: Vec<String> = document
        .names()
        .iter()
        .map(|name| excerpt(name, COLUMNS))
        .collect();
    for (view, name) in std::iter::zip(&RunView::all(document), &names) {
        page.gap();
        page.line(page.paint.strong(&format!("== {name}")));
        page.gap();
        for line in one(view, options).lines() {
            page.line(line);
        }
    }
    page.gap();
    page.line(page.paint.strong("== all"));
    page.gap();
    table(&mut page, document, &names);
    verdict(&mut page, document);
    page.into_text()
}

/// The worst conformance, and how many conform.
fn verdict(page: &mut Canvas, document: &Document) {
    let runs = document.runs();
    let conform = runs.iter();
    let conform = conform.filter(|run| run.conformance == Conformance::Conformant);
    let (conform, all) = (conform.count() as u64, runs.len() as u64);
    let conformance = document.conformance();
    let word = page
        .paint
        .tone(of_conformance(conformance), conformance.name());
    page.gap();
    page.line(format_args!(
        "{word}: {} of {} {}",
        grouped(conform),
        count(all, "implementation", "implementations"),
        if conform == 1 { "conforms" } else { "conform" },
    ));
}

fn table(page: &mut Canvas, document: &Document, names: &[String]) {
    let matrix = by_suite(document);
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
    let first = width(&mut names.iter().map(|name| name.chars().count()));
    let widths: Vec<usize> = matrix
        .columns
        .iter()
        .enumerate()
        .map(|(at, suite)| {
            let cells = matrix.rows.iter().map(|row| words(row[at].as_ref()).len());
            width(&mut cells.chain([suite.len()]))
        })
        .collect();
    let heads: Vec<String> = std::iter::zip(&matrix.columns, &widths)
        .map(|(suite, width)| format!("{suite:<width$}"))
        .collect();
    page.line(format_args!(
        "{:first$}  {:13}  {}",
        "",
        "",
        heads.join("  ")
    ));
    for ((name, run), row) in names.iter().zip(document.runs()).zip(&matrix.rows) {
        let word = verdict_word(run);
        let tone = match word {
            DID_NOT_START => Tone::Bad,
            _ => of_conformance(run.conformance),
        };
        // Padded to the width of the longest word.
        let word = page.paint.tone(tone, &format!("{word:<13}"));
        let cells: Vec<String> = std::iter::zip(row, &widths)
            .map(|(cell, width)| {
                let text = format!("{:<width$}", words(cell.as_ref()));
                match cell.as_ref().and_then(|cell| cell.verdict) {
                    Some(Verdict::Fail | Verdict::Error | Verdict::UnexpectedPass) => {
                        page.paint.bad(&text)
                    }
                    _ => text,
                }
            })
            .collect();
        let blanks = " ".repeat(first - name.chars().count());
        page.line(format_args!("{name}{blanks}  {word}  {}", cells.join("  ")));
    }
}

fn words(cell: Option<&Cell>) -> String {
    match cell {
        None => "-".to_owned(),
        Some(cell) => format!("{} of {}", grouped(cell.passed), grouped(cell.tried)),
    }
}

#[cfg(test)]
mod tests {
    use crate::report::fixture::{forty_of_three_hundred, green};
    use crate::report::{HumanOptions, human};
    use crate::results::{Document, Runs};

    #[test]
    fn several_end_with_a_table() {
        let document = Document::from(Runs::new(vec![green(), forty_of_three_hundred()]));
        let text = human(&document, &HumanOptions::default());
        let table = &text[text.find("== all").unwrap()..];
        insta::assert_snapshot!("several", table);
    }
}
