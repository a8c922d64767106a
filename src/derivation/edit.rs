//! Edits of a token's text.

use crate::scheme::Scheme;
use crate::signature::Encoding;

/// Something done to the text of a token. Places are counted in characters and wrap around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Only so many characters from its start.
    Keep(usize),
    /// Without so many characters at its start.
    Drop(usize),
    /// With something behind.
    Append(String),
    /// With something before.
    Prepend(String),
    /// In upper case.
    Upper,
    /// In lower case.
    Lower,
    /// Another character in place of one.
    Replace(usize, char),
    /// A character more.
    Insert(usize, char),
    /// A character less.
    Remove(usize),
    /// The MAC in another encoding.
    Respell(Encoding),
    /// One bit of the MAC is another.
    Flip(usize),
    /// The MAC cut to so many bytes, canonically written.
    Cut(usize),
    /// Another MAC before, or behind, the right one, where tokens carry several.
    Beside(bool),
}

impl Edit {
    /// The text after it.
    pub(super) fn apply(&self, scheme: &Scheme, text: String) -> String {
        let place = |at: usize| {
            let places = text.chars().count().max(1);
            text.char_indices()
                .nth(at % places)
                .map_or(text.len(), |(at, _)| at)
        };
        match self {
            Self::Keep(count) => text.chars().take(*count).collect(),
            Self::Drop(count) => text.chars().skip(*count).collect(),
            Self::Append(more) => text + more,
            Self::Prepend(more) => format!("{more}{text}"),
            Self::Upper => text.to_ascii_uppercase(),
            Self::Lower => text.to_ascii_lowercase(),
            Self::Replace(at, character) => {
                let at = place(*at);
                let next = text[at..].chars().next().map_or(0, char::len_utf8);
                format!("{}{character}{}", &text[..at], &text[at + next..])
            }
            Self::Insert(at, character) => {
                let at = place(*at);
                format!("{}{character}{}", &text[..at], &text[at..])
            }
            Self::Remove(at) => {
                let at = place(*at);
                let next = text[at..].chars().next().map_or(0, char::len_utf8);
                format!("{}{}", &text[..at], &text[at + next..])
            }
            Self::Respell(encoding) => with_mac_text(scheme, &text, |mac| encoding.encode(mac)),
            Self::Flip(bit) => with_mac(scheme, &text, |mac| {
                let bits = mac.len() * 8;
                mac[bit % bits / 8] ^= 1 << (bit % 8);
            }),
            Self::Beside(is_before) => beside(scheme, text, *is_before),
            Self::Cut(length) => with_mac(scheme, &text, |mac| mac.truncate(*length)),
        }
    }
}

/// The token with another MAC, in the scheme's encoding.
fn with_mac(scheme: &Scheme, text: &str, change: impl Fn(&mut Vec<u8>)) -> String {
    with_mac_text(scheme, text, |mac| {
        let mut other = mac.to_vec();
        change(&mut other);
        scheme.token.mac_encoding().encode(&other)
    })
}

/// The token with its MAC written otherwise; as it is where it is none of the scheme's.
fn with_mac_text(scheme: &Scheme, text: &str, write: impl Fn(&[u8]) -> String) -> String {
    let parsed = scheme.token.parse(&scheme.fields, text);
    let Some(mac) = parsed.and_then(|parsed| parsed.macs().next().map(<[u8]>::to_vec)) else {
        return text.to_owned();
    };
    if mac.is_empty() {
        return text.to_owned();
    }
    text.replacen(&scheme.token.mac_encoding().encode(&mac), &write(&mac), 1)
}

/// The token with a wrong MAC before or behind its own, where its grammar has room for several.
fn beside(scheme: &Scheme, text: String, is_before: bool) -> String {
    let separator = match scheme.token.separator() {
        Some(separator) if scheme.token.repeats_macs() => separator,
        _ => return text,
    };
    let parsed = scheme.token.parse(&scheme.fields, &text);
    let Some(mac) = parsed.and_then(|parsed| parsed.macs().next().map(<[u8]>::to_vec)) else {
        return text;
    };
    let encoding = scheme.token.mac_encoding();
    let spelt = encoding.encode(&mac);
    let Some(item) = text.split(separator).find(|item| item.contains(&spelt)) else {
        return text;
    };
    let wrong: Vec<u8> = mac.iter().map(|byte| !byte).collect();
    let other = item.replacen(&spelt, &encoding.encode(&wrong), 1);
    let both = if is_before {
        format!("{other}{separator}{item}")
    } else {
        format!("{item}{separator}{other}")
    };
    text.replacen(item, &both, 1)
}
