//! What is asked of an implementation, and what it did.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// Make the token of an identity.
    Sign,
    /// Say whether a token is the identity's.
    Verify,
    /// Say what becomes of a call that identifies somebody: the outcome of the policy.
    Identify,
}

impl Op {
    /// The word of the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Verify => "verify",
            Self::Identify => "identify",
        }
    }

    /// Whether it presents a token, and is told the time.
    pub fn presents_a_token(self) -> bool {
        match self {
            Self::Sign => false,
            Self::Verify | Self::Identify => true,
        }
    }

    /// Whether an outcome of that kind can be an answer to it at all.
    pub fn is_answered_by(self, kind: OutcomeKind) -> bool {
        match kind {
            OutcomeKind::Token => self == Self::Sign,
            OutcomeKind::Accept | OutcomeKind::Reject => self != Self::Sign,
            OutcomeKind::Anonymous => self == Self::Identify,
            OutcomeKind::Refused | OutcomeKind::Threw => true,
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What an implementation did.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It signed: the token, exactly as it came.
    Token(String),
    /// It accepted the token.
    Accept,
    /// It rejected the token or the call, perhaps with a code of its own.
    Reject(Denial),
    /// It let the call go on as nobody's.
    Anonymous,
    /// It declined the input or its configuration by its own documented error.
    Refused(String),
    /// An exception came out of it.
    Threw(String),
}

/// What comes with a rejection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Denial {
    /// The implementation's own code for it.
    pub code: Option<String>,
    /// The HTTP status that it stands for.
    pub status: Option<u16>,
}

impl Outcome {
    /// A rejection that says nothing more.
    pub const REJECT: Self = Self::Reject(Denial {
        code: None,
        status: None,
    });

    /// The outcome without its text.
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Token(_) => OutcomeKind::Token,
            Self::Accept => OutcomeKind::Accept,
            Self::Reject(_) => OutcomeKind::Reject,
            Self::Anonymous => OutcomeKind::Anonymous,
            Self::Refused(_) => OutcomeKind::Refused,
            Self::Threw(_) => OutcomeKind::Threw,
        }
    }
}

/// An [`Outcome`] without its text: what expectations speak of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum OutcomeKind {
    /// It gave a token.
    Token,
    /// It accepted.
    Accept,
    /// It rejected.
    Reject,
    /// It let the call go on as nobody's.
    Anonymous,
    /// It declined by a documented error.
    Refused,
    /// An exception came out.
    Threw,
}

impl OutcomeKind {
    /// The word of the protocol and of the suite file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Anonymous => "anonymous",
            Self::Refused => "refused",
            Self::Threw => "threw",
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
