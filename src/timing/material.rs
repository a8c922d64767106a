//! The inputs of a campaign: tokens and texts that are wrong in one chosen character.

use fastrand::Rng;

use crate::adapters::Operation;
use crate::derivation::SignedToken;
use crate::generate::Domain;
use crate::results::Subject;
use crate::scheme::{Refusal, Scheme};
use crate::signature::{Context, Fields, Op, Request, Secret, Secrets, Value};
use crate::suite::{Expect, InputKind, Suite};

/// Number of identities or texts to draw from.
const POOL: usize = 16;

/// Length of the compared texts, in characters.
pub(super) const COMPARED: usize = 4096;

/// Which character is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    First,
    Last,
}

/// The inputs for one subject.
#[derive(Debug)]
pub enum Material<'a> {
    /// Tokens of a suite's scheme.
    Tokens(Tokens<'a>),
    /// Texts for the `compare` operation.
    Texts(Vec<String>),
}

/// Why a suite cannot be timed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaterialError {
    /// No vector provides an example of an identity.
    #[error("no vector of the suite signs a text that can be varied")]
    NoIdentity,
    /// The scheme has a secret per value of a field.
    #[error("the suite's scheme has several secrets, but the implementation has one of its own")]
    OneSecret,
    /// The oracle refuses the generated input.
    #[error("the suite's scheme refuses the generated identities: {0}")]
    Refused(#[from] Refusal),
    /// A token of the generated identities reads as something else.
    #[error("the tokens of the generated identities cannot be taken apart")]
    NotOfItsForm,
}

impl<'a> Material<'a> {
    /// Tokens for a suite at time `now` (Unix seconds), made with the implementation's own secret
    /// or with one of the suite's. Fails if no token can be made.
    pub fn of_suite(
        suite: &'a Suite,
        now: u64,
        secret: Option<&Secret>,
        rng: &mut Rng,
    ) -> Result<Self, MaterialError> {
        Tokens::new(suite, now, secret, rng).map(Self::Tokens)
    }

    /// Texts for the `compare` operation.
    pub fn of_comparison(rng: &mut Rng) -> Self {
        Self::Texts((0..POOL).map(|_| digits(COMPARED, rng)).collect())
    }

    /// The subject that these inputs are for.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Tokens(tokens) => Subject::Verify(tokens.suite.name.as_str().to_owned()),
            Self::Texts(_) => Subject::Compare,
        }
    }

    /// How many characters of a token hold the MAC, and how many bytes it has; `None` for texts.
    pub(super) fn mac_length(&self) -> Option<(usize, usize)> {
        let Self::Tokens(tokens) = self else {
            return None;
        };
        let scheme = &tokens.suite.scheme;
        let bits = scheme.token.mac_encoding().bits() as usize;
        Some(((8 * scheme.mac_bytes).div_ceil(bits), scheme.mac_bytes))
    }

    /// The index of a random identity or text.
    pub(super) fn any(&self, rng: &mut Rng) -> usize {
        rng.usize(
            ..match self {
                Self::Tokens(tokens) => tokens.identities.len(),
                Self::Texts(texts) => texts.len(),
            },
        )
    }

    /// The valid token of identity `at`, or the text itself.
    pub(super) fn right(&self, at: usize) -> Presented {
        match self {
            Self::Tokens(tokens) => tokens.identities[at].right(),
            Self::Texts(texts) => Presented(Value::Text(texts[at].clone())),
        }
    }

    /// Two different tokens or texts that are both wrong in that character only.
    pub(super) fn two_wrong(&self, at: usize, wrong: Wrong, rng: &mut Rng) -> [Presented; 2] {
        match self {
            Self::Tokens(tokens) => {
                tokens.identities[at].two_wrong(&tokens.suite.scheme, wrong, rng)
            }
            Self::Texts(texts) => {
                let place = match wrong {
                    Wrong::First => 0,
                    Wrong::Last => texts[at].len() - 1,
                };
                let digit = char::from(texts[at].as_bytes()[place]).to_digit(16);
                two_of(14, rng).map(|step| {
                    let other = (digit.unwrap_or_default() + step) % 16;
                    let other = char::from_digit(other, 16).unwrap_or_default();
                    let mut text = texts[at].clone();
                    text.replace_range(place..=place, other.encode_utf8(&mut [0; 4]));
                    Presented(Value::Text(text))
                })
            }
        }
    }

    /// The operation that presents a token or text.
    pub(super) fn operation<'s>(&'s self, at: usize, presented: &'s Presented) -> Operation<'s> {
        match self {
            Self::Tokens(tokens) => tokens.operation(&tokens.identities[at], presented),
            Self::Texts(texts) => {
                Operation::Compare(&texts[at], presented.0.as_text().unwrap_or_default())
            }
        }
    }

    /// The same material with a single identity of at least this many characters; `None` for texts,
    /// or if no such identity can be signed.
    pub(super) fn with_length(&self, characters: usize, rng: &mut Rng) -> Option<Self> {
        let Self::Tokens(tokens) = self else {
            return None;
        };
        let domain = tokens.domain();
        self.with_name(if domain.has_a_form() {
            domain.of_length(characters)?
        } else {
            tokens.named(digits(characters, rng))
        })
    }

    /// The same material with a single identity that was hardly ever presented; `None` for texts.
    pub(super) fn with_another(&self, rng: &mut Rng) -> Option<Self> {
        let Self::Tokens(tokens) = self else {
            return None;
        };
        self.with_name(tokens.another(&tokens.domain(), rng))
    }

    fn with_name(&self, name: String) -> Option<Self> {
        let Self::Tokens(tokens) = self else {
            return None;
        };
        let identity = tokens.identity(name).ok()?;
        Some(Self::Tokens(Tokens {
            identities: vec![identity],
            secrets: tokens.secrets.clone(),
            template: tokens.template.clone(),
            ..*tokens
        }))
    }
}

