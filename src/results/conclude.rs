//! From what was observed to the document of a run.

use std::borrow::Cow;

use crate::protocol::ImplementationInfo;
use crate::results::{Observed, ScopeNote};
use crate::suite::{Expect, Level, Suite, Vector};

/// What was observed of one case.
#[derive(Clone, Debug)]
pub struct Observation<'s> {
    /// Its suite.
    pub suite: &'s Suite,
    /// Its vector.
    pub vector: &'s Vector,
    /// What was asked, as it went over the wire, without its id.
    pub request: serde_json::Value,
    /// What is expected: the vector's own, unless it was signed afresh for an implementation that
    /// uses the real time.
    pub expect: Cow<'s, Expect>,
    /// What happened.
    pub observed: Observed,
}

/// What a run was, beside its cases.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// When it began, as RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What was tested, in its own words.
    pub implementation: ImplementationInfo,
    /// How it was reached.
    pub adapter: String,
    /// The lowest level that counts.
    pub level: Level,
    /// The seed of the order.
    pub seed: u64,
    /// How often each case ran.
    pub repeat: u64,
    /// What was left out before the run began: filters, shards.
    pub left_out: Vec<ScopeNote>,
    /// What the harness noticed beside the cases.
    pub notes: Vec<String>,
}
