//! Why no suite could be generated.

use crate::suite::SuiteError;

/// Why no suite could be generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The scheme file does not load.
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
    /// The generated suite does not load.
    #[error("the generated suite does not load: {0}")]
    Result(SuiteError),
}
