//! The catalogue of secrets, and the vectors that they make.

use sha2::{Digest, Sha256};

use crate::generate::encoded_secrets::{spelt_keys, undecodable};
use crate::generate::fixture::NOW;
use crate::generate::requirements::{
    EMPTY_SECRET_PROTECTS_NOTHING, NOTHING_IS_SIGNED_WITHOUT_A_SECRET, RIGHT_TOKEN_IS_ACCEPTED,
    Rule, SECRET_IS_TEXT, TOKEN_IS_BOUND_TO_THE_SECRET, TOKEN_UNDER_NO_SECRET, UNUSUAL_SECRET,
};
use crate::generate::row::Row;
use crate::generate::secret_bytes::{Bytes, SecretStrictness};
use crate::generate::vector_builder::{VectorBuilder, by_secret_bytes};
use crate::mistakes::MistakeId;
use crate::scheme::SecretEncoding;
use crate::signature::{Encoding, Secret};

/// The rows of the tables.
pub(super) fn rows() -> impl Iterator<Item = Row> {
    let texts = TEXTS.iter().map(|row| Row {
        prefix: "secret-",
        slug: row.slug,
        mistakes: row.mistakes,
    });
    let keys = OTHER_KEYS.iter().map(|row| Row {
        prefix: "key-",
        slug: row.slug,
        mistakes: row.mistakes,
    });
    texts.chain(keys)
}

/// Adds the vectors about secrets.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    if builder.fixture.scheme.secret.encoding == SecretEncoding::Utf8 {
        texts(builder);
    } else {
        spelt_keys(builder);
        undecodable(builder);
    }
    other_keys(builder);
    empty(builder);
}

/// A secret that is a text.
struct TextSecret {
    slug: &'static str,
    text: Bytes,
    manner: SecretStrictness,
    catches: &'static str,
    /// The known mistakes that it reveals. A law of `strength` holds each of them true.
    mistakes: &'static [MistakeId],
}

