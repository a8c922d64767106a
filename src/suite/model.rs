//! A loaded suite.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scheme::Scheme;
use crate::signature::enumerated;
use crate::signature::{CaseId, InputKind, OutcomeKind, Request, Slug};
use crate::suite::Position;
use crate::suite::excerpt::Excerpt;

/// A scheme, its requirements, and the vectors that show them.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The suite's name, the first half of every case id.
    pub name: Slug,
    /// The version, which the author raises when an expectation changes.
    pub version: u32,
    /// The title for people.
    pub title: String,
    /// What is signed, as people would look for it.
    pub kind: Option<SuiteKind>,
    /// The document on which the suite is based.
    pub source: Source,
    /// The signature scheme.
    pub scheme: Scheme,
    /// The requirements, in file order.
    pub requirements: Vec<Requirement>,
    /// The vectors, in file order.
    pub vectors: Vec<Vector>,
    /// The SHA-256 of the file, in lower-case hex.
    pub digest: String,
    /// The file's text, for errors and reports that show a line of it.
    pub text: SuiteText,
}

enumerated! {
    /// What the systems of a suite sign.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum SuiteKind {
        /// Who a user is, for a page in the browser.
        Identity,
        /// A request that a platform sends to its customer.
        Webhook,
        /// A request to a platform.
        SignedRequest,
        /// A URL that grants something.
        SignedUrl,
        /// A value that comes back, such as a cookie.
        Value,
    }
}

impl SuiteKind {
    /// The name that a suite file uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Webhook => "webhook",
            Self::SignedRequest => "signed-request",
            Self::SignedUrl => "signed-url",
            Self::Value => "value",
        }
    }

    /// The kind of that [`name`](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a suite says of itself.
#[derive(Clone, Debug, Deserialize)]
pub struct SuiteHead {
    /// The title for people.
    pub title: String,
    /// What is signed, as people would look for it.
    #[serde(default)]
    pub kind: Option<SuiteKind>,
}

/// The text of a file from which a suite was loaded.
#[derive(Clone, Debug)]
pub struct SuiteText {
    /// The path as the user gave it.
    pub path: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

impl SuiteText {
    /// The line at a position, cropped and safe to print, with a marker below the column. Spans
    /// several lines without a trailing line feed. Empty if the file has no such line.
    pub fn excerpt(&self, at: Position) -> String {
        Excerpt::of(&self.text, at)
            .map(|excerpt| excerpt.to_string())
            .unwrap_or_default()
    }
}

/// The document that a suite is based on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its title.
    pub title: String,
    /// Where it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The day on which it was retrieved, such as `2026-11-20`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
}

/// A statement about implementations.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Its id in the suite.
    pub id: Slug,
    /// How binding it is.
    pub level: Level,
    /// What it is based on.
    pub basis: Basis,
    /// The text of the statement.
    pub text: String,
    /// Where the document makes the statement.
    pub place: Option<String>,
    /// The line on which the requirement begins, from 1.
    pub line: u32,
}

/// How much a requirement matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// An implementation that fails it does not conform.
    Must,
    /// An implementation that fails it gets a warning.
    Should,
    /// A matter of taste: it is observed, and makes the profile.
    May,
}

impl Level {
    /// The name used in suite files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// On what a requirement rests.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The vendor's document says it.
    Document,
    /// Otherwise a forgery passes.
    Security,
    /// Otherwise it is sloppy.
    Practice,
}

impl Basis {
    /// The basis to use for a requirement that cites no document, even if a document makes the same
    /// statement.
    pub(crate) fn uncited(self) -> Self {
        match self {
            Self::Document => Self::Practice,
            other => other,
        }
    }

