//! Several implementations side by side.

use indexmap::IndexMap;

use crate::report::requirements::requirements;
use crate::results::{Document, Verdict};

/// What an implementation came to in one respect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// How many cases passed.
    pub(super) passed: u64,
    /// How many were tried.
    pub(super) tried: u64,
    /// The gravest thing that one of them came to; `None` if there is no case.
    pub(super) verdict: Option<Verdict>,
}

/// A table of cells. What an implementation has nothing to do with is `None`.
pub(super) struct Matrix {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Option<Cell>>>,
}

/// A row for each implementation, a column for each suite.
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
                // What is only observed can neither pass nor fail.
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

/// A row for each requirement, named by `columns`, and a cell in it for each implementation.
pub(super) fn by_requirement(document: &Document) -> Matrix {
    let mut rows: IndexMap<String, Vec<Option<Cell>>> = IndexMap::new();
    let runs = document.runs();
    for (at, run) in runs.iter().enumerate() {
        for row in requirements(run) {
            let (passed, tried) = row.passed_of();
            rows.entry(row.name())
                .or_insert_with(|| vec![None; runs.len()])[at] = Some(Cell {
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
    /// Only the rows in which something is not as it should be.
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

/// The gravest of the verdicts that there are.
pub(super) fn gravest(of: impl Fn(Verdict) -> u64) -> Option<Verdict> {
    const GRAVEST_FIRST: [Verdict; 9] = [
        Verdict::Fail,
        Verdict::UnexpectedPass,
        Verdict::Error,
        Verdict::Warning,
        Verdict::KnownFailure,
        Verdict::Skipped,
        Verdict::Pass,
        Verdict::Observed,
        Verdict::NotApplicable,
    ];
    GRAVEST_FIRST.into_iter().find(|&verdict| of(verdict) > 0)
}
