//! What stands in a request that an implementation would send, and whether its signature is right
//! for it.

use std::ops::RangeInclusive;

use serde_json::Value as Json;

use crate::received::Received;
use crate::scheme::{Content, Params, ParsedToken, Place, Refusal, Scheme, TimeForm, Verification};
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
    /// The time that its token holds, in Unix seconds, where that is not the present.
    pub other_time: Option<u64>,
    /// Whether a receiver accepts it, and its times are the present.
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
    /// A header stands twice, which a receiver joins to one.
    #[error("{0} stands several times")]
    Ambiguous(Place),
    /// The body is no JSON, or nested too deeply to be read.
    #[error("the body cannot be read as JSON: {0}")]
    NotJson(String),
    /// The JSON of the object was written as a JSON text.
    #[error("the body is a JSON text that holds the JSON of what was given: it was written twice")]
    WrittenTwice,
    /// What the body contains might have been asked for by two requests.
    #[error(
        "the body contains several values of the form of what was given to be sent, so that it might answer several requests"
    )]
    Several,
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
    /// The time within the token is not the present.
    #[error("the token holds the time {time}, and the present was {}", present(.within))]
    TimeOfToken {
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
        if let Place::Header(name) = place
            && received.header(name).count() > 1
        {
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
    let field = scheme.fields.at(body);
    let given = asked
        .fields
        .value(&field.name)
        .ok_or(SentFault::OtherBody)?;
    check_body(&sent.body, given, field.content)?;
    let parsed = scheme.token.parse(&scheme.fields, &token);
    for (at, field) in scheme.fields.iter().enumerate() {
        let Some(form) = scheme.time_form(at).filter(|_| places.field(at).is_none()) else {
            continue;
        };
        // A token that carries another time is compared with that of the present.
        let carried = parsed.as_ref().and_then(|parsed| {
            let text = parsed.text(at)?;
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
    // A receiver allows for clocks that differ; a sender has one.
    let carried = parsed.iter().flat_map(ParsedToken::fields);
    let mut times = carried.filter_map(|(at, text)| {
        let form = scheme.time_form(at)?;
        Some(form.read(std::str::from_utf8(text).ok()?)? / form.per_second())
    });
    let other_time = times.find(|second| !within.contains(second));
    Ok(SignedRequest {
        is_accepted: verdict == Verification::Accepted && other_time.is_none(),
        other_time,
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

/// Checks that a body contains what was given to be sent. An envelope around an object is the
/// vendor's affair, and so is how the object is written.
fn check_body(body: &[u8], given: &Value, content: Content) -> Result<(), SentFault> {
    let is_there = match (content, given) {
        (_, Value::Json(object)) => {
            let read: Json = serde_json::from_slice(body)
                .map_err(|error| SentFault::NotJson(error.to_string()))?;
            if let Json::String(text) = &read
                && serde_json::from_str(text).is_ok_and(|inner: Json| is_within(&inner, object))
            {
                return Err(SentFault::WrittenTwice);
            }
            let is_there = is_within(&read, object);
            if is_there && count_like(&read, object) > count_like(object, object) {
                return Err(SentFault::Several);
            }
            is_there
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
    };
    if is_there {
        Ok(())
    } else {
        Err(SentFault::OtherBody)
    }
}

/// Whether a value is this one, or holds it.
fn is_within(value: &Json, sought: &Json) -> bool {
    is_same(value, sought)
        || match value {
            // Among others it might be one of everything that was ever asked for.
            Json::Array(items) => items.len() == 1 && is_within(&items[0], sought),
            Json::Object(members) => members.values().any(|member| is_within(member, sought)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
        }
}

/// How many values within a value, itself included, have the names of an object. A body that holds
/// all that is ever asked for holds several. Fewer than three names say nothing: an envelope has them
/// for reasons of its own.
fn count_like(value: &Json, object: &Json) -> usize {
    let is_like = match (value, object) {
        (Json::Object(one), Json::Object(other)) => {
            let is_telling = other.len() >= 3 && one.len() == other.len();
            is_telling && one.keys().all(|name| other.contains_key(name))
        }
        _ => false,
    };
    let within: usize = match value {
        Json::Array(items) => items.iter().map(|item| count_like(item, object)).sum(),
        Json::Object(members) => members
            .values()
            .map(|member| count_like(member, object))
            .sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
    };
    usize::from(is_like) + within
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::{SentFault, check_body, is_within, read_sent};
    use crate::scheme::{Content, Implementation as _, Reference};
    use crate::signature::{Context, Fields, Op, Outcome, Request, Secret, Secrets, Sent, Value};
    use crate::suite::Suite;

    const NOW: u64 = 1_795_248_000;

    fn suite() -> Suite {
        let text = r#"
macproof: 1
suite: acme
version: 1
title: Acme
source: {title: Acme}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields:
    id: {type: text}
    sent_at: {type: unix-seconds}
    signed_at: {type: unix-seconds}
    payload: {type: text, content: json}
  message: "{id}.{sent_at}.{signed_at}.{payload}"
  token: "t={signed_at},v1={mac:hex}"
  places: {token: {header: X-Sig}, id: {header: X-Id}, sent_at: {header: X-Time}, payload: body}
requirements:
  exact: {level: must, basis: document, text: Exact., where: There.}
vectors:
  - {id: one, shows: [exact], op: send, secret: s, fields: {payload: {a: 1}}, now: 5, expect: {outcome: sent}}
"#;
        Suite::parse("acme.yaml", text).unwrap()
    }

    fn asked(suite: &Suite, object: &Json) -> Request {
        Request {
            suite: (&suite.name).into(),
            op: Op::Send,
            secrets: Secrets::One(Secret::new("0123456789abcdef")),
            fields: Fields::new()
                .with("id", "one")
                .with("payload", Value::Json(object.clone())),
            token: None,
            context: Context::default(),
            now: NOW,
        }
    }

    fn sent(suite: &Suite, request: &Request) -> Sent {
        match Reference::new().call(&request.call(&suite.scheme)) {
            Outcome::Sent(sent) => *sent,
            other => panic!("{other:?}"),
        }
    }

    fn object() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            any::<String>().prop_map(Json::from),
        ];
        let value = leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
                prop::collection::vec((any::<String>(), inner), 0..3)
                    .prop_map(|members| Json::Object(members.into_iter().collect())),
            ]
        });
        prop::collection::vec(("[a-z]{1,3}", value), 1..4)
            .prop_map(|members| Json::Object(members.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn what_the_reference_sends_is_right_and_no_other_byte_is(
            object in object(),
            at in any::<prop::sample::Index>(),
            bit in 0..8_u32,
        ) {
            let suite = suite();
            let request = asked(&suite, &object);
            let sent = sent(&suite, &request);
            let within = NOW..=NOW;
            let read = read_sent(&suite.scheme, &request, &within, &sent).unwrap();
            prop_assert!(read.is_accepted);
            prop_assert_eq!(&read.token, &read.due);

            let mut other = sent.clone();
            let place = at.index(other.body.len());
            other.body[place] ^= 1 << bit;
            let read = read_sent(&suite.scheme, &request, &within, &other);
            prop_assert!(read.is_ok_and(|read| !read.is_accepted && read.token != read.due)
                || !is_there(&other.body, &object));

            // The header of the media type says nothing.
            for header in 1..sent.headers.len() {
                let mut other = sent.clone();
                other.headers[header].1.push('0');
                let read = read_sent(&suite.scheme, &request, &within, &other);
                prop_assert!(!read.is_ok_and(|read| read.is_accepted), "{:?}", other.headers[header]);
            }
        }
    }

    fn is_there(body: &[u8], object: &Json) -> bool {
        serde_json::from_slice(body).is_ok_and(|body: Json| is_within(&body, object))
    }

    #[test]
    fn the_time_has_to_be_one_of_the_seconds_of_the_answer() {
        let suite = suite();
        let object = json!({"a": 1});
        let request = asked(&suite, &object);
        let sent = sent(&suite, &request);
        let read = |within| read_sent(&suite.scheme, &request, &within, &sent);
        assert!(read(NOW - 3..=NOW + 2).unwrap().is_accepted);
        for within in [NOW + 1..=NOW + 2, NOW - 9..=NOW - 1] {
            assert!(matches!(read(within), Err(SentFault::OtherTime { .. })));
        }
        // The token's own time is held to the present, too.
        let mut later = sent.clone();
        let mut fields = request.fields.clone();
        fields.set("payload", r#"{"a":1}"#);
        fields.set("sent_at", i64::try_from(NOW).unwrap());
        fields.set("signed_at", i64::try_from(NOW + 9).unwrap());
        let token = suite.scheme.sign(&request.secrets, &fields).unwrap();
        later.headers.last_mut().unwrap().1 = token.clone();
        let read = read_sent(&suite.scheme, &request, &(NOW..=NOW), &later).unwrap();
        assert!(!read.is_accepted && read.token == token && read.due != token);
    }

    #[test]
    fn a_body_that_would_answer_several_requests_answers_none() {
        let asked = json!({"a": 1, "b": {"a": 1, "b": 2, "c": 3}, "c": 2});
        let other = json!({"a": 2, "b": 1, "c": 2});
        for (body, is_right) in [
            (json!({"type": "x", "data": asked}), true),
            (json!({"a": "id", "b": "x", "data": asked}), true),
            (json!({"one": asked, "two": other}), false),
            (json!({"one": [asked], "two": {"deep": [1, other]}}), false),
        ] {
            let given = Value::Json(asked.clone());
            let body = body.to_string();
            let read = check_body(body.as_bytes(), &given, Content::Json);
            let due = if is_right {
                Ok(())
            } else {
                Err(SentFault::Several)
            };
            assert_eq!(read, due, "{body}");
        }
    }

    #[test]
    fn an_object_is_found_within_an_envelope() {
        for (body, object, is_there) in [
            (r#"{"b": 1.0, "a": "x"}"#, json!({"a": "x", "b": 1}), true),
            (r#"{"data": [{"a": 1}]}"#, json!({"a": 1}), true),
            (r#"{"a": 1, "b": 2}"#, json!({"a": 1}), false),
            (r#"{"a": "1"}"#, json!({"a": 1}), false),
            ("[1, 2]", json!([2, 1]), false),
            ("", json!({"a": 1}), false),
        ] {
            assert_eq!(self::is_there(body.as_bytes(), &object), is_there, "{body}");
        }
    }
}
