//! Times as options and `macproof.yaml` write them.

use std::time::Duration;

/// Why a text is not a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// It does not begin with a whole number.
    #[error("invalid time {0:?}; write for example 500ms, 10s or 2m")]
    Form(String),
    /// Nothing says what it counts.
    #[error("{0:?} needs a unit; write for example 500ms, 10s or 2m")]
    Unit(String),
    /// Nobody waits so long, or so short.
    #[error("a timeout must be between 1ms and 24h")]
    Range,
}

/// Reads `500ms`, `10s`, `2m`, `1h`.
pub fn duration(text: &str) -> Result<Duration, TimeError> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number
        .parse()
        .map_err(|_| TimeError::Form(text.to_owned()))?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        "h" => Ok(Duration::from_secs(number.saturating_mul(3600))),
        _ => Err(TimeError::Unit(text.to_owned())),
    }
}

/// The same, between 1 ms and a day.
pub fn timeout(text: &str) -> Result<Duration, TimeError> {
    let time = duration(text)?;
    if time.is_zero() || time > Duration::from_secs(24 * 60 * 60) {
        return Err(TimeError::Range);
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, timeout};

    #[test]
    fn times_have_units() {
        assert_eq!(timeout("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(timeout("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("3h"), Ok(Duration::from_secs(3 * 3600)));
        for bad in ["", "5", "s", "-1s", "0s", "25h", "1.5s", "100000000000m"] {
            assert!(timeout(bad).is_err(), "{bad}");
        }
    }
}
