//! Cases for an implementation that has a secret of its own: what was made with the suite's secret
//! is made with that one.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::mistakes::{Mistake, Mistaken, Stage, catalogue};
use crate::results::{Observed, Verdict, judge};
use crate::runner::transplant::{Signed, transplant};
use crate::scheme::{Call, Implementation as _, ParsedToken, Reference, Scheme};
use crate::signature::{Context, Fields, Op, Outcome, Secret, Secrets, Value};
use crate::suite::{Expect, Level, Request, Suite, Vector};

/// Why a case cannot be asked with another secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotWithIt {
    #[error("the implementation has a secret of its own, and the case is about another one")]
    AboutTheSecret,
    #[error("the implementation has one secret of its own, and the scheme several")]
    SeveralSecrets,
    #[error("the implementation has a secret of its own, and the scheme cannot use it: {0}")]
    Unusable(String),
    #[error(
        "the implementation has a secret of its own, and the case's token cannot be signed with it: it is not the right one with a small change"
    )]
    NotTheRightToken,
    #[error(
        "the implementation has a secret of its own, with which the case would not show what it is made for ({0})"
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

/// A suite, and what is known of its tokens.
#[derive(Debug)]
pub(super) struct Resigner<'s> {
    pub(super) suite: &'s Suite,
    usual: Option<&'s Secrets>,
    /// The fields of which a token is the right one under the usual secret.
    signed: HashMap<String, &'s Fields>,
}

impl<'s> Resigner<'s> {
    pub(super) fn new(suite: &'s Suite) -> Self {
        let usual = usual_secrets(suite);
        let of_usual = suite.vectors.iter().map(|vector| &vector.request);
        let signed = of_usual
            .filter(|request| Some(&request.secrets) == usual)
            .filter_map(|request| {
                let token = suite.scheme.sign(&request.secrets, &request.fields);
                Some((token.ok()?, &request.fields))
            })
            .collect();
        Self {
            suite,
            usual,
            signed,
        }
    }

    /// Whether a request uses the secrets that most do.
    pub(super) fn is_usual(&self, request: &Request) -> bool {
        self.usual == Some(&request.secrets)
    }

    /// The fields of which this is the right token under the usual secrets.
    pub(super) fn signed_of(&self, token: &str) -> Option<&Fields> {
        self.signed.get(token).copied()
    }

    /// The same case with that secret.
    pub(super) fn resigned(&self, vector: &Vector, secret: &Secret) -> Result<Vector, NotWithIt> {
        let scheme = &self.suite.scheme;
        let request = &vector.request;
        if scheme.secret.per.is_some() {
            return Err(NotWithIt::SeveralSecrets);
        }
        if self.usual != Some(&request.secrets) {
            return Err(NotWithIt::AboutTheSecret);
        }
        scheme
            .secret
            .key(secret)
            .map_err(|refusal| NotWithIt::Unusable(refusal.to_string()))?;
        let mut other = vector.clone();
        other.request.secrets = Secrets::One(secret.clone());
        if let Expect::Token { token, .. } = &mut other.expect {
            *token = scheme
                .sign(&other.request.secrets, &request.fields)
                .map_err(|refusal| NotWithIt::Unusable(refusal.to_string()))?;
        }
        let tokens = match (request.op.presents_a_token(), &request.token) {
            (true, Some(Value::Text(token))) if !token.is_empty() => {
                self.presented(request, token, &other.request.secrets)
            }
            _ => vec![request.token.clone()],
        };
        let mut why = NotWithIt::NotTheRightToken;
        for token in tokens {
            other.request.token = token;
            match shows_less(scheme, vector, &other) {
                None => return Ok(other),
                Some(mistake) => why = NotWithIt::ShowsLess(mistake),
            }
        }
        Err(why)
    }

    /// The mistakes of reading a secret that make no difference to this one: no case shows whether
    /// they are made.
    pub(super) fn unseen(&self, secret: &Secret) -> Vec<&'static str> {
        let scheme = &self.suite.scheme;
        let mut requests = self.suite.vectors.iter().map(|vector| &vector.request);
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
            let outcome = Mistaken::one(mistake).call(&Call {
                op: Op::Sign,
                scheme,
                secrets: &secrets,
                fields,
                token: None,
                context: Context::none(),
                now: 0,
            });
            outcome == Outcome::Token(right.clone())
        };
        catalogue()
            .iter()
            .filter(|mistake| mistake.stage == Stage::Secret && mistake.applies(scheme).is_ok())
            .filter(is_unseen)
            .map(|mistake| mistake.title)
            .collect()
    }

    /// What may be presented instead of this token, the likeliest first.
    fn presented(&self, request: &Request, token: &str, secrets: &Secrets) -> Vec<Option<Value>> {
        let scheme = &self.suite.scheme;
        // The right token, or one with a small change.
        let edited = signed_fields(scheme, request, token).and_then(|fields| {
            let right = Signed::new(scheme, &request.secrets, &fields)?;
            let fresh = Signed::new(scheme, secrets, &fields)?;
            transplant(token, &right, &fresh)
        });
        // That of another identity.
        let others = self.signed.get(token);
        let others = others.and_then(|fields| scheme.sign(secrets, fields).ok());
        // One that a mistake makes of the same identity.
        let by_mistake = || {
            let fields = signed_fields(scheme, request, token)?;
            let sign = |mistake, secrets: &Secrets| {
                let outcome = Mistaken::one(mistake).call(&Call {
                    op: Op::Sign,
                    scheme,
                    secrets,
                    fields: &fields,
                    token: None,
                    context: Context::none(),
                    now: request.now,
                });
                match outcome {
                    Outcome::Token(token) => Some(token),
                    _ => None,
                }
            };
            catalogue()
                .iter()
                .filter(|mistake| mistake.applies(scheme).is_ok())
                .find(|mistake| sign(mistake, &request.secrets).as_deref() == Some(token))
                .and_then(|mistake| sign(mistake, secrets))
        };
        let made = edited.or(others).or_else(by_mistake);
        // One that has to do with no secret stays what it is.
        let as_it_is = || token.to_owned();
        vec![Some(Value::Text(made.unwrap_or_else(as_it_is)))]
    }
}

