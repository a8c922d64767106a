//! The document of a timing campaign, from which everything about it is rendered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::ImplementationInfo;
use crate::results::{Measurement, TimingVerdict};

/// The version of the schema of [`TimingResult`].
pub const TIMING_SCHEMA_VERSION: u32 = 1;

/// The result of a campaign. All times are in nanoseconds unless their name says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimingResult {
    /// The schema version of this document.
    pub macproof_timing: u32,
    /// The version of macproof that wrote it.
    pub macproof_version: String,
    /// The start time, as RFC 3339 in UTC.
    pub started: String,
    /// What the adapter states about its implementation.
    pub implementation: ImplementationInfo,
    /// The adapter's command or address.
    pub adapter: String,
    /// Whether the built-in reference was measured because no implementation was named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// Where it was measured.
    pub circumstances: TimingCircumstances,
    /// The leak that must be ruled out.
    pub target_ns: f64,
    /// The maximum time to measure each subject, in seconds; a confirmation may take the same time
    /// again.
    pub time_s: f64,
    /// The seed for all random choices.
    pub seed: u64,
    /// What was measured, in order.
    pub measurements: Vec<Measurement>,
    /// Whether the campaign was interrupted by a signal; unfinished measurements are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// The limitations of all these verdicts, in sentences.
    pub limits: Vec<String>,
    /// The exit code of the command.
    pub exit_code: u8,
}

/// Where a campaign was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimingCircumstances {
    /// The core that both sides were pinned to; absent if they were not pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core: Option<u32>,
    /// The number of cores.
    pub cores: u32,
    /// The load average over the last minute before the start; absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
}

impl TimingResult {
    /// The exit code of these measurements: 1 for a leak; else 3 if one is inconclusive or there
    /// are none; else 0.
    pub fn exit_code_of(measurements: &[Measurement]) -> u8 {
        let any = |verdict| measurements.iter().any(|one| one.verdict == verdict);
        if any(TimingVerdict::Leak) {
            1
        } else if measurements.is_empty()
            || any(TimingVerdict::Inconclusive)
            || any(TimingVerdict::NotMeasured)
        {
            3
        } else {
            0
        }
    }
}