/// A token or text to present.
#[derive(Clone, Debug)]
pub(super) struct Presented(Value);

/// Signed identities of a suite's scheme.
#[derive(Debug)]
pub struct Tokens<'a> {
    suite: &'a Suite,
    secrets: Secrets,
    /// The fields of a vector, with the current time in its times.
    template: Fields,
    /// The index of the field that varies between identities.
    varied: usize,
    /// The time of verification, in Unix seconds.
    now: u64,
    /// Never empty; callers refer to identities by index.
    identities: Vec<Identity>,
}

#[derive(Debug)]
struct Identity {
    /// The fields given at verify.
    fields: Fields,
    token: SignedToken,
}

impl<'a> Tokens<'a> {
    fn new(
        suite: &'a Suite,
        now: u64,
        secret: Option<&Secret>,
        rng: &mut Rng,
    ) -> Result<Self, MaterialError> {
        let scheme = &suite.scheme;
        let mut signs = suite.vectors.iter().filter(|vector| {
            let signed = matches!(&vector.expect, Expect::Token { or, .. } if or.is_empty());
            signed && vector.input == InputKind::Text
        });
        let (vector, varied) = signs
            .find_map(|vector| Some((vector, varied_field(scheme, &vector.request.fields)?)))
            .ok_or(MaterialError::NoIdentity)?;
        let secrets = match (secret, &vector.request.secrets) {
            (None, secrets) => secrets.clone(),
            (Some(secret), Secrets::One(_) | Secrets::Rotated { .. }) => {
                Secrets::One(secret.clone())
            }
            (Some(_), Secrets::Per(_)) => return Err(MaterialError::OneSecret),
        };
        let mut template = vector.request.fields.clone();
        for (field, _) in scheme.times() {
            if let Some(time) = field.time_at(now) {
                template.set(&field.name, time);
            }
        }
        let mut tokens = Self {
            suite,
            secrets,
            template,
            varied,
            now,
            identities: Vec::new(),
        };
        let domain = tokens.domain();
        let identities = (0..POOL).map(|_| tokens.identity(tokens.another(&domain, rng)));
        tokens.identities = identities.collect::<Result<_, _>>()?;
        Ok(tokens)
    }

    /// The value of the varied field in the vector that is the template.
    fn example(&self) -> &str {
        let varied = &self.suite.scheme.fields.at(self.varied).name;
        let example = self.template.value(varied).and_then(Value::as_text);
        example.unwrap_or_default()
    }

    fn domain(&self) -> Domain {
        Domain::of(self.suite, self.varied, "user-42")
    }