/// All fields of the right token of a request: what the presented one does not carry is of its
/// time.
pub(super) fn signed_fields(scheme: &Scheme, request: &Request, token: &str) -> Option<Fields> {
    let set = &scheme.fields;
    let parsed = scheme.token.parse(set, token);
    let mut fields = request.fields.clone();
    for carried in scheme.token.fields() {
        let field = set.at(carried);
        let found = parsed.iter().flat_map(ParsedToken::fields);
        let text = found
            .filter(|(at, _)| *at == carried)
            .map(|(_, text)| text.to_owned())
            .next();
        let text = match text {
            Some(text) => text,
            None if field.kind.is_time() => request
                .now
                .saturating_mul(field.kind.per_second())
                .to_string(),
            None => return None,
        };
        fields.set(field.name.clone(), text);
    }
    Some(fields)
}

/// A mistake that the case catches and the other one does not.
fn shows_less(scheme: &Scheme, one: &Vector, other: &Vector) -> Option<&'static str> {
    let is_same = kind(scheme, one) == kind(scheme, other);
    if !is_same {
        return Some("the reference answers otherwise");
    }
    catalogue()
        .iter()
        .filter(|mistake| mistake.applies(scheme).is_ok())
        // What this secret does not show, no case shows: that is a matter of the whole run.
        .filter(|mistake| mistake.stage != Stage::Secret)
        .filter(|mistake| one.request.op.presents_a_token() || !mistake.is_of_verifying())
        .find(|mistake| {
            let catches = |vector: &Vector| {
                let outcome = Mistaken::one(mistake).call(&vector.request.call(scheme));
                is_caught(scheme, vector, outcome)
            };
            catches(one) && !catches(other)
        })
        .map(|mistake| mistake.id.as_str())
}

fn kind(scheme: &Scheme, vector: &Vector) -> crate::signature::OutcomeKind {
    Reference::new().call(&vector.request.call(scheme)).kind()
}

fn is_caught(scheme: &Scheme, vector: &Vector, outcome: Outcome) -> bool {
    let op = vector.request.op;
    if vector.level == Level::May {
        let right = Reference::new().call(&vector.request.call(scheme));
        return match (&right, &outcome) {
            (Outcome::Token(right), Outcome::Token(token)) => right != token,
            _ => right.kind() != outcome.kind(),
        };
    }
    let observed = Observed::Outcome(outcome);
    judge(op, vector.level, &vector.expect, &observed, Level::Should) != Verdict::Pass
}

/// What is expected of a case, borrowed where it is the vector's own.
pub(super) fn expect_of<'s>(asked: &Cow<'s, Vector>) -> Cow<'s, Expect> {
    match asked {
        Cow::Borrowed(vector) => Cow::Borrowed(&vector.expect),
        Cow::Owned(vector) => Cow::Owned(vector.expect.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::{NotWithIt, Resigner, usual_secrets};
    use crate::scheme::Verification;
    use crate::signature::{Op, OutcomeKind, Secret};
    use crate::suite::{Expect, Suite, find};

    fn suite(name: &str) -> Suite {
        find(name).unwrap().parse().unwrap()
    }

    /// What the oracle says of each re-signed case is what the case expects, and most can be.
    #[test]
    fn resigned_cases_are_what_they_were() {
        for name in ["jotreview", "jimo"] {
            let suite = suite(name);
            let resigner = Resigner::new(&suite);
            for text in [
                "our-own-Secret_0123456789abcdef",
                "deadbeefdeadbeefdeadbeefdeadbeef",
            ] {
                let secret = Secret::new(text);
                let mut done = 0;
                let mut reasons = std::collections::BTreeMap::new();
                // One of five is enough to see that it holds.
                for vector in suite.vectors.iter().step_by(5) {
                    let other = match resigner.resigned(vector, &secret) {
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
    fn what_is_about_a_secret_is_left_out() {
        let suite = suite("jotreview");
        let usual = usual_secrets(&suite).unwrap();
        let resigner = Resigner::new(&suite);
        let secret = Secret::new("our-own-Secret");
        for vector in &suite.vectors {
            let other = resigner.resigned(vector, &secret);
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
