//! The ordinary request that every vector varies in one point, and how tokens are forged from it.

use crate::derivation::{any_texts, token_with_mac};
use crate::generate::domain::{Domain, is_ordinary, some_text};
use crate::scheme::{
    Algorithm, FieldKind, Filter, Freshness, MessagePart, Scheme, SecretRule, Verification,
    filtered, normalizing,
};
use crate::signature::{Encoding, Fields, Secret, Secrets, Value};
use crate::suite::Suite;

/// The present of every vector that does not need another, in Unix seconds: 2026-11-21, 08:00 UTC.
pub(crate) const NOW: u64 = 1_795_248_000;

/// The name of the user in every vector that does not need another.
pub(crate) const IDENTITY: &str = "user-42";

/// A secret for schemes that bring none of their own along: mixed case, no hex, no base64.
const SECRETS: [&str; 3] = [
    "Example-Secret-1-KpL7vQ2mZdXcJw4",
    "Example-Secret-2-Xw3ZtB9sGhNyQf6",
    "Example-Secret-3-Rn9HfD5kVbMaTe8",
];

/// A scheme with an ordinary identity, secret and time.
#[derive(Clone, Debug)]
pub(crate) struct Fixture<'s> {
    /// The scheme.
    pub(crate) scheme: &'s Scheme,
    /// The field that says who it is: the first free text of the message, if there is one.
    pub(crate) identity: Option<usize>,
    /// The field that says when.
    pub(crate) time: Option<usize>,
    /// What is ordinarily signed.
    pub(crate) base: Claim,
    /// The texts that each field takes.
    domains: Vec<Domain>,
}

/// Who says what, under which secrets: everything that a token can be made from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claim {
    /// The secret or secrets.
    pub(crate) secrets: Secrets,
    /// Every field, those that the token carries included.
    pub(crate) fields: Fields,
}

/// A token beside the fields that stand with it when it is verified.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Presented {
    /// The secret or secrets.
    pub(crate) secrets: Secrets,
    /// The fields that the token does not carry.
    pub(crate) fields: Fields,
    /// The token.
    pub(crate) token: String,
}

/// How the message template changes an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Not at all.
    AsItIs,
    /// In a way on which all agree.
    Changed,
    /// The languages' own functions for it disagree.
    Uncertain,
}

impl<'s> Fixture<'s> {
    /// The ordinary request of a suite: with the secrets of its first vector by hand and texts of
    /// the forms that its scheme states, so that the generated ones live in the same world.
    pub(crate) fn new(suite: &'s Suite) -> Self {
        let scheme = &suite.scheme;
        let identity = scheme.identity();
        let is_of_its_form =
            |secrets: &&Secrets| secrets.iter().all(|(_, s)| scheme.secret.is_of_its_form(s));
        let mut by_hand = suite
            .vectors
            .iter()
            .filter(|vector| is_ordinary(vector))
            .map(|vector| &vector.request.secrets);
        let domain = |at: usize| {
            let name = if Some(at) == identity {
                IDENTITY.to_owned()
            } else {
                format!("example-{}", scheme.fields.at(at).name)
            };
            Domain::of(suite, at, &name)
        };
        let domains: Vec<Domain> = (0..scheme.fields.len()).map(domain).collect();
        let secrets = by_hand
            .find(is_of_its_form)
            .map_or_else(|| example_secrets(scheme, &domains), Secrets::clone);
        let mut fields = Fields::new();
        for (at, field) in scheme.fields.iter().enumerate() {
            let value = match &field.kind {
                _ if Some(at) == scheme.secret.per => first_name(&secrets),
                FieldKind::Text => domains[at].ordinary().into(),
                FieldKind::Time(form) => field.time_at(NOW).unwrap_or_else(|| form.at(NOW)),
                FieldKind::Enum(values) => values.first().map_or("", String::as_str).into(),
            };
            fields.set(&field.name, value);
        }
        Self {
            scheme,
            identity,
            time: scheme.time(),
            base: Claim { secrets, fields },
            domains,
        }
    }

    /// The texts that a field takes.
    pub(crate) fn domain(&self, field: usize) -> &Domain {
        &self.domains[field]
    }

    /// Of what no input of the form that the scheme states was found: a field, or the secret.
    pub(crate) fn without_input(&self) -> Option<String> {
        let mut fields = self.scheme.fields.iter().zip(&self.domains);
        let unknown = fields.find(|(_, domain)| !domain.is_known());
        let field = unknown.map(|(field, _)| format!("the field {}", field.name));
        field.or_else(|| {
            let rule = &self.scheme.secret;
            let mut secrets = self.base.secrets.iter();
            let fits = secrets.all(|(_, s)| rule.decode(s).is_ok() && rule.is_of_its_form(s));
            (!fits).then(|| "the secret".to_owned())
        })
    }

