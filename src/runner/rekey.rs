//! Cases under other secrets: what was made with the suite's secret is made with another one. That
//! is the secret of an implementation that has its own, or a fresh one that nobody can memorize.

use std::cell::LazyCell;
use std::collections::HashMap;

use crate::derivation::{Change, Shift, Signing, Tracer};
use crate::mistakes::{Mistake, Mistaken, Stage, catalogue};
use crate::runner::catches::{Caught, kind};
use crate::scheme::{Call, Implementation as _};
use crate::signature::{Op, Outcome, Secret, Secrets};
use crate::suite::{Expect, Suite, Vector};

/// Why a case cannot be asked with another secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotWithIt {
    /// Its secret is what it is about.
    #[error("the implementation has its own secret, and the case tests a different one")]
    AboutTheSecret,
    /// One secret cannot stand for several.
    #[error("the implementation has one secret of its own, but the scheme has several")]
    SeveralSecrets,
    /// The scheme declines it.
    #[error("the implementation has its own secret, but the scheme cannot use it: {0}")]
    Unusable(String),
    /// A mistake that it is made to catch would not be caught.
    #[error(
        "the implementation has its own secret, with which the case would not test what it is meant to ({0})"
    )]
    ShowsLess(&'static str),
}

/// The secrets that most cases of a suite use: the others are about the secret.
fn usual_secrets(suite: &Suite) -> Option<&Secrets> {
    let mut counts: HashMap<Vec<_>, usize> = HashMap::new();
    for vector in &suite.vectors {
        let secrets = &vector.request.secrets;
        *counts.entry(secrets.iter().collect()).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    // Where several are as frequent, the first of the file.
    suite
        .vectors
        .iter()
        .map(|vector| &vector.request.secrets)
        .find(|secrets| {
            let key: Vec<_> = secrets.iter().collect();
            counts.get(&key) == Some(&most)
        })
}

/// Remakes the cases of one suite under other secrets.
#[derive(Debug)]
pub struct Rekeyer<'s> {
    pub(super) tracer: Tracer<'s>,
    usual: Option<&'s Secrets>,
}

impl<'s> Rekeyer<'s> {
    /// For the cases of this suite.
    pub fn new(suite: &'s Suite) -> Self {
        Self {
            tracer: Tracer::new(suite),
            usual: usual_secrets(suite),
        }
    }

    /// The one of this suite, kept in `latest`: the cases come suite by suite.
    pub(super) fn of<'l>(latest: &'l mut Option<Self>, suite: &'s Suite) -> &'l mut Self {
        match latest.take() {
            Some(known) if std::ptr::eq(known.suite(), suite) => latest.insert(known),
            _ => latest.insert(Self::new(suite)),
        }
    }

    pub(super) fn suite(&self) -> &'s Suite {
        self.tracer.suite()
    }

    /// Whether these are the secrets that most cases use.
    pub(super) fn is_usual(&self, secrets: &Secrets) -> bool {
        self.usual == Some(secrets)
    }

    /// The same case with other secrets: `of` maps each of the suite's to its replacement. The
    /// oracle answers it as it answers this one. It may catch less than this one, if that depends
    /// on the secret or the MAC.
    pub fn rekeyed(
        &mut self,
        vector: &Vector,
        of: &dyn Fn(&Secrets) -> Secrets,
    ) -> Result<Vector, NotWithIt> {
        self.under(vector, of, &|_| None)
    }

    /// The same case with that secret in place of the one that most cases use. It catches what this
    /// one catches.
    pub(super) fn with_secret(
        &mut self,
        vector: &Vector,
        secret: &Secret,
    ) -> Result<Vector, NotWithIt> {
        let scheme = &self.suite().scheme;
        if scheme.secret.per.is_some() {
            return Err(NotWithIt::SeveralSecrets);
        }
        if !self.is_usual(&vector.request.secrets) {
            return Err(NotWithIt::AboutTheSecret);
        }
        scheme
            .secret
            .decode(secret)
            .map_err(|refusal| NotWithIt::Unusable(refusal.to_string()))?;
        let usual = self.usual;
        let of = |secrets: &Secrets| match usual {
            Some(usual) if usual == secrets => Secrets::One(secret.clone()),
            _ => secrets.clone(),
        };
        // Several ways of making a token may be tried.
        let caught = LazyCell::new(|| Caught::with_any_secret(scheme, vector));
        self.under(vector, &of, &|other| caught.missed_by(other))
    }

    /// `misses` names a mistake that the remade case has to catch and does not.
    fn under(
        &mut self,
        vector: &Vector,
        of: &dyn Fn(&Secrets) -> Secrets,
        misses: &dyn Fn(&Vector) -> Option<&'static str>,
    ) -> Result<Vector, NotWithIt> {
        let scheme = &self.suite().scheme;
        let request = &vector.request;
        let mut other = vector.clone();
        other.request.secrets = of(&request.secrets);
        if let Expect::Token { token, .. } = &mut other.expect {
            *token = scheme
                .sign(&other.request.secrets, &request.fields)
                .map_err(|refusal| NotWithIt::Unusable(refusal.to_string()))?;
        }
        let right = kind(scheme, vector);
        let shows_less = |other: &Vector| {
            if kind(scheme, other) == right {
                misses(other)
            } else {
                Some("the reference answers differently")
            }
        };
        let change = Change {
            shift: Shift::NONE,
            sign: &|signing| {
                let secrets = &of(signing.secrets);
                Signing {
                    secrets,
                    ..*signing
                }
                .token(scheme)
            },
        };
        if request.op.presents_a_token() {
            let found = self.tracer.first_presented(request, &mut |presented| {
                match presented.remade(scheme, change, other.request.clone()) {
                    Some(request) => other.request = request,
                    None => return false,
                }
                shows_less(&other).is_none()
            });
            if found.is_some() {
                return Ok(other);
            }
            // A token that depends on no secret stays what it is.
            other.request.token.clone_from(&request.token);
        }
        match shows_less(&other) {
            None => Ok(other),
            Some(mistake) => Err(NotWithIt::ShowsLess(mistake)),
        }
    }
}

