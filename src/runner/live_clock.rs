//! Cases for an implementation that uses the system clock: what carries a time is signed again at
//! the present, whatever the scheme's freshness.
//!
//! A case that presents a token is moved as a whole: every time in it by the same number of
//! seconds, so that everything with an age keeps it. A case that signs gets the present as its time.

use std::borrow::Cow;
use std::time::Duration;

use crate::derivation::{Change, Presented, Shift, Tracer, fields_at, fields_when_signed};
use crate::runner::catches::Caught;
use crate::scheme::{
    Freshness, Implementation as _, ParsedToken, Reference, Rejection, Scheme, Verification,
};
use crate::signature::{Fields, Op, Outcome, OutcomeKind, Request, Value};
use crate::suite::{Expect, Vector};

/// A case whose request is made at the time of asking.
#[derive(Clone, Debug)]
pub(super) struct LiveCase<'s> {
    scheme: &'s Scheme,
    vector: Cow<'s, Vector>,
    /// The scheme's times, as indices of its fields.
    times: Vec<usize>,
    /// What is presented for verification.
    presented: Presented,
}

/// Why a case cannot be asked at the present.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotNow {
    #[error("the implementation uses the real clock, and the case has a malformed time")]
    MalformedTime,
    #[error("the implementation uses the real clock, and the case requires the time {0}")]
    AboutTheTime(u64),
    #[error(
        "the implementation uses the real clock, and the case tests an age within {within_s} s of the limit, closer than an answer may take"
    )]
    AtTheLimit {
        /// How far from the limit an age has to be.
        within_s: u64,
    },
    #[error("the implementation uses the real clock, and the case has several times")]
    SeveralTimes,
    #[error(
        "the implementation uses the real clock, and it is unknown how the case's token was made"
    )]
    NotTheRightToken,
    #[error(
        "the implementation uses the real clock in milliseconds, and the token does not carry the time"
    )]
    TimeUnseen,
}

/// What an answer is worth that comes too late.
pub(super) const TOO_LATE: &str = "the implementation uses the real clock, and its answer took so long that the token's age passed the limit";

/// How far an age has to be from a limit so that no answer in time can pass it: as long as a
/// request may wait and its answer may take, and the second that each clock rounds away.
fn margin(answer: Duration) -> u64 {
    2 * answer.as_secs() + 3
}

impl<'s> LiveCase<'s> {
    /// Plans a vector; `None` if nothing in it is a time. `now` is the present, in Unix seconds, and
    /// `answer` how long an answer may take.
    pub(super) fn of(
        tracer: &mut Tracer<'s>,
        vector: Cow<'s, Vector>,
        now: u64,
        answer: Duration,
    ) -> Result<Option<Self>, NotNow> {
        let scheme = &tracer.suite().scheme;
        let times = times(scheme);
        if times.is_empty() {
            return Ok(None);
        }
        let mut live = Self {
            scheme,
            presented: Presented::Unchanged,
            vector,
            times,
        };
        let request = &live.vector.request;
        match request.op {
            Op::Sign => {
                let then = live.time_given(&request.fields)?;
                is_like_the_present(then.ok_or(NotNow::MalformedTime)?, now)?;
                let unseen = |&time: &usize| {
                    let form = scheme.time_form(time);
                    form.is_some_and(|form| form.per_second() != 1) && !scheme.carries(time)
                };
                if live.times.iter().any(unseen) {
                    return Err(NotNow::TimeUnseen);
                }
            }
            // What is sent is given no time.
            Op::Send => {}
            Op::Verify | Op::Identify => {
                is_like_the_present(request.now, now)?;
                if !live.are_times_texts() || live.request(now).is_none() {
                    return Err(NotNow::MalformedTime);
                }
                live.presented = live.first_sound(tracer, now)?;
                live.is_far_from_the_limits(margin(answer))?;
            }
        }
        Ok(Some(live))
    }

