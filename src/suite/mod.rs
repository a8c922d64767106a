//! Suites: one YAML file each, with a scheme, its requirements and its vectors.
//!
//! [`Suite`] is what the rest of the program works with. Everything that can be wrong with a file
//! is said while it is loaded ([`Suite::parse`], [`Suite::load`]); after that nothing is checked
//! again. The file itself is described in `docs/suite-format.md`, its form in [`schema`].

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
mod policy_reader;
mod position;
mod raw;
mod schema;
mod scheme_reader;
mod vector_reader;

pub use crate::signature::InputKind;
pub use embedded::{Embedded, default_suites, embedded, find};
pub use error::{Problem, SuiteError};
pub(crate) use excerpt::Excerpt;
pub(crate) use forms::{Entries, OneOf, present};
pub use literal::Unusable;
pub(crate) use load::from_yaml;
pub use load::{MAX_FILE_BYTES, is_foreign_pipe};
pub use model::{Basis, Expect, Level, Requirement, Source, Suite, SuiteText, Vector};
pub(crate) use position::At;
pub use position::Position;
pub use schema::schema;
