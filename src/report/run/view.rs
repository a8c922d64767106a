//! One view of a run for all reports: what each requirement got, which cases need attention and in
//! which order, the likely causes, and what the list of known failures allows.
//!
//! A format decides only how this is written. What is shown, and what comes first, is decided here.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::report::digits::count;
use crate::report::run::causes::{CauseInWords, remarks};
use crate::report::run::fault::Fault;
use crate::report::run::finding::Finding;
use crate::report::run::requirements::Requirements;
use crate::report::run::triage::{Triage, in_turns};
use crate::report::visible::excerpt;
use crate::results::{
    Case, Document, GateFailure, GateFailureKind, ObservedKind, RunResult, SuiteSummary, Verdict,
};
use crate::signature::Op;

/// How many signatures have to be wrong before the secret is suspected.
const SIGNATURES: usize = 10;

/// A run as reports show it.
pub(super) struct RunView<'r> {
    pub(super) run: &'r RunResult,
    pub(super) requirements: Requirements<'r>,
    /// What is wrong, worst first.
    pub(super) faults: Vec<Fault<'r>>,
    /// The cases that need attention: the first of each fault, worst first, then the second of
    /// each, and so on.
    pub(super) findings: Vec<Finding<'r>>,
    /// The cases that were skipped although the list of known failures does not allow it.
    pub(super) skipped: Vec<Skipped<'r>>,
    /// The cases that failed as the list of known failures says.
    pub(super) known_failures: Vec<&'r Case>,
    /// The causes that explain none of the findings.
    pub(super) further_causes: Vec<CauseInWords>,
    /// Remarks on the causes.
    pub(super) remarks: Vec<String>,
}

/// Cases that were skipped for the same reason.
pub(super) struct Skipped<'r> {
    pub(super) first: &'r Case,
    number: u64,
    reason: &'r str,
}

impl Skipped<'_> {
    /// `3 cases skipped: …`.
    pub(super) fn words(&self, columns: usize) -> String {
        let cases = count(self.number, "case skipped", "cases skipped");
        format!("{cases}: {}", excerpt(self.reason, columns))
    }
}

fn skipped(run: &RunResult) -> Vec<Skipped<'_>> {
    let mut by_reason: IndexMap<&str, Skipped<'_>> = IndexMap::new();
    for case in &run.cases {
        if case.verdict == Verdict::Skipped && case.known.is_none() {
            let reason = case.reason.as_deref().unwrap_or("no reason given");
            let skipped = by_reason.entry(reason).or_insert(Skipped {
                first: case,
                number: 0,
                reason,
            });
            skipped.number += 1;
        }
    }
    by_reason.into_values().collect()
}

/// What is said where no signature is the right one, and no mistake explains any.
fn other_secret(run: &RunResult) -> Option<&'static str> {
    run.diagnosis.as_ref()?;
    let signed = run
        .cases
        .iter()
        .filter(|case| case.request.op == Op::Sign && case.outcome == Some(ObservedKind::Token));
    let mut number = 0;
    for case in signed {
        match case.verdict {
            Verdict::Pass | Verdict::UnexpectedPass => return None,
            _ if !case.causes.is_empty() => return None,
            Verdict::Fail | Verdict::Warning => number += 1,
            Verdict::Observed
            | Verdict::Skipped
            | Verdict::NotApplicable
            | Verdict::Error
            | Verdict::KnownFailure => {}
        }
    }
    (number >= SIGNATURES).then_some(
        "no signature is the right one, and none is explained: perhaps the secrets differ, so compare the one that signs with the one that macproof has",
    )
}

impl<'r> RunView<'r> {
    pub(super) fn of(run: &'r RunResult) -> Self {
        let requirements = Requirements::of(run);
        let Triage {
            faults,
            further_causes,
        } = Triage::of(run, &requirements);
        let findings = faults.iter().map(|fault| fault.findings.clone());
        let findings = in_turns(findings.collect());
        let cases = run.cases.iter();
        Self {
            run,
            requirements,
            faults,
            findings,
            skipped: skipped(run),
            known_failures: cases
                .filter(|case| case.verdict == Verdict::KnownFailure)
                .collect(),
            further_causes,
            remarks: (remarks(run).into_iter())
                .chain(other_secret(run).map(str::to_owned))
                .collect(),
        }
    }

