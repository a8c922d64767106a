//! Two implementations against each other: where do they differ, and does each take the other's
//! tokens? No oracle has a say in it, except whether a token is right for the second in which an
//! implementation with a clock of its own made it.

mod comparing;
mod difference;
mod document;
mod drive;
mod matrix;
mod options;
mod output;
mod pace;

pub use document::{VersusCircumstances, versus_document};
pub use drive::versus;
pub use options::VersusOptions;
pub use output::Versus;
