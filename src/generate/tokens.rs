//! Tokens whose MAC was changed, cut or lengthened, and MACs that are hard to print.

use crate::generate::fixture::{NOW, Presented};
use crate::generate::requirements::{
    ALTERED_MAC_IS_NOT_ACCEPTED, EXTENDED_TOKEN_IS_NOT_ACCEPTED, OTHER_SPELLINGS,
    RIGHT_TOKEN_IS_ACCEPTED, TOKEN_IS_EXACT, TRUNCATED_TOKEN_IS_NOT_ACCEPTED,
};
use crate::generate::valid_token::Right;
use crate::generate::vector_builder::VectorBuilder;
use crate::signature::Family;

/// Adds the vectors about them.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(right) = Right::of(&builder.fixture, builder.fixture.base.clone()) else {
        return;
    };
    shapes(builder);
    altered(builder, &right);
    truncated(builder, &right);
    extended(builder, &right);
}

/// MACs that are hard to print: each is one of 256, and a printer that fails fails on these.
fn shapes(builder: &mut VectorBuilder<'_>) {
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
    let encoding = builder.fixture.encoding();
    // Hex has no special characters.
    let shapes = match encoding.family() {
        Family::Hex => &shapes[..5],
        Family::Base64 => &shapes[..],
    };
    let found: Vec<_> = shapes
        .iter()
        .filter_map(|(slug, wanted, note)| {
            let wanted = |mac: &[u8]| wanted(mac, &encoding.encode(mac));
            Some((slug, builder.fixture.identity_whose_mac(wanted)?, note))
        })
        .collect();
    for (slug, identity, note) in found {
        let Some(claim) = builder.fixture.who(identity) else {
            continue;
        };
        builder.gives(&TOKEN_IS_EXACT, &format!("mac-with-{slug}"), note, &claim);
        let shown = builder.fixture.forge(&claim, &claim);
        let id = format!("mac-with-{slug}-is-accepted");
        builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, NOW);
    }
}

/// Whether both of the characters stand in a text in which the alphabets of base64 differ.
pub(super) fn has_both(text: &str) -> bool {
    text.contains(['+', '-']) && text.contains(['/', '_'])
}

fn altered(builder: &mut VectorBuilder<'_>, right: &Right) {
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
        let shown = builder.fixture.present(&right.claim, &mac);
        let id = format!("token-{slug}");
        builder.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
    if builder.fixture.encoding().family() == Family::Base64 {
        for (slug, text) in [
            ("in-upper-case", right.spelt.to_ascii_uppercase()),
            ("in-lower-case", right.spelt.to_ascii_lowercase()),
        ] {
            let shown = Some(right.with_mac_text(&text));
            let note =
                "Catches a verifier that ignores case, which in base64 is a part of the MAC.";
            let id = format!("token-{slug}");
            builder.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, &id, note, shown, NOW);
        }
    }
    let twice = builder
        .fixture
        .key(&right.claim)
        .map(|key| builder.fixture.mac_of(&key, &right.mac));
    let shown = twice.and_then(|mac| builder.fixture.present(&right.claim, &mac));
    let note = "Catches a verifier that applies the MAC twice.";
    builder.not_accepted(
        &ALTERED_MAC_IS_NOT_ACCEPTED,
        "token-mac-of-the-mac",
        note,
        shown,
        NOW,
    );
    builder.rejected(
        (&ALTERED_MAC_IS_NOT_ACCEPTED, "token-bit-flipped"),
        (
            "Catches a verifier that takes an exception for an acceptance.",
            "Catches a verifier that throws where the MAC differs.",
        ),
        builder
            .fixture
            .present(&right.claim, &flipped(1.min(last), 4)),
    );
}

fn truncated(builder: &mut VectorBuilder<'_>, right: &Right) {
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
        let shown = builder.fixture.present(&right.claim, &right.mac[..kept]);
        let note = (
            note,
            "Catches a comparison that throws on unequal lengths, as Node.js's timingSafeEqual does.",
        );
        builder.rejected(
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
        builder.rejected(
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
        builder.not_accepted(
            &TRUNCATED_TOKEN_IS_NOT_ACCEPTED,
            "token-first-half",
            note,
            shown,
            NOW,
        );
    }
}

/// What stands before a token that begins with a word changes that word.
const BEFORE: &str = "character-before";

fn extended(builder: &mut VectorBuilder<'_>, right: &Right) {
    let fixture = &builder.fixture;
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
            BEFORE,
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
    let delimiters = builder.fixture.scheme.token.delimiters();
    for (at, delimiter) in delimiters.into_iter().enumerate() {
        let id = format!("token-delimiter-{}-and-more-after", at + 1);
        let shown = around(format!("{token}{delimiter}x"));
        let note = "Catches a verifier that cuts the token at its delimiters and drops the rest.";
        builder.not_accepted(&EXTENDED_TOKEN_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
    // Decoders of hex pass over half a byte, and over what is not hex, at the end.
    let is_hex = builder.fixture.encoding().family() == Family::Hex;
    let behind_hex = [
        ("digit-after-the-mac", "0"),
        ("letters-after-the-mac", "zz"),
    ];
    let behind_hex = behind_hex
        .into_iter()
        .filter(|_| is_hex)
        .map(|(slug, more)| {
            let shown = right.with_mac_text(&format!("{}{more}", right.spelt));
            let note = "Catches a verifier that decodes hex as Node's Buffer does.";
            (slug, Some(shown), note)
        });
    for (slug, shown, note) in extended.into_iter().chain(behind_hex) {
        let id = format!("token-{slug}");
        if slug == BEFORE && builder.fixture.scheme.token.begins_with_a_word() {
            let words = ("accepts another word in the place of its prefix", note);
            builder.observed(&OTHER_SPELLINGS, &id, words, shown, NOW);
        } else {
            builder.not_accepted(&EXTENDED_TOKEN_IS_NOT_ACCEPTED, &id, note, shown, NOW);
        }
    }
}
