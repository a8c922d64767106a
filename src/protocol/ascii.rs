//! Writes JSON in pure ASCII.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

/// Escapes everything outside ASCII; otherwise formats like `serde_json`.
struct AsciiFormatter;

impl Formatter for AsciiFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() {
            return writer.write_all(fragment.as_bytes());
        }
        for character in fragment.chars() {
            if character.is_ascii() {
                writer.write_all(&[character as u8])?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        CompactFormatter.begin_object(writer)
    }
}

/// Appends a value as ASCII-only JSON, without a line feed.
#[expect(
    clippy::expect_used,
    reason = "a vector takes every byte, and our values have text keys"
)]
pub fn write_ascii<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    value
        .serialize(&mut Serializer::with_formatter(out, AsciiFormatter))
        .expect("a vector takes every byte");
}

/// Converts a value to ASCII-only JSON.
pub fn to_ascii<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = Vec::new();
    write_ascii(value, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_output_is_ascii_and_equivalent(text in any::<String>()) {
            let mut out = Vec::new();
            super::write_ascii(&text, &mut out);
            prop_assert!(out.is_ascii());
            prop_assert!(!out.contains(&b'\n'));
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
