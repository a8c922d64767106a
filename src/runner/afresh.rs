//! Cases for an implementation that uses the real time: what carries a time is signed afresh at
//! the present, whatever the scheme's freshness.

use crate::runner::transplant::{Signed, transplant};
use crate::scheme::{Scheme, Verification, is_canonical_time};
use crate::signature::{Fields, Op, Outcome, OutcomeKind, Value};
use crate::suite::{Expect, Request, Suite, Vector};

/// A case that is asked with the time of the asking.
#[derive(Clone, Debug)]
pub(super) struct Afresh<'s> {
    scheme: &'s Scheme,
    vector: &'s Vector,
    /// The scheme's times, as indices of its fields.
    times: Vec<usize>,
    /// At verify, what the presented token has to do with the right one.
    presented: Presented,
}

/// What is presented for verification.
#[derive(Clone, Debug)]
enum Presented {
    /// Nothing that carries a time: it stays.
    AsItIs,
    /// The right token of the vector's time, or an edit of it.
    EditOf {
        /// The right token of the vector's own time.
        right: Signed,
        /// All that it is made from.
        fields: Fields,
        /// What the vector presents.
        token: String,
    },
}

/// Why a case cannot be asked at the present.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotNow {
    #[error("the implementation uses the real time, and the case has a time that is none")]
    MalformedTime,
    #[error("the implementation uses the real time, and the case is about the time {0}")]
    AboutTheTime(u64),
    #[error("the implementation uses the real time, and the case is about an age")]
    AboutAnAge,
    #[error(
        "the implementation uses the real time, and the case's token cannot be signed afresh: it is not the right one with a small change"
    )]
    NotTheRightToken,
    #[error(
        "the implementation uses the real time in milliseconds, and no token tells which it was"
    )]
    TimeUnseen,
}

impl<'s> Afresh<'s> {
    /// What has to be signed afresh of a vector; `None` if nothing in it is a time. `now` is the
    /// present, in Unix seconds.
    pub(super) fn of(
        suite: &'s Suite,
        vector: &'s Vector,
        now: u64,
    ) -> Result<Option<Self>, NotNow> {
        let scheme = &suite.scheme;
        let times = times(scheme);
        if times.is_empty() {
            return Ok(None);
        }
        let request = &vector.request;
        let mut afresh = Self {
            scheme,
            vector,
            times,
            presented: Presented::AsItIs,
        };
        match request.op {
            Op::Sign => {
                let then = afresh.time_given(&request.fields, None)?;
                is_like_the_present(then.ok_or(NotNow::MalformedTime)?, now)?;
                let unseen = |&time: &usize| {
                    scheme.fields.at(time).kind.per_second() != 1
                        && !scheme.token.fields().any(|carried| carried == time)
                };
                if afresh.times.iter().any(unseen) {
                    return Err(NotNow::TimeUnseen);
                }
            }
            Op::Verify => {
                is_like_the_present(request.now, now)?;
                afresh.time_given(&request.fields, Some(request.now))?;
                afresh.presented = afresh.presented(now)?;
            }
        }
        Ok(Some(afresh))
    }

    /// The request at `now`, in Unix seconds.
    pub(super) fn request(&self, now: u64) -> Request {
        let vector = &self.vector.request;
        Request {
            op: vector.op,
            secrets: vector.secrets.clone(),
            fields: self.at(now, &vector.fields),
            token: self
                .token(now)
                .map(Value::Text)
                .or_else(|| vector.token.clone()),
            now: if vector.op == Op::Verify {
                now
            } else {
                vector.now
            },
        }
    }

    /// What is to be expected, now that the implementation has done this at some time from `asked`
    /// to `answered`, in Unix seconds: a token of any other time is wrong, and so is a MAC that is
    /// not that of its time.
    pub(super) fn expect(&self, outcome: &Outcome, asked: u64, answered: u64) -> Option<Expect> {
        let Expect::Token { or_refused, .. } = &self.vector.expect else {
            return None;
        };
        let signed = |seconds| self.sign(&self.at(seconds, &self.vector.request.fields));
        let right = match outcome {
            Outcome::Token(token) => self.right_token(token, asked, answered),
            _ => None,
        };
        right.or_else(|| signed(asked)).map(|token| Expect::Token {
            token,
            or_refused: *or_refused,
        })
    }

    /// The right token of the time that this one carries, if that is a time from `asked` to
    /// `answered`; where it carries none, this one if it is right at any second of these.
    fn right_token(&self, token: &str, asked: u64, answered: u64) -> Option<String> {
        /// More seconds than that are not tried.
        const MOST_TRIED: u64 = 600;
        let fields = &self.scheme.fields;
        let parsed = self.scheme.token.parse(fields, token)?;
        let mut signed = self.vector.request.fields.clone();
        let mut carries_time = false;
        for (field, text) in parsed.fields() {
            if !self.times.contains(&field) {
                continue;
            }
            let per_second = fields.at(field).kind.per_second();
            let seconds = text.parse::<u64>().ok()? / per_second;
            if !(asked..=answered).contains(&seconds) {
                return None;
            }
            carries_time = true;
            signed.set(fields.at(field).name.clone(), text);
        }
        if carries_time {
            return self.sign(&signed);
        }
        (asked..=answered.min(asked + MOST_TRIED))
            .filter_map(|seconds| self.sign(&self.at(seconds, &self.vector.request.fields)))
            .find(|right| right == token)
    }

