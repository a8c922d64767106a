//! The one clock of the program, read here and handed down.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// The present in Unix seconds.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// The present. A clock that is beyond what can be written as a date, at the year 9999, stands at
/// its end.
pub(crate) fn now() -> Timestamp {
    at(SystemTime::now())
}

fn at(time: SystemTime) -> Timestamp {
    let is_past = time < UNIX_EPOCH;
    Timestamp::try_from(time).unwrap_or(if is_past {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::at;
    use crate::results::timestamp;

    #[test]
    fn a_clock_out_of_range_does_not_panic() {
        let years = |years: u64| Duration::from_secs(years * 31_557_600);
        let late = SystemTime::UNIX_EPOCH + years(9_000);
        assert!(timestamp(at(late)).starts_with("9999-12-30"));
        let early = SystemTime::UNIX_EPOCH - years(13_000);
        assert!(timestamp(at(early)).starts_with("-009999"));
        assert_eq!(at(SystemTime::UNIX_EPOCH).as_second(), 0);
    }
}
