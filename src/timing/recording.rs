//! The measurements of a campaign, pair by pair.

use serde::{Deserialize, Serialize};

use crate::results::{EarlyExit, Subject, TimingVerdict};
use crate::statistics::{Order, Paired};

/// Everything that was observed of one subject. The verdict depends on nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The subject that was measured.
    pub subject: Subject,
    /// Whether requests carried many calls. Otherwise each call was a request of its own, and the
    /// round trip hides what a call does.
    pub amplified: bool,
    /// Whether a valid token was accepted as often as it was repeated, and a wrong one never.
    pub counted: bool,
    /// What an early-exit loop in the implementation's language takes over these MACs, where that is
    /// what has to be seen.
    pub early_exit: Option<EarlyExit>,
    /// What ended the measurement early, if anything.
    pub trouble: Option<Trouble>,
    /// The pairs, in the order in which they were measured.
    pub samples: Vec<Sample>,
}

/// Why there is nothing to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The resulting verdict: inconclusive or not measured.
    pub verdict: TimingVerdict,
    /// The reason, in words.
    pub reason: String,
}

/// Two consecutive round trips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What the pair was measured for.
    pub stage: Stage,
    /// How the two requests differ.
    pub condition: Condition,
    /// Calls per request; if the two requests differ in it, the larger number.
    pub repeat: u32,
    /// Which of the two was measured first.
    pub order: Order,
    /// The round trip of the request that is expected to take longer, in nanoseconds.
    pub longer: u64,
    /// The round trip of the other request, in nanoseconds.
    pub shorter: u64,
}

/// What a pair is measured for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// To show that every call does its work.
    Working,
    /// To choose the number of calls per request.
    Tuning,
    /// For the verdict.
    Measuring,
    /// To confirm a leak in a fresh process.
    Confirming,
}

/// How the two requests of a pair differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// One has the last character wrong, the other the first: a leak tells them apart.
    Leak,
    /// Both have the last character wrong, in different ways: there is nothing to find.
    Null,
    /// One has some more calls: the positive control, which has to be found.
    More,
    /// One has all the calls, the other a single one.
    All,
}

impl Sample {
    /// The pair's difference, `longer` minus `shorter`, in nanoseconds.
    #[expect(
        clippy::cast_precision_loss,
        reason = "round trips, far below 2^53 nanoseconds"
    )]
    pub fn paired(&self) -> Paired {
        Paired {
            order: self.order,
            difference: self.longer as f64 - self.shorter as f64,
        }
    }

    /// Both round trips, in nanoseconds.
    #[expect(
        clippy::cast_precision_loss,
        reason = "round trips, far below 2^53 nanoseconds"
    )]
    pub fn times(&self) -> [f64; 2] {
        [self.longer as f64, self.shorter as f64]
    }
}

impl Recording {
    /// Creates a recording without samples.
    pub fn new(subject: Subject) -> Self {
        Self {
            subject,
            amplified: true,
            counted: false,
            early_exit: None,
            trouble: None,
            samples: Vec::new(),
        }
    }

    /// The largest leak that may remain unseen if there is to be a verdict, in nanoseconds per call.
    pub(super) fn limit(&self, target: f64) -> f64 {
        self.early_exit.as_ref().map_or(target, |one| one.ns)
    }

    /// The smallest detectable leak at which measuring ends, in nanoseconds per call: time that is
    /// left makes it smaller than it has to be.
    pub(super) fn goal(&self, target: f64) -> f64 {
        self.limit(target).min(target)
    }

    /// The samples of a stage and condition.
    pub fn of(&self, stage: Stage, condition: Condition) -> impl Iterator<Item = &Sample> {
        let fits = move |sample: &&Sample| sample.stage == stage && sample.condition == condition;
        self.samples.iter().filter(fits)
    }

    /// The number of calls per request in a stage.
    pub fn repeat_of(&self, stage: Stage) -> Option<u32> {
        self.of(stage, Condition::Leak)
            .next()
            .map(|sample| sample.repeat)
    }
}

impl Stage {
    /// All stages with their names in files.
    pub(super) const WORDS: [(Self, &'static str); 4] = [
        (Self::Working, "working"),
        (Self::Tuning, "tuning"),
        (Self::Measuring, "measuring"),
        (Self::Confirming, "confirming"),
    ];
}

impl Condition {
    /// All conditions with their names in files.
    pub(super) const WORDS: [(Self, &'static str); 4] = [
        (Self::Leak, "leak"),
        (Self::Null, "null"),
        (Self::More, "more"),
        (Self::All, "all"),
    ];
}
