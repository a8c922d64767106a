//! What a loaded suite is.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scheme::Scheme;
use crate::signature::{CaseId, InputKind, OutcomeKind, Request, Slug};
use crate::suite::Position;
use crate::suite::excerpt::Excerpt;

/// A scheme, its requirements, and the vectors that show them.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its name, the first half of every case id.
    pub name: Slug,
    /// Its version, which its author raises when an expectation changes.
    pub version: u32,
    /// What a person calls it.
    pub title: String,
    /// The document that it is made from.
    pub source: Source,
    /// How signatures are made and checked.
    pub scheme: Scheme,
    /// What an implementation has to do, in the order of the file.
    pub requirements: Vec<Requirement>,
    /// The cases, in the order of the file.
    pub vectors: Vec<Vector>,
    /// The SHA-256 of the file's bytes, in lower-case hex.
    pub digest: String,
    /// The file itself, for errors and reports that show a line of it.
    pub text: SuiteText,
}

/// The file that a suite was loaded from.
#[derive(Clone, Debug)]
pub struct SuiteText {
    /// Its path as a person would name it.
    pub path: Arc<str>,
    /// Its whole text.
    pub text: Arc<str>,
}

impl SuiteText {
    /// The line at a place with a mark under the column, cropped and safe to print; several
    /// lines, the last without a line feed. Empty where the file has no such line.
    pub fn excerpt(&self, at: Position) -> String {
        Excerpt::of(&self.text, at)
            .map(|excerpt| excerpt.to_string())
            .unwrap_or_default()
    }
}

/// The document that a suite is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is called.
    pub title: String,
    /// Where it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The day on which it was read, as `2026-11-20`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
}

/// One statement about implementations.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Its name in the suite.
    pub id: Slug,
    /// How much it matters.
    pub level: Level,
    /// On what it rests.
    pub basis: Basis,
    /// The statement.
    pub text: String,
    /// Where the document says so.
    pub place: Option<String>,
    /// The line of the file on which it begins, from 1.
    pub line: u32,
}

/// How much a requirement matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Whoever fails it does not conform.
    Must,
    /// Whoever fails it is warned.
    Should,
    /// A matter of taste: it is observed, and makes the profile.
    May,
}

impl Level {
    /// The word of the suite file.
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
    /// The basis of a requirement that cites no document, though it may say what one says.
    pub(crate) fn uncited(self) -> Self {
        match self {
            Self::Document => Self::Practice,
            other => other,
        }
    }

    /// The word of the suite file.
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

/// Literal input and what is expected of it.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Its name in the suite.
    pub id: Slug,
    /// The requirements that it shows, as indices into [`Suite::requirements`]; all of one level.
    pub shows: Vec<usize>,
    /// The level of those requirements.
    pub level: Level,
    /// `document` or `security` only if every requirement that it shows is at least that: a
    /// failure may not be blamed on a document that does not say all of it.
    pub basis: Basis,
    /// Which bug it catches.
    pub note: Option<String>,
    /// The line of the file on which it begins, from 1.
    pub line: u32,
    /// What is asked.
    pub request: Request,
    /// What the adapter must be able to take in.
    pub input: InputKind,
    /// What is expected.
    pub expect: Expect,
}

/// What is expected of an implementation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// This token; or, where that is sound too, that it declines.
    Token {
        /// The token, to the byte.
        token: String,
        /// The ways to decline that are as good: `refused`, `threw` or both, in this order.
        or: Vec<OutcomeKind>,
    },
    /// One of these outcomes.
    Outcomes(Vec<OutcomeKind>),
    /// A rejection that says why.
    Rejected {
        /// The codes of which one comes with it; any or none will do where this is empty.
        codes: Vec<String>,
        /// The HTTP status that comes with it; any or none will do where this is `None`.
        status: Option<u16>,
    },
    /// Nothing: what happens is noted under these words.
    Observe(String),
}

impl Suite {
    /// The id of the case that a vector of this suite makes.
    pub fn case_id(&self, vector: &Vector) -> CaseId {
        CaseId::new(&self.name, &vector.id)
    }

    /// The vector of that id.
    pub fn vector(&self, id: &str) -> Option<&Vector> {
        self.vectors.iter().find(|vector| vector.id.as_str() == id)
    }

    /// The requirement of that id.
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

impl Vector {
    /// The basis of a vector that shows requirements of these bases.
    pub fn basis_of(bases: impl IntoIterator<Item = Basis>) -> Basis {
        bases.into_iter().max().unwrap_or(Basis::Practice)
    }
}
