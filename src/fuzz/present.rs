//! Fuzzing an implementation that uses the real time: inputs grow at the time of the suite, are
//! moved to the present as they are asked, and judged by every second in which the answer may have
//! been made.

use std::time::Duration;

use crate::fuzz::bounds::Bounds;
use crate::fuzz::demand::{Judged, judged};
use crate::fuzz::input::{Input, Recipe, Signer, Token};
use crate::runner::Shift;
use crate::scheme::{ParsedToken, Scheme};
use crate::signature::{Op, Outcome, Request, Value};
use crate::suite::Suite;

/// Whose time counts.
#[derive(Clone, Copy)]
pub(super) enum Present<'c> {
    /// That of the request.
    OfTheRequest,
    /// The implementation's own, which is this one.
    Real {
        /// Tells the present, in Unix seconds.
        now: &'c (dyn Fn() -> u64 + Sync),
        /// How long an answer may take.
        answer: Duration,
    },
}

impl std::fmt::Debug for Present<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OfTheRequest => "OfTheRequest",
            Self::Real { .. } => "Real",
        })
    }
}

impl Present<'_> {
    /// Whether the implementation uses the real time.
    pub(super) fn is_real(self) -> bool {
        matches!(self, Self::Real { .. })
    }

    /// The present in Unix seconds, where that is the implementation's own.
    pub(super) fn now(self) -> Option<u64> {
        match self {
            Self::OfTheRequest => None,
            Self::Real { now, .. } => Some(now()),
        }
    }

    /// The request of an input as it is asked now; `None` where its token cannot be made.
    pub(super) fn request(
        self,
        suite: &Suite,
        input: &Input,
        signer: &mut Signer,
    ) -> Option<Request> {
        match self {
            Self::OfTheRequest => input.request(suite, signer),
            Self::Real { now, .. } => moved(&suite.scheme, input, now())?.request(suite, signer),
        }
    }

    /// The request that an answer to this one has to be judged by: whoever signs with his own clock
    /// has signed at the time that his token tells, where that lies between request and answer.
    pub(super) fn answered(self, scheme: &Scheme, request: Request, outcome: &Outcome) -> Request {
        match (self, outcome) {
            (Self::Real { now, .. }, Outcome::Token(token)) if request.op == Op::Sign => {
                at_its_time(scheme, &request, token, now()).unwrap_or(request)
            }
            _ => request,
        }
    }

    /// Judges an answer. What only some of the seconds show in which it may have been made is
    /// nothing.
    pub(super) fn judged(
        self,
        bounds: &Bounds<'_>,
        request: &Request,
        vector: Option<usize>,
        outcome: &Outcome,
    ) -> Judged {
        let first = judged(bounds, request, vector, outcome);
        let (Self::Real { now, answer }, Judged::Broken(demand)) = (self, &first) else {
            return first;
        };
        if request.op == Op::Sign {
            return first;
        }
        // An age that any answer in time may pass a limit with tells nothing either.
        let slowest = request.now + 2 * answer.as_secs() + 3;
        let late = Request {
            now: slowest.max(now() + 1),
            ..request.clone()
        };
        match judged(bounds, &late, vector, outcome) {
            Judged::Broken(other) if other.requirement == demand.requirement => first,
            _ => Judged::Sound,
        }
    }
}

/// The input at another time: what has an age keeps it. A token that is literal stays what it is.
fn moved(scheme: &Scheme, input: &Input, now: u64) -> Option<Input> {
    let shift = Shift::between(input.now, now);
    let token = match &input.token {
        Token::Made(recipe) => {
            let mut signs = Vec::with_capacity(recipe.signs.len());
            for (name, value) in &recipe.signs {
                let one = crate::signature::Fields::new().with(name.as_str(), value.clone());
                let one = shift.fields(scheme, &one)?;
                signs.push((name.clone(), one.value(name)?.clone()));
            }
            Token::Made(Recipe {
                signs,
                ..recipe.clone()
            })
        }
        other => other.clone(),
    };
    Some(Input {
        fields: shift.fields(scheme, &input.fields)?,
        now,
        token,
        ..input.clone()
    })
}

/// The request with the time that a token tells, or of which it is, where that is a second from the
/// request to `answered`.
fn at_its_time(scheme: &Scheme, request: &Request, token: &str, answered: u64) -> Option<Request> {
    /// More seconds than that are not tried.
    const MOST_TRIED: u64 = 600;
    let parsed = scheme.token.parse(&scheme.fields, token)?;
    let mut at_its_time = request.clone();
    let mut carries_time = false;
    for (field, text) in parsed_times(scheme, &parsed) {
        let field = scheme.fields.at(field);
        let time: i64 = text.parse().ok()?;
        let seconds = u64::try_from(time).ok()? / field.kind.per_second();
        if !(request.now..=answered).contains(&seconds) {
            return None;
        }
        at_its_time
            .fields
            .set(field.name.clone(), Value::Number(time));
        carries_time = true;
    }
    if carries_time {
        return Some(at_its_time);
    }
    (request.now..=answered.min(request.now + MOST_TRIED)).find_map(|second| {
        let shift = Shift::between(request.now, second);
        let fields = shift.fields(scheme, &request.fields)?;
        let is_it = scheme.sign(&request.secrets, &fields).ok()? == token;
        is_it.then(|| Request {
            fields,
            ..request.clone()
        })
    })
}

fn parsed_times<'p>(
    scheme: &'p Scheme,
    parsed: &'p ParsedToken,
) -> impl Iterator<Item = (usize, &'p str)> {
    parsed.fields().filter(|(field, _)| scheme.is_time(*field))
}
