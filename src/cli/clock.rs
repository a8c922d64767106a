//! The one clock of the program, read here and handed down.

use std::time::{SystemTime, UNIX_EPOCH};

/// The present in Unix seconds.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
