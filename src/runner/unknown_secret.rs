//! Cases for an implementation whose secret nobody tells: what can be judged without an oracle.
//!
//! It is asked to sign first, and then held to what it signed: the same input has the same token,
//! another message another MAC, a token is of the scheme's form; its verifier accepts what it
//! signed and rejects every change of that. Whether a MAC is the right one nobody can say.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::adapters::{Adapter, AdapterError, Transport, ask};
use crate::derivation::{Change, Presented, Shift, SignedToken, Signing};
use crate::protocol::{Clock, Hello};
use crate::results::{Failure, Observed};
use crate::runner::case::Chosen;
use crate::runner::rekey::Rekeyer;
use crate::scheme::{FieldTexts, Scheme};
use crate::signature::{Fields, Op, Outcome, Request, Value};
use crate::suite::{Expect, Suite, Vector};

/// What stands for a token that cannot be told.
const SOME_TOKEN: &str = "(a token of the scheme's form, another one for each input)";

/// What an implementation signed before it was judged.
#[derive(Debug, Default)]
pub(super) struct ObservedTokens {
    /// Tokens by suite and fields.
    tokens: HashMap<(String, String), String>,
    /// The first message of which a MAC is, by suite, selected secret and MAC.
    messages: HashMap<(String, String, Vec<u8>), Vec<u8>>,
    /// What failed meanwhile, by suite and fields.
    pub(super) failures: Vec<((String, String), Failure)>,
}

/// Lets an implementation sign whatever the cases need. If it never answers, its first failure
/// comes back.
pub(super) fn collect_tokens(
    adapter: &mut dyn Adapter,
    chosen: &[Chosen<'_>],
    target: &dyn Transport,
    hello: &Hello,
) -> Result<Result<ObservedTokens, Failure>, AdapterError> {
    let (mut keys, mut requests) = (Vec::new(), Vec::new());
    if hello.has_op(Op::Sign) {
        let mut rekeyer: Option<Rekeyer<'_>> = None;
        let mut known = std::collections::HashSet::new();
        for &Chosen { suite, vector } in chosen {
            if !hello.has_suite(suite.name.as_str()) || target.unpassed(suite, vector).is_some() {
                continue;
            }
            let rekeyer = Rekeyer::of(&mut rekeyer, suite);
            for fields in wanted(rekeyer, vector) {
                let key = key(suite, &fields);
                if known.insert(key.clone()) {
                    let request = Request {
                        op: Op::Sign,
                        token: None,
                        fields,
                        ..vector.request.clone()
                    };
                    keys.push(key);
                    requests.push(request);
                }
            }
        }
    }
    let observed = ask(adapter, &requests, false)?;
    let has_answered = observed
        .iter()
        .any(|one| !matches!(one, Observed::Failed(_)));
    let mut tokens = ObservedTokens::default();
    for (key, observed) in std::iter::zip(keys, observed) {
        match observed {
            Observed::Outcome(Outcome::Token(token)) => {
                tokens.tokens.insert(key, token);
            }
            Observed::Failed(failure) if !has_answered => return Ok(Err(failure)),
            Observed::Failed(failure) => tokens.failures.push((key, failure)),
            _ => {}
        }
    }
    Ok(Ok(tokens))
}

/// The fields whose token a case needs.
fn wanted(rekeyer: &mut Rekeyer<'_>, vector: &Vector) -> Vec<Fields> {
    let request = &vector.request;
    if !rekeyer.is_usual(&request.secrets) {
        return Vec::new();
    }
    match request.op {
        Op::Sign => return vec![request.fields.clone()],
        Op::Send => return Vec::new(),
        Op::Verify | Op::Identify => {}
    }
    let scheme = &rekeyer.suite().scheme;
    let wanted = RefCell::new(Vec::new());
    let made = presented(rekeyer, request, &|fields| {
        wanted.borrow_mut().push(fields.clone());
        scheme.sign(&request.secrets, fields).ok()
    });
    made.map_or_else(Vec::new, |_| wanted.into_inner())
}

/// The request with a token that is made of those that the implementation signs, where it can be. `sign` gives the implementation's token of these fields.
fn presented(
    rekeyer: &mut Rekeyer<'_>,
    request: &Request,
    sign: &dyn Fn(&Fields) -> Option<String>,
) -> Option<Request> {
    let scheme = &rekeyer.suite().scheme;
    let change = Change {
        shift: Shift::NONE,
        sign: &|signing: &Signing<'_>| {
            let is_the_implementation = signing.by.is_none() && *signing.secrets == request.secrets;
            is_the_implementation.then(|| sign(signing.fields))?
        },
    };
    // What is not of the form of a token depends on no secret.
    let is_of_form = match &request.token {
        Some(Value::Text(token)) => scheme.token.parse(&scheme.fields, token).is_some(),
        _ => false,
    };
    let mut made = None;
    rekeyer
        .tracer
        .first_presented(request, &mut |presented: &Presented| {
            if is_of_form && !presented.is_traced() {
                return false;
            }
            made = presented.remade(scheme, change, request.clone());
            made.is_some()
        });
    made
}