    /// Whether secrets and fields, those that the token carries included, are of the forms that
    /// the scheme states.
    pub(crate) fn is_of_its_form(
        &self,
        secrets: &Secrets,
        fields: &Fields,
        token: Option<&str>,
    ) -> bool {
        let rule = &self.scheme.secret;
        secrets
            .iter()
            .all(|(_, secret)| rule.is_of_its_form(secret))
            && self.scheme.are_of_their_form(fields, token)
    }

    /// Whether a field may be absent and this value may count as none: an empty text, and what is
    /// no text.
    pub(crate) fn may_be_none(&self, field: usize, value: &Value) -> bool {
        let is_none = match value {
            Value::Json(_) => true,
            other => other.to_bytes().is_some_and(|bytes| bytes.is_empty()),
        };
        is_none && self.scheme.message.is_optional(field)
    }

    /// The ordinary text of a field.
    pub(crate) fn ordinary(&self, field: usize) -> String {
        let value = self.base.fields.value(self.name(field));
        let text = value.and_then(Value::as_text);
        text.unwrap_or_default().to_owned()
    }

    /// The name of a field.
    pub(crate) fn name(&self, field: usize) -> &'s str {
        &self.scheme.fields.at(field).name
    }

    /// The ordinary claim with one field set.
    pub(crate) fn with(&self, field: usize, value: impl Into<Value>) -> Claim {
        Claim {
            secrets: self.base.secrets.clone(),
            fields: self.base.fields.clone().with(self.name(field), value),
        }
    }

    /// The ordinary claim of another identity, where the scheme has one.
    pub(crate) fn who(&self, identity: impl Into<Value>) -> Option<Claim> {
        self.identity.map(|field| self.with(field, identity))
    }

    /// The ordinary claim with another secret in the place of the one that counts.
    pub(crate) fn under(&self, secret: &Secret) -> Claim {
        let secrets = match &self.base.secrets {
            Secrets::One(_) | Secrets::Rotated { .. } => Secrets::One(secret.clone()),
            Secrets::Per(secrets) => {
                let selected = self.selected();
                let replaced = secrets.iter().map(|(name, known)| {
                    let kept = if Some(name.as_str()) == selected.as_deref() {
                        secret
                    } else {
                        known
                    };
                    (name.clone(), kept.clone())
                });
                Secrets::Per(replaced.collect())
            }
        };
        Claim {
            secrets,
            fields: self.base.fields.clone(),
        }
    }

    /// The value that selects the ordinary secret.
    pub(crate) fn selected(&self) -> Option<String> {
        let field = self.scheme.secret.per?;
        let value = self.base.fields.value(self.name(field))?;
        value.as_text().map(str::to_owned)
    }

    /// The ordinary secret.
    pub(crate) fn secret(&self) -> Option<&Secret> {
        self.base.secrets.select(self.selected().as_deref())
    }

    /// A secret as long as the ordinary one and of the same form, which differs from it in every
    /// byte of its key; another for each number.
    pub(crate) fn secret_like_it(&self, by: u8) -> Option<Secret> {
        let rule = &self.scheme.secret;
        let key = rule.decode(self.secret()?).ok()?;
        let key: Vec<u8> = key.iter().map(|byte| changed(*byte, by)).collect();
        let other = rule.spell(&key);
        rule.is_of_its_form(&other).then_some(other)
    }

    /// The token of a claim; `None` where the oracle declines it.
    pub(crate) fn token(&self, claim: &Claim) -> Option<String> {
        self.scheme.sign(&claim.secrets, &claim.fields).ok()
    }

    /// The bytes that are signed for a claim. A time may be any text here.
    pub(crate) fn message(&self, fields: &Fields) -> Option<Vec<u8>> {
        let texts = any_texts(self.scheme, fields)?;
        self.scheme.message.render(&self.scheme.fields, &texts).ok()
    }

    /// The bytes of a claim's secret, of which the key is derived.
    pub(crate) fn secret_bytes(&self, claim: &Claim) -> Option<Vec<u8>> {
        let texts = any_texts(self.scheme, &claim.fields)?;
        let bytes = self.scheme.decode_secret(&claim.secrets, &texts).ok()?;
        Some(bytes.into_owned())
    }

    /// The key that the scheme derives from the bytes of a secret. From none it derives none: an
    /// implementation without a secret has an empty key.
    pub(crate) fn derived(&self, fields: &Fields, secret: &[u8]) -> Vec<u8> {
        let texts = any_texts(self.scheme, fields).filter(|_| !secret.is_empty());
        let key = texts.and_then(|texts| {
            let key = self.scheme.derive(secret.into(), &texts).ok()?;
            Some(key.into_owned())
        });
        key.unwrap_or_else(|| secret.to_vec())
    }

    /// The key bytes of a claim.
    pub(crate) fn key(&self, claim: &Claim) -> Option<Vec<u8>> {
        let texts = any_texts(self.scheme, &claim.fields)?;
        let key = self.scheme.key(&claim.secrets, &texts).ok()?;
        Some(key.into_owned())
    }

    /// The MAC of a claim, cut to the scheme's length.
    pub(crate) fn mac(&self, claim: &Claim) -> Option<Vec<u8>> {
        let message = self.message(&claim.fields)?;
        Some(self.mac_of(&self.key(claim)?, &message))
    }

    /// The scheme's MAC of any message under the key that it derives from these bytes.
    pub(crate) fn mac_by(&self, fields: &Fields, secret: &[u8], message: &[u8]) -> Vec<u8> {
        self.mac_of(&self.derived(fields, secret), message)
    }

    /// The scheme's MAC of any message under any key, cut to the scheme's length.
    pub(crate) fn mac_of(&self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let mut mac = self.scheme.algorithm.mac(key, message);
        mac.truncate(self.scheme.mac_bytes);
        mac
    }

    /// Any bytes as the MAC of a token that is shown with a claim's fields and secrets.
    pub(crate) fn present(&self, shown: &Claim, mac: &[u8]) -> Option<Presented> {
        let token = token_with_mac(self.scheme, &shown.fields, mac)?;
        Some(Presented {
            secrets: shown.secrets.clone(),
            fields: self.scheme.given(&shown.fields),
            token,
        })
    }

    /// The token of one claim shown with the fields and secrets of another.
    pub(crate) fn forge(&self, signed: &Claim, shown: &Claim) -> Option<Presented> {
        self.present(shown, &self.mac(signed)?)
    }

    /// Whether the oracle accepts what is presented.
    pub(crate) fn accepts(&self, shown: &Presented, now: u64) -> bool {
        let token = Value::from(shown.token.as_str());
        let verification = self
            .scheme
            .verify(&shown.secrets, &shown.fields, Some(&token), now);
        verification == Verification::Accepted
    }

    /// The encoding of the MAC in a token.
    pub(crate) fn encoding(&self) -> Encoding {
        self.scheme.token.mac_encoding()
    }

    /// Whether an identity is fit for a must: whether its form is certain.
    pub(crate) fn form(&self, value: &Value) -> Form {
        let filters = self.identity.map(|field| self.filters(field));
        let Some(bytes) = value.to_bytes() else {
            return Form::AsItIs;
        };
        match filters {
            Some(filters) if !filters.is_empty() => form_under(&filters, &bytes),
            _ => Form::AsItIs,
        }
    }

    /// The filters that decide between spellings of a field. Those that write it in another form
    /// do the same to every text.
    fn filters(&self, field: usize) -> Vec<Filter> {
        let of_field = self
            .scheme
            .message
            .parts()
            .iter()
            .filter_map(|part| match part {
                MessagePart::Field { field: f, filters } if *f == field => {
                    Some(normalizing(filters).0)
                }
                _ => None,
            });
        of_field.flatten().cloned().collect()
    }

    /// The literal texts between the fields of the message.
    pub(crate) fn delimiters(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for part in self.scheme.message.parts() {
            if let MessagePart::Literal(bytes) = part
                && let Ok(text) = std::str::from_utf8(bytes)
                && !found.iter().any(|known| known == text)
            {
                found.push(text.to_owned());
            }
        }
        found
    }

    /// Whether two free texts stand in the message, so that what one loses the other may gain.
    pub(crate) fn message_has_two_texts(&self) -> bool {
        let texts = self
            .scheme
            .message
            .fields()
            .filter(|&field| self.scheme.fields.at(field).kind == FieldKind::Text);
        texts.count() > 1
    }

    /// The first identity named `user-N` whose MAC is as wanted.
    pub(crate) fn identity_whose_mac(&self, wanted: impl Fn(&[u8]) -> bool) -> Option<String> {
        let domain = self.domain(self.identity?);
        (1..20_000)
            .map_while(|number| domain.numbered(number))
            .find(|identity| {
                self.who(identity.as_str())
                    .and_then(|claim| self.mac(&claim))
                    .is_some_and(|mac| wanted(&mac))
            })
    }

    /// The limits on a token's age, where there are any: the greatest age and how far ahead.
    pub(crate) fn limits(&self) -> (Option<u64>, Option<u64>) {
        match self.scheme.freshness {
            Freshness::Limited {
                max_age, max_skew, ..
            } => (max_age, max_skew),
            Freshness::Unspecified => (None, None),
        }
    }

    /// The text in the token, beside its MAC, that names its algorithm's hash function.
    pub(crate) fn names_its_algorithm(&self) -> bool {
        self.scheme
            .token
            .spells_out(digest_name(self.scheme.algorithm))
    }
}

