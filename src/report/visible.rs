//! Makes untrusted text safe to show: invisible characters are escaped, and long text is shortened
//! in the middle.

use std::fmt::Write as _;

use crate::report::digits::grouped;

/// Escapes everything that would be invisible, move the cursor or reverse the line: control
/// characters, bidi overrides, joiners, combining marks and unusual spaces. Backslashes are
/// doubled, so that an escape cannot be confused with literal text.
///
/// The result is a single line: line feeds are escaped, too.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        spell(c, &mut out);
    }
    out
}

/// Escapes multi-line text for a terminal and a CI log. Line feeds stay; everything else that would
/// be invisible, move the cursor or reverse the line is escaped, and the result is [`disarmed`].
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\\' => out.push(c),
            _ => spell(c, &mut out),
        }
    }
    disarmed(&out)
}

/// Breaks up workflow commands, so that a CI job does not execute text from its log: `::word::` at
/// the start of a line, `##[word]` and `##word[…]`, in the forms that runners accept.
pub fn disarmed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        let (blank, mut rest) = line.split_at(start);
        out.push_str(blank);
        if let Some(after) = rest.strip_prefix("::") {
            out.push_str("\\u{3a}:");
            rest = after;
        }
        while let Some(at) = rest.find("##") {
            let (before, after) = rest.split_at(at + 1);
            let name = after[1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            out.push_str(before);
            if name.starts_with('[') {
                out.push_str("\\u{23}");
                rest = &after[1..];
            } else {
                rest = after;
            }
        }
        out.push_str(rest);
    }
    out
}

/// A name in one line: invisible characters are escaped, and backslashes are not doubled.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push(c),
            _ => spell(c, &mut out),
        }
    }
    out
}

/// The text as [`visible`] renders it, in about `columns` columns at most. A longer text is reduced
/// to its beginning and end, with its length.
pub fn excerpt(text: &str, columns: usize) -> String {
    match shortened(text, columns) {
        Ok(whole) => whole,
        Err(Ends { head, tail }) => format!("{head}…{tail} ({} characters)", length(text)),
    }
}

/// Like [`excerpt`], in double quotes that mark where the text begins and ends.
pub(super) fn quoted(text: &str, columns: usize) -> String {
    let quote = |text: String| text.replace('"', "\\\"");
    match shortened(text, columns) {
        Ok(whole) => format!("\"{}\"", quote(whole)),
        Err(Ends { head, tail }) => format!(
            "\"{}…{}\" ({} characters)",
            quote(head),
            quote(tail),
            length(text)
        ),
    }
}

/// The two ends of a text that is too long.
struct Ends {
    head: String,
    tail: String,
}

fn shortened(text: &str, columns: usize) -> Result<String, Ends> {
    let mut whole = String::new();
    if fill(text.chars(), columns, |spelt| whole.push_str(spelt)) {
        return Ok(whole);
    }
    let mut head = String::new();
    fill(text.chars(), columns / 2, |spelt| head.push_str(spelt));
    let mut ends = Vec::new();
    fill(text.chars().rev(), columns / 2, |spelt| {
        ends.push(spelt.to_owned());
    });
    ends.reverse();
    Err(Ends {
        head,
        tail: ends.concat(),
    })
}

/// Appends characters while they fit; returns whether all of them did.
fn fill(
    characters: impl Iterator<Item = char>,
    columns: usize,
    mut take: impl FnMut(&str),
) -> bool {
    let mut left = columns;
    let mut spelt = String::new();
    for c in characters {
        spelt.clear();
        spell(c, &mut spelt);
        match left.checked_sub(spelt.chars().count()) {
            Some(rest) => left = rest,
            None => return false,
        }
        take(&spelt);
    }
    true
}

fn length(text: &str) -> String {
    grouped(text.chars().count() as u64)
}

