//! The times in documents.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

/// A time as RFC 3339 in UTC, to the second that it is in: rounded up it would lie in the future,
/// and what is dated so would not be valid yet.
pub fn timestamp(time: Timestamp) -> String {
    let down = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Trunc);
    time.round(down).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn no_time_is_in_the_future() {
        let late = "2026-11-21T13:30:23.999Z".parse().unwrap();
        assert_eq!(timestamp(late), "2026-11-21T13:30:23Z");
    }
}
