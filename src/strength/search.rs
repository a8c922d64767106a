//! Searches for a request that distinguishes an implementation from a correct one, for mistakes
//! that no vector of the suite catches.

use fastrand::Rng;

use crate::generate::{Suggestion, suggestions};
use crate::mistakes::MistakeId;
use crate::protocol::to_ascii;
use crate::results::Expectation;
use crate::scheme::{FieldKind, Implementation, Reference, Scheme};
use crate::signature::{Context, Fields, Op, Outcome, Request, Secrets, Value};
use crate::suite::{Level, Suite};

/// Number of random requests to try if none of the generator's reveals the mistake.
const MADE_UP: usize = 2_000;

/// A request that catches a mistake.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The id of the generator's vector, if the request is one of the generator's.
    pub id: Option<String>,
    /// The request.
    pub request: Request,
    /// The correct outcome.
    pub right: Outcome,
    /// The outcome of an implementation with the mistake.
    pub wrong: Outcome,
}

impl Witness {
    /// The request as JSON.
    pub fn request_as_json(&self) -> String {
        to_ascii(&self.request)
    }
}

/// The requests to try: the generator's, then random ones.
#[derive(Debug)]
pub(super) struct Search<'s> {
    scheme: &'s Scheme,
    /// The requests of the generator, with the correct outcomes.
    suggested: Vec<(Suggestion, Outcome)>,
    /// Random requests, with the correct outcomes.
    made_up: Vec<(Request, Outcome)>,
}

impl<'s> Search<'s> {
    /// Prepares a search for the scheme of a suite.
    pub(super) fn new(suite: &'s Suite) -> Self {
        let scheme = &suite.scheme;
        let mut oracle = Reference::new();
        let suggested = suggestions(suite)
            .into_iter()
            .map(|suggestion| {
                let right = oracle.call(&suggestion.request.call(scheme));
                (suggestion, right)
            })
            .collect();
        Self {
            scheme,
            suggested,
            made_up: made_up(suite),
        }
    }

    /// The number of requests to try.
    pub(super) fn len(&self) -> usize {
        self.suggested.len() + self.made_up.len()
    }

    /// Whether an implementation accepts something that no correct one accepts.
    pub(super) fn lets_a_forgery_in(&self, implementation: &mut dyn Implementation) -> bool {
        self.suggested.iter().any(|(suggestion, right)| {
            let is_forgery = suggestion.request.op.verifies()
                && suggestion.level == Level::Must
                && !matches!(right, Outcome::Accept);
            is_forgery
                && implementation.call(&suggestion.request.call(self.scheme)) == Outcome::Accept
        })
    }

    /// The first request that distinguishes an implementation with this mistake, or with a pair
    /// of them, from a correct one. Requests that would fail it come before those that would only
    /// be observed, and first those that the catalogue of inputs has for this mistake.
    pub(super) fn witness(
        &self,
        implementation: &mut dyn Implementation,
        mistake: Option<MistakeId>,
    ) -> Option<Witness> {
        let is_for_it =
            |s: &Suggestion| mistake.is_some_and(|mistake| s.reveals.contains(&mistake));
        let binding = || self.suggested.iter().filter(|(s, _)| s.level != Level::May);
        let made_for_it = binding().filter(|(s, _)| is_for_it(s));
        let observed = self.suggested.iter().filter(|(s, _)| s.level == Level::May);
        for (suggestion, right) in made_for_it.chain(binding()).chain(observed) {
            let request = &suggestion.request;
            let wrong = implementation.call(&request.call(self.scheme));
            let expectation = Expectation {
                scheme: self.scheme,
                request,
                level: suggestion.level,
                expect: &suggestion.expect,
            };
            if expectation.exposes(&wrong, right) {
                return Some(Witness {
                    id: Some(suggestion.id.clone()),
                    request: request.clone(),
                    right: right.clone(),
                    wrong,
                });
            }
        }
        for (request, right) in &self.made_up {
            let wrong = implementation.call(&request.call(self.scheme));
            if wrong.differs(right) {
                return Some(Witness {
                    id: None,
                    request: request.clone(),
                    right: right.clone(),
                    wrong,
                });
            }
        }
        None
    }
}

