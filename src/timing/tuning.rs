//! How many calls a request is to ask for.

use crate::statistics::{interquartile_range, median};
use crate::timing::recording::{Condition, Recording, Sample, Stage};
use crate::timing::rule::floor;

/// The numbers to choose from.
pub(super) const REPEATS: [u32; 7] = [1, 3, 10, 30, 100, 300, 1000];

/// How many pairs each is tried with.
pub(super) const PAIRS: usize = 60;

/// The longest round trip, in nanoseconds: beyond it, more comes between than is gained.
const LONGEST: f64 = 300_000.0;

/// Where a single call already takes long on its way (over HTTP), so many times that.
const LONGEST_OF_ONE: f64 = 3.0;

/// The longest round trip that is worth its time, where one call takes `one`.
pub(super) fn longest(one: f64) -> f64 {
    LONGEST.max(LONGEST_OF_ONE * one)
}

/// The number with which the error falls fastest with time: spread a call, times the root of the
/// time it takes. Where some have a floor below the target, one of those. 1 where nothing was
/// tried.
pub(super) fn chosen(recording: &Recording, target: f64) -> u32 {
    let samples = |repeat: u32| {
        recording
            .of(Stage::Tuning, Condition::Null)
            .filter(move |sample| sample.repeat == repeat)
    };
    let round_trip = |repeat| median(samples(repeat).flat_map(Sample::times));
    let longest = longest(round_trip(1));
    let tried = REPEATS.into_iter().filter_map(|repeat| {
        let samples = || samples(repeat);
        if samples().count() < PAIRS {
            return None;
        }
        let round_trip = round_trip(repeat);
        let spread = interquartile_range(samples().map(|sample| sample.paired().difference));
        let cost = spread / f64::from(repeat) * round_trip.sqrt();
        let reaches = floor(repeat) < target;
        (round_trip <= longest || repeat == 1).then_some((repeat, !reaches, cost))
    });
    tried
        .min_by(|(_, one, cost), (_, other, least)| one.cmp(other).then(cost.total_cmp(least)))
        .map_or(1, |(repeat, ..)| repeat)
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::{PAIRS, chosen};
    use crate::results::Subject;
    use crate::statistics::Order;
    use crate::timing::recording::{Condition, Recording, Sample, Stage};

    /// Round trips of `fixed + repeat * call`, with a spread of their own.
    fn tuned(call: u64, repeats: &[u32], target: f64) -> u32 {
        let mut recording = Recording::new(Subject::Compare);
        let mut rng = Rng::with_seed(1);
        for &repeat in repeats {
            for _ in 0..PAIRS {
                let mut time = || 30_000 + u64::from(repeat) * call + rng.u64(..2000);
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
        chosen(&recording, target)
    }

    #[test]
    fn many_calls_as_long_as_the_round_trip_is_short() {
        let all = [1, 3, 10, 30, 100, 300];
        assert_eq!(tuned(500, &all, 20.0), 300);
        assert_eq!(tuned(2500, &all, 20.0), 100);
        assert_eq!(tuned(20_000, &all, 20.0), 10);
        // One call is tried whatever it takes, and nothing is made of nothing.
        assert_eq!(tuned(1_000_000, &[1], 20.0), 1);
        assert_eq!(tuned(1, &[], 20.0), 1);
    }
}
