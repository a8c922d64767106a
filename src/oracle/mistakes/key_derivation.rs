//! Mistakes in deriving the key from the secret.

use std::borrow::Cow;

use crate::mistakes::applicability::{
    key_is_derived, key_is_derived_by_a_mac, key_is_derived_in_steps,
};
use crate::mistakes::{Change, Form, Forms, KeyDerivation, Mistake, MistakeId, Stage};
use crate::scheme::{Algorithm, KeyStep, derived};
use crate::signature::Encoding;

const ENTRY: Mistake = Mistake::entry(Stage::Secret);

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("secret-not-derived"),
        title: "the secret itself is the key",
        wrong: "The scheme derives the key from the secret, and that is left out.",
        remedy: "Derive the key from the secret first, as the scheme says.",
        applies: key_is_derived,
        change: Change::Derivation(|derivation| Form::only(derivation.secret.to_vec())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-derived-key-as-text"),
        title: "the derived key is used as text ({form:in hex})",
        wrong: "The bytes of the derived key are the key, not the text that shows them.",
        remedy: "Ask for the bytes of the digest or MAC that makes the key, not for hex or base64.",
        hints: &[
            ("javascript", "createHash('sha256').update(secret).digest()"),
            ("python", "hashlib.sha256(secret).digest()"),
            ("php", "hash('sha256', $secret, true)"),
            ("ruby", "OpenSSL::Digest::SHA256.digest(secret)"),
        ],
        applies: key_is_derived,
        change: Change::Derivation(as_text),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-derivation-swapped"),
        title: "key and message are swapped where the key is derived",
        wrong: "In the HMAC that makes the key, the constant is the message and the secret is the key, or the other way round.",
        remedy: "Exchange the two arguments of the HMAC that derives the key.",
        applies: key_is_derived_by_a_mac,
        change: Change::Derivation(|derivation| {
            let swapped: Vec<KeyStep> = derivation.steps().iter().map(KeyStep::swapped).collect();
            Form::only(by(derivation, &swapped))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-derived-by-a-digest"),
        title: "the key is {form:the SHA-256} of the secret",
        wrong: "The scheme derives the key by an HMAC, not by a plain digest.",
        remedy: "Derive the key by the HMAC that the scheme says.",
        applies: key_is_derived_by_a_mac,
        change: Change::Derivation(by_a_digest),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-derivation-step-left-out"),
        title: "a step is left out where the key is derived ({form:the last})",
        wrong: "The scheme makes the key in several steps, one from the other.",
        remedy: "Make every step from the secret to the key, in the scheme's order.",
        applies: key_is_derived_in_steps,
        change: Change::Derivation(a_step_left_out),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-derivation-other-hash"),
        title: "the key is derived by {form:another hash function}",
        wrong: "The scheme derives the key by another hash function.",
        remedy: "Derive the key by the scheme's hash function.",
        applies: key_is_derived,
        change: Change::Derivation(other_hash),
        ..ENTRY
    },
];

impl KeyDerivation<'_> {
    fn steps(&self) -> &[KeyStep] {
        &self.scheme.secret.derive
    }
}

/// The key by other steps. Where a field is missing that they name, the secret itself.
fn by(derivation: &KeyDerivation<'_>, steps: &[KeyStep]) -> Vec<u8> {
    let secret = Cow::Borrowed(derivation.secret);
    let set = &derivation.scheme.fields;
    derived(steps, secret, set, derivation.texts)
        .map_or_else(|_| derivation.secret.to_vec(), Cow::into_owned)
}

fn as_text(derivation: &KeyDerivation<'_>) -> Forms<Vec<u8>> {
    if derivation.steps().is_empty() {
        return Form::only(derivation.secret.to_vec());
    }
    let key = by(derivation, derivation.steps());
    [
        ("in hex", Encoding::Hex),
        ("in base64", Encoding::Base64),
        ("in hex with capital letters", Encoding::HexUpper),
    ]
    .into_iter()
    .map(|(words, encoding)| Form::new(encoding.encode(&key).into_bytes(), words))
    .collect()
}

fn by_a_digest(derivation: &KeyDerivation<'_>) -> Forms<Vec<u8>> {
    if !derivation.steps().iter().any(KeyStep::is_mac) {
        return Form::only(by(derivation, derivation.steps()));
    }
    [
        (Algorithm::HmacSha256, "the SHA-256"),
        (Algorithm::HmacSha1, "the SHA-1"),
        (Algorithm::HmacSha512, "the SHA-512"),
    ]
    .map(|(hash, words)| Form::new(hash.digest(derivation.secret), words))
    .into()
}

fn a_step_left_out(derivation: &KeyDerivation<'_>) -> Forms<Vec<u8>> {
    let steps = derivation.steps();
    if steps.len() < 2 {
        return Form::only(by(derivation, steps));
    }
    let form = |left_out: usize| {
        let kept = steps.iter().enumerate().filter(|(at, _)| *at != left_out);
        let kept: Vec<KeyStep> = kept.map(|(_, step)| step.clone()).collect();
        let words = match left_out + 1 {
            at if at == steps.len() => "the last".to_owned(),
            1 => "the first".to_owned(),
            at => format!("number {at}"),
        };
        Form::new(by(derivation, &kept), words)
    };
    (0..steps.len()).rev().map(form).collect()
}

fn other_hash(derivation: &KeyDerivation<'_>) -> Forms<Vec<u8>> {
    if derivation.steps().is_empty() {
        return Form::only(derivation.secret.to_vec());
    }
    let is_another = |(hash, _): &(Algorithm, &str)| {
        let mut steps = derivation.steps().iter();
        steps.any(|step| step.with_hash(*hash) != *step)
    };
    let form = |(hash, words): (Algorithm, &'static str)| {
        let steps = derivation.steps().iter();
        let other: Vec<KeyStep> = steps.map(|step| step.with_hash(hash)).collect();
        Form::new(by(derivation, &other), words)
    };
    [
        (Algorithm::HmacSha1, "SHA-1"),
        (Algorithm::HmacSha512, "SHA-512"),
        (Algorithm::HmacSha256, "SHA-256"),
        (Algorithm::HmacSha384, "SHA-384"),
        (Algorithm::HmacSha224, "SHA-224"),
    ]
    .into_iter()
    .filter(is_another)
    .map(form)
    .collect()
}
