//! Updates a list of known failures to match a run.

use crate::results::run::known_failure_matcher::Ruling;
use crate::results::run::listing::{Disposition, Line, rewritten};
use crate::results::{
    Case, Causes, GateFailure, GateFailureKind, KnownFailure, KnownFailures, RunResult, Verdict,
};

/// The text of the list after a run that was concluded with it.
///
/// Entries that still hold stay as they are, with the comments above them. An entry whose cases no
/// longer fail is dropped; a pattern that holds only in part becomes one entry per case; everything
/// else that fails the gate is added, with a reason that begins with `TODO` and that a person has
/// to write. An entry about cases that did not run stays.
pub fn updated(known: &KnownFailures, result: &RunResult) -> String {
    let mut open: Vec<&Case> = result.cases.iter().collect();
    let mut fates: Vec<Disposition> = known.entries().iter().map(|_| Disposition::Stays).collect();
    // Valid entries claim their cases before expired ones.
    for expired in [false, true] {
        for (entry, fate) in known.entries().iter().zip(&mut fates) {
            if is_blamed(entry, GateFailureKind::ExpiredEntry, result) == expired {
                *fate = Disposition::of(entry, &mut open, result);
            }
        }
    }
    let new: Vec<Line> = open
        .iter()
        .filter_map(|case| Line::new_failure(case))
        .collect();
    rewritten(known, &fates, &new)
}

impl Disposition {
    /// Decides about an entry from the cases that no earlier entry claimed, and claims those that
    /// it covers from now on.
    fn of(entry: &KnownFailure, open: &mut Vec<&Case>, result: &RunResult) -> Self {
        let mut lines = Vec::new();
        let mut broken = false;
        let mut about_any = false;
        open.retain(|case| {
            if !entry.cases.matches(&case.id) {
                return true;
            }
            match entry.rule(case.own_verdict(), case.outcome) {
                None => true,
                Some(Ruling::Holds(_) | Ruling::Silent) => {
                    about_any = true;
                    lines.push(Line::about(case, entry));
                    false
                }
                Some(Ruling::Passed(_)) => {
                    about_any = true;
                    broken = true;
                    true
                }
                Some(Ruling::Changed(_)) => {
                    about_any = true;
                    broken = true;
                    lines.extend(Line::changed(case, entry));
                    false
                }
            }
        });
        if about_any {
            return match (broken, lines.is_empty()) {
                (false, _) => Self::Stays,
                (true, true) => Self::Goes,
                (true, false) => Self::Becomes(lines),
            };
        }
        let cases = entry.cases.as_str();
        let is_decided = |case: &Case| case.id == cases && !open.iter().any(|o| o.id == cases);
        if is_blamed(entry, GateFailureKind::UnmatchedEntry, result)
            || result.cases.iter().any(is_decided)
        {
            Self::Goes
        } else {
            Self::Stays
        }
    }
}

/// Whether the gate failed because of this entry, with a failure of this kind.
fn is_blamed(entry: &KnownFailure, kind: GateFailureKind, result: &RunResult) -> bool {
    let blames = |f: &GateFailure| f.kind == kind && f.case == entry.cases.as_str();
    result.gate.failed.iter().any(blames)
}

impl Line {
    fn about(case: &Case, entry: &KnownFailure) -> Self {
        Self {
            case: case.id.clone(),
            ..Self::of(entry)
        }
    }

    fn changed(case: &Case, entry: &KnownFailure) -> Option<Self> {
        let was = entry
            .reason
            .trim_start_matches("TODO")
            .trim_start_matches(':')
            .trim();
        Some(Self {
            case: case.id.clone(),
            expect: case.outcome?,
            reason: format!(
                "TODO: state why; it was {}, with the reason: {was}",
                entry.expect
            ),
            issue: entry.issue.clone(),
            expires: entry.expires.clone(),
        })
    }

