//! All that is measured of one implementation, one campaign after the other.

use std::time::Duration;

use fastrand::Rng;

use crate::adapters::Lockstep;
use crate::protocol::Hello;
use crate::results::{Redaction, Subject, TimingVerdict};
use crate::signature::{Op, Secret};
use crate::suite::Suite;
use crate::timing::campaign::{Options, Progress, record};
use crate::timing::channel::{ChannelError, Endpoint};
use crate::timing::early_exit::Loop;
use crate::timing::material::Material;
use crate::timing::recording::{Recording, Trouble};
use crate::timing::terms::Demand;

/// Up to which leak a comparison may be called free of leaks, in nanoseconds a call: what takes an
/// attacker over a network more requests than anybody answers.
const TARGET: f64 = 20.0;

/// The same where a request carries one call.
const TARGET_ALONE: f64 = 500.0;

/// How long each subject is measured at most if nothing is said.
const USUAL_TIME: Duration = Duration::from_secs(10);

/// What is to be measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session<'a> {
    /// The suites whose schemes are measured.
    pub(super) suites: &'a [Suite],
    /// Whether the user named the suites. A named suite that cannot be measured is reported;
    /// another is left out.
    pub(super) are_named: bool,
    /// The implementation's own secret, where it has one.
    pub(super) secret: Option<&'a Secret>,
    /// The time of the tokens, in Unix seconds.
    pub(super) now: u64,
    /// What may not be shown of what the implementation says.
    pub(super) redaction: &'a Redaction,
    /// The leak that must be ruled out.
    pub(super) demand: Demand,
    /// The name of the program that is started, if one is.
    pub(super) program: Option<&'a str>,
    /// Maximum time for all measurements and confirmations; by default 20 seconds a subject.
    pub(super) time: Option<Duration>,
    /// The seed for all random choices.
    pub(super) seed: u64,
}

/// What a session measured.
#[derive(Debug)]
pub(super) struct Measured {
    /// The implementation's hello.
    pub(super) hello: Hello,
    /// The leak that had to be ruled out, in nanoseconds per call, where no loop had to be.
    pub(super) target: f64,
    /// Maximum time to measure each subject; a confirmation may have taken as long again.
    pub(super) time: Duration,
    /// The recordings, in the order of the suites; the adapter's comparison comes last.
    pub(super) recordings: Vec<Recording>,
    /// Whether the user interrupted the session.
    pub(super) was_interrupted: bool,
}

impl Session<'_> {
    /// Measures one suite after the other, then the adapter's comparison if it has one. `clock`
    /// tells the time since any fixed moment.
    ///
    /// # Errors
    ///
    /// If the implementation cannot be reached or stops working. After an interruption, what was
    /// measured before it is kept.
    pub(super) fn measure(
        &self,
        reach: &dyn Endpoint,
        clock: &dyn Fn() -> Duration,
        progress: &mut dyn FnMut(&Subject, Progress),
    ) -> Result<Measured, ChannelError> {
        let began = clock();
        let first = reach.open()?;
        let hello = first.hello().clone();
        let is_amplified = first.is_amplified();
        let target = match self.demand {
            Demand::Leak(target) => target,
            Demand::Small | Demand::EarlyExit if is_amplified => TARGET,
            Demand::Small | Demand::EarlyExit => TARGET_ALONE,
        };
        let early_exit = if is_amplified && self.demand == Demand::EarlyExit {
            Loop::known(hello.implementation.language.as_deref(), self.program)
        } else {
            None
        };
        let wanted = wanted(self.suites, self.are_named, &hello);
        let suites = wanted.iter().filter(|(_, missing)| missing.is_none());
        let subjects = suites.count() + usize::from(compares(&hello));
        // Each subject may need its time twice: once more to confirm a leak.
        let parts = u32::try_from(2 * subjects.max(1)).unwrap_or(u32::MAX);
        let time = self.time.map_or(USUAL_TIME, |time| time / parts);
        let mut campaigns = Campaigns {
            reach,
            options: Options {
                target,
                early_exit,
                time,
                end: self.time.map_or(Duration::MAX, |time| began + time),
                seed: self.seed,
            },
            redaction: self.redaction,
            clock,
            progress,
            first: Some(first),
            was_interrupted: false,
        };
        let mut rng = Rng::with_seed(self.seed);
        let mut recordings = Vec::new();
        for (suite, missing) in wanted {
            let material = match missing {
                Some(missing) => Err(missing.to_owned()),
                None => Material::of_suite(suite, self.now, self.secret, &mut rng)
                    .map_err(|error| error.to_string()),
            };
            recordings.push(match material {
                Ok(material) => campaigns.of(&material)?,
                Err(reason) => not_measured(Subject::Verify(suite.name.as_str().into()), reason),
            });
        }
        if compares(&hello) {
            recordings.push(campaigns.of(&Material::of_comparison(&mut rng))?);
        }
        Ok(Measured {
            hello,
            target,
            time,
            recordings,
            was_interrupted: campaigns.was_interrupted,
        })
    }
}

