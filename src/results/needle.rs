//! Finds a secret in text, even if its case was changed or it was escaped, encoded or truncated.

use std::fmt;
use std::ops::Range;

use crate::signature::Encoding;

/// Minimum number of letters to search for: shorter secrets occur in many words. It also applies to
/// the parts of longer secrets that are searched for next to a truncation.
pub(super) const SHORTEST: usize = 4;

/// The marks that show that a text was truncated.
const CUTS: [&str; 2] = ["…", "..."];

/// Longest spelling of a letter, in bytes: `\\u{10ffff}`, `&#x10ffff;`, or four bytes that were
/// percent-encoded twice.
const LONGEST_SPELLING: usize = 24;

/// A text to search for, as a sequence of letters; at least [`SHORTEST`] long.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Needle(Vec<Letter>);

/// A character, or a byte that is not part of valid UTF-8.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Letter {
    Char(char),
    Byte(u8),
}

impl Needle {
    /// All forms in which a secret may appear.
    pub(super) fn all_of(secret: &[u8]) -> Vec<Self> {
        let mut needles = vec![Self::of(secret)];
        let lossy = String::from_utf8_lossy(secret);
        let text = lossy.trim();
        let mut texts = vec![lossy.to_lowercase(), lossy.to_uppercase(), text.to_owned()];
        // Output that is reported line by line splits the secret.
        texts.extend(text.lines().map(|line| line.trim().to_owned()));
        // Users strip a prefix that names the kind of secret, such as `whsec_`.
        texts.extend(text.rsplit_once('_').map(|(_, rest)| rest.to_owned()));
        for bytes in [secret, text.as_bytes()] {
            let encoded = Encoding::ALL.map(|encoding| encoding.encode(bytes));
            texts.extend(encoded.map(|text| text.trim_end_matches('=').to_owned()));
            texts.extend(inside_base64(bytes));
            texts.extend(["-", ":", " "].map(|between| {
                let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
                digits.collect::<Vec<_>>().join(between)
            }));
            texts.extend([",", ", ", " "].map(|between| {
                let numbers = bytes.iter().map(u8::to_string);
                numbers.collect::<Vec<_>>().join(between)
            }));
        }
        needles.extend(texts.iter().map(|text| Self::of(text.as_bytes())));
        needles.retain(|needle| needle.0.len() >= SHORTEST);
        needles.sort();
        needles.dedup();
        needles
    }

    fn of(bytes: &[u8]) -> Self {
        let mut letters = Vec::new();
        for chunk in bytes.utf8_chunks() {
            letters.extend(chunk.valid().chars().map(Letter::Char));
            letters.extend(chunk.invalid().iter().copied().map(Letter::Byte));
        }
        Self(letters)
    }

    /// Adds the ranges where the needle occurs, in any spelling; next to a truncation, parts of it
    /// match, too.
    pub(super) fn find(&self, text: &str, found: &mut Vec<Range<usize>>) {
        let bytes = text.as_bytes();
        let cuts = cuts(text);
        for start in 0..bytes.len() {
            if !self.0[0].may_begin(bytes[start]) {
                continue;
            }
            let walk = Walk::from(bytes, start, &self.0);
            let end = walk.end.or_else(|| {
                let is_end = |cut: &usize| {
                    let mut stops = walk.stops.iter().rev();
                    stops.any(|&stop| {
                        (stop..=stop + LONGEST_SPELLING).contains(cut)
                            && is_broken_off(bytes, stop..*cut)
                    })
                };
                cuts.iter().map(|cut| cut.start).find(is_end)
            });
            found.extend(end.map(|end| start..end));
        }
        for cut in &cuts {
            // If the truncation split a spelling, its remainder precedes the next letter.
            let remainder = bytes[cut.end..]
                .iter()
                .take(LONGEST_SPELLING)
                .take_while(|&&b| is_of_a_spelling(b))
                .count();
            let nearby = &bytes[cut.end..bytes.len().min(cut.end + remainder + 1)];
            let longest = (1..=self.0.len() - SHORTEST).find_map(|from| {
                let rest = &self.0[from..];
                let may_begin = |(_, byte): &(usize, &u8)| rest[0].may_begin(**byte);
                let mut starts = nearby.iter().enumerate().filter(may_begin);
                starts.find_map(|(at, _)| {
                    let walk = Walk::from(bytes, cut.end + at, rest);
                    let mut ends = cuts.iter().map(|other| other.start);
                    walk.end
                        .or_else(|| ends.find(|end| walk.stops.contains(end)))
                })
            });
            found.extend(longest.map(|end| cut.end..end));
        }
    }
}

impl fmt::Debug for Needle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Needle")
    }
}

/// The ranges of truncation marks.
fn cuts(text: &str) -> Vec<Range<usize>> {
    let mut cuts: Vec<Range<usize>> = CUTS
        .iter()
        .flat_map(|cut| text.match_indices(cut))
        .map(|(at, cut)| at..at + cut.len())
        .collect();
    cuts.sort_by_key(|cut| cut.start);
    cuts
}

