//! How one token comes about from another, as far as their forms tell.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::explain::pasted::shown;
use crate::explain::spelling::Spelt;
use crate::mistakes::encoding_forms::percent_decoded;

/// One respect in which a token differs from the expected one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What the token is, as a clause.
    pub what: String,
    /// What to do, as a sentence.
    pub remedy: String,
}

/// How few characters may differ for them to be mistyped, and how long a text is to be for that.
const FEW: usize = 4;
const LONG: usize = 20;

/// How few characters at the beginning of a text may be what is left of it.
const SHORTEST_PART: usize = 16;

/// What undoes an escaping, where it can be undone.
type Unescape = fn(&str) -> Option<String>;

/// How one comes about from the other; none where their forms do not tell.
pub(super) fn differences(token: &str, expected: &str) -> Option<Vec<Difference>> {
    let mut found = in_plain(token, expected);
    let unescapings: [(Unescape, &str); 2] = [
        (percent_decoded, "percent-encoded"),
        (json_decoded, "written as JSON writes texts"),
    ];
    for (decoded, how) in unescapings {
        let plain = |text: &str| decoded(text).filter(|decoded| decoded != text);
        let of_token = plain(token).and_then(|token| in_plain(&token, expected));
        let of_expected = plain(expected).and_then(|expected| in_plain(token, &expected));
        let first_of_token = difference(
            format!("it is {how}"),
            "Decode the token once where it is received.",
        );
        let first_of_expected = difference(
            format!("the expected one is {how}"),
            "Decode the expected token before the two are compared.",
        );
        for (first, others) in [(first_of_token, of_token), (first_of_expected, of_expected)] {
            let Some(others) = others else { continue };
            let is_as_short = |found: &Vec<Difference>| others.len() < found.len();
            if found.as_ref().is_none_or(is_as_short) {
                found = Some(std::iter::once(first).chain(others).collect());
            }
        }
    }
    found
}

fn json_decoded(text: &str) -> Option<String> {
    let quoted = if text.starts_with('"') {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    };
    serde_json::from_str(&quoted).ok()
}

fn difference(what: impl Into<String>, remedy: impl Into<String>) -> Difference {
    Difference {
        what: what.into(),
        remedy: remedy.into(),
    }
}

fn in_plain(token: &str, expected: &str) -> Option<Vec<Difference>> {
    if token == expected {
        return Some(Vec::new());
    }
    let parts = Spelt::all_of(token);
    let others = Spelt::all_of(expected);
    let pairs = || {
        parts
            .iter()
            .flat_map(|one| others.iter().map(move |other| (one, other)))
    };
    // An id that stands in both tells nothing.
    let may_be_macs = |one: &Spelt<'_>, other: &Spelt<'_>| {
        parts.first() == Some(one) || others.first() == Some(other)
    };
    let mut pairs_of_macs = pairs().filter(|(one, other)| may_be_macs(one, other));
    if let Some((one, other)) = pairs_of_macs.find(|(one, other)| one.bytes == other.bytes) {
        return Some(same_mac(one, other));
    }
    pairs()
        .find_map(|(one, other)| of_bytes(one, other))
        .or_else(|| as_texts(token, expected))
        .map(|difference| vec![difference])
}

/// The same MAC, spelt or surrounded otherwise.
fn same_mac(one: &Spelt<'_>, other: &Spelt<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    if one.text != other.text {
        let is_hex = one.is_hex() && other.is_hex();
        let [is, due] = [one, other].map(|spelt| match spelt.encoding() {
            "hex" if is_hex => "hex with small letters",
            encoding => encoding,
        });
        all.push(if is == due {
            difference(
                "it spells the same bytes otherwise",
                "Compare the bytes, or write them in one way.",
            )
        } else {
            difference(
                format!("it is the same MAC in {is}; expected {due}"),
                format!("Write the MAC in {due}."),
            )
        });
    }
    for (is, due, place) in [
        (one.before, other.before, "before"),
        (one.behind, other.behind, "behind"),
    ] {
        let (shown_is, shown_due) = (shown(is), shown(due));
        all.push(match (is, due) {
            _ if is == due => continue,
            ("", _) => difference(
                format!("{shown_due} is missing {place} the MAC"),
                format!("Put {shown_due} {place} the MAC."),
            ),
            (_, "") => difference(
                format!("{shown_is} stands {place} the MAC"),
                format!("Take off what stands {place} the MAC before the two are compared."),
            ),
            _ => difference(
                format!("{shown_is} stands {place} the MAC; expected {shown_due}"),
                format!("Put {shown_due} {place} the MAC."),
            ),
        });
    }
    all
}

