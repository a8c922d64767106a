//! The hello: what the adapter is, and what it supports.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::prose;
use crate::signature::Op;
use crate::suite::InputKind;

/// The protocol version of this program.
pub const PROTOCOL_VERSION: u32 = 1;

/// An adapter's hello. The methods supply defaults for absent members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The adapter's protocol version.
    pub protocol: u32,
    /// The implementation under test.
    pub implementation: ImplementationInfo,
    /// The suites it implements; all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suites: Option<Vec<String>>,
    /// The operations it supports; `sign` and `verify` if absent. Unknown operations are ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ops: Option<Vec<String>>,
    /// Which clock it uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// The kinds of values it accepts. Unknown kinds are ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<String>>,
    /// How many requests may be outstanding at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_in_flight: Option<u32>,
}

/// What an adapter states about its implementation. Untrusted text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ImplementationInfo {
    /// Its name.
    #[serde(deserialize_with = "prose::text")]
    #[schemars(with = "String")]
    pub name: String,
    /// Its version.
    #[serde(
        default,
        deserialize_with = "prose::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub version: Option<String>,
    /// The language it is written in.
    #[serde(
        default,
        deserialize_with = "prose::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub language: Option<String>,
    /// Notes by its author.
    #[serde(
        default,
        deserialize_with = "prose::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub notes: Option<String>,
}

impl ImplementationInfo {
    /// The name for use in a sentence; a generic phrase if it is empty.
    pub fn called(&self) -> &str {
        if self.name.trim().is_empty() {
            "an implementation without a name"
        } else {
            &self.name
        }
    }
}

impl ImplementationInfo {
    /// Whether both describe the same implementation: equal names and, if both have one, equal
    /// versions.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let versions = self.version.as_ref().zip(other.version.as_ref());
        self.name == other.name && versions.is_none_or(|(one, other)| one == other)
    }
}

/// The name, followed by the version if there is one. Both are untrusted text.
impl fmt::Display for ImplementationInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.called())?;
        match &self.version {
            Some(version) => write!(f, " {version}"),
            None => Ok(()),
        }
    }
}

/// The clock that an implementation uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The `now` of the request.
    #[default]
    Injected,
    /// The system clock.
    System,
}

/// Why an answer is not a valid hello.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HelloError {
    /// The line is not valid JSON, or does not have the form of a hello.
    #[error("its first line is not a valid hello: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The adapter speaks another protocol version.
    #[error("unsupported protocol version {0}; this macproof speaks version {PROTOCOL_VERSION}")]
    Version(u32),
    /// `max_in_flight` is 0.
    #[error("max_in_flight is 0; it must be at least 1")]
    NothingInFlight,
}

impl Hello {
    /// Appends the harness's greeting, including the line feed.
    pub fn write_greeting(out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"op\":\"hello\",\"protocol\":1}\n");
    }

    /// Parses the adapter's hello. Fails if it is malformed, has another protocol version, or
    /// allows no requests.
    pub fn parse(line: &[u8]) -> Result<Self, HelloError> {
        let hello: Self = serde_json::from_slice(line)?;
        match (hello.protocol, hello.max_in_flight) {
            (PROTOCOL_VERSION, Some(0)) => Err(HelloError::NothingInFlight),
            (PROTOCOL_VERSION, _) => Ok(hello),
            (other, _) => Err(HelloError::Version(other)),
        }
    }

    /// Whether the adapter implements the suite.
    pub fn has_suite(&self, suite: &str) -> bool {
        self.suites
            .as_ref()
            .is_none_or(|suites| suites.iter().any(|known| known == suite))
    }

    /// Whether the adapter supports the operation.
    pub fn has_op(&self, op: Op) -> bool {
        match &self.ops {
            None => match op {
                Op::Sign | Op::Verify => true,
                Op::Identify | Op::Send => false,
            },
            Some(ops) => ops.iter().any(|known| known == op.name()),
        }
    }

    /// Whether the adapter accepts values of this kind.
    pub fn takes(&self, input: InputKind) -> bool {
        match &self.inputs {
            None => input == InputKind::Text,
            Some(inputs) => inputs.iter().any(|known| known == input.name()),
        }
    }

    /// Which clock the implementation uses.
    pub fn clock(&self) -> Clock {
        self.clock.unwrap_or_default()
    }

    /// How many requests may be outstanding at once; at least 1.
    pub fn max_in_flight(&self) -> usize {
        self.max_in_flight.unwrap_or(1).max(1) as usize
    }

    /// Whether the hello lists this suite and operation explicitly, rather than by default. If it
    /// does, an `unsupported` answer contradicts it.
    pub fn declared(&self, suite: &str, op: Op) -> bool {
        self.suites
            .as_ref()
            .is_some_and(|suites| suites.iter().any(|known| known == suite))
            && self
                .ops
                .as_ref()
                .is_some_and(|ops| ops.iter().any(|known| known == op.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Hello, HelloError};

    #[test]
    fn text_for_people_need_not_be_unicode() {
        let line = br#"{"protocol":1,"implementation":{"name":"a\ud83d","version":"\udead",
            "language":null,"notes":"at \ud83d\ude00"},"clock":"system"}"#;
        let said = Hello::parse(line).unwrap().implementation;
        assert_eq!(said.name, "a\u{fffd}");
        assert_eq!(said.version.as_deref(), Some("\u{fffd}"));
        assert_eq!(said.language, None);
        assert_eq!(said.notes.as_deref(), Some("at \u{1f600}"));
    }

    #[test]
    fn required_members_are_checked() {
        for line in [
            br#"{"protocol":1,"implementation":{"name":"a"},"suites":["\ud83d"]}"#,
            br#"{"protocol":1,"implementation":{"name":"a"},"clock":"sys\ud83d"}"#,
        ] {
            assert!(matches!(Hello::parse(line), Err(HelloError::Malformed(_))));
        }
        assert!(Hello::parse(br#"{"protocol":1,"implementation":{}}"#).is_err());
    }
}