/// Requests with random texts, the same ones each time.
fn made_up(suite: &Suite) -> Vec<(Request, Outcome)> {
    let scheme = &suite.scheme;
    let mut random = Rng::with_seed(0x6d61_6370_726f_6f66);
    let mut oracle = Reference::new();
    let mut requests = Vec::with_capacity(MADE_UP);
    while requests.len() < MADE_UP {
        let secrets = secrets(scheme, &mut random);
        let (fields, now) = fields(scheme, &secrets, &mut random);
        let sign = Request {
            suite: (&suite.name).into(),
            op: Op::Sign,
            secrets,
            fields,
            token: None,
            context: Context::default(),
            now,
        };
        let right = oracle.call(&sign.call(scheme));
        if let Outcome::Token(token) = &right {
            let mut token = token.clone();
            if random.bool() {
                disturb(&mut token, &mut random);
            }
            let verify = Request {
                op: Op::Verify,
                fields: scheme.given(&sign.fields),
                token: Some(token.into()),
                ..sign.clone()
            };
            let verified = oracle.call(&verify.call(scheme));
            requests.push((verify, verified));
        }
        requests.push((sign, right));
    }
    requests
}

fn secrets(scheme: &Scheme, random: &mut Rng) -> Secrets {
    let mut secret = || scheme.secret.spell(text(random).as_bytes());
    match scheme.secret.per {
        None => Secrets::One(secret()),
        Some(field) => {
            let names = match &scheme.fields.at(field).kind {
                FieldKind::Enum(values) => values.clone(),
                _ => vec!["one".to_owned(), "two".to_owned()],
            };
            Secrets::Per(names.into_iter().map(|name| (name, secret())).collect())
        }
    }
}

/// Random fields, and a current time at which their time is fresh.
fn fields(scheme: &Scheme, secrets: &Secrets, random: &mut Rng) -> (Fields, u64) {
    let now = random.u64(1_000_000_000..4_000_000_000);
    let mut fields = Fields::new();
    for (at, field) in scheme.fields.iter().enumerate() {
        let value: Value = match &field.kind {
            _ if Some(at) == scheme.secret.per => {
                let names: Vec<&str> = secrets.iter().filter_map(|(name, _)| name).collect();
                random.choice(names).unwrap_or_default().into()
            }
            FieldKind::Text => text(random).into(),
            FieldKind::Enum(values) => random.choice(values).map_or("", String::as_str).into(),
            FieldKind::Time(form) => field.time_at(now).unwrap_or_else(|| form.at(now)),
        };
        fields.set(&field.name, value);
    }
    (fields, now)
}

/// A text of up to 80 characters from one of several alphabets.
fn text(random: &mut Rng) -> String {
    const ALPHABETS: [&str; 6] = [
        "0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
        "0123456789",
        " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "aéßİıſﬁ李😀e\u{301}\u{200d}\u{feff} \t\n\0",
        "user-42.@",
    ];
    let alphabet: Vec<char> = random
        .choice(ALPHABETS)
        .unwrap_or_default()
        .chars()
        .collect();
    let length = random.usize(1..80);
    (0..length)
        .filter_map(|_| random.choice(&alphabet).copied())
        .collect()
}

/// Changes, inserts or removes one character.
fn disturb(token: &mut String, random: &mut Rng) {
    let at = random.usize(0..token.len().max(1));
    if !token.is_char_boundary(at) {
        return;
    }
    match random.u8(0..4) {
        0 => token.insert(at, random.alphanumeric()),
        1 => token.truncate(at),
        2 => *token = token.to_uppercase(),
        _ => {
            token.pop();
        }
    }
}
