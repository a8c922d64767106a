//! The verdict of a case.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::signature::enumerated;

enumerated! {
    /// What one case came to.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
    )]
    #[serde(rename_all = "kebab-case")]
    pub enum Verdict {
        /// It did what is expected.
        Pass,
        /// It did not, and its level counts.
        Fail,
        /// It did not, but its level is below the one that counts.
        Warning,
        /// A matter of taste: what happened is noted.
        Observed,
        /// No valid answer came: a crash, a time-out, a breach of the protocol.
        Error,
        /// It was not tried, with the reason.
        Skipped,
        /// The implementation does not claim what the case needs.
        NotApplicable,
        /// It failed as the list of known failures says.
        KnownFailure,
        /// The list says that it fails, and it passed.
        UnexpectedPass,
    }
}

impl Verdict {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warning => "warning",
            Self::Observed => "observed",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::NotApplicable => "not-applicable",
            Self::KnownFailure => "known-failure",
            Self::UnexpectedPass => "unexpected-pass",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
