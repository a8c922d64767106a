//! Several rounds of one case become one observation.

use std::ops::RangeInclusive;

use crate::results::{Failure, Observed};
use crate::signature::Outcome;
use crate::suite::Expect;

/// What has been seen of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// What happened, if it was asked at all.
    pub(super) observed: Option<Observed>,
    /// What was right for what was observed, where that is not what was planned.
    pub(super) right: Option<Right>,
    /// How many rounds of it are over.
    pub(super) rounds: u64,
}

/// What is right for an answer, where the suite cannot tell before it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// The token of the time of the asking.
    Token(String),
    /// A request whose signature is right.
    Sent {
        /// Whether the one that came is.
        is_right: bool,
        /// The seconds of which one is the time of the signature.
        within: RangeInclusive<u64>,
    },
}

impl Seen {
    /// Takes in what happened in another round, with what was right there. `due` is what was planned
    /// to be expected.
    pub(super) fn add(&mut self, observed: Observed, right: Option<Right>, due: &Expect) {
        let both = (
            is_right(self.observed.as_ref(), self.right.as_ref()),
            is_right(Some(&observed), right.as_ref()),
        );
        // At one time, the same request is right in each round or in none.
        let within = right.as_ref().and_then(Right::within);
        let is_at_one_time =
            within.is_some() && self.right.as_ref().and_then(Right::within) == within;
        self.observed = match (self.observed.take(), observed) {
            (None, one) => Some(one),
            (Some(Observed::Outcome(one)), Observed::Outcome(other))
                if is_at_one_time && matches!(both, (Some(a), Some(b)) if a != b) =>
            {
                Some(Observed::Unstable(one, other))
            }
            // Tokens of two seconds differ in any case: what tells something is a wrong one beside
            // the right one of its second.
            (Some(_), wrong) if both == (Some(true), Some(false)) => {
                self.right = right;
                self.observed = Some(wrong);
                return;
            }
            (Some(earlier), _) if matches!(both, (Some(_), Some(_))) => Some(earlier),
            (Some(earlier), later) => Some(combine(earlier, later, due)),
        };
        if self.right.is_none() {
            self.right = right;
        }
    }
}

impl Right {
    /// The seconds of a request that was sent.
    fn within(&self) -> Option<&RangeInclusive<u64>> {
        match self {
            Self::Token(_) => None,
            Self::Sent { within, .. } => Some(within),
        }
    }
}

/// Whether what came is right, where that is not what was planned.
fn is_right(observed: Option<&Observed>, right: Option<&Right>) -> Option<bool> {
    match (observed, right) {
        (Some(Observed::Outcome(Outcome::Token(token))), Some(Right::Token(right))) => {
            Some(token == right)
        }
        (Some(Observed::Outcome(Outcome::Sent(_))), Some(Right::Sent { is_right, .. })) => {
            Some(*is_right)
        }
        _ => None,
    }
}

/// What two rounds of one case come to together, the earlier first.
fn combine(earlier: Observed, later: Observed, due: &Expect) -> Observed {
    use Observed::{Failed, NotApplicable, Outcome, Unstable, Unsupported};
    match (earlier, later) {
        (Failed(failure), _) | (_, Failed(failure)) => Failed(failure),
        // A round that told nothing says nothing of the others.
        (NotApplicable(_), told) => told,
        (Outcome(one), Outcome(two)) if same(&one, &two, due) => Outcome(one),
        (Outcome(one), Unstable(two, three)) if same(&one, &two, due) => Unstable(one, three),
        (Outcome(one), Outcome(two) | Unstable(two, _))
        | (Unstable(one, two), Outcome(_) | Unstable(..)) => Unstable(one, two),
        (Unsupported { reason, .. }, Outcome(_) | Unstable(..))
        | (Outcome(_) | Unstable(..), Unsupported { reason, .. }) => Failed(Failure::Protocol(
            format!("it answered in one round, but reported unsupported in another: {reason}"),
        )),
        (earlier, _) => earlier,
    }
}

