//! What verifiers take for the same: loose comparison, times read as numbers, tokens split.

use crate::scheme::Scheme;
use crate::signature::Value;

/// `$presented == $expected` of PHP before version 8, where a text beside a number is the number
/// that it begins with.
#[expect(clippy::float_cmp, reason = "that is what PHP does")]
pub(super) fn loosely_equal(presented: &Value, expected: &str) -> bool {
    match presented {
        Value::Text(text) => match (numeric(text), numeric(expected)) {
            (Some(one), Some(two)) => one == two,
            _ => text == expected,
        },
        Value::Number(number) => as_double(*number) == leading_number(expected),
        Value::Json(serde_json::Value::Bool(truth)) => *truth != ["", "0"].contains(&expected),
        Value::Json(serde_json::Value::Null) => expected.is_empty(),
        Value::Json(serde_json::Value::Number(number)) => {
            number.as_f64() == Some(leading_number(expected))
        }
        Value::Json(_) | Value::Bytes(_) => false,
    }
}

#[expect(clippy::cast_precision_loss, reason = "that is what PHP does")]
fn as_double(number: i64) -> f64 {
    number as f64
}

/// The number that the whole text spells, blanks before it aside.
fn numeric(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let length = number_length(text);
    (length > 0 && length == text.len())
        .then(|| text.parse().ok())
        .flatten()
}

fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    text[..number_length(text)].parse().unwrap_or(0.0)
}

/// How many bytes of a text are a decimal number, perhaps with an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let sign = usize::from(bytes.first().is_some_and(|b| b"+-".contains(b)));
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return 0;
    }
    if bytes.get(end).is_some_and(|b| b"eE".contains(b)) {
        let sign = usize::from(bytes.get(end + 1).is_some_and(|b| b"+-".contains(b)));
        let exponent = digits((end + 1 + sign).min(bytes.len()));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

/// A time as `int()`, `Number()` and their kin read it, written again as a whole number.
pub(super) fn time_as_number(text: &str) -> Option<String> {
    let plain: String = text.trim().chars().map(ascii_digit).collect();
    let plain = plain.strip_prefix('+').unwrap_or(&plain);
    if let Some(hex) = plain
        .strip_prefix("0x")
        .or_else(|| plain.strip_prefix("0X"))
    {
        return u64::from_str_radix(hex, 16)
            .ok()
            .map(|number| number.to_string());
    }
    let length = number_length(plain);
    let number: f64 = plain
        .get(..length)
        .filter(|_| length == plain.len())?
        .parse()
        .ok()?;
    let sound = number.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&number);
    sound.then(|| format!("{number}"))
}

/// Decimal digits of other scripts as ASCII.
fn ascii_digit(c: char) -> char {
    const ZEROS: [u32; 8] = [
        0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0e50, 0x1_d7ce, 0xff10,
    ];
    let code = u32::from(c);
    let zero = ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code));
    zero.and_then(|zero| char::from_digit(code - zero, 10))
        .unwrap_or(c)
}

/// The delimiter at which the parts of a token can be split, and how many parts there are.
pub(super) fn splits_at(scheme: &Scheme) -> Result<(char, usize), &'static str> {
    const NONE: &str = "the token has no delimiter to split at";
    let mut found: Option<(char, usize)> = None;
    for text in scheme.token.literals() {
        for c in text.chars().filter(|c| !c.is_ascii_alphanumeric()) {
            found = match found {
                None => Some((c, 2)),
                Some((known, parts)) if known == c => Some((c, parts + 1)),
                Some(_) => return Err("the token has several delimiters"),
            };
        }
    }
    found.ok_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::{loosely_equal, number_length, time_as_number};
    use crate::signature::Value;

    #[test]
    fn comparison_matches_php() {
        let text = |text: &str| Value::Text(text.into());
        assert!(loosely_equal(
            &text("0e1"),
            "0e462097431906509019562988736854"
        ));
        assert!(loosely_equal(&text("1000"), "1e3"));
        assert!(!loosely_equal(&text("abc"), "abd"));
        assert!(!loosely_equal(&text(""), "0e1"));
        assert!(loosely_equal(&Value::Json(true.into()), "6a40"));
        assert!(loosely_equal(&Value::Number(0), "abc"));
        assert!(loosely_equal(&Value::Number(6), "6a40"));
        assert!(!loosely_equal(
            &Value::Json(serde_json::Value::Null),
            "6a40"
        ));
        assert_eq!(number_length("12.5e-3x"), 7);
        assert_eq!(number_length("1e"), 1);
        assert_eq!(number_length("."), 0);
    }

    #[test]
    fn times_read_as_numbers() {
        for text in [
            "1741761604",
            "01741761604",
            "+1741761604",
            " 1741761604 ",
            "1741761604.0",
            "1.741761604e9",
            "0x67d12c44",
            "\u{661}\u{667}\u{664}\u{661}\u{667}\u{666}\u{661}\u{666}\u{660}\u{664}",
        ] {
            assert_eq!(
                time_as_number(text).as_deref(),
                Some("1741761604"),
                "{text}"
            );
        }
        for text in ["", "x", "1741761604x", "-5", "1.5", "1e300"] {
            assert_eq!(time_as_number(text), None, "{text}");
        }
    }
}
