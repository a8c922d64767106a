//! How bytes are spelt as text.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::signature::enumerated;

enumerated! {
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
}

/// The digits in which encodings write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Hexadecimal digits of either case.
    Hex,
    /// The digits of base64, of either alphabet.
    Base64,
}

impl Encoding {
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

    /// The digits in which it writes, whose decoders share their leniencies.
    pub fn family(self) -> Family {
        match self {
            Self::Hex | Self::HexUpper => Family::Hex,
            Self::Base64 | Self::Base64Unpadded | Self::Base64url | Self::Base64urlUnpadded => {
                Family::Base64
            }
        }
    }

    /// Its digits by the value of each; their number is a power of two.
    pub fn digits(self) -> &'static [u8] {
        match self {
            Self::Hex => LOWER,
            Self::HexUpper => UPPER,
            Self::Base64 | Self::Base64Unpadded => STANDARD_DIGITS,
            Self::Base64url | Self::Base64urlUnpadded => URL_SAFE_DIGITS,
        }
    }

    /// Whether it fills its last group with `=`.
    pub fn is_padded(self) -> bool {
        self.unpadded() != self
    }

    /// The same without padding.
    #[must_use]
    pub fn unpadded(self) -> Self {
        match self {
            Self::Base64 => Self::Base64Unpadded,
            Self::Base64url => Self::Base64urlUnpadded,
            Self::Hex | Self::HexUpper | Self::Base64Unpadded | Self::Base64urlUnpadded => self,
        }
    }

    /// The same with the digits of the other alphabet of its family, where that has two.
    #[must_use]
    pub fn in_the_other_alphabet(self) -> Self {
        match self {
            Self::Hex => Self::HexUpper,
            Self::HexUpper => Self::Hex,
            Self::Base64 => Self::Base64url,
            Self::Base64Unpadded => Self::Base64urlUnpadded,
            Self::Base64url => Self::Base64,
            Self::Base64urlUnpadded => Self::Base64Unpadded,
        }
    }

    /// How many bits a digit holds.
    pub fn bits(self) -> u32 {
        self.digits().len().ilog2()
    }

    /// How many of the bits in the last digit belong to a value of so many bytes.
    pub fn last_bits(self, bytes: usize) -> u32 {
        match u32::try_from(bytes * 8 % self.bits() as usize) {
            Ok(rest) if rest > 0 => rest,
            _ => self.bits(),
        }
    }

    /// How many digits make a group, which begins and ends with a byte.
    pub fn group_digits(self) -> usize {
        8 >> self.bits().trailing_zeros().min(3)
    }

    /// How many bytes make a group.
    pub fn group_bytes(self) -> usize {
        self.group_digits() * self.bits() as usize / 8
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
        if self.is_padded() {
            bytes.div_ceil(self.group_bytes()) * self.group_digits()
        } else {
            (bytes * self.group_digits()).div_ceil(self.group_bytes())
        }
    }

    /// Whether `byte` can stand in a spelling.
    pub fn may_contain(self, byte: u8) -> bool {
        self.digits().contains(&byte) || self.is_padded() && byte == b'='
    }
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";
const STANDARD_DIGITS: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE_DIGITS: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
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
    let mut text = vec![0; 2 * bytes.len()];
    let (pairs, _) = text.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [
            digits[usize::from(byte >> 4)],
            digits[usize::from(byte & 15)],
        ];
    }
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
        fn hex_matches_the_hex_crate(
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
        fn each_byte_string_has_one_encoding(
            encoding in any_encoding(),
            text in "[0-9a-fA-F+/=_ -]{0,12}",
        ) {
            if let Some(bytes) = encoding.decode(&text) {
                prop_assert_eq!(encoding.encode(&bytes), text);
            }
        }
    }
}