    /// The request at `now`, in Unix seconds; `None` where there is none at that time.
    pub(super) fn request(&self, now: u64) -> Option<Request> {
        let vector = &self.vector.request;
        let mut request = vector.clone();
        if vector.op == Op::Sign {
            request.fields = fields_at(self.scheme, &vector.fields, now);
            return Some(request);
        }
        if vector.op == Op::Send {
            request.now = now;
            return Some(request);
        }
        let shift = Shift::between(vector.now, now);
        request.fields = shift.fields(self.scheme, &vector.fields)?;
        request.now = now;
        let change = Change {
            shift,
            sign: &|signing| signing.token(self.scheme),
        };
        self.presented.remade(self.scheme, change, request)
    }

    /// Whether an answer to a request of the second `asked`, heard in the second `answered`, may
    /// have come when another one was right.
    pub(super) fn is_late(&self, asked: u64, answered: u64) -> bool {
        if !self.vector.request.op.presents_a_token() {
            return false;
        }
        let Some(mut request) = self.request(asked) else {
            return true;
        };
        let mut oracle = Reference::new();
        let before = oracle.call(&request.call(self.scheme));
        request.now = answered.max(asked).saturating_add(1);
        oracle.call(&request.call(self.scheme)) != before
    }

    /// The right token, now that the implementation has done this at some time from `asked` to
    /// `answered`, in Unix seconds: a token of any other time is wrong, and so is a MAC that is not
    /// that of its time. `None` where no token is asked for.
    pub(super) fn right(&self, outcome: &Outcome, asked: u64, answered: u64) -> Option<String> {
        if self.vector.request.op != Op::Sign || matches!(self.vector.expect, Expect::Outcomes(_)) {
            return None;
        }
        let fields = fields_at(self.scheme, &self.vector.request.fields, asked);
        let secrets = &self.vector.request.secrets;
        let signed = match outcome {
            Outcome::Token(token) => {
                fields_when_signed(self.scheme, secrets, &fields, token, asked..=answered)
            }
            _ => None,
        };
        self.sign(&signed.unwrap_or(fields))
    }

    /// The first way to make what the vector presents that means the same at the present.
    fn first_sound(&self, tracer: &mut Tracer<'_>, now: u64) -> Result<Presented, NotNow> {
        let mut is_sound = |presented: &Presented| {
            let planned = Self {
                presented: presented.clone(),
                ..self.clone()
            };
            planned.is_sound_at(now)
        };
        tracer
            .first_presented(&self.vector.request, &mut is_sound)
            .ok_or(NotNow::NotTheRightToken)
    }

    /// Whether there is such a request at that time, and the oracle says of it what it says of the
    /// vector. Where it is not known who made a MAC, what the vector catches has to be caught still.
    fn is_sound_at(&self, now: u64) -> bool {
        let Some(request) = self.request(now) else {
            return false;
        };
        let vector = &self.vector.request;
        if vector.op == Op::Identify {
            // What is the policy's to say of the vector it has to say of what is asked instead.
            let mut oracle = Reference::new();
            let as_it_is = oracle.call(&vector.call(self.scheme));
            if oracle.call(&request.call(self.scheme)) != as_it_is {
                return false;
            }
        } else if !self.is_as_expected(&request) {
            return false;
        }
        self.presented.is_traced() || {
            let other = Vector {
                request,
                ..self.vector.as_ref().clone()
            };
            let caught = Caught::by(self.scheme, &self.vector);
            caught.missed_by(&other).is_none()
        }
    }

    fn is_as_expected(&self, request: &Request) -> bool {
        let Request {
            secrets,
            fields,
            token,
            now,
            ..
        } = request;
        let verdict = self.scheme.verify(secrets, fields, token.as_ref(), *now);
        let Expect::Outcomes(kinds) = &self.vector.expect else {
            let vector = &self.vector.request;
            let as_it_is = self.scheme.verify(
                &vector.secrets,
                &vector.fields,
                vector.token.as_ref(),
                vector.now,
            );
            return (verdict == Verification::Accepted) == (as_it_is == Verification::Accepted);
        };
        if verdict == Verification::Accepted {
            kinds.contains(&OutcomeKind::Accept)
        } else {
            *kinds != [OutcomeKind::Accept]
        }
    }

