//! What was seen in a campaign.

use crate::fuzz::demand::Demand;
use crate::fuzz::input::Input;
use crate::results::Failure;
use crate::signature::{Outcome, Request};

/// Something that is not as it should be, as it was first seen.
#[derive(Clone, Debug)]
pub(super) struct Disagreement {
    /// Which case it was, from 0.
    pub(super) number: u64,
    pub(super) input: Input,
    pub(super) request: Request,
    pub(super) vector: Option<usize>,
    pub(super) what: What,
}

/// What is not as it should be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// It answered otherwise than is demanded.
    Broken(Demand, Outcome),
    /// It gave no valid answer.
    Failed(Failure),
}

/// A request and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) request: Request,
    pub(super) outcome: Outcome,
    pub(super) failed: bool,
}

/// A matter of taste that was seen.
#[derive(Clone, Debug)]
pub(crate) struct ImplementationDefined {
    pub(super) cases: u64,
    pub(super) example: Request,
    pub(super) outcome: Outcome,
}
