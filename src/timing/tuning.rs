//! Chooses the number of calls per request.

use std::time::Duration;

use crate::statistics::{DETECTABLE, interquartile_range, median};
use crate::timing::recording::{Condition, Recording, Sample, Stage};
use crate::timing::rule::floor;

/// The numbers to choose from.
pub(super) const REPEATS: [u32; 7] = [1, 3, 10, 30, 100, 300, 1000];

/// How many pairs each number is tried with.
pub(super) const PAIRS: usize = 60;

/// The longest useful round trip, in nanoseconds: a longer one is disturbed more than it gains.
const LONGEST: f64 = 300_000.0;

/// The interquartile range of a normal distribution, in standard deviations.
const QUARTILES: f64 = 1.349;

/// If the round trip of a single call is long already (over HTTP), the limit is this many times
/// that.
const LONGEST_OF_ONE: f64 = 3.0;

/// The longest useful round trip, in nanoseconds, if that of a single call takes `one`.
pub(super) fn longest(one: f64) -> f64 {
    LONGEST.max(LONGEST_OF_ONE * one)
}

/// The number that reaches the target soonest; 1 if none was tried. If none reaches it in the time
/// that is left, the number that comes nearest to it.
pub(super) fn chosen(recording: &Recording, target: f64, left: Duration) -> u32 {
    let target = nearest(recording, left).map_or(target, |nearest| nearest.max(target));
    soonest(recording, target, |_| true).unwrap_or(1)
}

/// The smallest leak that any number should detect in this time.
fn nearest(recording: &Recording, left: Duration) -> Option<f64> {
    let detectable = tried(recording, |_| true).map(|one| {
        // A tenth of the pairs compares something else.
        let pairs = 0.9 * left.as_secs_f64() * 1e9 / (2.0 * one.round_trip);
        let error = one.spread / QUARTILES / pairs.max(1.0).sqrt();
        floor(one.repeat) + DETECTABLE * error
    });
    detectable.min_by(f64::total_cmp)
}

/// The number with which an effect first seen with `repeat` is confirmed soonest. It differs by a
/// factor of at least three, so that a cost per request, which does not depend on the number of
/// calls, shows up as a different effect per call.
pub(super) fn chosen_again(recording: &Recording, repeat: u32, effect: f64) -> u32 {
    let is_another = |other: u32| other >= 3 * repeat || 3 * other <= repeat;
    soonest(recording, effect.abs(), is_another).unwrap_or(4 * repeat)
}

/// The number with which an effect of this size is found soonest. The error is the spread per call
/// over the square root of the number of pairs, and it has to fall to what the floor leaves of the
/// target. If the floor is never below the target, the number with the fastest falling error.
fn soonest(recording: &Recording, target: f64, may_be: impl Fn(u32) -> bool) -> Option<u32> {
    tried(recording, may_be)
        .map(|one| {
            let error = one.spread * one.round_trip.sqrt();
            let left = target - floor(one.repeat);
            let cost = if left > 0.0 { error / left } else { error };
            (one.repeat, left <= 0.0, cost)
        })
        .min_by(|(_, one, cost), (_, other, least)| one.cmp(other).then(cost.total_cmp(least)))
        .map(|(repeat, ..)| repeat)
}

/// A number of calls per request that was tried and is not too slow.
struct Tried {
    repeat: u32,
    /// The median round trip, in nanoseconds.
    round_trip: f64,
    /// The interquartile range of the differences, in nanoseconds per call.
    spread: f64,
}

