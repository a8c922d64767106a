//! Turns an observation into a verdict. Nothing else in the program decides whether a case passed.

use crate::results::Verdict;
use crate::results::sent::read_sent;
use crate::scheme::Scheme;
use crate::signature::{Outcome, Request};
use crate::suite::{Expect, Level, Vector};

/// What was observed for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// The implementation's outcome.
    Outcome(Outcome),
    /// Several rounds of the case differed: the first outcome, and the first that differs from it.
    Unstable(Outcome, Outcome),
    /// The adapter cannot run this case.
    Unsupported {
        /// The adapter's reason.
        reason: String,
        /// Whether the hello declared support for it.
        declared: bool,
    },
    /// No valid answer came.
    Failed(Failure),
    /// The case was not tried, for this reason.
    Skipped(String),
    /// The implementation does not support what the case needs, for this reason.
    NotApplicable(String),
}

/// Why there is no valid answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The process exited before it answered.
    #[error("the adapter exited before it answered: {0}")]
    Crashed(String),
    /// No answer arrived within this many milliseconds.
    #[error("no answer within {0} ms")]
    TimedOut(u64),
    /// The output cannot be an answer: a lost connection, a server error, or output that matches no
    /// rule.
    #[error("no usable answer: {0}")]
    NoAnswer(String),
    /// The output violates the protocol.
    #[error("the adapter broke the protocol: {0}")]
    Protocol(String),
}

/// What is expected of the answer to a request.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'e> {
    /// The scheme by which the request is made.
    pub scheme: &'e Scheme,
    /// The request as it was sent.
    pub request: &'e Request,
    /// The level of the vector.
    pub level: Level,
    /// What the vector expects; of a request that differs from the vector's, what is due for it.
    pub expect: &'e Expect,
}

impl<'e> Expectation<'e> {
    /// What a vector expects of its own request.
    pub fn of(scheme: &'e Scheme, vector: &'e Vector) -> Self {
        Self {
            scheme,
            request: &vector.request,
            level: vector.level,
            expect: &vector.expect,
        }
    }

    /// The verdict on an observation. `counts` is the lowest level whose failures count; below it
    /// they are warnings.
    pub fn verdict(&self, observed: &Observed, counts: Level) -> Verdict {
        let failed = if self.level <= counts {
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
            // An outcome that varies between rounds is unreliable, even if one of them is right.
            Observed::Unstable(..) if self.level == Level::May => Verdict::Observed,
            Observed::Unstable(..) => failed,
            Observed::Outcome(outcome) if !self.request.op.is_answered_by(outcome.kind()) => {
                Verdict::Error
            }
            Observed::Outcome(outcome) => match self.is_expected(outcome) {
                None => Verdict::Observed,
                Some(true) => Verdict::Pass,
                Some(false) => failed,
            },
        }
    }

    /// Whether the outcome is one that the vector expects; false if it expects nothing.
    pub fn is_met_by(&self, outcome: &Outcome) -> bool {
        self.request.op.is_answered_by(outcome.kind()) && self.is_expected(outcome) == Some(true)
    }

    /// Whether the outcome shows an implementation to be wrong: it is not as expected or, where a
    /// vector only observes, differs from the right one.
    pub fn exposes(&self, outcome: &Outcome, right: &Outcome) -> bool {
        if self.level == Level::May {
            outcome.differs(right)
        } else {
            !self.is_met_by(outcome)
        }
    }

