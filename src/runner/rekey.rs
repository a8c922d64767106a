//! Cases under other secrets: what was made with the suite's secret is made with another one. That
//! is that of an implementation that has its own, or a fresh one that nobody can know by heart.

use std::collections::HashMap;

use crate::mistakes::{Mistake, Mistaken, Stage, catalogue};
use crate::results::{Observed, Verdict, judge};
use crate::runner::rebase_token::{Signed, transplant};
use crate::scheme::{Call, Implementation as _, ParsedToken, Reference, Scheme};
use crate::signature::{Fields, Op, Outcome, Request, Secret, Secrets, Value};
use crate::suite::{Expect, Level, Suite, Vector};

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

/// A suite, and what is known of its tokens.
#[derive(Debug)]
pub struct Resigner<'s> {
    pub(super) suite: &'s Suite,
    usual: Option<&'s Secrets>,
    /// The secrets and the fields of which a token is the right one.
    signed: HashMap<String, (&'s Secrets, &'s Fields)>,
}

/// Other secrets in place of those of a suite.
#[derive(Clone, Copy)]
struct Others<'o> {
    of: &'o dyn Fn(&Secrets) -> Secrets,
    /// Whether a case that would catch less is none at all.
    must_catch_as_much: bool,
}

impl<'s> Resigner<'s> {
    /// For one secret in place of the one that most cases use.
    pub(super) fn new(suite: &'s Suite) -> Self {
        let usual = usual_secrets(suite);
        Self {
            suite,
            usual,
            signed: signed(suite, usual),
        }
    }

    /// For another secret in place of each that the suite has.
    pub fn of_every_secret(suite: &'s Suite) -> Self {
        let mut known: Vec<&Secrets> = Vec::new();
        for vector in &suite.vectors {
            if !known.contains(&&vector.request.secrets) {
                known.push(&vector.request.secrets);
            }
        }
        Self {
            suite,
            usual: usual_secrets(suite),
            signed: signed(suite, known),
        }
    }

    /// Whether a request uses the secrets that most do.
    pub(super) fn is_usual(&self, request: &Request) -> bool {
        self.usual == Some(&request.secrets)
    }

    /// The fields of which this is the right token under the usual secrets.
    pub(super) fn signed_of(&self, token: &str) -> Option<&Fields> {
        self.signed.get(token).map(|(_, fields)| *fields)
    }

    /// The same case with other secrets, each in place of one of the suite's. The oracle answers it
    /// as it answers this one; it may catch less, where that hangs on the secret or on the MAC.
    pub fn rekeyed(
        &self,
        vector: &Vector,
        of: &dyn Fn(&Secrets) -> Secrets,
    ) -> Result<Vector, NotWithIt> {
        let others = Others {
            of,
            must_catch_as_much: false,
        };
        self.under(vector, others)
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
        let others = Others {
            of: &|_| Secrets::One(secret.clone()),
            must_catch_as_much: true,
        };
        self.under(vector, others)
    }

    fn under(&self, vector: &Vector, others: Others<'_>) -> Result<Vector, NotWithIt> {
        let scheme = &self.suite.scheme;
        let request = &vector.request;
        let mut other = vector.clone();
        other.request.secrets = (others.of)(&request.secrets);
        if let Expect::Token { token, .. } = &mut other.expect {
            *token = scheme
                .sign(&other.request.secrets, &request.fields)
                .map_err(|refusal| NotWithIt::Unusable(refusal.to_string()))?;
        }
        let shows_less = |other: &Vector| {
            if kind(scheme, vector) != kind(scheme, other) {
                Some("the reference answers differently")
            } else if others.must_catch_as_much {
                missed(scheme, vector, other)
            } else {
                None
            }
        };
        let mut less = None;
        for token in self.tokens(request, others) {
            other.request.token = token;
            less = shows_less(&other);
            if less.is_none() {
                break;
            }
        }
        match less {
            None => Ok(other),
            Some(mistake) => Err(NotWithIt::ShowsLess(mistake)),
        }
    }

