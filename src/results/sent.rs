//! What stands in a request that an implementation would send, and whether its signature is right
//! for it.

use std::ops::RangeInclusive;

use serde_json::Value as Json;

use crate::received::Received;
use crate::scheme::{Content, Params, Place, Refusal, Scheme, TimeForm, Verification};
use crate::signature::{Fields, Request, Sent, Value};

/// What a request to be sent says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedRequest {
    /// The fields that its signature has to be of: the body as it is, and what stands in headers.
    pub fields: Fields,
    /// Its token.
    pub token: String,
    /// The token that these fields demand.
    pub due: String,
    /// Whether a receiver accepts it.
    pub is_accepted: bool,
}

/// Why a request to be sent cannot be compared with a right one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SentFault {
    /// The scheme does not say where the token and the body stand.
    #[error("{}", crate::scheme::NO_PLACES)]
    NoPlaces,
    /// Nothing stands at a place.
    #[error("{0}, which holds {1}, is missing")]
    Missing(Place, String),
    /// A header stands twice, with different values.
    #[error("{0} stands several times, with different values")]
    Ambiguous(Place),
    /// The body is not what was to be sent.
    #[error("the body does not contain what was given to be sent")]
    OtherBody,
    /// What stands for a time is none.
    #[error("{place} holds {text:?}, which is not a time ({})", .form.name())]
    NoTime {
        /// The place.
        place: Place,
        /// What stands there.
        text: String,
        /// The form of the scheme's times.
        form: TimeForm,
    },
    /// The time is not the present.
    #[error("{place} holds the time {time}, and the present was {}", present(.within))]
    OtherTime {
        /// The place.
        place: Place,
        /// The time, in Unix seconds.
        time: u64,
        /// The seconds in which the request was made.
        within: RangeInclusive<u64>,
    },
    /// What it holds cannot be signed at all.
    #[error("what it holds cannot be signed: {0}")]
    Unsignable(#[from] Refusal),
}

fn present(within: &RangeInclusive<u64>) -> String {
    let (start, end) = (within.start(), within.end());
    if start == end {
        start.to_string()
    } else {
        format!("between {start} and {end}")
    }
}

/// Reads a request that was to be sent, by the places of its scheme. `asked` is what was asked for,
/// and `within` holds the seconds in which the answer was made: the time of its signature is one of
/// them.
pub fn read_sent(
    scheme: &Scheme,
    asked: &Request,
    within: &RangeInclusive<u64>,
    sent: &Sent,
) -> Result<SignedRequest, SentFault> {
    let (Some(places), Some(body)) = (&scheme.places, scheme.body_to_send()) else {
        return Err(SentFault::NoPlaces);
    };
    let received = Received::of(sent);
    let at = |place: &Place, what: &str| {
        if received.is_ambiguous(place) {
            return Err(SentFault::Ambiguous(place.clone()));
        }
        let found = received.at(place).into_iter().next();
        let found = found.ok_or_else(|| SentFault::Missing(place.clone(), what.to_owned()))?;
        Ok(found.value)
    };
    let token = String::from_utf8_lossy(&at(&places.token, "the token")?).into_owned();
    let mut fields = asked.fields.clone();
    for (field, place) in &places.fields {
        let name = &scheme.fields.at(*field).name;
        match (place, scheme.time_form(*field)) {
            (Place::Header(_), Some(form)) => {
                let text = String::from_utf8_lossy(&at(place, name)?).into_owned();
                check_time(form, &text, place, within)?;
                fields.set(name, text);
            }
            (Place::Header(_) | Place::Body, _) => {
                fields.set(name, Value::of_bytes(&at(place, name)?));
            }
            // It is part of the address, which was given.
            (Place::Url | Place::Query(_), _) => {}
            (Place::Cookie(_) | Place::Form(_) | Place::Json(_), _) => {
                return Err(SentFault::NoPlaces);
            }
        }
    }
    let given = asked.fields.value(&scheme.fields.at(body).name);
    if !given.is_some_and(|given| contains(&sent.body, given, scheme.fields.at(body).content)) {
        return Err(SentFault::OtherBody);
    }
    let parsed = scheme.token.parse(&scheme.fields, &token);
    for (at, field) in scheme.fields.iter().enumerate() {
        let Some(form) = scheme.time_form(at).filter(|_| places.field(at).is_none()) else {
            continue;
        };
        // A token that carries another time is compared with that of the present.
        let carried = parsed.as_ref().and_then(|parsed| {
            let (_, text) = parsed.fields().find(|(carried, _)| *carried == at)?;
            let second = form.read(text)? / form.per_second();
            within.contains(&second).then(|| form.value_of(text))
        });
        let present = || field.time_at(*within.start());
        if let Some(time) = carried.or_else(present) {
            fields.set(&field.name, time);
        }
    }
    let due = scheme.sign(&asked.secrets, &fields)?;
    let beside = scheme.given(&fields);
    let shown = Value::from(token.as_str());
    let verdict = scheme.verify(&asked.secrets, &beside, Some(&shown), *within.end());
    let is_of_the_present = || {
        // The receiver allows for clocks that differ; the sender has one.
        let carries_time = parsed.iter().flat_map(|parsed| parsed.fields());
        let mut times = carries_time.filter_map(|(at, text)| Some((scheme.time_form(at)?, text)));
        times.all(|(form, text)| {
            let second = form.read(text).map(|time| time / form.per_second());
            second.is_some_and(|second| within.contains(&second))
        })
    };
    Ok(SignedRequest {
        is_accepted: verdict == Verification::Accepted && is_of_the_present(),
        fields,
        token,
        due,
    })
}

fn check_time(
    form: TimeForm,
    text: &str,
    place: &Place,
    within: &RangeInclusive<u64>,
) -> Result<(), SentFault> {
    let Some(time) = form.read(text) else {
        return Err(SentFault::NoTime {
            place: place.clone(),
            text: text.to_owned(),
            form,
        });
    };
    let second = time / form.per_second();
    if within.contains(&second) {
        Ok(())
    } else {
        Err(SentFault::OtherTime {
            place: place.clone(),
            time: second,
            within: within.clone(),
        })
    }
}

/// Whether a body contains what was given to be sent. An envelope around an object is the vendor's
/// affair, and so is how the object is written.
fn contains(body: &[u8], given: &Value, content: Content) -> bool {
    match (content, given) {
        (_, Value::Json(object)) => {
            serde_json::from_slice(body).is_ok_and(|body: Json| is_within(&body, object))
        }
        (Content::Form, given) => given.to_bytes().is_some_and(|given| {
            let mut pairs = [Params::read(body), Params::read(&given)];
            for pairs in &mut pairs {
                pairs.sort();
            }
            pairs[0] == pairs[1]
        }),
        (Content::Text | Content::Json | Content::Url, given) => {
            given.to_bytes().is_some_and(|given| *given == *body)
        }
    }
}

/// Whether a value is this one, or holds it.
fn is_within(value: &Json, sought: &Json) -> bool {
    is_same(value, sought)
        || match value {
            Json::Array(items) => items.iter().any(|item| is_within(item, sought)),
            Json::Object(members) => members.values().any(|member| is_within(member, sought)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
        }
}

/// Whether both mean the same: `1` and `1.0` do, and the order of members says nothing.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            let is_there = |(name, value): (&String, &Json)| {
                other.get(name).is_some_and(|other| is_same(value, other))
            };
            one.len() == other.len() && one.iter().all(is_there)
        }
        _ => one == other,
    }
}
