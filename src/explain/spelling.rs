//! How a MAC in a token is spelt, where nothing but the token is known.

use std::cmp::Reverse;

use crate::mistakes::encoding_forms::{read_base64, read_hex};

/// The fewest bytes that may be a MAC; fewer may be anything, as the time of a token.
const FEWEST: usize = 10;

/// A part of a token that may be its MAC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelt<'t> {
    /// What stands before it.
    pub(super) before: &'t str,
    /// The part.
    pub(super) text: &'t str,
    /// What stands behind it.
    pub(super) behind: &'t str,
    /// The bytes that it spells.
    pub(super) bytes: Vec<u8>,
}

impl<'t> Spelt<'t> {
    /// Every part of a token that may be its MAC, hex and the longest first: the first most likely
    /// is the MAC.
    pub(super) fn all_of(token: &'t str) -> Vec<Self> {
        let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/-_=".contains(c);
        let mut all: Vec<Self> = Vec::new();
        // With the marks of base64url within, and cut at them; they may also delimit parts.
        let is_word = |c: char| is_base64(c) && !"-_".contains(c);
        for is_within in [&is_base64 as &dyn Fn(char) -> bool, &is_word] {
            for run in token.split(|c| !is_within(c)) {
                // An equals sign within ends a name; at the end it is padding.
                let end = run.trim_end_matches('=').len();
                let start = run[..end].rfind('=').map_or(0, |at| at + 1);
                all.extend(Self::of(token, &run[start..]));
            }
        }
        all.sort_by_key(|one| (!one.is_hex(), Reverse(one.text.len())));
        all.dedup();
        all
    }

    /// The part of a token, if it spells bytes.
    fn of(token: &'t str, text: &'t str) -> Option<Self> {
        let bytes = match read_hex(text).pop() {
            Some(bytes) => bytes,
            None => read_base64(text).pop()?,
        };
        let at = token.find(text)?;
        (bytes.len() >= FEWEST).then(|| Self {
            before: &token[..at],
            text,
            behind: &token[at + text.len()..],
            bytes,
        })
    }

    /// Whether it is spelt in hex.
    pub(super) fn is_hex(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// The name of its encoding.
    pub(super) fn encoding(&self) -> &'static str {
        let has = |marks: [char; 2]| self.text.contains(marks);
        if self.is_hex() {
            let is_upper = self.text.contains(|c: char| c.is_ascii_uppercase());
            let is_lower = self.text.contains(|c: char| c.is_ascii_lowercase());
            return match (is_upper, is_lower) {
                (true, false) => "hex with capital letters",
                (true, true) => "hex in mixed case",
                _ => "hex",
            };
        }
        let is_padded = self.text.ends_with('=');
        let wants_padding = !self.bytes.len().is_multiple_of(3);
        match (has(['-', '_']), is_padded || !wants_padding) {
            (false, true) => "base64",
            (false, false) => "base64 without padding",
            (true, true) => "base64url",
            (true, false) => "base64url without padding",
        }
    }

    /// What it is, in words.
    pub(super) fn described(&self) -> String {
        let bytes = self.bytes.len();
        let of = match bytes {
            16 => ", as many as MD5 gives",
            20 => ", as many as SHA-1 gives",
            28 => ", as many as SHA-224 gives",
            32 => ", as many as SHA-256 gives",
            48 => ", as many as SHA-384 gives",
            64 => ", as many as SHA-512 gives",
            _ => "",
        };
        if self.is_hex() {
            format!(
                "{} digits of {}, {bytes} bytes{of}",
                self.text.len(),
                self.encoding()
            )
        } else {
            format!("{bytes} bytes in {}{of}", self.encoding())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Spelt;

    #[test]
    fn the_mac_is_found_and_its_spelling_is_named() {
        let hex = "0f".repeat(20);
        let base64 = "Dw8PDw8PDw8PDw8PDw8PDw8PDw8=";
        for (token, text, encoding) in [
            (hex.clone(), hex.as_str(), "hex"),
            (format!("sha1={hex}"), &hex, "hex"),
            (format!("t=1741761604,v1={hex}"), &hex, "hex"),
            (format!("{hex}-1741761604"), &hex, "hex"),
            (
                hex.to_uppercase(),
                &hex.to_uppercase(),
                "hex with capital letters",
            ),
            (format!("v1,{base64}"), base64, "base64"),
            (format!("h={base64}"), base64, "base64"),
            (
                base64.replace('=', ""),
                &base64.replace('=', ""),
                "base64 without padding",
            ),
        ] {
            let all = Spelt::all_of(&token);
            assert!(
                all.iter()
                    .any(|one| one.text == text && one.encoding() == encoding),
                "{all:?}"
            );
        }
        assert!(Spelt::all_of("Bearer 1741761604").is_empty());
        assert!(Spelt::all_of("").is_empty());
    }
}
