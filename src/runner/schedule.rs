//! In which order the cases are asked, and by whom.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many requests a job takes from the common store at once.
const LOT: u64 = 64;

/// The order of the cases, and how far all jobs together have come in it.
#[derive(Debug)]
pub(super) struct Schedule {
    /// The cases that are asked, as indices, in the order of each round.
    order: Vec<u32>,
    total: u64,
    handed_out: AtomicU64,
    done: AtomicU64,
    stopped: AtomicBool,
}

impl Schedule {
    /// An order of these cases by the seed, to be gone through `rounds` times.
    pub(super) fn new(mut cases: Vec<u32>, seed: u64, rounds: u64) -> Self {
        fastrand::Rng::with_seed(seed).shuffle(&mut cases);
        Self {
            total: rounds.saturating_mul(cases.len() as u64),
            order: cases,
            handed_out: AtomicU64::new(0),
            done: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    /// The cases in the order of each round.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// How many requests there are in all rounds.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// How many jobs would have something to do; at least one.
    pub(super) fn lots(&self) -> usize {
        usize::try_from(self.total.div_ceil(LOT).max(1)).unwrap_or(usize::MAX)
    }

    /// How many of them are done.
    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed).min(self.total)
    }

    /// Some more requests, as places in the order of all rounds; none when there are no more.
    pub(super) fn take_lot(&self) -> Range<u64> {
        if self.is_stopped() {
            return 0..0;
        }
        let start = self.handed_out.fetch_add(LOT, Ordering::Relaxed);
        start.min(self.total)..start.saturating_add(LOT).min(self.total)
    }

    /// The case at a place.
    #[expect(clippy::cast_possible_truncation, reason = "below the number of cases")]
    pub(super) fn case_at(&self, place: u64) -> u32 {
        self.order[(place % self.order.len() as u64) as usize]
    }

    /// So many more are done.
    pub(super) fn add_done(&self, count: u64) {
        self.done.fetch_add(count, Ordering::Relaxed);
    }

    /// Hands out nothing more.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    fn handed_out(schedule: &Schedule) -> Vec<u32> {
        let lots = std::iter::from_fn(|| Some(schedule.take_lot()).filter(|lot| !lot.is_empty()));
        lots.flatten()
            .map(|place| schedule.case_at(place))
            .collect()
    }

    #[test]
    fn every_case_runs_once_per_round_in_seed_order() {
        let cases: Vec<u32> = (0..100).collect();
        let schedule = Schedule::new(cases.clone(), 7, 3);
        let handed = handed_out(&schedule);
        assert_eq!(handed.len(), 300);
        for round in handed.chunks(100) {
            assert_eq!(round, schedule.order());
            let mut sorted = round.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, cases);
        }
        assert_eq!(handed_out(&Schedule::new(cases.clone(), 7, 3)), handed);
        assert_ne!(handed_out(&Schedule::new(cases, 8, 3)), handed);
        assert!(schedule.take_lot().is_empty());
    }

    #[test]
    fn a_stopped_schedule_hands_out_nothing() {
        let schedule = Schedule::new(vec![1], 0, u64::MAX);
        assert!(!schedule.take_lot().is_empty());
        schedule.stop();
        assert!(schedule.take_lot().is_empty());
    }
}