    /// A random value of the varied field. A form may have room for a few digits only.
    fn another(&self, domain: &Domain, rng: &mut Rng) -> String {
        // Twelve hexadecimal digits.
        let number = rng.u64(1 << 44..1 << 48);
        let of_its_form = [number, number % 1_000, number % 10]
            .into_iter()
            .find_map(|number| domain.numbered(number).filter(|_| domain.has_a_form()));
        of_its_form.unwrap_or_else(|| self.named(format!("{number:x}")))
    }

    /// A text in a field that takes any.
    fn named(&self, name: String) -> String {
        if self.example().contains('@') {
            name + "@example.com"
        } else {
            name
        }
    }

    fn identity(&self, name: String) -> Result<Identity, MaterialError> {
        let scheme = &self.suite.scheme;
        let varied = &scheme.fields.at(self.varied).name;
        let fields = self.template.clone().with(varied, name);
        let token = scheme.sign(&self.secrets, &fields)?;
        Ok(Identity {
            token: SignedToken::of(scheme, &fields, &token).ok_or(MaterialError::NotOfItsForm)?,
            fields: scheme.given(&fields),
        })
    }

    fn operation(&self, identity: &Identity, presented: &Presented) -> Operation<'static> {
        Operation::Verify(Request {
            suite: (&self.suite.name).into(),
            op: Op::Verify,
            secrets: self.secrets.clone(),
            fields: identity.fields.clone(),
            token: Some(presented.0.clone()),
            context: Context::default(),
            now: self.now,
        })
    }
}

impl Identity {
    fn right(&self) -> Presented {
        Presented(self.token.text().into())
    }

    /// Two tokens with different wrong MACs, whose canonical encoding differs from the valid one in
    /// that character only.
    fn two_wrong(&self, scheme: &Scheme, wrong: Wrong, rng: &mut Rng) -> [Presented; 2] {
        let encoding = scheme.token.mac_encoding();
        let first_bits = encoding.bits();
        // How many bits of the MAC the character encodes.
        let bits = match wrong {
            Wrong::First => first_bits,
            Wrong::Last => encoding.last_bits(scheme.mac_bytes),
        };
        two_of((1 << bits) - 2, rng).map(|flips| {
            let flips = u8::try_from(flips).unwrap_or(1);
            let token = self.token.with_mac(|mac| {
                match wrong {
                    Wrong::First => mac
                        .first_mut()
                        .map(|byte| *byte ^= flips << (8 - first_bits)),
                    Wrong::Last => mac.last_mut().map(|byte| *byte ^= flips),
                };
            });
            Presented(Value::Text(token))
        })
    }
}

/// The text field of the message to vary.
fn varied_field(scheme: &Scheme, fields: &Fields) -> Option<usize> {
    scheme.message.fields().find(|&field| {
        let value = fields.value(&scheme.fields.at(field).name);
        scheme.is_free_text(field) && value.and_then(Value::as_text).is_some()
    })
}

/// Two different numbers from 1 to `most` + 1.
fn two_of(most: u32, rng: &mut Rng) -> [u32; 2] {
    let one = rng.u32(1..=most + 1);
    let other = rng.u32(1..=most.max(1));
    [one, if other >= one { other + 1 } else { other }]
}

