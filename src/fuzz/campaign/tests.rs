//! What a campaign keeps of slow answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Bounded, Campaign, Counters, Plan};
use crate::adapters::Exchange as _;
use crate::fuzz::present::Present;
use crate::fuzz::seed_pool::SeedPool;
use crate::protocol::{Hello, ImplementationInfo, Reply};
use crate::suite::{Level, default_suites};

/// Answers so many inputs as they should be, the 40th after so many milliseconds and the
/// others after one. How many are timed again, how many more are kept for that, and how many
/// are at the end.
fn kept(slow: u64, is_slow_again: bool) -> (usize, usize, usize) {
    let suites = default_suites().unwrap();
    let hello = Hello {
        protocol: 1,
        implementation: ImplementationInfo::default(),
        suites: None,
        ops: None,
        clock: None,
        inputs: None,
        max_in_flight: None,
    };
    let pools = [SeedPool::new(0, &suites[0], &hello, Present::OfTheRequest)];
    let now = AtomicU64::new(0);
    let clock = || Duration::from_millis(now.load(Ordering::Relaxed));
    let counters = Counters::default();
    let mut campaign = Campaign::new(
        &pools,
        Plan {
            seed: 1,
            window: 1,
            seeds: Vec::new(),
            corpus: Vec::new(),
            level: Level::Must,
            clock: &clock,
            bounded: Bounded {
                cases: Some(400),
                until: None,
            },
            progress: &counters,
        },
    );
    let (mut timed, mut more) = (0, 0);
    loop {
        while let Some(ticket) = campaign.next() {
            let took = if ticket.0 == 40 { slow } else { 1 };
            now.fetch_add(took, Ordering::Relaxed);
            let slot = campaign.slots.back().and_then(Option::as_ref).unwrap();
            let right = slot.right.clone();
            campaign.answered(ticket, Reply::Outcome(right));
        }
        let Some(slow) = campaign.slow() else {
            break;
        };
        timed += 1;
        let before = campaign.kinds().1.len();
        if is_slow_again {
            campaign.is_slow_again(slow);
        }
        more += campaign.kinds().1.len() - before;
    }
    assert_eq!(campaign.cases, 400);
    campaign.settle();
    (timed, more, campaign.kinds().1.len())
}

#[test]
fn slow_requests_are_retimed_and_kept_only_if_still_slow() {
    let (timed, more, usual) = kept(1, true);
    assert_eq!((timed, more), (0, 0));
    // Somebody else's noise changes nothing.
    assert_eq!(kept(200, false), (1, 0, usual));
    let (timed, more, _) = kept(200, true);
    assert_eq!((timed, more), (1, 1));
}
