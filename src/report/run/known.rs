//! The list of known failures in words, the same in every report.

use std::collections::BTreeMap;

use crate::report::digits::count;
use crate::report::visible::excerpt;
use crate::results::{GateFailure, GateFailureKind, RunResult, Verdict};

/// The known failures that occurred, grouped by reason: `known to fail, 3 cases: …`.
pub(super) fn allowed(result: &RunResult, columns: usize) -> Vec<String> {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for case in &result.cases {
        if let (Verdict::KnownFailure, Some(known)) = (case.verdict, &case.known) {
            *reasons.entry(&known.reason).or_default() += 1;
        }
    }
    let line = |(reason, number): (&str, u64)| {
        let cases = count(number, "case", "cases");
        format!("known to fail, {cases}: {}", excerpt(reason, columns))
    };
    reasons.into_iter().map(line).collect()
}

/// Gate failures that the list caused: a wrong entry, or a case whose outcome differs from its
/// entry.
pub(super) fn troubles(result: &RunResult) -> impl Iterator<Item = &GateFailure> {
    result.gate.failed.iter().filter(|failure| {
        failure.kind.is_of_an_entry()
            || matches!(
                failure.kind,
                GateFailureKind::UnexpectedPass | GateFailureKind::ChangedOutcome
            )
    })
}