    /// The views of all runs of a document.
    pub(super) fn all(document: &'r Document) -> Vec<Self> {
        document.runs().iter().map(Self::of).collect()
    }

    /// The cases of a suite, in file order.
    pub(super) fn cases_of(&self, suite: &'r SuiteSummary) -> impl Iterator<Item = &'r Case> {
        let cases = self.run.cases.iter();
        cases.filter(|case| case.suite() == suite.name)
    }

    /// The known failures that occurred, by reason: `known to fail, 3 cases: …`.
    pub(super) fn known_failures_in_words(&self, columns: usize) -> Vec<String> {
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        for known in self
            .known_failures
            .iter()
            .filter_map(|case| case.known.as_ref())
        {
            *reasons.entry(&known.reason).or_default() += 1;
        }
        let line = |(reason, number): (&str, u64)| {
            let cases = count(number, "case", "cases");
            format!("known to fail, {cases}: {}", excerpt(reason, columns))
        };
        reasons.into_iter().map(line).collect()
    }

    /// The gate failures that the list of known failures caused: a wrong entry, or a case whose
    /// outcome differs from its entry.
    pub(super) fn problems_of_the_list(&self) -> impl Iterator<Item = &'r GateFailure> {
        self.run.gate.failed.iter().filter(|failure| {
            failure.kind.is_of_an_entry()
                || matches!(
                    failure.kind,
                    GateFailureKind::UnexpectedPass | GateFailureKind::ChangedOutcome
                )
        })
    }

