//! What is wrong with a suite that loads ([`lint`]), and what is true of its scheme whoever
//! implements it ([`review`]).

mod ambiguity;
mod cuts;
mod expectations;
mod finding;
mod requirements;
mod scalars;
mod source;
mod suite_lint;

pub use ambiguity::{Ambiguity, Collision, ambiguity};
pub use finding::{Finding, Severity, Subject};
pub use suite_lint::lint;
