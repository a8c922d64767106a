//! What was measured, pair by pair.

use serde::{Deserialize, Serialize};

use crate::results::{Subject, TimingVerdict};
use crate::statistics::{Order, Paired};

/// All that was seen of one subject. A verdict is made of nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What was measured.
    pub subject: Subject,
    /// Whether a request carried many calls; else each was sent alone, and how long the way takes
    /// covers what a call does.
    pub amplified: bool,
    /// Whether a valid token, repeated, was accepted as often as it was to be, and a wrong one
    /// never.
    pub counted: bool,
    /// What ended it before its time.
    pub trouble: Option<Trouble>,
    /// The pairs, in order.
    pub samples: Vec<Sample>,
}

/// Why there is nothing to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What it comes to: inconclusive or not measured.
    pub verdict: TimingVerdict,
    /// Why.
    pub reason: String,
}

/// Two round trips, one right after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it was measured for.
    pub stage: Stage,
    /// What differs between the two.
    pub condition: Condition,
    /// How many calls a request asked for; for the pairs that differ in it, the larger number.
    pub repeat: u32,
    /// Which was first.
    pub order: Order,
    /// The time of the one that is expected to take longer, in nanoseconds.
    pub longer: u64,
    /// The time of the other.
    pub shorter: u64,
}

/// What a pair is measured for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Whether every call does the work.
    Working,
    /// How many calls a request is to ask for.
    Tuning,
    /// The verdict.
    Measuring,
    /// The same again, in a fresh process.
    Confirming,
}

/// What differs between the two of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Last character wrong, first character wrong: what a leak tells apart.
    Leak,
    /// Last character wrong in two ways: nothing.
    Null,
    /// Some calls more: what has to be found.
    More,
    /// All the calls against one.
    All,
}

impl Sample {
    /// By how much the first took longer.
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

    /// Both times.
    #[expect(
        clippy::cast_precision_loss,
        reason = "round trips, far below 2^53 nanoseconds"
    )]
    pub fn times(&self) -> [f64; 2] {
        [self.longer as f64, self.shorter as f64]
    }
}

impl Recording {
    /// One without samples.
    pub fn new(subject: Subject) -> Self {
        Self {
            subject,
            amplified: true,
            counted: false,
            trouble: None,
            samples: Vec::new(),
        }
    }

    /// The samples of a stage under a condition.
    pub fn of(&self, stage: Stage, condition: Condition) -> impl Iterator<Item = &Sample> {
        let fits = move |sample: &&Sample| sample.stage == stage && sample.condition == condition;
        self.samples.iter().filter(fits)
    }

    /// How many calls a request asked for in a stage.
    pub fn repeat_of(&self, stage: Stage) -> Option<u32> {
        self.of(stage, Condition::Leak)
            .next()
            .map(|sample| sample.repeat)
    }
}

impl Stage {
    /// All, with their words.
    pub(super) const WORDS: [(Self, &'static str); 4] = [
        (Self::Working, "working"),
        (Self::Tuning, "tuning"),
        (Self::Measuring, "measuring"),
        (Self::Confirming, "confirming"),
    ];
}

impl Condition {
    /// All, with their words.
    pub(super) const WORDS: [(Self, &'static str); 4] = [
        (Self::Leak, "leak"),
        (Self::Null, "null"),
        (Self::More, "more"),
        (Self::All, "all"),
    ];
}
