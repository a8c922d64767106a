//! Matches the cases of a run against the list of known failures.

use std::collections::BTreeSet;

use crate::results::{
    GateFailure, GateFailureKind, KnownFailure, KnownFailures, ObservedKind, Verdict,
};

/// A list of known failures, with what each entry matched so far.
pub(super) struct KnownFailureMatcher<'k> {
    known: &'k KnownFailures,
    /// The date of the run, such as `2026-11-20`.
    today: &'k str,
    /// One per entry of `known`, in the same order.
    uses: Vec<Use>,
}

/// What an entry matched.
#[derive(Clone, Copy, Default)]
struct Use {
    /// How many of the run's cases the entry matches.
    cases: usize,
    /// Whether the entry applies to at least one of them, or would if the case had been judged.
    matters: bool,
}

/// What the list says about a case.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ruling<'k> {
    /// The list does not affect this case.
    Silent,
    /// The case fails in the way the entry says.
    Holds(&'k KnownFailure),
    /// The entry says that the case fails, but it passed.
    Passed(&'k KnownFailure),
    /// The case fails in another way than the entry says.
    Changed(&'k KnownFailure),
}

impl<'k> KnownFailureMatcher<'k> {
    /// The path of the list.
    pub(super) fn path(&self) -> &'k str {
        self.known.path()
    }

    pub(super) fn new(known: &'k KnownFailures, today: &'k str) -> Self {
        Self {
            known,
            today,
            uses: vec![Use::default(); known.entries().len()],
        }
    }

    /// Looks up a case with this verdict. The first entry that matches applies.
    pub(super) fn rule(
        &mut self,
        case: &str,
        verdict: Verdict,
        outcome: Option<ObservedKind>,
    ) -> Ruling<'k> {
        let mut decided = None;
        for (entry, found) in self.known.entries().iter().zip(&mut self.uses) {
            if !entry.cases.matches(case) {
                continue;
            }
            found.cases += 1;
            if decided.is_none() {
                let ruling = entry.rule(verdict, outcome);
                found.matters |= ruling.is_some();
                if !entry.has_expired(self.today) {
                    decided = ruling;
                }
            }
        }
        decided.unwrap_or(Ruling::Silent)
    }

    /// Problems with the list itself.
    ///
    /// `cases` are the ids of all cases in the suites that took part, tried or not; `whole` is true
    /// if nothing was excluded from the run. An entry is reported as unmatched only if everything
    /// that it could match was seen.
    pub(super) fn troubles(&self, cases: &BTreeSet<String>, whole: bool) -> Vec<GateFailure> {
        let suites: BTreeSet<&str> = cases
            .iter()
            .filter_map(|case| case.split_once('/'))
            .map(|(suite, _)| suite)
            .collect();
        let mut troubles = Vec::new();
        for (entry, found) in self.known.entries().iter().zip(&self.uses) {
            let mut trouble = |kind, what: &str| {
                troubles.push(GateFailure {
                    case: entry.cases.as_str().to_owned(),
                    kind,
                    reason: format!("{}:{}: {what}", self.known.path(), entry.line),
                });
            };
            if let Some(last) = &entry.expires
                && entry.has_expired(self.today)
            {
                trouble(
                    GateFailureKind::ExpiredEntry,
                    &format!("the entry expired after {last}"),
                );
            }
            if entry.is_unexplained() {
                trouble(
                    GateFailureKind::UnexplainedEntry,
                    "the entry has no reason yet; replace TODO with one",
                );
            }
            let meant = cases
                .iter()
                .filter(|case| entry.cases.matches(case))
                .count();
            let elsewhere = !whole && !entry.cases.suite().is_some_and(|s| suites.contains(s));
            if found.matters || elsewhere || found.cases < meant {
                continue;
            }
            let why = if found.cases == 0 {
                "the entry matches no case; correct or remove it"
            } else {
                "the entry has no effect: its cases cannot fail, or an earlier entry matches them; remove it"
            };
            trouble(GateFailureKind::UnmatchedEntry, why);
        }
        troubles
    }
}

