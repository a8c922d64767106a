//! Numbers of JSON as languages write what they parsed.

use crate::mistakes::identity_forms::{as_javascript, as_python};

/// How a number is written that was parsed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    AsSpelt,
    JavaScript,
    Python,
    Php,
    Java,
}

impl Numbers {
    pub(super) fn of(self, number: &str) -> String {
        match self {
            Self::AsSpelt => number.to_owned(),
            Self::JavaScript => as_javascript(double(number)),
            Self::Python => of_python(number),
            Self::Php => of_php(number),
            Self::Java => of_java(number),
        }
    }
}

fn double(number: &str) -> f64 {
    number.parse().unwrap_or(f64::NAN)
}

fn is_whole(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

pub(super) fn of_python(number: &str) -> String {
    match number {
        "-0" => "0".to_owned(),
        _ if is_whole(number) => number.to_owned(),
        _ => as_python(double(number)),
    }
}

/// Numbers beyond 64 bits are doubles; a fraction of zero is lost.
fn of_php(number: &str) -> String {
    if is_whole(number) && number.parse::<i64>().is_ok() {
        return of_python(number);
    }
    let value = double(number);
    let (mantissa, exponent) = scientific(value);
    if (-4..17).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{}", exponent.abs())
}

/// Doubles from ten million on, and below a thousandth, have an exponent.
pub(super) fn of_java(number: &str) -> String {
    if is_whole(number) {
        return of_python(number);
    }
    let value = double(number);
    let (mantissa, exponent) = scientific(value);
    if value == 0.0 || (-3..7).contains(&exponent) {
        return format!("{value:?}");
    }
    format!("{mantissa}E{exponent}")
}

/// The shortest mantissa with a fraction, and the exponent.
fn scientific(value: f64) -> (String, i32) {
    let written = format!("{value:e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let fraction = if mantissa.contains('.') { "" } else { ".0" };
    (
        format!("{mantissa}{fraction}"),
        exponent.parse().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        for (spelt, javascript, python, php, java) in [
            ("1.0", "1", "1.0", "1", "1.0"),
            ("1e2", "100", "100.0", "100", "100.0"),
            ("0.1", "0.1", "0.1", "0.1", "0.1"),
            ("-0", "0", "0", "0", "0"),
            (
                "12345678.5",
                "12345678.5",
                "12345678.5",
                "12345678.5",
                "1.23456785E7",
            ),
            ("1e25", "1e+25", "1e+25", "1.0e+25", "1.0E25"),
            (
                "9007199254740993",
                "9007199254740992",
                "9007199254740993",
                "9007199254740993",
                "9007199254740993",
            ),
            (
                "12345678901234567890",
                "12345678901234567000",
                "12345678901234567890",
                "1.2345678901234567e+19",
                "12345678901234567890",
            ),
            ("0.00001", "0.00001", "1e-05", "1.0e-5", "1.0E-5"),
            ("1.5E-7", "1.5e-7", "1.5e-07", "1.5e-7", "1.5E-7"),
            ("-0.0", "0", "-0.0", "-0", "-0.0"),
        ] {
            for (numbers, expected) in [
                (Numbers::JavaScript, javascript),
                (Numbers::Python, python),
                (Numbers::Php, php),
                (Numbers::Java, java),
            ] {
                assert_eq!(numbers.of(spelt), expected, "{spelt}");
            }
        }
    }
}