/// The mistakes of reading a secret that make no difference to this one: no case shows whether
/// they are made.
pub(super) fn unseen_mistakes(suite: &Suite, secret: &Secret) -> Vec<String> {
    let scheme = &suite.scheme;
    let mut requests = suite.vectors.iter().map(|vector| &vector.request);
    let secrets = Secrets::One(secret.clone());
    let sample = requests.find_map(|request| {
        let fields = &request.fields;
        let token = scheme.sign(&secrets, fields).ok()?;
        (request.op == Op::Sign).then_some((fields, token))
    });
    let Some((fields, right)) = sample else {
        return Vec::new();
    };
    let is_unseen = |mistake: &&'static Mistake| {
        let outcome = Mistaken::one(mistake).call(&Call::sign(scheme, &secrets, fields, 0));
        outcome == Outcome::Token(right.clone())
    };
    catalogue()
        .iter()
        .filter(|mistake| mistake.stage == Stage::Secret && mistake.applies(scheme).is_ok())
        .filter(is_unseen)
        .map(|mistake| mistake.words_of(scheme).title)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{NotWithIt, Rekeyer, usual_secrets};
    use crate::scheme::Verification;
    use crate::signature::{Op, OutcomeKind, Secret};
    use crate::suite::{Expect, Suite, find};

    fn suite(name: &str) -> &'static Suite {
        find(name).unwrap().parsed()
    }

    /// What the oracle says of each re-signed case is what the case expects, and most can be.
    #[test]
    fn resigned_cases_keep_their_meaning() {
        for name in ["jotreview", "jimo"] {
            let suite = suite(name);
            let mut rekeyer = Rekeyer::new(suite);
            for text in [
                "our-own-Secret_0123456789abcdef",
                "deadbeefdeadbeefdeadbeefdeadbeef",
            ] {
                let secret = Secret::new(text);
                let mut done = 0;
                let mut reasons = std::collections::BTreeMap::new();
                // One of five is enough to see that it holds.
                for vector in suite.vectors.iter().step_by(5) {
                    let other = match rekeyer.with_secret(vector, &secret) {
                        Ok(other) => other,
                        Err(why) => {
                            *reasons.entry(why.to_string()).or_insert(0) += 1;
                            continue;
                        }
                    };
                    done += 1;
                    let request = &other.request;
                    assert_eq!(other.id, vector.id);
                    let id = &other.id;
                    match (&other.expect, request.op) {
                        (Expect::Token { token, .. }, _) => {
                            let right = suite.scheme.sign(&request.secrets, &request.fields);
                            assert_eq!(right.as_ref(), Ok(token), "{id}");
                            assert_ne!(other.expect, vector.expect, "{id}");
                        }
                        (Expect::Outcomes(kinds), Op::Verify) => {
                            let token = request.token.as_ref();
                            let verdict = suite.scheme.verify(
                                &request.secrets,
                                &request.fields,
                                token,
                                request.now,
                            );
                            let accepts = kinds.contains(&OutcomeKind::Accept);
                            assert_eq!(verdict == Verification::Accepted, accepts, "{id}");
                        }
                        _ => {}
                    }
                }
                let share = done * 500 / suite.vectors.len();
                assert!(
                    share >= 60,
                    "{name}, {text}: {done} of {}: {reasons:#?}",
                    suite.vectors.len()
                );
            }
        }
    }

    #[test]
    fn cases_about_the_secret_are_left_out() {
        let suite = suite("jotreview");
        let usual = usual_secrets(suite).unwrap();
        let mut rekeyer = Rekeyer::new(suite);
        let secret = Secret::new("our-own-Secret");
        for vector in &suite.vectors {
            let other = rekeyer.with_secret(vector, &secret);
            if vector.request.secrets != *usual {
                assert_eq!(
                    other.unwrap_err(),
                    NotWithIt::AboutTheSecret,
                    "{}",
                    vector.id
                );
            }
        }
    }
}