    /// An age that an answer may pass a limit with tells nothing; the present itself has none.
    fn is_far_from_the_limits(&self, margin: u64) -> Result<(), NotNow> {
        let Freshness::Limited {
            of,
            max_age,
            max_skew,
        } = self.scheme.freshness
        else {
            return Ok(());
        };
        let (field, form) = match self.scheme.time_form(of) {
            Some(form) => (self.scheme.fields.at(of), form),
            None => return Ok(()),
        };
        let request = &self.vector.request;
        let verdict = self.scheme.verify(
            &request.secrets,
            &request.fields,
            request.token.as_ref(),
            request.now,
        );
        // What is wrong at any time is wrong however long an answer takes.
        if !matches!(
            verdict,
            Verification::Accepted | Verification::Rejected(Rejection::Time(_))
        ) {
            return Ok(());
        }
        let beside = request.fields.value(&field.name).and_then(Value::as_text);
        let token = request.token.as_ref().and_then(Value::as_text);
        let parsed = token.and_then(|text| self.scheme.token.parse(&self.scheme.fields, text));
        let carried = parsed.iter().flat_map(ParsedToken::fields);
        let times = carried
            .filter(|(at, _)| *at == of)
            .filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok())
            .chain(beside)
            .filter_map(|text| form.read(text));
        for time in times {
            let seconds = time / form.per_second();
            let (old, early) = (
                request.now.saturating_sub(seconds),
                seconds.saturating_sub(request.now),
            );
            let is_near = |age: u64, limit: Option<u64>| {
                age > 0 && limit.is_some_and(|limit| age.abs_diff(limit) <= margin)
            };
            // Whatever is early is nearer to the present when it is judged.
            let is_nearly_now = early > 0 && max_skew.is_some() && early <= margin;
            if is_near(old, max_age) || is_near(early, max_skew) || is_nearly_now {
                return Err(NotNow::AtTheLimit { within_s: margin });
            }
        }
        Ok(())
    }

    /// Whether every time that is given beside the token is a text.
    fn are_times_texts(&self) -> bool {
        self.times.iter().all(|&time| {
            let name = &self.scheme.fields.at(time).name;
            let value = self.vector.request.fields.value(name);
            value.is_none_or(|value| value.as_text().is_some())
        })
    }

    /// The one second of all times among these fields; `None` if there are none.
    fn time_given(&self, fields: &Fields) -> Result<Option<u64>, NotNow> {
        let mut common = None;
        for &time in &self.times {
            let field = self.scheme.fields.at(time);
            let Some(value) = fields.value(&field.name) else {
                continue;
            };
            let bytes = value.to_bytes().ok_or(NotNow::MalformedTime)?;
            let form = self.scheme.time_form(time).ok_or(NotNow::MalformedTime)?;
            let text = std::str::from_utf8(&bytes).ok();
            let time = text.and_then(|text| form.read(text));
            let seconds = time.ok_or(NotNow::MalformedTime)? / form.per_second();
            if *common.get_or_insert(seconds) != seconds {
                return Err(NotNow::SeveralTimes);
            }
        }
        Ok(common)
    }

    fn sign(&self, fields: &Fields) -> Option<String> {
        self.scheme.sign(&self.vector.request.secrets, fields).ok()
    }
}

/// The fields that are times and count for a signature.
fn times(scheme: &Scheme) -> Vec<usize> {
    let mut times: Vec<usize> = scheme
        .message
        .fields()
        .chain(scheme.token.fields())
        .filter(|&field| scheme.fields.at(field).kind.is_time())
        .collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// Whether a time is to every implementation as the present is: of as many digits and bits, and at
/// no limit of them. Any other is what its case is about.
fn is_like_the_present(time: u64, now: u64) -> Result<(), NotNow> {
    let alike = time.checked_ilog2() == now.checked_ilog2()
        && time.checked_ilog10() == now.checked_ilog10()
        && !time.is_power_of_two()
        && !(time + 1).is_power_of_two();
    if alike {
        Ok(())
    } else {
        Err(NotNow::AboutTheTime(time))
    }
}

#[cfg(test)]
mod tests;
