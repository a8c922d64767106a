//! Texts as other programs write them: other character sets, escapes, numbers.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

use crate::mistakes::json_text::Escapes;
use crate::mistakes::{Form, Forms};

/// The change of a text; bytes that are no UTF-8 stay as they are.
pub(crate) fn of_text(bytes: &[u8], change: impl Fn(&str) -> Forms<Vec<u8>>) -> Forms<Vec<u8>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => change(text),
        Err(_) => Form::only(bytes.to_vec()),
    }
}

/// A text without the characters of one kind.
pub(crate) fn without(text: &str, kind: impl Fn(char) -> bool) -> Vec<u8> {
    text.replace(kind, "").into_bytes()
}

/// Letters taken apart, and their marks dropped. Some programs replace compatible forms such as
/// ligatures, too, or drop what is not ASCII then. Marks are what Python's `combining` knows as such;
/// variation selectors of emoji, which only `\p{M}` has, stay.
pub(crate) fn without_accents(text: &str) -> Forms<Vec<u8>> {
    let is_letter = |c: &char| canonical_combining_class(*c) == 0;
    let canonical: String = text.nfd().filter(is_letter).collect();
    let compatible: String = text.nfkd().filter(is_letter).collect();
    let ascii = without(&compatible, |c| !c.is_ascii());
    vec![
        Form::new(canonical.nfc().collect::<String>().into_bytes(), ""),
        Form::new(
            compatible.nfc().collect::<String>().into_bytes(),
            "compatible characters replaced",
        ),
        Form::new(ascii, "other characters than ASCII dropped"),
    ]
}

/// PHP's `addslashes`: a backslash before quotes and backslashes. It writes `\0` for NUL.
pub(crate) fn backslash_escaped(text: &str) -> Forms<Vec<u8>> {
    let with = |escaped: &[char], nul: &str| {
        let mut written = String::new();
        for c in text.chars() {
            match c {
                '\0' => written.push_str(nul),
                c if escaped.contains(&c) => written.extend(['\\', c]),
                c => written.push(c),
            }
        }
        written.into_bytes()
    };
    vec![
        Form::new(
            with(&['\'', '"', '\\'], "\\0"),
            "a backslash and a zero for NUL",
        ),
        Form::new(with(&['\'', '"', '\\'], "\0"), "NUL left"),
        Form::new(with(&['\'', '"', '\\'], "\\\0"), "NUL behind a backslash"),
        Form::new(with(&['\'', '\\'], "\0"), "double quotes left"),
        Form::new(with(&['"', '\\'], "\0"), "apostrophes left"),
    ]
}

/// ISO 8859-1. Java writes `?` for what it does not have, Node.js the low byte.
pub(crate) fn latin1(text: &str) -> Forms<Vec<u8>> {
    let with = |other: fn(char) -> u8| {
        text.chars()
            .map(|c| u8::try_from(c).unwrap_or_else(|_| other(c)))
            .collect()
    };
    vec![
        Form::new(with(|_| b'?'), "? for other characters"),
        Form::new(
            with(|c| u32::from(c).to_be_bytes()[3]),
            "the low byte of other characters",
        ),
        Form::new(
            text.encode_utf16()
                .map(|unit| unit.to_be_bytes()[1])
                .collect(),
            "the low byte of each UTF-16 unit",
        ),
    ]
}

/// The characters of Windows-1252 from 0x80; those that it lacks are the control characters.
pub(super) const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// Windows-1252, with `?` for what it does not have.
pub(crate) fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match u8::try_from(c) {
        Ok(byte @ (0..0x80 | 0xa0..)) => byte,
        _ => WINDOWS_1252
            .iter()
            .zip(0x80..)
            .find(|(high, _)| **high == c)
            .map_or(b'?', |(_, byte)| byte),
    };
    text.chars().map(byte).collect()
}

/// ASCII, with `?` for each character (Python, Java), or for each byte or UTF-16 unit of it.
pub(crate) fn ascii_with_question_marks(text: &str) -> Forms<Vec<u8>> {
    let with = |count: fn(char) -> usize| {
        text.chars()
            .flat_map(|c| {
                let kept = u8::try_from(c).ok().filter(u8::is_ascii);
                std::iter::repeat_n(kept.unwrap_or(b'?'), kept.map_or_else(|| count(c), |_| 1))
            })
            .collect()
    };
    vec![
        Form::new(with(|_| 1), "one for each character"),
        Form::new(with(char::len_utf16), "one for each UTF-16 unit"),
        Form::new(with(char::len_utf8), "one for each byte"),
    ]
}

