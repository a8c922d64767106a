//! The document of an implementation that never started: it takes its place among the others, and
//! nobody takes its silence for consent.

use crate::results::{
    Circumstances, Conformance, Counts, Gate, GateFailure, GateFailureKind, RunResult,
    SCHEMA_VERSION, Scope, ScopeNote,
};

/// What is left out where nothing could be asked.
pub(super) const NOT_STARTED: &str = "the implementation did not start";

/// Why an implementation did not start whose turn had not come when a signal came.
pub const INTERRUPTED_BEFORE: &str = "interrupted before it began";

/// The document of a run whose implementation could not be built, reached or greeted, for this
/// reason, or whose turn did not come before an interruption. `cases` is how many would have been
/// asked.
pub fn did_not_start(circumstances: Circumstances, cases: u64, reason: String) -> RunResult {
    let (reason, exit_code, failed) = match circumstances.interruption {
        None => {
            let failed = failure(reason.clone());
            (reason, failed.kind.exit_code(), failed)
        }
        Some(interruption) => {
            let reason = INTERRUPTED_BEFORE.to_owned();
            let failed = GateFailure {
                kind: GateFailureKind::Interrupted,
                ..failure(reason.clone())
            };
            (reason, interruption.exit_code(), failed)
        }
    };
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
        did_not_start: Some(reason),
        scope: Scope {
            whole: false,
            cases,
            asked: 0,
            left_out,
        },
        gate: Gate {
            passed: false,
            exit_code,
            failed: vec![failed],
        },
        implementation: circumstances.implementation,
        adapter: circumstances.adapter,
        judged_itself: circumstances.judged_itself,
        arguments: circumstances.arguments,
        level: circumstances.level,
        seed: circumstances.seed,
        repeat: circumstances.repeat,
        repeat_asked: None,
        interrupted: circumstances.interruption.is_some(),
        restarts: circumstances.restarts,
        hello_changes: circumstances.hello_changes,
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
