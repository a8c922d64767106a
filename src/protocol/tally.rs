//! Answers to repeated operations, with counts.

use serde::Deserialize;

use crate::protocol::{Answer, AnswerError, Reply};

/// An answer to a repeated verify or to a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyAnswer {
    /// The id of the request.
    pub id: u64,
    /// The content of the answer.
    pub tally: Tally,
}

/// The content of an answer to a repeated operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tally {
    /// The outcome of the last call, and how many calls accepted. The count is absent if the
    /// adapter does not support `repeat`.
    Verified {
        /// The content that an answer to a single verify would have.
        reply: Reply,
        /// How many calls accepted.
        accepted: Option<u64>,
    },
    /// Whether the texts are equal.
    Compared(bool),
}

#[derive(Deserialize)]
struct Counted {
    id: Option<u64>,
    accepted: Option<u64>,
    equal: Option<bool>,
}

impl TallyAnswer {
    /// Parses a line from an adapter. Fails unless it answers a comparison or a single request.
    pub fn parse(line: &[u8]) -> Result<Self, AnswerError> {
        let counted: Counted = serde_json::from_slice(line)?;
        match (counted.id, counted.equal) {
            (Some(id), Some(equal)) => Ok(Self {
                id,
                tally: Tally::Compared(equal),
            }),
            _ => {
                let Answer { id, reply } = Answer::parse(line)?;
                let accepted = counted.accepted;
                let tally = Tally::Verified { reply, accepted };
                Ok(Self { id, tally })
            }
        }
    }

    /// Appends the answer as a line, including the line feed.
    pub fn write(&self, out: &mut Vec<u8>) {
        match &self.tally {
            Tally::Verified { reply, accepted } => {
                let reply = reply.clone();
                Answer { id: self.id, reply }.write(out);
                if let Some(accepted) = accepted {
                    out.truncate(out.len() - 2);
                    out.extend_from_slice(format!(",\"accepted\":{accepted}}}\n").as_bytes());
                }
            }
            Tally::Compared(equal) => {
                let line = format!("{{\"id\":{},\"equal\":{equal}}}\n", self.id);
                out.extend_from_slice(line.as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, TallyAnswer};
    use crate::protocol::{AnswerError, Reply};
    use crate::signature::{Denial, Outcome};

    #[test]
    fn answers_round_trip() {
        let denial = Denial {
            code: Some("BAD".into()),
            status: None,
        };
        let verified = |outcome, accepted| Tally::Verified {
            reply: Reply::Outcome(outcome),
            accepted,
        };
        for tally in [
            verified(Outcome::Accept, Some(30)),
            verified(Outcome::Reject(denial), Some(0)),
            verified(Outcome::Threw("x\"}".into()), None),
            Tally::Compared(true),
            Tally::Compared(false),
        ] {
            let answer = TallyAnswer { id: 3, tally };
            let mut line = Vec::new();
            answer.write(&mut line);
            assert_eq!(TallyAnswer::parse(&line).unwrap(), answer);
        }
    }

    #[test]
    fn a_line_without_an_answer_is_an_error() {
        for line in [
            r#"{"id":3}"#,
            r#"{"equal":true}"#,
            "no",
            r#"{"id":3,"equal":1}"#,
        ] {
            assert!(TallyAnswer::parse(line.as_bytes()).is_err(), "{line}");
        }
        let both = br#"{"id":3,"accepted":1}"#;
        assert!(matches!(
            TallyAnswer::parse(both),
            Err(AnswerError::NotOneResult { results: 0, .. })
        ));
    }
}
