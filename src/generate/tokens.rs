//! The catalogue of tokens that are presented to a verifier, and the vectors that they make.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::generate::case::Sound;
use crate::generate::fixture::{Claim, Fixture, NOW, Presented, digest_name};
use crate::generate::requirements::{
    ALGORITHM_IS_FIXED, ALTERED_MAC_IS_NOT_ACCEPTED, EXTENDED_TOKEN_IS_NOT_ACCEPTED,
    MALFORMED_TOKEN_IS_NOT_ACCEPTED, MALFORMED_TOKEN_IS_REJECTED, MISSING_TOKEN_IS_NOT_ACCEPTED,
    NOT_A_STRING_IS_NOT_ACCEPTED, PLAIN_DIGEST_IS_NOT_ACCEPTED, RIGHT_TOKEN_IS_ACCEPTED, Rule,
    TOKEN_IS_EXACT, TRUNCATED_TOKEN_IS_NOT_ACCEPTED,
};
use crate::generate::sheet::Sheet;
use crate::scheme::{Algorithm, Part, Scheme, TokenGrammar};
use crate::signature::{Encoding, Value};

/// Adds the vectors about tokens, other spellings aside.
pub(super) fn add(sheet: &mut Sheet<'_>) {
    let Some(right) = Right::of(&sheet.fixture, sheet.fixture.base.clone()) else {
        return;
    };
    shapes(sheet);
    altered(sheet, &right);
    truncated(sheet, &right);
    extended(sheet, &right);
    algorithms(sheet, &right);
    digests(sheet, &right);
    malformed(sheet, &right);
    missing(sheet, &right);
    not_strings(sheet, &right);
}

/// A claim with its right token, from which others are made.
pub(super) struct Right {
    /// Who says what.
    pub(super) claim: Claim,
    /// The MAC, of the scheme's length.
    pub(super) mac: Vec<u8>,
    /// How the MAC stands in the token.
    pub(super) spelt: String,
    /// The token with what stands beside it.
    pub(super) shown: Presented,
}

impl Right {
    /// The right token of a claim.
    pub(super) fn of(fixture: &Fixture<'_>, claim: Claim) -> Option<Self> {
        let mac = fixture.mac(&claim)?;
        let shown = fixture.present(&claim, &mac)?;
        let spelt = fixture.encoding().encode(&mac);
        Some(Self {
            claim,
            mac,
            spelt,
            shown,
        })
    }

    /// The same token with the MAC written in another way.
    pub(super) fn with_mac_text(&self, text: &str) -> Presented {
        let token = self.shown.token.replacen(&self.spelt, text, 1);
        self.shown.spelt(token)
    }
}

/// MACs that are hard to print: each is one of 256, and a printer that fails fails on these.
fn shapes(sheet: &mut Sheet<'_>) {
    type Wanted = fn(&[u8], &str) -> bool;
    let shapes: [(&str, Wanted, &str); 8] = [
        (
            "first-byte-zero",
            |mac, _| mac.first() == Some(&0),
            "Catches a MAC printed as one big number: its leading zeros are lost.",
        ),
        (
            "first-digit-zero",
            |mac, _| mac.first().is_some_and(|b| (1..16).contains(b)),
            "Catches bytes printed without their leading zeros.",
        ),
        (
            "first-bit-set",
            |mac, _| mac.first().is_some_and(|b| *b > 127),
            "Catches a MAC printed as a number with a sign.",
        ),
        (
            "last-byte-zero",
            |mac, _| mac.last() == Some(&0),
            "Catches a MAC that is cut at NUL or stripped of zeros.",
        ),
        (
            "zero-byte-inside",
            |mac, _| mac.len() > 2 && mac[1..mac.len() - 1].contains(&0),
            "Catches a MAC that is cut at NUL.",
        ),
        (
            "two-special-characters",
            |_, text| has_both(text),
            "Catches the wrong alphabet of base64.",
        ),
        (
            "special-character-first",
            |_, text| text.starts_with(['+', '-']),
            "Catches a token that is form-decoded: the plus becomes a blank.",
        ),
        (
            "slash-first",
            |_, text| text.starts_with(['/', '_']),
            "Catches a token that is taken for a path, or whose slash is escaped.",
        ),
    ];
    let encoding = sheet.fixture.encoding();
    // Hex has no special characters.
    let shapes = &shapes[..if encoding.is_hex() { 5 } else { 8 }];
    let found: Vec<_> = shapes
        .iter()
        .filter_map(|(slug, wanted, note)| {
            let wanted = |mac: &[u8]| wanted(mac, &encoding.encode(mac));
            Some((slug, sheet.fixture.identity_whose_mac(wanted)?, note))
        })
        .collect();
    for (slug, identity, note) in found {
        let Some(claim) = sheet.fixture.who(identity) else {
            continue;
        };
        sheet.gives(&TOKEN_IS_EXACT, &format!("mac-with-{slug}"), note, &claim);
        let shown = sheet.fixture.forge(&claim, &claim);
        let id = format!("mac-with-{slug}-is-accepted");
        sheet.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, NOW);
    }
}

