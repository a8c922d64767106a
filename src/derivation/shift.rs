//! Moving a case in time: every time in it is later, or earlier, by the same number of seconds, so
//! that whatever has an age keeps it.

use crate::scheme::{Scheme, TimeForm};
use crate::signature::{Fields, Value};

/// By how many seconds a case is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift(i128);

impl Shift {
    pub(crate) const NONE: Self = Self(0);

    /// What moves one second to another.
    pub(crate) fn between(from: u64, to: u64) -> Self {
        Self(i128::from(to) - i128::from(from))
    }

    /// A time, in units of which so many are a second; `None` where it would be no time any more.
    pub(crate) fn time(self, time: u64, per_second: u64) -> Option<u64> {
        let moved = i128::from(time) + self.0 * i128::from(per_second);
        u64::try_from(moved).ok()
    }

    /// The text of a time. What is not written as times are is moved where one time stands in it.
    pub(crate) fn text(self, text: &str, form: TimeForm) -> Option<String> {
        if self == Self::NONE {
            return Some(text.to_owned());
        }
        if let Some(moved) = form.later(text, self.0) {
            return Some(moved);
        }
        let is_digit = |c: char| c.is_ascii_digit();
        // What nobody can take for a time is as malformed at any time.
        let Some(start) = text.find(is_digit) else {
            return Some(text.to_owned());
        };
        let end = text[start..]
            .find(|c| !is_digit(c))
            .map_or(text.len(), |at| start + at);
        let (before, digits, behind) = (&text[..start], &text[start..end], &text[end..]);
        if behind.contains(is_digit) {
            return None;
        }
        let moved = form.later(digits, self.0)?;
        Some(format!("{before}{moved}{behind}"))
    }

    /// Fields, with every time that is among them moved.
    pub(crate) fn fields(self, scheme: &Scheme, fields: &Fields) -> Option<Fields> {
        let mut moved = fields.clone();
        for (field, form) in scheme.times() {
            match fields.value(&field.name) {
                Some(Value::Text(text)) => {
                    moved.set(field.name.clone(), self.text(text, form)?);
                }
                Some(Value::Number(time)) => {
                    let time = self.time(u64::try_from(*time).ok()?, form.per_second())?;
                    moved.set(field.name.clone(), form.value(time));
                }
                Some(Value::Bytes(_) | Value::Json(_)) | None => {}
            }
        }
        Some(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::Shift;
    use crate::scheme::TimeForm::{HttpDate, Iso8601, UnixMillis, UnixSeconds};

    #[test]
    fn a_time_moves_and_its_surroundings_stay() {
        let hour = Shift::between(1000, 4600);
        for (text, form, moved) in [
            ("1795248000", UnixSeconds, Some("1795251600")),
            ("1795248000123", UnixMillis, Some("1795251600123")),
            (" +1795248000\n", UnixSeconds, Some(" +1795251600\n")),
            ("", UnixSeconds, Some("")),
            ("01795248000", UnixSeconds, None),
            ("1795248000.0", UnixSeconds, None),
            ("NaN", UnixSeconds, Some("NaN")),
            ("99999999999999999999", UnixSeconds, None),
            (
                "2026-11-21T23:30:00Z",
                Iso8601,
                Some("2026-11-22T00:30:00Z"),
            ),
            (
                "2026-11-21T08:00:00.120345678+05:30",
                Iso8601,
                Some("2026-11-21T09:00:00.120345678+05:30"),
            ),
            ("2026-11-21 08:00:00", Iso8601, None),
            (
                "Sat, 21 Nov 2026 23:30:00 GMT",
                HttpDate,
                Some("Sun, 22 Nov 2026 00:30:00 GMT"),
            ),
        ] {
            assert_eq!(hour.text(text, form).as_deref(), moved, "{text:?}");
            assert_eq!(Shift::NONE.text(text, form).as_deref(), Some(text));
        }
        assert_eq!(Shift::between(4600, 1000).time(3599, 1), None);
    }
}
