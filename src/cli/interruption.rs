//! Which signal asked for the end.

use std::sync::atomic::{AtomicI32, Ordering};

use signal_hook::consts::SIGINT;

use crate::results::Interruption;

/// The first signal that came; 0 if none did.
static FIRST: AtomicI32 = AtomicI32::new(0);

/// Notes a signal; only the first counts.
pub(crate) fn received(signal: i32) {
    let _later_ones = FIRST.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
}

/// The signal that asked for the end, if one did.
pub(crate) fn interruption() -> Option<Interruption> {
    match FIRST.load(Ordering::SeqCst) {
        0 => None,
        SIGINT => Some(Interruption::Interrupt),
        _ => Some(Interruption::Terminate),
    }
}
