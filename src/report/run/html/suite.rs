//! A suite with its requirements and cases.

use std::collections::HashMap;

use crate::report::digits::{count, grouped};
use crate::report::run::basis;
use crate::report::run::html::tone;
use crate::report::run::requirements::{Requirement, gravest, web_address};
use crate::report::visible::{excerpt, visible};
use crate::results::{Case, ObservedKind, SuiteSummary, Verdict};

/// Maximum number of rows per suite; the JSON document has all cases.
const ROWS: usize = 2000;

/// Longest text in a cell, in columns.
const COLUMNS: usize = 400;

/// A suite.
pub(super) struct SuiteView {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) version: u32,
    pub(super) digest: String,
    pub(super) source: String,
    pub(super) url: Option<String>,
    pub(super) retrieved: Option<String>,
    pub(super) tone: &'static str,
    pub(super) words: &'static str,
    pub(super) cases: String,
    pub(super) counted: String,
    pub(super) requirements: Vec<RequirementView>,
    pub(super) rows: Vec<Row>,
    pub(super) more_rows: Option<String>,
}

/// A requirement.
pub(super) struct RequirementView {
    pub(super) anchor: String,
    pub(super) tone: &'static str,
    pub(super) verdict: &'static str,
    pub(super) id: String,
    pub(super) level: &'static str,
    pub(super) text: String,
    /// Where the requirement is written down, or a note that it is not.
    pub(super) place: String,
    pub(super) passed: String,
    /// The anchor of the first case that failed the requirement.
    pub(super) failed: Option<String>,
}

/// A row of the table of cases.
pub(super) struct Row {
    pub(super) tone: &'static str,
    pub(super) verdict: &'static str,
    pub(super) vector: String,
    pub(super) outcome: &'static str,
    pub(super) line: u32,
    /// The anchor of the case's full details.
    pub(super) card: Option<String>,
}

impl SuiteView {
    /// Builds the view of a suite. `cards` holds the anchors of the cases that are shown in full.
    pub(super) fn of(
        suite: &SuiteSummary,
        anchor: String,
        requirements: Vec<RequirementView>,
        cases: Vec<&Case>,
        cards: &HashMap<&str, String>,
    ) -> Self {
        let verdict = gravest(|verdict| suite.counts.of(verdict));
        // Cases with problems come first, so that the row limit does not hide them.
        let mut ordered = cases;
        ordered.sort_by_key(|case| matches!(case.verdict, Verdict::Pass | Verdict::Observed));
        let rows = ordered.iter().take(ROWS).map(|case| Row {
            tone: tone::of_verdict(Some(case.verdict)),
            verdict: case.verdict.name(),
            vector: visible(
                case.id
                    .split_once('/')
                    .map_or(&*case.id, |(_, vector)| vector),
            ),
            outcome: case.outcome.map_or("", ObservedKind::name),
            line: case.source.line,
            card: cards.get(case.id.as_str()).cloned(),
        });
        let more = ordered.len().saturating_sub(ROWS);
        Self {
            anchor,
            name: visible(&suite.name),
            title: excerpt(&suite.title, COLUMNS),
            version: suite.version,
            digest: visible(&suite.digest),
            source: excerpt(&suite.source.title, COLUMNS),
            url: web_address(suite).map(str::to_owned),
            retrieved: suite.source.retrieved.as_deref().map(visible),
            tone: tone::of_verdict(verdict),
            words: tone::verdict_word(verdict),
            cases: grouped(suite.counts.total()),
            counted: counted(suite),
            requirements,
            rows: rows.collect(),
            more_rows: (more > 0).then(|| {
                let cases = count(more as u64, "case", "cases");
                format!("and {cases} more in the JSON result; the problems are listed first")
            }),
        }
    }
}

fn counted(suite: &SuiteSummary) -> String {
    let words: Vec<String> = suite
        .counts
        .each()
        .map(|(verdict, number)| format!("{} {verdict}", grouped(number)))
        .collect();
    words.join(", ")
}

impl RequirementView {
    pub(super) fn of(row: &Requirement<'_>, anchor: String, failed: Option<String>) -> Self {
        let verdict = row.verdict();
        let (passed, of) = row.passed_of();
        let observed = row.counts.of(Verdict::Observed);
        Self {
            anchor,
            tone: tone::of_verdict(verdict),
            verdict: tone::verdict_word(verdict),
            id: visible(&row.summary.id),
            level: row.summary.level.name(),
            text: excerpt(&row.summary.text, COLUMNS),
            place: excerpt(basis::within_its_suite(row.summary), COLUMNS),
            passed: match (of - observed, observed) {
                (0, 0) => "none tried".to_owned(),
                (0, _) => format!("{} observed", grouped(observed)),
                (of, _) => format!("{} of {}", grouped(passed), grouped(of)),
            },
            failed,
        }
    }
}
