//! Runs a suite against an in-process implementation.

use crate::results::Expectation;
use crate::scheme::{Implementation, Reference};
use crate::signature::{Op, Outcome};
use crate::suite::{Level, Suite};

/// A suite prepared for many runs.
#[derive(Debug)]
pub(super) struct Mutant<'s> {
    pub(super) suite: &'s Suite,
    /// The oracle's outcome for each vector.
    right: Vec<Outcome>,
}

impl<'s> Mutant<'s> {
    /// Prepares a suite by running the oracle on it.
    pub(super) fn new(suite: &'s Suite) -> Self {
        let mut oracle = Reference::new();
        let right = suite
            .vectors
            .iter()
            .map(|vector| oracle.call(&vector.request.call(&suite.scheme)))
            .collect();
        Self { suite, right }
    }

    /// The vectors that distinguish an implementation from a correct one, as indices into the
    /// suite's vectors.
    ///
    /// `only` selects the operations in which the implementation may differ from the oracle; the
    /// others are not tried.
    pub(super) fn catches(
        &self,
        implementation: &mut dyn Implementation,
        only: impl Fn(Op) -> bool,
    ) -> Vec<usize> {
        (0..self.suite.vectors.len())
            .filter(|&at| self.is_of_signatures(at) && only(self.suite.vectors[at].request.op))
            .filter(|&at| self.is_caught_by(at, implementation))
            .collect()
    }

    /// Whether vector `at` distinguishes an implementation from a correct one: the implementation
    /// fails it or, at level `may`, is observed to differ.
    pub(super) fn is_caught_by(&self, at: usize, implementation: &mut dyn Implementation) -> bool {
        let vector = &self.suite.vectors[at];
        let outcome = implementation.call(&vector.request.call(&self.suite.scheme));
        Expectation::of(&self.suite.scheme, vector).exposes(&outcome, &self.right[at])
    }

    /// Whether an implementation passes vector `at`.
    pub(super) fn passes(&self, at: usize, implementation: &mut dyn Implementation) -> bool {
        !self.is_caught_by(at, implementation)
    }

    /// Whether vector `at` demands something, that is, its level is not `may`.
    pub(super) fn binds(&self, at: usize) -> bool {
        self.is_of_signatures(at) && self.suite.vectors[at].level != Level::May
    }

    /// Whether vector `at` is about signatures. Identify vectors test the policy, and few
    /// implementations send; both would catch mistakes, too, but that is not their purpose.
    fn is_of_signatures(&self, at: usize) -> bool {
        self.suite.vectors[at].request.op.is_of_tokens()
    }
}
