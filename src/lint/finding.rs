//! The findings of lint.

use std::fmt;

use crate::suite::{Position, SuiteText};

/// A problem, or a possible problem, of a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How serious the finding is.
    pub severity: Severity,
    /// Its place in the file.
    pub position: Position,
    /// The vector, requirement or part of the scheme concerned.
    pub subject: Subject,
    /// The problem and its remedy.
    pub message: String,
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It makes verdicts wrong, or other YAML readers read it differently.
    Error,
    /// It may be intended.
    Warning,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The vector with this id.
    Vector(String),
    /// The requirement with this name.
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
    /// Renders the finding with the line of the file, like errors of the loader.
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
