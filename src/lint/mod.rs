//! Problems of a suite that loads ([`lint`]), and remarks on its scheme that hold for every
//! implementation ([`review`]).

mod ambiguity;
mod entropy;
mod example;
mod expectations;
mod finding;
mod form;
mod forms;
mod requirements;
mod review;
mod scalars;
mod source;
mod splits;
mod suite_lint;

pub use ambiguity::{Ambiguity, Collision, ambiguity};
pub use finding::{Finding, Severity, Subject};
pub use review::{ReviewRemark, review};
pub use suite_lint::lint;
