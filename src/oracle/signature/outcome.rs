//! What is asked of an implementation, and what it did.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::signature::{Sent, enumerated};

enumerated! {
    /// The operation.
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
        /// Make the whole request that carries an object and its signature.
        Send,
    }
}

impl Op {
    /// The word of the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Verify => "verify",
            Self::Identify => "identify",
            Self::Send => "send",
        }
    }

    /// Whether it is told the time.
    pub fn has_now(self) -> bool {
        match self {
            Self::Sign => false,
            Self::Verify | Self::Identify | Self::Send => true,
        }
    }

    /// Whether it presents a token.
    pub fn presents_a_token(self) -> bool {
        match self {
            Self::Sign | Self::Send => false,
            Self::Verify | Self::Identify => true,
        }
    }

    /// The operation of that [`name`](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.name() == name)
    }

    /// Whether it makes a signature.
    pub fn signs(self) -> bool {
        match self {
            Self::Sign | Self::Send => true,
            Self::Verify | Self::Identify => false,
        }
    }

    /// Whether it makes a token or judges one, and nothing around it.
    pub fn is_of_tokens(self) -> bool {
        match self {
            Self::Sign | Self::Verify => true,
            Self::Identify | Self::Send => false,
        }
    }

    /// Whether it judges a token by the scheme alone, without a policy.
    pub fn verifies(self) -> bool {
        match self {
            Self::Sign | Self::Identify | Self::Send => false,
            Self::Verify => true,
        }
    }

    /// Whether the policy decides it, in a context that the request states.
    pub fn has_context(self) -> bool {
        match self {
            Self::Sign | Self::Verify | Self::Send => false,
            Self::Identify => true,
        }
    }

    /// Whether an outcome of that kind can be an answer to it at all.
    pub fn is_answered_by(self, kind: OutcomeKind) -> bool {
        match kind {
            OutcomeKind::Token => self == Self::Sign,
            OutcomeKind::Sent => self == Self::Send,
            OutcomeKind::Accept | OutcomeKind::Reject => self.presents_a_token(),
            OutcomeKind::Anonymous => self.has_context(),
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
    /// It accepted the token, and said what it reads there. Once that is compared with what the token
    /// carries, only what differs is left, and nothing is plain [`Accept`](Self::Accept).
    Read(Vec<ReadField>),
    /// It rejected the token or the call, perhaps with a code of its own.
    Reject(Denial),
    /// It let the call go on as nobody's.
    Anonymous,
    /// It made a request that it would send.
    Sent(Box<Sent>),
    /// It declined the input or its configuration by its own documented error.
    Refused(String),
    /// An exception came out of it.
    Threw(String),
}

/// What an implementation reads from a token for a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReadField {
    /// The name of the field.
    pub name: String,
    /// What it reads.
    pub read: Vec<u8>,
    /// What the token carries; `None` as long as the two are not compared.
    pub due: Option<Vec<u8>>,
}

/// How long a text of an answer may be to be kept whole in any case, in bytes.
const KEPT: usize = 4096;

/// How much of each end of a longer one is kept, in bytes.
const END: usize = 256;

