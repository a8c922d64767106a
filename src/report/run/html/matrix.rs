//! Tables of several implementations in which each cell is a link.

use crate::report::Campaigns;
use crate::report::digits::{count, grouped};
use crate::report::run::headline::Headline;
use crate::report::run::html::run::{requirement_anchor, suite_anchor};
use crate::report::run::html::tone;
use crate::report::run::matrix::{Cell, by_requirement, by_suite};
use crate::report::run::requirements::Requirement;
use crate::report::run::sentence::{DID_NOT_START, verdict_word};
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, excerpt};
use crate::results::Document;

/// Longest name, in columns.
const COLUMNS: usize = 60;

/// The tables of several implementations.
pub(super) struct MatrixView {
    pub(super) said: String,
    pub(super) suites: Table,
    pub(super) requirements: Table,
}

/// A table.
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<TableRow>,
}

/// A row: an implementation, or a requirement.
pub(super) struct TableRow {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) tone: &'static str,
    pub(super) word: String,
    pub(super) cells: Vec<Option<CellView>>,
}

/// A cell.
pub(super) struct CellView {
    pub(super) tone: &'static str,
    pub(super) words: String,
    pub(super) anchor: String,
}

impl MatrixView {
    pub(super) fn of(
        document: &Document,
        views: &[RunView<'_>],
        campaigns: &Campaigns<'_>,
    ) -> Self {
        let names: Vec<String> = document
            .names()
            .iter()
            .map(|name| excerpt(name, COLUMNS))
            .collect();
        Self {
            said: said(document),
            suites: suites(document, &names, campaigns),
            requirements: requirements(views, &names),
        }
    }
}

fn said(document: &Document) -> String {
    let runs = document.runs();
    let words = ["conformant", "nonconformant", "incomplete", DID_NOT_START];
    let parts: Vec<String> = words
        .into_iter()
        .filter_map(|word| {
            let number = runs.iter().filter(|run| verdict_word(run) == word).count();
            (number > 0).then(|| format!("{} {word}", grouped(number as u64)))
        })
        .collect();
    let all = count(runs.len() as u64, "implementation", "implementations");
    format!("{all}: {}.", parts.join(", "))
}

fn suites(document: &Document, names: &[String], campaigns: &Campaigns<'_>) -> Table {
    let matrix = by_suite(document);
    let rows = matrix.rows.into_iter().enumerate().map(|(at, cells)| {
        let run = &document.runs()[at];
        let headline = Headline::of_run(run, campaigns);
        let caveat = headline.caveat().map(|caveat| format!(", {caveat}"));
        let cells = std::iter::zip(&matrix.columns, cells).map(|(suite, cell)| {
            let place = run.suites.iter().position(|one| one.name == *suite)?;
            Some(view(&cell?, suite_anchor(at, place)))
        });
        TableRow {
            anchor: format!("r{at}"),
            name: names[at].clone(),
            tone: tone::of(headline.tone),
            word: capitalised(verdict_word(run)) + caveat.as_deref().unwrap_or_default(),
            cells: cells.collect(),
        }
    });
    Table {
        rows: rows.collect(),
        columns: matrix
            .columns
            .iter()
            .map(|name| excerpt(name, COLUMNS))
            .collect(),
    }
}

fn requirements(views: &[RunView<'_>], names: &[String]) -> Table {
    let matrix = by_requirement(views).differing();
    let places: Vec<Vec<String>> = views
        .iter()
        .map(|view| {
            view.requirements
                .all
                .iter()
                .map(Requirement::name)
                .collect()
        })
        .collect();
    let rows = std::iter::zip(&matrix.columns, matrix.rows).map(|(name, cells)| {
        let cells = cells.into_iter().enumerate().map(|(at, cell)| {
            let place = places[at].iter().position(|known| known == name)?;
            Some(view(&cell?, requirement_anchor(at, place)))
        });
        TableRow {
            anchor: String::new(),
            name: excerpt(name, COLUMNS),
            tone: "",
            word: String::new(),
            cells: cells.collect(),
        }
    });
    Table {
        rows: rows.collect(),
        columns: names.to_vec(),
    }
}

fn view(cell: &Cell, anchor: String) -> CellView {
    CellView {
        tone: tone::of_verdict(cell.verdict),
        words: match cell.tried {
            0 => tone::verdict_word(cell.verdict).to_owned(),
            tried => format!("{} of {}", grouped(cell.passed), grouped(tried)),
        },
        anchor,
    }
}
