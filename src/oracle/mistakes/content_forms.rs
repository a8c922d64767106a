//! Bodies and values as other programs rewrite them.

use crate::mistakes::identity_forms::{WINDOWS_1252, without};
use crate::mistakes::json_text::Escapes;
use crate::mistakes::{Form, Forms};

pub(super) fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, others)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(from) {
            written.extend_from_slice(to);
            rest = behind;
        } else {
            written.push(first);
            rest = others;
        }
    }
    written
}

/// Line feeds as Windows writes them, and the other way round.
pub(super) fn line_ends_changed(bytes: &[u8]) -> Forms<Vec<u8>> {
    let unix = replaced(bytes, b"\r\n", b"\n");
    vec![
        Form::new(replaced(&unix, b"\n", b"\r\n"), "LF becomes CRLF"),
        Form::new(replaced(bytes, b"\n", b"\r\n"), "CR before each LF"),
        Form::new(replaced(&unix, b"\r", b"\n"), "CR and CRLF become LF"),
        Form::new(unix, "CRLF becomes LF"),
    ]
}

/// A text on one line.
pub(super) fn line_ends_removed(bytes: &[u8]) -> Forms<Vec<u8>> {
    let feeds = replaced(bytes, b"\n", b"");
    let both = replaced(&feeds, b"\r", b"");
    let pairs = replaced(bytes, b"\r\n", b"\n");
    vec![
        Form::new(both, ""),
        Form::new(feeds, "line feeds only"),
        Form::new(replaced(bytes, b"\r", b""), "carriage returns only"),
        Form::new(replaced(&pairs, b"\n", b" "), "with a blank for each"),
    ]
}

/// A text without control characters; some filters know those of ASCII only, or leave DEL.
pub(super) fn controls_removed(text: &str) -> Forms<Vec<u8>> {
    vec![
        Form::new(without(text, |c| c.is_ascii_control()), "those of ASCII"),
        Form::new(without(text, char::is_control), ""),
        Form::new(without(text, |c| c < ' '), "below U+0020"),
        Form::new(
            without(text, |c| c.is_ascii_control() && !"\t\n\r".contains(c)),
            "but tabs and line ends",
        ),
    ]
}

/// Line ends as a string literal has them.
pub(super) fn line_ends_written_out(bytes: &[u8]) -> Forms<Vec<u8>> {
    let feeds = replaced(bytes, b"\n", b"\\n");
    vec![
        Form::new(replaced(&feeds, b"\r", b"\\r"), ""),
        Form::new(feeds, "line feeds only"),
    ]
}

/// The lengths, in bytes, at which columns and buffers end.
const LENGTHS: [usize; 10] = [10, 16, 20, 32, 36, 50, 64, 100, 128, 255];

/// The first bytes only.
pub(super) fn cut(bytes: &[u8]) -> Forms<Vec<u8>> {
    let to = |length: usize| {
        let kept = bytes.get(..length).unwrap_or(bytes);
        Form::new(kept.to_vec(), format!("after {length} bytes"))
    };
    LENGTHS.map(to).into()
}

/// UTF-8 whose bytes are taken for characters and encoded once more. Browsers have a character for
/// each byte of Windows-1252, Python a replacement character for five of them.
pub(super) fn utf_8_twice(bytes: &[u8]) -> Forms<Vec<u8>> {
    let with = |character: &dyn Fn(u8) -> char| {
        let text: String = bytes.iter().map(|&byte| character(byte)).collect();
        text.into_bytes()
    };
    let windows = |byte: u8| match byte {
        0x80..0xa0 => WINDOWS_1252[usize::from(byte - 0x80)],
        byte => char::from(byte),
    };
    let or_replaced = |byte: u8| match windows(byte) {
        '\u{80}'..'\u{a0}' => char::REPLACEMENT_CHARACTER,
        known => known,
    };
    vec![
        Form::new(with(&char::from), "read as ISO 8859-1"),
        Form::new(with(&windows), "read as Windows-1252"),
        Form::new(
            with(&or_replaced),
            "read as Windows-1252, with replacement characters",
        ),
    ]
}

/// U+FFFD for what a decoder of ASCII cannot read: for each byte, or for each character.
pub(super) fn replacement_characters(bytes: &[u8]) -> Forms<Vec<u8>> {
    let of_byte = |&byte: &u8| match byte {
        0..0x80 => char::from(byte),
        _ => char::REPLACEMENT_CHARACTER,
    };
    let of_character = |c: char| {
        if c.is_ascii() {
            c
        } else {
            char::REPLACEMENT_CHARACTER
        }
    };
    let text = String::from_utf8_lossy(bytes);
    let for_bytes: String = bytes.iter().map(of_byte).collect();
    let for_characters: String = text.chars().map(of_character).collect();
    vec![
        Form::new(for_bytes.into_bytes(), "for each byte that is not ASCII"),
        Form::new(
            for_characters.into_bytes(),
            "for each character that is not ASCII",
        ),
        Form::new(
            text.into_owned().into_bytes(),
            "for what is not valid UTF-8",
        ),
    ]
}

/// Emoji and the like, as a column of three bytes for each character keeps them.
pub(super) fn four_byte_characters_replaced(text: &str) -> Forms<Vec<u8>> {
    let with = |other: &str| {
        let mut written = String::new();
        for c in text.chars() {
            match c.len_utf8() {
                4 => written.push_str(other),
                _ => written.push(c),
            }
        }
        written.into_bytes()
    };
    vec![
        Form::new(with("?"), "by ?"),
        Form::new(with("????"), "by ????"),
        Form::new(with("\u{fffd}"), "by U+FFFD"),
        Form::new(with(""), "by nothing"),
    ]
}

