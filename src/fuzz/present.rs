//! Fuzzing an implementation that uses the real time: inputs grow at the time of the suite, are
//! moved to the present as they are asked, and judged by every second in which the answer may have
//! been made.

use std::time::Duration;

use crate::derivation::{Shift, fields_at, fields_when_signed};
use crate::fuzz::bounds::Bounds;
use crate::fuzz::demand::{Judged, judged};
use crate::fuzz::input::{Input, Signer, Token};
use crate::scheme::Scheme;
use crate::signature::{Op, Outcome, Request};
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

    /// The request that an answer to this one is judged by: an implementation that signs by its own
    /// clock signed at the time that its token tells, if that lies between request and answer.
    pub(super) fn answered(self, scheme: &Scheme, request: Request, outcome: &Outcome) -> Request {
        match (self, outcome) {
            (Self::Real { now, .. }, Outcome::Token(token)) if request.op == Op::Sign => {
                let seconds = request.now..=now();
                let (secrets, fields) = (&request.secrets, &request.fields);
                match fields_when_signed(scheme, secrets, fields, token, seconds) {
                    Some(fields) => Request { fields, ..request },
                    None => request,
                }
            }
            _ => request,
        }
    }

    /// The request at the time of the slowest answer that is in time; `None` where the time is that
    /// of the request. An age that passes a limit until then tells nothing.
    pub(super) fn at_latest(self, request: &Request) -> Option<Request> {
        let Self::Real { now, answer } = self else {
            return None;
        };
        let slowest = request.now + 2 * answer.as_secs() + 3;
        Some(Request {
            now: slowest.max(now() + 1),
            ..request.clone()
        })
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
        let Judged::Broken(demand) = &first else {
            return first;
        };
        if request.op == Op::Sign {
            return first;
        }
        let Some(late) = self.at_latest(request) else {
            return first;
        };
        match judged(bounds, &late, vector, outcome) {
            Judged::Broken(other) if other.requirement == demand.requirement => first,
            _ => Judged::Sound,
        }
    }
}

/// The input at another time: what has an age keeps it. A token that is literal stays what it is.
/// What is to be signed has no age: the implementation signs at the present.
fn moved(scheme: &Scheme, input: &Input, now: u64) -> Option<Input> {
    if input.op == Op::Sign {
        return Some(Input {
            fields: fields_at(scheme, &input.fields, now),
            now,
            ..input.clone()
        });
    }
    let shift = Shift::between(input.now, now);
    let token = match &input.token {
        Token::Made(recipe) => Token::Made(recipe.moved(scheme, shift)?),
        other => other.clone(),
    };
    Some(Input {
        fields: shift.fields(scheme, &input.fields)?,
        now,
        token,
        ..input.clone()
    })
}
