//! Requests: the harness writes them, an adapter reads them.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::protocol::write_ascii;
use crate::signature::{Context, Fields, Op, Secret, Secrets, Value};
use crate::suite::Request;

/// What a request says, its id aside.
#[derive(Clone, Copy, Debug)]
pub struct RequestParts<'a> {
    /// What is asked.
    pub op: Op,
    /// The name of the suite.
    pub suite: &'a str,
    /// The secret or secrets.
    pub secrets: &'a Secrets,
    /// The fields that are given.
    pub fields: &'a Fields,
    /// The token presented; `None` where it is absent, and when signing.
    pub token: Option<&'a Value>,
    /// What the call to be identified happens in; sent with every identify.
    pub context: &'a Context,
    /// The time of verification in Unix seconds; sent with every verify and identify.
    pub now: u64,
}

/// A request written once and sent often: only its id changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine(Box<[u8]>);

impl RequestLine {
    /// Writes everything but the id.
    pub fn new(parts: &RequestParts<'_>) -> Self {
        let mut json = Vec::with_capacity(256);
        write_ascii(parts, &mut json);
        // The object's first brace is written with the id.
        json[0] = b',';
        json.push(b'\n');
        Self(json.into_boxed_slice())
    }

    /// A request of a suite.
    pub fn of(suite: &str, request: &Request) -> Self {
        Self::new(&RequestParts {
            op: request.op,
            suite,
            secrets: &request.secrets,
            fields: &request.fields,
            token: request.token.as_ref(),
            context: &request.context,
            now: request.now,
        })
    }

    /// The same request, to be done `repeat` times and answered once.
    ///
    /// The number is padded to one width, so that requests which differ in it alone are equally
    /// long: they are what timing compares.
    pub fn repeated(parts: &RequestParts<'_>, repeat: u32) -> Self {
        let mut json = Self::new(parts).0.into_vec();
        json.truncate(json.len() - 2);
        write_repeat(repeat, &mut json);
        Self(json.into_boxed_slice())
    }

    /// Asks for the comparison that the implementation uses, `repeat` times.
    pub fn compare(left: &str, right: &str, repeat: u32) -> Self {
        let mut json = b",\"op\":\"compare\",\"left\":".to_vec();
        write_ascii(left, &mut json);
        json.extend_from_slice(b",\"right\":");
        write_ascii(right, &mut json);
        write_repeat(repeat, &mut json);
        Self(json.into_boxed_slice())
    }

    /// Appends the request under this id, line feed included.
    pub fn write(&self, id: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"id\":");
        out.extend_from_slice(itoa::Buffer::new().format(id).as_bytes());
        out.extend_from_slice(&self.0);
    }

    /// Whether the line would be longer than so many bytes under the longest id.
    pub fn is_longer_than(&self, bytes: usize) -> bool {
        // `{"id":` and twenty digits stand before what is kept, which ends with a line feed.
        self.0.len() + 25 > bytes
    }

    /// The request as JSON without an id, for people and reports.
    pub fn as_json(&self) -> String {
        let inside = &self.0[1..self.0.len() - 1];
        format!("{{{}", String::from_utf8_lossy(inside))
    }
}

/// The last member, and the end of the line.
fn write_repeat(repeat: u32, json: &mut Vec<u8>) {
    json.extend_from_slice(format!(",\"repeat\":{repeat:>6}}}\n").as_bytes());
}

impl Serialize for RequestParts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("op", &self.op)?;
        map.serialize_entry("suite", self.suite)?;
        match self.secrets {
            Secrets::One(secret) => map.serialize_entry("secret", &secret.to_value())?,
            Secrets::Per(_) => map.serialize_entry("secrets", &PerValue(self.secrets))?,
        }
        map.serialize_entry("fields", self.fields)?;
        if self.op == Op::Identify {
            map.serialize_entry("context", self.context)?;
        }
        if self.op.presents_a_token() {
            if let Some(token) = self.token {
                map.serialize_entry("token", token)?;
            }
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

/// A line as an adapter reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// `hello`.
    Hello,
    /// `bye`.
    Bye,
    /// An operation that this program does not know.
    Unknown {
        /// Its id.
        id: u64,
        /// What it called itself.
        op: String,
    },
    /// `compare`: apply the comparison that the implementation uses.
    Compare {
        /// Its id.
        id: u64,
        /// One text.
        left: String,
        /// The other.
        right: String,
        /// How often to do it before it is answered.
        repeat: u32,
    },
    /// `sign`, `verify` or `identify`.
    Request {
        /// Its id, to be given back.
        id: u64,
        /// What is asked.
        op: Op,
        /// The name of the suite.
        suite: String,
        /// The secret or secrets.
        secrets: Secrets,
        /// The fields that are given.
        fields: Fields,
        /// The token presented; `None` where it is absent.
        token: Option<Value>,
        /// What the call to be identified happens in.
        context: Context,
        /// The time of verification in Unix seconds.
        now: u64,
        /// How often to verify before it is answered, where the answer is to say how often it
        /// accepted.
        repeat: Option<u32>,
    },
}

/// A text that is borrowed from the line where it has no escapes.
#[derive(Default, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct RawRequest<'a> {
    #[serde(borrow)]
    op: Text<'a>,
    #[serde(default)]
    id: u64,
    #[serde(default, borrow)]
    suite: Text<'a>,
    secret: Option<Value>,
    secrets: Option<RawSecrets>,
    #[serde(default)]
    fields: Fields,
    #[serde(default, deserialize_with = "present")]
    token: Option<Value>,
    #[serde(default)]
    context: Context,
    #[serde(default)]
    now: u64,
    repeat: Option<u32>,
    left: Option<String>,
    right: Option<String>,
}

