//! What a comparison found.

use std::time::Duration;

use crate::adapters::ShutdownReport;
use crate::fuzz::drive::FuzzEnding;
use crate::protocol::ImplementationInfo;
use crate::results::{FuzzPoint, Observed};
use crate::signature::Request;

/// What a comparison found.
#[derive(Debug)]
pub struct Versus {
    /// What they say of themselves.
    pub(super) names: [ImplementationInfo; 2],
    /// What is left to say of each when it has ended.
    pub(super) shutdowns: [ShutdownReport; 2],
    /// The suites that took part, as places among those that were given.
    pub(super) taken: Vec<usize>,
    /// Where they differ, one entry a sort.
    pub(super) differences: Vec<Difference>,
    /// Who takes whose tokens: each suite, within it each signer, and within that each verifier.
    pub(super) matrix: Vec<Crossing>,
    /// How many requests both were asked.
    pub(super) cases: u64,
    /// How many requests, those of the matrix included, had no valid answer from either.
    pub(super) unanswered: u64,
    /// The number of kinds of pairs of answers.
    pub(super) kinds: u64,
    /// How far it was when.
    pub(super) progress: Vec<FuzzPoint>,
    /// What was noticed besides.
    pub(super) notes: Vec<String>,
    /// How long it took.
    pub(super) elapsed: Duration,
    /// How it ended.
    pub ending: FuzzEnding,
}

/// A request that two implementations answer differently.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// The suite's name.
    pub(super) suite: String,
    /// The smallest request that reproduces it.
    pub(super) request: Request,
    /// What each did.
    pub(super) outcomes: [Observed; 2],
    /// How many characters it has, and had before it was shrunk.
    pub(super) length: [usize; 2],
    /// How many requests differ in this way.
    pub(super) cases: u64,
}

/// Tokens of one implementation, presented to one.
#[derive(Clone, Debug)]
pub(super) struct Crossing {
    /// The suite's name.
    pub(super) suite: String,
    /// Which signed, as 0 or 1.
    pub(super) signer: usize,
    /// Which verified.
    pub(super) verifier: usize,
    /// The number of tokens presented.
    pub(super) tokens: u64,
    /// How many were accepted.
    pub(super) accepted: u64,
    /// A request whose token was not, with what was answered.
    pub(super) example: Option<(Request, Observed)>,
}
