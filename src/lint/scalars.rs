//! Finds unquoted scalars that YAML 1.1 and YAML 1.2 readers interpret differently.
//!
//! Many readers in use (`PyYAML`, Ruby's Psych, Go's `yaml.v2`) follow 1.1, others 1.2. A suite has
//! to work with all of them.

use crate::lint::source::{Scalar, SourceMap};
use crate::lint::{Finding, Severity, Subject};
use crate::suite::Position;

/// Finds everything in a file that other readers interpret differently.
pub(super) fn lint_spelling(text: &str, source: &SourceMap<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = source.scalars.iter().filter_map(lint_scalar).collect();
    findings.extend(lint_line_breaks(text));
    findings
}

fn lint_scalar(scalar: &Scalar<'_>) -> Option<Finding> {
    let message = if scalar.tagged {
        "readers interpret tags differently; write the value without one".to_owned()
    } else if scalar.plain {
        let (old, new) = (as_yaml_1_1(&scalar.text), as_yaml_1_2(&scalar.text));
        if old == new {
            return None;
        }
        format!(
            "{:?} without quotes is {} in YAML 1.1 and {} in YAML 1.2; {}",
            scalar.text,
            old.describe(),
            new.describe(),
            if new == Reading::Text || old == Reading::Text {
                "write it in quotes if it is a text"
            } else {
                "write it in quotes if it is a text, in plain decimal if it is a number"
            }
        )
    } else {
        return None;
    };
    Some(error(scalar.at, message))
}

/// NEL and the Unicode separators are line breaks in YAML 1.1 only.
fn lint_line_breaks(text: &str) -> Vec<Finding> {
    let breaks = ['\u{85}', '\u{2028}', '\u{2029}'];
    if !text.contains(breaks) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, number) in text.split('\n').zip(1..) {
        for (character, column) in line.chars().zip(1..) {
            if breaks.contains(&character) {
                let at = Position {
                    line: number,
                    column,
                };
                let code = u32::from(character);
                findings.push(error(
                    at,
                    format!("U+{code:04X} is a line break in YAML 1.1 but not in YAML 1.2; write it as \"\\u{code:04x}\" in double quotes"),
                ));
            }
        }
    }
    findings
}

fn error(position: Position, message: String) -> Finding {
    Finding {
        severity: Severity::Error,
        position,
        subject: Subject::Spelling,
        message,
    }
}

/// How a reader interprets an unquoted scalar.
#[derive(Debug, PartialEq, Eq)]
enum Reading<'t> {
    Text,
    Null,
    Boolean,
    /// An integer: its base, and its digits including the sign.
    Whole(u32, &'t str),
    Fraction,
    /// A base-60 number: minutes and seconds, or hours, minutes and seconds.
    Sexagesimal,
    Time,
    /// `=` or `<<`.
    Special,
}

impl Reading<'_> {
    fn describe(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Whole(2, _) => "a binary number",
            Self::Whole(8, _) => "an octal number",
            Self::Whole(16, _) => "a hexadecimal number",
            Self::Whole(..) => "a number",
            Self::Fraction => "a fraction",
            Self::Sexagesimal => "a number in base 60",
            Self::Time => "a date",
            Self::Special => "not a scalar",
        }
    }
}

/// The YAML 1.1 types of <https://yaml.org/type/>, as `PyYAML` and Psych implement them.
fn as_yaml_1_1(text: &str) -> Reading<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Reading::Null,
        "=" | "<<" => return Reading::Special,
        "y" | "Y" | "yes" | "Yes" | "YES" | "n" | "N" | "no" | "No" | "NO" | "true" | "True"
        | "TRUE" | "false" | "False" | "FALSE" | "on" | "On" | "ON" | "off" | "Off" | "OFF" => {
            return Reading::Boolean;
        }
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits_of = |text: &str, is: fn(u8) -> bool| {
        !text.is_empty() && text.bytes().all(|b| is(b) || b == b'_')
    };
    if let Some(binary) = unsigned.strip_prefix("0b")
        && digits_of(binary, |b| matches!(b, b'0' | b'1'))
    {
        return Reading::Whole(2, text);
    }
    if let Some(hex) = unsigned.strip_prefix("0x")
        && digits_of(hex, |b| b.is_ascii_hexdigit())
    {
        return Reading::Whole(16, text);
    }
    if let Some(octal) = unsigned.strip_prefix('0')
        && digits_of(octal, |b| matches!(b, b'0'..=b'7'))
    {
        return Reading::Whole(8, text);
    }
    let decimal = |text: &str| {
        text == "0"
            || text.starts_with(|c: char| matches!(c, '1'..='9'))
                && digits_of(text, |b| b.is_ascii_digit())
    };
    if decimal(unsigned) {
        return if unsigned.contains('_') {
            // YAML 1.2 has no such number, so its value does not matter.
            Reading::Whole(10, "_")
        } else {
            Reading::Whole(10, text)
        };
    }
    if is_sexagesimal(unsigned) {
        return Reading::Sexagesimal;
    }
    if is_time(text) {
        return Reading::Time;
    }
    if is_non_finite(text) || is_fraction_1_1(unsigned) {
        return Reading::Fraction;
    }
    Reading::Text
}

