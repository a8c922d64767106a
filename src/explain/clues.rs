//! What can be told of a token when no mistake produces it.

use crate::explain::candidates::{Candidates, HEAD};
use crate::explain::times::{CarriedTime, Oddity};
use crate::mistakes::encoding_forms::{percent_decoded, read_base64};
use crate::mistakes::token_text::loosely;
use crate::mistakes::{Hash, Inputs, Pipeline};
use crate::signature::{Encoding, Family};

/// Statements about the token that hold whatever was done, the most telling first.
pub(super) fn clues(
    inputs: &Inputs<'_>,
    token: &str,
    candidates: &Candidates,
    carried: Option<&CarriedTime>,
) -> Vec<String> {
    if token.is_empty() {
        return vec!["the token is empty".to_owned()];
    }
    if let Some(clue) = nearly_right(inputs, token) {
        return vec![clue];
    }
    if let Some(clue) = printed_object(token) {
        return vec![clue.to_owned()];
    }
    let mut clues = Vec::new();
    around(token, &mut clues);
    contents(inputs, token, &mut clues);
    let bare = token.trim();
    let written = inputs
        .scheme
        .token
        .parse(&inputs.scheme.fields, bare)
        .is_some();
    if written && has_usable_secret(inputs) {
        clues.push(
            "its form matches the scheme, so most likely the key or the message differs: check that the secret and the fields are those it was made with"
                .to_owned(),
        );
    }
    if !written {
        shape(inputs, bare, &mut clues);
    }
    time(inputs, carried, &mut clues);
    if candidates.is_empty() {
        clues.push(format!(
            "it contains no encoding of {HEAD} bytes or more, and fewer bytes prove nothing"
        ));
    }
    clues
}

/// What programs print for a value that is not text.
fn printed_object(token: &str) -> Option<&'static str> {
    const NOT_YET: &str = "it is how a program prints a value that is not there yet: wait for the MAC, and write that into the token";
    const OBJECT: &str = "it is how a program prints an object, not what the object holds: take the bytes of the MAC, encode them as the scheme says, and write that into the token";
    const NOTHING: &str = "it is how a program prints no value: the MAC was never made, or it never reached the token";
    let runs = token.split(|c: char| !c.is_ascii_alphanumeric());
    if runs.map(str::len).max().unwrap_or_default() >= LONG {
        return None;
    }
    let has = |texts: &[&str]| texts.iter().any(|text| token.contains(text));
    let is_between = |before: &str, behind: char| {
        token
            .find(before)
            .is_some_and(|at| token[at..].contains(behind))
    };
    // The whole token, or what follows its prefix.
    let last = token.rsplit(['=', ',', ':', ' ']).next().unwrap_or(token);
    if has(&["[object Promise]", "Promise {", "<coroutine object"]) {
        return Some(NOT_YET);
    }
    if has(&[
        "[object ",
        "[B@",
        "System.Byte[]",
        " object at 0x",
        "_hashlib.HASH",
        "ArrayBuffer {",
    ]) || is_between("#<", '>')
    {
        return Some(OBJECT);
    }
    let nothings = ["null", "undefined", "None", "nil", "NaN", "<nil>"];
    nothings
        .contains(&last.trim_matches('"'))
        .then_some(NOTHING)
}

/// How few characters may differ from the right token.
const FEW: usize = 4;

/// How long a token has to be at least so that one with few other characters is no coincidence.
const LONG: usize = 20;

/// In which few characters the token differs from the right one.
fn nearly_right(inputs: &Inputs<'_>, token: &str) -> Option<String> {
    let due: Vec<char> = Pipeline::right().token(inputs).ok()?.chars().collect();
    let is: Vec<char> = token.chars().collect();
    if due.len() < LONG || is.is_empty() {
        return None;
    }
    let sorted = |text: &[char]| {
        let mut text = text.to_vec();
        text.sort_unstable();
        text
    };
    if is.iter().eq(due.iter().rev()) {
        return Some("it is the right token backwards".to_owned());
    }
    if is.len() == due.len() {
        let other: Vec<String> = (0..is.len())
            .filter(|&at| is[at] != due[at])
            .map(|at| (at + 1).to_string())
            .collect();
        let of = is.len();
        return if sorted(&is) == sorted(&due) {
            Some("it contains the characters of the right token in a different order".to_owned())
        } else if let [at] = &other[..] {
            Some(format!(
                "it matches the right token except for character {at} of {of}: it was mistyped, or altered in transit"
            ))
        } else if other.len() <= FEW {
            Some(format!(
                "it matches the right token except for characters {} of {of}: it was mistyped, or altered in transit",
                other.join(", ")
            ))
        } else {
            None
        };
    }
    let same = |one: &mut dyn Iterator<Item = &char>, other: &mut dyn Iterator<Item = &char>| {
        std::iter::zip(one, other)
            .take_while(|(one, other)| one == other)
            .count()
    };
    let before = same(&mut is.iter(), &mut due.iter());
    let behind = same(&mut is.iter().rev(), &mut due.iter().rev());
    if before + behind < is.len().min(due.len()) || is.len().abs_diff(due.len()) > FEW {
        return None;
    }
    Some(if is.len() < due.len() {
        let gone = characters(due.len() - is.len());
        format!("it matches the right token, but lacks {gone} after character {before}")
    } else {
        let more = characters(is.len() - due.len());
        format!("it matches the right token, but has {more} more after character {before}")
    })
}

