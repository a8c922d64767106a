//! Requests of the protocol, for implementations that do not speak it.

use crate::implementations::Inputs;
use crate::protocol::{Incoming, RequestLine};
use crate::signature::{Fields, Op, Secrets, Value};

/// A request, taken apart again.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) op: Op,
    suite: String,
    secrets: Secrets,
    fields: Fields,
    token: Option<Value>,
    now: u64,
}

impl Question {
    /// Reads what was written for the wire; what it says is all that anybody outside may know.
    pub(super) fn of(line: &RequestLine) -> Option<Self> {
        match Incoming::parse(line.as_json().as_bytes()) {
            Ok(Incoming::Request {
                op,
                suite,
                secrets,
                fields,
                token,
                now,
                ..
            }) => Some(Self {
                op,
                suite,
                secrets,
                fields,
                token,
                now,
            }),
            _ => None,
        }
    }

    pub(super) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            suite: &self.suite,
            secrets: &self.secrets,
            fields: &self.fields,
            token: self.token.as_ref(),
            now: self.now,
        }
    }
}
