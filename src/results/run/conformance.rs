//! The results of a run: conformance, which is about the implementation, and the gate, which is
//! about the run.

use crate::protocol::HelloChanges;
use crate::results::{
    Case, Conformance, Gate, GateFailure, GateFailureKind, Interruption, ObservedKind, Restarts,
    Verdict,
};
use crate::suite::Level;

/// Events of a run that belong to no case.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disturbances<'r> {
    pub(super) restarts: &'r Restarts,
    pub(super) hello_changes: &'r HelloChanges,
    pub(super) interruption: Option<Interruption>,
}

/// Computes the conformance at `level`; known failures have no influence.
///
/// Only cases at a level that counts matter: the others could not change the answer. A case without
/// a verdict leaves conformance open; a case that does not apply has no influence. Conformance also
/// stays open if the run was interrupted, had more restarts than allowed, or the adapter's hello
/// changed.
pub(super) fn conformance(
    cases: &[Case],
    level: Level,
    disturbances: Disturbances<'_>,
) -> Conformance {
    let mut passed = false;
    let mut open = disturbances.interruption.is_some()
        || !disturbances.restarts.are_allowed()
        || !disturbances.hello_changes.is_empty();
    for case in cases {
        if case.level > level || case.level == Level::May {
            continue;
        }
        match case.own_verdict() {
            Verdict::Fail => return Conformance::Nonconformant,
            Verdict::Error | Verdict::Skipped => open = true,
            Verdict::Pass => passed = true,
            Verdict::Warning
            | Verdict::Observed
            | Verdict::NotApplicable
            | Verdict::KnownFailure
            | Verdict::UnexpectedPass => {}
        }
    }
    if passed && !open {
        Conformance::Conformant
    } else {
        Conformance::Incomplete
    }
}

/// Computes the gate, which sets the exit code, from the cases of every level and the problems with
/// the list of known failures.
pub(super) fn gate(
    cases: &[Case],
    mut failed: Vec<GateFailure>,
    disturbances: Disturbances<'_>,
) -> Gate {
    let of_cases = cases.iter().filter_map(|case| {
        let kind = gate_failure(case)?;
        Some(GateFailure {
            case: case.id.clone(),
            kind,
            reason: gate_reason(case, kind),
        })
    });
    failed.splice(0..0, of_cases);
    let tried = |case: &Case| !matches!(case.verdict, Verdict::NotApplicable | Verdict::Skipped);
    if !cases.iter().any(tried) {
        failed.push(GateFailure {
            case: String::new(),
            kind: GateFailureKind::NothingJudged,
            reason: "no case was judged".to_owned(),
        });
    }
    let mut of_the_run = |kind, reason: String| {
        failed.push(GateFailure {
            case: String::new(),
            kind,
            reason,
        });
    };
    if let Some(restarts) = disturbances.restarts.in_words()
        && !disturbances.restarts.are_allowed()
    {
        let hint = if disturbances.restarts.are_of_time() {
            "a longer --timeout may prevent some of them; "
        } else {
            ""
        };
        of_the_run(
            GateFailureKind::Restarts,
            format!("{restarts}; {hint}--allow-restarts N tolerates up to N"),
        );
    }
    if let Some(changes) = disturbances.hello_changes.in_words() {
        let reason = format!("{changes}, so it may not be the same implementation throughout");
        of_the_run(GateFailureKind::HelloChanged, reason);
    }
    if disturbances.interruption.is_some() {
        let reason = "interrupted before all cases ran";
        of_the_run(GateFailureKind::Interrupted, reason.to_owned());
    }
    let exit_codes = failed.iter().map(|failure| failure.kind.exit_code());
    let exit_code = match disturbances.interruption {
        Some(interruption) => interruption.exit_code(),
        None => exit_codes.min().unwrap_or_default(),
    };
    Gate {
        passed: failed.is_empty(),
        exit_code,
        failed,
    }
}

impl Conformance {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::Nonconformant => "nonconformant",
            Self::Incomplete => "incomplete",
        }
    }
}