/// Whether both of the characters stand in a text in which the alphabets of base64 differ.
pub(super) fn has_both(text: &str) -> bool {
    text.contains(['+', '-']) && text.contains(['/', '_'])
}

fn altered(sheet: &mut Sheet<'_>, right: &Right) {
    let flipped = |at: usize, bit: u8| {
        let mut mac = right.mac.clone();
        if let Some(byte) = mac.get_mut(at) {
            *byte ^= bit;
        }
        mac
    };
    let last = right.mac.len() - 1;
    let mut reversed = right.mac.clone();
    reversed.reverse();
    let mut rotated = right.mac.clone();
    rotated.rotate_left(1);
    let inverted = right.mac.iter().map(|b| !b).collect();
    let altered: [(&str, Vec<u8>, &str); 11] = [
        (
            "first-character-changed",
            flipped(0, 0x80),
            "Catches a verifier that compares only the end.",
        ),
        (
            "fifth-byte-changed",
            flipped(4.min(last), 1),
            "Catches a verifier that compares only four bytes, as with a hash of 32 bits.",
        ),
        (
            "ninth-byte-changed",
            flipped(8.min(last), 1),
            "Catches a verifier that compares only the first eight bytes.",
        ),
        (
            "middle-character-changed",
            flipped(last / 2, 1),
            "Catches a verifier that compares only both ends.",
        ),
        (
            "second-half-changed",
            [&right.mac[..=last / 2], &reversed[..last - last / 2]].concat(),
            "Catches a verifier that compares only the first half.",
        ),
        (
            "last-character-changed",
            flipped(last, 1),
            "Catches a verifier that compares only the beginning; what is changed is the MAC and not its padding.",
        ),
        (
            "bytes-reversed",
            reversed,
            "Catches a verifier that reads the MAC from its other end, or compares sorted bytes.",
        ),
        (
            "bytes-rotated",
            rotated,
            "Catches a verifier that sums the bytes up.",
        ),
        (
            "bits-inverted",
            inverted,
            "Catches a verifier that takes any well-formed token.",
        ),
        (
            "all-zeros",
            vec![0; right.mac.len()],
            "Catches a verifier that compares with a buffer that was never filled, or as numbers.",
        ),
        (
            "all-ones",
            vec![0xff; right.mac.len()],
            "Catches a verifier that takes any well-formed token.",
        ),
    ];
    for (slug, mac, note) in altered {
        let shown = sheet.fixture.present(&right.claim, &mac);
        let id = format!("token-{slug}");
        sheet.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
    if !sheet.fixture.encoding().is_hex() {
        for (slug, text) in [
            ("in-upper-case", right.spelt.to_ascii_uppercase()),
            ("in-lower-case", right.spelt.to_ascii_lowercase()),
        ] {
            let shown = Some(right.with_mac_text(&text));
            let note =
                "Catches a verifier that ignores case, which in base64 is a part of the MAC.";
            let id = format!("token-{slug}");
            sheet.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, &id, note, shown, NOW);
        }
    }
    let twice = sheet
        .fixture
        .key(&right.claim)
        .map(|key| sheet.fixture.mac_of(&key, &right.mac));
    let shown = twice.and_then(|mac| sheet.fixture.present(&right.claim, &mac));
    let note = "Catches a verifier that applies the MAC twice.";
    sheet.not_accepted(
        &ALTERED_MAC_IS_NOT_ACCEPTED,
        "token-mac-of-the-mac",
        note,
        shown,
        NOW,
    );
    both(
        sheet,
        (&ALTERED_MAC_IS_NOT_ACCEPTED, "token-bit-flipped"),
        (
            "Catches a verifier that takes an exception for an acceptance.",
            "Catches a verifier that throws where the MAC differs.",
        ),
        sheet
            .fixture
            .present(&right.claim, &flipped(1.min(last), 4)),
    );
}

