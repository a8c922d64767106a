//! JUnit XML, for CI servers.

use std::collections::HashMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::report::run::case::{actual, details_text, reason_line};
use crate::report::run::finding::{Finding, FindingKind};
use crate::report::run::place::Origin;
use crate::report::run::sentence::verdict_sentence;
use crate::report::run::view::RunView;
use crate::report::visible::{excerpt, visible};
use crate::results::{
    Case, Document, GateFailureKind, JUDGED_ITSELF, ObservedKind, RunResult, SuiteSummary, Verdict,
};
use crate::suite::Basis;

/// Longest text in an attribute, in columns.
const COLUMNS: usize = 200;

/// Renders the document as JUnit XML: one test suite per suite, one test case per case, and a test
/// suite for problems with the list of known failures or with the run itself, if there are any. What
/// needs attention comes first, worst first.
///
/// A known failure is skipped, with its reason; an unexpected pass fails; observations and warnings
/// pass, with a note in their output. Each of several implementations has its own test suites. The
/// result is valid under the XML Schema that Jenkins checks reports against. That schema allows no
/// attributes or properties for locations on a test case, so a vector's location and requirements
/// are in the output of its case.
#[expect(
    clippy::expect_used,
    reason = "what XML cannot hold is spelt out before"
)]
pub fn junit(document: &Document) -> String {
    let mut report = Report::new("macproof");
    let took = document.runs().iter().map(|run| run.duration_ms).sum();
    report.set_time(Duration::from_millis(took));
    let names = document.names();
    for (view, name) in std::iter::zip(&RunView::all(document), &names) {
        let prefix = match names.len() {
            1 => String::new(),
            _ => format!("{}: ", excerpt(name, COLUMNS)),
        };
        let ranks: HashMap<&str, usize> = view
            .findings
            .iter()
            .enumerate()
            .map(|(rank, finding)| (finding.case.id.as_str(), rank))
            .collect();
        let rank = |case: &Case| ranks.get(case.id.as_str()).copied().unwrap_or(usize::MAX);
        let mut suites: Vec<&SuiteSummary> = view.run.suites.iter().collect();
        suites.sort_by_cached_key(|suite| view.cases_of(suite).map(rank).min());
        for suite in suites {
            let mut cases: Vec<&Case> = view.cases_of(suite).collect();
            cases.sort_by_key(|case| rank(case));
            report.add_test_suite(of_suite(view, suite, &cases, &prefix));
        }
        report.add_test_suites(of_known_failures(view, &prefix));
        report.add_test_suites(of_the_run(view, &prefix));
    }
    let xml = report.to_string().expect("a report can be written");
    without_skipped_in_all(&xml)
}

/// Removes the total of skipped cases from the root element: Jenkins' schema allows that attribute
/// on test suites only. The root element contains only numbers.
fn without_skipped_in_all(xml: &str) -> String {
    let cut = || {
        let root = xml.find("<testsuites ")?;
        let attribute = root + xml[root..].find(" skipped=\"")?;
        let value = attribute + " skipped=\"".len();
        let end = value + xml[value..].find('"')? + 1;
        (end < root + xml[root..].find('>')?)
            .then(|| format!("{}{}", &xml[..attribute], &xml[end..]))
    };
    cut().unwrap_or_else(|| xml.to_owned())
}

fn of_suite(view: &RunView<'_>, suite: &SuiteSummary, cases: &[&Case], prefix: &str) -> TestSuite {
    let result = view.run;
    let mut xml = TestSuite::new(format!("{prefix}{}", suite.name));
    let about = &result.implementation;
    let mut properties = vec![
        ("macproof.version", result.macproof_version.clone()),
        ("macproof.started", result.started.clone()),
        ("macproof.level", result.level.to_string()),
        ("macproof.seed", result.seed.to_string()),
        ("macproof.repeat", result.repeat.to_string()),
        ("macproof.restarts", result.restarts.count.to_string()),
        ("macproof.interrupted", result.interrupted.to_string()),
        ("implementation.name", about.name.clone()),
    ];
    let optional = [
        ("implementation.version", &about.version),
        ("implementation.language", &about.language),
        ("implementation.notes", &about.notes),
    ];
    for (name, value) in optional {
        properties.extend(value.clone().map(|value| (name, value)));
    }
    properties.extend([
        ("adapter", result.adapter.clone()),
        ("suite.version", suite.version.to_string()),
        ("suite.digest", suite.digest.clone()),
    ]);
    let origin = cases.first().and_then(|case| Origin::of(result, case));
    properties.extend(origin.map(|origin| match origin {
        Origin::File(place) => ("suite.path", place.path),
        Origin::Document(address) => ("suite.document", address.to_owned()),
    }));
    let changes = result.hello_changes.in_words();
    properties.extend(changes.map(|words| ("macproof.hello", words)));
    // The sentence is already escaped.
    xml.add_property(("macproof.verdict", verdict_sentence(result).as_str()));
    for (name, value) in properties {
        xml.add_property((name, visible(&value).as_str()));
    }
    let cases = cases.iter();
    xml.add_test_cases(cases.map(|case| of_case(result, case, prefix)));
    xml
}