/// `encodeURIComponent` and its kin. They differ in what they leave as it is and in case.
pub(crate) fn percent_encoded(text: &[u8]) -> Forms<Vec<u8>> {
    let with = |kept: &[u8], upper: bool| escape(text, kept, upper);
    vec![
        Form::new(with(b"-_.~", true), "RFC 3986"),
        Form::new(with(b"-_.!~*'()", true), "leaving !~*'()"),
        Form::new(
            with(b"-_.!~*'();/?:@&=+$,#", true),
            "leaving the delimiters of URLs",
        ),
        Form::new(with(b"-_.~/", true), "leaving slashes"),
        Form::new(with(b"-_.~", false), "lower-case digits"),
    ]
}

/// `application/x-www-form-urlencoded`: a blank becomes `+`.
pub(crate) fn form_encoded(text: &[u8]) -> Forms<Vec<u8>> {
    let plus = |encoded: Vec<u8>| {
        let text = String::from_utf8(encoded).unwrap_or_default();
        text.replace("%20", "+").into_bytes()
    };
    vec![
        Form::new(plus(escape(text, b"-_.", true)), "escaping * and ~"),
        Form::new(plus(escape(text, b"*-._", true)), "leaving *"),
        Form::new(plus(escape(text, b"-_.~", true)), "leaving ~"),
    ]
}

pub(super) fn escape(text: &[u8], kept: &[u8], upper: bool) -> Vec<u8> {
    text.iter()
        .flat_map(|&byte| {
            if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
                vec![byte]
            } else if upper {
                format!("%{byte:02X}").into_bytes()
            } else {
                format!("%{byte:02x}").into_bytes()
            }
        })
        .collect()
}

/// HTML's five characters. The apostrophe has several spellings, or none.
pub(crate) fn html_escaped(text: &str) -> Forms<Vec<u8>> {
    let with = |apostrophe: &str, quote: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', quote)
            .replace('\'', apostrophe)
            .into_bytes()
    };
    vec![
        Form::new(with("&#039;", "&quot;"), "&#039; for an apostrophe"),
        Form::new(with("&#39;", "&quot;"), "&#39; for an apostrophe"),
        Form::new(with("&#x27;", "&quot;"), "&#x27; for an apostrophe"),
        Form::new(with("'", "&quot;"), "apostrophes left"),
        Form::new(with("'", "\""), "quotes left"),
        Form::new(
            with("&#39;", "&#34;"),
            "&#39; for an apostrophe and &#34; for a quote",
        ),
    ]
}

/// The inside of a JSON string: other characters as they are, or as `\u00e9`, or PHP's `\/` too.
pub(crate) fn json_escaped(text: &str) -> Forms<Vec<u8>> {
    let escaped = |escapes: Escapes| escapes.escaped(text).into_bytes();
    vec![
        Form::new(
            escaped(Escapes::PYTHON),
            "Unicode escapes for other characters",
        ),
        Form::new(
            escaped(Escapes::PHP),
            "Unicode escapes, and escaped slashes",
        ),
        Form::new(escaped(Escapes::FEW), "needful escapes only"),
    ]
}

/// A whole JSON string, quotes and all.
pub(crate) fn json_quoted(text: &str) -> Forms<Vec<u8>> {
    let quoted = |escapes: Escapes| escapes.quoted(text).into_bytes();
    vec![
        Form::new(quoted(Escapes::FEW), "other characters as they are"),
        Form::new(
            quoted(Escapes::PYTHON),
            "Unicode escapes for other characters",
        ),
        Form::new(quoted(Escapes::PHP), "Unicode escapes, and escaped slashes"),
    ]
}

/// A text of digits as a whole number prints: without its leading zeros.
pub(crate) fn as_integer(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match digits.trim_start_matches('0') {
        "" => Some("0".to_owned()),
        rest => Some(format!("{sign}{rest}")),
    }
}

/// A text that spells a decimal number.
pub(crate) fn as_double(text: &str) -> Option<f64> {
    let plain = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    plain.then(|| text.parse().ok()).flatten()
}

/// A double as JavaScript prints it.
pub(crate) fn as_javascript(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let (digits, exponent, sign) = shortest(number);
    if (-6..21).contains(&exponent) {
        return format!("{number}");
    }
    format!(
        "{sign}{}e{}{}",
        dotted(&digits),
        if exponent < 0 { '-' } else { '+' },
        exponent.abs()
    )
}

