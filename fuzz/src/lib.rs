//! What the targets share: structured input, the schemes, and second implementations.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use macproof::scheme::{Algorithm, FieldKind, Scheme, TimeForm};
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
        let names = selectors(scheme);
        let secrets = if names.is_empty() {
            Secrets::One(Secret::new(<&[u8]>::arbitrary(u)?))
        } else {
            let secret = |name: &String| Ok((name.clone(), Secret::new(<&[u8]>::arbitrary(u)?)));
            Secrets::Per(names.iter().map(secret).collect::<arbitrary::Result<_>>()?)
        };
        let mut fields = Fields::new();
        for (at, field) in scheme.fields.iter().enumerate() {
            if scheme.message.is_optional(at) && u.arbitrary()? {
                continue;
            }
            let value: Value = match &field.kind {
                _ if scheme.secret.per == Some(at) && !names.is_empty() => {
                    u.choose(&names)?.as_str().into()
                }
                FieldKind::Text if u.ratio(1, 8)? => Value::Bytes(<&[u8]>::arbitrary(u)?.to_vec()),
                FieldKind::Text => <&str>::arbitrary(u)?.into(),
                FieldKind::Enum(values) => u.choose(values)?.as_str().into(),
                FieldKind::Time(form) => time(*form, u.arbitrary()?),
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

/// A time that a request can carry: a number that JSON holds exactly, or a date with four digits for
/// its year.
fn time(form: TimeForm, any: u64) -> Value {
    const YEAR_10000: u64 = 253_402_300_800;
    form.value(if form.is_number() { any >> 11 } else { any % (YEAR_10000 * form.per_second()) })
}

/// The names between which a scheme's secrets are chosen.
fn selectors(scheme: &Scheme) -> Vec<String> {
    match scheme.secret.per.map(|field| &scheme.fields.at(field).kind) {
        Some(FieldKind::Enum(values)) => values.clone(),
        Some(_) => vec!["ios".to_owned(), "android".to_owned()],
        None => Vec::new(),
    }
}

/// Something to be signed, by whatever scheme.
#[derive(Debug, Arbitrary)]
pub struct Claim<'a> {
    secret: &'a [u8],
    other_secret: &'a [u8],
    text: &'a str,
    bytes: Option<&'a [u8]>,
    time: u64,
    choice: u8,
}

impl Claim<'_> {
    /// The secrets, as a scheme has them: of several the last is another.
    pub fn secrets(&self, scheme: &Scheme) -> Secrets {
        let names = selectors(scheme);
        let Some(last) = names.len().checked_sub(1) else {
            return Secrets::One(Secret::new(self.secret));
        };
        let secret = |at| if at == last { self.other_secret } else { self.secret };
        let named = names.into_iter().enumerate();
        Secrets::Per(named.map(|(at, name)| (name, Secret::new(secret(at)))).collect())
    }

    /// The fields of a scheme.
    pub fn fields(&self, scheme: &Scheme) -> Fields {
        let mut fields = Fields::new();
        for (at, field) in scheme.fields.iter().enumerate() {
            if scheme.message.is_optional(at) && self.choice & 1 == 1 {
                continue;
            }
            let chosen = |values: &[String]| values[usize::from(self.choice) % values.len()].as_str().into();
            let value: Value = match &field.kind {
                _ if scheme.secret.per == Some(at) => chosen(&selectors(scheme)),
                FieldKind::Text => match self.bytes {
                    Some(bytes) => Value::Bytes(bytes.to_vec()),
                    None => self.text.into(),
                },
                FieldKind::Enum(values) => chosen(values),
                FieldKind::Time(form) => time(*form, self.time),
            };
            fields.set(field.name.as_str(), value);
        }
        fields
    }
}

/// HMAC from RFC 2104 by hand, over the plain hash functions.
#[derive(Default)]
pub struct HmacByHand {
    inner: Vec<u8>,
    outer: Vec<u8>,
    mac: Vec<u8>,
}

impl HmacByHand {
    /// The MAC of a message, until the next one.
    pub fn mac(&mut self, algorithm: Algorithm, key: &[u8], message: &[u8]) -> &[u8] {
        let block = algorithm.block_bytes();
        match algorithm {
            Algorithm::HmacSha1 => self.of::<sha1::Sha1>(block, key, message),
            Algorithm::HmacSha224 => self.of::<sha2::Sha224>(block, key, message),
            Algorithm::HmacSha256 => self.of::<sha2::Sha256>(block, key, message),
            Algorithm::HmacSha384 => self.of::<sha2::Sha384>(block, key, message),
            Algorithm::HmacSha512 => self.of::<sha2::Sha512>(block, key, message),
        }
        &self.mac
    }

    fn of<D: Digest>(&mut self, block: usize, key: &[u8], message: &[u8]) {
        self.inner.clear();
        if key.len() > block {
            self.inner.extend_from_slice(&D::digest(key));
        } else {
            self.inner.extend_from_slice(key);
        }
        self.inner.resize(block, 0);
        self.outer.clear();
        self.outer.extend(self.inner.iter().map(|byte| byte ^ 0x5c));
        self.inner.iter_mut().for_each(|byte| *byte ^= 0x36);
        self.inner.extend_from_slice(message);
        self.outer.extend_from_slice(&D::digest(&self.inner));
        self.mac.clear();
        self.mac.extend_from_slice(&D::digest(&self.outer));
    }
}

/// A filter of a message by its name, written here once more; `None` for what is no filter.
pub fn filtered_by_hand(filter: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let escaped = |kept: &[u8], blank: &str| {
        let escape = |&byte: &u8| match byte {
            b' ' if !blank.is_empty() => blank.to_owned(),
            _ if byte.is_ascii_alphanumeric() || kept.contains(&byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        bytes.iter().map(escape).collect::<String>().into_bytes()
    };
    let hex = || bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let base64 = |marks: [char; 2], padding: &str| base64_by_hand(bytes, marks, padding).into_bytes();
    Some(match filter {
        "lower" => bytes.to_ascii_lowercase(),
        "upper" => bytes.to_ascii_uppercase(),
        "trim" => bytes.trim_ascii().to_vec(),
        "no-line-ends" => bytes.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect(),
        "percent-decode" => unescaped(bytes),
        "percent" => escaped(b"-._~", ""),
        "percent-path" => escaped(b"-._~/", ""),
        "form" => escaped(b"*-._", "+"),
        "sha1" => sha1::Sha1::digest(bytes).to_vec(),
        "sha224" => sha2::Sha224::digest(bytes).to_vec(),
        "sha256" => sha2::Sha256::digest(bytes).to_vec(),
        "sha384" => sha2::Sha384::digest(bytes).to_vec(),
        "sha512" => sha2::Sha512::digest(bytes).to_vec(),
        "hex" => hex().into_bytes(),
        "hex-upper" => hex().to_uppercase().into_bytes(),
        "base64" => base64(['+', '/'], "="),
        "base64-unpadded" => base64(['+', '/'], ""),
        "base64url" => base64(['-', '_'], "="),
        "base64url-unpadded" => base64(['-', '_'], ""),
        _ => return None,
    })
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// RFC 4648, section 4: six bits a digit.
fn base64_by_hand(bytes: &[u8], marks: [char; 2], padding: &str) -> String {
    let digits: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(marks).collect();
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            if at <= group.len() {
                text.push(digits[(bits >> (18 - 6 * at) & 63) as usize]);
            } else {
                text.push_str(padding);
            }
        }
    }
    text
}
