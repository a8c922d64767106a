//! A suite with its requirements.

use crate::report::digits::grouped;
use crate::report::run::basis;
use crate::report::run::html::anchors::Anchors;
use crate::report::run::html::tone;
use crate::report::run::requirements::{Requirement, gravest, web_address};
use crate::report::visible::{excerpt, visible};
use crate::results::{SuiteSummary, Verdict};

/// Longest text in a cell, in columns.
const COLUMNS: usize = 400;

/// A suite.
pub(super) struct SuiteView {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) digest: String,
    pub(super) source: String,
    pub(super) url: Option<String>,
    pub(super) retrieved: Option<String>,
    pub(super) tone: &'static str,
    pub(super) mark: &'static str,
    pub(super) words: &'static str,
    pub(super) cases: String,
    pub(super) passed: String,
    pub(super) failed: String,
    /// The other verdicts with their numbers.
    pub(super) others: String,
}

/// A requirement.
pub(super) struct RequirementView {
    pub(super) tone: &'static str,
    pub(super) mark: &'static str,
    pub(super) verdict: &'static str,
    pub(super) suite: String,
    pub(super) id: String,
    pub(super) level: &'static str,
    pub(super) text: String,
    /// Where the requirement is written down, or a note that it is not.
    pub(super) place: String,
    pub(super) passed: String,
    /// Whether a case of it needs attention.
    pub(super) failed: bool,
}

impl SuiteView {
    pub(super) fn of(suite: &SuiteSummary, anchors: &Anchors) -> Self {
        let verdict = gravest(|verdict| suite.counts.of(verdict));
        let others = suite
            .counts
            .each()
            .filter(|(verdict, _)| !matches!(verdict, Verdict::Pass | Verdict::Fail));
        let others: Vec<String> = others
            .map(|(verdict, number)| format!("{} {verdict}", grouped(number)))
            .collect();
        Self {
            anchor: anchors.suite(&suite.name),
            name: visible(&suite.name),
            version: suite.version,
            digest: visible(&suite.digest),
            source: excerpt(&suite.source.title, COLUMNS),
            url: web_address(suite).map(str::to_owned),
            retrieved: suite.source.retrieved.as_deref().map(visible),
            tone: tone::of_verdict(verdict),
            mark: verdict.map_or("–", tone::mark),
            words: tone::verdict_word(verdict),
            cases: grouped(suite.counts.total()),
            passed: grouped(suite.counts.of(Verdict::Pass)),
            failed: grouped(suite.counts.of(Verdict::Fail)),
            others: others.join(", "),
        }
    }
}

impl RequirementView {
    pub(super) fn of(row: &Requirement<'_>) -> Self {
        let verdict = row.verdict();
        let (passed, of) = row.passed_of();
        let observed = row.counts.of(Verdict::Observed);
        Self {
            tone: tone::of_verdict(verdict),
            mark: verdict.map_or("–", tone::mark),
            verdict: tone::verdict_word(verdict),
            suite: visible(&row.suite.name),
            id: visible(&row.summary.id),
            level: row.summary.level.name(),
            text: excerpt(&row.summary.text, COLUMNS),
            place: excerpt(basis::within_its_suite(row.summary), COLUMNS),
            passed: match (of - observed, observed) {
                (0, 0) => "none tried".to_owned(),
                (0, _) => format!("{} observed", grouped(observed)),
                (of, _) => format!("{} of {}", grouped(passed), grouped(of)),
            },
            failed: matches!(
                verdict,
                Some(Verdict::Fail | Verdict::UnexpectedPass | Verdict::Error | Verdict::Warning)
            ),
        }
    }
}
