//! Percent-encoding, in the kinds that schemes use.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// Which bytes percent-encoding leaves as they are. Escapes have capital digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Escapes {
    /// The unreserved characters of RFC 3986, section 2.3: letters, digits, `-`, `.`, `_`, `~`.
    Unreserved,
    /// These and `/`, as in the path of a URL.
    Path,
    /// `application/x-www-form-urlencoded` of the URL Standard: letters, digits, `*`, `-`, `.`,
    /// `_`, and `+` for a blank.
    Form,
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const PATH: &AsciiSet = &UNRESERVED.remove(b'/');
/// A blank is left for `+`.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b' ');

impl Escapes {
    /// The bytes with escapes.
    pub fn encode(self, bytes: &[u8]) -> Vec<u8> {
        let set = match self {
            Self::Unreserved => UNRESERVED,
            Self::Path => PATH,
            Self::Form => FORM,
        };
        let mut text = percent_encode(bytes, set).to_string().into_bytes();
        if self == Self::Form {
            for byte in text.iter_mut().filter(|byte| **byte == b' ') {
                *byte = b'+';
            }
        }
        text
    }

    /// Whether `byte` can stand in what [`encode`](Self::encode) makes.
    pub fn may_contain(self, byte: u8) -> bool {
        let kept = match self {
            Self::Unreserved => b"-._~%".as_slice(),
            Self::Path => b"-._~%/",
            Self::Form => b"-._*%+",
        };
        byte.is_ascii_alphanumeric() || kept.contains(&byte)
    }

    /// The bytes of which [`encode`](Self::encode) makes this text; `None` where there are none.
    pub fn decode(self, text: &[u8]) -> Option<Vec<u8>> {
        let blanks: Cow<'_, [u8]> = match self {
            Self::Form => text
                .iter()
                .map(|&byte| if byte == b'+' { b' ' } else { byte })
                .collect(),
            Self::Unreserved | Self::Path => text.into(),
        };
        let bytes: Vec<u8> = percent_decode(&blanks).collect();
        (self.encode(&bytes) == text).then_some(bytes)
    }
}
