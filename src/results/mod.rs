//! What came of a run: verdicts, conformance, the gate, and the one document that every report is
//! made from.

mod case_pattern;
mod conclude;
mod conformance;
mod document;
#[cfg(test)]
pub(crate) mod fixture;
mod fuzz;
mod judge;
mod known_failures;
mod ledger;
mod listing;
mod observed_kind;
mod update;
mod verdict;
mod words;

pub use case_pattern::{CasePattern, CasePatternError};
pub use conclude::{Circumstances, Observation, conclude};
pub use document::{
    Case, CaseRequest, Causes, Conformance, Counts, Gate, GateFailure, GateFailureKind,
    KnownMention, MistakeMention, RequirementSummary, RunResult, SCHEMA_VERSION, Scope, ScopeNote,
    SourceLine, SuiteSummary, Trait,
};
pub use fuzz::{
    FUZZ_SCHEMA_VERSION, FuzzEnd, FuzzFinding, FuzzResult, FuzzTrait, FuzzWarning, FuzzedSuite,
};
pub use judge::{Failure, Observed, judge};
pub use known_failures::{EntryProblem, KnownFailure, KnownFailures, KnownFailuresError};
pub use observed_kind::ObservedKind;
pub use update::updated;
pub use verdict::Verdict;
pub use words::{expected as expected_in_words, outcome as outcome_in_words};
