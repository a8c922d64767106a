//! Exit codes, and the errors that set them.

use std::fmt;
use std::process::ExitCode;

use crate::results::{Interruption, Redaction};

/// What a command came to, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Success,
    /// A counted failure: of a case, of a known failure, of a lint, of a check.
    Failed,
    /// Usage, configuration, a suite, or a run of no case.
    Usage,
    /// Incomplete: an error, or a skip that no list allows.
    Incomplete,
    /// No usable adapter, output that could not be written, or the harness itself failed.
    Harness,
    /// A signal ended it before its time; that comes before all else.
    Interrupted(Interruption),
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::Harness => 4,
            Self::Interrupted(interruption) => interruption.exit_code(),
        }
    }

    /// The exit of that number; anything unknown is a failure of the harness.
    pub fn of(code: u8) -> Self {
        if let Some(interruption) = Interruption::of(code) {
            return Self::Interrupted(interruption);
        }
        [Self::Success, Self::Failed, Self::Usage, Self::Incomplete]
            .into_iter()
            .find(|exit| exit.code() == code)
            .unwrap_or(Self::Harness)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// What ends a command: a message for people, and the exit code.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    message: String,
    pub(crate) exit: Exit,
}

impl Stop {
    /// Bad arguments, configuration, files.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit: Exit::Usage,
        }
    }

    /// No usable adapter, or something of ours that does not work.
    pub(crate) fn harness(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit: Exit::Harness,
        }
    }
}

impl Stop {
    /// A signal came; `message` says what is lost by that.
    pub(crate) fn interrupted(interruption: Interruption, message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit: Exit::Interrupted(interruption),
        }
    }

    /// The same without what may not be shown.
    pub(crate) fn redacted(self, redaction: &Redaction) -> Self {
        Self {
            message: redaction.text(&self.message),
            ..self
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
