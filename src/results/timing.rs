//! The document of a timing campaign, from which everything about it is rendered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::ImplementationInfo;

/// The version of the schema of [`TimingResult`].
pub const TIMING_SCHEMA_VERSION: u32 = 1;

/// What a campaign came to. All times are in nanoseconds unless their name says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimingResult {
    /// The version of this form.
    pub macproof_timing: u32,
    /// The version of this program.
    pub macproof_version: String,
    /// When it began, as RFC 3339 in UTC.
    pub started: String,
    /// What the adapter says of itself.
    pub implementation: ImplementationInfo,
    /// How it was reached.
    pub adapter: String,
    /// Whether this program measured its own reference implementation because nobody named another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// Where it was measured.
    pub circumstances: TimingCircumstances,
    /// Up to which leak a comparison may be called free of leaks.
    pub target_ns: f64,
    /// How long each subject was measured at most, in seconds; a confirmation may take as long
    /// again.
    pub time_s: f64,
    /// The seed of all that was chosen by chance.
    pub seed: u64,
    /// What was measured, in order.
    pub measurements: Vec<Measurement>,
    /// Whether a signal ended the campaign before its time: what was under way or was still to come
    /// is not measured.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// What none of these verdicts says, in sentences.
    pub limits: Vec<String>,
    /// What the command ends with.
    pub exit_code: u8,
}

/// Where a campaign was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimingCircumstances {
    /// The core on which both sides ran; absent where the system let them move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core: Option<u32>,
    /// How many cores there were.
    pub cores: u32,
    /// How many processes wanted to run, on average over the last minute, before it began; absent
    /// where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Verifying by this suite.
    Verify(String),
    /// The comparison that the adapter hands over.
    Compare,
}

/// What a measurement came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimingVerdict {
    /// Where a token differs can be told from how long it takes.
    Leak,
    /// No difference above what is stated.
    NoLeak,
    /// It was measured, and nothing can be said.
    Inconclusive,
    /// It could not be measured.
    NotMeasured,
}

/// One subject, measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// What was measured.
    pub subject: Subject,
    /// What it came to.
    pub verdict: TimingVerdict,
    /// The verdict in one sentence.
    pub sentence: String,
    /// Why nothing can be said; absent for the other verdicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many calls a request asked for.
    pub repeat: u32,
    /// The time of one call; absent where it could not be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_ns: Option<f64>,
    /// The middle of all round trips that were compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ns: Option<f64>,
    /// By how much a call takes longer when the last character is wrong than when the first is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Below what no difference counts, a call.
    pub floor_ns: f64,
    /// The X of "no leak above X": a leak that large would have been found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable_ns: Option<f64>,
    /// What had to hold for a verdict.
    pub controls: Vec<Control>,
    /// The same in a fresh process with another number of calls a request; only where there was a
    /// leak to confirm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// How the effect went with the number of pairs.
    pub running: Vec<RunningEffect>,
    /// The times of both classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributions: Option<Distributions>,
}

/// A difference of two classes of calls, a call.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The order-stratified trimmed mean of the differences of pairs.
    pub ns: f64,
    /// How much of them was trimmed off each end: 0.2, and more where the times of the negative
    /// control were steadier with it; 0.4 in a confirmation.
    pub trimmed: f64,
    /// Its standard error, by Yuen.
    pub standard_error_ns: f64,
    /// The lower end of its 99.9 % interval.
    pub low_ns: f64,
    /// The upper end.
    pub high_ns: f64,
    /// The effect in standard errors.
    pub z: f64,
    /// Wilcoxon's signed rank of the same differences, in standard deviations.
    pub signed_rank_z: f64,
    /// How many pairs there were.
    pub pairs: u64,
}

/// Something that had to hold for a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Which one.
    pub kind: ControlKind,
    /// Whether it held; absent where it could not be tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<bool>,
    /// What was expected and what was found.
    pub words: String,
    /// What was found, for those that are measured: a round trip, not a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// The controls of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlKind {
    /// A valid token, repeated, is accepted so many times, and a wrong one never.
    Counts,
    /// Every call does the work: it takes longer where there is more to hash.
    Works,
    /// One call more is found, at the time that a call takes.
    Positive,
    /// Between two tokens that are wrong in the same place nothing is found.
    Negative,
}

/// The same in a fresh process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// How many calls a request asked for.
    pub repeat: u32,
    /// What was found, a call.
    pub effect: Effect,
    /// What was found with as many calls a request as at first; absent where a request carries
    /// one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_same: Option<Effect>,
    /// Whether it is a leak of the same sign, and as large with either number of calls.
    pub held: bool,
}

/// The effect after so many pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunningEffect {
    /// How many.
    pub pairs: u64,
    /// The effect, a call.
    pub ns: f64,
    /// Its standard error.
    pub standard_error_ns: f64,
}

/// The times of both classes, as quantiles from 0 to 100 % in steps of 1 %, a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distributions {
    /// Where only the first character is wrong.
    pub first_wrong_ns: Vec<f64>,
    /// Where only the last one is.
    pub last_wrong_ns: Vec<f64>,
    /// The differences within pairs, the last minus the first.
    pub difference_ns: Vec<f64>,
    /// The differences of the negative control.
    pub control_ns: Vec<f64>,
}

impl TimingVerdict {
    /// The name used in reports for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leak => "leak",
            Self::NoLeak => "no leak",
            Self::Inconclusive => "inconclusive",
            Self::NotMeasured => "not measured",
        }
    }
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
