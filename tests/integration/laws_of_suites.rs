//! Laws of every scheme in this program, for random inputs.

use macproof::lint::{Ambiguity, ambiguity};
use macproof::scheme::{
    Algorithm, FieldKind, FieldTexts, Freshness, MessagePart, Scheme, TimeForm, Verification,
};
use macproof::signature::{Fields, Secrets, Value};
use macproof::suite::{Suite, embedded};
use proptest::prelude::*;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::harness::test;

fn suites() -> &'static [Suite] {
    static SUITES: std::sync::LazyLock<Vec<Suite>> =
        std::sync::LazyLock::new(|| embedded().map(|one| one.parse().unwrap()).collect());
    &SUITES
}

/// The suites whose messages lint calls unambiguous.
fn unambiguous() -> &'static [&'static str] {
    static NAMES: std::sync::LazyLock<Vec<&str>> = std::sync::LazyLock::new(|| {
        let is_none = |suite: &&Suite| matches!(ambiguity(&suite.scheme), Ambiguity::None);
        let found = suites().iter().filter(is_none);
        found.map(|suite| suite.name.as_str()).collect()
    });
    &NAMES
}

/// How many fields a scheme here has at most.
const MOST_FIELDS: usize = 8;

/// Raw material, from which each scheme takes what its fields need.
#[derive(Clone, Debug)]
struct Material {
    suite: prop::sample::Index,
    texts: Vec<String>,
    times: Vec<i64>,
    choice: prop::sample::Index,
    keys: [Vec<u8>; 3],
}

/// A time that a request can carry: any number, or a date with four digits for its year.
fn time(form: TimeForm, any: u64) -> Value {
    const YEAR_10000: u64 = 253_402_300_800;
    form.value(if form.is_number() {
        any
    } else {
        any % (YEAR_10000 * form.per_second())
    })
}

fn material() -> impl Strategy<Value = Material> {
    let text = prop_oneof!["[a-c0-9=,. -]{0,8}", "\\PC{0,12}", any::<String>()];
    (
        any::<prop::sample::Index>(),
        prop::collection::vec(text, MOST_FIELDS),
        prop::collection::vec(0..=(1_i64 << 53) - 1, MOST_FIELDS),
        any::<prop::sample::Index>(),
        prop::array::uniform3(prop::collection::vec(any::<u8>(), 1..150)),
    )
        .prop_map(|(suite, texts, times, choice, keys)| Material {
            suite,
            texts,
            times,
            choice,
            keys,
        })
}

const PLATFORMS: [&str; 3] = ["ios", "android", "web"];

impl Material {
    fn suite(&self) -> &'static Suite {
        self.suite.get(suites())
    }

    fn scheme(&self) -> &'static Scheme {
        &self.suite().scheme
    }

    fn secrets(&self, keys: &[Vec<u8>; 3]) -> Secrets {
        let scheme = self.scheme();
        let spelt = |key: &[u8]| scheme.secret.spell(key);
        match scheme.secret.per {
            None => Secrets::One(spelt(&keys[0])),
            Some(_) => {
                let named = std::iter::zip(PLATFORMS, keys);
                Secrets::Per(
                    named
                        .map(|(name, key)| (name.to_owned(), spelt(key)))
                        .collect(),
                )
            }
        }
    }

    fn fields(&self) -> Fields {
        let scheme = self.scheme();
        let mut fields = Fields::new();
        for (at, field) in scheme.fields.iter().enumerate() {
            if scheme.message.is_optional(at) && self.times[at] % 3 == 0 {
                continue;
            }
            let value: Value = match &field.kind {
                _ if scheme.secret.per == Some(at) => (*self.choice.get(&PLATFORMS)).into(),
                FieldKind::Text => self.texts[at].as_str().into(),
                FieldKind::Enum(values) => self.choice.get(values).as_str().into(),
                FieldKind::Time(form) => time(*form, self.times[at].unsigned_abs()),
            };
            fields.set(field.name.as_str(), value);
        }
        fields
    }

    /// The time at which nothing is stale: that of the token, where it has one.
    fn now(&self, fields: &Fields) -> u64 {
        let Freshness::Limited { of, .. } = self.scheme().freshness else {
            return 0;
        };
        let field = self.scheme().fields.at(of);
        match fields.value(&field.name) {
            Some(Value::Number(time)) => time.unsigned_abs() / field.kind.per_second(),
            Some(Value::Text(date)) => {
                let time = field.kind.time_form().and_then(|form| form.read(date));
                time.unwrap_or_default() / field.kind.per_second()
            }
            _ => 0,
        }
    }
}

