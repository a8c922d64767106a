//! How a time is written.

use jiff::{Span, Timestamp};

use crate::scheme::Pattern;
use crate::signature::{Value, enumerated};

enumerated! {
    /// How the times of a field are written.
    ///
    /// A time is counted in the [unit](Self::per_second) of its form, from 1970. What is finer than
    /// that unit does not count.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum TimeForm {
        /// Whole seconds since 1970: `0|[1-9][0-9]*`.
        UnixSeconds,
        /// Whole milliseconds since 1970: `0|[1-9][0-9]*`.
        UnixMillis,
        /// A date with a zone: `date-time` of RFC 3339, section 5.6, in capitals, as in
        /// `2026-11-21T08:00:00.25+01:00`.
        Iso8601,
        /// The same without a zone, which is that of Greenwich: `2026-11-21T08:00:00.25`.
        Iso8601WithoutZone,
        /// `IMF-fixdate` of RFC 9110, section 5.6.7, as in `Sat, 21 Nov 2026 08:00:00 GMT`.
        HttpDate,
    }
}

/// How long a date is in RFC 3339, to the seconds.
const TO_THE_SECONDS: usize = "2026-11-21T08:00:00".len();
/// How long a zone is that is not `Z`.
const ZONE: usize = "+01:00".len();
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