/// Whether two outcomes are the same for the caller: the message of an exception may contain an
/// address or a time, and so may the code of a rejection where no code is expected.
pub(super) fn same(one: &Outcome, two: &Outcome, due: &Expect) -> bool {
    match (one, two) {
        (Outcome::Reject(one), Outcome::Reject(two)) => {
            !matches!(due, Expect::Rejected { .. }) || one == two
        }
        (Outcome::Token(_), Outcome::Token(_)) | (Outcome::Read(_), _) | (_, Outcome::Read(_)) => {
            one == two
        }
        _ => one.kind() == two.kind(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Right, Seen, combine};
    use crate::results::{Failure, Observed};
    use crate::signature::{Denial, Outcome};
    use crate::suite::Expect;

    fn token(text: &str) -> Outcome {
        Outcome::Token(text.into())
    }

    fn folded(rounds: impl IntoIterator<Item = Observed>) -> Observed {
        let due = Expect::Outcomes(vec![]);
        let together = |one, two| combine(one, two, &due);
        rounds.into_iter().reduce(together).unwrap()
    }

    #[test]
    fn the_first_outcome_and_the_first_different_one_are_kept() {
        let outcomes = ["a", "a", "b", "c", "a"].map(|text| Observed::Outcome(token(text)));
        let expected = Observed::Unstable(token("a"), token("b"));
        assert_eq!(folded(outcomes.clone()), expected);
        // Two jobs that shared the rounds say the same.
        let [one, two, three, four, five] = outcomes;
        let jobs = [folded([one, two]), folded([three, four, five])];
        assert_eq!(folded(jobs), expected);
    }

    #[test]
    fn exception_messages_may_change() {
        let threw = |text: &str| Observed::Outcome(Outcome::Threw(text.into()));
        assert_eq!(folded([threw("at 0x1"), threw("at 0x2")]), threw("at 0x1"));
        let refused = Observed::Outcome(Outcome::Refused("at 0x1".into()));
        assert!(matches!(
            folded([threw("at 0x1"), refused]),
            Observed::Unstable(..)
        ));
    }

    #[test]
    fn a_code_may_change_if_none_is_expected() {
        let denied = |code: &str| {
            Observed::Outcome(Outcome::Reject(Denial {
                code: Some(code.into()),
                status: None,
            }))
        };
        assert_eq!(folded([denied("A"), denied("B")]), denied("A"));
        let due = Expect::Rejected {
            codes: vec!["A".into(), "B".into()],
            status: None,
        };
        let changed = combine(denied("A"), denied("B"), &due);
        assert!(matches!(changed, Observed::Unstable(..)));
        assert_eq!(combine(denied("A"), denied("A"), &due), denied("A"));
    }

    #[test]
    fn a_failure_is_never_overridden() {
        let failed = Observed::Failed(Failure::TimedOut(5));
        let outcome = Observed::Outcome(Outcome::Accept);
        assert_eq!(folded([outcome.clone(), failed.clone()]), failed);
        assert_eq!(folded([failed.clone(), outcome.clone()]), failed);
        let unsupported = Observed::Unsupported {
            reason: "x".into(),
            declared: false,
        };
        assert_eq!(
            folded([unsupported.clone(), unsupported.clone()]),
            unsupported
        );
        assert!(matches!(
            folded([unsupported, outcome]),
            Observed::Failed(_)
        ));
    }

    #[test]
    fn of_tokens_of_different_seconds_the_first_wrong_one_is_kept() {
        let rounds = |rounds: &[(&str, &str)]| {
            let mut seen = Seen::default();
            for &(came, right) in rounds {
                let came = Observed::Outcome(token(came));
                let right = Right::Token(right.into());
                seen.add(came, Some(right), &Expect::Outcomes(vec![]));
            }
            (seen.observed.unwrap(), seen.right.unwrap())
        };
        let one =
            |came: &str, right: &str| (Observed::Outcome(token(came)), Right::Token(right.into()));
        assert_eq!(rounds(&[("1", "1"), ("2", "2"), ("3", "3")]), one("1", "1"));
        assert_eq!(rounds(&[("1", "2"), ("2", "3"), ("3", "4")]), one("1", "2"));
        let changed = rounds(&[("1", "1"), ("2", "2"), ("2", "3"), ("3", "4"), ("5", "5")]);
        assert_eq!(changed, one("2", "3"));
    }
}
