//! Implementations that do nothing.

use crate::scheme::{Call, Implementation};
use crate::signature::{Op, Outcome};
use crate::strength::trial::Trial;

/// What an implementation that does nothing comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NullScore {
    /// What it does.
    pub name: &'static str,
    /// How many vectors of level `must` and `should` it passes.
    pub passed: usize,
    /// How many of them there are.
    pub of: usize,
}

pub(super) fn null_scores(_trial: &Trial<'_>) -> Vec<NullScore> {
    Vec::new()
}