/// A member that is there, be it null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

struct RawSecrets(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for RawSecrets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SecretsVisitor;

        impl<'de> Visitor<'de> for SecretsVisitor {
            type Value = RawSecrets;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of secrets")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawSecrets, A::Error> {
                let mut secrets = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    secrets.push(entry);
                }
                Ok(RawSecrets(secrets))
            }
        }

        deserializer.deserialize_map(SecretsVisitor)
    }
}

impl Incoming {
    /// Reads one line of the harness.
    pub fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        // To look for what is no UTF-8 once, in the whole line, is a seventh faster than in each
        // of its texts.
        let raw: RawRequest<'_> = match str::from_utf8(line) {
            Ok(text) => serde_json::from_str(text)?,
            Err(_) => serde_json::from_slice(line)?,
        };
        let op = match &*raw.op.0 {
            "hello" => return Ok(Self::Hello),
            "bye" => return Ok(Self::Bye),
            "sign" => Op::Sign,
            "verify" => Op::Verify,
            "identify" => Op::Identify,
            "compare" => {
                let (Some(left), Some(right)) = (raw.left, raw.right) else {
                    return Err(de::Error::custom("a comparison needs left and right"));
                };
                return Ok(Self::Compare {
                    id: raw.id,
                    left,
                    right,
                    repeat: raw.repeat.unwrap_or(1),
                });
            }
            _ => {
                return Ok(Self::Unknown {
                    id: raw.id,
                    op: raw.op.0.into_owned(),
                });
            }
        };
        let secrets = match (raw.secret, raw.secrets) {
            (Some(one), None) => Secrets::One(secret(one)?),
            (None, Some(RawSecrets(several))) => {
                let named = |(name, value): (String, Value)| Ok((name, secret(value)?));
                Secrets::Per(
                    several
                        .into_iter()
                        .map(named)
                        .collect::<Result<_, serde_json::Error>>()?,
                )
            }
            _ => return Err(de::Error::custom("a request has either secret or secrets")),
        };
        let RawRequest {
            id,
            suite,
            fields,
            token,
            context,
            now,
            repeat,
            ..
        } = raw;
        Ok(Self::Request {
            id,
            op,
            suite: suite.0.into_owned(),
            secrets,
            fields,
            token,
            context,
            now,
            repeat,
        })
    }
}

fn secret(value: Value) -> Result<Secret, serde_json::Error> {
    match value {
        Value::Text(text) => Ok(Secret::new(text)),
        Value::Bytes(bytes) => Ok(Secret::new(bytes)),
        _ => Err(de::Error::custom("a secret is a text or bytes")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Incoming, RequestLine, RequestParts};
    use crate::signature::{Context, Fields, Op, Secret, Secrets, Value};

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let secrets = Secrets::One(Secret::new("s\u{e9}cret"));
        let fields = Fields::new()
            .with("user_id", "a\n\u{2028}\u{1F600}")
            .with("timestamp", 1_741_761_604)
            .with("raw", Value::Bytes(vec![0xff]));
        let token = Value::Json(serde_json::Value::Null);
        let text = Value::Text("t".into());
        let context = Context::default().with("mode", "strict");
        for (op, token, context) in [
            (Op::Verify, None, Context::default()),
            (Op::Verify, Some(&token), Context::default()),
            (Op::Verify, Some(&text), Context::default()),
            (Op::Identify, None, context.clone()),
            (Op::Identify, Some(&text), context),
        ] {
            let parts = RequestParts {
                op,
                suite: "jimo",
                secrets: &secrets,
                fields: &fields,
                token,
                context: &context,
                now: 5,
            };
            let mut line = Vec::new();
            RequestLine::new(&parts).write(7, &mut line);
            assert!(line.is_ascii());
            assert_eq!(line.iter().position(|&b| b == b'\n'), Some(line.len() - 1));
            let expected = Incoming::Request {
                id: 7,
                op,
                suite: "jimo".into(),
                secrets: secrets.clone(),
                fields: fields.clone(),
                token: token.cloned(),
                context: context.clone(),
                now: 5,
                repeat: None,
            };
            assert_eq!(Incoming::parse(&line).unwrap(), expected);
        }
    }

    #[test]
    fn repeated_requests_are_equally_long_whatever_the_number() {
        let secrets = Secrets::One(Secret::new("s"));
        let fields = Fields::new().with("user_id", "a");
        let parts = RequestParts {
            op: Op::Verify,
            suite: "plain",
            secrets: &secrets,
            fields: &fields,
            token: Some(&Value::Text("t".into())),
            context: Context::none(),
            now: 5,
        };
        let mut lengths = Vec::new();
        for times in [1, 30, 100_000] {
            for line in [
                RequestLine::repeated(&parts, times),
                RequestLine::compare("a\"b", "a\u{e9}b", times),
            ] {
                let mut written = Vec::new();
                line.write(7, &mut written);
                lengths.push(written.len());
                match Incoming::parse(&written).unwrap() {
                    Incoming::Request { repeat, token, .. } => {
                        assert_eq!((repeat, token), (Some(times), Some("t".into())));
                    }
                    Incoming::Compare {
                        id,
                        left,
                        right,
                        repeat,
                    } => assert_eq!(
                        (id, &*left, &*right, repeat),
                        (7, "a\"b", "a\u{e9}b", times)
                    ),
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(lengths[..2], lengths[2..4]);
        assert_eq!(lengths[..2], lengths[4..]);
        let lone = br#"{"id":1,"op":"compare","left":"a"}"#;
        assert!(Incoming::parse(lone).is_err());
    }
}
