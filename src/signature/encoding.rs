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
            Self::Hex => hex::encode(bytes),
            Self::HexUpper => hex::encode_upper(bytes),
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Unpadded => STANDARD_NO_PAD.encode(bytes),
            Self::Base64url => URL_SAFE.encode(bytes),
            Self::Base64urlUnpadded => URL_SAFE_NO_PAD.encode(bytes),
        }
    }

    /// The bytes of which `text` is the one spelling; `None` for any other text.
    pub fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex => {
                let canonical = !text.bytes().any(|b| b.is_ascii_uppercase());
                canonical.then(|| hex::decode(text).ok()).flatten()
            }
            Self::HexUpper => {
                let canonical = !text.bytes().any(|b| b.is_ascii_lowercase());
                canonical.then(|| hex::decode(text).ok()).flatten()
            }
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