/// A text of an answer in bounded space, where nothing longer than `due` bytes can be right: one
/// that is much longer becomes its two ends, its length and its digest, so that two that differ
/// still do. `hide` takes out of the whole text what may not be shown, because it may stand across
/// a cut.
pub fn bounded(text: String, due: usize, hide: &dyn Fn(&str) -> String) -> String {
    let room = KEPT.saturating_add(due.saturating_mul(4));
    if text.len() <= room {
        return text;
    }
    let shown = hide(&text);
    let head = &shown[..shown.floor_char_boundary(END)];
    let tail = &shown[shown.ceil_char_boundary(shown.len().saturating_sub(END))..];
    let digest = hex::encode(Sha256::digest(text.as_bytes()));
    let length = text.len();
    format!("{head}… [{length} bytes, SHA-256 {digest}] …{tail}")
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

    /// The same in bounded space: see [`bounded`].
    #[must_use]
    pub fn bounded(self, due: usize, hide: &dyn Fn(&str) -> String) -> Self {
        let short = |text: String| bounded(text, due, hide);
        match self {
            Self::Token(token) => Self::Token(short(token)),
            Self::Reject(Denial { code, status }) => Self::Reject(Denial {
                code: code.map(short),
                status,
            }),
            Self::Refused(why) => Self::Refused(short(why)),
            Self::Threw(what) => Self::Threw(short(what)),
            Self::Read(fields) => {
                let room = due.max(1024);
                let short = |bytes: Vec<u8>| {
                    if bytes.len() <= room {
                        return bytes;
                    }
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    bounded(text, due, hide).into_bytes()
                };
                let bounded = |field: ReadField| ReadField {
                    name: field.name,
                    read: short(field.read),
                    due: field.due.map(short),
                };
                Self::Read(fields.into_iter().map(bounded).collect())
            }
            // Its parts are bounded where it is read.
            Self::Accept | Self::Anonymous | Self::Sent(_) => self,
        }
    }

    /// The token, where there is one.
    pub fn into_token(self) -> Option<String> {
        match self {
            Self::Token(token) => Some(token),
            _ => None,
        }
    }

    /// Whether two outcomes differ for the caller; reasons are for people.
    pub fn differs(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Token(_), Self::Token(_)) | (Self::Read(_), _) | (_, Self::Read(_)) => {
                self != other
            }
            (one, other) => one.kind() != other.kind(),
        }
    }

    /// The outcome without its text.
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Token(_) => OutcomeKind::Token,
            Self::Accept | Self::Read(_) => OutcomeKind::Accept,
            Self::Reject(_) => OutcomeKind::Reject,
            Self::Anonymous => OutcomeKind::Anonymous,
            Self::Sent(_) => OutcomeKind::Sent,
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
    /// It made a request that it would send.
    Sent,
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
            Self::Sent => "sent",
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Denial, KEPT, Outcome};

    #[test]
    fn possible_tokens_are_kept_in_full() {
        let token = Outcome::Token("é".repeat(KEPT));
        assert_eq!(token.clone().bounded(2 * KEPT, &str::to_owned), token);
        let Outcome::Token(kept) = token.bounded(100, &str::to_owned) else {
            panic!("it is a token");
        };
        assert!(kept.contains("8192 bytes, SHA-256 "), "{kept}");
        assert!(kept.starts_with('é') && kept.ends_with('é'));
    }

    #[test]
    fn secrets_are_not_split_by_truncation() {
        let hide = |text: &str| text.replace("secret", "[redacted]");
        for at in 0..600 {
            let text = format!("{}secret{}", "x".repeat(at), "y".repeat(2 * KEPT));
            let kept = super::bounded(text, 0, &hide);
            assert!(
                !kept.contains("xs") && !kept.contains("secr"),
                "{at}: {kept}"
            );
        }
    }

    proptest! {
        #[test]
        fn kept_texts_are_bounded_and_stay_distinct(
            length in KEPT - 10..4 * KEPT,
            at in any::<prop::sample::Index>(),
            due in 0..KEPT,
        ) {
            let text = "xé".repeat(length / 2);
            let mut other: Vec<char> = text.chars().collect();
            let at = at.index(other.len());
            other[at] = 'y';
            let other: String = other.into_iter().collect();
            let kinds: [fn(String) -> Outcome; 4] = [
                Outcome::Token,
                Outcome::Refused,
                Outcome::Threw,
                |code| Outcome::Reject(Denial { code: Some(code), status: None }),
            ];
            for kind in kinds {
                let one = kind(text.clone()).bounded(due, &str::to_owned);
                prop_assert_eq!(&one, &kind(text.clone()).bounded(due, &str::to_owned));
                prop_assert_ne!(&one, &kind(other.clone()).bounded(due, &str::to_owned));
                let length = format!("{one:?}").len();
                prop_assert!(length < 2 * (KEPT + 4 * due), "{}", length);
            }
        }
    }
}