    /// These fields, with every time that is among them set to that second.
    fn at(&self, seconds: u64, fields: &Fields) -> Fields {
        let mut fields = fields.clone();
        for &time in &self.times {
            let field = self.scheme.fields.at(time);
            let present = seconds.saturating_mul(field.kind.per_second());
            match fields.value(&field.name) {
                Some(Value::Text(_)) => fields.set(field.name.clone(), present.to_string()),
                Some(_) => fields.set(field.name.clone(), number(present)),
                None => {}
            }
        }
        fields
    }

    /// The token to be presented at `now`, where it is not the vector's own.
    fn token(&self, now: u64) -> Option<String> {
        let Presented::EditOf {
            right,
            fields,
            token,
        } = &self.presented
        else {
            return None;
        };
        let fresh = self.signed(&self.at(now, fields))?;
        transplant(token, right, &fresh)
    }

    /// What the vector's token has to do with the right one.
    fn presented(&self, now: u64) -> Result<Presented, NotNow> {
        let request = &self.vector.request;
        let token = match &request.token {
            Some(Value::Text(token)) if !token.is_empty() => token,
            _ => return Ok(Presented::AsItIs),
        };
        let set = &self.scheme.fields;
        let parsed = self.scheme.token.parse(set, token);
        let mut fields = request.fields.clone();
        let mut is_of_another_time = false;
        for carried in self.scheme.token.fields() {
            let field = set.at(carried);
            let found = parsed.iter().flat_map(|parsed| parsed.fields());
            let text = found
                .filter(|(at, _)| *at == carried)
                .map(|(_, text)| text)
                .next();
            if !field.kind.is_time() {
                fields.set(field.name.clone(), text.ok_or(NotNow::NotTheRightToken)?);
                continue;
            }
            // The time's milliseconds are known only from the token itself.
            let per_second = field.kind.per_second();
            let time = text.and_then(|text| text.parse::<u64>().ok());
            let of_now = time.filter(|time| time / per_second == request.now);
            is_of_another_time |= time.is_some() && of_now.is_none();
            let time = of_now.unwrap_or(request.now.saturating_mul(per_second));
            fields.set(field.name.clone(), time.to_string());
        }
        let right = self.signed(&fields).ok_or(NotNow::NotTheRightToken)?;
        let edit = Presented::EditOf {
            right,
            fields,
            token: token.clone(),
        };
        let planned = Self {
            presented: edit,
            ..self.clone()
        };
        if planned.is_sound_at(now) {
            Ok(planned.presented)
        } else if is_of_another_time {
            Err(NotNow::AboutAnAge)
        } else {
            Err(NotNow::NotTheRightToken)
        }
    }

    /// Whether there is a token for that time, and the oracle says of it what the vector expects.
    fn is_sound_at(&self, now: u64) -> bool {
        let Some(token) = self.token(now) else {
            return false;
        };
        let Request {
            secrets, fields, ..
        } = self.request(now);
        let verdict = self
            .scheme
            .verify(&secrets, &fields, Some(&Value::Text(token)), now);
        let Expect::Outcomes(kinds) = &self.vector.expect else {
            return true;
        };
        if verdict == Verification::Accepted {
            kinds.contains(&OutcomeKind::Accept)
        } else {
            *kinds != [OutcomeKind::Accept]
        }
    }

    /// The one second of all times among these fields; `None` if there are none. If the time of
    /// verification is given, they must be of that second.
    fn time_given(&self, fields: &Fields, verified: Option<u64>) -> Result<Option<u64>, NotNow> {
        let mut common = verified;
        let mut found = false;
        for &time in &self.times {
            let field = self.scheme.fields.at(time);
            let Some(value) = fields.value(&field.name) else {
                continue;
            };
            let bytes = value.to_bytes().ok_or(NotNow::MalformedTime)?;
            if !is_canonical_time(&bytes) {
                return Err(NotNow::MalformedTime);
            }
            let time: Option<u64> = std::str::from_utf8(&bytes)
                .ok()
                .and_then(|t| t.parse().ok());
            let seconds = time.ok_or(NotNow::MalformedTime)? / field.kind.per_second();
            if *common.get_or_insert(seconds) != seconds {
                return Err(NotNow::AboutAnAge);
            }
            found = true;
        }
        Ok(common.filter(|_| found))
    }

    fn sign(&self, fields: &Fields) -> Option<String> {
        self.scheme.sign(&self.vector.request.secrets, fields).ok()
    }

    fn signed(&self, fields: &Fields) -> Option<Signed> {
        Signed::new(self.scheme, &self.vector.request.secrets, fields)
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

fn number(number: u64) -> Value {
    i64::try_from(number).map_or_else(|_| Value::Json(number.into()), Value::Number)
}
