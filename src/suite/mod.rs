//! Suites: one YAML file each, with a scheme, its requirements and its vectors.
//!
//! [`model`] is what the rest of the program works with. Everything that can be wrong with a file
//! is said while it is loaded; after that nothing is checked again.

mod model;

pub use model::{
    Basis, Expect, InputKind, Level, Request, Requirement, Source, Suite, SuiteText, Vector,
};
