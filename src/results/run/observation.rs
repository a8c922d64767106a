//! What was observed of a case.

use std::borrow::Cow;

use crate::results::{Expectation, Observed, Verdict};
use crate::signature::Request;
use crate::suite::{Expect, Level, Suite, Vector};

/// What was observed for one case.
#[derive(Clone, Debug)]
pub struct Observation<'s> {
    /// The case's suite.
    pub suite: &'s Suite,
    /// The case's vector.
    pub vector: &'s Vector,
    /// The request that was sent, with the secret and the time it was sent with.
    pub request: Cow<'s, Request>,
    /// The expectation: that of the vector, unless the vector was re-signed for an implementation
    /// that uses the real clock.
    pub expect: Cow<'s, Expect>,
    /// The correct token of an observed case; `None` if it cannot be known, or the scheme has none.
    pub right: Option<String>,
    /// What the implementation did.
    pub observed: Observed,
}

impl Observation<'_> {
    /// The verdict. `counts` is the lowest level whose failures count.
    pub fn verdict(&self, counts: Level) -> Verdict {
        let expectation = Expectation {
            scheme: &self.suite.scheme,
            request: &self.request,
            level: self.vector.level,
            expect: &self.expect,
        };
        expectation.verdict(&self.observed, counts)
    }
}