/// The bytes of one made from the other.
fn of_bytes(one: &Spelt<'_>, other: &Spelt<'_>) -> Option<Difference> {
    let is_text = |bytes: &[u8], text: &str| bytes.eq_ignore_ascii_case(text.as_bytes());
    let (is, due) = (one.encoding(), other.encoding());
    if is_text(&one.bytes, other.text) {
        return Some(difference(
            format!("it is {is} of the MAC's text in {due}, not of its bytes"),
            format!("Write the MAC in {due}, and encode that no second time."),
        ));
    }
    if is_text(&other.bytes, one.text) {
        return Some(difference(
            format!("the expected one is {due} of this text, which is the MAC in {is}"),
            format!("Encode the MAC's text in {is} once more, in {due}."),
        ));
    }
    for width in [one.bytes.len(), 8, 4, 2] {
        if turned(&one.bytes, width) == other.bytes {
            let what = if width == one.bytes.len() {
                "its bytes stand in reverse order".to_owned()
            } else {
                format!("the bytes of each word of {width} bytes stand in reverse order")
            };
            return Some(difference(
                what,
                "Write the bytes of the MAC in the order in which they come.",
            ));
        }
    }
    for (short, long, is_cut) in [(one, other, true), (other, one, false)] {
        let lacking = long.bytes.len().saturating_sub(short.bytes.len());
        if lacking == 0 {
            continue;
        }
        let place = if long.bytes.starts_with(&short.bytes) {
            "last"
        } else if long.bytes.ends_with(&short.bytes) {
            "first"
        } else {
            continue;
        };
        return Some(if is_cut {
            difference(
                format!(
                    "the {place} {lacking} of {} bytes are missing",
                    long.bytes.len()
                ),
                "Write the whole MAC, and store it in a column that is long enough.",
            )
        } else {
            difference(
                format!(
                    "the expected one lacks the {place} {lacking} of {} bytes",
                    long.bytes.len()
                ),
                "Cut both in the same way, or neither.",
            )
        });
    }
    let hash = |text: &[u8]| Sha256::digest(text).to_vec();
    for (made, from, is_token) in [(one, other, true), (other, one, false)] {
        let what = if made.bytes == hash(from.text.as_bytes()) {
            "text"
        } else if made.bytes == hash(&from.bytes) {
            "bytes"
        } else {
            continue;
        };
        return Some(if is_token {
            difference(
                format!("it is the SHA-256 of the expected one's {what}"),
                "Hash the MAC no second time.",
            )
        } else {
            difference(
                format!("the expected one is the SHA-256 of this one's {what}"),
                "Compare what is hashed with what is hashed, as the SHA-256 of both.",
            )
        });
    }
    None
}

/// Words of so many bytes, each turned round.
fn turned(bytes: &[u8], width: usize) -> Vec<u8> {
    if width == 0 || !bytes.len().is_multiple_of(width) {
        return Vec::new();
    }
    bytes
        .chunks(width)
        .flat_map(|word| word.iter().rev().copied())
        .collect()
}

/// One text made from the other, whatever they spell.
fn as_texts(token: &str, expected: &str) -> Option<Difference> {
    if token.eq_ignore_ascii_case(expected) {
        return Some(difference(
            "only the case of its letters differs",
            "Leave the case of the token as it is: in base64 it counts.",
        ));
    }
    let (is, due): (Vec<char>, Vec<char>) = (token.chars().collect(), expected.chars().collect());
    if is.len() == due.len() && due.len() > 1 && is.iter().eq(due.iter().rev()) {
        return Some(difference(
            "its characters stand in reverse order",
            "Write the token from its beginning to its end.",
        ));
    }
    if is.len() == due.len() && due.len() >= LONG {
        let other = (0..is.len()).filter(|&at| is[at] != due[at]);
        let other: Vec<String> = other.map(|at| (at + 1).to_string()).collect();
        if other.len() <= FEW {
            let differ = if other.len() == 1 {
                "differs"
            } else {
                "differ"
            };
            return Some(difference(
                format!(
                    "{} of its {} characters {differ}, at {}",
                    other.len(),
                    is.len(),
                    other.join(", ")
                ),
                "Copy the token by machine: it was mistyped, or altered on the way.",
            ));
        }
    }
    if token.trim() == expected.trim() {
        return Some(difference(
            "blanks or line ends stand around one of the two",
            "Take blanks and line ends off before the two are compared.",
        ));
    }
    let is_part = |part: &str, whole: &str| part.len() >= SHORTEST_PART && whole.contains(part);
    if is_part(token, expected) {
        return Some(difference(
            format!(
                "it is a part of the expected one, {} of {} characters",
                is.len(),
                due.len()
            ),
            "Pass the whole token on.",
        ));
    }
    if is_part(expected, token) {
        return Some(difference(
            format!(
                "it holds the expected one, of {} characters, and {} more",
                due.len(),
                is.len() - due.len()
            ),
            "Pass on the token alone.",
        ));
    }
    None
}