fn truncated(sheet: &mut Sheet<'_>, right: &Right) {
    let length = right.mac.len();
    for (slug, kept, note) in [
        (
            "cut-to-one-byte",
            1,
            "Catches a verifier that compares as many bytes as it is given: 256 guesses forge a token.",
        ),
        (
            "cut-to-four-bytes",
            4,
            "Catches a verifier that compares as many bytes as it is given.",
        ),
        (
            "cut-to-eight-bytes",
            8,
            "Catches a verifier that compares as many bytes as it is given.",
        ),
        (
            "cut-to-half",
            length / 2,
            "Catches a verifier that takes half a MAC, as RFC 2104 allows schemes to define it.",
        ),
        (
            "cut-to-all-but-one-byte",
            length - 1,
            "Catches a verifier that compares up to the shorter length.",
        ),
    ] {
        if kept == 0 || kept >= length {
            continue;
        }
        let shown = sheet.fixture.present(&right.claim, &right.mac[..kept]);
        let note = (
            note,
            "Catches a comparison that throws on unequal lengths, as Node.js's timingSafeEqual does.",
        );
        both(
            sheet,
            (&TRUNCATED_TOKEN_IS_NOT_ACCEPTED, &format!("token-{slug}")),
            note,
            shown,
        );
    }
    let characters = right.spelt.trim_end_matches('=');
    let last = characters.len() - 1;
    for (slug, text, note) in [
        (
            "without-its-last-character",
            &characters[..last],
            "Catches a decoder that drops half a byte, and a comparison up to the shorter length.",
        ),
        (
            "without-its-first-character",
            &right.spelt[1..],
            "Catches a verifier that looks for the token anywhere in the expected one.",
        ),
        (
            "of-one-character",
            &right.spelt[..1],
            "Catches a verifier that compares as many characters as it is given: a few guesses forge a token.",
        ),
        (
            "second-half-only",
            &right.spelt[right.spelt.len() / 2..],
            "Catches a verifier that looks for the token anywhere in the expected one.",
        ),
        (
            "without-mac",
            "",
            "Catches a verifier that compares nothing where nothing is given.",
        ),
    ] {
        // Where the MAC is the whole token this one is the empty token, which has vectors of its own.
        if text.is_empty() && right.shown.token == right.spelt {
            continue;
        }
        let shown = Some(right.with_mac_text(text));
        let note = (
            note,
            "Catches a verifier that throws on what it cannot decode or compare.",
        );
        both(
            sheet,
            (&TRUNCATED_TOKEN_IS_NOT_ACCEPTED, &format!("token-{slug}")),
            note,
            shown,
        );
    }
    // Cutting the whole token takes the MAC's end only where it stands last; it takes what stands
    // there everywhere.
    let token = &right.shown.token;
    if token != &right.spelt {
        let shown = Some(right.shown.spelt(&token[..token.len() / 2]));
        let note = "Catches a verifier that compares the beginning only.";
        sheet.not_accepted(
            &TRUNCATED_TOKEN_IS_NOT_ACCEPTED,
            "token-first-half",
            note,
            shown,
            NOW,
        );
    }
}