pub(super) fn key(suite: &Suite, fields: &Fields) -> (String, String) {
    let fields = serde_json::to_string(fields).unwrap_or_default();
    (suite.name.to_string(), fields)
}

impl ObservedTokens {
    /// The case as it is asked, and what is expected of it; why nothing can be, if nothing can.
    pub(super) fn held_to_itself(
        &mut self,
        rekeyer: &mut Rekeyer<'_>,
        vector: &Vector,
        hello: &Hello,
    ) -> Result<Vector, String> {
        let suite = rekeyer.suite();
        let scheme = &suite.scheme;
        let request = &vector.request;
        if !hello.has_op(Op::Sign) {
            return Err("the implementation's secret is unknown and it does not sign, so there is no token that its verifier should accept".to_owned());
        }
        if scheme.time().is_some() && hello.clock() == Clock::System {
            return Err("the implementation's secret is unknown and it uses the real clock, so its tokens cannot be compared".to_owned());
        }
        if !rekeyer.is_usual(&request.secrets) {
            return Err(
                "the implementation's secret is unknown, and the case tests a secret".to_owned(),
            );
        }
        if request.op == Op::Send {
            return Err(
                "the implementation's secret is unknown, so what it sends cannot be checked"
                    .to_owned(),
            );
        }
        let mut other = vector.clone();
        if request.op == Op::Sign {
            if let Expect::Token { token, .. } = &mut other.expect {
                *token = self.expected(suite, &request.fields);
            }
        } else {
            let own = |fields: &Fields| self.tokens.get(&key(suite, fields)).cloned();
            other.request = presented(rekeyer, request, &own).ok_or(
                "the implementation's secret is unknown, and the case's token is not derived from one that it signs",
            )?;
        }
        Ok(other)
    }

    /// The token that these fields had before; what stands for it, where that was no token or the
    /// MAC of another message.
    fn expected(&mut self, suite: &Suite, fields: &Fields) -> String {
        let found = self.tokens.get(&key(suite, fields));
        let sound = found.and_then(|token| {
            let (selector, mac, message) = made_of(&suite.scheme, fields, token)?;
            let place = (suite.name.to_string(), selector, mac);
            let first = self
                .messages
                .entry(place)
                .or_insert_with(|| message.clone());
            (*first == message).then(|| token.clone())
        });
        sound.unwrap_or_else(|| SOME_TOKEN.to_owned())
    }
}

/// The selected secret, the MAC and the message of a token that is of the scheme's form.
fn made_of(scheme: &Scheme, fields: &Fields, token: &str) -> Option<(String, Vec<u8>, Vec<u8>)> {
    // Its form, to the letter, and the fields that it carries.
    SignedToken::of(scheme, fields, token)?;
    let texts = FieldTexts::read(&scheme.fields, fields).ok()?;
    let message = scheme.message.render(&scheme.fields, &texts).ok()?;
    let parsed = scheme.token.parse(&scheme.fields, token)?;
    let selector = scheme.secret.per.and_then(|per| texts.text(per));
    Some((
        selector.unwrap_or_default().to_owned(),
        parsed.macs().next()?.to_vec(),
        message.clone(),
    ))
}
