//! Parses a call from a front end: a JSON object with the scheme's fields, the token under the name
//! that the document gives it, and the caller's part of the context.

use serde_json::{Map, Value as Json};

use crate::scheme::{Origin, Policy, Scheme};
use crate::signature::{Fields, Value};

/// A parsed call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) fields: Fields,
    pub(super) token: Option<Value>,
    /// For each context key that the caller sets, its index in the policy and the index of the
    /// value.
    pub(super) said: Vec<(usize, usize)>,
}

/// Why a body is not a valid call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The body is not a JSON object.
    #[error("the body is not a JSON object: {0}")]
    NotJson(String),
    /// The caller set a context key to an unknown value.
    #[error("invalid {key}; expected one of {known}")]
    UnknownValue {
        /// The key.
        key: String,
        /// The values it can have.
        known: String,
    },
}

impl Call {
    /// Parses a body. Members that neither the scheme nor the policy knows are ignored, because
    /// front ends also send names and pictures.
    pub(super) fn parse(body: &[u8], scheme: &Scheme, policy: &Policy) -> Result<Self, CallError> {
        let mut members: Map<String, Json> = serde_json::from_slice(body).map_err(|error| {
            // The log shows this, and what is no object may be the token itself.
            CallError::NotJson(if error.is_data() {
                "it is JSON of another type".to_owned()
            } else {
                error.to_string()
            })
        })?;
        let mut fields = Fields::new();
        for (at, field) in scheme.fields.iter().enumerate() {
            // Fields that the token carries come from the token. Front ends use null for absent
            // values.
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