/// Random lower-case hexadecimal digits.
fn digits(count: usize, rng: &mut Rng) -> String {
    (0..count)
        .map(|_| char::from(b"0123456789abcdef"[rng.usize(..16)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::{Material, Wrong};
    use crate::adapters::Operation;
    use crate::scheme::Verification;
    use crate::signature::{Request, Value};

    /// The positions in which two texts of the same length differ.
    fn differences(one: &str, other: &str) -> Vec<usize> {
        assert_eq!(one.len(), other.len());
        let bytes = one.bytes().zip(other.bytes()).enumerate();
        bytes
            .filter(|(_, (a, b))| a != b)
            .map(|(at, _)| at)
            .collect()
    }

    #[test]
    fn one_character_of_the_mac_is_wrong_and_the_token_is_canonical() {
        let mut rng = Rng::with_seed(3);
        for embedded in crate::suite::well_known() {
            let suite = embedded.parsed();
            let material = match Material::of_suite(suite, 1_700_000_000, None, &mut rng) {
                Ok(material) => material,
                // Wycheproof's keys and messages are bytes.
                Err(_) if embedded.name.starts_with("hmac-") => continue,
                Err(error) => panic!("{}: {error}", embedded.name),
            };
            let scheme = &suite.scheme;
            let mut places = Vec::new();
            for wrong in [Wrong::First, Wrong::Last] {
                for _ in 0..200 {
                    let at = material.any(&mut rng);
                    let right = material.right(at);
                    let [one, other] = material.two_wrong(at, wrong, &mut rng);
                    let text =
                        |presented: &super::Presented| presented.0.as_text().unwrap().to_owned();
                    assert_ne!(text(&one), text(&other));
                    for presented in [&one, &other] {
                        let place = differences(&text(&right), &text(presented));
                        assert_eq!(place.len(), 1, "{}: {place:?}", embedded.name);
                        places.push((wrong == Wrong::Last, place[0]));
                        // Otherwise a decoder could fail before it compares.
                        assert!(
                            scheme
                                .token
                                .parse(&scheme.fields, &text(presented))
                                .is_some()
                        );
                    }
                }
                let Material::Tokens(tokens) = &material else {
                    unreachable!()
                };
                let verify = |presented: &super::Presented| {
                    let Operation::Verify(request) = material.operation(0, presented) else {
                        unreachable!()
                    };
                    let Request {
                        secrets,
                        fields,
                        token,
                        now,
                        ..
                    } = &request;
                    scheme.verify(secrets, fields, token.as_ref(), *now)
                };
                assert!(matches!(verify(&material.right(0)), Verification::Accepted));
                let [one, _] = material.two_wrong(0, wrong, &mut rng);
                assert!(!matches!(verify(&one), Verification::Accepted));
                assert_eq!(tokens.identities.len(), super::POOL);
            }
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), 2, "{}: {places:?}", embedded.name);
            assert!(places[1].1 > places[0].1 + 5);
        }
    }

    #[test]
    fn one_character_of_a_compared_text_is_wrong() {
        let mut rng = Rng::with_seed(3);
        let material = Material::of_comparison(&mut rng);
        for _ in 0..200 {
            let at = material.any(&mut rng);
            let right = material.right(at);
            for (wrong, place) in [(Wrong::First, 0), (Wrong::Last, super::COMPARED - 1)] {
                let [one, other] = material.two_wrong(at, wrong, &mut rng);
                let text = |presented: &super::Presented| presented.0.as_text().unwrap().to_owned();
                assert_eq!(differences(&text(&right), &text(&one)), [place]);
                assert_eq!(differences(&text(&one), &text(&other)), [place]);
            }
        }
        assert!(material.with_length(100, &mut rng).is_none());
    }

    #[test]
    fn a_longer_identity_is_longer() {
        let suites = crate::suite::default_suites().unwrap();
        let mut rng = Rng::with_seed(3);
        let material = Material::of_suite(&suites[0], 5, None, &mut rng).unwrap();
        let long = material.with_length(1000, &mut rng).unwrap();
        let right = long.right(0);
        let Operation::Verify(request) = long.operation(0, &right) else {
            unreachable!()
        };
        let longest = request.fields.iter().filter_map(|(_, value)| match value {
            Value::Text(text) => Some(text.len()),
            _ => None,
        });
        assert!(longest.max() >= Some(1000));
    }

    /// A cache would answer the same identity again without any work, and a document that is as
    /// short as ever takes no longer to hash.
    #[test]
    fn identities_of_a_form_differ_and_grow() {
        let mut rng = Rng::with_seed(3);
        for name in ["github-webhook", "slack", "mercado-pago", "jotreview"] {
            let suite = crate::suite::find(name).unwrap().parsed();
            let material = Material::of_suite(suite, 1_700_000_000, None, &mut rng).unwrap();
            let tokens: std::collections::HashSet<String> = (0..super::POOL)
                .map(|at| material.right(at).0.as_text().unwrap().to_owned())
                .collect();
            assert_eq!(tokens.len(), super::POOL, "{name}");
            let Some(long) = material.with_length(16_384, &mut rng) else {
                panic!("{name} has no long identity");
            };
            let right = long.right(0);
            let Operation::Verify(request) = long.operation(0, &right) else {
                unreachable!()
            };
            let lengths = request
                .fields
                .iter()
                .filter_map(|(_, value)| value.as_text());
            assert!(lengths.map(str::len).max() >= Some(16_384), "{name}");
        }
    }
}