fn verify(material: &Material, secrets: &Secrets, fields: &Fields, token: &str) -> Verification {
    material.scheme().verify(
        secrets,
        &material.scheme().given(fields),
        Some(&token.into()),
        material.now(fields),
    )
}

/// The message, put together for each input by reading the template's pieces.
fn interpreted(scheme: &Scheme, fields: &Fields) -> Vec<u8> {
    let mut message = Vec::new();
    let is_given = |field: usize| fields.value(&scheme.fields.at(field).name).is_some();
    for (at, part) in scheme.message.parts().iter().enumerate() {
        if !scheme.message.hangs_on(at).is_none_or(is_given) {
            continue;
        }
        match part {
            MessagePart::Literal(bytes) => message.extend_from_slice(bytes),
            MessagePart::Field { field, filters } => {
                let name = &scheme.fields.at(*field).name;
                let bytes = fields.value(name).unwrap().to_bytes().unwrap().into_owned();
                message.extend(
                    filters
                        .iter()
                        .fold(bytes, |done, filter| filter.apply(&done)),
                );
            }
        }
    }
    message
}

/// RFC 2104 by hand: the second implementation.
fn hmac(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    fn of<D: Digest>(key: &[u8], message: &[u8], block: usize) -> Vec<u8> {
        let block = key_block::<D>(key, block);
        let with = |byte: u8| block.iter().map(|b| b ^ byte).collect::<Vec<_>>();
        let inner = D::digest([with(0x36), message.to_vec()].concat());
        D::digest([with(0x5c), inner.to_vec()].concat()).to_vec()
    }
    let block = algorithm.block_bytes();
    match algorithm {
        Algorithm::HmacSha1 => of::<Sha1>(key, message, block),
        Algorithm::HmacSha224 => of::<Sha224>(key, message, block),
        Algorithm::HmacSha256 => of::<Sha256>(key, message, block),
        Algorithm::HmacSha384 => of::<Sha384>(key, message, block),
        Algorithm::HmacSha512 => of::<Sha512>(key, message, block),
    }
}

/// What of a key counts: padded with NUL to a block, or hashed first where it is longer.
fn key_block<D: Digest>(key: &[u8], block: usize) -> Vec<u8> {
    let mut bytes = if key.len() > block {
        D::digest(key).to_vec()
    } else {
        key.to_vec()
    };
    bytes.resize(block, 0);
    bytes
}

/// Whether two keys are one to the algorithm.
fn is_same_key(algorithm: Algorithm, one: &[u8], other: &[u8]) -> bool {
    let block = |key| match algorithm {
        Algorithm::HmacSha1 => key_block::<Sha1>(key, algorithm.block_bytes()),
        Algorithm::HmacSha224 => key_block::<Sha224>(key, algorithm.block_bytes()),
        Algorithm::HmacSha256 => key_block::<Sha256>(key, algorithm.block_bytes()),
        Algorithm::HmacSha384 => key_block::<Sha384>(key, algorithm.block_bytes()),
        Algorithm::HmacSha512 => key_block::<Sha512>(key, algorithm.block_bytes()),
    };
    block(one) == block(other)
}

fn key(material: &Material, secrets: &Secrets, fields: &Fields) -> Vec<u8> {
    let scheme = material.scheme();
    let texts = FieldTexts::read(&scheme.fields, fields).unwrap();
    scheme.key(secrets, &texts).unwrap().into_owned()
}

