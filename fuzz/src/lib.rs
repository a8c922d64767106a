//! What the targets share: structured input, the schemes, and second implementations.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use macproof::scheme::{Algorithm, FieldKind, Scheme};
use macproof::signature::{Fields, Secret, Secrets, Value};
use macproof::suite::{self, Suite};
use sha2::Digest;

/// Every embedded suite.
pub static SUITES: LazyLock<Vec<Suite>> = LazyLock::new(|| {
    suite::embedded()
        .filter_map(|embedded| embedded.parse().ok())
        .collect()
});

/// A request by the scheme of one of the suites.
#[derive(Debug)]
pub struct Asked {
    pub suite: usize,
    pub secrets: Secrets,
    pub fields: Fields,
    pub now: u64,
    /// What is done to the right token: a place, what is put in, how many characters go.
    pub change: (u8, String, u8),
}

impl<'a> Arbitrary<'a> for Asked {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let suite = u.choose_index(SUITES.len())?;
        let scheme = &SUITES[suite].scheme;
        let names: Vec<String> = match scheme.secret.per.map(|field| &scheme.fields.at(field).kind) {
            Some(FieldKind::Enum(values)) => values.clone(),
            Some(_) => vec!["ios".to_owned(), "android".to_owned()],
            None => Vec::new(),
        };
        let secrets = if names.is_empty() {
            Secrets::One(Secret::new(<Vec<u8>>::arbitrary(u)?))
        } else {
            let secret = |name: &String| Ok((name.clone(), Secret::new(<Vec<u8>>::arbitrary(u)?)));
            Secrets::Per(names.iter().map(secret).collect::<arbitrary::Result<_>>()?)
        };
        let mut fields = Fields::new();
        for (at, field) in scheme.fields.iter().enumerate() {
            let value: Value = match &field.kind {
                _ if scheme.secret.per == Some(at) && !names.is_empty() => {
                    u.choose(&names)?.as_str().into()
                }
                FieldKind::Text if u.ratio(1, 8)? => Value::Bytes(Vec::arbitrary(u)?),
                FieldKind::Text => String::arbitrary(u)?.into(),
                FieldKind::Enum(values) => u.choose(values)?.as_str().into(),
                FieldKind::UnixSeconds | FieldKind::UnixMillis => {
                    Value::Number(u.int_in_range(0..=(1 << 53) - 1)?)
                }
            };
            fields.set(field.name.as_str(), value);
        }
        Ok(Self {
            suite,
            secrets,
            fields,
            now: u.int_in_range(0..=1 << 40)?,
            change: Arbitrary::arbitrary(u)?,
        })
    }
}

impl Asked {
    pub fn scheme(&self) -> &'static Scheme {
        &SUITES[self.suite].scheme
    }

    /// What is given at verify beside the token.
    pub fn given(&self) -> Fields {
        let scheme = self.scheme();
        let mut given = Fields::new();
        for (name, value) in self.fields.iter() {
            let at = scheme.fields.index(name);
            if scheme.token.fields().any(|carried| Some(carried) == at) {
                continue;
            }
            let is_time = at.is_some_and(|at| scheme.fields.at(at).kind.is_time());
            match value {
                Value::Number(number) if is_time => given.set(name, number.to_string()),
                other => given.set(name, other.clone()),
            }
        }
        given
    }

    /// The token after it was changed.
    pub fn changed(&self, token: &str) -> String {
        let (at, more, less) = &self.change;
        let characters: Vec<char> = token.chars().collect();
        let at = usize::from(*at) % (characters.len() + 1);
        let end = (at + usize::from(*less) % 4).min(characters.len());
        let mut changed: String = characters[..at].iter().collect();
        changed.extend(more.chars().take(4));
        changed.extend(&characters[end..]);
        changed
    }
}

/// HMAC from RFC 2104 by hand, over the plain hash functions.
pub fn hmac_by_hand(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    fn of<D: Digest>(block: usize, key: &[u8], message: &[u8]) -> Vec<u8> {
        let mut padded = if key.len() > block { D::digest(key).to_vec() } else { key.to_vec() };
        padded.resize(block, 0);
        let with = |byte: u8| padded.iter().map(|b| b ^ byte).collect::<Vec<_>>();
        let inner = D::digest([with(0x36), message.to_vec()].concat());
        D::digest([with(0x5c), inner.to_vec()].concat()).to_vec()
    }
    let block = algorithm.block_bytes();
    match algorithm {
        Algorithm::HmacSha1 => of::<sha1::Sha1>(block, key, message),
        Algorithm::HmacSha224 => of::<sha2::Sha224>(block, key, message),
        Algorithm::HmacSha256 => of::<sha2::Sha256>(block, key, message),
        Algorithm::HmacSha384 => of::<sha2::Sha384>(block, key, message),
        Algorithm::HmacSha512 => of::<sha2::Sha512>(block, key, message),
    }
}
