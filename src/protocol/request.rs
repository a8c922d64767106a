//! Requests: the harness writes them, and adapters parse them.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de;

use crate::protocol::write_ascii;
use crate::signature::{Context, Fields, Op, Request, SecretsByName, Value, present, read_secrets};

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

#[derive(Deserialize)]
struct RawRequest<'a> {
    #[serde(borrow)]
    op: Text<'a>,
    #[serde(default)]
    id: u64,
    #[serde(default, borrow)]
    suite: Text<'a>,
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
    repeat: Option<u32>,
    left: Option<String>,
    right: Option<String>,
}

impl Incoming {
    /// Parses a line from the harness. Fails if it is not a valid message.
    pub fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        // Validating UTF-8 once for the whole line is a seventh faster than for each of its
        // strings.
        let raw: RawRequest<'_> = match str::from_utf8(line) {
            Ok(text) => serde_json::from_str(text)?,
            Err(_) => serde_json::from_slice(line)?,
        };
        let op = match &*raw.op.0 {
            "hello" => return Ok(Self::Hello),
            "bye" => return Ok(Self::Bye),
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
            name => match Op::named(name) {
                Some(op) => op,
                None => {
                    return Ok(Self::Unknown {
                        id: raw.id,
                        op: raw.op.0.into_owned(),
                    });
                }
            },
        };
        Ok(Self::Request {
            id: raw.id,
            request: Request {
                suite: raw.suite.0.into(),
                op,
                secrets: read_secrets(raw.secret, raw.secrets, raw.previous)
                    .map_err(de::Error::custom)?,
                fields: raw.fields,
                token: raw.token,
                context: raw.context,
                now: raw.now,
            },
            repeat: raw.repeat,
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
}