impl KnownFailure {
    /// Applies this entry to a case that it matches: `None` if such a case cannot fail, `Silent` if
    /// the case was not judged.
    pub(super) fn rule(
        &self,
        own_verdict: Verdict,
        outcome: Option<ObservedKind>,
    ) -> Option<Ruling<'_>> {
        let as_expected = outcome == Some(self.expect);
        match own_verdict {
            Verdict::Observed => None,
            Verdict::Pass => Some(Ruling::Passed(self)),
            Verdict::Fail | Verdict::Warning | Verdict::Error | Verdict::Skipped if as_expected => {
                Some(Ruling::Holds(self))
            }
            Verdict::Fail | Verdict::Warning => Some(Ruling::Changed(self)),
            // Without an answer, nothing shows whether the failure is still the known one.
            Verdict::Error
            | Verdict::Skipped
            | Verdict::NotApplicable
            | Verdict::KnownFailure
            | Verdict::UnexpectedPass => Some(Ruling::Silent),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::results::fixture::{
        TODAY, accept, circumstances, expect_token, reject, run, small_suite, suite, threw, token,
    };
    use crate::results::{
        Conformance, Failure, GateFailureKind, KnownFailures, Observed, RunResult, ScopeNote,
        Verdict, conclude,
    };
    use crate::signature::Op;
    use crate::suite::{Basis, Level, Suite};

    /// The failures of the gate, by case.
    fn shut(result: &RunResult) -> Vec<(&str, GateFailureKind)> {
        let failed = &result.gate.failed;
        failed.iter().map(|f| (f.case.as_str(), f.kind)).collect()
    }

    #[test]
    fn a_known_failure_passes_the_gate_but_not_the_conformance() {
        let suite = small_suite();
        let observations = vec![
            suite.observe("signs", threw("x")),
            suite.observe("forged", reject()),
        ];
        let result = run(
            observations,
            "- {case: acme/signs, expect: threw, reason: waits for 3.0, issue: '#1'}",
        );
        assert_eq!(result.cases[0].verdict, Verdict::KnownFailure);
        assert_eq!(result.cases[0].own_verdict(), Verdict::Fail);
        let known = result.cases[0].known.as_ref().unwrap();
        assert_eq!(
            (known.reason.as_str(), known.issue.as_deref()),
            ("waits for 3.0", Some("#1"))
        );
        assert_eq!(result.conformance, Conformance::Nonconformant);
        assert_eq!((result.gate.passed, result.gate.exit_code), (true, 0));
    }

    #[test]
    fn an_unexpected_pass_fails_the_gate_but_is_conformant() {
        let suite = small_suite();
        let result = run(
            vec![suite.observe("signs", token("aa"))],
            "- {case: 'acme/*', expect: threw, reason: x}",
        );
        assert_eq!(result.cases[0].verdict, Verdict::UnexpectedPass);
        assert_eq!(
            shut(&result),
            [("acme/signs", GateFailureKind::UnexpectedPass)]
        );
        assert_eq!(result.conformance, Conformance::Conformant);
        assert_eq!(result.gate.exit_code, 1);
    }

    #[test]
    fn a_changed_outcome_fails_the_gate() {
        let suite = small_suite();
        let list = "- {case: acme/signs, expect: threw, reason: x}\n- {case: acme/throws, expect: accept, reason: x}";
        let result = run(
            vec![
                suite.observe("signs", token("ab")),
                suite.observe("throws", threw("x")),
            ],
            list,
        );
        assert_eq!(result.cases[0].verdict, Verdict::Fail);
        // Even below the level that counts, since the entry is no longer true.
        assert_eq!(result.cases[1].verdict, Verdict::Warning);
        assert_eq!(
            shut(&result),
            [
                ("acme/signs", GateFailureKind::ChangedOutcome),
                ("acme/throws", GateFailureKind::ChangedOutcome)
            ]
        );
    }

    #[test]
    fn an_expired_entry_excuses_nothing() {
        let suite = small_suite();
        let observed = || vec![suite.observe("signs", threw("x"))];
        let list =
            |day| format!("- {{case: acme/signs, expect: threw, reason: x, expires: {day}}}");
        assert!(run(observed(), &list(TODAY)).gate.passed);
        let result = run(observed(), &list("2026-11-19"));
        assert_eq!(result.cases[0].verdict, Verdict::Fail);
        assert_eq!(
            shut(&result),
            [
                ("acme/signs", GateFailureKind::Fail),
                ("acme/signs", GateFailureKind::ExpiredEntry)
            ]
        );
        assert!(result.gate.failed[1].reason.starts_with("known.yaml:1: "));
    }

    #[test]
    fn an_entry_without_a_reason_fails_the_gate() {
        let suite = small_suite();
        let result = run(
            vec![suite.observe("signs", threw("x"))],
            "- {case: acme/signs, expect: threw, reason: 'TODO: say why'}",
        );
        assert_eq!(result.cases[0].verdict, Verdict::KnownFailure);
        assert_eq!(
            shut(&result),
            [("acme/signs", GateFailureKind::UnexplainedEntry)]
        );
    }

    #[test]
    fn a_known_error_leaves_the_run_incomplete() {
        let suite = small_suite();
        let late = Observed::Failed(Failure::TimedOut(500));
        let observed = || {
            vec![
                suite.observe("signs", token("aa")),
                suite.observe("forged", late.clone()),
            ]
        };
        let result = run(
            observed(),
            "- {case: acme/forged, expect: time-out, reason: x}",
        );
        assert_eq!(result.cases[1].verdict, Verdict::KnownFailure);
        assert_eq!(result.conformance, Conformance::Incomplete);
        assert!(result.gate.passed);
        // Without an answer, nothing shows whether the case still throws.
        let result = run(
            observed(),
            "- {case: acme/forged, expect: threw, reason: x}",
        );
        assert_eq!(shut(&result), [("acme/forged", GateFailureKind::Error)]);
        assert_eq!(result.gate.exit_code, 3);
    }

    #[test]
    fn a_skip_is_allowed_by_the_list_and_stays_a_skip() {
        let suite = small_suite();
        let unsupported = Observed::Unsupported {
            reason: "no clock".into(),
            declared: false,
        };
        let observed = || {
            vec![
                suite.observe("signs", token("aa")),
                suite.observe("forged", unsupported.clone()),
            ]
        };
        assert_eq!(
            shut(&run(observed(), "")),
            [("acme/forged", GateFailureKind::Skipped)]
        );
        let result = run(
            observed(),
            "- {case: acme/forged, expect: unsupported, reason: needs a clock}",
        );
        assert_eq!(result.cases[1].verdict, Verdict::Skipped);
        assert!(result.gate.passed);
        assert_eq!(result.conformance, Conformance::Incomplete);
        assert_eq!(result.scope.left_out[0].what, "skipped: no clock");
        // The list cannot know about a case that was not tried.
        let result = run(
            vec![suite.observe("signs", Observed::Skipped("stopped".into()))],
            "- {case: acme/signs, expect: unsupported, reason: x}",
        );
        assert_eq!(shut(&result)[0], ("acme/signs", GateFailureKind::Skipped));
    }

    #[test]
    fn the_first_matching_entry_wins() {
        let suite = small_suite();
        let result = run(
            vec![suite.observe("signs", threw("x"))],
            "- {case: acme/signs, expect: threw, reason: first}\n- {case: 'acme/s*', expect: token, reason: second}",
        );
        assert_eq!(result.cases[0].known.as_ref().unwrap().reason, "first");
        assert_eq!(
            shut(&result),
            [("acme/s*", GateFailureKind::UnmatchedEntry)]
        );
    }

    #[test]
    fn observed_cases_cannot_be_known_failures() {
        let suite = small_suite();
        let result = run(
            vec![
                suite.observe("signs", token("aa")),
                suite.observe("upper", accept()),
            ],
            "- {case: acme/upper, expect: accept, reason: x}",
        );
        assert_eq!(result.cases[1].verdict, Verdict::Observed);
        assert_eq!(
            shut(&result),
            [("acme/upper", GateFailureKind::UnmatchedEntry)]
        );
    }

    /// Whether a run of only these cases reports the entry as unmatched.
    fn blamed(suite: &Suite, asked: &[&str], left_out: bool, pattern: &str) -> bool {
        let known = format!("- {{case: '{pattern}', expect: threw, reason: x}}");
        let known = KnownFailures::parse("known.yaml", &known).unwrap();
        let mut circumstances = circumstances();
        if left_out {
            circumstances.left_out.push(ScopeNote {
                what: "--filter".into(),
                cases: 1,
            });
        }
        let observations = asked
            .iter()
            .map(|id| suite.observe(id, Observed::NotApplicable("x".into())))
            .collect();
        let result = conclude(circumstances, observations, &known, TODAY);
        result
            .gate
            .failed
            .iter()
            .any(|f| f.kind == GateFailureKind::UnmatchedEntry)
    }

    #[test]
    fn an_unmatched_entry_is_reported_only_if_all_its_cases_were_selected() {
        let suite = suite("acme")
            .requires("r", Level::Must, Basis::Document, "R.")
            .shows("a", &["r"], Op::Sign, expect_token("aa"))
            .shows("b", &["r"], Op::Sign, expect_token("aa"));
        let all = &["a", "b"][..];
        // A complete run.
        assert!(blamed(&suite, all, false, "acme/gone"));
        assert!(blamed(&suite, all, false, "mtribes/a"));
        assert!(blamed(&suite, all, false, "*-gone"));
        // The cases exist but do not apply, so the entry cannot be judged.
        assert!(!blamed(&suite, all, false, "acme/a"));
        assert!(!blamed(&suite, all, false, "acme/*"));
        // A partial run: other suites may have the case, this one does not.
        assert!(!blamed(&suite, &["a"], true, "acme/b"));
        assert!(!blamed(&suite, &["a"], true, "mtribes/a"));
        assert!(!blamed(&suite, &["a"], true, "*-gone"));
        assert!(blamed(&suite, &["a"], true, "acme/gone"));
    }
}