fn extended(sheet: &mut Sheet<'_>, right: &Right) {
    let fixture = &sheet.fixture;
    let whole = fixture
        .message(&right.claim.fields)
        .zip(fixture.key(&right.claim));
    let uncut = whole
        .map(|(message, key)| fixture.scheme.algorithm.mac(&key, &message))
        .filter(|mac| mac.len() > right.mac.len())
        .and_then(|mac| fixture.present(&right.claim, &mac));
    let longer = fixture.present(&right.claim, &[&right.mac[..], b"\0"].concat());
    let doubled = fixture.present(&right.claim, &[&right.mac[..], &right.mac[..]].concat());
    let token = &right.shown.token;
    let around = |text: String| Some(right.shown.spelt(text));
    let extended: [(&str, Option<Presented>, &str); 8] = [
        (
            "whole-mac",
            uncut,
            "Catches a verifier that compares only as many bytes as the scheme keeps.",
        ),
        (
            "zero-byte-more",
            longer,
            "Catches a verifier that compares up to the shorter length.",
        ),
        (
            "mac-twice",
            doubled,
            "Catches a verifier that compares up to the shorter length.",
        ),
        (
            "character-before",
            around(format!("x{token}")),
            "Catches a verifier that looks for the expected token anywhere.",
        ),
        (
            "character-after",
            around(format!("{token}x")),
            "Catches a verifier that stops where its decoder does.",
        ),
        (
            "character-after-the-mac",
            Some(right.with_mac_text(&format!("{}x", right.spelt))),
            "Catches a verifier that stops where its decoder does.",
        ),
        (
            "token-twice",
            around(format!("{token}{token}")),
            "Catches a verifier that looks at the beginning only.",
        ),
        (
            "line-after",
            around(format!("{token}\nx")),
            "Catches a pattern whose $ means the end of a line.",
        ),
    ];
    for (at, delimiter) in delimiters(sheet.fixture.scheme).into_iter().enumerate() {
        let id = format!("token-delimiter-{}-and-more-after", at + 1);
        let shown = around(format!("{token}{delimiter}x"));
        let note = "Catches a verifier that cuts the token at its delimiters and drops the rest.";
        sheet.not_accepted(&EXTENDED_TOKEN_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
    for (slug, shown, note) in extended {
        let id = format!("token-{slug}");
        sheet.not_accepted(&EXTENDED_TOKEN_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
}

/// What separates the parts of a token, or of an item of a list: the ends of its literal texts.
fn delimiters(scheme: &Scheme) -> Vec<String> {
    let layout = match &scheme.token {
        TokenGrammar::Template(layout) => layout,
        TokenGrammar::List(list) => &list.item,
        TokenGrammar::Pairs(_) => return Vec::new(),
    };
    let mut found: Vec<String> = Vec::new();
    for part in layout.parts() {
        let Part::Literal(text) = part else { continue };
        let end = text.trim_start_matches(|c: char| c.is_alphanumeric());
        if !end.is_empty() && !found.iter().any(|known| known == end) {
            found.push(end.to_owned());
        }
    }
    found
}

fn algorithms(sheet: &mut Sheet<'_>, right: &Right) {
    let scheme = sheet.fixture.scheme;
    let Some((key, message)) = sheet
        .fixture
        .key(&right.claim)
        .zip(sheet.fixture.message(&right.claim.fields))
    else {
        return;
    };
    for algorithm in Algorithm::ALL {
        if algorithm == scheme.algorithm {
            continue;
        }
        let mac = algorithm.mac(&key, &message);
        let name = digest_name(algorithm);
        let note = "Catches a verifier that lets the length of the token choose the algorithm.";
        let shown = sheet.fixture.present(&right.claim, &mac);
        let id = format!("token-hmac-{name}");
        sheet.not_accepted(&ALGORITHM_IS_FIXED, &id, note, shown, NOW);
        if mac.len() > scheme.mac_bytes {
            let note = "Catches a verifier that tries other algorithms and cuts what they give.";
            let shown = sheet
                .fixture
                .present(&right.claim, &mac[..scheme.mac_bytes]);
            let id = format!("token-hmac-{name}-cut-to-length");
            sheet.not_accepted(&ALGORITHM_IS_FIXED, &id, note, shown, NOW);
        }
    }
    let note = "Catches a verifier that still knows HMAC-MD5.";
    let shown = sheet
        .fixture
        .present(&right.claim, &hmac_md5(&key, &message));
    sheet.not_accepted(&ALGORITHM_IS_FIXED, "token-hmac-md5", note, shown, NOW);
}

/// HMAC over MD5 (RFC 2104), which no scheme may use.
fn hmac_md5(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    if key.len() > block.len() {
        block[..16].copy_from_slice(&Md5::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pad = |byte: u8| block.map(|b| b ^ byte);
    let inner = Md5::new().chain_update(pad(0x36)).chain_update(message);
    let outer = Md5::new()
        .chain_update(pad(0x5c))
        .chain_update(inner.finalize());
    outer.finalize().to_vec()
}

fn digests(sheet: &mut Sheet<'_>, right: &Right) {
    let fixture = &sheet.fixture;
    let algorithm = fixture.scheme.algorithm;
    let Some((key, message)) = fixture
        .key(&right.claim)
        .zip(fixture.message(&right.claim.fields))
    else {
        return;
    };
    let identity = fixture
        .identity
        .and_then(|field| right.claim.fields.value(fixture.name(field)))
        .and_then(|value| value.to_bytes().map(std::borrow::Cow::into_owned))
        .unwrap_or_default();
    let forged: [(&'static Rule, &str, Vec<u8>, &str); 8] = [
        (
            &PLAIN_DIGEST_IS_NOT_ACCEPTED,
            "digest-of-the-message",
            digest(algorithm, &[&message]),
            "Catches a verifier that forgot the key: anybody can make this token.",
        ),
        (
            &PLAIN_DIGEST_IS_NOT_ACCEPTED,
            "digest-of-the-identity",
            digest(algorithm, &[&identity]),
            "Catches a verifier that forgot the key: anybody can make this token.",
        ),
        (
            &PLAIN_DIGEST_IS_NOT_ACCEPTED,
            "digest-of-key-and-message",
            digest(algorithm, &[&key, &message]),
            "Catches a hash with the secret before: who has one token can extend its message.",
        ),
        (
            &PLAIN_DIGEST_IS_NOT_ACCEPTED,
            "digest-of-message-and-key",
            digest(algorithm, &[&message, &key]),
            "Catches a hash with the secret behind.",
        ),
        (
            &PLAIN_DIGEST_IS_NOT_ACCEPTED,
            "digest-of-nothing",
            digest(algorithm, &[]),
            "Catches a verifier that hashes nothing at all.",
        ),
        (
            &ALTERED_MAC_IS_NOT_ACCEPTED,
            "key-and-message-swapped",
            fixture.mac_of(&message, &key),
            "Catches arguments of the HMAC function in the wrong order.",
        ),
        (
            &ALTERED_MAC_IS_NOT_ACCEPTED,
            "mac-of-nothing",
            fixture.mac_of(&key, b""),
            "Catches a verifier whose message is empty.",
        ),
        (
            &ALTERED_MAC_IS_NOT_ACCEPTED,
            "mac-of-the-digest",
            fixture.mac_of(
                &key,
                Encoding::Hex
                    .encode(&digest(algorithm, &[&message]))
                    .as_bytes(),
            ),
            "Catches a verifier that hashes the message before it signs it.",
        ),
    ];
    for (rule, slug, mut mac, note) in forged {
        mac.truncate(sheet.fixture.scheme.mac_bytes);
        let shown = sheet.fixture.present(&right.claim, &mac);
        sheet.not_accepted(rule, &format!("token-{slug}"), note, shown, NOW);
    }
    let secret = sheet
        .fixture
        .secret()
        .map(|s| String::from_utf8_lossy(s.reveal()).into_owned());
    let claimed = String::from_utf8_lossy(&identity).into_owned();
    for (slug, text, note) in [
        (
            "secret-itself",
            secret,
            "Catches a verifier that compares with the secret.",
        ),
        (
            "identity-itself",
            Some(claimed),
            "Catches a verifier that takes the identity for its own proof.",
        ),
    ] {
        let shown = text.map(|text| right.shown.spelt(text));
        let id = format!("token-{slug}");
        sheet.not_accepted(&PLAIN_DIGEST_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
}

fn digest(algorithm: Algorithm, parts: &[&[u8]]) -> Vec<u8> {
    fn of<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
        let mut hash = D::new();
        for part in parts {
            hash.update(part);
        }
        hash.finalize().to_vec()
    }
    match algorithm {
        Algorithm::HmacSha1 => of::<Sha1>(parts),
        Algorithm::HmacSha224 => of::<Sha224>(parts),
        Algorithm::HmacSha256 => of::<Sha256>(parts),
        Algorithm::HmacSha384 => of::<Sha384>(parts),
        Algorithm::HmacSha512 => of::<Sha512>(parts),
    }
}

fn malformed(sheet: &mut Sheet<'_>, right: &Right) {
    let length = right.spelt.len();
    let accents = format!("{}é", &right.spelt[..length - 1]);
    let same_bytes = format!("{}é", &right.spelt[..length - 2]);
    let around = |text: &str| Some(right.shown.spelt(text));
    let inside = |text: &str| Some(right.with_mac_text(text));
    let malformed: Vec<(&str, Option<Presented>)> = vec![
        ("no-digits", inside(&"z".repeat(length))),
        ("signs", inside(&"!".repeat(length))),
        ("only-padding", inside("====")),
        ("letter-beyond-ascii-at-the-same-length", inside(&accents)),
        ("letter-beyond-ascii-at-the-same-bytes", inside(&same_bytes)),
        ("letters-beyond-ascii", inside(&"é".repeat(length))),
        ("emoji", around("😀")),
        ("nul", around("\0")),
        ("nuls", inside(&"\0".repeat(length))),
        ("one-blank", around(" ")),
        ("only-a-line-feed", around("\n")),
        ("word-undefined", around("undefined")),
        ("word-null", around("null")),
        ("word-true", around("true")),
        ("digit-zero", around("0")),
        ("empty-list", around("[]")),
        ("empty-map", around("{}")),
        ("format", around("%s%n%x")),
        ("url", around("https://example.com/")),
        ("very-long", around(&"0".repeat(65_536))),
    ];
    for (slug, shown) in malformed {
        let note = (
            "Catches a verifier that takes what it cannot read for right.",
            "Catches a verifier that throws on what it cannot read.",
        );
        both(
            sheet,
            (&MALFORMED_TOKEN_IS_NOT_ACCEPTED, &format!("token-{slug}")),
            note,
            shown,
        );
    }
}

fn missing(sheet: &mut Sheet<'_>, right: &Right) {
    let note = (
        "Catches a verifier that takes a call without a token for one that needs none.",
        "Catches a verifier that throws where there is no token.",
    );
    both(
        sheet,
        (&MISSING_TOKEN_IS_NOT_ACCEPTED, "token-empty"),
        note,
        Some(right.shown.spelt("")),
    );
    json(
        sheet,
        right,
        (&MISSING_TOKEN_IS_NOT_ACCEPTED, "token-absent"),
        note,
        None,
    );
    let null = Some(Value::Json(serde_json::Value::Null));
    json(
        sheet,
        right,
        (&MISSING_TOKEN_IS_NOT_ACCEPTED, "token-null"),
        note,
        null,
    );
}

fn not_strings(sheet: &mut Sheet<'_>, right: &Right) {
    let token = right.shown.token.as_str();
    let digits: String = token
        .chars()
        .take_while(char::is_ascii_digit)
        .take(15)
        .collect();
    let wrapped: [(&str, Value, &str); 9] = [
        (
            "true",
            Value::Json(true.into()),
            "Catches a loose comparison: in PHP true equals any text.",
        ),
        (
            "false",
            Value::Json(false.into()),
            "Catches a verifier that takes false for no token and lets it pass.",
        ),
        (
            "number",
            Value::Number(0),
            "Catches a loose comparison: in older PHP zero equals any text without digits before it.",
        ),
        (
            "number-of-its-digits",
            Value::Number(digits.parse().unwrap_or(1)),
            "Catches a loose comparison: in older PHP a number equals a text that begins with it.",
        ),
        (
            "list-of-the-token",
            Value::Json(serde_json::json!([token])),
            "Catches a verifier that turns a list into text, as JavaScript does.",
        ),
        (
            "empty-list-itself",
            Value::Json(serde_json::json!([])),
            "Catches a verifier that turns a list into text, or compares lengths only.",
        ),
        (
            "map-of-the-token",
            Value::Json(serde_json::json!({"token": token})),
            "Catches a verifier that looks for the token inside.",
        ),
        (
            "empty-map-itself",
            Value::Json(serde_json::json!({})),
            "Catches a verifier that looks for members which are not there.",
        ),
        (
            "map-with-a-length",
            Value::Json(serde_json::json!({"length": token.len()})),
            "Catches a verifier that trusts a length, as JavaScript's Buffer.from does.",
        ),
    ];
    let throwing = "Catches a verifier that throws on a token of another type.";
    for (slug, value, note) in wrapped {
        let id = format!("token-{slug}");
        json(
            sheet,
            right,
            (&NOT_A_STRING_IS_NOT_ACCEPTED, &id),
            (note, throwing),
            Some(value),
        );
    }
}

/// Two vectors: it is not accepted, and it is rejected without throwing.
fn both(
    sheet: &mut Sheet<'_>,
    (rule, id): (&'static Rule, &str),
    (accepting, throwing): (&str, &str),
    shown: Option<Presented>,
) {
    sheet.not_accepted(rule, id, accepting, shown.clone(), NOW);
    let id = format!("{id}-without-throwing");
    sheet.rejected_without_throwing(&MALFORMED_TOKEN_IS_REJECTED, &id, throwing, shown, NOW);
}

/// The same two for a token that is absent or no string.
fn json(
    sheet: &mut Sheet<'_>,
    right: &Right,
    (rule, id): (&'static Rule, &str),
    (accepting, throwing): (&str, &str),
    token: Option<Value>,
) {
    let given = || {
        (
            right.shown.secrets.clone(),
            right.shown.fields.clone(),
            token.clone(),
        )
    };
    sheet.verify_value(rule, id, accepting, given(), NOW, Sound::DoesNotAccept);
    let id = format!("{id}-without-throwing");
    let sound = Sound::RejectsWithoutThrowing;
    sheet.verify_value(
        &MALFORMED_TOKEN_IS_REJECTED,
        &id,
        throwing,
        given(),
        NOW,
        sound,
    );
}