/// The core schema of YAML 1.2, section 10.3.
fn as_yaml_1_2(text: &str) -> Reading<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Reading::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return Reading::Boolean,
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if is_digits(unsigned) {
        return Reading::Whole(10, text);
    }
    if text
        .strip_prefix("0o")
        .is_some_and(|octal| !octal.is_empty() && octal.bytes().all(|b| matches!(b, b'0'..=b'7')))
    {
        return Reading::Whole(8, text);
    }
    if text
        .strip_prefix("0x")
        .is_some_and(|hex| !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        return Reading::Whole(16, text);
    }
    if is_non_finite(text) || is_fraction_1_2(unsigned) {
        return Reading::Fraction;
    }
    Reading::Text
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_non_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// Matches `12:30` and `12:30:00.5`.
fn is_sexagesimal(unsigned: &str) -> bool {
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut places = whole.split(':');
    let first = places.next().is_some_and(|first| {
        first.starts_with(|c: char| c.is_ascii_digit())
            && first.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    });
    let mut further = 0;
    let rest = places.all(|place| {
        further += 1;
        matches!(place.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
    });
    first && rest && further > 0 && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// Matches `2026-11-20`, optionally followed by a time of day.
fn is_time(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let day_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, behind) = rest.split_at(day_digits);
    year.len() == 4
        && is_digits(year)
        && matches!(month.len(), 1 | 2)
        && is_digits(month)
        && matches!(day.len(), 1 | 2)
        && (behind.is_empty() && month.len() == 2 && day.len() == 2
            || behind.starts_with(['T', 't', ' ', '\t']) && behind.contains(':'))
}

/// YAML 1.1 requires a decimal point, and a sign in the exponent.
fn is_fraction_1_1(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let Some((whole, fraction)) = mantissa.split_once('.') else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    digits(whole)
        && !whole.starts_with('_')
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|e| e.strip_prefix(['+', '-']).is_some_and(is_digits))
}

fn is_fraction_1_2(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let mantissa_fits = match mantissa.split_once('.') {
        None => is_digits(mantissa),
        Some(("", fraction)) => is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && (fraction.is_empty() || is_digits(fraction)),
    };
    mantissa_fits && exponent.is_none_or(|e| is_digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

#[cfg(test)]
mod tests {
    use super::{Reading, as_yaml_1_1, as_yaml_1_2, lint_spelling};
    use crate::lint::source::SourceMap;

    #[test]
    fn ambiguous_scalars_are_found() {
        for text in [
            "y",
            "N",
            "yes",
            "No",
            "on",
            "OFF",
            "010",
            "0777",
            "089",
            "00",
            "0b11",
            "0o17",
            "1_000",
            "0x_1F",
            "+0x1F",
            "1e5",
            "1E+5",
            "1.5e3",
            ".5e3",
            "12:30:00",
            "1:30",
            "20:30.15",
            "2026-11-20",
            "2026-11-20T10:00:00Z",
            "2001-1-1 1:00:00",
            "=",
            "<<",
            "1_0.5",
            "-010",
        ] {
            assert_ne!(as_yaml_1_1(text), as_yaml_1_2(text), "{text}");
        }
    }

    #[test]
    fn unambiguous_scalars_are_accepted() {
        for text in [
            "",
            "~",
            "null",
            "true",
            "False",
            "0",
            "-0",
            "12",
            "+12",
            "-12",
            "9007199254740991",
            "0x1F",
            "1.5",
            "-.5",
            "1.",
            "1.5e+3",
            "1.5E-3",
            ".inf",
            "-.INF",
            ".NaN",
            "a",
            "must",
            "hmac-sha256",
            "300s",
            "54-bytes",
            "yesterday",
            "none",
            "1.2.3",
            "12:60x",
            "a:b",
            "e5",
            "2026-11",
            "2026-11-20-released",
            "0xg",
            "0b2",
            "1-2",
            "user_id",
            "utf8",
            ".",
            "-",
            "+",
        ] {
            assert_eq!(as_yaml_1_1(text), as_yaml_1_2(text), "{text}");
        }
        assert_eq!(as_yaml_1_2("1e5"), Reading::Fraction);
    }

    #[test]
    fn keys_and_values_are_checked_and_quotes_suffice() {
        let text =
            "a: no\n\"b\": \"no\"\non: 'on'\n? yes\n: [off, x]\nc: !!str 5\nd: \"\u{2028}\"\n";
        let found: Vec<(u32, u32)> = lint_spelling(text, &SourceMap::read(text))
            .iter()
            .map(|finding| (finding.position.line, finding.position.column))
            .collect();
        assert_eq!(found, [(1, 4), (3, 1), (4, 3), (5, 4), (6, 10), (7, 5)]);
    }
}
