//! A run: its document, how it is concluded, and what becomes of it: lists of known failures,
//! merges, differences.

mod baseline;
mod case_pattern;
mod conclude;
mod conformance;
mod diagnosis;
mod difference;
mod document;
mod known_failure_matcher;
mod known_failures;
mod listing;
pub(super) mod merge;
mod not_selected;
mod not_started;
mod observation;
mod runs;
mod update;

pub use baseline::{Baseline, BaselineScore};
pub use case_pattern::{CasePattern, CasePatternError};
pub use conclude::{Circumstances, conclude};
pub use diagnosis::is_failure;
pub use difference::{AbsentImplementation, ChangedCase, Difference, cases_by_name};
pub use document::{
    Case, Conformance, Counts, Gate, GateFailure, GateFailureKind, JUDGED_ITSELF, KnownMention,
    RequirementSummary, RunResult, SCHEMA_VERSION, Scope, ScopeNote, ShardSummary, SourceLine,
    SuiteSummary, Trait, WITHOUT_ORACLE,
};
pub use known_failures::{EntryProblem, KnownFailure, KnownFailures, KnownFailuresError};
pub use merge::{MergeError, merge};
pub use not_selected::suites_not_selected;
pub use not_started::{INTERRUPTED_BEFORE, did_not_start};
pub use observation::Observation;
pub use runs::{Document, RUNS_VERSION, Runs};
pub use update::updated;
