//! Whether a presented text carries the whole right MAC, in whatever spelling: then its sender
//! knows the MAC, and accepting it lets nobody in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use unicode_normalization::UnicodeNormalization as _;

use crate::signature::Encoding;

/// The alphabet of base64 after its other form was brought to this one.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What stands for something that is no part of the MAC, and across which nothing is joined.
pub(super) const BARRIER: &str = "\u{1}";

/// Whether a text carries all bits of a MAC.
pub(super) fn carries(text: &str, mac: &[u8]) -> bool {
    if mac.is_empty() {
        return false;
    }
    let plain = plain(text);
    let hex = Encoding::Hex.encode(mac);
    let base64 = Encoding::Base64Unpadded.encode(mac);
    let doubled = [
        STANDARD.encode(&hex),
        STANDARD.encode(hex.to_ascii_uppercase()),
        STANDARD.encode(STANDARD.encode(mac)),
    ];
    let digits = only(&plain, |c| c.is_ascii_hexdigit() || c == '\u{1}').to_ascii_lowercase();
    let hex_of_text = [
        hex.as_str(),
        &hex.to_ascii_uppercase(),
        &STANDARD.encode(mac),
    ]
    .map(|text| Encoding::Hex.encode(text.as_bytes()));
    let letters = as_base64(&plain);
    let from_form = as_base64(&plain.replace(' ', "+"));
    digits.contains(&hex)
        || hex_of_text.iter().any(|spelt| digits.contains(spelt))
        || has_base64(&letters, &base64, mac.len())
        || has_base64(&from_form, &base64, mac.len())
        || doubled
            .iter()
            .any(|spelt| letters.contains(spelt.trim_end_matches('=')))
        || Encoding::ALL
            .iter()
            .any(|encoding| plain.contains(&encoding.unpadded().encode(mac)))
        || has_raw(text, mac)
}

/// The text after what is easily undone: percent-encoding, other digits, compatible forms.
fn plain(text: &str) -> String {
    let digit = |c: char| match u32::from(c) {
        code @ 0x660..=0x669 => char::from_u32(code - 0x660 + 0x30).unwrap_or(c),
        code @ 0x6f0..=0x6f9 => char::from_u32(code - 0x6f0 + 0x30).unwrap_or(c),
        _ => c,
    };
    percent_decoded(text).nfkc().map(digit).collect()
}

fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn only(text: &str, kept: impl Fn(char) -> bool) -> String {
    text.chars().filter(|&c| kept(c)).collect()
}

fn as_base64(text: &str) -> String {
    let letter = |c| match c {
        '-' => '+',
        '_' => '/',
        other => other,
    };
    text.chars()
        .map(letter)
        .filter(|&c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '\u{1}'))
        .collect()
}

/// Whether the letters of base64 stand in a text; of the last one only the bits that count.
fn has_base64(text: &str, base64: &str, length: usize) -> bool {
    let Some((start, last)) = base64.split_at_checked(base64.len() - 1) else {
        return false;
    };
    let idle = match length % 3 {
        0 => 0,
        1 => 4,
        _ => 2,
    };
    let value = |letter: &str| ALPHABET.find(letter).map(|value| value >> idle);
    let due = value(last);
    text.match_indices(start).any(|(at, _)| {
        let behind = at + start.len();
        let letter = text.get(behind..behind + 1);
        letter.is_some_and(|letter| value(letter) == due)
    })
}

/// Whether the MAC's own bytes stand in a text, each as one character or as UTF-8.
fn has_raw(text: &str, mac: &[u8]) -> bool {
    let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    let stands = |bytes: &[u8]| bytes.windows(mac.len()).any(|window| window == mac);
    latin.is_some_and(|bytes| stands(&bytes)) || stands(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::carries;
    use crate::signature::Encoding;

    const MAC: [u8; 32] = [
        0x6a, 0x40, 0x3a, 0x1f, 0xcf, 0xcc, 0x86, 0x6b, 0x89, 0x17, 0xe6, 0xe2, 0x08, 0xa5, 0x53,
        0x00, 0x4c, 0x54, 0xc7, 0x38, 0x46, 0xbc, 0x4f, 0x3f, 0x68, 0x67, 0x57, 0xe2, 0xa5, 0xad,
        0x58, 0x8e,
    ];

    #[test]
    fn the_mac_is_recognised_in_any_encoding() {
        let hex = Encoding::Hex.encode(&MAC);
        let base64 = Encoding::Base64.encode(&MAC);
        for text in [
            hex.clone(),
            hex.to_uppercase(),
            format!(" sha256={hex}\n"),
            hex.chars().map(|c| format!("{c}-")).collect(),
            base64.replace('+', " "),
            base64.replace('/', "_").replace('+', "-").replace('=', ""),
            format!("{}*{}", &base64[..20], &base64[20..]),
            base64.replace('+', "%2B"),
            Encoding::Base64.encode(hex.as_bytes()),
            MAC.iter().map(|b| char::from(*b)).collect(),
        ] {
            assert!(carries(&text, &MAC), "{text:?}");
        }
        // The last letter's idle bits do not count, the others do.
        let bare = base64.trim_end_matches('=');
        let (start, last) = bare.split_at(bare.len() - 1);
        let seen = super::ALPHABET
            .chars()
            .filter(|c| carries(&format!("{start}{c}"), &MAC));
        assert_eq!(seen.count(), 4, "{last}");
    }

    #[test]
    fn a_part_of_the_mac_is_not_the_mac() {
        let hex = Encoding::Hex.encode(&MAC);
        let base64 = Encoding::Base64.encode(&MAC);
        for text in [
            "",
            &hex[1..],
            &hex[..63],
            &base64[..42],
            &base64.to_lowercase(),
            &hex.replace('6', "7"),
        ] {
            assert!(!carries(text, &MAC), "{text:?}");
        }
    }
}
