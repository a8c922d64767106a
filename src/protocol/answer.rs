//! Answers: adapters write them, and the harness parses them strictly.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::protocol::prose::Prose;
use crate::protocol::write_ascii;
use crate::signature::{Denial, Fields, MAX_SENT, Outcome, ReadField, Sent, Value};

/// A well-formed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The id of the request.
    pub id: u64,
    /// The content of the answer.
    pub reply: Reply,
}

/// The content of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The implementation's outcome.
    Outcome(Outcome),
    /// The adapter cannot run this request, for this reason.
    Unsupported(String),
}

/// Why a line is not a valid answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The line is not a JSON object, or a member has the wrong type.
    #[error("not a valid protocol message: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The answer has no id.
    #[error("it has no id")]
    NoId,
    /// The answer does not contain exactly one result.
    #[error(
        "it has {results} results; expected exactly one of token, outcome, body, refused, threw, unsupported"
    )]
    NotOneResult {
        /// The id of the request.
        id: u64,
        /// The number of results.
        results: usize,
    },
    /// The request that would be sent is too long.
    #[error("body and headers are longer than {MAX_SENT} bytes")]
    SentTooLong {
        /// The id of the request.
        id: u64,
    },
    /// What it read from the token is no value.
    #[error("fields is not an object of texts, bytes and whole numbers")]
    FieldsNotTexts {
        /// The id of the request.
        id: u64,
    },
    /// The outcome is unknown.
    #[error("unknown outcome {outcome:?}; expected accept, reject or anonymous")]
    UnknownOutcome {
        /// The id of the request.
        id: u64,
        /// The outcome given.
        outcome: String,
    },
}

impl AnswerError {
    /// The id of the request that the line answers, if it has one.
    pub fn id(&self) -> Option<u64> {
        match self {
            Self::NotOneResult { id, .. }
            | Self::UnknownOutcome { id, .. }
            | Self::FieldsNotTexts { id }
            | Self::SentTooLong { id } => Some(*id),
            Self::Malformed(_) | Self::NoId => None,
        }
    }
}

/// A string that borrows from the line unless it contains escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct RawAnswer<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    token: Option<Text<'a>>,
    #[serde(borrow)]
    outcome: Option<Text<'a>>,
    #[serde(borrow)]
    code: Option<Prose<'a>>,
    #[serde(borrow)]
    refused: Option<Prose<'a>>,
    #[serde(borrow)]
    threw: Option<Prose<'a>>,
    #[serde(borrow)]
    unsupported: Option<Prose<'a>>,
    body: Option<IgnoredAny>,
    fields: Option<IgnoredAny>,
}

/// The status of a rejection. A verifier may put anything under this name, so it is read leniently.
#[derive(Deserialize)]
struct Stated {
    status: serde_json::Value,
}

impl Answer {
    /// Parses a line from an adapter. Fails unless it has an id and exactly one known result.
    pub fn parse(line: &[u8]) -> Result<Self, AnswerError> {
        let raw: RawAnswer<'_> = serde_json::from_slice(line)?;
        let id = raw.id.ok_or(AnswerError::NoId)?;
        let given = [
            raw.token.is_some(),
            raw.outcome.is_some(),
            raw.refused.is_some(),
            raw.threw.is_some(),
            raw.unsupported.is_some(),
            raw.body.is_some(),
        ];
        let results = given.into_iter().filter(|is_given| *is_given).count();
        if results != 1 {
            return Err(AnswerError::NotOneResult { id, results });
        }
        let owned = |text: Text<'_>| text.0.into_owned();
        let words = |text: Prose<'_>| text.0.into_owned();
        let reply = if let Some(token) = raw.token {
            Reply::Outcome(Outcome::Token(owned(token)))
        } else if let Some(outcome) = raw.outcome {
            match &*outcome.0 {
                "accept" if raw.fields.is_some() => {
                    let fields = fields(line).ok_or(AnswerError::FieldsNotTexts { id })?;
                    Reply::Outcome(Outcome::Read(fields))
                }
                "accept" => Reply::Outcome(Outcome::Accept),
                "anonymous" => Reply::Outcome(Outcome::Anonymous),
                "reject" => Reply::Outcome(Outcome::Reject(Denial {
                    code: raw.code.map(words),
                    status: status(line),
                })),
                _ => {
                    return Err(AnswerError::UnknownOutcome {
                        id,
                        outcome: owned(outcome),
                    });
                }
            }
        } else if raw.body.is_some() {
            let sent: Sent = serde_json::from_slice(line)?;
            if sent.length() > MAX_SENT {
                return Err(AnswerError::SentTooLong { id });
            }
            Reply::Outcome(Outcome::Sent(Box::new(sent)))
        } else if let Some(refused) = raw.refused {
            Reply::Outcome(Outcome::Refused(words(refused)))
        } else if let Some(threw) = raw.threw {
            Reply::Outcome(Outcome::Threw(words(threw)))
        } else {
            Reply::Unsupported(raw.unsupported.map(words).unwrap_or_default())
        };
        Ok(Self { id, reply })
    }

