//! What a comparison is to do.

use std::time::Duration;

use crate::adapters::Limits;

/// What two implementations are asked to do.
#[derive(Clone, Copy, Debug)]
pub struct VersusOptions {
    /// The seed of the inputs.
    pub seed: u64,
    /// After how many requests to each it ends.
    pub cases: Option<u64>,
    /// After how long it ends. The last quarter of it is for the tokens of each, presented to each.
    pub time: Option<Duration>,
    /// After how many differences it ends.
    pub max_findings: usize,
    /// How long each may take.
    pub limits: Limits,
}