impl GateFailureKind {
    /// The exit code of a run whose worst problem is of this kind. Of several codes the lowest
    /// wins, except that an interruption comes first.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Fail
            | Self::UnexpectedPass
            | Self::ChangedOutcome
            | Self::ExpiredEntry
            | Self::UnmatchedEntry
            | Self::UnexplainedEntry => 1,
            Self::Error
            | Self::Skipped
            | Self::NothingJudged
            | Self::Restarts
            | Self::HelloChanged => 3,
            Self::DidNotStart => 4,
            Self::Interrupted => Interruption::Interrupt.exit_code(),
        }
    }

    /// Whether the failure is about an entry of the list of known failures, not about a case.
    pub fn is_of_an_entry(self) -> bool {
        matches!(
            self,
            Self::ExpiredEntry | Self::UnmatchedEntry | Self::UnexplainedEntry
        )
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::UnexpectedPass => "unexpected-pass",
            Self::ChangedOutcome => "changed-outcome",
            Self::ExpiredEntry => "expired-entry",
            Self::UnmatchedEntry => "unmatched-entry",
            Self::UnexplainedEntry => "unexplained-entry",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::NothingJudged => "nothing-judged",
            Self::Restarts => "restarts",
            Self::HelloChanged => "hello-changed",
            Self::Interrupted => "interrupted",
            Self::DidNotStart => "did-not-start",
        }
    }
}

fn gate_failure(case: &Case) -> Option<GateFailureKind> {
    match case.verdict {
        // A case that fails differently than the list says keeps its own verdict and mentions the
        // entry.
        Verdict::Fail | Verdict::Warning if case.known.is_some() => {
            Some(GateFailureKind::ChangedOutcome)
        }
        Verdict::Skipped if case.known.is_some() => None,
        Verdict::Fail => Some(GateFailureKind::Fail),
        Verdict::UnexpectedPass => Some(GateFailureKind::UnexpectedPass),
        Verdict::Error => Some(GateFailureKind::Error),
        Verdict::Skipped => Some(GateFailureKind::Skipped),
        Verdict::Pass
        | Verdict::Warning
        | Verdict::Observed
        | Verdict::NotApplicable
        | Verdict::KnownFailure => None,
    }
}