/// Whether a part of a text may be the start of a letter's spelling. Its first character may have
/// been consumed as the preceding letter.
fn is_broken_off(text: &[u8], part: Range<usize>) -> bool {
    let begins = |byte: &u8| matches!(byte, b'%' | b'\\' | b'&' | b'=' | 0x80..);
    let before = part.start.checked_sub(1).and_then(|at| text.get(at));
    let Some((first, rest)) = text[part].split_first() else {
        return true;
    };
    (begins(first) || before.is_some_and(begins)) && rest.iter().all(|&b| is_of_a_spelling(b))
}

fn is_of_a_spelling(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'%' | b'\\' | b'#' | b'{' | b'}' | b';' | 0x80..)
}

/// The digits that base64 of a longer text contains for these bytes at any alignment other than the
/// first.
fn inside_base64(bytes: &[u8]) -> Vec<String> {
    let mut inside = Vec::new();
    for before in 1..3 {
        let padded = [&[0; 2][..before], bytes].concat();
        // Drop the digits that also depend on the surrounding bytes.
        let (skipped, kept) = (before + 1, padded.len() * 8 / 6);
        for encoding in [Encoding::Base64Unpadded, Encoding::Base64urlUnpadded] {
            let text = encoding.encode(&padded);
            inside.extend(text.get(skipped..kept).map(str::to_owned));
        }
    }
    // The first alignment: the encoded text starts with the secret and continues.
    for encoding in [Encoding::Base64Unpadded, Encoding::Base64urlUnpadded] {
        let text = encoding.encode(bytes);
        inside.extend(text.get(..bytes.len() * 8 / 6).map(str::to_owned));
    }
    inside
}

/// How far the letters of a needle match from a position on.
struct Walk {
    /// Where at least [`SHORTEST`] of them end. Not only the last counts: what is left of a
    /// truncated spelling may itself spell the next letter, as `\x` spells an X.
    stops: Vec<usize>,
    /// Where all of them end, if they match.
    end: Option<usize>,
}

impl Walk {
    fn from(text: &[u8], start: usize, letters: &[Letter]) -> Self {
        let mut places = vec![start];
        let mut stops = Vec::new();
        for (at, letter) in letters.iter().enumerate() {
            let mut next = Vec::new();
            for &place in &places {
                letter.ends(text, place, &mut next);
            }
            next.sort_unstable();
            next.dedup();
            if next.is_empty() {
                return Self { stops, end: None };
            }
            if at + 1 >= SHORTEST {
                stops.extend(&next);
            }
            places = next;
        }
        Self {
            stops,
            end: places.last().copied(),
        }
    }
}

impl Letter {
    /// Whether a spelling of this letter may begin with the byte.
    fn may_begin(self, byte: u8) -> bool {
        matches!(byte, b'%' | b'\\' | b'&' | b'=' | b'+')
            || match self {
                Self::Char(c) => {
                    let first = c.encode_utf8(&mut [0; 4]).as_bytes()[0];
                    first.eq_ignore_ascii_case(&byte)
                }
                Self::Byte(own) => own == byte,
            }
    }

    /// Adds where spellings of this letter that begin at `place` end.
    fn ends(self, text: &[u8], place: usize, ends: &mut Vec<usize>) {
        if !text.get(place).is_some_and(|&byte| self.may_begin(byte)) {
            return;
        }
        let mut buffer = [0; 4];
        let bytes = match self {
            Self::Char(c) => c.encode_utf8(&mut buffer).as_bytes(),
            Self::Byte(byte) => &[byte][..],
        };
        // Each byte of the letter may be literal or encoded.
        let mut places = vec![place];
        for &byte in bytes {
            let mut next = Vec::new();
            for &place in &places {
                spellings_of_byte(byte, text, place, &mut next);
            }
            places = next;
        }
        ends.extend(places);
        if let Self::Char(c) = self {
            ends.extend(named(c, text, place));
            ends.extend(numbered(c, text, place));
            ends.extend(in_utf_16(c, text, place));
        }
    }
}

