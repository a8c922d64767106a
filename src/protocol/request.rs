//! Requests: the harness writes them, and adapters parse them.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::de::{SliceRead, StrRead};

use crate::protocol::write_ascii;
use crate::signature::{Context, Fields, Op, Request, SecretsByName, Value, read_secrets};

/// A request with its serialized line. The line is written once, and only its id changes.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedRequest {
    request: Request,
    line: RequestLine,
}

impl PreparedRequest {
    /// Serializes the request.
    pub fn new(request: Request) -> Self {
        Self {
            line: RequestLine::new(&request),
            request,
        }
    }

    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The request, without its line.
    pub fn into_request(self) -> Request {
        self.request
    }

    /// Appends the line with this id, including the line feed.
    pub fn write(&self, id: u64, out: &mut Vec<u8>) {
        self.line.write(id, out);
    }

    /// The length of the line with the longest possible id, in bytes.
    pub fn length(&self) -> usize {
        // The stored part lacks `{"id":` and up to 20 digits, and includes a line feed.
        self.line.0.len() + 25
    }

    /// Whether that exceeds this many bytes.
    pub fn is_longer_than(&self, bytes: usize) -> bool {
        self.length() > bytes
    }
}

/// The line of a request or comparison without its id: everything from the comma after the id on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine(Box<[u8]>);

impl RequestLine {
    /// Serializes everything but the id.
    pub fn new(request: &Request) -> Self {
        let mut json = Vec::with_capacity(256);
        write_ascii(request, &mut json);
        // `write` adds the opening brace together with the id.
        json[0] = b',';
        json.push(b'\n');
        Self(json.into_boxed_slice())
    }

    /// Serializes a request to be performed `repeat` times and answered once.
    ///
    /// The number is padded to a fixed width, so that requests that differ only in it have equal
    /// length. Timing compares such requests.
    pub fn repeated(request: &Request, repeat: u32) -> Self {
        let mut json = Self::new(request).0.into_vec();
        json.truncate(json.len() - 2);
        write_repeat(repeat, &mut json);
        Self(json.into_boxed_slice())
    }

    /// Serializes a request to apply the implementation's comparison `repeat` times.
    pub fn compare(left: &str, right: &str, repeat: u32) -> Self {
        let mut json = b",\"op\":\"compare\",\"left\":".to_vec();
        write_ascii(left, &mut json);
        json.extend_from_slice(b",\"right\":");
        write_ascii(right, &mut json);
        write_repeat(repeat, &mut json);
        Self(json.into_boxed_slice())
    }

    /// Appends the line with this id, including the line feed.
    pub fn write(&self, id: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"id\":");
        out.extend_from_slice(itoa::Buffer::new().format(id).as_bytes());
        out.extend_from_slice(&self.0);
    }
}

/// Appends the last member and the end of the line.
fn write_repeat(repeat: u32, json: &mut Vec<u8>) {
    json.extend_from_slice(format!(",\"repeat\":{repeat:>6}}}\n").as_bytes());
}

/// A line from the harness, as an adapter reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// `hello`.
    Hello,
    /// `bye`.
    Bye,
    /// An operation that this program does not support.
    Unknown {
        /// The request's id.
        id: u64,
        /// The name of the operation.
        op: String,
    },
    /// `compare`: apply the implementation's comparison.
    Compare {
        /// The request's id.
        id: u64,
        /// One text.
        left: String,
        /// The other text.
        right: String,
        /// How many times to compare before answering.
        repeat: u32,
    },
    /// `sign`, `verify` or `identify`.
    Request {
        /// The request's id, which the answer repeats.
        id: u64,
        /// The request.
        request: Request,
        /// How many times to verify before answering; the answer then has to state how many of the
        /// calls accepted.
        repeat: Option<u32>,
    },
}

/// A string that borrows from the line unless it contains escapes.
#[derive(Default, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A member that may be null, which says as much as that it is absent.
#[derive(Deserialize)]
struct OrNull<T>(Option<T>);

impl<T> OrNull<T> {
    fn value(member: Option<Self>) -> Option<T> {
        member.and_then(|member| member.0)
    }
}

