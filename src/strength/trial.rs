//! A suite, run against an implementation in this process.

use crate::results::{Observed, Verdict, judge};
use crate::scheme::{Implementation, Reference};
use crate::signature::{Op, Outcome};
use crate::suite::{Expect, Level, Suite};

/// A suite that is ready to be run many times.
#[derive(Debug)]
pub(super) struct Trial<'s> {
    pub(super) suite: &'s Suite,
    /// What the oracle does, for each vector.
    right: Vec<Outcome>,
}

impl<'s> Trial<'s> {
    /// A suite, its oracle asked.
    pub(super) fn new(suite: &'s Suite) -> Self {
        let mut oracle = Reference::new();
        let right = suite
            .vectors
            .iter()
            .map(|vector| oracle.call(&vector.request.call(&suite.scheme)))
            .collect();
        Self { suite, right }
    }

    /// The vectors that tell an implementation from a sound one, as indices into the suite's.
    ///
    /// `only` says which operations the implementation does otherwise than the oracle; the others
    /// need not be tried.
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

    /// Whether one vector tells an implementation from a sound one: by failing it or, at level
    /// `may`, by what is observed.
    pub(super) fn is_caught_by(&self, at: usize, implementation: &mut dyn Implementation) -> bool {
        let vector = &self.suite.vectors[at];
        let outcome = implementation.call(&vector.request.call(&self.suite.scheme));
        is_told(
            vector.request.op,
            vector.level,
            &vector.expect,
            &self.right[at],
            outcome,
        )
    }

    /// Whether an implementation passes a vector that binds it.
    pub(super) fn passes(&self, at: usize, implementation: &mut dyn Implementation) -> bool {
        !self.is_caught_by(at, implementation)
    }

    /// Whether a vector binds whoever signs or verifies.
    pub(super) fn binds(&self, at: usize) -> bool {
        self.is_of_signatures(at) && self.suite.vectors[at].level != Level::May
    }

    /// Whether a vector is about signatures. What identifies is about the policy: it would catch
    /// mistakes in verifying too, but is not there for them.
    fn is_of_signatures(&self, at: usize) -> bool {
        self.suite.vectors[at].request.op != Op::Identify
    }
}

/// Whether an outcome is not what is expected; where nothing is, whether it is another than that of
/// the oracle.
pub(super) fn is_told(
    op: Op,
    level: Level,
    expect: &Expect,
    right: &Outcome,
    outcome: Outcome,
) -> bool {
    if level == Level::May {
        return differ(right, &outcome);
    }
    let observed = Observed::Outcome(outcome);
    judge(op, level, expect, &observed, Level::Should) != Verdict::Pass
}

/// Whether two outcomes are not the same for those who get them: reasons aside.
pub(super) fn differ(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Token(one), Outcome::Token(other)) => one != other,
        (one, other) => one.kind() != other.kind(),
    }
}
