//! What there is to say of the list of known failures: the same in every report.

use std::collections::BTreeMap;

use crate::report::digits::count;
use crate::report::visible::excerpt;
use crate::results::{GateFailure, GateFailureKind, RunResult, Verdict};

/// What the list allows, each reason once: `known to fail, 3 cases: …`.
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

/// What keeps the gate shut because of the list: an entry that is wrong, or a case that did
/// something else than its entry says.
pub(super) fn troubles(result: &RunResult) -> impl Iterator<Item = &GateFailure> {
    result.gate.failed.iter().filter(|failure| {
        failure.kind.is_of_an_entry()
            || matches!(
                failure.kind,
                GateFailureKind::UnexpectedPass | GateFailureKind::ChangedOutcome
            )
    })
}