    /// The gate failures that belong to no case: those of the list's entries, and those of the run
    /// as a whole.
    pub(super) fn problems_beside_the_cases(&self) -> impl Iterator<Item = &'r GateFailure> {
        let failed = self.run.gate.failed.iter();
        failed.filter(|failure| failure.kind.is_of_an_entry() || failure.case.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use quick_junit::{Report, TestCaseStatus};
    use serde_json::Value;

    use super::RunView;
    use crate::report::{Campaigns, HumanOptions, github, html, human, junit, markdown, sarif};
    use crate::results::fixture::{accept, expect_token, not_accepted, reject, run, suite, token};
    use crate::results::{Causes, Diagnosis, Document, Failure, Observed, RunResult};
    use crate::signature::Op;
    use crate::suite::{Basis, Level};

    /// A run with a finding of each kind, a known failure, two skipped cases, and cases that need
    /// no attention.
    fn one_of_each() -> RunResult {
        let mut suite = suite("acme")
            .requires("exact", Level::Must, Basis::Document, "The token is exact.")
            .requires("quiet", Level::Should, Basis::Practice, "It is quiet.")
            .shows("right", &["exact"], Op::Sign, expect_token("aa"))
            .shows("odd", &["quiet"], Op::Verify, not_accepted());
        let ids = [
            "wrong",
            "crashes",
            "passes-now",
            "changed",
            "known",
            "skipped-1",
            "skipped-2",
            "bytes",
        ];
        for id in ids {
            suite = match id {
                "wrong" => suite.shows(id, &["exact"], Op::Sign, expect_token("aa")),
                _ => suite.shows(id, &["exact"], Op::Verify, not_accepted()),
            };
        }
        let skipped = || Observed::Unsupported {
            reason: "no clock today".into(),
            declared: false,
        };
        let crashed = Failure::Crashed("exit status 1".into());
        let observations = vec![
            suite.observe("right", token("aa")),
            suite.observe("odd", accept()),
            suite.observe("wrong", token("ab")),
            suite.observe("crashes", Observed::Failed(crashed)),
            suite.observe("passes-now", reject()),
            suite.observe("changed", accept()),
            suite.observe("known", accept()),
            suite.observe("skipped-1", skipped()),
            suite.observe("skipped-2", skipped()),
            suite.observe("bytes", Observed::NotApplicable("it takes no bytes".into())),
        ];
        let list = "\
- {case: acme/passes-now, expect: accept, reason: was broken}
- {case: acme/changed, expect: threw, reason: was broken}
- {case: acme/known, expect: accept, reason: waits for 3.0}
";
        run(observations, list)
    }

    /// What stands between two texts, wherever it does.
    fn between(text: &str, start: &str, end: &str) -> BTreeSet<String> {
        let rest = text.split(start).skip(1);
        rest.map(|rest| rest.split(end).next().unwrap().to_owned())
            .collect()
    }

    fn in_junit(xml: &str) -> BTreeSet<String> {
        let report = Report::deserialize_from_str(xml).unwrap();
        let cases = report.test_suites.iter().flat_map(|one| &one.test_cases);
        let is_shown = |case: &&quick_junit::TestCase| match case.status {
            TestCaseStatus::NonSuccess { .. } => true,
            TestCaseStatus::Skipped { .. } => false,
            TestCaseStatus::Success { .. } => {
                let out = case.system_out.as_ref();
                out.is_some_and(|out| out.as_str().contains("rerun "))
            }
        };
        let shown = cases.filter(is_shown);
        shown
            .map(|case| format!("acme/{}", case.name.as_str()))
            .collect()
    }

    fn in_sarif(log: &str) -> BTreeSet<String> {
        let log: Value = serde_json::from_str(log).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap().iter();
        let results = results.filter(|result| result.get("suppressions").is_none());
        let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array();
        let texts = results.chain(notifications.unwrap());
        let texts = texts.map(|one| one["message"]["text"].as_str().unwrap());
        let ids = texts.filter(|text| text.starts_with("acme/"));
        ids.map(|text| text.split(": ").next().unwrap().to_owned())
            .collect()
    }

    /// The secret is suspected only where no signature is right and no mistake explains one.
    #[test]
    fn signatures_that_are_all_others_raise_the_question_of_the_secret() {
        let mut acme = suite("acme").requires("exact", Level::Must, Basis::Document, "Exact.");
        for number in 0..12 {
            acme = acme.shows(
                &format!("s{number}"),
                &["exact"],
                Op::Sign,
                expect_token("aa"),
            );
        }
        let is_asked = |wrong: usize, is_explained: bool| {
            let answers = (0..12).map(|at| token(if at < wrong { "ab" } else { "aa" }));
            let ids = (0..12).map(|at| format!("s{at}"));
            let observed = std::iter::zip(ids, answers).map(|(id, said)| acme.observe(&id, said));
            let mut result = run(observed.collect(), "");
            if is_explained {
                result.cases[3].causes = vec![Causes {
                    mistakes: Vec::new(),
                }];
            }
            result.diagnosis = Some(Diagnosis::of_signing(&result.cases, 100));
            let view = RunView::of(&result);
            view.remarks
                .iter()
                .any(|one| one.contains("the secrets differ"))
        };
        assert!(is_asked(12, false));
        assert!(!is_asked(11, false));
        assert!(!is_asked(12, true));
    }

    #[test]
    fn every_format_shows_the_same_findings() {
        let result = one_of_each();
        let view = RunView::of(&result);
        let findings = view.findings.iter();
        let ids: Vec<String> = findings.map(|finding| finding.case.id.clone()).collect();
        assert_eq!(
            ids,
            [
                "acme/changed",
                "acme/crashes",
                "acme/wrong",
                "acme/passes-now",
                "acme/odd"
            ]
        );
        let ids: BTreeSet<String> = ids.into_iter().collect();
        let document = Document::from(result.clone());
        let campaigns = Campaigns::default();
        let human = human(&document, &HumanOptions::default().in_full());
        let markdown = markdown(&document, &campaigns);
        let html = html(&document);
        let junit = junit(&document);
        let sarif = sarif(&document);
        let github = github(&document, &campaigns);

        let everywhere = result.cases.iter().map(|case| case.id.clone());
        let in_human = everywhere.filter(|id| human.contains(id.as_str()));
        assert_eq!(in_human.collect::<BTreeSet<_>>(), ids);
        assert_eq!(between(&markdown, "<details><summary><code>", "<"), ids);
        assert_eq!(between(&html, "<dl class=\"example\" id=\"", "\""), ids);
        assert_eq!(in_junit(&junit), ids);
        assert_eq!(in_sarif(&sarif), ids);
        let annotated = between(&github, "for example ", ":");
        assert_eq!(annotated, ids);
        // The first of the skipped cases stands for both.
        assert!(github.contains(",title=acme/skipped-1::"), "{github}");

        for report in [&human, &markdown, &html, &junit, &sarif, &github] {
            assert!(report.contains("no clock today"), "{report}");
        }
        for report in [&human, &markdown, &html, &junit, &sarif] {
            assert!(report.contains("waits for 3.0"), "{report}");
        }
    }
}
