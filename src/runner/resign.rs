//! Cases for an implementation that has a secret of its own: what was made with the suite's secret
//! is made with that one.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::mistakes::{Mistaken, catalogue};
use crate::results::{Observed, Verdict, judge};
use crate::runner::transplant::{Signed, transplant};
use crate::scheme::{Call, Implementation as _, ParsedToken, Reference, Scheme};
use crate::signature::{Fields, Op, Outcome, Secret, Secrets, Value};
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
pub(super) fn usual_secrets(suite: &Suite) -> Option<&Secrets> {
    let mut counts: HashMap<Vec<(Option<&str>, &Secret)>, (usize, &Secrets)> = HashMap::new();
    for vector in &suite.vectors {
        let secrets = &vector.request.secrets;
        counts
            .entry(secrets.iter().collect())
            .or_insert((0, secrets))
            .0 += 1;
    }
    let most = counts.values().map(|(count, _)| *count).max()?;
    // Where several are as frequent, the first of the file.
    suite
        .vectors
        .iter()
        .map(|vector| &vector.request.secrets)
        .find(|secrets| {
            let key: Vec<_> = secrets.iter().collect();
            counts.get(&key).is_some_and(|(count, _)| *count == most)
        })
}

/// The same case with that secret.
pub(super) fn resigned(
    suite: &Suite,
    vector: &Vector,
    usual: Option<&Secrets>,
    secret: &Secret,
) -> Result<Vector, NotWithIt> {
    let scheme = &suite.scheme;
    let request = &vector.request;
    if scheme.secret.per.is_some() {
        return Err(NotWithIt::SeveralSecrets);
    }
    if usual != Some(&request.secrets) {
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
    if let (Op::Verify, Some(Value::Text(token))) = (request.op, &request.token)
        && !token.is_empty()
    {
        let token = presented(scheme, request, token, &other.request.secrets)?;
        other.request.token = Some(Value::Text(token));
    }
    match shows_less(scheme, vector, &other) {
        None => Ok(other),
        Some(mistake) => Err(NotWithIt::ShowsLess(mistake)),
    }
}

/// What has to be presented instead of this token.
fn presented(
    scheme: &Scheme,
    request: &Request,
    token: &str,
    secrets: &Secrets,
) -> Result<String, NotWithIt> {
    let fields = signed_fields(scheme, request, token).ok_or(NotWithIt::NotTheRightToken)?;
    let right = Signed::new(scheme, &request.secrets, &fields);
    let fresh = Signed::new(scheme, secrets, &fields);
    let made = right.zip(fresh);
    let made = made.and_then(|(right, fresh)| transplant(token, &right, &fresh));
    made.ok_or(NotWithIt::NotTheRightToken)
}

/// All fields of the right token of a request: what the presented one does not carry is of its
/// time.
fn signed_fields(scheme: &Scheme, request: &Request, token: &str) -> Option<Fields> {
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
        .filter(|mistake| mistake.is_of_verifying() <= (one.request.op == Op::Verify))
        .find(|mistake| {
            let catches = |vector: &Vector| {
                let outcome = Mistaken::one(mistake).call(&call(scheme, &vector.request));
                is_caught(scheme, vector, outcome)
            };
            catches(one) && !catches(other)
        })
        .map(|mistake| mistake.id.as_str())
}

fn kind(scheme: &Scheme, vector: &Vector) -> crate::signature::OutcomeKind {
    Reference::new().call(&call(scheme, &vector.request)).kind()
}

fn is_caught(scheme: &Scheme, vector: &Vector, outcome: Outcome) -> bool {
    let op = vector.request.op;
    if vector.level == Level::May {
        let right = Reference::new().call(&call(scheme, &vector.request));
        return match (&right, &outcome) {
            (Outcome::Token(right), Outcome::Token(token)) => right != token,
            _ => right.kind() != outcome.kind(),
        };
    }
    let observed = Observed::Outcome(outcome);
    judge(op, vector.level, &vector.expect, &observed, Level::Should) != Verdict::Pass
}

fn call<'r>(scheme: &'r Scheme, request: &'r Request) -> Call<'r> {
    Call {
        op: request.op,
        scheme,
        secrets: &request.secrets,
        fields: &request.fields,
        token: request.token.as_ref(),
        now: request.now,
    }
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
    use super::{NotWithIt, resigned, usual_secrets};
    use crate::scheme::Verification;
    use crate::signature::{Op, OutcomeKind, Secret, Value};
    use crate::suite::{Expect, Suite, find};

    fn suite(name: &str) -> Suite {
        find(name).unwrap().parse().unwrap()
    }

    /// What the oracle says of each re-signed case is what the case expects, and most can be.
    #[test]
    fn resigned_cases_are_what_they_were() {
        for name in ["jotreview", "jimo", "engagespot", "prefinery"] {
            let suite = suite(name);
            let usual = usual_secrets(&suite);
            for text in [
                "our-own-Secret_0123456789abcdef",
                "deadbeefdeadbeefdeadbeefdeadbeef",
            ] {
                let secret = Secret::new(text);
                let mut done = 0;
                let mut reasons = std::collections::BTreeMap::new();
                for vector in &suite.vectors {
                    let other = match resigned(&suite, vector, usual, &secret) {
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
                let share = done * 100 / suite.vectors.len();
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
        let secret = Secret::new("our-own-Secret");
        for vector in &suite.vectors {
            let other = resigned(&suite, vector, Some(usual), &secret);
            if vector.request.secrets != *usual {
                assert_eq!(
                    other.unwrap_err(),
                    NotWithIt::AboutTheSecret,
                    "{}",
                    vector.id
                );
            } else if let Ok(other) = other
                && let (Some(Value::Text(one)), Some(Value::Text(two))) =
                    (&vector.request.token, &other.request.token)
                && one.len() >= 32
            {
                assert_ne!(one, two, "{}", vector.id);
            }
        }
    }
}
