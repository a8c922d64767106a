//! From a scheme to a whole suite: every edge case that applies to it.
//!
//! [`generate`] takes a scheme file, which holds a scheme and perhaps requirements and vectors by
//! hand, and writes the complete suite. What inputs there are stands as data, each with the bug
//! that it catches: identities, secrets, tokens and their spellings, times, platforms. What is
//! expected of each is computed with the oracle, and written as a literal.

mod ages;
mod carried_texts;
mod case;
mod clock;
mod comparisons;
mod confusions;
mod dates;
mod documents;
mod domain;
mod encoded_secrets;
mod error;
mod fixture;
mod forgeries;
mod generate;
mod identities;
mod interpreted;
mod items;
mod malformed;
mod merge;
mod optional_parts;
mod other_fields;
mod platforms;
pub(crate) mod requirements;
mod rotation;
mod row;
mod rows;
mod secret_bytes;
mod secrets;
mod sending;
mod spellings;
mod suggestion;
mod times;
mod tokens;
mod valid_token;
mod values;
mod vector_builder;
mod vectors;
mod wycheproof;
mod yaml;

pub(crate) use case::{Expected, Sound};
pub(crate) use confusions::has_another_reading;
pub(crate) use domain::{Domain, is_ordinary};
pub use error::GenerateError;
pub(crate) use fixture::{Fixture, Form, NOW};
pub use generate::{generate, whole};
pub(crate) use requirements::Rule;
#[cfg(test)]
pub(crate) use rows::rows;
pub use suggestion::{Suggestion, suggestions};
pub use wycheproof::{Imported, WycheproofError, import_wycheproof};
pub(crate) use yaml::{Entry, entry_line, quoted, write_entry};