impl TimeForm {
    /// The name that a scheme file uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnixSeconds => "unix-seconds",
            Self::UnixMillis => "unix-millis",
            Self::Iso8601 => "iso-8601",
            Self::Iso8601WithoutZone => "iso-8601-without-zone",
            Self::HttpDate => "http-date",
        }
    }

    /// How many of its units make a second.
    pub fn per_second(self) -> u64 {
        match self {
            Self::UnixSeconds | Self::HttpDate => 1,
            Self::UnixMillis | Self::Iso8601 | Self::Iso8601WithoutZone => 1000,
        }
    }

    /// Whether it is a number, which a request carries as one.
    pub fn is_number(self) -> bool {
        match self {
            Self::UnixSeconds | Self::UnixMillis => true,
            Self::Iso8601 | Self::Iso8601WithoutZone | Self::HttpDate => false,
        }
    }

    /// Whether `text` is a time in this form.
    pub fn takes(self, text: &[u8]) -> bool {
        match self {
            Self::UnixSeconds | Self::UnixMillis => is_unix_time(text),
            Self::Iso8601 | Self::Iso8601WithoutZone | Self::HttpDate => {
                std::str::from_utf8(text).is_ok_and(|text| self.date(text).is_some())
            }
        }
    }

    /// The time that `text` is, in units; `None` where it is none, where it lies before 1970, and
    /// where 64 bits do not hold it.
    pub fn read(self, text: &str) -> Option<u64> {
        match self {
            Self::UnixSeconds | Self::UnixMillis => {
                is_unix_time(text.as_bytes()).then(|| text.parse().ok())?
            }
            Self::Iso8601 | Self::Iso8601WithoutZone => {
                u64::try_from(self.date(text)?.as_millisecond()).ok()
            }
            Self::HttpDate => u64::try_from(self.date(text)?.as_second()).ok(),
        }
    }

    fn date(self, text: &str) -> Option<Timestamp> {
        match self {
            Self::UnixSeconds | Self::UnixMillis => None,
            Self::Iso8601 => (date_at_start(text)? == text.len())
                .then(|| text.parse().ok())
                .flatten(),
            Self::Iso8601WithoutZone => (without_zone_at_start(text)? == text.len())
                .then(|| format!("{text}Z").parse().ok())
                .flatten(),
            Self::HttpDate => {
                let date = Timestamp::strptime(
                    "%a, %d %b %Y %H:%M:%S %z",
                    text.strip_suffix("GMT")?.to_owned() + "+0000",
                )
                .ok()?;
                (date.strftime(HTTP_DATE).to_string() == text).then_some(date)
            }
        }
    }

    /// A time in units, as it is written; to the second where nothing finer is left. A date is that
    /// of Greenwich. A time beyond the year 9999 has no date, and is written as a number.
    pub fn write(self, time: u64) -> String {
        let written = match self {
            Self::UnixSeconds | Self::UnixMillis => None,
            Self::Iso8601 => i64::try_from(time)
                .ok()
                .and_then(|time| Timestamp::from_millisecond(time).ok())
                .map(|date| date.to_string()),
            Self::Iso8601WithoutZone => {
                let zoned = Self::Iso8601.write(time);
                return zoned.strip_suffix('Z').unwrap_or(&zoned).to_owned();
            }
            Self::HttpDate => i64::try_from(time)
                .ok()
                .and_then(|time| Timestamp::from_second(time).ok())
                .map(|date| date.strftime(HTTP_DATE).to_string()),
        };
        written.unwrap_or_else(|| time.to_string())
    }

    /// A time in units, as a request carries it.
    pub fn value(self, time: u64) -> Value {
        if self.is_number() {
            let beyond = || Value::Json(time.into());
            i64::try_from(time).map_or_else(|_| beyond(), Value::Number)
        } else {
            Value::Text(self.write(time))
        }
    }

    /// A second since 1970, as a request carries it.
    pub fn at(self, second: u64) -> Value {
        self.value(second.saturating_mul(self.per_second()))
    }

    /// The usual ways to write a second since 1970, the plainest first.
    pub(super) fn ways(self, second: u64) -> Vec<String> {
        let plain = self.write(second.saturating_mul(self.per_second()));
        if self == Self::Iso8601WithoutZone {
            let ends = ["", ".000", ".000000", ".000000000"];
            return ends.map(|end| format!("{plain}{end}")).to_vec();
        }
        let date = plain.strip_suffix('Z');
        let ends = [
            ".000Z",
            ".000000Z",
            ".000000000Z",
            "+00:00",
            ".000+00:00",
            ".000000+00:00",
        ];
        let others = ends.map(|end| Some(format!("{}{end}", date?)));
        std::iter::once(plain.clone())
            .chain(others.into_iter().flatten())
            .collect()
    }

    /// The value of a text that is given for a time: a number where times are numbers and it is
    /// one, otherwise the text.
    pub fn value_of(self, text: &str) -> Value {
        match self.read(text) {
            Some(time) if self.is_number() => self.value(time),
            _ => text.into(),
        }
    }

    /// The text of a time so many seconds later, written as that is: a date keeps its fraction and
    /// its zone. `None` where it is no time, or would be none.
    pub fn later(self, text: &str, seconds: i128) -> Option<String> {
        match self {
            Self::UnixSeconds | Self::UnixMillis | Self::HttpDate => {
                let moved = i128::from(self.read(text)?) + seconds * i128::from(self.per_second());
                Some(self.write(u64::try_from(moved).ok()?))
            }
            Self::Iso8601 | Self::Iso8601WithoutZone => {
                self.read(text)?;
                let (date, rest) = text.split_at_checked(TO_THE_SECONDS)?;
                let date: jiff::civil::DateTime = date.parse().ok()?;
                let moved =
                    date.checked_add(Span::new().try_seconds(i64::try_from(seconds).ok()?).ok()?);
                Some(format!(
                    "{}{rest}",
                    moved.ok()?.strftime("%Y-%m-%dT%H:%M:%S")
                ))
            }
        }
    }

    /// How long the time is with which `text` begins, as far as its form tells.
    pub(crate) fn length_at_start(self, text: &str) -> Option<usize> {
        match self {
            Self::UnixSeconds | Self::UnixMillis => {
                Some(text.bytes().take_while(u8::is_ascii_digit).count())
            }
            Self::Iso8601 => date_at_start(text),
            Self::Iso8601WithoutZone => without_zone_at_start(text),
            Self::HttpDate => Some("Sat, 21 Nov 2026 08:00:00 GMT".len()),
        }
    }

    /// How long the time is with which `text` ends, as far as its form tells.
    pub(crate) fn length_at_end(self, text: &str) -> Option<usize> {
        match self {
            Self::UnixSeconds | Self::UnixMillis => {
                Some(text.bytes().rev().take_while(u8::is_ascii_digit).count())
            }
            Self::Iso8601 => date_at_end(text),
            Self::Iso8601WithoutZone => Some(TO_THE_SECONDS + fraction_at_end(text)),
            Self::HttpDate => self.length_at_start(text),
        }
    }

    /// The form of its texts; some of them are no times, such as the 30th of February.
    pub fn pattern(self) -> Option<Pattern> {
        let pattern = match self {
            Self::UnixSeconds | Self::UnixMillis => "0|[1-9][0-9]*",
            Self::Iso8601 => {
                r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
            }
            Self::Iso8601WithoutZone => {
                r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
            }
            Self::HttpDate => {
                "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
            }
        };
        Pattern::compile(pattern).ok()
    }

    /// How many seconds the zone of a date lies east of Greenwich; `None` where it is no date with
    /// a zone.
    pub(crate) fn zone(self, text: &str) -> Option<i64> {
        if self != Self::Iso8601 || !self.takes(text.as_bytes()) {
            return None;
        }
        if text.ends_with('Z') {
            return Some(0);
        }
        let zone = text.get(text.len().checked_sub(ZONE)?..)?;
        let (hours, minutes) = zone.split_once(':')?;
        let hours: i64 = hours.parse().ok()?;
        let minutes: i64 = minutes.parse().ok()?;
        let sign = if zone.starts_with('-') { -1 } else { 1 };
        Some(hours * 3600 + sign * minutes * 60)
    }

    /// Whether this byte may stand in a time.
    pub fn may_contain(self, byte: u8) -> bool {
        match self {
            Self::UnixSeconds | Self::UnixMillis => byte.is_ascii_digit(),
            Self::Iso8601 => byte.is_ascii_digit() || b"TZ+-:.".contains(&byte),
            Self::Iso8601WithoutZone => byte.is_ascii_digit() || b"T-:.".contains(&byte),
            Self::HttpDate => byte.is_ascii_alphanumeric() || b", :".contains(&byte),
        }
    }
}

