//! What was observed for a case, in one word.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::results::{Failure, Observed};
use crate::signature::enumerated;
use crate::signature::{Op, OutcomeKind};

enumerated! {
    /// What was observed of a case, in one word: what a list of known failures expects, and what
    /// `cases[].outcome` says.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
    )]
    #[serde(rename_all = "kebab-case")]
    pub enum ObservedKind {
        /// It gave a token.
        Token,
        /// It accepted.
        Accept,
        /// It rejected.
        Reject,
        /// It let the call go on as nobody's.
        Anonymous,
        /// It made a request that it would send.
        Sent,
        /// It declined by a documented error.
        Refused,
        /// An exception came out.
        Threw,
        /// Rounds of the same case differed.
        Unstable,
        /// The adapter said that it cannot ask this.
        Unsupported,
        /// The adapter's process ended before it answered.
        Crash,
        /// No answer came in time.
        TimeOut,
        /// What came breaks the protocol, or is no answer to what was asked.
        Protocol,
    }
}

impl ObservedKind {
    /// Classifies an observation of `op`; `None` if the case was not tried.
    pub fn of(op: Op, observed: &Observed) -> Option<Self> {
        match observed {
            Observed::Outcome(outcome) if !op.is_answered_by(outcome.kind()) => {
                Some(Self::Protocol)
            }
            Observed::Outcome(outcome) => Some(Self::of_outcome(outcome.kind())),
            Observed::Unstable(..) => Some(Self::Unstable),
            Observed::Unsupported { .. } => Some(Self::Unsupported),
            Observed::Failed(Failure::Crashed(_)) => Some(Self::Crash),
            Observed::Failed(Failure::TimedOut(_)) => Some(Self::TimeOut),
            Observed::Failed(Failure::Protocol(_) | Failure::NoAnswer(_)) => Some(Self::Protocol),
            Observed::Skipped(_) | Observed::NotApplicable(_) => None,
        }
    }

    /// Whether the implementation itself caused the outcome. What an adapter or a process did
    /// instead says nothing about the implementation's signatures.
    pub fn is_of_the_implementation(self) -> bool {
        match self {
            Self::Token
            | Self::Accept
            | Self::Reject
            | Self::Anonymous
            | Self::Sent
            | Self::Refused
            | Self::Threw
            | Self::Unstable => true,
            Self::Unsupported | Self::Crash | Self::TimeOut | Self::Protocol => false,
        }
    }

    /// The kind of that [`name`](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of an outcome.
    pub fn of_outcome(kind: OutcomeKind) -> Self {
        match kind {
            OutcomeKind::Token => Self::Token,
            OutcomeKind::Accept => Self::Accept,
            OutcomeKind::Reject => Self::Reject,
            OutcomeKind::Anonymous => Self::Anonymous,
            OutcomeKind::Sent => Self::Sent,
            OutcomeKind::Refused => Self::Refused,
            OutcomeKind::Threw => Self::Threw,
        }
    }

    /// The name used in reports and in the list of known failures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Anonymous => "anonymous",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Threw => "threw",
            Self::Unstable => "unstable",
            Self::Unsupported => "unsupported",
            Self::Crash => "crash",
            Self::TimeOut => "time-out",
            Self::Protocol => "protocol",
        }
    }
}

impl fmt::Display for ObservedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::ObservedKind;

    #[test]
    fn kinds_use_the_names_of_the_files() {
        for kind in ObservedKind::ALL {
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
        }
    }
}
