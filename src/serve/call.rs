//! A call as a front end sends it: a JSON object of the scheme's fields, the token under the name
//! that the document gives it, and what the caller says of the call.

use serde_json::{Map, Value as Json};

use crate::scheme::{Origin, Policy, Scheme};
use crate::signature::{Fields, Value};

/// A call, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) fields: Fields,
    pub(super) token: Option<Value>,
    /// For each key of the policy that belongs to the caller, the value as an index.
    pub(super) said: Vec<(usize, usize)>,
}

/// Why a body is no call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// It is no JSON object.
    #[error("the body is no JSON object: {0}")]
    NotJson(String),
    /// A value of the caller's that there is none of.
    #[error("{key} is none of {known}")]
    UnknownValue {
        /// The key.
        key: String,
        /// What it can be.
        known: String,
    },
}

impl Call {
    /// Reads a body. Members that neither scheme nor policy knows are no one's business: a front
    /// end sends names and pictures along.
    pub(super) fn parse(body: &[u8], scheme: &Scheme, policy: &Policy) -> Result<Self, CallError> {
        let mut members: Map<String, Json> =
            serde_json::from_slice(body).map_err(|error| CallError::NotJson(error.to_string()))?;
        let mut fields = Fields::new();
        for (at, field) in scheme.fields.iter().enumerate() {
            // What the token carries comes from the token. Null is how front ends say nothing.
            match members.remove(&field.name) {
                Some(value) if !value.is_null() && !scheme.carries(at) => {
                    fields.set(&field.name, value_of(value));
                }
                _ => {}
            }
        }
        let mut said = Vec::new();
        for (at, key) in policy.keys.iter().enumerate() {
            if key.origin != Origin::Call {
                continue;
            }
            let value = match members.remove(&key.name) {
                None | Some(Json::Null) => 0,
                Some(value) => {
                    let index = value.as_str().and_then(|value| key.index(value));
                    index.ok_or_else(|| CallError::UnknownValue {
                        key: key.name.clone(),
                        known: key.values.join(", "),
                    })?
                }
            };
            said.push((at, value));
        }
        let token = members.remove(&policy.token).map(value_of);
        Ok(Self {
            fields,
            token,
            said,
        })
    }
}

fn value_of(json: Json) -> Value {
    match json {
        Json::String(text) => Value::Text(text),
        other => serde_json::from_value(other).unwrap_or(Value::Json(Json::Null)),
    }
}
