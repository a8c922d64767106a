//! Secrets that spell a key in hex or base64, and the vectors that they make.

use sha2::{Digest, Sha256};

use crate::generate::fixture::NOW;
use crate::generate::requirements::{
    EMPTY_SECRET_PROTECTS_NOTHING, NOTHING_IS_SIGNED_WITHOUT_A_SECRET, RIGHT_TOKEN_IS_ACCEPTED,
    SECRET_IS_DECODED, TOKEN_IS_BOUND_TO_THE_SECRET, UNUSUAL_SECRET,
};
use crate::generate::row::Row;
use crate::generate::secret_bytes::{Bytes, SecretStrictness};
use crate::generate::vector_builder::{VectorBuilder, by_secret_bytes};
use crate::mistakes::MistakeId;
use crate::scheme::SecretEncoding;
use crate::signature::{Encoding, Secret};

/// A key of a scheme whose secrets are spelt.
struct Key {
    slug: &'static str,
    key: Bytes,
    catches: &'static str,
    /// The known mistakes that it reveals. A law of `strength` holds each of them true.
    mistakes: &'static [MistakeId],
}

const fn key(
    slug: &'static str,
    key: &'static [u8],
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> Key {
    Key {
        slug,
        key: Bytes::Are(key),
        catches,
        mistakes,
    }
}

const fn long_key(
    slug: &'static str,
    times: usize,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> Key {
    Key {
        slug,
        key: Bytes::Repeat(0xab, times),
        catches,
        mistakes,
    }
}

use MistakeId as M;

// One entry a line, as in a table.
#[rustfmt::skip]
static KEYS: &[Key] = &[
    key("of-ascii", b"Example-Key-of-32-ASCII-letters.", "a key that is decoded and then read as text.", &[]),
    key("beyond-ascii", b"\x80\x91\xa2\xb3\xc4\xd5\xe6\xf7\x88\x99\xaa\xbb\xcc\xdd\xee\xff\x8f\x9e\xad\xbc\xcb\xda\xe9\xf8", "a key whose bytes go through a text on their way.", &[]),
    key("valid-utf-8", "Schlüssel-für-den-Träger".as_bytes(), "a key that is encoded once more.", &[]),
    key("zero-byte-first", b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff\x01\x23\x45\x67\x89\xab\xcd\xef", "a key read as a number, whose first byte is lost, or cut at NUL.", &[]),
    key("zero-byte-inside", b"\x11\x22\x33\x00\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff\x01\x23\x45\x67\x89\xab\xcd\xef", "a key cut at NUL.", &[]),
    key("blanks-at-its-ends", b" \tExample-Key-of-24-byte\r\n", "a key that is trimmed after it was decoded.", &[]),
    key("hex-digits-itself", b"00112233445566778899aabbccddeeff", "a key that is decoded twice.", &[]),
    key("all-letters-of-the-alphabet", b"\xfb\xff\xbf\xfb\xff\xbf\x3e\xfb\xef\xbe\xfb\xef\xff\xff\xff\x00\x10\x83\x10\x51\x87\x20\x92\x8b", "an alphabet of base64 with other signs.", &[]),
    key("two-signs-of-padding", b"Example-Key-of-25-bytes..", "a secret whose padding is lost.", &[]),
    long_key("length-1", 1, "a key padded or stretched to a length.", &[]),
    long_key("length-16", 16, "a key padded or stretched to a length.", &[]),
    long_key("length-63", 63, "a key that is padded wrongly: one byte less than a block.", &[]),
    long_key("length-64", 64, "a key of a whole block that is hashed although it fits.", &[]),
    long_key("length-65", 65, "a key longer than a block that is cut instead of hashed.", &[M("secret-cut-to-64-bytes")]),
    long_key("length-131", 131, "a key longer than two blocks that is cut instead of hashed.", &[M("secret-cut-to-64-bytes")]),
];

/// The rows of the table.
pub(super) fn rows() -> impl Iterator<Item = Row> {
    KEYS.iter().map(|row| Row {
        prefix: "secret-",
        slug: row.slug,
        mistakes: row.mistakes,
    })
}

pub(super) fn spelt_keys(builder: &mut VectorBuilder<'_>) {
    for entry in KEYS {
        let secret = builder.fixture.scheme.secret.spell(&entry.key.bytes());
        let note = format!("Catches {}", entry.catches);
        used(builder, entry.slug, SecretStrictness::Used, &secret, &note);
    }
    let spelt = builder
        .fixture
        .scheme
        .secret
        .spell(KEYS[0].key.bytes().as_slice());
    let spelt = String::from_utf8_lossy(spelt.reveal()).into_owned();
    let rule = &builder.fixture.scheme.secret;
    let prefix = rule.strip_prefix.clone().unwrap_or_default();
    let text = spelt[prefix.len()..].to_owned();
    if rule.encoding == SecretEncoding::Hex {
        let upper = Secret::new(format!("{prefix}{}", text.to_ascii_uppercase()));
        let note = "Catches a decoder that knows one case only.";
        used(
            builder,
            "hex-in-upper-case",
            SecretStrictness::Unusual,
            &upper,
            note,
        );
    }
    if !prefix.is_empty() {
        let bare = Secret::new(text.as_bytes());
        let note = "Catches an implementation that takes the prefix off without looking whether it is there.";
        used(
            builder,
            "prefix-left-out",
            SecretStrictness::Unusual,
            &bare,
            note,
        );
    }
    let key = KEYS[0].key.bytes();
    let others: [(&str, Vec<u8>, &str); 9] = [
        (
            "secret-as-text",
            spelt.clone().into(),
            "a verifier that uses the secret's characters.",
        ),
        (
            "secret-as-text-without-prefix",
            text.clone().into(),
            "a verifier that takes the prefix off and uses the secret's characters.",
        ),
        (
            "secret-in-lower-case",
            spelt.to_lowercase().into(),
            "a verifier that brings the secret to one case and uses its characters.",
        ),
        (
            "hex-of-the-key",
            Encoding::Hex.encode(&key).into(),
            "a verifier that writes the decoded key in hex.",
        ),
        (
            "base64-of-the-key",
            Encoding::Base64.encode(&key).into(),
            "a verifier that writes the decoded key in base64.",
        ),
        (
            "hashed",
            Sha256::digest(&key).to_vec(),
            "a verifier that hashes the key first.",
        ),
        (
            "cut-to-16-bytes",
            key[..16].to_vec(),
            "a verifier of which only a part of the key counts.",
        ),
        (
            "empty",
            Vec::new(),
            "a verifier that lost its secret: with the empty key anybody can sign.",
        ),
        (
            "undefined",
            b"undefined".to_vec(),
            "a verifier that lost its secret and uses this word.",
        ),
    ];
    let configured = Secret::new(spelt);
    for (slug, key, catches) in others {
        let shown = by_secret_bytes(builder, &configured, &key);
        let note = format!("Catches {catches}");
        let id = format!("key-{slug}");
        builder.not_accepted(&TOKEN_IS_BOUND_TO_THE_SECRET, &id, &note, shown, NOW);
    }
}

fn used(
    builder: &mut VectorBuilder<'_>,
    slug: &str,
    manner: SecretStrictness,
    secret: &Secret,
    note: &str,
) {
    let claim = builder.fixture.under(secret);
    let shown = builder.fixture.forge(&claim, &claim);
    let id = format!("secret-{slug}");
    match manner {
        SecretStrictness::Used => {
            builder.gives_or_declines(&SECRET_IS_DECODED, &id, note, &claim);
            let id = format!("{id}-is-accepted");
            builder.accepted_or_declined(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, NOW);
        }
        SecretStrictness::Unusual => builder.gives_or_declines(&UNUSUAL_SECRET, &id, note, &claim),
    }
}

/// Secrets that spell no key. Lenient decoders make a key of some of them; the characters
/// themselves are never one, and neither is nothing.
pub(super) fn undecodable(builder: &mut VectorBuilder<'_>) {
    let prefix = builder
        .fixture
        .scheme
        .secret
        .strip_prefix
        .clone()
        .unwrap_or_default();
    let spelt = |encoding: Encoding| encoding.encode(b"Example-Key-of-25-bytes..");
    let damaged: &[(&str, String)] = match builder.fixture.scheme.secret.encoding {
        SecretEncoding::Utf8 => &[],
        SecretEncoding::Hex => &[("odd-number-of-digits", spelt(Encoding::Hex)[1..].to_owned())],
        SecretEncoding::Base64 => &[("without-padding", spelt(Encoding::Base64Unpadded))],
        SecretEncoding::Base64url => &[("without-padding", spelt(Encoding::Base64urlUnpadded))],
    };
    let rubbish = ("rubbish", "!?!?!?!?!?!?!?!?".to_owned());
    for (slug, text) in std::iter::once(&rubbish).chain(damaged) {
        let configured = Secret::new(format!("{prefix}{text}"));
        for (how, key, note) in [
            (
                "as-text",
                text.as_bytes(),
                "Catches a verifier that uses the characters of a secret which it cannot decode.",
            ),
            (
                "as-nothing",
                b"".as_slice(),
                "Catches a verifier whose decoding fails and leaves the empty key, with which anybody can sign.",
            ),
        ] {
            let shown = by_secret_bytes(builder, &configured, key);
            let id = format!("secret-{slug}-used-{how}");
            builder.not_accepted(&EMPTY_SECRET_PROTECTS_NOTHING, &id, note, shown, NOW);
        }
    }
    let claim = builder
        .fixture
        .under(&Secret::new(format!("{prefix}{}", rubbish.1)));
    let note = "Catches a signer whose decoding fails and leaves the empty key.";
    builder.gives_no_token(
        &NOTHING_IS_SIGNED_WITHOUT_A_SECRET,
        "secret-rubbish",
        note,
        &claim,
    );
}
