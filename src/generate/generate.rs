//! From the text of a scheme file to the text of the complete suite.

use std::collections::BTreeMap;

use crate::generate::fixture::Fixture;
use crate::generate::merge::{Key, Outline};
use crate::generate::requirements::{self, Rule};
use crate::generate::vectors::vectors;
use crate::generate::yaml::{write_requirement, write_vector};
use crate::suite::{Basis, Level, Position, Suite, SuiteError};

/// Why no suite could be generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The scheme file itself is no suite.
    #[error(transparent)]
    Scheme(SuiteError),
    /// The file has been through the generator.
    #[error("{0} is a generated suite; generate from the scheme file that its comments name")]
    Generated(String),
    /// A vector by hand has the name of a generated one.
    #[error(
        "{path}: the vector {id:?} by hand has the id of a generated one, which shows {shows:?}; rename it"
    )]
    SameId {
        /// The scheme file.
        path: String,
        /// The id.
        id: String,
        /// What the generated vector shows.
        shows: &'static str,
    },
    /// No input of the form that the scheme states was found.
    #[error(
        "{path}: no example was found that matches the pattern of {what}; give one in a vector by hand that signs or accepts"
    )]
    NoInput {
        /// The scheme file.
        path: String,
        /// The field, or the secret.
        what: String,
    },
    /// The file is written so that nothing can be put into it.
    #[error("{path}: {key}: is not written in block style, with each entry on lines of its own")]
    NotBlockStyle {
        /// The scheme file.
        path: String,
        /// The key.
        key: &'static str,
    },
    /// The order of the file leaves no place for what is generated.
    #[error("{path}: {key}: is not the last key of the file; move it to the end")]
    NotLast {
        /// The scheme file.
        path: String,
        /// The key.
        key: &'static str,
    },
    /// What came of it does not load.
    #[error("the generated suite does not load: {0}")]
    Result(SuiteError),
}

/// Writes the complete suite of a scheme file: its text, byte for byte, with the requirements and
/// vectors of the catalogue that apply to the scheme put in. `path` names the file in the comments
/// of the result and in errors.
///
/// The same text gives the same suite. A requirement that the file defines itself keeps its level,
/// and the generated vectors that show it take that level on.
pub fn generate(path: &str, text: &str) -> Result<String, GenerateError> {
    if text.contains(MARK) {
        return Err(GenerateError::Generated(path.to_owned()));
    }
    let outline = Outline::of(path, text)?;
    let suite = by_hand(path, text, &outline)?;
    if let Some(what) = Fixture::new(&suite).without_input() {
        return Err(GenerateError::NoInput {
            path: path.to_owned(),
            what,
        });
    }
    let cases = vectors(&suite);
    if let Some(case) = cases.iter().find(|case| suite.vector(&case.id).is_some()) {
        return Err(GenerateError::SameId {
            path: path.to_owned(),
            id: case.id.clone(),
            shows: case.rule.id,
        });
    }
    let levels = Levels::of(&suite);
    let mut vectors = comment(path, outline.indent(Key::Vectors));
    for case in &cases {
        write_vector(
            case,
            levels.of_rule(case.rule).0,
            outline.indent(Key::Vectors),
            &mut vectors,
        );
    }
    let mut requirements = comment(path, outline.indent(Key::Requirements));
    let mut written = 0;
    for rule in requirements::ALL {
        let is_shown = cases.iter().any(|case| case.rule == *rule);
        if is_shown && !levels.by_hand.contains_key(rule.id) {
            let (level, basis) = levels.of_rule(rule);
            write_requirement(
                rule,
                level,
                basis,
                outline.indent(Key::Requirements),
                &mut requirements,
            );
            written += 1;
        }
    }
    if written == 0 {
        requirements.clear();
    }
    let merged = outline.merge(&requirements, &vectors);
    Suite::parse(path, &merged).map_err(GenerateError::Result)?;
    Ok(merged)
}

/// The suite by hand, perhaps without requirements or vectors.
fn by_hand(path: &str, text: &str, outline: &Outline<'_>) -> Result<Suite, GenerateError> {
    Suite::parse(path, &outline.completed()).map_err(|error| {
        // An error behind the end of the file is about keys that stand there only for us.
        let lines = text.lines().count();
        let is_behind = |at: Position| usize::try_from(at.line).is_ok_and(|line| line > lines);
        let of_the_file = error.position().filter(|&at| is_behind(at));
        let own = of_the_file.and_then(|_| Suite::parse(path, text).err());
        GenerateError::Scheme(own.unwrap_or(error))
    })
}

/// What every generated part begins with.
const MARK: &str = "# What follows is generated by `macproof suite generate` from ";

fn comment(path: &str, indent: usize) -> String {
    // A line end in a path would end the comment.
    let path: String = path.chars().filter(|c| !c.is_control()).collect();
    format!("\n{}{MARK}{path}.\n", " ".repeat(indent))
}

/// The levels and bases that the scheme's author has given.
struct Levels {
    by_hand: BTreeMap<String, (Level, Basis)>,
}

impl Levels {
    fn of(suite: &Suite) -> Self {
        let level = |r: &crate::suite::Requirement| (r.id.to_string(), (r.level, r.basis));
        Self {
            by_hand: suite.requirements.iter().map(level).collect(),
        }
    }

    /// Only what the author has written cites the document, and so rests on it.
    fn of_rule(&self, rule: &Rule) -> (Level, Basis) {
        let by_hand = |rule: &Rule| self.by_hand.get(rule.id).copied();
        by_hand(rule).unwrap_or_else(|| {
            let followed = rule.follows.and_then(by_hand);
            let (level, basis) = followed.unwrap_or((rule.level, rule.basis));
            (level, basis.uncited())
        })
    }
}