/// A double as Go prints it (`%v`): with an exponent from a million on.
pub(crate) fn as_go(number: f64) -> String {
    let (digits, exponent, sign) = shortest(number);
    if number == 0.0 || (-4..6).contains(&exponent) {
        return format!("{number}");
    }
    exponential(&digits, exponent, sign)
}

/// A double as Python and Ruby print it: `620.0`, and with an exponent from 10¹⁶ on.
pub(crate) fn as_python(number: f64) -> String {
    let (digits, exponent, sign) = shortest(number);
    if number == 0.0 || (-4..16).contains(&exponent) {
        return format!("{number:?}");
    }
    exponential(&digits, exponent, sign)
}

fn exponential(digits: &str, exponent: i32, sign: &str) -> String {
    let direction = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{}e{direction}{:02}", dotted(digits), exponent.abs())
}

fn dotted(digits: &str) -> String {
    match digits.split_at(1) {
        (first, "") => first.to_owned(),
        (first, rest) => format!("{first}.{rest}"),
    }
}

/// The shortest digits that give the number, its decimal exponent, its sign.
fn shortest(number: f64) -> (String, i32, &'static str) {
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (
        mantissa.replace('.', ""),
        exponent.parse().unwrap_or(0),
        if number < 0.0 { "-" } else { "" },
    )
}

#[cfg(test)]
mod tests {
    use super::{
        as_go, as_integer, as_javascript, as_python, ascii_with_question_marks, form_encoded,
        html_escaped, json_escaped, latin1, percent_encoded, windows_1252,
    };

    #[test]
    fn numbers_print_like_in_their_languages() {
        // Node.js: String(Number(x)); Python: str(float(x)); Go: fmt.Sprint(float64).
        for (text, javascript, python, go) in [
            ("620", "620", "620.0", "620"),
            (
                "1741761604",
                "1741761604",
                "1741761604.0",
                "1.741761604e+09",
            ),
            (
                "9007199254740993",
                "9007199254740992",
                "9007199254740992.0",
                "9.007199254740992e+15",
            ),
            (
                "12345678901234567890",
                "12345678901234567000",
                "1.2345678901234567e+19",
                "1.2345678901234567e+19",
            ),
            ("1000000000000000000000", "1e+21", "1e+21", "1e+21"),
            ("0", "0", "0.0", "0"),
        ] {
            let number: f64 = text.parse().unwrap();
            assert_eq!(as_javascript(number), javascript);
            assert_eq!(as_python(number), python);
            assert_eq!(as_go(number), go);
        }
        assert_eq!(as_integer("007").as_deref(), Some("7"));
        assert_eq!(as_integer("-0"), Some("0".into()));
        assert_eq!(as_integer("7a"), None);
    }

    #[test]
    fn escapes_match_their_languages() {
        let first = |forms: Vec<super::Form<Vec<u8>>>, at: usize| {
            String::from_utf8(forms[at].value.clone()).unwrap()
        };
        let odd = "a b/\u{e9}'&<\"~*";
        assert_eq!(
            first(percent_encoded(odd.as_bytes()), 1),
            "a%20b%2F%C3%A9'%26%3C%22~*"
        );
        assert_eq!(
            first(form_encoded(odd.as_bytes()), 0),
            "a+b%2F%C3%A9%27%26%3C%22%7E%2A"
        );
        assert_eq!(
            first(html_escaped(odd), 0),
            "a b/\u{e9}&#039;&amp;&lt;&quot;~*"
        );
        assert_eq!(first(json_escaped(odd), 1), "a b\\/\\u00e9'&<\\\"~*");
        assert_eq!(first(json_escaped("\u{1f600}"), 0), "\\ud83d\\ude00");
    }

    #[test]
    fn character_sets() {
        assert_eq!(latin1("\u{e9}\u{20ac}")[0].value, b"\xe9?");
        assert_eq!(latin1("\u{e9}\u{20ac}")[1].value, b"\xe9\xac");
        assert_eq!(
            windows_1252("\u{e9}\u{20ac}\u{81}\u{3b1}"),
            b"\xe9\x80\x81?"
        );
        let ascii = ascii_with_question_marks("a\u{e9}\u{1f600}");
        assert_eq!(ascii[0].value, b"a??");
        assert_eq!(ascii[1].value, b"a???");
        assert_eq!(ascii[2].value, b"a??????");
    }
}
