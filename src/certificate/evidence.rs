//! What a run proves about an implementation beyond trivial baselines: correct tokens made, valid
//! tokens accepted, wrong ones rejected.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::results::{Case, ObservedKind, RunResult, Verdict};
use crate::signature::{Op, Value};
use crate::suite::Level;

/// The evidence from the passed `must` and `should` cases of one suite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Number of correct tokens made.
    pub signed: u64,
    /// The decisions about presented tokens.
    pub verified: Decisions,
    /// The decisions about calls that identify a user.
    pub identified: Decisions,
    /// Number of requests made whose signature is right.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sent: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Correct decisions about presented tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    /// Number of valid tokens accepted.
    pub accepted: u64,
    /// Number of wrong tokens rejected, not counting empty ones and those that are not texts: an
    /// implementation that checks nothing else rejects these, too.
    pub rejected: u64,
}

impl Decisions {
    /// Whether both valid and wrong tokens were decided correctly.
    fn tell_apart(self) -> bool {
        self.accepted > 0 && self.rejected > 0
    }
}

impl Evidence {
    /// The operations that were judged: no trivial baseline makes a correct token, or both accepts
    /// valid tokens and rejects wrong ones.
    pub fn ops(self) -> Vec<Op> {
        let judged = Op::ALL.into_iter().filter(|op| self.judges(*op));
        judged.collect()
    }

    fn judges(self, op: Op) -> bool {
        match op {
            Op::Sign => self.signed > 0,
            Op::Verify => self.verified.tell_apart(),
            Op::Identify => self.identified.tell_apart(),
            Op::Send => self.sent > 0,
        }
    }

    /// This evidence without the operations that are not proved by both.
    fn in_both(self, other: Self) -> Self {
        let ops = other.ops();
        let keeps = |op| ops.contains(&op) && self.ops().contains(&op);
        let decisions = |op, these: Decisions| {
            if keeps(op) {
                these
            } else {
                Decisions::default()
            }
        };
        Self {
            signed: if keeps(Op::Sign) { self.signed } else { 0 },
            verified: decisions(Op::Verify, self.verified),
            identified: decisions(Op::Identify, self.identified),
            sent: if keeps(Op::Send) { self.sent } else { 0 },
        }
    }

    fn add(&mut self, case: &Case) {
        let decisions = match case.request.op {
            Op::Sign => {
                let is_right =
                    case.expected_token.is_some() && case.outcome == Some(ObservedKind::Token);
                self.signed += u64::from(is_right);
                return;
            }
            Op::Verify => &mut self.verified,
            Op::Identify => &mut self.identified,
            Op::Send => {
                self.sent += u64::from(case.outcome == Some(ObservedKind::Sent));
                return;
            }
        };
        let token = case.request.token.as_ref().and_then(Value::as_text);
        match case.outcome {
            Some(ObservedKind::Accept) => decisions.accepted += 1,
            Some(ObservedKind::Reject | ObservedKind::Anonymous)
                if token.is_some_and(|token| !token.is_empty()) =>
            {
                decisions.rejected += 1;
            }
            _ => {}
        }
    }
}

/// The evidence of a run that its rerun under fresh secrets confirms, by suite. Suites without an
/// operation that both prove are left out.
pub(super) fn evidence(run: &RunResult, rekeyed: &RunResult) -> BTreeMap<String, Evidence> {
    let (mut of_run, of_rekeyed) = (of(run), of(rekeyed));
    for (suite, evidence) in &mut of_run {
        let other = of_rekeyed.get(suite).copied().unwrap_or_default();
        *evidence = evidence.in_both(other);
    }
    of_run.retain(|_, evidence| !evidence.ops().is_empty());
    of_run
}

fn of(run: &RunResult) -> BTreeMap<String, Evidence> {
    let mut suites: BTreeMap<String, Evidence> = BTreeMap::new();
    let passed = |case: &&Case| case.level != Level::May && case.own_verdict() == Verdict::Pass;
    for case in run.cases.iter().filter(passed) {
        suites.entry(case.suite().to_owned()).or_default().add(case);
    }
    suites
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Decisions, Evidence, evidence};
    use crate::results::fixture::{reject, run, small_suite, token};
    use crate::signature::Op;

    #[test]
    fn cases_that_a_baseline_passes_judge_nothing() {
        let decisions = |accepted, rejected| Decisions { accepted, rejected };
        for (signed, verified, ops) in [
            (0, decisions(0, 0), vec![]),
            (0, decisions(5, 0), vec![]),
            (0, decisions(0, 5), vec![]),
            (1, decisions(0, 5), vec![Op::Sign]),
            (0, decisions(1, 1), vec![Op::Verify]),
            (1, decisions(1, 1), vec![Op::Sign, Op::Verify]),
        ] {
            let evidence = Evidence {
                signed,
                verified,
                ..Evidence::default()
            };
            assert_eq!(evidence.ops(), ops);
        }
    }

    #[test]
    fn operations_missing_in_one_run_are_not_judged() {
        let suite = small_suite();
        let good = run(
            vec![
                suite.observe("signs", token("aa")),
                suite.observe("forged", reject()),
            ],
            "",
        );
        let only_rejects = run(vec![suite.observe("forged", reject())], "");
        assert_eq!(evidence(&good, &good)["acme"].ops(), [Op::Sign]);
        assert!(evidence(&good, &only_rejects).is_empty());
        assert!(evidence(&only_rejects, &good).is_empty());
    }
}