    /// Appends the answer as a line, including the line feed.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"id\":");
        out.extend_from_slice(itoa::Buffer::new().format(self.id).as_bytes());
        let (member, text) = match &self.reply {
            Reply::Outcome(Outcome::Token(token)) => ("token", token.as_str()),
            Reply::Outcome(Outcome::Accept | Outcome::Read(_)) => ("outcome", "accept"),
            Reply::Outcome(Outcome::Reject(_)) => ("outcome", "reject"),
            Reply::Outcome(Outcome::Anonymous) => ("outcome", "anonymous"),
            Reply::Outcome(Outcome::Refused(why)) => ("refused", why.as_str()),
            Reply::Outcome(Outcome::Threw(what)) => ("threw", what.as_str()),
            Reply::Outcome(Outcome::Sent(sent)) => {
                // The members of the object, behind that of the id.
                let brace = out.len();
                write_ascii(sent, out);
                out[brace] = b',';
                out.push(b'\n');
                return;
            }
            Reply::Unsupported(why) => ("unsupported", why.as_str()),
        };
        write_member(member, text, out);
        if let Reply::Outcome(Outcome::Reject(Denial { code, status })) = &self.reply {
            if let Some(code) = code {
                write_member("code", code, out);
            }
            if let Some(status) = status {
                out.extend_from_slice(b",\"status\":");
                out.extend_from_slice(itoa::Buffer::new().format(*status).as_bytes());
            }
        }
        if let Reply::Outcome(Outcome::Read(fields)) = &self.reply {
            let fields = fields.iter();
            let fields = fields.map(|field| (field.name.as_str(), Value::of_bytes(&field.read)));
            out.extend_from_slice(b",\"fields\":");
            write_ascii(&fields.collect::<Fields>(), out);
        }
        out.extend_from_slice(b"}\n");
    }
}

/// What a verifier read from a token.
#[derive(Deserialize)]
struct StatedFields {
    fields: serde_json::Map<String, serde_json::Value>,
}

/// What was read from the token, if each is a value with a text.
fn fields(line: &[u8]) -> Option<Vec<ReadField>> {
    let stated: StatedFields = serde_json::from_slice(line).ok()?;
    let read = |(name, value): (String, serde_json::Value)| {
        let value: Value = serde_json::from_value(value).ok()?;
        Some(ReadField {
            name,
            read: value.to_bytes()?.into_owned(),
            due: None,
        })
    };
    stated.fields.into_iter().map(read).collect()
}

/// The status of a rejection, if it is a number in the valid range.
fn status(line: &[u8]) -> Option<u16> {
    memchr::memmem::find(line, b"\"status\"")?;
    let stated: Stated = serde_json::from_slice(line).ok()?;
    stated.status.as_u64()?.try_into().ok()
}

fn write_member(name: &str, text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    write_ascii(text, out);
}

#[cfg(test)]
mod tests {
    use super::{Answer, AnswerError, Reply};
    use crate::signature::{Denial, MAX_SENT, Outcome, ReadField, Sent};

    #[test]
    fn answers_round_trip() {
        for reply in [
            Reply::Outcome(Outcome::Token("a\u{e9}\n".into())),
            Reply::Outcome(Outcome::Accept),
            Reply::Outcome(Outcome::Read(vec![
                ReadField {
                    name: "payload".into(),
                    read: "{\"é\"}".into(),
                    due: None,
                },
                ReadField {
                    name: "raw".into(),
                    read: vec![0xff, 0],
                    due: None,
                },
            ])),
            Reply::Outcome(Outcome::Anonymous),
            Reply::Outcome(Outcome::REJECT),
            Reply::Outcome(Outcome::Reject(Denial {
                code: Some("BAD".into()),
                status: None,
            })),
            Reply::Outcome(Outcome::Reject(Denial {
                code: None,
                status: Some(403),
            })),
            Reply::Outcome(Outcome::Sent(Box::new(Sent {
                body: "{\"a\":\"é\"}".into(),
                headers: vec![("x-signature".into(), "sha256=00".into())],
            }))),
            Reply::Outcome(Outcome::Sent(Box::new(Sent {
                body: vec![0xff, 0],
                headers: Vec::new(),
            }))),
            Reply::Outcome(Outcome::Refused("no".into())),
            Reply::Outcome(Outcome::Threw("TypeError: x".into())),
            Reply::Unsupported("why".into()),
        ] {
            let answer = Answer { id: 3, reply };
            let mut line = Vec::new();
            answer.write(&mut line);
            assert_eq!(Answer::parse(&line).unwrap(), answer);
        }
    }