fn gate_reason(case: &Case, kind: GateFailureKind) -> String {
    let reason = case.reason.as_deref().unwrap_or_default();
    let happened = || case.outcome.map_or("nothing", ObservedKind::name);
    let due = if case.expected_token.is_some() {
        "a token"
    } else {
        &case.expected
    };
    match (kind, &case.known) {
        (GateFailureKind::ChangedOutcome, Some(known)) => {
            format!("{}; {} expects {}", happened(), known.place(), known.expect)
        }
        (GateFailureKind::UnexpectedPass, Some(known)) => {
            format!(
                "passes; {} expects {}: correct or remove that entry, or run with --update-known-failures",
                known.place(),
                known.expect
            )
        }
        (GateFailureKind::Fail, _) => match case.outcome {
            Some(ObservedKind::Token) => "a different token than expected".to_owned(),
            Some(ObservedKind::Unstable | ObservedKind::Unsupported) => reason.to_owned(),
            _ => format!("{} instead of {due}", happened()),
        },
        _ => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::results::Conformance::{Conformant, Incomplete, Nonconformant};
    use crate::results::fixture::{
        accept, circumstances, reject, run, small_suite, suite, threw, token,
    };
    use crate::results::{
        Conformance, Failure, GateFailureKind, Interruption, KnownFailures, Observed, RunResult,
        conclude,
    };
    use crate::signature::{Op, Outcome, OutcomeKind};
    use crate::suite::{Basis, Expect, Level};

    fn unsupported(declared: bool) -> Observed {
        Observed::Unsupported {
            reason: "cannot".into(),
            declared,
        }
    }

    fn crash() -> Observed {
        Observed::Failed(Failure::Crashed("exit status 1".into()))
    }

    fn not_applicable() -> Observed {
        Observed::NotApplicable("the suite is not declared".into())
    }

    /// The result of a run in which the vectors of the small suite had these outcomes.
    fn comes_to(outcomes: &[(&str, Observed)], level: Level) -> (Conformance, u8) {
        let suite = small_suite();
        let observe = |(id, o): &(&str, Observed)| suite.observe(id, o.clone());
        let observations = outcomes.iter().map(observe).collect();
        let mut circumstances = circumstances();
        circumstances.level = level;
        let result = conclude(
            circumstances,
            observations,
            &KnownFailures::none(),
            "2026-11-20",
        );
        (result.conformance, result.gate.exit_code)
    }

    #[test]
    fn conformance_and_gate_by_what_happened() {
        let right = ("signs", token("aa"));
        let wrong = ("signs", token("ab"));
        for (outcomes, expected) in [
            (vec![right.clone()], (Conformant, 0)),
            (vec![wrong.clone()], (Nonconformant, 1)),
            (
                vec![right.clone(), ("forged", accept())],
                (Nonconformant, 1),
            ),
            (vec![right.clone(), ("forged", reject())], (Conformant, 0)),
            (vec![right.clone(), ("forged", threw("x"))], (Conformant, 0)),
            // Below the level that counts: a warning.
            (vec![right.clone(), ("throws", threw("x"))], (Conformant, 0)),
            // Implementation-defined.
            (vec![right.clone(), ("upper", accept())], (Conformant, 0)),
            (vec![right.clone(), ("upper", reject())], (Conformant, 0)),
            // Without an answer the run is incomplete; so is the conformance if the case counts.
            (vec![right.clone(), ("forged", crash())], (Incomplete, 3)),
            (vec![right.clone(), ("throws", crash())], (Conformant, 3)),
            (vec![right.clone(), ("upper", crash())], (Conformant, 3)),
            (vec![wrong.clone(), ("forged", crash())], (Nonconformant, 1)),
            // An answer that the operation cannot have counts as no answer.
            (
                vec![right.clone(), ("forged", token("aa"))],
                (Incomplete, 3),
            ),
            // The adapter cannot run the case: skipped, or a failure if its hello declared the
            // operation.
            (
                vec![right.clone(), ("forged", unsupported(false))],
                (Incomplete, 3),
            ),
            (
                vec![right.clone(), ("forged", unsupported(true))],
                (Nonconformant, 1),
            ),
            (
                vec![right.clone(), ("upper", unsupported(true))],
                (Conformant, 1),
            ),
            (
                vec![right.clone(), ("upper", unsupported(false))],
                (Conformant, 3),
            ),
            // A case that was not tried.
            (
                vec![
                    right.clone(),
                    ("forged", Observed::Skipped("stopped".into())),
                ],
                (Incomplete, 3),
            ),
            (
                vec![right.clone(), ("forged", not_applicable())],
                (Conformant, 0),
            ),
            (vec![("signs", not_applicable())], (Incomplete, 3)),
            (
                vec![("signs", not_applicable()), ("upper", accept())],
                (Incomplete, 0),
            ),
            // Only cases below the level: nothing is wrong, but nothing is proved.
            (vec![("throws", reject())], (Incomplete, 0)),
            (vec![], (Incomplete, 3)),
        ] {
            assert_eq!(comes_to(&outcomes, Level::Must), expected, "{outcomes:?}");
        }
    }

    #[test]
    fn the_level_decides_whether_a_should_counts() {
        let right = ("signs", token("aa"));
        for (outcomes, expected) in [
            (
                vec![right.clone(), ("throws", threw("x"))],
                (Nonconformant, 1),
            ),
            (vec![right.clone(), ("throws", reject())], (Conformant, 0)),
            (vec![right.clone(), ("throws", crash())], (Incomplete, 3)),
            (vec![("throws", reject())], (Conformant, 0)),
        ] {
            assert_eq!(comes_to(&outcomes, Level::Should), expected, "{outcomes:?}");
        }
        // Even then, an implementation-defined case does not count.
        for outcome in [crash(), unsupported(true), reject()] {
            let outcomes = [right.clone(), ("upper", outcome)];
            assert_eq!(
                comes_to(&outcomes, Level::May).0,
                Conformant,
                "{outcomes:?}"
            );
        }
    }

    /// A run in which every case passed, or one failed, with this many restarts and this
    /// interruption.
    fn after(
        restarts: u64,
        allowed: u64,
        interruption: Option<Interruption>,
        came: &str,
    ) -> RunResult {
        let suite = small_suite();
        let mut circumstances = circumstances();
        for _ in 0..restarts {
            circumstances
                .restarts
                .add_failure(&Failure::Crashed("exit status 1".into()));
        }
        circumstances.restarts.allowed = allowed;
        circumstances.interruption = interruption;
        let observations = vec![suite.observe("signs", token(came))];
        conclude(
            circumstances,
            observations,
            &KnownFailures::none(),
            "2026-11-20",
        )
    }

    #[test]
    fn unattributed_restarts_make_a_run_incomplete_unless_allowed() {
        for (restarts, allowed, came, expected) in [
            (0, 0, "aa", (Conformant, 0)),
            (1, 0, "aa", (Incomplete, 3)),
            (57, 56, "aa", (Incomplete, 3)),
            (57, 57, "aa", (Conformant, 0)),
            (57, 0, "ab", (Nonconformant, 1)),
        ] {
            let result = after(restarts, allowed, None, came);
            assert_eq!((result.conformance, result.gate.exit_code), expected);
            assert_eq!(
                (result.restarts.count, result.restarts.allowed),
                (restarts, allowed)
            );
            let said = result
                .gate
                .failed
                .iter()
                .any(|f| f.kind == GateFailureKind::Restarts);
            assert_eq!(said, restarts > allowed);
        }
    }

    #[test]
    fn an_interrupted_run_is_never_conformant_and_its_code_comes_first() {
        for interruption in [Interruption::Interrupt, Interruption::Terminate] {
            for (restarts, came, conformance) in [
                (0, "aa", Incomplete),
                (2, "aa", Incomplete),
                (0, "ab", Nonconformant),
            ] {
                let result = after(restarts, 0, Some(interruption), came);
                assert!(result.interrupted);
                assert_eq!(result.conformance, conformance);
                assert_eq!(result.gate.exit_code, interruption.exit_code());
                assert!(!result.gate.passed);
            }
        }
        assert!(!after(0, 0, None, "aa").interrupted);
    }

    #[test]
    fn unstable_cases_fail() {
        let unstable = Observed::Unstable(
            Outcome::Token("aa".into()),
            Outcome::Threw("TypeError".into()),
        );
        assert_eq!(
            comes_to(&[("signs", unstable.clone())], Level::Must),
            (Nonconformant, 1)
        );
        let suite = small_suite();
        let result = run(vec![suite.observe("signs", unstable)], "");
        let case = &result.cases[0];
        assert_eq!(case.actual.as_deref(), Some("token aa"));
        assert_eq!(
            case.actual_in_another_round.as_deref(),
            Some("threw: TypeError")
        );
        assert!(result.gate.failed[0].reason.contains("rounds"));
    }

    #[test]
    fn a_failure_outweighs_an_error_in_the_exit_code() {
        let suite = small_suite();
        let result = run(
            vec![
                suite.observe("signs", crash()),
                suite.observe("forged", accept()),
            ],
            "",
        );
        let kinds: Vec<_> = result.gate.failed.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [GateFailureKind::Error, GateFailureKind::Fail]);
        assert_eq!(result.gate.exit_code, 1);
        assert!(!result.gate.passed);
    }

    #[test]
    fn only_the_document_can_be_departed_from() {
        let suite = suite("acme")
            .requires("said", Level::Must, Basis::Document, "Said.")
            .requires("unsaid", Level::Must, Basis::Security, "Not said.")
            .shows("a", &["said"], Op::Verify, reject_only())
            .shows("b", &["unsaid"], Op::Verify, reject_only())
            .shows("c", &["said", "unsaid"], Op::Verify, reject_only());
        let departs = |id: &str, observed: Observed| {
            run(vec![suite.observe(id, observed)], "").cases[0].departs_from_document()
        };
        assert!(departs("a", accept()));
        assert!(departs("a", threw("x")));
        assert!(!departs("a", reject()));
        assert!(!departs("a", unsupported(true)));
        assert!(!departs("a", crash()));
        assert!(!departs("b", accept()));
        assert!(!departs("c", accept()));
    }

    fn reject_only() -> Expect {
        Expect::Outcomes(vec![OutcomeKind::Reject])
    }
}
