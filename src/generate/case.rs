//! A generated vector before it is written.

use crate::generate::requirements::Rule;
use crate::signature::{Fields, Op, OutcomeKind, Secrets, Value};
use crate::suite::Level;

/// A generated vector before it is known at what level its requirement stands.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Its name in the suite.
    pub(crate) id: String,
    /// The requirement that it shows.
    pub(crate) rule: &'static Rule,
    /// Which bug it catches, as a sentence.
    pub(crate) note: String,
    /// What an implementation would do that does it, as in `accepts upper-case hex`.
    pub(crate) observed: String,
    /// The operation.
    pub(crate) op: Op,
    /// The secret or secrets.
    pub(crate) secrets: Secrets,
    /// The given fields.
    pub(crate) fields: Fields,
    /// The token presented; `None` where it is absent, and when signing.
    pub(crate) token: Option<Value>,
    /// The time of verification in Unix seconds.
    pub(crate) now: u64,
    /// Whether something is absent that no text can stand for.
    pub(crate) lacks_something: bool,
    /// What every sound implementation does.
    pub(crate) sound: Sound,
}

/// What every sound implementation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// It gives this token.
    Gives(String),
    /// It gives this token or declines, be it by an exception.
    GivesOrDeclines(String),
    /// It accepts.
    Accepts,
    /// It accepts, or declines what stands beside the token, be it by an exception.
    AcceptsOrDeclines,
    /// It accepts or declines what stands beside the token, and nothing is thrown.
    AcceptsOrRefuses,
    /// It does not accept, be it by an exception.
    DoesNotAccept,
    /// It rejects or refuses, and nothing is thrown.
    RejectsWithoutThrowing,
    /// It gives no token, be it by an exception.
    GivesNoToken,
    /// It declines by its own documented error.
    Declines,
    /// It sends a request with a right signature.
    Sends,
}

/// What a vector expects, as its file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected<'c> {
    /// `{token: …}`, perhaps with `or: [refused, threw]`.
    Token {
        token: &'c str,
        or: &'c [OutcomeKind],
    },
    /// `{outcome: …}`.
    Outcomes(&'c [OutcomeKind]),
    /// `observe: …`.
    Observe(&'c str),
}

impl Case {
    /// Whether both ask the same and expect the same.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.op == other.op
            && self.sound == other.sound
            && self.token == other.token
            && self.fields == other.fields
            && self.now == other.now
            && self.secrets == other.secrets
    }

    /// What the vector expects where its requirement stands at `level`.
    pub(crate) fn expected(&self, level: Level) -> Expected<'_> {
        use OutcomeKind::{Accept, Refused, Reject, Sent, Threw};
        if level == Level::May {
            return Expected::Observe(&self.observed);
        }
        match &self.sound {
            Sound::Gives(token) => Expected::Token { token, or: &[] },
            Sound::GivesOrDeclines(token) => Expected::Token {
                token,
                or: &[Refused, Threw],
            },
            Sound::Accepts => Expected::Outcomes(&[Accept]),
            Sound::AcceptsOrDeclines => Expected::Outcomes(&[Accept, Refused, Threw]),
            Sound::AcceptsOrRefuses => Expected::Outcomes(&[Accept, Refused]),
            Sound::DoesNotAccept => Expected::Outcomes(&[Reject, Refused, Threw]),
            Sound::RejectsWithoutThrowing => Expected::Outcomes(&[Reject, Refused]),
            Sound::GivesNoToken => Expected::Outcomes(&[Refused, Threw]),
            Sound::Declines => Expected::Outcomes(&[Refused]),
            Sound::Sends => Expected::Outcomes(&[Sent]),
        }
    }
}