    /// The mistakes of reading a secret that make no difference to this one: no case shows whether
    /// they are made.
    pub(super) fn unseen(&self, secret: &Secret) -> Vec<String> {
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

    /// What may be presented instead, the likeliest first; never nothing.
    fn tokens<'a>(
        &'a self,
        request: &'a Request,
        others: Others<'a>,
    ) -> Box<dyn Iterator<Item = Option<Value>> + 'a> {
        match &request.token {
            Some(Value::Text(token)) if request.op.presents_a_token() && !token.is_empty() => {
                let tokens = self.presented(request, token, others);
                Box::new(tokens.map(|token| Some(Value::Text(token))))
            }
            Some(Value::Json(json)) if request.op.presents_a_token() => {
                let mut json = json.clone();
                change_texts(&mut json, &|text| {
                    self.presented(request, text, others).next()
                });
                Box::new(std::iter::once(Some(Value::Json(json))))
            }
            token => Box::new(std::iter::once(token.clone())),
        }
    }

    /// What may be presented instead of this token, the likeliest first.
    fn presented<'a>(
        &'a self,
        request: &'a Request,
        token: &'a str,
        others: Others<'a>,
    ) -> impl Iterator<Item = String> + 'a {
        let scheme = &self.suite.scheme;
        let fields = signed_fields(scheme, request, token);
        let by_mistake = fields.clone();
        // The right token, or one with a small change.
        let edited = move || {
            let fields = fields?;
            let right = Signed::new(scheme, &request.secrets, &fields)?;
            let fresh = Signed::new(scheme, &(others.of)(&request.secrets), &fields)?;
            transplant(token, &right, &fresh)
        };
        // That of another identity, or of another secret.
        let of_another = move || {
            let (secrets, fields) = self.signed.get(token)?;
            scheme.sign(&(others.of)(secrets), fields).ok()
        };
        // One that a mistake makes of the same identity.
        let by_mistake = move || {
            let fresh = (others.of)(&request.secrets);
            by_mistake.into_iter().flat_map(move |fields| {
                let fresh = fresh.clone();
                catalogue()
                    .iter()
                    .filter(|mistake| mistake.applies(scheme).is_ok())
                    .filter(|mistake| !mistake.is_of_verifying())
                    .filter_map(move |mistake| {
                        let sign = |secrets: &Secrets| {
                            let sign = Call::sign(scheme, secrets, &fields, request.now);
                            Mistaken::one(mistake).call(&sign).into_token()
                        };
                        let is_it = sign(&request.secrets)? == token;
                        is_it.then(|| sign(&fresh))?
                    })
            })
        };
        std::iter::once_with(edited)
            .chain(std::iter::once_with(of_another))
            .flatten()
            .chain(std::iter::once_with(by_mistake).flatten())
            // One that has to do with no secret stays what it is.
            .chain(std::iter::once_with(|| token.to_owned()))
    }
}

/// Changes every text in it that is not empty.
fn change_texts(json: &mut serde_json::Value, change: &dyn Fn(&str) -> Option<String>) {
    match json {
        serde_json::Value::String(text) if !text.is_empty() => {
            if let Some(other) = change(text) {
                *text = other;
            }
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(|one| change_texts(one, change)),
        serde_json::Value::Object(all) => {
            all.values_mut().for_each(|one| change_texts(one, change));
        }
        _ => {}
    }
}

/// The right tokens of the suite's identities under these secrets.
fn signed<'s>(
    suite: &'s Suite,
    secrets: impl IntoIterator<Item = &'s Secrets>,
) -> HashMap<String, (&'s Secrets, &'s Fields)> {
    let mut signed = HashMap::new();
    for secrets in secrets {
        for vector in &suite.vectors {
            let fields = &vector.request.fields;
            if let Ok(token) = suite.scheme.sign(secrets, fields) {
                signed.entry(token).or_insert((secrets, fields));
            }
        }
    }
    signed
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

/// Whether another case with the same secret catches every mistake that this one does.
pub(super) fn misses_nothing(scheme: &Scheme, one: &Vector, other: &Vector) -> bool {
    missed_among(scheme, one, other, |_| true).is_none()
}

/// A mistake that the case catches and the other one, with another secret, does not.
fn missed(scheme: &Scheme, one: &Vector, other: &Vector) -> Option<&'static str> {
    // What this secret does not show, no case shows: that is a matter of the whole run.
    missed_among(scheme, one, other, |mistake| mistake.stage != Stage::Secret)
}

fn missed_among(
    scheme: &Scheme,
    one: &Vector,
    other: &Vector,
    counts: impl Fn(&Mistake) -> bool,
) -> Option<&'static str> {
    catalogue()
        .iter()
        .filter(|mistake| mistake.applies(scheme).is_ok() && counts(mistake))
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
    fn resigned_cases_keep_their_meaning() {
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
    fn cases_about_the_secret_are_left_out() {
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