    /// Whether the outcome meets the expectation; `None` if there is no expectation.
    fn is_expected(&self, outcome: &Outcome) -> Option<bool> {
        match (self.expect, outcome) {
            (Expect::Observe(_), _) => None,
            (Expect::Token { token, pairs, .. }, Outcome::Token(actual)) => {
                Some(Expect::is_token(token, pairs.as_deref(), actual))
            }
            (Expect::Sent { within, .. }, Outcome::Sent(sent)) => {
                let read = read_sent(self.scheme, self.request, within, sent);
                Some(read.is_ok_and(|request| request.is_accepted))
            }
            (Expect::Token { or, .. } | Expect::Sent { or, .. }, declined) => {
                Some(or.contains(&declined.kind()))
            }
            // To accept one text and read another is to accept what was never signed.
            (Expect::Outcomes(_), Outcome::Read(_)) => Some(false),
            (Expect::Outcomes(kinds), outcome) => Some(kinds.contains(&outcome.kind())),
            (Expect::Rejected { codes, status }, Outcome::Reject(denial)) => {
                let is_due = |code: &String| codes.contains(code);
                let code = codes.is_empty() || denial.code.as_ref().is_some_and(is_due);
                Some(code && (status.is_none() || *status == denial.status))
            }
            (Expect::Rejected { .. }, _) => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expectation, Failure, Observed};
    use crate::results::Verdict;
    use crate::results::fixture::{expect_token, suite};
    use crate::signature::{Denial, Op, Outcome, OutcomeKind};
    use crate::suite::{Basis, Expect, Level};

    fn token(text: &str) -> Observed {
        Observed::Outcome(Outcome::Token(text.into()))
    }

    /// The verdict of a case of this operation, by some scheme.
    fn judged(
        op: Op,
        case_level: Level,
        expect: &Expect,
        observed: &Observed,
        level: Level,
    ) -> Verdict {
        let suite = suite("acme")
            .requires("r", Level::Must, Basis::Document, "R.")
            .shows("a", &["r"], op, expect_token("aa"));
        let request = &suite.vectors[0].request;
        let expectation = Expectation {
            scheme: &suite.scheme,
            request,
            level: case_level,
            expect,
        };
        expectation.verdict(observed, level)
    }

    #[test]
    fn a_token_must_match_byte_for_byte() {
        let expect = Expect::Token {
            token: "ab".into(),
            or: Vec::new(),
            pairs: None,
        };
        let sign =
            |observed: &Observed| judged(Op::Sign, Level::Must, &expect, observed, Level::Must);
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
    fn pairs_may_stand_in_another_order_where_the_vector_says_so() {
        let expect = |pairs: Option<&str>| Expect::Token {
            token: "t=1,v1=ab".into(),
            or: Vec::new(),
            pairs: pairs.map(str::to_owned),
        };
        let sign = |pairs, text| {
            judged(
                Op::Sign,
                Level::Must,
                &expect(pairs),
                &token(text),
                Level::Must,
            )
        };
        assert_eq!(sign(Some(","), "v1=ab,t=1"), Verdict::Pass);
        assert_eq!(sign(None, "v1=ab,t=1"), Verdict::Fail);
        for wrong in [
            "v1=ab,t=2",
            "v1=ab",
            "v1=ab,t=1,",
            "v1=ab,t=1,t=1",
            "v1=ab, t=1",
        ] {
            assert_eq!(sign(Some(","), wrong), Verdict::Fail, "{wrong}");
        }
    }

    #[test]
    fn refusing_conforms_if_the_vector_allows_it() {
        use OutcomeKind::{Refused, Threw};
        for or in [&[Refused][..], &[Threw], &[Refused, Threw]] {
            let expect = Expect::Token {
                token: "ab".into(),
                or: or.to_vec(),
                pairs: None,
            };
            let passes = |observed: &Observed| {
                judged(Op::Sign, Level::Must, &expect, observed, Level::Must) == Verdict::Pass
            };
            let refused = Observed::Outcome(Outcome::Refused("no".into()));
            let threw = Observed::Outcome(Outcome::Threw("no".into()));
            assert!(passes(&token("ab")) && !passes(&token("ac")), "{or:?}");
            assert_eq!(passes(&refused), or.contains(&Refused), "{or:?}");
            assert_eq!(passes(&threw), or.contains(&Threw), "{or:?}");
            // `accept` is not a valid outcome of `sign`.
            assert!(!passes(&Observed::Outcome(Outcome::Accept)), "{or:?}");
        }
    }

    #[test]
    fn the_level_separates_failures_from_warnings() {
        let expect = Expect::Outcomes(vec![OutcomeKind::Reject, OutcomeKind::Refused]);
        let threw = Observed::Outcome(Outcome::Threw("x".into()));
        let verify = |case, level| judged(Op::Verify, case, &expect, &threw, level);
        assert_eq!(verify(Level::Must, Level::Must), Verdict::Fail);
        assert_eq!(verify(Level::Should, Level::Must), Verdict::Warning);
        assert_eq!(verify(Level::Should, Level::Should), Verdict::Fail);
        let may = Expect::Observe("accepts it".into());
        let accepted = Observed::Outcome(Outcome::Accept);
        assert_eq!(
            judged(Op::Verify, Level::May, &may, &accepted, Level::May),
            Verdict::Observed
        );
    }

    #[test]
    fn a_rejection_must_match_the_documented_code() {
        let rejected = |codes: &[&str], status| Expect::Rejected {
            codes: codes.iter().map(|&code| code.to_owned()).collect(),
            status,
        };
        let passes = |expect: &Expect, outcome: Outcome| {
            let observed = Observed::Outcome(outcome);
            judged(Op::Identify, Level::Must, expect, &observed, Level::Must) == Verdict::Pass
        };
        let denied = |code: Option<&str>, status| {
            Outcome::Reject(Denial {
                code: code.map(str::to_owned),
                status,
            })
        };
        let coded = rejected(&["A", "B"], None);
        assert!(passes(&coded, denied(Some("A"), None)));
        assert!(passes(&coded, denied(Some("B"), Some(500))));
        for wrong in [
            denied(None, None),
            denied(Some("C"), None),
            denied(Some("a"), None),
        ] {
            assert!(!passes(&coded, wrong));
        }
        let status = rejected(&[], Some(403));
        assert!(passes(&status, denied(None, Some(403))));
        assert!(passes(&status, denied(Some("X"), Some(403))));
        assert!(!passes(&status, Outcome::REJECT));
        assert!(!passes(&status, denied(None, Some(401))));
        for other in [
            Outcome::Accept,
            Outcome::Anonymous,
            Outcome::Refused("x".into()),
            Outcome::Threw("x".into()),
        ] {
            assert!(!passes(&coded, other.clone()) && !passes(&status, other));
        }
        // An outcome that only another operation can have does not meet the expectation.
        let expect = Expect::Outcomes(vec![OutcomeKind::Reject]);
        let anonymous = Observed::Outcome(Outcome::Anonymous);
        let verdict = judged(Op::Verify, Level::Must, &expect, &anonymous, Level::Must);
        assert_eq!(verdict, Verdict::Error);
    }

    #[test]
    fn declared_but_unsupported_operations_fail() {
        let expect = Expect::Outcomes(vec![OutcomeKind::Accept]);
        let unsupported = |declared| Observed::Unsupported {
            reason: "x".into(),
            declared,
        };
        let verify = |o: &Observed| judged(Op::Verify, Level::Must, &expect, o, Level::Must);
        assert_eq!(verify(&unsupported(true)), Verdict::Fail);
        assert_eq!(verify(&unsupported(false)), Verdict::Skipped);
    }
}
