//! Moving a case in time: every time in it is later, or earlier, by the same number of seconds, so
//! that whatever has an age keeps it.

use crate::scheme::{Scheme, is_canonical_time};
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
    pub(crate) fn text(self, text: &str, per_second: u64) -> Option<String> {
        if self == Self::NONE {
            return Some(text.to_owned());
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
        if !is_canonical_time(digits.as_bytes()) || behind.contains(is_digit) {
            return None;
        }
        let moved = self.time(digits.parse().ok()?, per_second)?;
        Some(format!("{before}{moved}{behind}"))
    }

    /// Fields, with every time that is among them moved.
    pub(crate) fn fields(self, scheme: &Scheme, fields: &Fields) -> Option<Fields> {
        let mut moved = fields.clone();
        for field in scheme.times() {
            let per_second = field.kind.per_second();
            match fields.value(&field.name) {
                Some(Value::Text(text)) => {
                    moved.set(field.name.clone(), self.text(text, per_second)?);
                }
                Some(Value::Number(time)) => {
                    let time = self.time(u64::try_from(*time).ok()?, per_second)?;
                    moved.set(field.name.clone(), number(time));
                }
                Some(Value::Bytes(_) | Value::Json(_)) | None => {}
            }
        }
        Some(moved)
    }
}

/// A number as a request carries it.
pub(crate) fn number(number: u64) -> Value {
    i64::try_from(number).map_or_else(|_| Value::Json(number.into()), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::Shift;

    #[test]
    fn a_time_moves_and_its_surroundings_stay() {
        let hour = Shift::between(1000, 4600);
        for (text, per_second, moved) in [
            ("1795248000", 1, Some("1795251600")),
            ("1795248000123", 1000, Some("1795251600123")),
            (" +1795248000\n", 1, Some(" +1795251600\n")),
            ("", 1, Some("")),
            ("01795248000", 1, None),
            ("1795248000.0", 1, None),
            ("NaN", 1, Some("NaN")),
            ("99999999999999999999", 1, None),
        ] {
            assert_eq!(hour.text(text, per_second).as_deref(), moved, "{text:?}");
            assert_eq!(Shift::NONE.text(text, per_second).as_deref(), Some(text));
        }
        assert_eq!(Shift::between(4600, 1000).time(3599, 1), None);
    }
}
