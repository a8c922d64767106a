//! Vectors for a project's own test suite: a suite as one JSON file, and a test file of a framework
//! that reads it.
//!
//! [`Export`] renders the templates in `templates/export/`. The generated test calls the user's
//! `sign` and `verify` in a file of its own, which works immediately where [`SuiteCode`] covers the
//! scheme. Nothing here writes files.
//!
//! [`SuiteCode`]: crate::init::SuiteCode

mod files;
mod format;
mod names;
mod vectors;

pub use files::{Export, ExportedFile, Owner, Place};
pub use format::{Format, Framework, UnknownFormat};
pub use vectors::{schema, vectors};
