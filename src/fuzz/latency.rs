//! How long answers take, and which took much longer than is usual.

use std::time::Duration;

/// Whatever takes less is not worth a thought, however fast the others are.
const LEAST: Duration = Duration::from_millis(50);

/// How many times as long as usual much longer is.
const TIMES: u32 = 10;

/// The pace of one adapter. The time of an answer is what passed since the answer before, or since
/// it was asked, where nothing else was under way: how many are asked at once makes no difference
/// to an adapter that works on one at a time and holds no answer back.
#[derive(Debug)]
pub(super) struct Latency {
    /// When the answer before came, or the first of what is under way was asked.
    since: Duration,
    under_way: u64,
    /// How many answers took how long; each place stands for twice the time of the one before,
    /// from a nanosecond.
    counts: [u64; 64],
}

impl Default for Latency {
    fn default() -> Self {
        Self {
            since: Duration::ZERO,
            under_way: 0,
            counts: [0; 64],
        }
    }
}

impl Latency {
    /// Something is asked.
    pub(super) fn asked(&mut self, now: impl FnOnce() -> Duration) {
        if self.under_way == 0 {
            self.since = now();
        }
        self.under_way += 1;
    }

    /// An answer came, or it is clear that none will; how long that took.
    pub(super) fn settled(&mut self, now: Duration) -> Duration {
        let took = now.saturating_sub(self.since);
        self.since = now;
        self.under_way = self.under_way.saturating_sub(1);
        self.counts[place(took)] += 1;
        took
    }

    /// Whether that is much longer than is usual.
    pub(super) fn is_slow(&self, took: Duration) -> bool {
        took >= LEAST && took >= self.usual().saturating_mul(TIMES)
    }

    /// What half of all answers take at most, rounded up to twice of that.
    pub(super) fn usual(&self) -> Duration {
        let half = self.counts.iter().sum::<u64>().div_ceil(2);
        let mut so_far = 0;
        let middle = self.counts.iter().position(|count| {
            so_far += count;
            so_far >= half
        });
        let shift = u32::try_from(middle.unwrap_or_default()).unwrap_or_default() + 1;
        Duration::from_nanos(1_u64.checked_shl(shift).unwrap_or(u64::MAX))
    }
}

fn place(took: Duration) -> usize {
    let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    nanoseconds.checked_ilog2().unwrap_or_default() as usize
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Latency;

    fn after(milliseconds: &[u64]) -> Latency {
        let mut pace = Latency::default();
        let mut now = Duration::ZERO;
        for took in milliseconds {
            pace.asked(|| now);
            now += Duration::from_millis(*took);
            assert_eq!(pace.settled(now), Duration::from_millis(*took));
            // Silence between questions is nobody's time.
            now += Duration::from_secs(9);
        }
        pace
    }

    #[test]
    fn slow_means_much_slower_than_the_median_and_the_minimum() {
        let ms = Duration::from_millis;
        let fast = after(&[1; 99]);
        assert!(fast.is_slow(ms(50)) && !fast.is_slow(ms(49)));
        let with_stalls = after(&[&[1; 50][..], &[400; 49]].concat());
        assert!(with_stalls.is_slow(ms(50)));
        let slow = after(&[40; 99]);
        assert!(!slow.is_slow(ms(390)) && slow.is_slow(ms(1000)));
    }

    #[test]
    fn concurrent_requests_are_timed_from_answer_to_answer() {
        let mut pace = Latency::default();
        let ms = Duration::from_millis;
        for _ in 0..3 {
            pace.asked(|| ms(5));
        }
        assert_eq!(pace.settled(ms(6)), ms(1));
        assert_eq!(pace.settled(ms(6)), ms(0));
        assert_eq!(pace.settled(ms(106)), ms(100));
    }
}
