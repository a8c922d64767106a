//! The results of a run: verdicts, conformance, the gate, and the document from which all reports
//! are rendered.

mod baseline;
mod case_pattern;
mod causes;
mod conclude;
mod conformance;
mod diagnosis;
mod difference;
mod document;
#[cfg(test)]
pub(crate) mod fixture;
mod fuzz;
mod interruption;
mod judge;
mod known_failure_matcher;
mod known_failures;
mod listing;
mod merge;
mod merge_fuzz;
mod needle;
mod not_started;
mod observation;
mod observed_kind;
mod progress_curve;
mod redaction;
#[cfg(test)]
mod redaction_laws;
mod restarts;
mod runs;
mod timing;
mod update;
mod verdict;
mod versus;
mod words;

pub use baseline::{Baseline, BaselineScore};
pub use case_pattern::{CasePattern, CasePatternError};
pub use causes::{
    Account, Causes, Diagnosis, Inquiry, InquiryRequest, InquiryResult, InquiryToken, LikelyCause,
    MistakeMention,
};
pub use conclude::{Circumstances, conclude};
pub use diagnosis::is_failure;
pub use difference::{AbsentImplementation, ChangedCase, Difference};
pub use document::{
    Case, Conformance, Counts, Gate, GateFailure, GateFailureKind, JUDGED_ITSELF, KnownMention,
    RequirementSummary, RunResult, SCHEMA_VERSION, Scope, ScopeNote, ShardSummary, SourceLine,
    SuiteSummary, Trait,
};
pub use fuzz::{
    FUZZ_SCHEMA_VERSION, FuzzEnd, FuzzFinding, FuzzResult, FuzzTrait, FuzzWarning, FuzzedSuite,
};
pub use interruption::{Interruption, gravest_exit_code};
pub use judge::{Failure, Observed, judge};
pub use known_failures::{EntryProblem, KnownFailure, KnownFailures, KnownFailuresError};
pub use merge::{MergeError, merge};
pub use merge_fuzz::merge_fuzz;
pub use not_started::{INTERRUPTED_BEFORE, did_not_start};
pub use observation::Observation;
pub use observed_kind::ObservedKind;
pub use progress_curve::{FuzzPoint, ProgressCurve};
pub use redaction::{REDACTED, Redaction};
pub use restarts::{RestartKind, RestartReason, Restarts};
pub use runs::{Document, RUNS_VERSION, Runs};
pub use timing::{
    Confirmation, Control, ControlKind, Distributions, Effect, Measurement, RunningEffect, Subject,
    TIMING_SCHEMA_VERSION, TimingCircumstances, TimingResult, TimingVerdict,
};
pub use update::updated;
pub use verdict::Verdict;
pub use versus::{
    VERSUS_SCHEMA_VERSION, VersusAnswer, VersusCell, VersusDifference, VersusExample, VersusResult,
    VersusSide,
};
pub use words::{expected as expected_in_words, outcome as outcome_in_words};
