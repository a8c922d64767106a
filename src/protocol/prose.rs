//! Free text from an adapter: the message of an exception, a name, a note.
//!
//! Such text may contain half of a surrogate pair, as V8 writes it, or bytes in another encoding.
//! No verdict depends on its characters, so whatever is invalid becomes U+FFFD. Values that are
//! compared, above all tokens, are parsed strictly.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Free text for people.
pub(super) struct Prose<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Prose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Deserialize as bytes, because deserializing a string fails on invalid Unicode.
        deserializer.deserialize_bytes(Words).map(Self)
    }
}

/// Deserializes free text.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Prose::deserialize(deserializer).map(|prose| prose.0.into_owned())
}

/// Deserializes optional free text.
pub(super) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let prose = Option::<Prose<'de>>::deserialize(deserializer)?;
    Ok(prose.map(|prose| prose.0.into_owned()))
}

struct Words;

impl<'de> Visitor<'de> for Words {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(std::str::from_utf8(bytes).map_or_else(|_| Cow::Owned(legible(bytes)), Cow::Borrowed))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(legible(bytes)))
    }
}

/// Replaces lone surrogates, which arrive as the three bytes that UTF-8 would use for them, and
/// other invalid UTF-8 by U+FFFD.
fn legible(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(good) => {
                text.push_str(good);
                return text;
            }
            Err(error) => {
                let (good, bad) = rest.split_at(error.valid_up_to());
                text.push_str(&String::from_utf8_lossy(good));
                text.push(char::REPLACEMENT_CHARACTER);
                let length = match bad {
                    [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => 3,
                    _ => error.error_len().unwrap_or(bad.len()),
                };
                rest = &bad[length..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::{Prose, legible};

    fn read(json: &[u8]) -> Option<String> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        let prose = Prose::deserialize(&mut reader).ok()?;
        reader.end().ok()?;
        Some(prose.0.into_owned())
    }

    #[test]
    fn lone_surrogates_and_invalid_bytes_become_one_replacement_each() {
        for (json, text) in [
            (&br#""plain""#[..], "plain"),
            (br#""a\ud83db""#, "a\u{fffd}b"),
            (br#""\udc00\ud83d""#, "\u{fffd}\u{fffd}"),
            (br#""\ud83d\ude00 \ud83d""#, "\u{1f600} \u{fffd}"),
            // Half of a pair as raw bytes, as in CESU-8, and Latin-1.
            (b"\"a\xed\xa0\xbdb\"", "a\u{fffd}b"),
            (b"\"caf\xe9 \xfcber\"", "caf\u{fffd} \u{fffd}ber"),
            (b"\"cut \xe2\x82\"", "cut \u{fffd}"),
        ] {
            assert_eq!(read(json).as_deref(), Some(text), "{json:?}");
        }
    }

    #[test]
    fn values_that_are_not_strings_are_errors() {
        for json in [
            &b"1"[..],
            b"null",
            b"[]",
            br#"["a"]"#,
            br#""\x""#,
            br#""\ud8"#,
            br#""a"#,
        ] {
            assert_eq!(read(json), None, "{json:?}");
        }
    }

    proptest! {
        #[test]
        fn valid_utf_8_is_unchanged(text: String) {
            prop_assert_eq!(legible(text.as_bytes()), text);
        }

        #[test]
        fn any_bytes_become_a_text(bytes: Vec<u8>) {
            // A lone surrogate is one replacement character here and three there; everything else
            // is equal.
            let lossy = String::from_utf8_lossy(&bytes).replace('\u{fffd}', "");
            prop_assert_eq!(legible(&bytes).replace('\u{fffd}', ""), lossy);
        }
    }
}
