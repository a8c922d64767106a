//! Several implementations side by side.

use std::fmt;

use crate::results::{Conformance, Counts, RunResult, Verdict};

/// What each implementation came to in each suite.
#[derive(Debug, Default)]
pub(crate) struct Matrix {
    suites: Vec<String>,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    name: String,
    cells: Vec<(String, String)>,
    verdict: &'static str,
}

impl Matrix {
    /// Adds what a run came to.
    pub(crate) fn add(&mut self, name: &str, result: &RunResult) {
        for suite in &result.suites {
            if !self.suites.contains(&suite.name) {
                self.suites.push(suite.name.clone());
            }
        }
        let cells = result.suites.iter();
        self.columns.push(Column {
            name: name.to_owned(),
            cells: cells
                .map(|suite| (suite.name.clone(), cell(&suite.counts)))
                .collect(),
            verdict: match result.conformance {
                Conformance::Conformant => "conformant",
                Conformance::Nonconformant => "nonconformant",
                Conformance::Incomplete => "incomplete",
            },
        });
    }

    /// Adds one of which nothing is known.
    pub(crate) fn add_unusable(&mut self, name: &str) {
        self.columns.push(Column {
            name: name.to_owned(),
            cells: Vec::new(),
            verdict: "no answer",
        });
    }
}

/// The counts that decide, or that nothing applies.
fn cell(counts: &Counts) -> String {
    let shown = [
        (Verdict::Pass, "pass"),
        (Verdict::Fail, "fail"),
        (Verdict::Error, "error"),
        (Verdict::KnownFailure, "known"),
        (Verdict::UnexpectedPass, "unexpected"),
        (Verdict::Skipped, "skipped"),
    ];
    let words: Vec<String> = shown
        .iter()
        .filter(|(verdict, _)| counts.of(*verdict) > 0)
        .map(|(verdict, word)| format!("{} {word}", counts.of(*verdict)))
        .collect();
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join(", ")
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.columns.iter().map(|column| {
            let cell = |suite: &String| {
                let found = column.cells.iter().find(|(name, _)| name == suite);
                found.map_or("-", |(_, cell)| cell.as_str())
            };
            let mut row = vec![column.name.as_str()];
            row.extend(self.suites.iter().map(cell));
            row.push(column.verdict);
            row
        });
        let mut head = vec!["implementation"];
        head.extend(self.suites.iter().map(String::as_str));
        head.push("");
        let table: Vec<Vec<&str>> = std::iter::once(head).chain(rows).collect();
        for (at, row) in table.iter().enumerate() {
            let cells = row.iter().enumerate().map(|(place, cell)| {
                let widths = table.iter().map(|row| row[place].chars().count());
                let width = widths.max().unwrap_or_default();
                format!("{cell:width$}")
            });
            let line = cells.collect::<Vec<_>>().join("   ");
            f.write_str(line.trim_end())?;
            if at + 1 < table.len() {
                f.write_str("\n")?;
            }
        }
        Ok(())
    }
}
