//! Black-box fuzzing: an implementation is asked what grew from the suite's vectors, from the
//! catalogue of mistakes and from its own answers, and each answer is judged.
//!
//! `mutate` makes inputs, `campaign` asks them, `bounds` says what can be demanded, `triage`
//! confirms, explains and shrinks what is not as it should be, `sequence` finds what one request
//! alone does not show. [`fuzz`] does it all; [`document`] and [`saved`] say what came of it. [`versus`] has
//! two implementations asked the same, without an oracle, and [`versus_document`] tells the result.

mod bounds;
mod campaign;
mod corpus;
mod coverage;
mod dedup;
mod demand;
mod document;
mod drive;
mod epochs;
mod explained;
mod input;
mod latency;
mod masked;
mod mutate;
mod options;
mod plan;
mod present;
mod save;
mod seed_pool;
mod sequence;
mod shrink;
mod source;
mod triage;
mod versus;
mod worker;
mod worker_report;

pub use corpus::{corpus_files, corpus_requests};
pub use document::{FuzzCircumstances, document};
pub use drive::{FuzzEnding, FuzzError, FuzzOutput, FuzzProgress, fuzz};
pub use options::FuzzOptions;
pub use save::{Saved, saved};
pub use versus::{Versus, VersusCircumstances, VersusOptions, versus, versus_document};