proptest! {
    #[test]
    fn signed_tokens_are_accepted_and_match_another_implementation(material in material()) {
        let scheme = material.scheme();
        let (fields, secrets) = (material.fields(), material.secrets(&material.keys));
        let Ok(token) = scheme.sign(&secrets, &fields) else {
            // A key that happens to begin with the prefix may be nothing without it.
            return Ok(());
        };
        prop_assert_eq!(verify(&material, &secrets, &fields, &token), Verification::Accepted);
        let texts = FieldTexts::read(&scheme.fields, &fields).unwrap();
        let message = scheme.message.render(&scheme.fields, &texts).unwrap();
        prop_assert_eq!(&message, &interpreted(scheme, &fields));
        let mac = hmac(scheme.algorithm, &key(&material, &secrets, &fields), &message);
        let mac = &mac[..scheme.mac_bytes];
        prop_assert_eq!(scheme.token.render(&scheme.fields, mac, &texts).unwrap(), token.clone());
        let parsed = scheme.token.parse(&scheme.fields, &token).unwrap();
        prop_assert_eq!(parsed.macs().collect::<Vec<_>>(), [mac]);
        prop_assert_eq!(scheme.token.render_parsed(&parsed), token);
    }

    #[test]
    fn another_message_is_rejected(one in material(), texts in prop::collection::vec("\\PC{0,4}", MOST_FIELDS)) {
        let scheme = one.scheme();
        let (fields, secrets) = (one.fields(), one.secrets(&one.keys));
        let other = Material { texts, ..one.clone() };
        let others = other.fields();
        prop_assume!(interpreted(scheme, &fields) != interpreted(scheme, &others));
        if let Ok(token) = scheme.sign(&secrets, &fields) {
            // What the token carries comes from the token.
            let mut shown = others;
            for carried in scheme.token.fields() {
                let name = &scheme.fields.at(carried).name;
                shown.set(name.as_str(), fields.value(name).unwrap().clone());
            }
            prop_assume!(interpreted(scheme, &fields) != interpreted(scheme, &shown));
            prop_assert_ne!(verify(&one, &secrets, &shown, &token), Verification::Accepted);
        }
    }

    #[test]
    fn different_key_blocks_are_rejected_and_equal_ones_accepted(
        material in material(), other in prop::collection::vec(any::<u8>(), 1..150), nul in 0..3_usize,
    ) {
        let scheme = material.scheme();
        let (fields, secrets) = (material.fields(), material.secrets(&material.keys));
        let Ok(token) = scheme.sign(&secrets, &fields) else { return Ok(()) };
        let padded = material.keys.clone().map(|key| [key, vec![0; nul]].concat());
        for keys in [[other.clone(), other.clone(), other], padded] {
            let others = material.secrets(&keys);
            if scheme.sign(&others, &fields).is_err() {
                continue;
            }
            let one = key(&material, &secrets, &fields);
            let another = key(&material, &others, &fields);
            let is_accepted = verify(&material, &others, &fields, &token) == Verification::Accepted;
            prop_assert_eq!(is_accepted, is_same_key(scheme.algorithm, &one, &another));
        }
    }

    #[test]
    fn another_token_is_rejected(
        material in material(), at in any::<prop::sample::Index>(),
        more in "[0-9a-fA-F+/=_, \u{ff10}\n.-]{0,3}", less in 0..3_usize,
    ) {
        let scheme = material.scheme();
        let (fields, secrets) = (material.fields(), material.secrets(&material.keys));
        let Ok(token) = scheme.sign(&secrets, &fields) else { return Ok(()) };
        let characters: Vec<char> = token.chars().collect();
        let at = at.index(characters.len() + 1);
        let end = (at + less).min(characters.len());
        let changed: String = characters[..at]
            .iter()
            .copied()
            .chain(more.chars())
            .chain(characters[end..].iter().copied())
            .collect();
        prop_assume!(changed != token);
        if let Some(parsed) = scheme.token.parse(&scheme.fields, &changed) {
            prop_assert_eq!(scheme.token.render_parsed(&parsed), changed.clone());
        }
        if verify(&material, &secrets, &fields, &changed) == Verification::Accepted {
            // Only what a list or pairs pass over may be there besides.
            let (one, other) = (
                scheme.token.parse(&scheme.fields, &token).unwrap(),
                scheme.token.parse(&scheme.fields, &changed).unwrap(),
            );
            prop_assert!(other.items.len() > one.items.len(), "{} and {}", token, changed);
            prop_assert!(other.macs().any(|mac| one.macs().next() == Some(mac)));
        }
    }

    #[test]
    fn messages_that_lint_calls_unambiguous_are_injective(
        one in material(), texts in prop::collection::vec("[a-c0-9.:-]{0,4}", MOST_FIELDS),
        times in prop::collection::vec(0..200_i64, MOST_FIELDS),
    ) {
        let scheme = one.scheme();
        prop_assume!(unambiguous().contains(&one.suite().name.as_str()));
        let one = Material { texts: texts.clone(), times: times.clone(), ..one };
        let mut other = one.clone();
        other.texts.rotate_left(1);
        other.times.rotate_left(1);
        let signed = |material: &Material| {
            // Inputs that a filter makes equal are one input.
            let fields = material.fields();
            let named = scheme.message.parts().iter().filter_map(|part| match part {
                MessagePart::Literal(_) => None,
                MessagePart::Field { field, filters } => {
                    let value = fields.value(&scheme.fields.at(*field).name);
                    let bytes = value.map(|value| value.to_bytes().unwrap().into_owned());
                    Some(bytes.map(|bytes| filters.iter().fold(bytes, |done, filter| filter.apply(&done))))
                }
            });
            named.collect::<Vec<_>>()
        };
        // No implementation signs inputs outside the form that the scheme states.
        let is_input = |material: &Material| scheme.are_of_their_form(&material.fields(), None);
        if signed(&one) != signed(&other) && is_input(&one) && is_input(&other) {
            prop_assert_ne!(
                interpreted(scheme, &one.fields()),
                interpreted(scheme, &other.fields())
            );
        }
    }
}