fn tried(recording: &Recording, may_be: impl Fn(u32) -> bool) -> impl Iterator<Item = Tried> {
    let samples = move |repeat: u32| {
        recording
            .of(Stage::Tuning, Condition::Null)
            .filter(move |sample| sample.repeat == repeat)
    };
    let round_trip = move |repeat| median(samples(repeat).flat_map(Sample::times));
    let longest = longest(round_trip(1));
    REPEATS
        .into_iter()
        .filter(move |&repeat| may_be(repeat))
        .filter_map(move |repeat| {
            if samples(repeat).count() < PAIRS {
                return None;
            }
            let round_trip = round_trip(repeat);
            let differences = samples(repeat).map(|sample| sample.paired().difference);
            let spread = interquartile_range(differences) / f64::from(repeat);
            (round_trip <= longest || repeat == 1).then_some(Tried {
                repeat,
                round_trip,
                spread,
            })
        })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fastrand::Rng;

    use super::{PAIRS, chosen, chosen_again};
    use crate::results::Subject;
    use crate::statistics::Order;
    use crate::timing::recording::{Condition, Recording, Sample, Stage};

    /// Enough time for any target above the floor.
    const LONG: Duration = Duration::from_secs(1 << 30);

    /// Round trips of `fixed + repeat * call`, with spread per request and per call.
    fn tuned(call: u64, repeats: &[u32], target: f64) -> u32 {
        tuned_with(call, 0, repeats, target)
    }

    fn tuned_with(call: u64, spread: u64, repeats: &[u32], target: f64) -> u32 {
        chosen(&recorded(call, spread, repeats), target, LONG)
    }

    fn recorded(call: u64, spread: u64, repeats: &[u32]) -> Recording {
        let mut recording = Recording::new(Subject::Compare);
        let mut rng = Rng::with_seed(1);
        for &repeat in repeats {
            for _ in 0..20 * PAIRS {
                let mut time = || {
                    let call = call + rng.u64(..=spread);
                    30_000 + u64::from(repeat) * call + rng.u64(..2000)
                };
                recording.samples.push(Sample {
                    stage: Stage::Tuning,
                    condition: Condition::Null,
                    repeat,
                    order: Order::Forward,
                    longer: time(),
                    shorter: time(),
                });
            }
        }
        recording
    }

    #[test]
    fn the_rerun_uses_another_number_of_calls() {
        // With 100 calls a round trip is too long; with 10 the floor is 10 ns.
        let recording = recorded(8000, 300, &[1, 3, 10, 30, 100]);
        assert_eq!(chosen_again(&recording, 30, 20.0), 10);
        assert_eq!(chosen_again(&recording, 10, 20.0), 30);
        // A leak of the opposite sign is just as large.
        assert_eq!(chosen_again(&recording, 30, -20.0), 10);
        assert_eq!(
            chosen_again(&recorded(500, 0, &[10, 30, 100, 300]), 30, 20.0),
            300
        );
        // No other number was tried.
        assert_eq!(chosen_again(&recorded(8000, 300, &[1]), 1, 2000.0), 4);
    }

    #[test]
    fn the_floor_reduces_the_target() {
        // The calls of a request are equally slow or fast, so more of them gain little, and fewer
        // allow more pairs. With 10 the floor is 10 ns, with 30 it is 5.
        let all = [1, 3, 10, 30, 100];
        assert_eq!(tuned_with(8000, 300, &all, 200.0), 10);
        assert_eq!(tuned_with(8000, 300, &all, 15.0), 30);
        assert_eq!(tuned_with(8000, 300, &all, 9.0), 30);
    }

    #[test]
    fn a_target_out_of_reach_is_approached() {
        // With 10 calls the error falls fastest, but below 10 ns only 30 and more have anything to say.
        let recording = recorded(8000, 300, &[1, 3, 10, 30]);
        assert_eq!(chosen(&recording, 200.0, LONG), 10);
        assert_eq!(chosen(&recording, 4.0, LONG), 30);
    }

    #[test]
    fn call_counts_grow_while_the_round_trip_is_short() {
        let all = [1, 3, 10, 30, 100, 300];
        assert_eq!(tuned(500, &all, 20.0), 300);
        assert_eq!(tuned(2500, &all, 20.0), 100);
        assert_eq!(tuned(20_000, &all, 20.0), 10);
        // A single call is allowed however long it takes, and without samples nothing is chosen.
        assert_eq!(tuned(1_000_000, &[1], 20.0), 1);
        assert_eq!(tuned(1, &[], 20.0), 1);
    }
}