/// Whether these bytes are a number as times since 1970 are written: `0|[1-9][0-9]*`.
pub fn is_unix_time(bytes: &[u8]) -> bool {
    match bytes {
        [] => false,
        [b'0'] => true,
        [first, ..] => *first != b'0' && bytes.iter().all(u8::is_ascii_digit),
    }
}

/// How long the date is with which the text begins, its zone included.
fn date_at_start(text: &str) -> Option<usize> {
    let end = without_zone_at_start(text)?;
    let zone = match text.as_bytes().get(end..)? {
        [b'Z', ..] => 1,
        [b'+' | b'-', a, b, b':', c, d, ..] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()) => {
            ZONE
        }
        _ => return None,
    };
    Some(end + zone)
}

/// How long the date is with which the text begins, up to its zone.
fn without_zone_at_start(text: &str) -> Option<usize> {
    let behind = text.as_bytes().get(TO_THE_SECONDS..)?;
    let is_sound = text
        .bytes()
        .zip(*b"0000-00-00T00:00:00")
        .all(|(byte, pattern)| {
            if pattern == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == pattern
            }
        });
    let fraction = match behind {
        [b'.', digits @ ..] => match digits.iter().take_while(|b| b.is_ascii_digit()).count() {
            0 => return None,
            digits => 1 + digits,
        },
        _ => 0,
    };
    is_sound.then_some(TO_THE_SECONDS + fraction)
}

/// How long the date is with which the text ends.
fn date_at_end(text: &str) -> Option<usize> {
    let zone = if text.ends_with('Z') { 1 } else { ZONE };
    let before = text.get(..text.len().checked_sub(zone)?)?;
    Some(TO_THE_SECONDS + fraction_at_end(before) + zone)
}