fn characters(number: usize) -> String {
    match number {
        1 => "1 character".to_owned(),
        _ => format!("{number} characters"),
    }
}

/// Whether any of the secrets that were given can be the scheme's.
fn has_usable_secret(inputs: &Inputs<'_>) -> bool {
    let rule = &inputs.scheme.secret;
    inputs
        .secrets
        .iter()
        .any(|(_, secret)| rule.decode(secret).is_ok())
}

/// What stands around it.
fn around(token: &str, clues: &mut Vec<String>) {
    for (end, words) in [
        ("\r\n", "a carriage return and a line feed"),
        ("\n", "a line feed"),
        (" ", "a space"),
        ("\0", "a NUL"),
    ] {
        if token.ends_with(end) {
            clues.push(format!("it ends with {words}"));
            break;
        }
    }
    if token.starts_with(char::is_whitespace) {
        clues.push("it begins with a space".to_owned());
    }
    if token.starts_with('\u{feff}') {
        clues.push("it begins with a byte-order mark".to_owned());
    }
    if percent_decoded(token).is_some_and(|decoded| decoded != token) {
        clues.push("it is percent-encoded".to_owned());
    }
}

/// What it plainly is instead.
fn contents(inputs: &Inputs<'_>, token: &str, clues: &mut Vec<String>) {
    let is_secret = |secret: &[u8]| secret.len() >= HEAD && contains(token.as_bytes(), secret);
    if inputs
        .secrets
        .iter()
        .any(|(_, secret)| is_secret(secret.reveal()))
    {
        clues.push("it contains the secret itself: rotate it".to_owned());
    }
    let jwt: Vec<&str> = token.split('.').collect();
    if jwt.len() == 3 && token.starts_with("eyJ") {
        clues.push("it is a JSON Web Token, a different scheme".to_owned());
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Its alphabet and length, and what has such a length.
fn shape(inputs: &Inputs<'_>, token: &str, clues: &mut Vec<String>) {
    let scheme = inputs.scheme;
    let mac = match &loosely(scheme, token)[..] {
        [loose] => loose.mac.clone(),
        _ => token.to_owned(),
    };
    // Behind a prefix, or before a time, stands what is to be looked at.
    let longest = mac
        .split(['=', ':', '-', '.', ',', '|'])
        .max_by_key(|piece| piece.len());
    let is_hex = |text: &str| text.len() >= 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let candidates = [Some(mac.as_str()), longest];
    let due = scheme.token.mac_encoding();
    if let Some(hex) = candidates.into_iter().flatten().find(|text| is_hex(text)) {
        let case = match (
            hex.bytes().any(|b| b.is_ascii_uppercase()),
            hex.bytes().any(|b| b.is_ascii_lowercase()),
        ) {
            (true, true) => ", in mixed case",
            (true, false) => ", in capitals",
            _ => "",
        };
        if hex.len().is_multiple_of(2) {
            clues.push(format!(
                "it has hex of {} bytes{case}{}",
                hex.len() / 2,
                of_length(inputs, hex.len() / 2)
            ));
        } else {
            clues.push(format!(
                "it has {} hex digits{case}, an odd number: a leading zero was lost, or it was truncated",
                hex.len()
            ));
        }
        if due.family() != Family::Hex {
            clues.push(format!("the scheme writes the MAC in {}", due.name()));
        }
        return;
    }
    if let Some(bytes) = read_base64(&mac)
        .first()
        .filter(|bytes| bytes.len() >= HEAD)
    {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        if is_hex(text) {
            clues.push(format!(
                "it has {} base64 characters of a hex text of {} bytes{}: encode the bytes, not their hex",
                mac.len(),
                text.len() / 2,
                of_length(inputs, text.len() / 2)
            ));
        } else {
            clues.push(format!(
                "it has base64 of {} bytes{}",
                bytes.len(),
                of_length(inputs, bytes.len())
            ));
            if due.family() != Family::Base64 {
                clues.push(format!("the scheme writes the MAC in {}", due.name()));
            }
        }
        return;
    }
    clues.push(format!(
        "it has {} characters and is neither hex nor base64; the scheme writes {}",
        token.chars().count(),
        due_form(inputs)
    ));
}

/// Which hash function gives so many bytes.
fn of_length(inputs: &Inputs<'_>, bytes: usize) -> String {
    let names: Vec<&str> = Hash::ALL
        .iter()
        .filter(|hash| hash.bytes() == bytes)
        .map(|hash| hash.name())
        .collect();
    let right = Hash::of(inputs.scheme.algorithm);
    if bytes == inputs.scheme.mac_bytes {
        format!(", as many as the scheme's {} gives", right.name())
    } else if names.is_empty() {
        format!(
            ", which is not the length of any hash function; the scheme's MAC has {}",
            inputs.scheme.mac_bytes
        )
    } else {
        format!(": {}", names.join(" or "))
    }
}

fn due_form(inputs: &Inputs<'_>) -> String {
    let encoding: Encoding = inputs.scheme.token.mac_encoding();
    format!(
        "{} characters of {} for the MAC",
        encoding.encoded_length(inputs.scheme.mac_bytes),
        encoding.name()
    )
}

fn time(inputs: &Inputs<'_>, carried: Option<&CarriedTime>, clues: &mut Vec<String>) {
    let scheme = inputs.scheme;
    let carries = scheme.time().filter(|&time| scheme.carries(time));
    let Some(field) = carries else {
        return;
    };
    let name = &scheme.fields.at(field).name;
    clues.extend(match carried {
        None => Some(format!(
            "it carries no time; the scheme's token contains {{{name}}}"
        )),
        Some(CarriedTime {
            written,
            oddity: Some(oddity),
            ..
        }) => Some(match oddity {
            Oddity::Milliseconds => {
                format!("its time {written} is in milliseconds; the scheme's is in seconds")
            }
            Oddity::Seconds => {
                format!("its time {written} is in seconds; the scheme's is in milliseconds")
            }
            Oddity::Date => format!("its time {written} is a date; the scheme's is a number"),
            Oddity::OtherDate => {
                format!("its time {written} is not written as the scheme writes dates")
            }
            Oddity::Number => format!("its time {written} is a number; the scheme's is a date"),
        }),
        Some(_) => None,
    });
}

#[cfg(test)]
mod tests {
    use super::{nearly_right, printed_object};
    use crate::mistakes::{Inputs, Pipeline};
    use crate::signature::{Op, OutcomeKind};
    use crate::suite::Expect;

    #[test]
    fn printed_objects_are_told() {
        for (token, said) in [
            ("[B@6d06d69c", "prints an object"),
            ("sha256=[object ArrayBuffer]", "prints an object"),
            ("<hmac.HMAC object at 0x7f1c2d3e4f50>", "prints an object"),
            ("#<OpenSSL::HMAC:0x00007f>", "prints an object"),
            ("System.Byte[]", "prints an object"),
            ("[object Promise]", "not there yet"),
            ("t=1731705121,v1=undefined", "no value"),
            ("\"null\"", "no value"),
        ] {
            let clue = printed_object(token).unwrap_or_default();
            assert!(clue.contains(said), "{token}: {clue}");
        }
        let with_a_mac = format!("v1={} null", "ab".repeat(32));
        for token in ["none-of-them", "", "#", &with_a_mac] {
            assert_eq!(printed_object(token), None, "{token}");
        }
    }

    #[test]
    fn a_damaged_right_token_is_told_from_one_of_another_key() {
        let suite = crate::suite::embedded().next().unwrap();
        let suite: crate::suite::Suite = suite.parse().unwrap();
        let vector = suite.vectors.iter().find(|vector| {
            let accepts = matches!(&vector.expect, Expect::Outcomes(kinds) if kinds.contains(&OutcomeKind::Accept));
            vector.request.op == Op::Verify && accepts
        });
        let request = &vector.unwrap().request;
        let inputs = Inputs {
            scheme: &suite.scheme,
            secrets: &request.secrets,
            fields: &request.fields,
            now: request.now,
            millis: None,
        };
        let due = Pipeline::right().token(&inputs).unwrap();
        let clue = |token: &str| nearly_right(&inputs, token);
        let other = |at: usize| {
            let mut token: Vec<u8> = due.clone().into_bytes();
            token[at] = if token[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(token).unwrap()
        };
        let clue_of_one = clue(&other(9)).unwrap();
        assert!(clue_of_one.starts_with("it matches the right token except for character 10 of "));
        let backwards: String = due.chars().rev().collect();
        assert_eq!(clue(&backwards).unwrap(), "it is the right token backwards");
        let (head, tail) = due.split_at(7);
        let lacking = clue(&format!("{head}{}", &tail[1..])).unwrap();
        assert!(lacking.starts_with("it matches the right token, but lacks 1 character after"));
        let longer = clue(&format!("{head}zz{tail}")).unwrap();
        assert!(longer.starts_with("it matches the right token, but has 2 characters more after"));
        let moved = clue(&format!("{tail}{head}")).unwrap();
        assert!(moved.ends_with("in a different order"), "{moved}");
        assert_eq!(clue("x"), None);
        assert_eq!(clue(&"0".repeat(due.len())), None);
    }
}