fn of_case(result: &RunResult, case: &Case, prefix: &str) -> TestCase {
    let (suite, vector) = case.id.split_once('/').unwrap_or(("", &case.id));
    let mut xml = TestCase::new(vector, status(result, case));
    xml.set_classname(format!("{prefix}{suite}"));
    // The document of the whole suite is told with the suite.
    let place = match Origin::of(result, case) {
        Some(origin @ Origin::File(_)) => format!("{} ", origin.words()),
        Some(Origin::Document(_)) | None => String::new(),
    };
    let mut out = format!(
        "{place}({}, {}) shows {}; {}\n",
        case.level,
        case.basis.name(),
        case.shows.join(", "),
        case.verdict
    );
    if case.verdict == Verdict::Observed {
        let seen = format!("{}: {}\n", excerpt(&case.expected, COLUMNS), actual(case));
        out.push_str(&seen);
    }
    if Finding::of(case).is_some_and(Finding::is_warning) {
        out.push_str(&details_text(result, case));
    }
    xml.set_system_out(out);
    xml
}

fn status(result: &RunResult, case: &Case) -> TestCaseStatus {
    let Some(finding) = Finding::of(case) else {
        return status_without_finding(case);
    };
    let (element, ty) = match finding.kind {
        FindingKind::Warning => return TestCaseStatus::success(),
        FindingKind::Fail => (NonSuccessKind::Failure, kind_of_failure(case)),
        FindingKind::UnexpectedPass => (NonSuccessKind::Failure, "unexpected-pass"),
        FindingKind::ChangedOutcome => (NonSuccessKind::Failure, "changed-outcome"),
        FindingKind::Error => {
            let ty = case.outcome.map_or("error", ObservedKind::name);
            (NonSuccessKind::Error, ty)
        }
    };
    let mut status = TestCaseStatus::non_success(element);
    status.set_type(ty);
    status.set_message(finding.words());
    status.set_description(details_text(result, case));
    status
}

fn status_without_finding(case: &Case) -> TestCaseStatus {
    let reason = || reason_line(case.reason.as_deref().unwrap_or_default());
    let skipped = |why: &str, reason: String| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(format!("{why}: {reason}"));
        status
    };
    match (case.verdict, &case.known) {
        (Verdict::Skipped, _) => skipped("skipped", reason()),
        (Verdict::NotApplicable, _) => skipped("not applicable", reason()),
        (Verdict::KnownFailure, known) => {
            let reason = known.as_ref().map_or("", |known| &known.reason);
            skipped("known failure", excerpt(reason, COLUMNS))
        }
        _ => TestCaseStatus::success(),
    }
}

/// The type of a failure: "departure" applies only where the vendor's own document states the
/// requirement.
fn kind_of_failure(case: &Case) -> &'static str {
    match case.basis {
        _ if case.outcome == Some(ObservedKind::Unsupported) => "contradicts-its-hello",
        _ if case.departs_from_document() => "departs-from-document",
        Basis::Security => "security",
        Basis::Document | Basis::Practice => "practice",
    }
}

fn of_known_failures(view: &RunView<'_>, prefix: &str) -> Option<TestSuite> {
    let problems = view.problems_beside_the_cases();
    let of_entries = problems.filter(|problem| problem.kind.is_of_an_entry());
    let cases: Vec<TestCase> = of_entries
        .map(|problem| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(problem.kind.name());
            status.set_message(excerpt(&problem.reason, COLUMNS));
            let mut case = TestCase::new(visible(&problem.case), status);
            case.set_classname(format!("known-failures.{}", problem.kind.name()));
            case
        })
        .collect();
    if cases.is_empty() {
        return None;
    }
    let mut xml = TestSuite::new(format!("{prefix}known-failures"));
    xml.add_test_cases(cases);
    Some(xml)
}