/// The members of a line as they are read. They are filled in where they stand, because moving
/// them took a tenth of the time of reading a line.
#[derive(Default)]
struct RawRequest<'a> {
    op: Option<Text<'a>>,
    id: Option<u64>,
    suite: Option<Text<'a>>,
    secret: Option<OrNull<Value>>,
    secrets: Option<OrNull<SecretsByName>>,
    fields: Option<Fields>,
    token: Option<Value>,
    context: Option<Context>,
    now: Option<u64>,
    repeat: Option<OrNull<u32>>,
    left: Option<OrNull<String>>,
    right: Option<OrNull<String>>,
}

/// The name of a member.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    Op,
    Id,
    Suite,
    Secret,
    Secrets,
    Fields,
    Token,
    Context,
    Now,
    Repeat,
    Left,
    Right,
    #[serde(other)]
    Other,
}

impl<'a> RawRequest<'a> {
    /// Fills itself from one line, which it has to be to its end.
    fn read<R: serde_json::de::Read<'a>>(&mut self, line: R) -> Result<(), serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::new(line);
        deserializer.deserialize_map(self)?;
        deserializer.end()
    }
}

impl<'de> Visitor<'de> for &mut RawRequest<'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of the protocol")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        fn fill<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
            member: &mut Option<T>,
            name: &'static str,
            map: &mut A,
        ) -> Result<(), A::Error> {
            if member.is_some() {
                return Err(de::Error::duplicate_field(name));
            }
            *member = Some(map.next_value()?);
            Ok(())
        }

        while let Some(name) = map.next_key()? {
            match name {
                Member::Op => fill(&mut self.op, "op", &mut map)?,
                Member::Id => fill(&mut self.id, "id", &mut map)?,
                Member::Suite => fill(&mut self.suite, "suite", &mut map)?,
                Member::Secret => fill(&mut self.secret, "secret", &mut map)?,
                Member::Secrets => fill(&mut self.secrets, "secrets", &mut map)?,
                Member::Fields => fill(&mut self.fields, "fields", &mut map)?,
                Member::Token => fill(&mut self.token, "token", &mut map)?,
                Member::Context => fill(&mut self.context, "context", &mut map)?,
                Member::Now => fill(&mut self.now, "now", &mut map)?,
                Member::Repeat => fill(&mut self.repeat, "repeat", &mut map)?,
                Member::Left => fill(&mut self.left, "left", &mut map)?,
                Member::Right => fill(&mut self.right, "right", &mut map)?,
                Member::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

impl Incoming {
    /// Parses a line from the harness. Fails if it is not a valid message.
    pub fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        // Validating UTF-8 once for the whole line is a seventh faster than for each of its
        // strings.
        let mut raw = RawRequest::default();
        match str::from_utf8(line) {
            Ok(text) => raw.read(StrRead::new(text))?,
            Err(_) => raw.read(SliceRead::new(line))?,
        }
        let name = raw.op.ok_or_else(|| de::Error::missing_field("op"))?.0;
        let id = raw.id.unwrap_or_default();
        let repeat = OrNull::value(raw.repeat);
        let op = match &*name {
            "hello" => return Ok(Self::Hello),
            "bye" => return Ok(Self::Bye),
            "compare" => {
                let (Some(left), Some(right)) = (OrNull::value(raw.left), OrNull::value(raw.right))
                else {
                    return Err(de::Error::custom("a comparison needs left and right"));
                };
                return Ok(Self::Compare {
                    id,
                    left,
                    right,
                    repeat: repeat.unwrap_or(1),
                });
            }
            other => match Op::named(other) {
                Some(op) => op,
                None => {
                    return Ok(Self::Unknown {
                        id,
                        op: name.into_owned(),
                    });
                }
            },
        };
        let secrets = read_secrets(OrNull::value(raw.secret), OrNull::value(raw.secrets));
        Ok(Self::Request {
            id,
            request: Request {
                suite: raw.suite.unwrap_or_default().0.into(),
                op,
                secrets: secrets.map_err(de::Error::custom)?,
                fields: raw.fields.unwrap_or_default(),
                token: raw.token,
                context: raw.context.unwrap_or_default(),
                now: raw.now.unwrap_or_default(),
            },
            repeat,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Incoming, PreparedRequest, RequestLine};
    use crate::signature::{Context, Fields, Op, Request, Secret, Secrets, Value};

    #[test]
    fn requests_round_trip() {
        let fields = Fields::new()
            .with("user_id", "a\n\u{2028}\u{1F600}")
            .with("raw", Value::Bytes(vec![0xff]));
        let text = Value::Text("t".into());
        for (op, token) in [
            (Op::Sign, None),
            (Op::Verify, Some(text.clone())),
            (Op::Identify, Some(text)),
        ] {
            let request = Request {
                suite: "jimo".into(),
                op,
                secrets: Secrets::One(Secret::new("s\u{e9}cret")),
                fields: fields.clone(),
                token,
                context: Context::default(),
                now: if op == Op::Sign { 0 } else { 5 },
            };
            let mut line = Vec::new();
            PreparedRequest::new(request.clone()).write(7, &mut line);
            assert!(line.is_ascii());
            assert_eq!(line.iter().position(|&b| b == b'\n'), Some(line.len() - 1));
            let expected = Incoming::Request {
                id: 7,
                request,
                repeat: None,
            };
            assert_eq!(Incoming::parse(&line).unwrap(), expected);
        }
    }

    #[test]
    fn repeated_requests_have_equal_length_for_any_count() {
        let request = Request {
            suite: "plain".into(),
            op: Op::Verify,
            secrets: Secrets::One(Secret::new("s")),
            fields: Fields::new().with("user_id", "a"),
            token: Some("t".into()),
            context: Context::default(),
            now: 5,
        };
        let mut lengths = Vec::new();
        for times in [1, 30, 100_000] {
            for line in [
                RequestLine::repeated(&request, times),
                RequestLine::compare("a\"b", "a\u{e9}b", times),
            ] {
                let mut written = Vec::new();
                line.write(7, &mut written);
                lengths.push(written.len());
                match Incoming::parse(&written).unwrap() {
                    Incoming::Request {
                        request: read,
                        repeat,
                        ..
                    } => assert_eq!((&read, repeat), (&request, Some(times))),
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

    #[test]
    fn members_may_be_null_or_unknown_and_stand_once() {
        let parsed = |line: &str| Incoming::parse(line.as_bytes());
        let bare = parsed(r#"{"op":"verify","suite":"s","secret":"k"}"#).unwrap();
        for same in [
            r#"{"secret":"k","suite":"s","op":"verify","secrets":null,"repeat":null,"left":null}"#,
            r#"{"op":"verify","suite":"s","secret":"k","more":{"op":[1,null]},"id":0} "#,
            r#"{"op":"verify","suite":"s","secret":"k","fields":{},"context":{},"now":0}"#,
        ] {
            assert_eq!(parsed(same).unwrap(), bare, "{same}");
        }
        let Ok(Incoming::Request { request, .. }) =
            parsed(r#"{"op":"verify","secret":"k","token":null}"#)
        else {
            panic!("a request");
        };
        assert_eq!(request.token, Some(Value::Json(serde_json::Value::Null)));
        for (wrong, why) in [
            (r#"{"id":1}"#, "missing field `op`"),
            (r#"{"op":"hello","op":"hello"}"#, "duplicate field `op`"),
            (
                r#"{"op":"sign","secret":null,"secret":"k"}"#,
                "duplicate field `secret`",
            ),
            (
                r#"{"op":"sign","secret":"k","fields":null}"#,
                "invalid type",
            ),
            (r#"{"op":"hello"} {}"#, "trailing characters"),
            (r#"["sign"]"#, "expected an object of the protocol"),
            (r#"{"op":"sign","suite":"s"}"#, "either secret or secrets"),
        ] {
            let error = parsed(wrong).unwrap_err().to_string();
            assert!(error.contains(why), "{wrong}: {error}");
        }
    }
}
