//! The one clock of the program, read here and handed down.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

/// The present in Unix seconds.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// A time in UTC to the second that it is in: rounded up it would lie in the future, and what is
/// dated so would not be valid yet.
pub(crate) fn to_the_second(time: Timestamp) -> String {
    let down = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Trunc);
    time.round(down).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::to_the_second;

    #[test]
    fn no_time_comes_to_lie_in_the_future() {
        let late = "2026-11-21T13:30:23.999Z".parse().unwrap();
        assert_eq!(to_the_second(late), "2026-11-21T13:30:23Z");
    }
}