impl Presented {
    /// The same with another token.
    pub(crate) fn spelt(&self, token: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            ..self.clone()
        }
    }
}

/// The name of an algorithm's hash function, as headers spell it.
pub(crate) fn digest_name(algorithm: Algorithm) -> &'static str {
    algorithm.name().trim_start_matches("hmac-")
}

fn example_secrets(scheme: &Scheme, domains: &[Domain]) -> Secrets {
    let spelt = |text: &str| example_secret(&scheme.secret, text);
    let Some(per) = scheme.secret.per else {
        return Secrets::One(spelt(SECRETS[0]));
    };
    let names: Vec<String> = match &scheme.fields.at(per).kind {
        FieldKind::Enum(values) => values.clone(),
        _ if domains[per].has_a_form() => {
            let numbered = (1..3).filter_map(|number| domains[per].numbered(number));
            std::iter::once(domains[per].ordinary().to_owned())
                .chain(numbered)
                .collect()
        }
        _ => ["ios", "android", "web"].map(str::to_owned).to_vec(),
    };
    let secret = |at: usize| match SECRETS.get(at) {
        Some(text) => spelt(text),
        None => spelt(&format!("{}-{at}", SECRETS[0])),
    };
    let named = names.into_iter().enumerate();
    Secrets::Per(named.map(|(at, name)| (name, secret(at))).collect())
}

