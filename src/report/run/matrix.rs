//! Tables that compare several implementations.

use indexmap::IndexMap;

use crate::report::run::requirements::gravest;
use crate::report::run::view::RunView;
use crate::results::{Document, Verdict};

/// An implementation's result for one row and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Number of cases that passed.
    pub(super) passed: u64,
    /// Number of cases that were tried.
    pub(super) tried: u64,
    /// The worst verdict of the cell's cases; `None` if it has no cases.
    pub(super) verdict: Option<Verdict>,
}

/// A table of cells. A cell is `None` where the row does not apply to the implementation.
pub(super) struct Matrix {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Option<Cell>>>,
}

/// Builds a table with a row per implementation and a column per suite.
pub(super) fn by_suite(document: &Document) -> Matrix {
    let mut columns: IndexMap<&str, Vec<Option<Cell>>> = IndexMap::new();
    let runs = document.runs();
    for (at, run) in runs.iter().enumerate() {
        for suite in &run.suites {
            let cells = columns
                .entry(&suite.name)
                .or_insert_with(|| vec![None; runs.len()]);
            let of = |verdict| suite.counts.of(verdict);
            let untried = of(Verdict::Skipped) + of(Verdict::NotApplicable);
            cells[at] = Some(Cell {
                passed: of(Verdict::Pass) + of(Verdict::UnexpectedPass),
                // Observed cases can neither pass nor fail.
                tried: suite.counts.total() - untried - of(Verdict::Observed),
                verdict: gravest(of),
            });
        }
    }
    let rows = (0..runs.len())
        .map(|at| columns.values().map(|cells| cells[at].clone()).collect())
        .collect();
    Matrix {
        columns: columns.keys().map(|&name| name.to_owned()).collect(),
        rows,
    }
}

/// Builds a table with a row per requirement, labelled in `columns`, and a cell per implementation.
pub(super) fn by_requirement(views: &[RunView<'_>]) -> Matrix {
    let mut rows: IndexMap<String, Vec<Option<Cell>>> = IndexMap::new();
    for (at, view) in views.iter().enumerate() {
        for row in &view.requirements.all {
            let (passed, tried) = row.passed_of();
            rows.entry(row.name())
                .or_insert_with(|| vec![None; views.len()])[at] = Some(Cell {
                passed,
                tried: tried - row.counts.of(Verdict::Observed),
                verdict: row.verdict(),
            });
        }
    }
    let (columns, rows) = rows.into_iter().unzip();
    Matrix { columns, rows }
}

impl Matrix {
    /// Keeps only the rows in which something is wrong.
    pub(super) fn differing(self) -> Self {
        let good = |cell: &Option<Cell>| {
            cell.as_ref().is_none_or(|cell| {
                matches!(
                    cell.verdict,
                    None | Some(Verdict::Pass | Verdict::Observed | Verdict::NotApplicable)
                )
            })
        };
        let (columns, rows) = std::iter::zip(self.columns, self.rows)
            .filter(|(_, cells)| !cells.iter().all(good))
            .unzip();
        Self { columns, rows }
    }
}
