//! How much is asked at once, so that a limit of time can be kept.

use std::time::Duration;

use crate::adapters::AdapterError;

/// How many requests both are asked at once.
pub(super) const BATCH: usize = 512;

/// How long both may take over what they are asked at once, so that the time can be kept: where they
/// take longer, they are asked less.
const AT_ONCE: Duration = Duration::from_millis(100);

/// Grows what is asked at once while the answers come quickly, and stops when the time is over.
pub(super) struct Pace<'c> {
    limit: Option<Duration>,
    clock: &'c dyn Fn() -> Duration,
    at_once: usize,
}

impl<'c> Pace<'c> {
    /// `clock` tells the time since the comparison began, which may last until `limit`.
    pub(super) fn new(limit: Option<Duration>, clock: &'c dyn Fn() -> Duration) -> Self {
        Self {
            limit,
            clock,
            at_once: 1,
        }
    }

    /// Whether the time is over.
    pub(super) fn is_late(&self) -> bool {
        self.limit.is_some_and(|limit| (self.clock)() >= limit)
    }

    /// Asks as many at once as the time allows. What was observed of the first of them: of all,
    /// unless the time was over.
    pub(super) fn in_parts<I, O>(
        &mut self,
        items: &[I],
        mut ask: impl FnMut(&[I]) -> Result<Vec<O>, AdapterError>,
    ) -> Result<Vec<O>, AdapterError> {
        let mut observed = Vec::with_capacity(items.len());
        while observed.len() < items.len() && !self.is_late() {
            let rest = &items[observed.len()..];
            let began = (self.clock)();
            observed.extend(ask(&rest[..self.at_once.min(rest.len())])?);
            let is_quick = (self.clock)().saturating_sub(began) < AT_ONCE;
            self.at_once = if is_quick {
                BATCH.min(2 * self.at_once)
            } else {
                1.max(self.at_once / 2)
            };
        }
        Ok(observed)
    }
}
