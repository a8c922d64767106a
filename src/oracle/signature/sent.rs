//! A request that an implementation would send, as `send` is answered.

use schemars::JsonSchema;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};

/// How long the body and the headers of such a request may be together, in bytes. What is asked for
/// is far shorter, and the harness keeps every answer.
pub const MAX_SENT: usize = 64 * 1024;

/// A request that an implementation would send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Sent {
    /// The body, byte for byte.
    #[serde(with = "sent_body")]
    #[schemars(with = "serde_json::Value")]
    pub body: Vec<u8>,
    /// The names and values of the headers, in order.
    #[serde(deserialize_with = "headers")]
    pub headers: Vec<(String, String)>,
}

fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    Vec::deserialize(deserializer)
        .map_err(|_| D::Error::custom("headers is a list of [name, value] pairs, each a string"))
}

/// A body as it travels: text, or `{"base64": "…"}` where it is not UTF-8.
mod sent_body {
    use serde::de::{Deserialize as _, Deserializer, Error as _};
    use serde::ser::{Serialize as _, Serializer};

    use crate::signature::Value;

    pub(super) fn serialize<S: Serializer>(body: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        Value::of_bytes(body).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Text(text) => Ok(text.into_bytes()),
            Value::Bytes(bytes) => Ok(bytes),
            Value::Number(_) | Value::Json(_) => Err(D::Error::custom(
                "a body is a string, or {\"base64\": \"…\"} where it is not UTF-8",
            )),
        }
    }
}

impl Sent {
    /// The length of the body and the headers, in bytes.
    pub fn length(&self) -> usize {
        let headers = self.headers.iter();
        let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
        self.body.len() + headers
    }
}