/// A secret like `text`, of the form that the scheme states: spelt at one length or another, or
/// what the pattern itself gives. `text` where nothing is found.
fn example_secret(rule: &SecretRule, text: &str) -> Secret {
    let is_usable = |secret: &Secret| rule.decode(secret).is_ok() && rule.is_of_its_form(secret);
    let lengths = [text.len(), 32, 24, 20, 16, 64, 40, 48];
    let spelt = lengths.into_iter().map(|length| {
        let key: Vec<u8> = text.bytes().cycle().take(length).collect();
        rule.spell(&key)
    });
    let of_its_pattern = || {
        let pattern = rule.pattern.as_ref()?;
        some_text(pattern, |text| is_usable(&Secret::new(text))).map(Secret::new)
    };
    spelt
        .into_iter()
        .find(is_usable)
        .or_else(of_its_pattern)
        .unwrap_or_else(|| rule.spell(text.as_bytes()))
}

fn first_name(secrets: &Secrets) -> Value {
    let name = secrets.iter().find_map(|(name, _)| name);
    name.unwrap_or_default().into()
}

/// Another byte of the same kind, so that a secret of letters stays one.
fn changed(byte: u8, by: u8) -> u8 {
    match byte {
        b'0'..=b'9' => b'0' + (byte - b'0' + by) % 10,
        b'a'..=b'z' => b'a' + (byte - b'a' + by) % 26,
        b'A'..=b'Z' => b'A' + (byte - b'A' + by) % 26,
        _ => byte ^ by,
    }
}

/// What filters make of an identity: whether ASCII and Unicode, and the languages among each
/// other, agree on it.
fn form_under(filters: &[Filter], bytes: &[u8]) -> Form {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Form::Uncertain;
    };
    let certain = |filter: &Filter| match filter {
        Filter::Lower => text.to_lowercase() == text.to_ascii_lowercase(),
        Filter::Upper => text.to_uppercase() == text.to_ascii_uppercase(),
        Filter::NoLineEnds => !text.contains(['\u{85}', '\u{2028}', '\u{2029}']),
        // Decoders differ in what they make of a plus sign and of what is no escape.
        Filter::PercentDecode => !text.contains(['%', '+']),
        Filter::Digest(_) | Filter::Encode(_) | Filter::Percent(_) | Filter::Params(_) => true,
        Filter::Trim => {
            let odd = |c: char| {
                let blank = matches!(c, ' ' | '\t' | '\n' | '\r');
                !blank && (c.is_whitespace() || c.is_control() || c == '\u{feff}')
            };
            !text.starts_with(odd) && !text.ends_with(odd) && {
                let inner = text.trim_matches([' ', '\t', '\n', '\r']);
                !inner.starts_with(odd) && !inner.ends_with(odd)
            }
        }
    };
    if !filters.iter().all(certain) {
        return Form::Uncertain;
    }
    if filtered(bytes, filters) == bytes {
        Form::AsItIs
    } else {
        Form::Changed
    }
}