fn spell(c: char, out: &mut String) {
    match c {
        ' '..='[' | ']'..='~' => out.push(c),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if is_visible(c) => out.push(c),
        _ => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

/// Whether a character is visible and unambiguous.
pub(super) fn is_visible(c: char) -> bool {
    // Letters and symbols that render as nothing.
    const BLANK: [char; 6] = [
        '\u{115f}',
        '\u{1160}',
        '\u{2800}',
        '\u{3164}',
        '\u{ffa0}',
        '\u{1d159}',
    ];
    match c {
        ' '..='~' => true,
        // `escape_debug` escapes non-printable characters, and marks that would combine with the
        // preceding character.
        _ => c.escape_debug().len() == 1 && !BLANK.contains(&c),
    }
}

/// Capitalises the first letter.
pub(super) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{disarmed, excerpt, harmless, quoted, visible};

    #[test]
    fn invisible_characters_are_spelled_out() {
        for (text, seen) in [
            ("plain 'text' \"quoted\"", "plain 'text' \"quoted\""),
            ("é ß İ 漢 😀 عربى", "é ß İ 漢 😀 عربى"),
            ("a\tb\nc\r\n", "a\\tb\\nc\\r\\n"),
            ("\0\u{7f}\u{9b}31m", "\\u{0}\\u{7f}\\u{9b}31m"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            (
                "\u{202e}evil\u{2066}\u{200f}",
                "\\u{202e}evil\\u{2066}\\u{200f}",
            ),
            ("a\u{200b}b\u{feff}\u{ad}", "a\\u{200b}b\\u{feff}\\u{ad}"),
            ("e\u{301}", "e\\u{301}"),
            ("\u{a0}\u{3000}\u{2028}", "\\u{a0}\\u{3000}\\u{2028}"),
            ("👨\u{200d}👩", "👨\\u{200d}👩"),
            (
                "\u{3164}\u{2800}\u{e000}\u{fe0f}",
                "\\u{3164}\\u{2800}\\u{e000}\\u{fe0f}",
            ),
            ("\\u{0}", "\\\\u{0}"),
        ] {
            assert_eq!(visible(text), seen);
        }
    }

    #[test]
    fn several_lines_are_made_harmless() {
        let text = "a\\b\n\tc\u{1b}[31m\r\u{9b}\u{202e}\n";
        let seen = "a\\b\n\tc\\u{1b}[31m\\r\\u{9b}\\u{202e}\n";
        assert_eq!(harmless(text), seen);
    }

    #[test]
    fn control_sequences_are_disarmed() {
        for (text, seen) in [
            ("a\n ::stop-commands::x\n", "a\n \\u{3a}:stop-commands::x\n"),
            ("::error::x", "\\u{3a}:error::x"),
            ("a::b ::c", "a::b ::c"),
            ("x ##[add-mask]y", "x #\\u{23}[add-mask]y"),
            (
                "##vso[task.x]##teamcity[x]",
                "#\\u{23}vso[task.x]#\\u{23}teamcity[x]",
            ),
            ("###[x] ## a [b]", "##\\u{23}[x] ## a [b]"),
        ] {
            assert_eq!(disarmed(text), seen);
            assert_eq!(disarmed(seen), seen);
        }
    }

    #[test]
    fn long_texts_are_shortened_in_the_middle() {
        assert_eq!(excerpt("abcdefgh", 8), "abcdefgh");
        assert_eq!(excerpt("abcdefghi", 8), "abcd…fghi (9 characters)");
        assert_eq!(
            excerpt(&"a".repeat(65_536), 10),
            "aaaaa…aaaaa (65,536 characters)"
        );
        // An escape sequence is never cut.
        assert_eq!(excerpt(&"\0".repeat(9), 12), "\\u{0}…\\u{0} (9 characters)");
        assert_eq!(quoted(" \"a\" ", 20), "\" \\\"a\\\" \"");
        assert_eq!(quoted("abcdefghi", 8), "\"abcd…fghi\" (9 characters)");
    }

    proptest! {
        #[test]
        fn no_two_texts_look_alike(a in any::<String>(), b in any::<String>()) {
            prop_assert_eq!(visible(&a) == visible(&b), a == b);
        }

        #[test]
        fn nothing_invisible_is_left(text in any::<String>(), columns in 0..40usize) {
            for seen in [visible(&text), excerpt(&text, columns), quoted(&text, columns)] {
                prop_assert!(seen.chars().all(|c| c == '…' || super::is_visible(c)));
            }
        }
    }
}