    #[test]
    fn messages_for_people_need_not_be_unicode() {
        let reply = |line: &[u8]| Answer::parse(line).unwrap().reply;
        let threw = |text: &str| Reply::Outcome(Outcome::Threw(text.into()));
        assert_eq!(
            reply(br#"{"id":1,"threw":"at \ud83d"}"#),
            threw("at \u{fffd}")
        );
        assert_eq!(
            reply(b"{\"id\":1,\"threw\":\"caf\xe9\"}"),
            threw("caf\u{fffd}")
        );
        assert_eq!(
            reply(br#"{"id":1,"refused":"\udead"}"#),
            Reply::Outcome(Outcome::Refused("\u{fffd}".into()))
        );
        assert_eq!(
            reply(br#"{"id":1,"unsupported":"\ud83d!"}"#),
            Reply::Unsupported("\u{fffd}!".into())
        );
        let denial = Denial {
            code: Some("\u{fffd}".into()),
            status: None,
        };
        assert_eq!(
            reply(br#"{"id":1,"outcome":"reject","code":"\ud83d","status":"\ud83d"}"#),
            Reply::Outcome(Outcome::Reject(denial))
        );
        // Unknown members may contain anything, too.
        let more = br#"{"id":1,"outcome":"accept","stack":"\ud83d"}"#;
        assert_eq!(reply(more), Reply::Outcome(Outcome::Accept));
    }

    #[test]
    fn a_token_is_read_verbatim() {
        for line in [
            &br#"{"id":1,"token":"a\ud83db"}"#[..],
            b"{\"id\":1,\"token\":\"caf\xe9\"}",
            br#"{"id":1,"outcome":"acc\ud83dept"}"#,
            br#"{"id":"\ud83d","threw":"x"}"#,
        ] {
            assert!(matches!(
                Answer::parse(line),
                Err(AnswerError::Malformed(_))
            ));
        }
    }

    #[test]
    fn malformed_answers_are_errors() {
        let error = |line: &str| Answer::parse(line.as_bytes()).unwrap_err();
        assert!(matches!(error("rubbish"), AnswerError::Malformed(_)));
        assert!(matches!(
            error(r#"{"id":1,"token":5}"#),
            AnswerError::Malformed(_)
        ));
        assert!(matches!(
            error(r#"{"id":1,"id":2,"token":"a"}"#),
            AnswerError::Malformed(_)
        ));
        assert!(matches!(
            error(r#"{"outcome":"accept"}"#),
            AnswerError::NoId
        ));
        assert!(matches!(
            error(r#"{"id":1}"#),
            AnswerError::NotOneResult { id: 1, results: 0 }
        ));
        assert!(matches!(
            error(r#"{"id":1,"outcome":"accept","threw":"x"}"#),
            AnswerError::NotOneResult { id: 1, results: 2 }
        ));
        assert!(matches!(
            error(r#"{"id":1,"outcome":"ok"}"#),
            AnswerError::UnknownOutcome { .. }
        ));
        for sent in [
            r#"{"id":1,"body":"x"}"#,
            r#"{"id":1,"body":5,"headers":[]}"#,
            r#"{"id":1,"body":"x","headers":{"a":"b"}}"#,
        ] {
            assert!(matches!(error(sent), AnswerError::Malformed(_)), "{sent}");
        }
        for fields in ["5", "[]", r#"{"a":null}"#, r#"{"a":{"b":1}}"#] {
            let line = format!(r#"{{"id":1,"outcome":"accept","fields":{fields}}}"#);
            assert!(matches!(
                error(&line),
                AnswerError::FieldsNotTexts { id: 1 }
            ));
        }
        // A verifier that rejects has read nothing.
        let rejected = br#"{"id":1,"outcome":"reject","fields":5}"#;
        let reply = Answer::parse(rejected).unwrap().reply;
        assert_eq!(reply, Reply::Outcome(Outcome::REJECT));
        let long = format!(
            r#"{{"id":1,"body":"{}","headers":[]}}"#,
            "x".repeat(MAX_SENT + 1)
        );
        assert!(matches!(error(&long), AnswerError::SentTooLong { id: 1 }));
        // Unknown members are ignored.
        assert!(Answer::parse(br#"{"id":1,"outcome":"accept","accepted":3,"x":[]}"#).is_ok());
        for status in ["\"bad\"", "-1", "70000", "4.5", "null"] {
            let line = format!(r#"{{"id":1,"outcome":"reject","status":{status}}}"#);
            let reply = Answer::parse(line.as_bytes()).unwrap().reply;
            assert_eq!(reply, Reply::Outcome(Outcome::REJECT), "{line}");
        }
    }
}