    /// The name used in suite files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Security => "security",
            Self::Practice => "practice",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A literal input with its expectation.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Its id in the suite.
    pub id: Slug,
    /// The requirements that the vector shows, as indices into [`Suite::requirements`]; all have
    /// the same level.
    pub shows: Vec<usize>,
    /// The level of those requirements.
    pub level: Level,
    /// The weakest basis of the requirements it shows: a failure must not be blamed on a document
    /// that does not state all of them.
    pub basis: Basis,
    /// Which bug the vector catches.
    pub note: Option<String>,
    /// The line on which the vector begins, from 1.
    pub line: u32,
    /// The request to send.
    pub request: Request,
    /// Which kind of input the adapter must support.
    pub input: InputKind,
    /// The expectation.
    pub expect: Expect,
}

/// The expected outcome of a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// This token or, if that is acceptable, declining.
    Token {
        /// The exact token.
        token: String,
        /// The acceptable ways to decline: `refused`, `threw` or both, in this order.
        or: Vec<OutcomeKind>,
        /// The separator of the token's pairs, if another order of these is as good.
        pairs: Option<String>,
    },
    /// A request with a right signature or, if that is acceptable, declining.
    Sent {
        /// The acceptable ways to decline: `refused`, `threw` or both, in this order.
        or: Vec<OutcomeKind>,
        /// The seconds of which one is the time of the signature.
        within: RangeInclusive<u64>,
    },
    /// One of these outcomes.
    Outcomes(Vec<OutcomeKind>),
    /// A rejection with a reason.
    Rejected {
        /// Any of these codes; if empty, any or no code.
        codes: Vec<String>,
        /// The HTTP status; if `None`, any or no status.
        status: Option<u16>,
    },
    /// No expectation: the outcome is recorded under this name.
    Observe(String),
}

impl Suite {
    /// The case id of a vector of this suite.
    pub fn case_id(&self, vector: &Vector) -> CaseId {
        CaseId::new(&self.name, &vector.id)
    }

    /// The vector with this id.
    pub fn vector(&self, id: &str) -> Option<&Vector> {
        self.vectors.iter().find(|vector| vector.id.as_str() == id)
    }

    /// The requirement with this id.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements
            .iter()
            .find(|requirement| requirement.id.as_str() == id)
    }

    /// The requirements that a vector shows.
    pub fn shown_by<'s>(&'s self, vector: &'s Vector) -> impl Iterator<Item = &'s Requirement> {
        vector.shows.iter().map(|&at| &self.requirements[at])
    }
}

impl Expect {
    /// The kinds of outcomes that meet it, where these are right in themselves; none if nothing is
    /// expected.
    pub fn outcomes(&self) -> Vec<OutcomeKind> {
        match self {
            Self::Token { or, .. } => [&[OutcomeKind::Token], &or[..]].concat(),
            Self::Sent { or, .. } => [&[OutcomeKind::Sent], &or[..]].concat(),
            Self::Outcomes(kinds) => kinds.clone(),
            Self::Rejected { .. } => vec![OutcomeKind::Reject],
            Self::Observe(_) => Vec::new(),
        }
    }

    /// Whether a token is the expected one: to the byte, or up to the order of its pairs.
    pub fn is_token(due: &str, pairs: Option<&str>, actual: &str) -> bool {
        let sorted = |token: &'_ str, separator: &str| {
            let mut pairs: Vec<String> = token.split(separator).map(str::to_owned).collect();
            pairs.sort_unstable();
            pairs
        };
        due == actual || pairs.is_some_and(|pairs| sorted(due, pairs) == sorted(actual, pairs))
    }
}

impl Requirement {
    /// The id of the requirement that a token is as the scheme writes it. Where it cites the
    /// vendor's document, that settles the order of pairs, too.
    pub(crate) const TOKEN_IS_EXACT: &str = "token-is-exact";
}

impl Vector {
    /// The basis of a vector that shows requirements with these bases.
    pub fn basis_of(bases: impl IntoIterator<Item = Basis>) -> Basis {
        bases.into_iter().max().unwrap_or(Basis::Practice)
    }
}
