//! What lint says.

use std::fmt;

use crate::suite::{Position, SuiteText};

/// One thing that is wrong with a suite, or looks so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the suite can be used as it is.
    pub severity: Severity,
    /// Where in the file.
    pub position: Position,
    /// The vector, requirement or part of the scheme that it is about.
    pub subject: Subject,
    /// What is wrong, and what to do.
    pub message: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It makes verdicts wrong, or reads differently elsewhere.
    Error,
    /// It may be meant.
    Warning,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The vector of that id.
    Vector(String),
    /// The requirement of that name.
    Requirement(String),
    /// The message template.
    Message,
    /// The spelling of the file.
    Spelling,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vector(id) => write!(f, "vector {id}: "),
            Self::Requirement(id) => write!(f, "requirement {id}: "),
            Self::Message => f.write_str("the message: "),
            Self::Spelling => Ok(()),
        }
    }
}

impl Finding {
    /// The finding with the line it is about, as errors of the loader are shown.
    pub fn show(&self, source: &SuiteText) -> String {
        let Position { line, column } = self.position;
        let (path, severity) = (&source.path, self.severity);
        let excerpt = source.excerpt(self.position);
        format!(
            "{path}:{line}:{column}: {severity}: {}{}\n{excerpt}",
            self.subject, self.message
        )
    }
}