/// `\u00e9` for each UTF-16 unit that is not ASCII, and nothing else escaped.
pub(super) fn unicode_escaped(text: &str) -> Forms<Vec<u8>> {
    let mut small = String::new();
    let mut capital = String::new();
    for unit in text.encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii) {
            Some(byte) => [&mut small, &mut capital]
                .iter_mut()
                .for_each(|text| text.push(char::from(byte))),
            None => {
                small.push_str(&format!("\\u{unit:04x}"));
                capital.push_str(&format!("\\u{unit:04X}"));
            }
        }
    }
    vec![
        Form::new(small.into_bytes(), "small digits"),
        Form::new(capital.into_bytes(), "capital digits"),
    ]
}

/// Values as languages print what wraps them: bytes and lists of Python, optionals of Swift, Java and
/// Rust.
pub(super) fn printed(text: &str) -> Forms<Vec<u8>> {
    let around = |before: &str, behind: &str| {
        let written = format!("{before}{text}{behind}");
        Form::new(written.into_bytes(), format!("{before}…{behind}"))
    };
    vec![
        Form::new(python_bytes(text.as_bytes()), "b'…'"),
        around("Optional(\"", "\")"),
        around("Optional(", ")"),
        around("Optional[", "]"),
        around("Some(", ")"),
        around("Some(\"", "\")"),
        around("[", "]"),
        around("['", "']"),
        around("[\"", "\"]"),
    ]
}

/// Bytes as Python prints them.
pub(super) fn python_bytes(bytes: &[u8]) -> Vec<u8> {
    let has_apostrophe = bytes.contains(&b'\'') && !bytes.contains(&b'"');
    let quote = if has_apostrophe { '"' } else { '\'' };
    let mut written = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\\' => written.push_str("\\\\"),
            b'\n' => written.push_str("\\n"),
            b'\r' => written.push_str("\\r"),
            b'\t' => written.push_str("\\t"),
            b'\'' if quote == '\'' => written.push_str("\\'"),
            0x20..0x7f => written.push(char::from(byte)),
            _ => written.push_str(&format!("\\x{byte:02x}")),
        }
    }
    written.push(quote);
    written.into_bytes()
}

/// An object with the text, as Python and as JavaScript write it. Digits may stand as a number.
pub(super) fn as_a_json_object(field: &str, text: &str) -> Forms<Vec<u8>> {
    let mut names = vec![field];
    names.extend((field != "id").then_some("id"));
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut forms = Vec::new();
    for name in names {
        let mut add = |blank: &str, value: String, words: &str| {
            let written = format!("{{\"{name}\":{blank}{value}}}");
            let words = format!("with the key {name}, {words}");
            forms.push(Form::new(written.into_bytes(), words));
        };
        let escaped = Escapes::PYTHON.quoted(text);
        let plain = Escapes::FEW.quoted(text);
        let or_number = |quoted: &String| {
            if is_number {
                text.to_owned()
            } else {
                quoted.clone()
            }
        };
        // Each form has its place, whatever the text.
        let numbers = (or_number(&escaped), or_number(&plain));
        add(" ", escaped, "a blank behind the colon");
        add("", plain, "no blanks");
        add(
            " ",
            numbers.0,
            "digits as a number, a blank behind the colon",
        );
        add("", numbers.1, "digits as a number, no blanks");
    }
    forms
}

/// Templates whose value was never filled in.
pub(super) fn placeholders(field: &str) -> Forms<Vec<u8>> {
    let all = [
        ("%s".to_owned(), "%s"),
        ("{}".to_owned(), "braces"),
        (format!("{{{field}}}"), "its name in braces"),
        (format!("${{{field}}}"), "a dollar and its name in braces"),
        (format!("${field}"), "a dollar and its name"),
        (
            format!("#{{{field}}}"),
            "a number sign and its name in braces",
        ),
    ];
    all.map(|(text, words)| Form::new(text.into_bytes(), words))
        .into()
}

/// The name of a value, or its kind, before it.
pub(super) fn labelled(bytes: &[u8]) -> Forms<Vec<u8>> {
    let labels = ["user:", "user_id:", "user_id=", "id:", "id=", "email="];
    let form = |label: &str| Form::new([label.as_bytes(), bytes].concat(), label.to_owned());
    labels.map(form).into()
}

/// Text filled up with zeros to the usual widths.
pub(super) fn zero_padded(text: &str) -> Forms<Vec<u8>> {
    let to = |width: usize| {
        let padded = format!("{text:0>width$}");
        Form::new(padded.into_bytes(), format!("up to {width} characters"))
    };
    [5, 6, 8, 10, 12].map(to).into()
}

/// Digits with a mark between thousands; other text stays as it is.
pub(super) fn digits_grouped(text: &str) -> Forms<Vec<u8>> {
    let with = |mark: char| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let mut written = String::new();
        for (at, c) in text.chars().enumerate() {
            if is_number && at > 0 && (text.len() - at).is_multiple_of(3) {
                written.push(mark);
            }
            written.push(c);
        }
        written.into_bytes()
    };
    vec![
        Form::new(with(','), "by commas"),
        Form::new(with('.'), "by dots"),
        Form::new(with(' '), "by blanks"),
        Form::new(with('\u{a0}'), "by no-break spaces"),
        Form::new(with('\u{202f}'), "by narrow no-break spaces"),
        Form::new(with('\''), "by apostrophes"),
        Form::new(with('_'), "by underscores"),
    ]
}
