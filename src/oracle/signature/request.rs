//! A request to an implementation.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::signature::{Context, Fields, Op, Secret, Secrets, Value};

/// One request, from the suite file to the page of a report.
///
/// As JSON it is what goes over the wire, its id aside: `{"op": "sign", "suite": "acme",
/// "secret": "…", "fields": {…}}`; see `docs/protocol.md`.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The name of the suite whose scheme is meant.
    pub suite: Arc<str>,
    /// The operation.
    pub op: Op,
    /// The secret or secrets.
    pub secrets: Secrets,
    /// The given fields; for verify, without those that the token carries.
    pub fields: Fields,
    /// The token presented; `None` where it is absent, and when signing.
    pub token: Option<Value>,
    /// What the call to be identified happens in; empty when signing and verifying.
    pub context: Context,
    /// The present in Unix seconds: the time of verification, or of sending; not sent when signing.
    pub now: u64,
}

impl Request {
    /// The request without what its operation does not send: as the other side has it, and as it
    /// is read back from a document.
    #[must_use]
    pub fn as_sent(&self) -> Self {
        let presents_a_token = self.op.presents_a_token();
        Self {
            suite: Arc::clone(&self.suite),
            op: self.op,
            secrets: self.secrets.clone(),
            fields: self.fields.clone(),
            token: self.token.clone().filter(|_| presents_a_token),
            context: if self.op.has_context() {
                self.context.clone()
            } else {
                Context::default()
            },
            now: if self.op.has_now() { self.now } else { 0 },
        }
    }
}

impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("op", &self.op)?;
        map.serialize_entry("suite", &*self.suite)?;
        match &self.secrets {
            Secrets::One(secret) => map.serialize_entry("secret", &secret.to_value())?,
            Secrets::Per(_) => map.serialize_entry("secrets", &PerValue(&self.secrets))?,
            Secrets::Rotated { newest, previous } => {
                map.serialize_entry("secret", &newest.to_value())?;
                let previous: Vec<Value> = previous.iter().map(Secret::to_value).collect();
                map.serialize_entry("previous", &previous)?;
            }
        }
        map.serialize_entry("fields", &self.fields)?;
        if self.op.has_context() {
            map.serialize_entry("context", &self.context)?;
        }
        if let Some(token) = self.token.as_ref().filter(|_| self.op.presents_a_token()) {
            map.serialize_entry("token", token)?;
        }
        if self.op.has_now() {
            map.serialize_entry("now", &self.now)?;
        }
        map.end()
    }
}

struct PerValue<'a>(&'a Secrets);

impl Serialize for PerValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|(name, secret)| (name.unwrap_or_default(), secret.to_value())),
        )
    }
}

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let RequestParts {
            op,
            suite,
            secret,
            secrets,
            previous,
            fields,
            token,
            context,
            now,
        } = RequestParts::deserialize(deserializer)?;
        Ok(Self {
            suite: suite.into(),
            op,
            secrets: read_secrets(secret, secrets, previous).map_err(de::Error::custom)?,
            fields,
            token,
            context,
            now,
        })
    }
}

/// The members of a request as they are read.
#[derive(serde::Deserialize)]
struct RequestParts {
    op: Op,
    #[serde(default)]
    suite: String,
    secret: Option<Value>,
    secrets: Option<SecretsByName>,
    #[serde(default)]
    previous: Vec<Value>,
    #[serde(default)]
    fields: Fields,
    #[serde(default, deserialize_with = "present")]
    token: Option<Value>,
    #[serde(default)]
    context: Context,
    #[serde(default)]
    now: u64,
}

/// A member that is there, be it null.
pub fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// The secrets of a request, from its members `secret`, `secrets` and `previous`.
pub fn read_secrets(
    one: Option<Value>,
    several: Option<SecretsByName>,
    previous: Vec<Value>,
) -> Result<Secrets, &'static str> {
    let secret = |value| match value {
        Value::Text(text) => Ok(Secret::new(text)),
        Value::Bytes(bytes) => Ok(Secret::new(bytes)),
        Value::Number(_) | Value::Json(_) => Err("a secret is a text or bytes"),
    };
    match (one, several) {
        (Some(one), None) if previous.is_empty() => Ok(Secrets::One(secret(one)?)),
        (Some(newest), None) => Ok(Secrets::Rotated {
            newest: secret(newest)?,
            previous: previous.into_iter().map(secret).collect::<Result<_, _>>()?,
        }),
        (None, Some(_)) if !previous.is_empty() => {
            Err("only a scheme with one secret has previous ones")
        }
        (None, Some(SecretsByName(several))) => several
            .into_iter()
            .map(|(name, value)| Ok((name, secret(value)?)))
            .collect::<Result<_, _>>()
            .map(Secrets::Per),
        _ => Err("a request has either secret or secrets"),
    }
}

