//! From what happened to a verdict. Nothing else in the program decides whether a case passed.

use crate::results::Verdict;
use crate::signature::{Op, Outcome};
use crate::suite::{Expect, Level};

/// What was observed of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// The implementation did this.
    Outcome(Outcome),
    /// Several rounds of the same case had different outcomes: the first, and the first other.
    Unstable(Outcome, Outcome),
    /// The adapter cannot ask this of it; `declared` if its hello says that it can.
    Unsupported {
        /// The adapter's reason.
        reason: String,
        /// Whether the hello promised it.
        declared: bool,
    },
    /// No valid answer came.
    Failed(Failure),
    /// It was not tried, with the reason.
    Skipped(String),
    /// The implementation does not claim what the case needs, with the reason.
    NotApplicable(String),
}

/// Why no valid answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The process ended before it answered.
    #[error("the adapter ended before it answered: {0}")]
    Crashed(String),
    /// Nothing came in time.
    #[error("no answer within {0} ms")]
    TimedOut(u64),
    /// Nothing came that could be an answer: a lost connection, an error of a server, an output
    /// that says nothing.
    #[error("no usable answer: {0}")]
    NoAnswer(String),
    /// What came breaks the protocol.
    #[error("the adapter broke the protocol: {0}")]
    Protocol(String),
}

/// What a case came to. `level` is the lowest level that counts.
pub fn judge(
    op: Op,
    case_level: Level,
    expect: &Expect,
    observed: &Observed,
    level: Level,
) -> Verdict {
    let failed = if case_level <= level {
        Verdict::Fail
    } else {
        Verdict::Warning
    };
    match observed {
        Observed::Failed(_) => Verdict::Error,
        Observed::Skipped(_)
        | Observed::Unsupported {
            declared: false, ..
        } => Verdict::Skipped,
        Observed::NotApplicable(_) => Verdict::NotApplicable,
        Observed::Unsupported { declared: true, .. } => Verdict::Fail,
        // What changes between rounds cannot be relied on, whichever of the two is right.
        Observed::Unstable(..) if case_level == Level::May => Verdict::Observed,
        Observed::Unstable(..) => failed,
        Observed::Outcome(outcome) if !op.is_answered_by(outcome.kind()) => Verdict::Error,
        Observed::Outcome(outcome) => match is_expected(expect, outcome) {
            None => Verdict::Observed,
            Some(true) => Verdict::Pass,
            Some(false) => failed,
        },
    }
}

/// Whether an outcome is what is expected; `None` where nothing is.
fn is_expected(expect: &Expect, outcome: &Outcome) -> Option<bool> {
    match (expect, outcome) {
        (Expect::Observe(_), _) => None,
        (Expect::Token { token, .. }, Outcome::Token(actual)) => Some(token == actual),
        (Expect::Token { or_refused, .. }, Outcome::Refused(_)) => Some(*or_refused),
        (Expect::Token { .. }, _) => Some(false),
        (Expect::Outcomes(kinds), outcome) => Some(kinds.contains(&outcome.kind())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Observed, judge};
    use crate::results::Verdict;
    use crate::signature::{Op, Outcome, OutcomeKind};
    use crate::suite::{Expect, Level};

    fn token(text: &str) -> Observed {
        Observed::Outcome(Outcome::Token(text.into()))
    }

    #[test]
    fn a_token_is_right_to_the_byte() {
        let expect = Expect::Token {
            token: "ab".into(),
            or_refused: false,
        };
        let sign =
            |observed: &Observed| judge(Op::Sign, Level::Must, &expect, observed, Level::Must);
        assert_eq!(sign(&token("ab")), Verdict::Pass);
        for wrong in ["", "a", "AB", "ab\n", "abc"] {
            assert_eq!(sign(&token(wrong)), Verdict::Fail, "{wrong:?}");
        }
        assert_eq!(
            sign(&Observed::Outcome(Outcome::Refused("no".into()))),
            Verdict::Fail
        );
        assert_eq!(
            sign(&Observed::Outcome(Outcome::Threw("no".into()))),
            Verdict::Fail
        );
        assert_eq!(sign(&Observed::Outcome(Outcome::Accept)), Verdict::Error);
        assert_eq!(
            sign(&Observed::Failed(Failure::TimedOut(1))),
            Verdict::Error
        );
    }

    #[test]
    fn declining_is_as_good_where_the_vector_says_so() {
        let expect = Expect::Token {
            token: "ab".into(),
            or_refused: true,
        };
        let sign =
            |observed: &Observed| judge(Op::Sign, Level::Must, &expect, observed, Level::Must);
        assert_eq!(sign(&token("ab")), Verdict::Pass);
        assert_eq!(
            sign(&Observed::Outcome(Outcome::Refused("no".into()))),
            Verdict::Pass
        );
        assert_eq!(sign(&token("ac")), Verdict::Fail);
        assert_eq!(
            sign(&Observed::Outcome(Outcome::Threw("no".into()))),
            Verdict::Fail
        );
    }

    #[test]
    fn the_level_that_counts_decides_between_failure_and_warning() {
        let expect = Expect::Outcomes(vec![OutcomeKind::Reject, OutcomeKind::Refused]);
        let threw = Observed::Outcome(Outcome::Threw("x".into()));
        let verify = |case, level| judge(Op::Verify, case, &expect, &threw, level);
        assert_eq!(verify(Level::Must, Level::Must), Verdict::Fail);
        assert_eq!(verify(Level::Should, Level::Must), Verdict::Warning);
        assert_eq!(verify(Level::Should, Level::Should), Verdict::Fail);
        let may = Expect::Observe("accepts it".into());
        let accepted = Observed::Outcome(Outcome::Accept);
        assert_eq!(
            judge(Op::Verify, Level::May, &may, &accepted, Level::May),
            Verdict::Observed
        );
    }

    #[test]
    fn what_was_promised_and_is_not_there_fails() {
        let expect = Expect::Outcomes(vec![OutcomeKind::Accept]);
        let unsupported = |declared| Observed::Unsupported {
            reason: "x".into(),
            declared,
        };
        let verify = |o: &Observed| judge(Op::Verify, Level::Must, &expect, o, Level::Must);
        assert_eq!(verify(&unsupported(true)), Verdict::Fail);
        assert_eq!(verify(&unsupported(false)), Verdict::Skipped);
    }
}
