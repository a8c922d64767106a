//! Tokens with the MAC of another algorithm, or with a digest that is no MAC at all.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::generate::fixture::{NOW, digest_name};
use crate::generate::requirements::{
    ALGORITHM_IS_FIXED, ALTERED_MAC_IS_NOT_ACCEPTED, PLAIN_DIGEST_IS_NOT_ACCEPTED, Rule,
};
use crate::generate::valid_token::Right;
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::Algorithm;
use crate::signature::Encoding;

/// Adds the vectors about them.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(right) = Right::of(&builder.fixture, builder.fixture.base.clone()) else {
        return;
    };
    algorithms(builder, &right);
    digests(builder, &right);
    unkeyed(builder, &right);
}

fn algorithms(builder: &mut VectorBuilder<'_>, right: &Right) {
    let scheme = builder.fixture.scheme;
    let Some((key, message)) = builder
        .fixture
        .key(&right.claim)
        .zip(builder.fixture.message(&right.claim.fields))
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
        let shown = builder.fixture.present(&right.claim, &mac);
        let id = format!("token-hmac-{name}");
        builder.not_accepted(&ALGORITHM_IS_FIXED, &id, note, shown, NOW);
        if mac.len() > scheme.mac_bytes {
            let note = "Catches a verifier that tries other algorithms and cuts what they give.";
            let shown = builder
                .fixture
                .present(&right.claim, &mac[..scheme.mac_bytes]);
            let id = format!("token-hmac-{name}-cut-to-length");
            builder.not_accepted(&ALGORITHM_IS_FIXED, &id, note, shown, NOW);
        }
    }
    let note = "Catches a verifier that still knows HMAC-MD5.";
    let shown = builder
        .fixture
        .present(&right.claim, &hmac_md5(&key, &message));
    builder.not_accepted(&ALGORITHM_IS_FIXED, "token-hmac-md5", note, shown, NOW);
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

fn digests(builder: &mut VectorBuilder<'_>, right: &Right) {
    let fixture = &builder.fixture;
    let algorithm = fixture.scheme.algorithm;
    let Some((key, message)) = fixture
        .key(&right.claim)
        .zip(fixture.message(&right.claim.fields))
    else {
        return;
    };
    let identity = identity(builder, right);
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
        mac.truncate(builder.fixture.scheme.mac_bytes);
        let shown = builder.fixture.present(&right.claim, &mac);
        builder.not_accepted(rule, &format!("token-{slug}"), note, shown, NOW);
    }
    let secret = builder
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
        builder.not_accepted(&PLAIN_DIGEST_IS_NOT_ACCEPTED, &id, note, shown, NOW);
    }
}

fn identity(builder: &VectorBuilder<'_>, right: &Right) -> Vec<u8> {
    let fixture = &builder.fixture;
    fixture
        .identity
        .and_then(|field| right.claim.fields.value(fixture.name(field)))
        .and_then(|value| value.to_bytes().map(std::borrow::Cow::into_owned))
        .unwrap_or_default()
}

/// Digests and spellings of what is signed, which need no key, whatever the scheme's algorithm.
fn unkeyed(builder: &mut VectorBuilder<'_>, right: &Right) {
    let Some(message) = builder.fixture.message(&right.claim.fields) else {
        return;
    };
    let length = builder.fixture.scheme.mac_bytes;
    for (what, bytes) in [("message", message), ("identity", identity(builder, right))] {
        for (name, computed) in [
            ("md5", Md5::digest(&bytes).to_vec()),
            ("sha1", Sha1::digest(&bytes).to_vec()),
            ("sha256", Sha256::digest(&bytes).to_vec()),
            ("sha512", Sha512::digest(&bytes).to_vec()),
        ] {
            let note = "Catches a verifier that also accepts a digest without a key, perhaps of another algorithm.";
            let cut = &computed[..computed.len().min(length)];
            let as_hex = right.with_mac_text(&Encoding::Hex.encode(&computed));
            let present = |mac: &[u8]| builder.fixture.present(&right.claim, mac);
            for (form, shown) in [
                ("", present(&computed)),
                ("-cut-to-length", present(cut)),
                ("-in-hex", Some(as_hex)),
            ] {
                let id = format!("token-{name}-of-the-{what}{form}");
                builder.not_accepted(&PLAIN_DIGEST_IS_NOT_ACCEPTED, &id, note, shown, NOW);
            }
        }
        let shown = builder.fixture.present(&right.claim, &bytes);
        let id = format!("token-encoded-{what}");
        let note = "Catches a verifier that takes an encoding for a signature.";
        builder.not_accepted(&PLAIN_DIGEST_IS_NOT_ACCEPTED, &id, note, shown, NOW);
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