    fn new_failure(case: &Case) -> Option<Self> {
        let expect = case.outcome?;
        matches!(
            case.own_verdict(),
            Verdict::Fail | Verdict::Error | Verdict::Skipped
        )
        .then(|| Self {
            case: case.id.clone(),
            expect,
            reason: case.causes.first().and_then(Causes::clauses).map_or_else(
                || "TODO: state why this is tolerated".to_owned(),
                |cause| format!("TODO: {cause}; state why this is tolerated"),
            ),
            issue: None,
            expires: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::updated;
    use crate::results::fixture::{TODAY, accept, circumstances, reject, suite, threw, token};
    use crate::results::{
        Failure, GateFailureKind, KnownFailures, Observed, RunResult, ScopeNote, conclude,
    };
    use crate::signature::{Op, OutcomeKind};
    use crate::suite::{Basis, Expect, Level, Suite};

    /// Four cases, `a` to `d`; each has to be rejected, and `d` is implementation-defined.
    fn four() -> Suite {
        let rejects = || Expect::Outcomes(vec![OutcomeKind::Reject]);
        suite("jimo")
            .requires("r", Level::Must, Basis::Document, "R.")
            .requires("m", Level::May, Basis::Practice, "M.")
            .shows("a", &["r"], Op::Verify, rejects())
            .shows("b", &["r"], Op::Verify, rejects())
            .shows("c", &["r"], Op::Verify, rejects())
            .shows("d", &["m"], Op::Verify, Expect::Observe("accepts x".into()))
    }

    fn run(outcomes: &[(&str, Observed)], list: &str, partly: bool) -> (KnownFailures, RunResult) {
        let suite = four();
        let known = KnownFailures::parse("known.yaml", list).unwrap();
        let observations = outcomes
            .iter()
            .map(|(id, observed)| suite.observe(id, observed.clone()))
            .collect();
        let mut circumstances = circumstances();
        if partly {
            circumstances.left_out.push(ScopeNote {
                what: "--filter".into(),
                cases: 1,
            });
        }
        let result = conclude(circumstances, observations, &known, TODAY);
        (known, result)
    }

    fn after(outcomes: &[(&str, Observed)], list: &str) -> String {
        let (known, result) = run(outcomes, list, false);
        updated(&known, &result)
    }

    #[test]
    fn unchanged_entries_are_kept_verbatim() {
        let list = "\
# Ours, ask Ada

# decided in May
- case: jimo/a   # the first
  expect: threw
  reason: |
    waits for 3.0
  issue: \"#1\"
# decided in June
- {case: jimo/b, expect: accept, reason: 'it''s known'}
";
        assert_eq!(after(&[("a", threw("x")), ("b", accept())], list), list);
        // The entry of a case that passes is dropped, with the comment above it.
        let dropped = after(&[("a", threw("x")), ("b", reject())], list);
        assert_eq!(dropped, list[..list.find("# decided in June").unwrap()]);
    }

    #[test]
    fn new_entries_get_a_placeholder_reason() {
        assert_eq!(
            after(&[("a", accept()), ("b", reject())], ""),
            "- {case: \"jimo/a\", expect: accept, reason: \"TODO: state why this is tolerated\"}\n"
        );
        // Appended with the same indentation, even if the file does not end with a line feed.
        let list = "# Ours\n  - {case: jimo/b, expect: threw, reason: x}";
        assert_eq!(
            after(&[("a", accept()), ("b", threw("x"))], list),
            "# Ours\n  - {case: jimo/b, expect: threw, reason: x}\n  - {case: \"jimo/a\", expect: accept, reason: \"TODO: state why this is tolerated\"}\n"
        );
    }

    #[test]
    fn a_changed_outcome_needs_a_new_reason_and_keeps_the_old() {
        let list = "- {case: jimo/a, expect: threw, reason: the \"old\" one, issue: '#1', expires: 2027-01-01}\n";
        assert_eq!(
            after(&[("a", accept())], list),
            "- {case: \"jimo/a\", expect: accept, reason: \"TODO: state why; it was threw, with the reason: the \\\"old\\\" one\", issue: \"#1\", expires: \"2027-01-01\"}\n"
        );
    }

    #[test]
    fn a_partly_matching_pattern_becomes_its_cases() {
        let list = "# All of it\n- {case: 'jimo/*', expect: threw, reason: x}\n# The end\n";
        assert_eq!(
            after(
                &[("a", threw("x")), ("b", reject()), ("c", threw("y"))],
                list
            ),
            "# All of it\n- {case: \"jimo/a\", expect: threw, reason: \"x\"}\n- {case: \"jimo/c\", expect: threw, reason: \"x\"}\n# The end\n"
        );
        assert_eq!(after(&[("a", threw("x")), ("d", accept())], list), list);
    }

    #[test]
    fn a_flow_style_list_is_rewritten() {
        let list = "# Ours\n[{case: jimo/a, expect: threw, reason: x}, {case: jimo/b, expect: threw, reason: y}]\n";
        let written = after(&[("a", threw("x")), ("b", reject()), ("c", accept())], list);
        assert_eq!(
            written,
            "# Ours\n- {case: \"jimo/a\", expect: threw, reason: \"x\"}\n- {case: \"jimo/c\", expect: accept, reason: \"TODO: state why this is tolerated\"}\n"
        );
    }

    #[test]
    fn entries_about_what_was_left_out_stay() {
        let list = "- {case: mtribes/a, expect: threw, reason: x}\n- {case: jimo/b, expect: threw, reason: x}\n- {case: jimo/gone, expect: threw, reason: x}\n";
        let (known, result) = run(&[("a", reject())], list, true);
        let stays = &list[..list.find("- {case: jimo/gone").unwrap()];
        assert_eq!(updated(&known, &result), stays);
    }

    #[test]
    fn unusual_reasons_survive() {
        let reason = "tab\t, nul \\0, \u{202e}, \u{1f600}, é, \u{2028}, \u{feff}, \"quoted\", # no comment, {x}: [y]";
        let list = format!(
            "- {{case: 'jimo/*', expect: threw, reason: {}}}\n",
            crate::results::run::listing::quoted(reason)
        );
        let written = after(&[("a", threw("x")), ("b", reject())], &list);
        let read = KnownFailures::parse("k", &written).unwrap();
        assert_eq!(read.entries()[0].reason, reason);
    }

    fn anything() -> impl Strategy<Value = Observed> {
        prop_oneof![
            Just(accept()),
            Just(reject()),
            Just(threw("x")),
            Just(token("aa")),
            Just(Observed::Failed(Failure::TimedOut(1))),
            Just(Observed::NotApplicable("no".into())),
            any::<bool>().prop_map(|declared| Observed::Unsupported {
                reason: "no".into(),
                declared
            }),
        ]
    }

    fn list() -> impl Strategy<Value = String> {
        let entry = (
            prop::sample::select(vec!["a", "b", "c", "d", "[ab]", "*", "?", "{a,c}", "gone"]),
            prop::sample::select(vec![
                "accept",
                "threw",
                "time-out",
                "unsupported",
                "protocol",
            ]),
            prop::sample::select(vec!["", "# about it\n", "\n"]),
            prop::sample::select(vec!["", ", expires: 2020-01-01", ", expires: 2030-01-01"]),
        );
        prop::collection::btree_map(0..9usize, entry, 0..5).prop_map(|entries| {
            let mut seen = std::collections::BTreeSet::new();
            let lines: Vec<String> = entries
                .into_values()
                .filter(|(case, ..)| seen.insert(*case))
                .map(|(case, expect, before, expires)| {
                    format!(
                        "{before}- {{case: 'jimo/{case}', expect: {expect}, reason: x{expires}}}\n"
                    )
                })
                .collect();
            lines.concat()
        })
    }

    proptest! {
        /// After an update, the same run fails the gate only for what a person has to resolve:
        /// reasons, expired entries, and cases without an answer for which the list expects
        /// something else.
        #[test]
        fn an_update_settles_the_list(
            outcomes in prop::array::uniform4(anything()),
            list in list(),
        ) {
            let outcomes: Vec<_> = ["a", "b", "c", "d"].into_iter().zip(outcomes).collect();
            let written = after(&outcomes, &list);
            let (known, result) = run(&outcomes, &written, false);
            let is_named = |case: &str, expired| {
                known.entries().iter().any(|entry| {
                    entry.cases.matches(case) && entry.has_expired(TODAY) == expired
                })
            };
            for failure in &result.gate.failed {
                let owed = match failure.kind {
                    GateFailureKind::UnexplainedEntry
                    | GateFailureKind::ExpiredEntry
                    | GateFailureKind::NothingJudged => true,
                    GateFailureKind::Fail => is_named(&failure.case, true),
                    GateFailureKind::Error | GateFailureKind::Skipped => {
                        is_named(&failure.case, true) || is_named(&failure.case, false)
                    }
                    _ => false,
                };
                prop_assert!(owed, "{failure:?} after\n{list}became\n{written}");
            }
            prop_assert_eq!(updated(&known, &result), written);
        }
    }
}
