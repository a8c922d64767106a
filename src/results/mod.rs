//! The results of runs and campaigns: verdicts, conformance, the gate, and the documents from which
//! all reports are rendered.
//!
//! `run` holds the document of a run, `fuzz` those of a fuzz campaign and of a comparison,
//! `timing` that of a timing campaign; what they share stands beside them.

mod causes;
#[cfg(test)]
pub(crate) mod fixture;
mod fuzz;
mod interruption;
mod judge;
mod needle;
mod observed_kind;
mod redaction;
#[cfg(test)]
mod redaction_laws;
mod restarts;
mod run;
mod sent;
mod timestamp;
mod timing;
mod verdict;
mod versioned;
mod words;

pub use causes::{
    Account, Causes, Diagnosis, Inquiry, InquiryRequest, InquiryResult, InquiryToken, LikelyCause,
    MistakeMention,
};
pub use fuzz::{
    FUZZ_SCHEMA_VERSION, FuzzEnd, FuzzFinding, FuzzPoint, FuzzResult, FuzzTrait, FuzzWarning,
    FuzzedSuite, ProgressCurve, VERSUS_SCHEMA_VERSION, VersusAnswer, VersusCell, VersusDifference,
    VersusExample, VersusResult, VersusSide, merge_fuzz,
};
pub use interruption::{Interruption, gravest_exit_code};
pub use judge::{Expectation, Failure, Observed};
pub use observed_kind::ObservedKind;
pub use redaction::{REDACTED, Redaction};
pub use restarts::{RestartKind, RestartReason, Restarts};
pub use run::{
    AbsentImplementation, Baseline, BaselineScore, Case, CasePattern, CasePatternError,
    ChangedCase, Circumstances, Conformance, Counts, Difference, Document, EntryProblem, Gate,
    GateFailure, GateFailureKind, INTERRUPTED_BEFORE, JUDGED_ITSELF, KnownFailure, KnownFailures,
    KnownFailuresError, KnownMention, MergeError, Observation, RUNS_VERSION, RequirementSummary,
    RunResult, Runs, SCHEMA_VERSION, Scope, ScopeNote, ShardSummary, SourceLine, SuiteSummary,
    Trait, WITHOUT_ORACLE, cases_by_name, conclude, did_not_start, is_failure, merge,
    suites_not_selected, updated,
};
pub use sent::{SentFault, SignedRequest, read_sent};
pub use timestamp::timestamp;
pub use timing::{
    Confirmation, Control, ControlKind, Distributions, EarlyExit, Effect, LoopUnit, Measurement,
    RunningEffect, Subject, TIMING_SCHEMA_VERSION, TimingCircumstances, TimingResult,
    TimingVerdict,
};
pub use verdict::Verdict;
pub use versioned::{DocumentFormat, Versioned};
pub use words::{expected as expected_in_words, outcome as outcome_in_words};
