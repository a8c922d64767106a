//! How bytes are spelt as text.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A spelling of bytes as ASCII text. Each byte string has exactly one spelling, and
/// [`decode`](Encoding::decode) takes no other.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Two lower-case hexadecimal digits a byte.
    Hex,
    /// Two upper-case hexadecimal digits a byte.
    HexUpper,
    /// RFC 4648 section 4, padded.
    Base64,
    /// RFC 4648 section 4, without padding.
    Base64Unpadded,
    /// RFC 4648 section 5 (`-` and `_`), padded.
    Base64url,
    /// RFC 4648 section 5 (`-` and `_`), without padding.
    Base64urlUnpadded,
}

impl Encoding {
    /// Every encoding, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Hex,
        Self::HexUpper,
        Self::Base64,
        Self::Base64Unpadded,
        Self::Base64url,
        Self::Base64urlUnpadded,
    ];

    /// The name that a scheme file uses, as in `{mac:hex-upper}`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::HexUpper => "hex-upper",
            Self::Base64 => "base64",
            Self::Base64Unpadded => "base64-unpadded",
            Self::Base64url => "base64url",
            Self::Base64urlUnpadded => "base64url-unpadded",
        }
    }

    /// The encoding of that [`name`](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|encoding| encoding.name() == name)
    }

    /// Whether this is one of the two hexadecimal spellings.
    pub fn is_hex(self) -> bool {
        matches!(self, Self::Hex | Self::HexUpper)
    }

    /// Spells `bytes`.
    pub fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => hex_digits(bytes, LOWER),
            Self::HexUpper => hex_digits(bytes, UPPER),
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Unpadded => STANDARD_NO_PAD.encode(bytes),
            Self::Base64url => URL_SAFE.encode(bytes),
            Self::Base64urlUnpadded => URL_SAFE_NO_PAD.encode(bytes),
        }
    }

    /// The bytes of which `text` is the one spelling; `None` for any other text.
    pub fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex => hex_bytes(text, &LOWER_VALUES),
            Self::HexUpper => hex_bytes(text, &UPPER_VALUES),
            // These engines demand their padding and zero trailing bits, so they are canonical.
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Base64Unpadded => STANDARD_NO_PAD.decode(text).ok(),
            Self::Base64url => URL_SAFE.decode(text).ok(),
            Self::Base64urlUnpadded => URL_SAFE_NO_PAD.decode(text).ok(),
        }
    }

    /// How many characters `bytes` bytes take.
    pub fn encoded_length(self, bytes: usize) -> usize {
        match self {
            Self::Hex | Self::HexUpper => bytes * 2,
            Self::Base64 | Self::Base64url => bytes.div_ceil(3) * 4,
            Self::Base64Unpadded | Self::Base64urlUnpadded => (bytes * 4).div_ceil(3),
        }
    }

    /// Whether `byte` can stand in a spelling.
    pub fn may_contain(self, byte: u8) -> bool {
        match self {
            Self::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::HexUpper => matches!(byte, b'0'..=b'9' | b'A'..=b'F'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
            Self::Base64Unpadded => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
            Self::Base64url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='),
            Self::Base64urlUnpadded => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
        }
    }
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";
static LOWER_VALUES: [u8; 256] = values(LOWER);
static UPPER_VALUES: [u8; 256] = values(UPPER);

/// What stands in [`values`] for a byte that is no digit.
const NO_DIGIT: u8 = 0xff;

/// The value of each byte as a digit.
const fn values(digits: &[u8; 16]) -> [u8; 256] {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        values[digits[value as usize] as usize] = value;
        value += 1;
    }
    values
}

/// Spells bytes. The crate `hex` takes three times as long, and a reference that answers a million
/// requests a second spells every one.
fn hex_digits(bytes: &[u8], digits: &[u8; 16]) -> String {
    let digit = |value: u8| digits[usize::from(value & 15)];
    let text: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect();
    String::from_utf8(text).unwrap_or_default()
}

/// Reads digits of one case; the other way round, and for the same reason.
fn hex_bytes(text: &str, values: &[u8; 256]) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let mut seen = 0;
    let byte = |&[high, low]: &[u8; 2]| {
        let (high, low) = (values[usize::from(high)], values[usize::from(low)]);
        seen |= high | low;
        high << 4 | low
    };
    let bytes = pairs.iter().map(byte).collect();
    (seen < 16).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Encoding;

    fn any_encoding() -> impl Strategy<Value = Encoding> {
        prop::sample::select(Encoding::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(
            encoding in any_encoding(),
            bytes in prop::collection::vec(any::<u8>(), 0..70),
        ) {
            let text = encoding.encode(&bytes);
            prop_assert_eq!(text.len(), encoding.encoded_length(bytes.len()));
            prop_assert!(text.bytes().all(|b| encoding.may_contain(b)));
            prop_assert_eq!(encoding.decode(&text), Some(bytes));
        }

        #[test]
        fn hex_is_what_everybody_else_calls_hex(
            bytes in prop::collection::vec(any::<u8>(), 0..70),
            text in "([0-9a-f]{2}){0,5}|[0-9a-g]{0,6}|[0-9A-G]{0,6}|\\PC{0,4}",
        ) {
            prop_assert_eq!(Encoding::Hex.encode(&bytes), hex::encode(&bytes));
            prop_assert_eq!(Encoding::HexUpper.encode(&bytes), hex::encode_upper(&bytes));
            let others = hex::decode(&text).ok();
            let lower = others.clone().filter(|_| text == text.to_lowercase());
            prop_assert_eq!(Encoding::Hex.decode(&text), lower);
            let upper = others.filter(|_| text == text.to_uppercase());
            prop_assert_eq!(Encoding::HexUpper.decode(&text), upper);
        }

        #[test]
        fn each_byte_string_has_one_spelling(
            encoding in any_encoding(),
            text in "[0-9a-fA-F+/=_ -]{0,12}",
        ) {
            if let Some(bytes) = encoding.decode(&text) {
                prop_assert_eq!(encoding.encode(&bytes), text);
            }
        }
    }
}
