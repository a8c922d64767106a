//! Tokens that a comparison which is not equality takes for the right one.
//!
//! Implementations compare texts or the bytes that they decode them to, so each of these shows
//! both, or has one vector for each.

use crate::generate::fixture::NOW;
use crate::generate::requirements::{ALTERED_MAC_IS_NOT_ACCEPTED, TRUNCATED_TOKEN_IS_NOT_ACCEPTED};
use crate::generate::valid_token::Right;
use crate::generate::vector_builder::VectorBuilder;
use crate::mistakes::checksums::Checksum;
use crate::mistakes::collision::collision;

/// Adds the vectors about them.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(right) = Right::of(&builder.fixture, builder.fixture.base.clone()) else {
        return;
    };
    rearranged(builder, &right);
    every_second(builder, &right);
    ends(builder, &right);
    ends_of_the_whole(builder, &right);
    undecodable(builder, &right);
    checksums(builder, &right);
    behind_a_nul(builder);
}

/// The same bytes and characters in another order, and fewer of them.
fn rearranged(builder: &mut VectorBuilder<'_>, right: &Right) {
    let size = builder.fixture.encoding().group_bytes();
    let groups: Vec<&[u8]> = right.mac.chunks_exact(size).collect();
    let rest = &right.mac[groups.len() * size..];
    let reversed = groups.iter().rev().copied().collect::<Vec<_>>().concat();
    let swapped = [1, 0].into_iter().chain(2..groups.len());
    let swapped = swapped.filter_map(|at| groups.get(at).copied());
    let swapped = swapped.collect::<Vec<_>>().concat();
    let repeated = groups
        .first()
        .map_or_else(Vec::new, |g| g.repeat(groups.len()));
    for (slug, front, note) in [
        (
            "groups-in-reverse",
            reversed,
            "Catches a comparison that adds up or joins the differences by XOR, or sorts or counts what it compares.",
        ),
        (
            "first-groups-exchanged",
            swapped,
            "Catches a comparison that adds up differences, or ignores the order of what it compares.",
        ),
        (
            "first-group-repeated",
            repeated,
            "Catches a comparison of which characters occur, wherever they stand.",
        ),
    ] {
        let shown = builder
            .fixture
            .present(&right.claim, &[&front[..], rest].concat());
        let id = format!("token-{slug}");
        builder.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
}

/// Every second byte changed, and with it every second character or some of them.
fn every_second(builder: &mut VectorBuilder<'_>, right: &Right) {
    let encoding = builder.fixture.encoding();
    for (parity, slug) in [(1, "even-places-kept"), (0, "odd-places-kept")] {
        let mut mac = right.mac.clone();
        for at in (parity..mac.len()).step_by(2) {
            // A bit of this byte that stands in a character of the same kind of place.
            let changes_there = |bit: &u8| {
                let mut changed = right.mac.clone();
                changed[at] ^= bit;
                let text = encoding.encode(&changed);
                let places = text.bytes().zip(right.spelt.bytes()).enumerate();
                places
                    .filter(|(_, (one, other))| one != other)
                    .all(|(at, _)| at % 2 == parity)
            };
            if let Some(bit) = (0..8).map(|bit| 1 << bit).find(changes_there) {
                mac[at] ^= bit;
            }
        }
        let shown = builder.fixture.present(&right.claim, &mac);
        let id = format!("token-{slug}");
        let note = "Catches a comparison of every second byte or character.";
        builder.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
}

/// One end right, or nothing but an end.
fn ends(builder: &mut VectorBuilder<'_>, right: &Right) {
    let length = right.mac.len();
    // A multiple of a group, so that the characters of the second half stay.
    let half = length / 2 / 3 * 3;
    let inverted: Vec<u8> = right.mac[..half].iter().map(|byte| !byte).collect();
    let changed = [&inverted[..], &right.mac[half..]].concat();
    let shown = builder.fixture.present(&right.claim, &changed);
    let note = "Catches a verifier that compares only the second half.";
    let id = "token-first-half-changed";
    builder.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, id, note, shown, NOW);
    let last = right.spelt.char_indices().next_back();
    let last_character = last.map(|(at, _)| right.with_mac_text(&right.spelt[at..]));
    let end = |bytes: usize| {
        let from = length.saturating_sub(bytes);
        builder.fixture.present(&right.claim, &right.mac[from..])
    };
    let note = "Catches a verifier that compares as much as it is given, from the end.";
    let without_first_group = builder.fixture.encoding().group_bytes();
    for (slug, shown) in [
        ("last-character-only", last_character),
        ("last-byte-only", end(1)),
        ("last-eight-bytes-only", end(8)),
        ("second-half-of-the-bytes-only", end(length - half)),
        ("without-its-first-bytes", end(length - without_first_group)),
    ] {
        let id = format!("token-{slug}");
        builder.not_accepted(&TRUNCATED_TOKEN_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
}

/// The end of a token in which more stands than the MAC: some compare the whole.
fn ends_of_the_whole(builder: &mut VectorBuilder<'_>, right: &Right) {
    let token = &right.shown.token;
    if *token == right.spelt {
        return;
    }
    let last = token.char_indices().next_back();
    for (slug, end) in [
        ("last-character", last.and_then(|(at, _)| token.get(at..))),
        ("second-half", token.get(token.len() / 2..)),
    ] {
        let shown = end.map(|end| right.shown.spelt(end));
        let note = "Catches a verifier that looks whether the expected token ends with this one.";
        let id = format!("token-{slug}-of-the-whole");
        builder.not_accepted(&TRUNCATED_TOKEN_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
}

/// MACs that cannot be decoded, or only in part.
fn undecodable(builder: &mut VectorBuilder<'_>, right: &Right) {
    let characters = builder.fixture.encoding().group_digits();
    let length = right.spelt.len();
    let half = length / 2 / characters * characters;
    for (slug, kept, note) in [
        (
            "one-group-and-no-digits",
            characters,
            "Catches a verifier that compares what it could decode, as far as that goes: a few guesses forge a token.",
        ),
        (
            "half-and-no-digits",
            half,
            "Catches a verifier that compares what it could decode, as far as that goes.",
        ),
    ] {
        for (of, foreign) in [("letters", "z"), ("signs", "!")] {
            // To base64 a letter is no foreign character.
            if of == "letters" && characters == 4 {
                continue;
            }
            let text = right.spelt[..kept].to_owned() + &foreign.repeat(length - kept);
            let shown = Some(right.with_mac_text(&text));
            let id = format!("token-{slug}-but-{of}");
            builder.not_accepted(&TRUNCATED_TOKEN_IS_NOT_ACCEPTED, &id, note, shown, NOW);
        }
    }
    let shown = Some(right.with_mac_text(&format!("\0{}", &right.spelt[1..])));
    let note = "Catches a comparison that ends at a NUL in the token.";
    let id = "token-nul-for-its-first-character";
    builder.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, id, note, shown, NOW);
}

/// Other MACs with the same checksum: of their text, of their bytes, of the whole token.
fn checksums(builder: &mut VectorBuilder<'_>, right: &Right) {
    let encoding = builder.fixture.encoding();
    let digits: Vec<u8> = (0..128)
        .filter(|&byte| encoding.may_contain(byte) && byte != b'=')
        .collect();
    // A sign bit that stays makes no difference between Java's bytes and others'.
    let with_the_same_sign = |at: usize| {
        let sign = right.mac[at] & 0x80;
        (0..0x80).map(|low| sign | low).collect()
    };
    let token = &right.shown.token;
    let before = token.find(&right.spelt).map_or("", |at| &token[..at]);
    for (checksum, name) in [
        (Checksum::Crc32, "crc-32"),
        (Checksum::Adler32, "adler-32"),
        (Checksum::Fnv1a, "fnv-1a"),
        (Checksum::JavaHashCode, "java-hash-code"),
    ] {
        let note =
            "Catches a comparison of checksums of 32 bits: who has guessed them forges a token.";
        let text = |before: &str| {
            let found = collision(checksum, before.as_bytes(), right.spelt.as_bytes(), |_| {
                digits.clone()
            });
            found.and_then(|text| Some(right.with_mac_text(std::str::from_utf8(&text).ok()?)))
        };
        let bytes = collision(checksum, b"", &right.mac, with_the_same_sign)
            .and_then(|mac| builder.fixture.present(&right.claim, &mac));
        let mut colliding = vec![("", text("")), ("-of-its-bytes", bytes)];
        // To the others it makes no difference what stands before.
        if checksum == Checksum::Fnv1a && !before.is_empty() {
            colliding.push(("-of-the-whole", text(before)));
        }
        for (of, shown) in colliding {
            let id = format!("token-with-the-same-{name}{of}");
            builder.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, &id, note, shown, NOW);
        }
    }
}

/// MACs with a NUL, behind which everything is changed.
fn behind_a_nul(builder: &mut VectorBuilder<'_>) {
    let inside = |mac: &[u8]| mac.iter().position(|&byte| byte == 0);
    for (slug, nul, note) in [
        (
            "first-nul",
            0..1,
            "Catches a comparison of bytes by strcmp, to which a signature that begins with NUL is empty.",
        ),
        (
            "nul-inside",
            1..8,
            "Catches a comparison of bytes by strcmp, which ends at a NUL.",
        ),
    ] {
        let wanted = |mac: &[u8]| inside(mac).is_some_and(|at| nul.contains(&at));
        let identity = builder.fixture.identity_whose_mac(wanted);
        let claim = identity.and_then(|identity| builder.fixture.who(identity));
        let Some(right) = claim.and_then(|claim| Right::of(&builder.fixture, claim)) else {
            continue;
        };
        let mut mac = right.mac.clone();
        let behind = inside(&mac).map_or(mac.len(), |at| at + 1);
        mac[behind..].iter_mut().for_each(|byte| *byte = !*byte);
        let shown = builder.fixture.present(&right.claim, &mac);
        let id = format!("token-changed-behind-its-{slug}");
        builder.not_accepted(&ALTERED_MAC_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
}

#[cfg(test)]
mod tests {
    use crate::generate::case::{Case, Sound};
    use crate::generate::fixture::{Claim, Fixture};
    use crate::generate::vectors::vectors;
    use crate::mistakes::checksums::Checksum;
    use crate::mistakes::{MistakeId, Mistaken, loosely};
    use crate::scheme::{Call, Implementation as _};
    use crate::signature::{Context, Encoding, Outcome, Value};
    use crate::suite::{Basis, Level, Suite, well_known};

    type Same = fn(&[u8], &[u8]) -> bool;

    fn as_long(presented: &[u8], expected: &[u8], same: impl Fn() -> bool) -> bool {
        presented.len() == expected.len() && same()
    }

    fn sorted(bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes.sort_unstable();
        bytes
    }

    fn to_nul(bytes: &[u8]) -> &[u8] {
        bytes.split(|&byte| byte == 0).next().unwrap_or_default()
    }

    fn every(step: usize, from: usize, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().copied().skip(from).step_by(step).collect()
    }

    fn signed(bytes: &[u8]) -> u32 {
        bytes.iter().fold(1_u32, |hash, byte| {
            hash.wrapping_mul(31)
                .wrapping_add_signed(i32::from(byte.cast_signed()))
        })
    }

    /// Comparisons that are not equality, as people write them.
    #[rustfmt::skip]
    const WEAK: [(&str, Same); 30] = [
        ("sum of differences", |a, b| as_long(a, b, || {
            let sum = |of: &[u8]| of.iter().map(|&byte| u32::from(byte)).sum::<u32>();
            sum(a) == sum(b)
        })),
        ("sum of differences, in a byte", |a, b| as_long(a, b, || {
            let sum = |of: &[u8]| of.iter().fold(0, |sum: u8, &byte| sum.wrapping_add(byte));
            sum(a) == sum(b)
        })),
        ("differences joined by XOR", |a, b| as_long(a, b, || {
            let joined = |of: &[u8]| of.iter().fold(0, |joined, &byte| joined ^ byte);
            joined(a) == joined(b)
        })),
        ("differences joined by AND", |a, b| as_long(a, b, || {
            a.iter().zip(b).fold(0xff, |joined, (a, b)| joined & (a ^ b)) == 0
        })),
        ("the last difference", |a, b| as_long(a, b, || a.last() == b.last())),
        ("the first difference", |a, b| as_long(a, b, || a.first() == b.first())),
        ("any order", |a, b| sorted(a) == sorted(b)),
        ("the same set", |a, b| a.iter().all(|c| b.contains(c)) && b.iter().all(|c| a.contains(c))),
        ("subset", |a, b| !a.is_empty() && a.iter().all(|c| b.contains(c))),
        ("subset, as long", |a, b| as_long(a, b, || a.iter().all(|c| b.contains(c)))),
        ("prefix", |a, b| !a.is_empty() && b.starts_with(a)),
        ("prefix, or nothing", |a, b| b.starts_with(a)),
        ("prefix of eight or more", |a, b| a.len() >= 8 && b.starts_with(a)),
        ("suffix", |a, b| !a.is_empty() && b.ends_with(a)),
        ("suffix of eight or more", |a, b| a.len() >= 8 && b.ends_with(a)),
        ("inside", |a, b| !a.is_empty() && b.windows(a.len()).any(|window| window == a)),
        ("first four", |a, b| as_long(a, b, || a[..4] == b[..4])),
        ("first half", |a, b| as_long(a, b, || a[..a.len() / 2] == b[..a.len() / 2])),
        ("last four", |a, b| as_long(a, b, || a[a.len() - 4..] == b[a.len() - 4..])),
        ("last half", |a, b| as_long(a, b, || a[a.len() - a.len() / 2..] == b[a.len() - a.len() / 2..])),
        ("both ends", |a, b| as_long(a, b, || a[..4] == b[..4] && a[a.len() - 4..] == b[a.len() - 4..])),
        ("every second", |a, b| as_long(a, b, || every(2, 0, a) == every(2, 0, b))),
        ("every other second", |a, b| as_long(a, b, || every(2, 1, a) == every(2, 1, b))),
        ("lengths", |a, b| a.len() == b.len()),
        ("CRC-32", |a, b| Checksum::Crc32.of(a) == Checksum::Crc32.of(b)),
        ("Adler-32", |a, b| Checksum::Adler32.of(a) == Checksum::Adler32.of(b)),
        ("FNV-1a", |a, b| Checksum::Fnv1a.of(a) == Checksum::Fnv1a.of(b)),
        ("hashCode", |a, b| Checksum::JavaHashCode.of(a) == Checksum::JavaHashCode.of(b)),
        ("Arrays.hashCode", |a, b| signed(a) == signed(b)),
        ("strcmp", |a, b| to_nul(a) == to_nul(b)),
    ];

    /// The MACs that the wrong tokens of a suite carry where accepting them is a forgery, each
    /// beside the right one, as texts.
    fn forgeries(suite: &Suite) -> Vec<(String, String)> {
        let fixture = Fixture::new(suite);
        let mut pairs = Vec::new();
        for case in vectors(suite) {
            let is_forgery = case.op.verifies()
                && case.sound == Sound::DoesNotAccept
                && (case.rule.level, case.rule.basis) == (Level::Must, Basis::Security);
            let Some(text) = case
                .token
                .as_ref()
                .and_then(Value::as_text)
                .filter(|_| is_forgery)
            else {
                continue;
            };
            for loose in loosely(&suite.scheme, text) {
                let mut fields = case.fields.clone();
                for (field, text) in &loose.fields {
                    fields.set(fixture.name(*field), text.as_str());
                }
                let claim = Claim {
                    secrets: case.secrets.clone(),
                    fields,
                };
                if let Some(mac) = fixture.mac(&claim) {
                    let right = fixture.encoding().encode(&mac);
                    if right != loose.mac {
                        pairs.push((loose.mac, right));
                    }
                }
            }
        }
        pairs
    }

    /// The weak comparisons for which a suite has no forgery.
    fn missed(suite: &Suite) -> Vec<String> {
        let encoding = suite.scheme.token.mac_encoding();
        let texts = forgeries(suite);
        let bytes: Vec<(Vec<u8>, Vec<u8>)> = texts
            .iter()
            .filter_map(|(one, other)| Some((encoding.decode(one)?, encoding.decode(other)?)))
            .collect();
        let mut missed = Vec::new();
        for (name, same) in WEAK {
            if !texts.iter().any(|(a, b)| same(a.as_bytes(), b.as_bytes())) && name != "strcmp" {
                missed.push(format!("{}: {name}, of the text", suite.name));
            }
            if !bytes.iter().any(|(a, b)| same(a, b)) {
                missed.push(format!("{}: {name}, of the bytes", suite.name));
            }
        }
        missed
    }

    fn with(encoding: Encoding, token: &str, bytes: usize) -> Suite {
        let name = encoding.name();
        let text = format!(
            "macproof: 1\nsuite: of-{name}\nversion: 1\ntitle: Of {name}\nsource: {{title: A}}\nscheme:\n  algorithm: hmac-sha256\n  mac_bytes: {bytes}\n  secret: {{encoding: utf8}}\n  fields:\n    user_id: {{type: text}}\n  message: \"{{user_id}}\"\n  token: \"{token}\"\nrequirements:\n  exact: {{level: must, basis: document, text: \"It is.\", where: \"1\"}}\nvectors:\n  - {{id: by-hand, shows: [exact], op: sign, secret: \"secret\", fields: {{user_id: \"user-1\"}}, expect: {{token: \"?\"}}}}\n",
            token = token.replace("MAC", &format!("{{mac:{name}}}")),
        );
        Suite::parse("of.yaml", &text).unwrap()
    }

    #[test]
    fn no_comparison_but_equality_passes_in_any_encoding() {
        let mut missed = Vec::new();
        for encoding in Encoding::ALL {
            for (token, bytes) in [("MAC", 32), ("v0=MAC", 20), ("MAC", 16)] {
                missed.extend(self::missed(&with(encoding, token, bytes)));
            }
        }
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }

    #[test]
    fn no_comparison_but_equality_passes_an_embedded_suite() {
        let mut missed = Vec::new();
        for suite in well_known().filter(|suite| !suite.path().contains("/primitives/")) {
            missed.extend(self::missed(suite.parsed()));
        }
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }

    /// A verifier that compares the ends of whole tokens is caught, too.
    #[test]
    fn the_end_of_a_whole_token_is_not_accepted() {
        for encoding in Encoding::ALL {
            let suite = with(encoding, "v0=MAC", 32);
            let fixture = Fixture::new(&suite);
            let ends = |case: &&Case| {
                let claim = Claim {
                    secrets: case.secrets.clone(),
                    fields: case.fields.clone(),
                };
                let shown = case.token.as_ref().and_then(Value::as_text);
                let right = fixture.token(&claim);
                let is_end = |(shown, right): (&str, String)| {
                    !shown.is_empty() && shown != right && right.ends_with(shown)
                };
                case.rule.level == Level::Must
                    && case.sound == Sound::DoesNotAccept
                    && shown.zip(right).is_some_and(is_end)
            };
            let cases = vectors(&suite);
            let lengths: Vec<usize> = cases
                .iter()
                .filter(ends)
                .filter_map(|case| Some(case.token.as_ref()?.as_text()?.len()))
                .collect();
            assert!(lengths.contains(&1) && lengths.iter().any(|&length| length > 8));
        }
    }

    /// Another spelling of the right MAC, or a longer one, is never told as a forgery.
    #[test]
    fn a_different_encoding_is_not_a_forgery() {
        for encoding in Encoding::ALL {
            let suite = with(encoding, "MAC", 32);
            for lenient in [
                "verify-lenient-decoding",
                "verify-trims-token",
                "verify-any-case",
            ] {
                // In base64 the case of a letter is a part of the MAC.
                if lenient == "verify-any-case" && encoding.group_bytes() > 1 {
                    continue;
                }
                let mut mistaken = Mistaken::new(&[MistakeId::named(lenient).unwrap()]).unwrap();
                for case in vectors(&suite) {
                    let call = Call {
                        op: case.op,
                        scheme: &suite.scheme,
                        secrets: &case.secrets,
                        fields: &case.fields,
                        token: case.token.as_ref(),
                        context: Context::none(),
                        now: case.now,
                    };
                    let is_forgery =
                        case.sound == Sound::DoesNotAccept && case.rule.basis == Basis::Security;
                    let accepted = is_forgery && mistaken.call(&call) == Outcome::Accept;
                    assert!(!accepted, "{lenient}: {} in {}", case.id, suite.name);
                }
            }
        }
    }
}
