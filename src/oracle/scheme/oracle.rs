//! The oracle: our own implementation of any scheme. It accepts the canonical form of a token and
//! nothing else.

use std::borrow::Cow;

use subtle::ConstantTimeEq;

use crate::scheme::{
    Algorithm, Call, Decision, FieldTexts, FreshnessProblem, Implementation, Keyed, Policy,
    Refusal, Rule, Scheme, SignatureState, Undecided, derived, is_presented,
};
use crate::signature::{Context, Denial, Fields, Op, Outcome, Secret, Secrets, Value};

/// What the oracle says of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It is the canonical token of these fields.
    Accepted,
    /// It is not, and this is where it failed.
    Rejected(Rejection),
    /// Nothing can be said of any token: the secret or a field given beside it is unusable.
    Refused(Refusal),
}

/// At which stage a token fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// None was presented.
    #[error("no token was presented")]
    Absent,
    /// What was presented is no text.
    #[error("the token is not a text")]
    NotText,
    /// It is not of the scheme's grammar, to the letter.
    #[error("the token is not written as the scheme writes tokens")]
    Malformed,
    /// A field given beside it is missing or no value of its type.
    #[error("{0}")]
    Field(Refusal),
    /// The MAC is another one.
    #[error("the MAC does not match this identity and secret")]
    WrongMac,
    /// The MAC is right, the time is not.
    #[error("{0}")]
    Time(#[from] FreshnessProblem),
}

/// What becomes of a call that identifies somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identification<'s> {
    /// A rule decides.
    Decided {
        /// That rule.
        rule: &'s Rule,
        /// What the signature is, if that was looked at.
        signature: Option<SignatureState>,
        /// Where one that is not valid fails.
        rejection: Option<Rejection>,
    },
    /// Nothing can be said, for this reason: the context or the configuration is unusable.
    Refused(String),
}

impl From<&Rule> for Outcome {
    /// What an implementation of the policy says: of several codes the first.
    fn from(rule: &Rule) -> Self {
        match &rule.decision {
            Decision::Accept => Self::Accept,
            Decision::Anonymous => Self::Anonymous,
            Decision::Reject { codes, status } => Self::Reject(Denial {
                code: codes.first().cloned(),
                status: *status,
            }),
        }
    }
}

/// The MAC of a message under a key.
type MacOf<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Vec<u8>;