/// The member `secrets`, in its own order.
pub struct SecretsByName(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for SecretsByName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SecretsVisitor;

        impl<'de> Visitor<'de> for SecretsVisitor {
            type Value = SecretsByName;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of secrets")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretsByName, A::Error> {
                let mut secrets = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    secrets.push(entry);
                }
                Ok(SecretsByName(secrets))
            }
        }

        deserializer.deserialize_map(SecretsVisitor)
    }
}

impl JsonSchema for Request {
    fn schema_name() -> Cow<'static, str> {
        "Request".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        /// A request as it goes over the wire, without its id. Values are JSON; bytes that are not
        /// UTF-8 are `{"base64": "…"}`.
        #[derive(JsonSchema)]
        #[expect(dead_code, reason = "only its schema is used")]
        struct Request {
            /// The operation.
            op: Op,
            /// The name of the suite.
            #[serde(default)]
            suite: String,
            /// The secret, if the scheme has one.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            secret: Option<serde_json::Value>,
            /// The secrets that hold beside it, while it replaces them.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            previous: Vec<serde_json::Value>,
            /// The secrets by the value that selects them, if the scheme has several.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            secrets: Option<BTreeMap<String, serde_json::Value>>,
            /// The given fields.
            #[serde(default)]
            fields: BTreeMap<String, serde_json::Value>,
            /// The context of the call to identify.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            context: Option<BTreeMap<String, serde_json::Value>>,
            /// The presented token, if there is one.
            #[serde(default)]
            token: Option<serde_json::Value>,
            /// The time of verification in Unix seconds.
            #[serde(default)]
            now: Option<u64>,
        }
        Request::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::Request;
    use crate::signature::{Context, Fields, Op, Secret, Secrets, Value};

    #[test]
    fn requests_round_trip() {
        let fields = Fields::new()
            .with("user_id", "a\n\u{2028}\u{1F600}")
            .with("timestamp", 1_741_761_604)
            .with("raw", Value::Bytes(vec![0xff]));
        let one = Secrets::One(Secret::new("s\u{e9}cret"));
        let per = Secrets::Per(vec![
            ("web".into(), Secret::new([0xff])),
            ("ios".into(), Secret::new("b")),
        ]);
        let null = Value::Json(serde_json::Value::Null);
        let lax = Context::default().with("mode", "lax");
        for (op, secrets, token, context, now) in [
            (Op::Sign, &one, None, Context::default(), 0),
            (Op::Verify, &one, None, Context::default(), 5),
            (Op::Verify, &per, Some(null), Context::default(), 5),
            (Op::Identify, &per, Some("t".into()), lax, u64::MAX),
        ] {
            let request = Request {
                suite: "acme".into(),
                op,
                secrets: secrets.clone(),
                fields: fields.clone(),
                token,
                context,
                now,
            };
            let json = serde_json::to_string(&request).unwrap();
            assert_eq!(
                serde_json::from_str::<Request>(&json).unwrap(),
                request,
                "{json}"
            );
        }
        for (wrong, why) in [
            (r#"{"op":"sign","fields":{}}"#, "either secret or secrets"),
            (
                r#"{"op":"sign","secret":"a","secrets":{},"fields":{}}"#,
                "either secret or secrets",
            ),
            (r#"{"op":"sign","secret":1,"fields":{}}"#, "a text or bytes"),
            (
                r#"{"op":"hello","secret":"a","fields":{}}"#,
                "unknown variant",
            ),
        ] {
            let error = serde_json::from_str::<Request>(wrong).unwrap_err();
            assert!(error.to_string().contains(why), "{wrong}: {error}");
        }
    }
}
