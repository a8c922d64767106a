//! What the campaign of one process is asked to do.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use crate::fuzz::input::Input;
use crate::suite::Level;

/// When a campaign is over.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bounded {
    /// After so many cases.
    pub(super) cases: Option<u64>,
    /// At that time of its clock.
    pub(super) until: Option<Duration>,
}

/// What a campaign is asked to do.
pub(super) struct Plan<'c> {
    pub(super) seed: u64,
    /// How many requests the adapter takes at once.
    pub(super) window: usize,
    /// The vectors that are asked first, as places of suite and vector.
    pub(super) seeds: Vec<(usize, usize)>,
    /// Inputs that brought something new in an earlier campaign.
    pub(super) corpus: Vec<Input>,
    pub(super) level: Level,
    pub(super) clock: &'c (dyn Fn() -> Duration + Sync),
    pub(super) bounded: Bounded,
    pub(super) progress: &'c Counters,
}

/// How far all processes of a campaign are, together.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) cases: AtomicU64,
    pub(super) kinds: AtomicU64,
    pub(super) findings: AtomicU64,
}