impl Scheme {
    /// The key for these fields.
    pub fn key<'s>(
        &self,
        secrets: &'s Secrets,
        texts: &FieldTexts<'_>,
    ) -> Result<Cow<'s, [u8]>, Refusal> {
        self.derive(self.decode_secret(secrets, texts)?, texts)
    }

    /// The bytes of the secret for these fields, of which the key is [derived](Self::derive).
    pub fn decode_secret<'s>(
        &self,
        secrets: &'s Secrets,
        texts: &FieldTexts<'_>,
    ) -> Result<Cow<'s, [u8]>, Refusal> {
        self.secret.decode(self.select_secret(secrets, texts)?)
    }

    /// The key that the scheme derives from the bytes of a secret; these themselves in most
    /// schemes.
    pub fn derive<'k>(
        &self,
        secret: Cow<'k, [u8]>,
        texts: &FieldTexts<'_>,
    ) -> Result<Cow<'k, [u8]>, Refusal> {
        derived(&self.secret.derive, secret, &self.fields, texts)
    }

    /// The configured secret that counts for these fields.
    pub fn select_secret<'s>(
        &self,
        secrets: &'s Secrets,
        texts: &FieldTexts<'_>,
    ) -> Result<&'s Secret, Refusal> {
        let selector = match self.secret.per {
            None => None,
            Some(field) => {
                let missing = || Refusal::MissingField(self.fields.at(field).name.clone());
                Some(texts.text(field).ok_or_else(missing)?)
            }
        };
        secrets
            .select(selector)
            .ok_or_else(|| Refusal::NoSecret(selector.unwrap_or_default().to_owned()))
    }

    /// Whether fields, and those that a token carries, are of the forms that the scheme states.
    /// What is no text, and a token that cannot be taken apart, have no form.
    pub fn are_of_their_form(&self, fields: &Fields, token: Option<&str>) -> bool {
        let fits = |field: usize, text: &[u8]| self.fields.at(field).takes(text);
        let given = self.fields.iter().enumerate().all(|(at, field)| {
            let value = fields.value(&field.name).and_then(Value::to_bytes);
            value.is_none_or(|bytes| fits(at, &bytes))
        });
        given
            && token
                .and_then(|token| self.token.parse(&self.fields, token))
                .is_none_or(|parsed| parsed.fields().all(|(at, bytes)| fits(at, bytes)))
    }

    /// The token of these fields.
    pub fn sign(&self, secrets: &Secrets, fields: &Fields) -> Result<String, Refusal> {
        self.sign_with(secrets, fields, &mut |key, message| {
            self.algorithm.mac(key, message)
        })
    }

    /// What is to be said of a token presented for these fields at `now` (Unix seconds).
    pub fn verify(
        &self,
        secrets: &Secrets,
        fields: &Fields,
        token: Option<&Value>,
        now: u64,
    ) -> Verification {
        let mac = &mut |key: &[u8], message: &[u8]| self.algorithm.mac(key, message);
        match self.check(secrets, fields, token, now, mac) {
            Ok(()) => Verification::Accepted,
            Err(verification) => verification,
        }
    }

    /// What becomes of a call that identifies somebody; `None` where the scheme has no policy.
    pub fn identify(
        &self,
        secrets: &Secrets,
        fields: &Fields,
        token: Option<&Value>,
        context: &Context,
        now: u64,
    ) -> Option<Identification<'_>> {
        let mac = &mut |key: &[u8], message: &[u8]| self.algorithm.mac(key, message);
        let policy = self.policy.as_ref()?;
        Some(self.decide(policy, secrets, fields, token, context, now, mac))
    }

    #[expect(clippy::too_many_arguments, reason = "those of a call, and the MAC")]
    fn decide<'s>(
        &self,
        policy: &'s Policy,
        secrets: &Secrets,
        fields: &Fields,
        token: Option<&Value>,
        context: &Context,
        now: u64,
        mac_of: MacOf<'_>,
    ) -> Identification<'s> {
        let mut rejection = None;
        let signature = || {
            if !is_presented(token) {
                rejection = Some(Rejection::Absent);
                return Ok(SignatureState::Absent);
            }
            match self.check(secrets, fields, token, now, mac_of) {
                Ok(()) | Err(Verification::Accepted) => Ok(SignatureState::Valid),
                Err(Verification::Rejected(why)) => {
                    rejection = Some(why);
                    Ok(SignatureState::Invalid)
                }
                Err(Verification::Refused(refusal)) => Err(refusal),
            }
        };
        match policy.decide(&self.fields, fields, context, signature) {
            Ok((rule, signature)) => Identification::Decided {
                rule,
                signature,
                rejection,
            },
            Err(Undecided::Context(problem)) => Identification::Refused(problem.to_string()),
            Err(Undecided::Signature(refusal)) => Identification::Refused(refusal.to_string()),
        }
    }

    fn sign_with(
        &self,
        secrets: &Secrets,
        fields: &Fields,
        mac_of: MacOf<'_>,
    ) -> Result<String, Refusal> {
        let texts = FieldTexts::read(&self.fields, fields)?;
        let message = self.message.render(&self.fields, &texts)?;
        let key = self.key(secrets, &texts)?;
        let mac = mac_of(&key, &message);
        self.token
            .render(&self.fields, &mac[..self.mac_bytes], &texts)
    }

    /// Verifies by each secret that holds; where none of them fits, the newest says why.
    fn check(
        &self,
        secrets: &Secrets,
        fields: &Fields,
        token: Option<&Value>,
        now: u64,
        mac_of: MacOf<'_>,
    ) -> Result<(), Verification> {
        let all = match secrets {
            Secrets::One(_) | Secrets::Per(_) => {
                return self.check_by(secrets, fields, token, now, mac_of);
            }
            Secrets::Rotated { .. } => secrets.in_turn(),
        };
        let mut verdicts = Vec::with_capacity(all.len());
        for secrets in &all {
            verdicts.push(self.check_by(secrets, fields, token, now, mac_of));
        }
        let is_refused =
            |verdict: &Result<(), Verification>| matches!(verdict, Err(Verification::Refused(_)));
        // An unusable secret among them is a fault of the configuration.
        let decisive = verdicts
            .iter()
            .position(is_refused)
            .or_else(|| verdicts.iter().position(Result::is_ok));
        verdicts.swap_remove(decisive.unwrap_or_default())
    }

    fn check_by(
        &self,
        secrets: &Secrets,
        fields: &Fields,
        token: Option<&Value>,
        now: u64,
        mac_of: MacOf<'_>,
    ) -> Result<(), Verification> {
        let rejected = |rejection| Err(Verification::Rejected(rejection));
        let mut texts = FieldTexts::read(&self.fields, fields)
            .map_err(|refusal| Verification::Rejected(Rejection::Field(refusal)))?;
        // The configuration is looked at before the token: an unusable secret is nobody's fault
        // who presents one.
        let secret = self
            .decode_secret(secrets, &texts)
            .map_err(Verification::Refused)?;
        let text = match token {
            None => return rejected(Rejection::Absent),
            Some(Value::Text(text)) if text.is_empty() => return rejected(Rejection::Absent),
            Some(Value::Text(text)) => text,
            Some(_) => return rejected(Rejection::NotText),
        };
        let Some(parsed) = self.token.parse(&self.fields, text) else {
            return rejected(Rejection::Malformed);
        };
        for (field, bytes) in parsed.fields() {
            texts.set(field, bytes);
        }
        let field = |refusal| Verification::Rejected(Rejection::Field(refusal));
        let message = self.message.render(&self.fields, &texts).map_err(field)?;
        let key = self.derive(secret, &texts).map_err(field)?;
        let mac = mac_of(&key, &message);
        let right = parsed
            .macs()
            .fold(subtle::Choice::from(0), |found, candidate| {
                found | candidate.ct_eq(&mac[..self.mac_bytes])
            });
        if !bool::from(right) {
            return rejected(Rejection::WrongMac);
        }
        self.freshness
            .check(&self.fields, &texts, now)
            .map_err(|problem| Verification::Rejected(Rejection::Time(problem)))
    }
}

