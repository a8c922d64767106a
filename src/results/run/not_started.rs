//! The document of an implementation that did not start. It keeps its place in reports and is never
//! mistaken for a pass.

use crate::results::{
    Circumstances, Conformance, Counts, Gate, GateFailure, GateFailureKind, RunResult,
    SCHEMA_VERSION, Scope, ScopeNote,
};

/// The reason why all cases were left out.
pub(super) const NOT_STARTED: &str = "the implementation did not start";

/// The reason for an implementation that was not started before a signal interrupted the command.
pub const INTERRUPTED_BEFORE: &str = "interrupted before it started";

/// Creates the document of a run whose implementation could not be built, reached or greeted, or
/// was not started before an interruption. `cases` is the number of cases that would have run.
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

/// The corresponding failure of the gate.
pub(super) fn failure(reason: String) -> GateFailure {
    GateFailure {
        case: String::new(),
        kind: GateFailureKind::DidNotStart,
        reason,
    }
}
