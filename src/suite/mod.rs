//! Suites: YAML files with a scheme, its requirements and its vectors.
//!
//! The rest of the program works with [`Suite`]. Loading ([`Suite::parse`], [`Suite::load`])
//! rejects a file with any error, so nothing is checked again later. `docs/suite-format.md`
//! describes the file format, and [`schema`] returns its JSON Schema.

mod embedded;
mod error;
mod excerpt;
mod expect_reader;
mod form_error;
mod forms;
mod input_needs;
mod literal;
mod load;
mod model;
mod nearest;
mod places_reader;
mod policy_reader;
mod position;
mod raw;
mod schema;
mod schema_texts;
mod scheme_reader;
mod vector_reader;
mod yaml_options;

pub use crate::signature::InputKind;
#[cfg(test)]
pub(crate) use embedded::well_known;
pub use embedded::{DIGESTS, Embedded, default_suites, embedded, find};
pub use error::{Problem, SuiteError, Unusable};
pub(crate) use excerpt::Excerpt;
pub(crate) use forms::{Entries, OneOf, present};
pub(crate) use load::from_yaml;
pub use load::{MAX_FILE_BYTES, is_foreign_pipe, load_scheme};
pub use model::{
    Basis, Expect, Level, Requirement, Source, Suite, SuiteHead, SuiteKind, SuiteText, Vector,
};
pub(crate) use nearest::nearest;
pub(crate) use position::At;
pub use position::Position;
pub use schema::schema;
