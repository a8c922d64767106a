//! What a campaign is asked to do.

use std::time::Duration;

use crate::adapters::Limits;
use crate::runner::Shard;
use crate::signature::Request;
use crate::suite::Level;

/// What a campaign is asked to do.
#[derive(Clone, Debug)]
pub struct FuzzOptions {
    /// The seed for the inputs.
    pub seed: u64,
    /// How many adapter processes work at once.
    pub jobs: usize,
    /// The part of all campaigns of this seed.
    pub shard: Option<Shard>,
    /// The lowest level whose violation is a finding.
    pub level: Level,
    /// After how many cases it ends, all processes together.
    pub cases: Option<u64>,
    /// After how long it ends.
    pub time: Option<Duration>,
    /// Whether the suites' own vectors are left out, and only what is grown is asked.
    pub grown: bool,
    /// After how many findings it ends.
    pub max_findings: usize,
    /// How long the adapter may take.
    pub limits: Limits,
    /// Requests that brought something new in an earlier campaign, each with its suite's name.
    pub corpus: Vec<Request>,
}