/// How long the fraction of a second is with which the text ends, its point included.
fn fraction_at_end(text: &str) -> usize {
    let whole = text.trim_end_matches(|c: char| c.is_ascii_digit());
    match whole.strip_suffix('.') {
        Some(whole) => text.len() - whole.len(),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TimeForm;

    #[test]
    fn a_date_is_read_in_its_own_form_only() {
        for (text, millis) in [
            ("2026-11-21T08:00:00Z", Some(1_795_248_000_000)),
            ("2026-11-21T08:00:00.5Z", Some(1_795_248_000_500)),
            ("2026-11-21T08:00:00.634234626Z", Some(1_795_248_000_634)),
            ("2026-11-21T09:00:00+01:00", Some(1_795_248_000_000)),
            ("2026-11-21T00:00:00-08:00", Some(1_795_248_000_000)),
            ("2026-11-21 08:00:00Z", None),
            ("2026-11-21T08:00:00", None),
            ("2026-11-21t08:00:00z", None),
            ("2026-11-21T08:00Z", None),
            ("2026-11-21T08:00:00.Z", None),
            ("2026-11-21T08:00:00+0100", None),
            ("2026-11-21T08:00:00Z ", None),
            ("2026-02-30T08:00:00Z", None),
            ("1969-11-21T08:00:00Z", None),
            ("1795248000", None),
            ("", None),
        ] {
            assert_eq!(TimeForm::Iso8601.read(text), millis, "{text}");
        }
        for (text, seconds) in [
            ("Sat, 21 Nov 2026 08:00:00 GMT", Some(1_795_248_000)),
            ("Sun, 21 Nov 2026 08:00:00 GMT", None),
            ("Sat, 21 Nov 2026 08:00:00 +0000", None),
            ("Sat, 21 Nov 2026 08:00:00 UTC", None),
            ("sat, 21 nov 2026 08:00:00 GMT", None),
            ("Saturday, 21-Nov-26 08:00:00 GMT", None),
            ("Sat,  21 Nov 2026 08:00:00 GMT", None),
        ] {
            assert_eq!(TimeForm::HttpDate.read(text), seconds, "{text}");
        }
    }

    #[test]
    fn a_date_without_a_zone_is_that_of_greenwich() {
        let form = TimeForm::Iso8601WithoutZone;
        for (text, millis) in [
            ("2026-11-21T08:00:00", Some(1_795_248_000_000)),
            ("2026-11-21T08:00:00.551", Some(1_795_248_000_551)),
            ("2026-11-21T08:00:00Z", None),
            ("2026-11-21T08:00:00+00:00", None),
            ("2026-11-21T08:00:00.", None),
            ("2026-02-30T08:00:00", None),
        ] {
            assert_eq!(form.read(text), millis, "{text}");
        }
        let later = form.later("2026-11-21T08:00:00.250", 3600);
        assert_eq!(later.as_deref(), Some("2026-11-21T09:00:00.250"));
    }

    #[test]
    fn zones_are_read() {
        for (text, seconds) in [
            ("2026-11-21T08:00:00Z", Some(0)),
            ("2026-11-21T08:00:00.123456Z", Some(0)),
            ("2026-11-21T08:00:00+05:30", Some(19_800)),
            ("2026-11-21T08:00:00-00:30", Some(-1800)),
            ("2026-11-21T08:00:00-08:00", Some(-28_800)),
            ("2026-11-21T08:00:00", None),
        ] {
            assert_eq!(TimeForm::Iso8601.zone(text), seconds, "{text}");
        }
    }

    #[test]
    fn a_date_before_1970_is_a_date_all_the_same() {
        assert!(TimeForm::Iso8601.takes(b"1969-11-21T08:00:00Z"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(form in proptest::sample::select(&TimeForm::ALL[..]), time in 0..253_370_764_800_u64) {
            let text = form.write(time);
            prop_assert_eq!(form.read(&text), Some(time));
            prop_assert!(form.takes(text.as_bytes()));
            prop_assert!(text.bytes().all(|byte| form.may_contain(byte)));
        }

        #[test]
        fn its_ends_are_found_in_a_text(
            form in proptest::sample::select(&TimeForm::ALL[..]),
            time in 0..253_370_764_800_u64,
            other in "([^0-9.].*)?",
        ) {
            let text = form.write(time);
            let more = format!("{text}{other}");
            prop_assert_eq!(form.length_at_start(&more), Some(text.len()));
            let other: String = other.chars().rev().collect();
            let more = format!("{other}{text}");
            prop_assert_eq!(form.length_at_end(&more), Some(text.len()));
        }

        #[test]
        fn no_text_is_a_problem(form in proptest::sample::select(&TimeForm::ALL[..]), text in ".*|[0-9T:Z+.-]{0,30}") {
            let _ = (form.read(&text), form.length_at_start(&text), form.length_at_end(&text));
        }
    }
}