/// A suite, and why it is not measured if it is not.
type Wanted<'s> = (&'s Suite, Option<&'static str>);

fn wanted<'s>(suites: &'s [Suite], are_named: bool, hello: &Hello) -> Vec<Wanted<'s>> {
    let verifies = hello.has_op(Op::Verify);
    suites
        .iter()
        .map(|suite| {
            let missing = match (verifies, hello.has_suite(suite.name.as_str())) {
                (false, _) => Some("the adapter does not verify"),
                (true, false) => Some("the adapter does not claim this suite"),
                (true, true) => None,
            };
            (suite, missing)
        })
        .filter(|(_, missing)| are_named || missing.is_none())
        .collect()
}

fn compares(hello: &Hello) -> bool {
    hello
        .ops
        .as_ref()
        .is_some_and(|ops| ops.iter().any(|op| op == "compare"))
}

/// The campaigns of a session.
struct Campaigns<'a> {
    reach: &'a dyn Endpoint,
    options: Options,
    redaction: &'a Redaction,
    clock: &'a dyn Fn() -> Duration,
    progress: &'a mut dyn FnMut(&Subject, Progress),
    /// The channel over which the hello came; nothing was asked over it yet.
    first: Option<Box<dyn Lockstep + 'a>>,
    was_interrupted: bool,
}

impl Campaigns<'_> {
    /// What was measured before an interruption stays; what was under way then, or comes after, is
    /// not measured.
    fn of(&mut self, material: &Material<'_>) -> Result<Recording, ChannelError> {
        match self.measured(material) {
            Err(ChannelError::Interrupted) => {
                self.was_interrupted = true;
                let reason = "it was interrupted".to_owned();
                Ok(not_measured(material.subject(), reason))
            }
            result => result,
        }
    }

    fn measured(&mut self, material: &Material<'_>) -> Result<Recording, ChannelError> {
        // The time may be over as well by now, and it is the interruption that ended the session.
        if self.was_interrupted {
            return Err(ChannelError::Interrupted);
        }
        let start = (self.clock)();
        // Opening a channel waits for an answer.
        if start >= self.options.end {
            let reason = "the time was over; increase --time".to_owned();
            return Ok(not_measured(material.subject(), reason));
        }
        let channel = match self.first.take() {
            Some(channel) => channel,
            None => self.reach.open()?,
        };
        let subject = material.subject();
        let mut recording = record(
            material,
            channel,
            self.reach,
            &self.options,
            self.clock,
            &mut |progress| (self.progress)(&subject, progress),
        )?;
        if let Some(trouble) = &mut recording.trouble {
            trouble.reason = self.redaction.text(&trouble.reason);
        }
        Ok(recording)
    }
}

fn not_measured(subject: Subject, reason: String) -> Recording {
    Recording {
        trouble: Some(Trouble {
            verdict: TimingVerdict::NotMeasured,
            reason,
        }),
        ..Recording::new(subject)
    }
}