/// Adds where spellings of a byte that begin at `place` end.
fn spellings_of_byte(byte: u8, text: &[u8], place: usize, ends: &mut Vec<usize>) {
    let Some(&first) = text.get(place) else {
        return;
    };
    if first.eq_ignore_ascii_case(&byte) || first == b'+' && byte == b' ' {
        ends.push(place + 1);
    }
    let is_it = |value: u32| u8::try_from(value).is_ok_and(|v| v.eq_ignore_ascii_case(&byte));
    match first {
        b'%' | b'=' => {
            // Repeated encoding also encodes the percent sign.
            let mut at = place + 1;
            while first == b'%' && text[at..].starts_with(b"25") {
                ends.extend(
                    digits(text, at, 16, 2, 2)
                        .filter(|d| is_it(d.0))
                        .map(|d| d.1),
                );
                at += 2;
            }
            ends.extend(
                digits(text, at, 16, 2, 2)
                    .filter(|d| is_it(d.0))
                    .map(|d| d.1),
            );
        }
        b'\\' => {
            let run = text[place..].iter().take_while(|&&b| b == b'\\').count();
            if byte == b'\\' {
                ends.extend((1..=run.min(8)).map(|many| place + many));
            }
            let at = place + run;
            match text.get(at) {
                Some(b'x' | b'X') => {
                    ends.extend(
                        digits(text, at + 1, 16, 2, 2)
                            .filter(|d| is_it(d.0))
                            .map(|d| d.1),
                    );
                }
                Some(b'0'..=b'7') => {
                    for most in 1..=3 {
                        let number = digits(text, at, 8, most, most);
                        ends.extend(number.filter(|d| is_it(d.0)).map(|d| d.1));
                    }
                }
                _ => {}
            }
            if let Some(&escaped) = text.get(at) {
                let meant = match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    b'v' => 11,
                    b'e' => 27,
                    b'a' => 7,
                    b'0' => 0,
                    other => other,
                };
                if meant == byte || escaped.eq_ignore_ascii_case(&byte) {
                    ends.push(at + 1);
                }
            }
        }
        _ => {}
    }
}

/// Parses a number of `least` to `most` digits; returns it with the position after it.
fn digits(
    text: &[u8],
    at: usize,
    radix: u32,
    least: usize,
    most: usize,
) -> impl Iterator<Item = (u32, usize)> {
    let count = text
        .iter()
        .skip(at)
        .take(most)
        .take_while(|&&b| char::from(b).is_digit(radix))
        .count();
    let number = text.get(at..at + count).and_then(|digits| {
        let digits = std::str::from_utf8(digits).ok()?;
        u32::from_str_radix(digits, radix).ok()
    });
    number
        .filter(|_| count >= least)
        .map(|number| (number, at + count))
        .into_iter()
}

/// Named entities such as `&quot;`, possibly escaped repeatedly.
fn named(c: char, text: &[u8], place: usize) -> Option<usize> {
    let name: &[&str] = match c {
        '&' => &["amp;"],
        '<' => &["lt;"],
        '>' => &["gt;"],
        '"' => &["quot;"],
        '\'' => &["apos;"],
        _ => return None,
    };
    let at = after_ampersand(text, place)?;
    let rest = &text[at..];
    let found = name.iter().find(|name| {
        rest.get(..name.len())
            .is_some_and(|rest| rest.eq_ignore_ascii_case(name.as_bytes()))
    });
    match found {
        Some(name) => Some(at + name.len()),
        // The last `amp;` was the entity itself, not the escape of another one.
        None if c == '&' && at > place + 1 => Some(at),
        None => None,
    }
}

/// Numeric entities: `&#39;`, `&#x27;`.
fn numbered(c: char, text: &[u8], place: usize) -> Option<usize> {
    let at = after_ampersand(text, place)?;
    if text.get(at) != Some(&b'#') {
        return None;
    }
    let number = match text.get(at + 1) {
        Some(b'x' | b'X') => digits(text, at + 2, 16, 1, 8).next(),
        _ => digits(text, at + 1, 10, 1, 8).next(),
    };
    let (number, end) = number?;
    let end = end + usize::from(text.get(end) == Some(&b';'));
    is_same(c, number).then_some(end)
}

fn after_ampersand(text: &[u8], place: usize) -> Option<usize> {
    if text.get(place) != Some(&b'&') {
        return None;
    }
    let mut at = place + 1;
    while text[at..].starts_with(b"amp;") {
        at += 4;
    }
    Some(at)
}

/// Unicode escapes: `\u0022`, `\u{22}`, `\ud83d\ude00`.
fn in_utf_16(c: char, text: &[u8], place: usize) -> Option<usize> {
    let escape = |place: usize| {
        let run = text
            .get(place..)?
            .iter()
            .take_while(|&&b| b == b'\\')
            .count();
        let at = place + run;
        (run > 0 && matches!(text.get(at), Some(b'u' | b'U'))).then_some(at + 1)
    };
    let at = escape(place)?;
    if text.get(at) == Some(&b'{') {
        let (number, end) = digits(text, at + 1, 16, 1, 8).next()?;
        return (text.get(end) == Some(&b'}') && is_same(c, number)).then_some(end + 1);
    }
    let (first, end) = digits(text, at, 16, 4, 4).next()?;
    if is_same(c, first) {
        return Some(end);
    }
    let mut units = [0; 2];
    let [high, low] = c.encode_utf16(&mut units) else {
        return None;
    };
    let (second, end) = digits(text, escape(end)?, 16, 4, 4).next()?;
    (first == u32::from(*high) && second == u32::from(*low)).then_some(end)
}

fn is_same(c: char, number: u32) -> bool {
    char::from_u32(number).is_some_and(|other| other.eq_ignore_ascii_case(&c))
}