/// Problems of the run as a whole, which belong to no case. Without them the server would be green
/// if everything passed or nothing was tested.
fn of_the_run(view: &RunView<'_>, prefix: &str) -> Option<TestSuite> {
    let result = view.run;
    let mut cases = Vec::new();
    if result.judged_itself {
        let mut status = TestCaseStatus::skipped();
        status.set_message(JUDGED_ITSELF);
        cases.push(TestCase::new("implementation", status));
    }
    for failure in view.problems_beside_the_cases() {
        if !failure.kind.is_of_an_entry() {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type(failure.kind.name());
            status.set_message(excerpt(&failure.reason, COLUMNS));
            let name = match failure.kind {
                GateFailureKind::DidNotStart => excerpt(&result.implementation.name, COLUMNS),
                kind => kind.name().to_owned(),
            };
            cases.push(TestCase::new(name, status));
        }
    }
    if cases.is_empty() {
        return None;
    }
    let mut xml = TestSuite::new(format!("{prefix}macproof"));
    for mut case in cases {
        case.set_classname(format!("{prefix}macproof"));
        xml.add_test_case(case);
    }
    Some(xml)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};

    use super::junit;
    use crate::report::fixture::{HOSTILE, forty_of_three_hundred, green, rich};
    use crate::results::Runs;

    fn parsed(xml: &str) -> Report {
        Report::deserialize_from_str(xml).unwrap()
    }

    fn case<'r>(report: &'r Report, suite: &str, name: &str) -> &'r TestCase {
        let suite = report
            .test_suites
            .iter()
            .find(|known| known.name.as_str() == suite)
            .unwrap();
        let case = suite.test_cases.iter().find(|c| c.name.as_str() == name);
        case.unwrap()
    }

    /// The result of a case: element name, type and message.
    fn status(report: &Report, suite: &str, name: &str) -> (&'static str, String, String) {
        let text = |text: &Option<quick_junit::XmlString>| {
            text.as_ref().map_or("", |t| t.as_str()).to_owned()
        };
        match &case(report, suite, name).status {
            TestCaseStatus::Success { .. } => ("success", String::new(), String::new()),
            TestCaseStatus::NonSuccess {
                kind, ty, message, ..
            } => {
                let element = match kind {
                    NonSuccessKind::Failure => "failure",
                    NonSuccessKind::Error => "error",
                };
                (element, text(ty), text(message))
            }
            TestCaseStatus::Skipped { ty, message, .. } => ("skipped", text(ty), text(message)),
        }
    }

    /// `tests/integration/reports.rs` validates the report against Jenkins' schema.
    #[test]
    fn the_report_matches_the_snapshot() {
        let mut result = rich(400);
        result.macproof_version = "0.0.0".into();
        let several = Runs::new(vec![result.clone(), result.clone()]);
        insta::assert_snapshot!("junit", junit(&result.into()));
        insta::assert_snapshot!("junit-several", junit(&several.into()));
    }

    #[test]
    fn each_verdict_is_its_element() {
        let report = parsed(&junit(&rich(400).into()));
        let of = |suite, name| {
            let (element, ty, _) = status(&report, suite, name);
            (element, ty)
        };
        for (suite, name, element, ty) in [
            ("acme", "right-token", "success", ""),
            ("acme", "wrong-token", "failure", "departs-from-document"),
            ("acme", "unsupported", "failure", "contradicts-its-hello"),
            ("acme", "forged", "failure", "security"),
            ("acme", "mixed", "failure", "security"),
            ("acme", "malformed", "success", ""),
            ("acme", "upper", "success", ""),
            ("hostile", "crashes", "error", "crash"),
            ("hostile", "late", "error", "time-out"),
            ("hostile", "unstable", "failure", "departs-from-document"),
            ("hostile", "known", "skipped", ""),
            ("hostile", "passes-now", "failure", "unexpected-pass"),
            ("hostile", "changed", "failure", "changed-outcome"),
            ("hostile", "expired", "failure", "security"),
            ("hostile", "skipped", "skipped", ""),
            ("hostile", "bytes", "skipped", ""),
            (
                "known-failures",
                "hostile/expired",
                "failure",
                "expired-entry",
            ),
        ] {
            assert_eq!(of(suite, name), (element, ty.to_owned()), "{suite}/{name}");
        }
        let (.., message) = status(&report, "hostile", "known");
        assert_eq!(message, "known failure: waits for <3.0>");
        assert_eq!((report.tests, report.errors), (23, 2));
        let suite = &report.test_suites[0];
        let property = |name: &str| {
            let found = suite.properties.iter().find(|p| p.name.as_str() == name);
            found.map(|p| p.value.as_str().to_owned())
        };
        assert_eq!(property("suite.digest"), Some("5f".repeat(32)));
        assert_eq!(property("macproof.seed"), Some("42".into()));
        assert_eq!(property("macproof.level"), Some("must".into()));
    }

    #[test]
    fn a_green_run_has_no_failure() {
        let report = parsed(&junit(&green().into()));
        assert_eq!((report.tests, report.failures, report.errors), (805, 0, 0));
        let report = parsed(&junit(&forty_of_three_hundred().into()));
        assert_eq!((report.tests, report.failures, report.errors), (300, 40, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Any text from an implementation survives a round trip through the XML.
        #[test]
        fn untrusted_text_gives_valid_xml(said in any::<String>()) {
            let said = format!("{said}{HOSTILE}]]>{said}<!--");
            let mut result = rich(1);
            result.implementation.name.clone_from(&said);
            result.adapter.clone_from(&said);
            for case in &mut result.cases {
                case.actual = Some(said.clone());
                case.reason = Some(said.clone());
                case.note = Some(said.clone());
                case.source.path.clone_from(&said);
                if let Some(known) = &mut case.known {
                    known.reason.clone_from(&said);
                }
            }
            for failure in &mut result.gate.failed {
                failure.case.clone_from(&said);
                failure.reason.clone_from(&said);
            }
            let report = parsed(&junit(&result.into()));
            let name = &report.test_suites[0].properties.iter()
                .find(|p| p.name.as_str() == "implementation.name").unwrap().value;
            prop_assert_eq!(name.as_str(), crate::report::visible(&said));
        }
    }
}