const fn secret(
    slug: &'static str,
    text: &'static str,
    manner: SecretStrictness,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> TextSecret {
    TextSecret {
        slug,
        text: Bytes::Are(text.as_bytes()),
        manner,
        catches,
        mistakes,
    }
}

const fn repeated(
    slug: &'static str,
    times: usize,
    manner: SecretStrictness,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> TextSecret {
    TextSecret {
        slug,
        text: Bytes::Repeat(b'k', times),
        manner,
        catches,
        mistakes,
    }
}

use MistakeId as M;
use SecretStrictness::{Unusual, Used};

// One entry a line, as in a table.
#[rustfmt::skip]
static TEXTS: &[TextSecret] = &[
    secret("mixed-case", "Example-Secret-QxZ7-kPw3", Used, "a secret brought to one case.", &[M("secret-lower-cased")]),
    secret("hex-looking", "7f3c9a1be85d2460f1a7c3d9e4b80652", Used, "a secret decoded because it looks like hex.", &[]),
    secret("hex-looking-of-64-digits", "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0", Used, "a secret decoded because it looks like the hex of 32 bytes.", &[M("secret-cut")]),
    secret("hex-looking-of-odd-length", "7f3c9a1be85d2460f1a7c3d9e4b80652d", Used, "a secret decoded from hex although a digit is missing: each language makes another key of it.", &[M("secret-cut")]),
    secret("hex-looking-in-upper-case", "7F3C9A1BE85D2460F1A7C3D9E4B80652", Used, "a secret decoded or brought to lower case because it looks like hex.", &[]),
    secret("base64-looking", "U2VjcmV0LW9mLXR3ZW50eS1ieXRlcy4uLg==", Used, "a secret decoded because it looks like base64.", &[M("secret-cut-at-equals-sign"), M("secret-cut")]),
    secret("base64-looking-with-plus-and-slash", "k+/Zx3nQ8/aB+7mWvR1tYu5oPs2LdEf0", Used, "a secret decoded because it looks like base64.", &[]),
    secret("base64url-looking", "k-_Zx3nQ8_aB-7mWvR1tYu5oPs2LdEf0", Used, "a secret decoded because it looks like base64url.", &[M("secret-prefix-stripped")]),
    secret("decimal", "00123456789012345678901234567890", Used, "a secret taken for a number.", &[]),
    secret("uuid", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", Used, "a secret parsed as a UUID.", &[M("secret-cut")]),
    secret("with-a-prefix", "whsec_Ab3dEf6hIj9lMn2pQr5tUv8x", Used, "a secret whose prefix is taken off or whose rest is decoded.", &[M("secret-prefix-stripped")]),
    secret("percent-and-dollar", "100%25-$ecret-$1-${x}-%s", Used, "a secret that is percent-decoded or used as a format or shell text.", &[]),
    secret("punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", Used, "a secret that is escaped or cut on its way.", &[M("secret-prefix-stripped"), M("secret-cut-at-equals-sign")]),
    secret("quotes-around", "\"Example-Secret-QxZ7-kPw3\"", Unusual, "quotes that are taken off, as readers of .env files do.", &[]),
    secret("number-sign-inside", "Example#Secret#QxZ7#kPw3", Used, "a secret cut where a comment would begin.", &[]),
    secret("equals-signs", "Example=Secret=QxZ7=kPw3", Used, "a secret cut at an equals sign, as readers of .env files do.", &[M("secret-cut-at-equals-sign")]),
    repeated("length-1", 1, Unusual, "a secret padded or stretched to a length.", &[]),
    repeated("length-63", 63, Used, "a key that is padded wrongly: one byte less than a block.", &[]),
    repeated("length-64", 64, Used, "a key of a whole block that is hashed although it fits.", &[]),
    repeated("length-65", 65, Used, "a key longer than a block that is cut instead of hashed.", &[M("secret-cut-to-64-bytes")]),
    repeated("length-131", 131, Used, "a key longer than two blocks that is cut instead of hashed.", &[M("secret-cut-to-64-bytes")]),
    secret("blank-before", " Example-Secret-QxZ7-kPw3", Unusual, "a secret that is quietly trimmed.", &[M("secret-trimmed")]),
    secret("blank-after", "Example-Secret-QxZ7-kPw3 ", Unusual, "a secret that is quietly trimmed.", &[M("secret-trimmed")]),
    secret("blank-inside", "Example Secret QxZ7 kPw3", Unusual, "a secret cut at a blank.", &[]),
    secret("only-a-blank", " ", Unusual, "a secret that is trimmed to nothing.", &[M("secret-trimmed")]),
    secret("tab-after", "Example-Secret-QxZ7-kPw3\t", Unusual, "a secret that is quietly trimmed.", &[M("secret-trimmed")]),
    secret("line-feed-after", "Example-Secret-QxZ7-kPw3\n", Unusual, "a line end that is quietly cut off.", &[M("secret-trimmed")]),
    secret("line-feed-before", "\nExample-Secret-QxZ7-kPw3", Unusual, "a line end that is quietly cut off.", &[M("secret-trimmed")]),
    secret("carriage-return-and-line-feed-after", "Example-Secret-QxZ7-kPw3\r\n", Unusual, "a line end that is quietly cut off or changed.", &[M("secret-trimmed")]),
    secret("nul-inside", "Example-Secret\0-QxZ7-kPw3", Unusual, "a secret cut at NUL.", &[]),
    secret("byte-order-mark", "\u{feff}Example-Secret-QxZ7-kPw3", Unusual, "a byte-order mark that is quietly taken off.", &[]),
    secret("non-ascii", "Schlüssel-für-den-Träger-ß", Unusual, "a secret encoded in anything but UTF-8.", &[]),
    secret("decomposed", "cle\u{301}-secre\u{300}te-0123456789", Unusual, "a secret that is composed (NFC) before it is used.", &[]),
    secret("beyond-latin-1", "密钥-🔑-0123456789", Unusual, "a secret encoded with ? for each character.", &[]),
    TextSecret { slug: "no-utf-8", text: Bytes::Are(b"Example-\xff-Secret-\xe9"), manner: Unusual, catches: "a secret of bytes that is read as text.", mistakes: &[] },
];

/// A key that is not that of the configured secret.
struct OtherKey {
    slug: &'static str,
    configured: &'static str,
    used: Key,
    catches: &'static str,
    /// The known mistakes that it reveals. A law of `strength` holds each of them true.
    mistakes: &'static [MistakeId],
    rule: &'static Rule,
}

#[derive(Clone, Copy)]
enum Key {
    /// These bytes.
    Key(&'static [u8]),
    /// What this encoding decodes the configured secret to.
    Decoded(Encoding),
    /// The configured secret in this encoding.
    Encoded(Encoding),
    /// The SHA-256 of the configured secret.
    Hashed,
    /// So many of its first bytes.
    Cut(usize),
    /// The configured secret with quotes around.
    Quoted,
}

const fn other(
    slug: &'static str,
    configured: &'static str,
    used: Key,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> OtherKey {
    OtherKey {
        slug,
        configured,
        used,
        catches,
        mistakes,
        rule: &TOKEN_IS_BOUND_TO_THE_SECRET,
    }
}

/// A secret that is quietly repaired. It keeps all of its strength, so that to take it is as
/// careless as to sign with it, and no more.
const fn repaired(
    slug: &'static str,
    configured: &'static str,
    used: Key,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> OtherKey {
    OtherKey {
        rule: &UNUSUAL_SECRET,
        ..other(slug, configured, used, catches, mistakes)
    }
}

const TEXT: &str = "Example-Secret-QxZ7-kPw3";
const HEX: &str = "7f3c9a1be85d2460f1a7c3d9e4b80652";
const ODD_HEX: &str = "7f3c9a1be85d2460f1a7c3d9e4b80652d";
const UPPER_HEX: &str = "7F3C9A1BE85D2460F1A7C3D9E4B80652";
const BASE64: &str = "k+/Zx3nQ8/aB+7mWvR1tYu5oPs2LdEf0";
const BASE64URL: &str = "k-_Zx3nQ8_aB-7mWvR1tYu5oPs2LdEf0";

// One entry a line, as in a table.
#[rustfmt::skip]
static OTHER_KEYS: &[OtherKey] = &[
    other("in-lower-case", TEXT, Key::Key(b"example-secret-qxz7-kpw3"), "a verifier that brings the secret to one case.", &[M("secret-lower-cased")]),
    other("in-upper-case", TEXT, Key::Key(b"EXAMPLE-SECRET-QXZ7-KPW3"), "a verifier that brings the secret to one case.", &[]),
    other("upper-hex-in-lower-case", UPPER_HEX, Key::Key(HEX.as_bytes()), "a verifier that brings a secret that looks like hex to lower case.", &[M("secret-lower-cased")]),
    other("hex-decoded", HEX, Key::Decoded(Encoding::Hex), "a verifier that decodes the secret because it looks like hex.", &[M("secret-hex-decoded"), M("secret-hex-decoded-as-node"), M("secret-hex-decoded-as-ruby")]),
    other("odd-hex-cut-and-decoded", ODD_HEX, Key::Key(b"\x7f\x3c\x9a\x1b\xe8\x5d\x24\x60\xf1\xa7\xc3\xd9\xe4\xb8\x06\x52"), "a verifier that decodes the secret from hex and drops the odd digit, as Node.js does.", &[M("secret-hex-decoded-as-node")]),
    other("odd-hex-filled-and-decoded", ODD_HEX, Key::Key(b"\x7f\x3c\x9a\x1b\xe8\x5d\x24\x60\xf1\xa7\xc3\xd9\xe4\xb8\x06\x52\xd0"), "a verifier that decodes the secret from hex and fills the odd digit up, as Ruby does.", &[M("secret-hex-decoded-as-ruby")]),
    other("odd-hex-that-failed", ODD_HEX, Key::Key(b""), "a verifier whose decoding fails and leaves the empty key, as PHP's hex2bin does.", &[M("secret-hex-decoded-as-php"), M("secret-empty")]),
    other("base64-decoded", BASE64, Key::Decoded(Encoding::Base64), "a verifier that decodes the secret because it looks like base64.", &[M("secret-base64-decoded"), M("secret-base64-decoded-leniently")]),
    other("base64url-decoded", BASE64URL, Key::Decoded(Encoding::Base64url), "a verifier that decodes the secret because it looks like base64url.", &[M("secret-base64-decoded-leniently"), M("secret-base64url-decoded")]),
    other("hex-encoded", TEXT, Key::Encoded(Encoding::Hex), "a verifier that encodes the secret in hex.", &[]),
    other("base64-encoded", TEXT, Key::Encoded(Encoding::Base64), "a verifier that encodes the secret in base64.", &[M("secret-encoded-again")]),
    other("quoted", TEXT, Key::Quoted, "a verifier that reads the secret with the quotes of a configuration file.", &[M("secret-quoted")]),
    repaired("without-quotes", "\"Example-Secret-QxZ7-kPw3\"", Key::Key(TEXT.as_bytes()), "a verifier that takes quotes off the secret.", &[]),
    repaired("trimmed", " Example-Secret-QxZ7-kPw3 ", Key::Key(TEXT.as_bytes()), "a verifier that trims the secret.", &[M("secret-trimmed")]),
    repaired("without-its-line-feed", "Example-Secret-QxZ7-kPw3\n", Key::Key(TEXT.as_bytes()), "a verifier that cuts a line feed off the secret.", &[M("secret-trimmed")]),
    other("with-a-line-feed", TEXT, Key::Key(b"Example-Secret-QxZ7-kPw3\n"), "a verifier that reads the secret from a file, line end included.", &[M("secret-line-feed-added")]),
    other("with-a-carriage-return-and-line-feed", TEXT, Key::Key(b"Example-Secret-QxZ7-kPw3\r\n"), "a verifier that reads the secret from a file, line end included.", &[]),
    other("with-a-byte-order-mark", TEXT, Key::Key("\u{feff}Example-Secret-QxZ7-kPw3".as_bytes()), "a verifier that reads the secret from a file, byte-order mark included.", &[M("secret-byte-order-mark")]),
    other("cut-at-nul", "Example-Secret\0-QxZ7-kPw3", Key::Key(b"Example-Secret"), "a verifier that cuts the secret at NUL.", &[]),
    other("without-its-prefix", "whsec_Ab3dEf6hIj9lMn2pQr5tUv8x", Key::Key(b"Ab3dEf6hIj9lMn2pQr5tUv8x"), "a verifier that takes the secret's prefix off.", &[M("secret-prefix-stripped")]),
    other("without-its-prefix-decoded", "whsec_Ab3dEf6hIj9lMn2pQr5tUv8x", Key::Key(b"\x01\xbd\xdd\x11\xfe\xa1\x22\x3f\x65\x32\x7d\xa9\x42\xbe\x6d\x52\xff\x31"), "a verifier that takes the secret's prefix off and decodes the rest.", &[]),
    other("hashed", TEXT, Key::Hashed, "a verifier that hashes the secret first.", &[M("secret-hashed")]),
    other("cut-to-8-bytes", TEXT, Key::Cut(8), "a verifier of which only a part of the secret counts.", &[]),
    other("cut-to-16-bytes", TEXT, Key::Cut(16), "a verifier of which only a part of the secret counts.", &[]),
    other("without-its-last-byte", TEXT, Key::Cut(23), "a verifier that loses the secret's last byte.", &[]),
    repaired("in-latin-1", "Schlüssel-0123456789-ß", Key::Key(b"Schl\xfcssel-0123456789-\xdf"), "a verifier that encodes the secret in Latin-1.", &[]),
    repaired("composed", "cle\u{301}-secre\u{300}te-0123456789", Key::Key("cl\u{e9}-secr\u{e8}te-0123456789".as_bytes()), "a verifier that composes the secret (NFC).", &[]),
    other("empty", TEXT, Key::Key(b""), "a verifier that lost its secret: with the empty key anybody can sign.", &[M("secret-hex-decoded-as-node"), M("secret-hex-decoded-as-php"), M("secret-empty")]),
    other("undefined", TEXT, Key::Key(b"undefined"), "a verifier that lost its secret and uses this word.", &[]),
    other("null", TEXT, Key::Key(b"null"), "a verifier that lost its secret and uses this word.", &[]),
    other("none", TEXT, Key::Key(b"None"), "a verifier that lost its secret and uses this word.", &[]),
];

fn texts(builder: &mut VectorBuilder<'_>) {
    for entry in TEXTS {
        let claim = builder.fixture.under(&Secret::new(entry.text.bytes()));
        let note = format!("Catches {}", entry.catches);
        let id = format!("secret-{}", entry.slug);
        match entry.manner {
            Used => {
                builder.gives_or_declines(&SECRET_IS_TEXT, &id, &note, &claim);
                let id = format!("{id}-is-accepted");
                let shown = builder.fixture.forge(&claim, &claim);
                builder.accepted_or_declined(&RIGHT_TOKEN_IS_ACCEPTED, &id, &note, shown, NOW);
            }
            Unusual => builder.gives_or_declines(&UNUSUAL_SECRET, &id, &note, &claim),
        }
    }
    for entry in OTHER_KEYS {
        let configured = Secret::new(entry.configured.as_bytes());
        let key = match entry.used {
            Key::Key(key) => Some(key.to_vec()),
            Key::Decoded(encoding) => encoding.decode(entry.configured),
            Key::Encoded(encoding) => Some(encoding.encode(entry.configured.as_bytes()).into()),
            Key::Hashed => Some(Sha256::digest(entry.configured).to_vec()),
            Key::Cut(length) => entry
                .configured
                .as_bytes()
                .get(..length)
                .map(<[u8]>::to_vec),
            Key::Quoted => Some(format!("\"{}\"", entry.configured).into_bytes()),
        };
        let shown = key.and_then(|key| by_secret_bytes(builder, &configured, &key));
        let id = format!("key-{}", entry.slug);
        let note = format!("Catches {}", entry.catches);
        builder.not_accepted(entry.rule, &id, &note, shown, NOW);
    }
    for (slug, length, cut, note) in [
        (
            "cut-to-a-block",
            131,
            64,
            "Catches a verifier that cuts a long secret to a block instead of hashing it.",
        ),
        (
            "cut-to-32-bytes",
            64,
            32,
            "Catches a verifier of which only the secret's first 32 bytes count.",
        ),
        (
            "cut-to-72-bytes",
            131,
            72,
            "Catches a verifier that cuts the secret at 72 bytes, as bcrypt does.",
        ),
    ] {
        let configured = Secret::new(vec![b'k'; length]);
        let shown = by_secret_bytes(builder, &configured, &vec![b'k'; cut]);
        let id = format!("key-{slug}");
        builder.not_accepted(&TOKEN_IS_BOUND_TO_THE_SECRET, &id, note, shown, NOW);
    }
}

/// Keys that have nothing to do with the spelling of the secret.
fn other_keys(builder: &mut VectorBuilder<'_>) {
    let Some(secret) = builder.fixture.secret().cloned() else {
        return;
    };
    let Some(key) = builder.fixture.secret_bytes(&builder.fixture.base) else {
        return;
    };
    let mut last_bit = key.clone();
    if let Some(last) = last_bit.last_mut() {
        *last ^= 1;
    }
    let mut first_bit = key;
    if let Some(first) = first_bit.first_mut() {
        *first ^= 1;
    }
    for (slug, key, note) in [
        (
            "of-somebody-else",
            b"Somebody-elses-secret-0123456789".to_vec(),
            "Catches a verifier that takes a token by any secret it ever had.",
        ),
        (
            "with-another-last-bit",
            last_bit,
            "Catches a verifier of which only the beginning of the secret counts.",
        ),
        (
            "with-another-first-bit",
            first_bit,
            "Catches a verifier of which only the end of the secret counts.",
        ),
    ] {
        let shown = by_secret_bytes(builder, &secret, &key);
        let id = format!("key-{slug}");
        builder.not_accepted(&TOKEN_IS_BOUND_TO_THE_SECRET, &id, note, shown, NOW);
    }
}

/// A secret that is empty, as when a variable of the environment is not set.
fn empty(builder: &mut VectorBuilder<'_>) {
    let mut nothings = vec![("empty", Secret::new(""))];
    if let Some(prefix) = &builder.fixture.scheme.secret.strip_prefix {
        nothings.push(("prefix-alone", Secret::new(prefix.as_bytes())));
    }
    for (slug, nothing) in nothings {
        let key = builder
            .fixture
            .secret_bytes(&builder.fixture.base)
            .unwrap_or_default();
        for (by, key, note) in [
            (
                "token-by-another",
                key.as_slice(),
                "Catches a verifier that accepts everything when its secret is empty.",
            ),
            (
                "token-by-undefined",
                b"undefined".as_slice(),
                "Catches a verifier that uses the word undefined as its secret.",
            ),
            (
                "token-by-null",
                b"null".as_slice(),
                "Catches a verifier that uses the word null as its secret.",
            ),
        ] {
            let shown = by_secret_bytes(builder, &nothing, key);
            let id = format!("secret-{slug}-{by}");
            builder.not_accepted(&EMPTY_SECRET_PROTECTS_NOTHING, &id, note, shown, NOW);
        }
        let claim = builder.fixture.under(&nothing);
        let zeros = vec![0; builder.fixture.scheme.mac_bytes];
        let shown = builder.fixture.present(&claim, &zeros);
        let note = "Catches a verifier that compares with zeros when its secret is empty.";
        let id = format!("secret-{slug}-token-of-zeros");
        builder.not_accepted(&EMPTY_SECRET_PROTECTS_NOTHING, &id, note, shown, NOW);
        let shown = by_secret_bytes(builder, &nothing, b"");
        let note = "Catches a verifier that works with an empty key, with which anybody can sign.";
        let id = format!("secret-{slug}-right-token");
        builder.not_accepted(&TOKEN_UNDER_NO_SECRET, &id, note, shown, NOW);
        let note = "Catches a signer that works with an empty key, as most HMAC functions do.";
        let id = format!("secret-{slug}");
        builder.gives_no_token(&NOTHING_IS_SIGNED_WITHOUT_A_SECRET, &id, note, &claim);
    }
}
