//! The document of an implementation that never started: it takes its place among the others, and
//! nobody takes its silence for consent.

use crate::results::{
    Circumstances, Conformance, Counts, Gate, GateFailure, GateFailureKind, RunResult,
    SCHEMA_VERSION, Scope, ScopeNote,
};

/// What is left out where nothing could be asked.
pub(super) const NOT_STARTED: &str = "the implementation did not start";

/// The document of a run whose implementation could not be built, reached or greeted, for this
/// reason. `cases` is how many would have been asked.
pub fn did_not_start(circumstances: Circumstances, cases: u64, reason: String) -> RunResult {
    let mut left_out = circumstances.left_out;
    left_out.push(ScopeNote {
        what: NOT_STARTED.to_owned(),
        cases,
    });
    RunResult {
        macproof_result: SCHEMA_VERSION,
        macproof_version: env!("CARGO_PKG_VERSION").to_owned(),
        started: circumstances.started,
        duration_ms: circumstances.duration_ms,
        conformance: Conformance::Incomplete,
        did_not_start: Some(reason.clone()),
        scope: Scope {
            whole: false,
            left_out,
        },
        gate: Gate {
            passed: false,
            exit_code: GateFailureKind::DidNotStart.exit_code(),
            failed: vec![failure(reason)],
        },
        implementation: circumstances.implementation,
        adapter: circumstances.adapter,
        judged_itself: circumstances.judged_itself,
        arguments: circumstances.arguments,
        level: circumstances.level,
        seed: circumstances.seed,
        repeat: circumstances.repeat,
        repeat_asked: None,
        interrupted: false,
        restarts: circumstances.restarts,
        shard: circumstances.shard,
        suites: Vec::new(),
        counts: Counts::default(),
        cases: Vec::new(),
        profile: Vec::new(),
        verifier_causes: Vec::new(),
        diagnosis: None,
        baselines: Vec::new(),
        notes: circumstances.notes,
    }
}

/// What keeps the gate shut then.
pub(super) fn failure(reason: String) -> GateFailure {
    GateFailure {
        case: String::new(),
        kind: GateFailureKind::DidNotStart,
        reason,
    }
}
