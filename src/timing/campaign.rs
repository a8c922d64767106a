//! A timing campaign: which requests to send, in which order, and when to stop.

use std::time::Duration;

use fastrand::Rng;

use crate::adapters::Lockstep;
use crate::adapters::RoundTrip;
use crate::statistics::{Order, is_look, median};
use crate::timing::channel::{ChannelError, Endpoint};
use crate::timing::early_exit::Loop;
use crate::timing::halt::{Halt, check, inconclusive, not_measured};
use crate::timing::judge::{Figures, Standing, standing};
use crate::timing::material::{Material, Presented, Wrong};
use crate::timing::recording::{Condition, Recording, Sample, Stage};
use crate::timing::rule::{PAIRS_OF_ALL, PAIRS_OF_NULL, WORK, floor, more_of};
use crate::timing::tuning::{PAIRS, REPEATS, chosen, chosen_again, longest};

/// The parameters of a campaign.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The size of a leak, in nanoseconds per call, that has to be seen, unless it is that of a loop.
    pub target: f64,
    /// The early-exit loop that has to be seen instead, wherever the subject is a token.
    pub early_exit: Option<Loop>,
    /// Maximum time to measure. A confirmation may take as long again.
    pub time: Duration,
    /// No request is sent after this time, as returned by the clock.
    pub end: Duration,
    /// The seed for all random choices.
    pub seed: u64,
}

/// Progress events of a campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// Waiting for the implementation to reach its final speed.
    WarmingUp,
    /// Choosing the number of calls per request.
    Tuning,
    /// Measuring with this number of calls per request.
    Measuring {
        /// Calls per request.
        repeat: u32,
    },
    /// A leak was found; confirming it in a fresh process.
    Confirming {
        /// Calls per request.
        repeat: u32,
    },
    /// An intermediate result.
    Looked {
        /// Number of pairs so far.
        pairs: usize,
        /// The effect, in nanoseconds per call.
        effect: f64,
        /// The standard error of the effect, in nanoseconds per call.
        standard_error: f64,
        /// The smallest effect that would have been found so far, in nanoseconds per call.
        detectable: f64,
    },
}

/// Calls per request during warm-up.
const WARM_UP_REPEAT: u32 = 10;

/// Minimum number of pairs and minimum duration of the warm-up.
const WARM_UP_PAIRS: usize = 200;
const WARM_UP_TIME: Duration = Duration::from_millis(300);

/// Warm-up continues while round trips get shorter by more than a twentieth from one step of this
/// length to the next.
const WARM_UP_STEP: Duration = Duration::from_millis(150);
const STEADY: f64 = 0.95;

/// One in this many rounds has a pair that compares all calls with a single one.
const ROUNDS_TO_ALL: usize = 4;

/// One in this many rounds has a pair without a difference, once there are [`PAIRS_OF_NULL`].
const ROUNDS_TO_NULL: usize = 8;

/// Maximum number of pairs for showing that every call does its work.
const WORK_PAIRS: usize = 5 * PAIRS;

/// An odd number of calls, so that an adapter cannot report it by accident.
const COUNTED: u32 = 7;

/// Measures a subject over a channel that has not been used yet; `reach` opens a fresh one for the
/// confirmation. `clock` returns the time since an arbitrary origin. Fails only if interrupted;
/// every other failure is part of the recording.
pub fn record(
    material: &Material<'_>,
    mut channel: Box<dyn Lockstep + '_>,
    reach: &dyn Endpoint,
    options: &Options,
    clock: &dyn Fn() -> Duration,
    progress: &mut dyn FnMut(Progress),
) -> Result<Recording, ChannelError> {
    let mut recording = Recording {
        amplified: channel.is_amplified(),
        early_exit: options.early_exit.and_then(|one| one.over(material)),
        ..Recording::new(material.subject())
    };
    let mut rng = Rng::with_seed(options.seed);
    let mut campaign = Campaign {
        material,
        options,
        clock,
        progress,
        recording: &mut recording,
        rng: &mut rng,
        deadline: options.end.min(clock() + options.time),
    };
    let measured = campaign.measure(&mut *channel);
    channel.close();
    match measured.and_then(|is_suspicious| {
        if is_suspicious {
            campaign.confirm(reach)
        } else {
            Ok(())
        }
    }) {
        Ok(()) => {}
        Err(Halt::Channel(ChannelError::Interrupted)) => return Err(ChannelError::Interrupted),
        Err(Halt::Channel(error)) => {
            recording.trouble = Some(not_measured(format!("cannot use the adapter: {error}")));
        }
        Err(Halt::Trouble(trouble)) => recording.trouble = Some(trouble),
        Err(Halt::TimeIsOver) => {
            let reason =
                "its answers are too slow to measure anything in the time; increase --time";
            recording.trouble = Some(inconclusive(reason.to_owned()));
        }
    }
    Ok(recording)
}

