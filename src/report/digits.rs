//! Numbers formatted for people.

/// Groups digits by thousands: `1,480`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 case`, `1,480 cases`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// Formats milliseconds: `0.2 s`, `2 min 5 s`.
pub(super) fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    if seconds < 60 {
        format!("{seconds}.{} s", milliseconds % 1000 / 100)
    } else {
        format!("{} min {} s", grouped(seconds / 60), seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::{count, duration, grouped};

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1480, "1,480"),
            (10_000_000, "10,000,000"),
        ] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(count(1, "case", "cases"), "1 case");
        assert_eq!(count(2000, "case", "cases"), "2,000 cases");
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(0), "0.0 s");
        assert_eq!(duration(210), "0.2 s");
        assert_eq!(duration(59_999), "59.9 s");
        assert_eq!(duration(125_000), "2 min 5 s");
    }
}
