//! What came of a run: verdicts, conformance, the gate, and the one document that every report is
//! made from.

mod conclude;
mod document;
mod judge;
mod verdict;

pub use conclude::{Circumstances, Observation};
pub use document::{
    Case, CaseRequest, Causes, Conformance, Counts, Gate, GateFailure, MistakeMention,
    RequirementSummary, RunResult, SCHEMA_VERSION, Scope, ScopeNote, SourceLine, SuiteSummary,
};
pub use judge::{Failure, Observed, judge};
pub use verdict::Verdict;