/// What remains to be measured of the work that every call does.
struct Work<'m> {
    /// Material with a single, long identity.
    long: Material<'m>,
    /// Calls per request, compared with one call.
    repeat: u32,
}

struct Campaign<'a, 'm> {
    material: &'a Material<'m>,
    options: &'a Options,
    clock: &'a dyn Fn() -> Duration,
    progress: &'a mut dyn FnMut(Progress),
    recording: &'a mut Recording,
    rng: &'a mut Rng,
    /// No request is sent after this time, as returned by `clock`.
    deadline: Duration,
}

impl<'m> Campaign<'_, 'm> {
    /// Measures until a verdict is possible or time is over; returns whether there is a leak to
    /// confirm.
    fn measure(&mut self, channel: &mut dyn Lockstep) -> Result<bool, Halt> {
        self.check_counts(channel)?;
        self.recording.counted = true;
        self.warm_up(channel)?;
        let mut work = None;
        // If each request carries a single call, its work is hidden by the round trip.
        if self.recording.amplified {
            work = self.check_work(channel)?;
            if Figures::of(self.recording).is_idle() {
                return Ok(false);
            }
            self.tune(channel)?;
        }
        let goal = self.recording.goal(self.options.target);
        let left = self.deadline.saturating_sub((self.clock)());
        let repeat = chosen(self.recording, goal, left);
        (self.progress)(Progress::Measuring { repeat });
        let mut conditions = Vec::with_capacity(4);
        let mut is_positive = false;
        for round in 1.. {
            conditions.clear();
            conditions.push(Condition::Leak);
            if round <= PAIRS_OF_NULL || round % ROUNDS_TO_NULL == 0 {
                conditions.push(Condition::Null);
            }
            if !is_positive {
                conditions.push(Condition::More);
            }
            if repeat > 1 && round <= ROUNDS_TO_ALL * PAIRS_OF_ALL && round % ROUNDS_TO_ALL == 0 {
                conditions.push(Condition::All);
            }
            self.rng.shuffle(&mut conditions);
            let asked = self.round(channel, &conditions, repeat, work.as_ref());
            if matches!(asked, Err(Halt::TimeIsOver)) {
                break;
            }
            asked?;
            if is_look(round) {
                let figures = Figures::of(self.recording);
                is_positive = figures.is_positive(&self.recording.subject);
                let is_hopeless = figures.is_idle() || figures.is_hopeless(&self.recording.subject);
                if figures.works() == Some(true) {
                    work = None;
                }
                match self.look(round) {
                    Standing::Suspicious | Standing::Confirmed => return Ok(true),
                    Standing::Clear => return Ok(false),
                    Standing::Open if is_hopeless => return Ok(false),
                    Standing::Open => {}
                }
            }
            if self.is_over() {
                break;
            }
        }
        Ok(standing(self.recording, self.options.target) == Standing::Suspicious)
    }

    /// Measures one pair per condition, and a pair for the control of work, if that is still open.
    fn round(
        &mut self,
        channel: &mut dyn Lockstep,
        conditions: &[Condition],
        repeat: u32,
        work: Option<&Work<'m>>,
    ) -> Result<(), Halt> {
        for &condition in conditions {
            self.pair(channel, self.material, Stage::Measuring, condition, repeat)?;
        }
        if let Some(Work { long, repeat }) = work {
            self.pair(channel, long, Stage::Working, Condition::All, *repeat)?;
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        (self.clock)() >= self.deadline
    }

    /// Sends a request, unless the time is over. The campaign therefore exceeds its time by one
    /// answer at most.
    fn ask(
        &self,
        channel: &mut dyn Lockstep,
        material: &Material<'_>,
        at: usize,
        presented: &Presented,
        repeat: u32,
    ) -> Result<RoundTrip, Halt> {
        if self.is_over() {
            return Err(Halt::TimeIsOver);
        }
        Ok(channel.ask(&material.operation(at, presented), repeat)?)
    }

    /// Repeats the measurement in a fresh process, with the same number of calls per request and,
    /// if requests carry several, with another number.
    fn confirm(&mut self, reach: &dyn Endpoint) -> Result<(), Halt> {
        self.deadline = self.options.end.min((self.clock)() + self.options.time);
        if self.is_over() {
            return Ok(());
        }
        let (same, effect) = Figures::of(self.recording).seen();
        let repeat = if self.recording.amplified {
            chosen_again(self.recording, same, effect)
        } else {
            same
        };
        (self.progress)(Progress::Confirming { repeat });
        let mut channel = reach.open()?;
        let confirmed = self.confirm_with(&mut *channel, repeat, same);
        channel.close();
        match confirmed {
            // The pairs measured so far count.
            Err(Halt::TimeIsOver) => Ok(()),
            confirmed => confirmed,
        }
    }

    fn confirm_with(
        &mut self,
        channel: &mut dyn Lockstep,
        repeat: u32,
        same: u32,
    ) -> Result<(), Halt> {
        self.check_counts(channel)?;
        self.warm_up(channel)?;
        for round in 1.. {
            let mut repeats = [repeat, same];
            self.rng.shuffle(&mut repeats);
            let repeats = if repeat == same {
                &repeats[..1]
            } else {
                &repeats[..]
            };
            for &repeat in repeats {
                self.pair(
                    channel,
                    self.material,
                    Stage::Confirming,
                    Condition::Leak,
                    repeat,
                )?;
            }
            let is_confirmed = is_look(round) && self.look(round) == Standing::Confirmed;
            if is_confirmed || self.is_over() {
                break;
            }
        }
        Ok(())
    }

    fn look(&mut self, pairs: usize) -> Standing {
        if let Some(effect) = Figures::of(self.recording).latest() {
            let (repeat, effect) = effect;
            (self.progress)(Progress::Looked {
                pairs,
                effect: effect.effect,
                standard_error: effect.standard_error,
                detectable: effect.detectable(floor(repeat)),
            });
        }
        standing(self.recording, self.options.target)
    }

    /// Checks that a valid token is accepted as often as it is repeated, and a wrong one never.
    fn check_counts(&mut self, channel: &mut dyn Lockstep) -> Result<(), Halt> {
        let at = self.material.any(self.rng);
        let right = self.material.right(at);
        let answer = self.ask(channel, self.material, at, &right, COUNTED)?;
        check(&answer.tally, true, COUNTED)?;
        for wrong in [Wrong::First, Wrong::Last] {
            for presented in self.material.two_wrong(at, wrong, self.rng) {
                let answer = self.ask(channel, self.material, at, &presented, COUNTED)?;
                check(&answer.tally, false, COUNTED)?;
            }
        }
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "round trips, far below 2^53 nanoseconds"
    )]
    fn warm_up(&mut self, channel: &mut dyn Lockstep) -> Result<(), Halt> {
        (self.progress)(Progress::WarmingUp);
        let start = (self.clock)();
        let mut step = start;
        let mut before = f64::INFINITY;
        let mut times = Vec::new();
        for pairs in 1.. {
            let at = self.material.any(self.rng);
            for wrong in [Wrong::First, Wrong::Last] {
                let [presented, _] = self.material.two_wrong(at, wrong, self.rng);
                let round_trip =
                    self.ask(channel, self.material, at, &presented, WARM_UP_REPEAT)?;
                check(&round_trip.tally, false, WARM_UP_REPEAT)?;
                times.push(round_trip.nanoseconds as f64);
            }
            let now = (self.clock)();
            let elapsed = now.saturating_sub(start);
            // An implementation this slow is measured without a complete warm-up.
            if elapsed >= self.options.time / 4 {
                break;
            }
            if now.saturating_sub(step) >= WARM_UP_STEP {
                let usual = median(times.drain(..));
                let is_steady = usual > STEADY * before;
                if is_steady && pairs >= WARM_UP_PAIRS && elapsed >= WARM_UP_TIME {
                    break;
                }
                (step, before) = (now, usual);
            }
        }
        Ok(())
    }

    /// Checks that every call does its work: with a long identity it must take long. Returns that
    /// identity and its number of calls if a busy machine needs more pairs to show it.
    fn check_work(&mut self, channel: &mut dyn Lockstep) -> Result<Option<Work<'m>>, Halt> {
        for (length, repeat) in WORK {
            let Some(long) = self.material.with_length(length, self.rng) else {
                return Ok(None);
            };
            let right = long.right(0);
            let answer = self.ask(channel, &long, 0, &right, 1)?;
            if check(&answer.tally, true, 1).is_err() {
                continue;
            }
            for pair in 1..=WORK_PAIRS {
                self.pair(channel, &long, Stage::Working, Condition::All, repeat)?;
                if pair % PAIRS == 0 && Figures::of(self.recording).works() == Some(true) {
                    return Ok(None);
                }
            }
            return Ok(Some(Work { long, repeat }));
        }
        Ok(None)
    }

    fn tune(&mut self, channel: &mut dyn Lockstep) -> Result<(), Halt> {
        (self.progress)(Progress::Tuning);
        let mut most = f64::INFINITY;
        for repeat in REPEATS {
            let mut round_trips = Vec::with_capacity(2 * PAIRS);
            for pair in 1..=PAIRS {
                let sample = self.pair(
                    channel,
                    self.material,
                    Stage::Tuning,
                    Condition::Null,
                    repeat,
                )?;
                round_trips.extend(sample.times());
                if pair == PAIRS / 6 && median(round_trips.iter().copied()) > most {
                    return Ok(());
                }
            }
            if repeat == 1 {
                most = longest(median(round_trips));
            }
        }
        Ok(())
    }

    /// Measures and records a pair.
    fn pair(
        &mut self,
        channel: &mut dyn Lockstep,
        material: &Material<'_>,
        stage: Stage,
        condition: Condition,
        repeat: u32,
    ) -> Result<Sample, Halt> {
        // An implementation that caches answers has none for an identity it has never seen.
        let unseen = if self.recording.amplified {
            None
        } else {
            material.with_another(self.rng)
        };
        let material = unseen.as_ref().unwrap_or(material);
        let at = material.any(self.rng);
        let [last, another] = material.two_wrong(at, Wrong::Last, self.rng);
        let [first, _] = material.two_wrong(at, Wrong::First, self.rng);
        let more = match stage {
            Stage::Measuring => repeat + more_of(&material.subject(), repeat),
            _ => repeat,
        };
        let (longer, shorter) = match condition {
            Condition::Leak => ((&last, repeat), (&first, repeat)),
            Condition::Null => ((&last, repeat), (&another, repeat)),
            Condition::More => ((&last, more), (&last, repeat)),
            Condition::All => ((&last, repeat), (&last, 1)),
        };
        let order = if self.rng.bool() {
            Order::Forward
        } else {
            Order::Backward
        };
        let mut time = |(presented, repeat): (&Presented, u32)| {
            let round_trip = self.ask(channel, material, at, presented, repeat)?;
            check(&round_trip.tally, false, repeat)?;
            Ok::<_, Halt>(round_trip.nanoseconds)
        };
        let (longer, shorter) = match order {
            Order::Forward => {
                let longer = time(longer)?;
                (longer, time(shorter)?)
            }
            Order::Backward => {
                let shorter = time(shorter)?;
                (time(longer)?, shorter)
            }
        };
        let sample = Sample {
            stage,
            condition,
            repeat: if condition == Condition::More {
                more
            } else {
                repeat
            },
            order,
            longer,
            shorter,
        };
        self.recording.samples.push(sample);
        Ok(sample)
    }
}
