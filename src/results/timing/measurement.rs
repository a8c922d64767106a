//! One subject of a timing campaign, measured: the effect, its controls, and the verdict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was measured.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Verification by this suite.
    Verify(String),
    /// The comparison function that the adapter provides.
    Compare,
}

/// The verdict of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimingVerdict {
    /// The time reveals where a token differs.
    Leak,
    /// No difference above the stated limit.
    NoLeak,
    /// It was measured without a clear result.
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
    /// The verdict.
    pub verdict: TimingVerdict,
    /// The verdict in one sentence.
    pub sentence: String,
    /// Why there is no verdict; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number of calls per request.
    pub repeat: u32,
    /// The time of one call; absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_ns: Option<f64>,
    /// The median of all compared round trips.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ns: Option<f64>,
    /// How much longer a call takes if the last character is wrong than if the first is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// The difference per call below which nothing counts.
    pub floor_ns: f64,
    /// The X of "no leak above X": the smallest detectable leak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable_ns: Option<f64>,
    /// What has to be seen for a verdict, where no target was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_exit: Option<EarlyExit>,
    /// What had to hold for a verdict.
    pub controls: Vec<Control>,
    /// The rerun in a fresh process with another number of calls per request; only if there was a
    /// leak to confirm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// The effect by number of pairs.
    pub running: Vec<RunningEffect>,
    /// The times of both classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributions: Option<Distributions>,
}

/// What a comparison that stops at the first difference takes: how much longer a call takes if only
/// the last unit of the MAC is wrong than if only the first is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlyExit {
    /// The language it is written in.
    pub language: String,
    /// What the loop compares.
    pub unit: LoopUnit,
    /// How many of them.
    pub length: u64,
    /// The difference per call, on the machine where it was measured.
    pub ns: f64,
}

/// What a loop compares one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoopUnit {
    /// The characters of the encoded MAC.
    Characters,
    /// The bytes of the MAC.
    Bytes,
}

/// A difference between two classes of calls, per call.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The order-stratified trimmed mean of the differences of pairs.
    pub ns: f64,
    /// The fraction trimmed off each end: 0.2, or more if that made the negative control steadier;
    /// 0.4 in a confirmation.
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
    /// The number of pairs.
    pub pairs: u64,
}

/// Something that had to hold for a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Which one.
    pub kind: ControlKind,
    /// Whether it held; absent if it could not be tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<bool>,
    /// What was expected, and what was measured.
    pub words: String,
    /// The measured effect, if any: per round trip, not per call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// The controls of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlKind {
    /// A valid token is accepted in every repetition, a wrong one in none.
    Counts,
    /// Every call does the work: it takes longer if there is more to hash.
    Works,
    /// One additional call is detected, with the time of a call.
    Positive,
    /// No difference is detected between two tokens that are wrong in the same place.
    Negative,
}

/// The rerun in a fresh process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The number of calls per request.
    pub repeat: u32,
    /// The measured effect, per call.
    pub effect: Effect,
    /// The effect measured with the original number of calls per request; absent if that is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_same: Option<Effect>,
    /// Whether it is a leak of the same sign, and equally large with both numbers of calls.
    pub held: bool,
}

/// The effect after a number of pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunningEffect {
    /// The number of pairs.
    pub pairs: u64,
    /// The effect, per call.
    pub ns: f64,
    /// Its standard error.
    pub standard_error_ns: f64,
}

/// The times per call of both classes, as quantiles from 0 to 100 % in steps of 1 %.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distributions {
    /// Only the first character is wrong.
    pub first_wrong_ns: Vec<f64>,
    /// Only the last character is wrong.
    pub last_wrong_ns: Vec<f64>,
    /// The differences within pairs, the last minus the first.
    pub difference_ns: Vec<f64>,
    /// The differences of the negative control.
    pub control_ns: Vec<f64>,
}

impl EarlyExit {
    /// The loop and its time, in words: "an early-exit loop over 64 characters in Node takes 86 ns".
    pub fn in_words(&self) -> String {
        let unit = match self.unit {
            LoopUnit::Characters => "characters",
            LoopUnit::Bytes => "bytes",
        };
        let decimals = usize::from(self.ns < 50.0);
        format!(
            "an early-exit loop over {} {unit} in {} takes {:.decimals$} ns",
            self.length, self.language, self.ns
        )
    }
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