/// What an implementation says that is asked to identify somebody by a scheme without a policy.
pub const NO_POLICY: &str = "the scheme has no policy";

/// The oracle as an implementation among others. It remembers the last key, because a harness
/// asks thousands of times with the same one.
#[derive(Default)]
pub struct Reference {
    latest: Option<(Algorithm, Vec<u8>, Keyed)>,
}

impl Reference {
    /// A reference that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn mac(&mut self, algorithm: Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
        match &self.latest {
            Some((known, bytes, keyed)) if *known == algorithm && bytes == key => {
                keyed.mac(message)
            }
            _ => {
                let keyed = algorithm.keyed(key);
                let mac = keyed.mac(message);
                self.latest = Some((algorithm, key.to_vec(), keyed));
                mac
            }
        }
    }
}

/// The token of some fields, as an outcome.
fn signed(scheme: &Scheme, secrets: &Secrets, fields: &Fields, mac_of: MacOf<'_>) -> Outcome {
    match scheme.sign_with(secrets, fields, mac_of) {
        Ok(token) => Outcome::Token(token),
        Err(refusal) => Outcome::Refused(refusal.to_string()),
    }
}

impl Implementation for Reference {
    fn call(&mut self, call: &Call<'_>) -> Outcome {
        let algorithm = call.scheme.algorithm;
        let mut mac = |key: &[u8], message: &[u8]| self.mac(algorithm, key, message);
        match call.op {
            Op::Sign => signed(call.scheme, call.secrets, call.fields, &mut mac),
            Op::Send => {
                call.send(&mut |fields| signed(call.scheme, call.secrets, fields, &mut mac))
            }
            Op::Verify => {
                match call
                    .scheme
                    .check(call.secrets, call.fields, call.token, call.now, &mut mac)
                {
                    Ok(()) | Err(Verification::Accepted) => Outcome::Accept,
                    Err(Verification::Rejected(_)) => Outcome::REJECT,
                    Err(Verification::Refused(refusal)) => Outcome::Refused(refusal.to_string()),
                }
            }
            Op::Identify => match &call.scheme.policy {
                None => Outcome::Refused(NO_POLICY.to_owned()),
                Some(policy) => {
                    let decided = call.scheme.decide(
                        policy,
                        call.secrets,
                        call.fields,
                        call.token,
                        call.context,
                        call.now,
                        &mut mac,
                    );
                    match decided {
                        Identification::Decided { rule, .. } => rule.into(),
                        Identification::Refused(why) => Outcome::Refused(why),
                    }
                }
            },
        }
    }
}
