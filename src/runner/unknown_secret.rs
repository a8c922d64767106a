//! Cases for an implementation whose secret nobody tells: what can be judged without an oracle.
//!
//! It is asked to sign first, and then held to what it signed: the same input has the same token,
//! another message another MAC, a token is of the scheme's form; its verifier accepts what it
//! signed and rejects every change of that. Whether a MAC is the right one nobody can say.

use std::collections::HashMap;

use crate::adapters::{Adapter, AdapterError, Exchange, Target, Ticket};
use crate::protocol::{Clock, Hello, PreparedRequest, Reply};
use crate::results::Failure;
use crate::runner::plan::Chosen;
use crate::runner::rebase_token::{Signed, transplant};
use crate::runner::rekey::{Resigner, signed_fields};
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

struct Gathering {
    requests: Vec<((String, String), PreparedRequest)>,
    next: usize,
    tokens: HashMap<(String, String), String>,
    answered: bool,
    failures: Vec<((String, String), Failure)>,
}

/// Lets an implementation sign whatever the cases need. If it never answers, its first failure
/// comes back.
pub(super) fn observed_tokens(
    adapter: &mut Adapter<'_>,
    chosen: &[Chosen<'_>],
    target: &Target,
    hello: &Hello,
) -> Result<Result<ObservedTokens, Failure>, AdapterError> {
    let mut requests: Vec<((String, String), PreparedRequest)> = Vec::new();
    if hello.has_op(Op::Sign) {
        let mut resigner: Option<Resigner<'_>> = None;
        let mut known = std::collections::HashSet::new();
        for &Chosen { suite, vector } in chosen {
            if !hello.has_suite(suite.name.as_str()) || target.unpassed(suite, vector).is_some() {
                continue;
            }
            let resigner = match resigner.take() {
                Some(known) if std::ptr::eq(known.suite, suite) => resigner.insert(known),
                _ => resigner.insert(Resigner::new(suite)),
            };
            for fields in wanted(resigner, vector) {
                let key = key(suite, &fields);
                if known.insert(key.clone()) {
                    let request = Request {
                        op: Op::Sign,
                        token: None,
                        fields,
                        ..vector.request.clone()
                    };
                    requests.push((key, PreparedRequest::new(request)));
                }
            }
        }
    }
    let mut gathering = Gathering {
        requests,
        next: 0,
        tokens: HashMap::new(),
        answered: false,
        failures: Vec::new(),
    };
    adapter.drive(&mut gathering)?;
    if let Some((_, failure)) = gathering.failures.first().filter(|_| !gathering.answered) {
        return Ok(Err(failure.clone()));
    }
    Ok(Ok(ObservedTokens {
        tokens: gathering.tokens,
        messages: HashMap::new(),
        failures: gathering.failures,
    }))
}

/// The fields whose token a case needs.
fn wanted(resigner: &Resigner<'_>, vector: &Vector) -> Vec<Fields> {
    let request = &vector.request;
    if !resigner.is_usual(request) {
        return Vec::new();
    }
    match (request.op, &request.token) {
        (Op::Sign, _) => vec![request.fields.clone()],
        (Op::Verify | Op::Identify, Some(Value::Text(token))) => {
            let own = signed_fields(&resigner.suite.scheme, request, token);
            let others = resigner.signed_of(token).cloned();
            own.into_iter().chain(others).collect()
        }
        (Op::Verify | Op::Identify, _) => Vec::new(),
    }
}

pub(super) fn key(suite: &Suite, fields: &Fields) -> (String, String) {
    let fields = serde_json::to_string(fields).unwrap_or_default();
    (suite.name.to_string(), fields)
}

impl ObservedTokens {
    /// The case as it is asked, and what is expected of it; why nothing can be, if nothing can.
    pub(super) fn held_to_itself(
        &mut self,
        resigner: &Resigner<'_>,
        vector: &Vector,
        hello: &Hello,
    ) -> Result<Vector, String> {
        let suite = resigner.suite;
        let scheme = &suite.scheme;
        let request = &vector.request;
        if !hello.has_op(Op::Sign) {
            return Err("the implementation's secret is unknown and it does not sign, so there is no token that its verifier should accept".to_owned());
        }
        if scheme.time().is_some() && hello.clock() == Clock::System {
            return Err("the implementation's secret is unknown and it uses the real clock, so its tokens cannot be compared".to_owned());
        }
        if !resigner.is_usual(request) {
            return Err(
                "the implementation's secret is unknown, and the case tests a secret".to_owned(),
            );
        }
        let mut other = vector.clone();
        match (&request.op, &request.token) {
            (Op::Sign, _) => {
                if let Expect::Token { token, .. } = &mut other.expect {
                    *token = self.expected(suite, &request.fields);
                }
            }
            (Op::Verify | Op::Identify, Some(Value::Text(token))) if !token.is_empty() => {
                let made = self.presented(resigner, request, token);
                other.request.token = Some(Value::Text(made.ok_or(
                    "the implementation's secret is unknown, and the case's token is not derived from one that it signs",
                )?));
            }
            (Op::Verify | Op::Identify, _) => {}
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

    /// What is presented instead of a token of the suite's.
    fn presented(&self, resigner: &Resigner<'_>, request: &Request, token: &str) -> Option<String> {
        let suite = resigner.suite;
        let scheme = &suite.scheme;
        let edited = signed_fields(scheme, request, token).and_then(|fields| {
            let right = Signed::new(scheme, &request.secrets, &fields)?;
            let own = self.tokens.get(&key(suite, &fields))?;
            let fresh = Signed::of(scheme, &fields, own)?;
            transplant(token, &right, &fresh)
        });
        let others = || {
            let fields = resigner.signed_of(token)?;
            self.tokens.get(&key(suite, fields)).cloned()
        };
        // What is not even of the form of a token has to do with no secret.
        let as_it_is = || {
            let is_of_form = scheme.token.parse(&scheme.fields, token).is_some();
            (!is_of_form).then(|| token.to_owned())
        };
        edited.or_else(others).or_else(as_it_is)
    }
}

/// The selected secret, the MAC and the message of a token that is of the scheme's form.
fn made_of(scheme: &Scheme, fields: &Fields, token: &str) -> Option<(String, Vec<u8>, Vec<u8>)> {
    // Its form, to the letter, and the fields that it carries.
    Signed::of(scheme, fields, token)?;
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

impl Exchange for Gathering {
    fn next(&mut self) -> Option<Ticket> {
        let ticket = Ticket(self.next as u64);
        (self.next < self.requests.len()).then(|| {
            self.next += 1;
            ticket
        })
    }

    fn request(&self, ticket: Ticket) -> &PreparedRequest {
        &self.requests[usize::try_from(ticket.0).unwrap_or_default()].1
    }

    fn answered(&mut self, ticket: Ticket, reply: Reply) {
        self.answered = true;
        if let Reply::Outcome(Outcome::Token(token)) = reply {
            let at = usize::try_from(ticket.0).unwrap_or_default();
            self.tokens.insert(self.requests[at].0.clone(), token);
        }
    }

    fn failed(&mut self, ticket: Ticket, failure: Failure) {
        let at = usize::try_from(ticket.0).unwrap_or_default();
        self.failures.push((self.requests[at].0.clone(), failure));
    }

    fn inapplicable(&mut self, _ticket: Ticket, _reason: String) {
        self.answered = true;
    }

    fn revoked(&mut self, ticket: Ticket, _failure: Failure) {
        let at = usize::try_from(ticket.0).unwrap_or_default();
        self.tokens.remove(&self.requests[at].0);
    }
}
