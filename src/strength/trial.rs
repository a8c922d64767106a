//! A suite, run against an implementation in this process.

use crate::results::{Observed, Verdict, judge};
use crate::scheme::{Call, Implementation, Reference};
use crate::signature::Outcome;
use crate::suite::{Level, Suite, Vector};

/// A suite that is ready to be run many times.
#[derive(Debug)]
pub(super) struct Trial<'s> {
    pub(super) suite: &'s Suite,
    /// What the oracle does, for each vector.
    right: Vec<Outcome>,
}

/// A vector that catches something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Catch {
    /// Its index in the suite.
    pub vector: usize,
    /// Its level: one of level `may` shows a difference, but fails nobody.
    pub level: Level,
}

impl<'s> Trial<'s> {
    pub(super) fn new(suite: &'s Suite) -> Self {
        let mut oracle = Reference::new();
        let right = suite.vectors.iter().map(|vector| oracle.call(&call(suite, vector))).collect();
        Self { suite, right }
    }

    /// The vectors that an implementation fails or, where nothing is bound, on which it does not
    /// what the oracle does.
    pub(super) fn catches(&self, implementation: &mut dyn Implementation) -> Vec<Catch> {
        (0..self.suite.vectors.len())
            .filter(|&vector| self.catches_at(vector, implementation))
            .map(|vector| Catch { vector, level: self.suite.vectors[vector].level })
            .collect()
    }

    /// Whether one vector catches it.
    pub(super) fn catches_at(&self, at: usize, implementation: &mut dyn Implementation) -> bool {
        let vector = &self.suite.vectors[at];
        let outcome = implementation.call(&call(self.suite, vector));
        if vector.level == Level::May {
            return match (&outcome, &self.right[at]) {
                (Outcome::Token(one), Outcome::Token(other)) => one != other,
                (one, other) => one.kind() != other.kind(),
            };
        }
        let observed = Observed::Outcome(outcome);
        let op = vector.request.op;
        judge(op, vector.level, &vector.expect, &observed, Level::Should) != Verdict::Pass
    }
}

fn call<'s>(suite: &'s Suite, vector: &'s Vector) -> Call<'s> {
    let request = &vector.request;
    Call {
        op: request.op,
        scheme: &suite.scheme,
        secrets: &request.secrets,
        fields: &request.fields,
        token: request.token.as_ref(),
        now: request.now,
    }
}
