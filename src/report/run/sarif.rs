//! SARIF 2.1.0, for code scanning: results at the lines of the suites' vectors.

use serde_json::{Value, json};

use crate::report::json;
use crate::report::run::case::details_text;
use crate::report::run::fault::Fault;
use crate::report::run::finding::{Finding, FindingKind, happened};
use crate::report::run::place::{Origin, Place};
use crate::report::run::requirements::{Requirement, web_address};
use crate::report::run::sentence::verdict_sentence;
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, excerpt, visible};
use crate::results::{Case, Document, JUDGED_ITSELF, RunResult};
use crate::suite::Level;

/// Longest text in a message, in columns.
const COLUMNS: usize = 200;

/// Above this number of results, a fault is one result: code scanning shows 5,000 of a run and
/// refuses more than 25,000.
const RESULTS: usize = 5000;

/// Where this program comes from; a package of a release knows it.
const ADDRESS: Option<&str> = option_env!("MACPROOF_ADDRESS");

/// Renders the document as a SARIF log: a run per implementation, a rule per requirement, and a
/// result for each case that failed, gave a warning, or passed although it is a known failure. A
/// known failure is a suppressed result; a case without an answer, skipped cases, and a problem with
/// the list or the run are notifications.
pub fn sarif(document: &Document) -> String {
    sarif_of(document, ADDRESS)
}

fn sarif_of(document: &Document, address: Option<&str>) -> String {
    let views = RunView::all(document);
    let runs: Vec<Value> = views.iter().map(|view| run(view, address)).collect();
    json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    }))
}

fn run(view: &RunView<'_>, address: Option<&str>) -> Value {
    let result = view.run;
    let mut driver = json!({
        "name": "macproof",
        "version": result.macproof_version,
        "semanticVersion": result.macproof_version,
    });
    if let Some(address) = address {
        driver["informationUri"] = address.into();
    }
    driver["rules"] = view.requirements.all.iter().map(rule).collect();
    let known = view.known_failures.iter().take(RESULTS);
    let known = known.map(|case| of_known_failure(view, case));
    let results: Vec<Value> = if view.findings.len() > RESULTS {
        let faults = view.faults.iter();
        let faults = faults.filter_map(|fault| of_fault(view, fault));
        faults.chain(known).collect()
    } else {
        let findings = view.findings.iter();
        let findings = findings.filter_map(|finding| of_finding(view, *finding));
        findings.chain(known).collect()
    };
    let about = &result.implementation;
    json!({
        "tool": {"driver": driver},
        "automationDetails": {"id": format!("macproof/{}/", excerpt(&about.name, COLUMNS))},
        "columnKind": "unicodeCodePoints",
        "invocations": [{
            "executionSuccessful": matches!(result.gate.exit_code, 0 | 1),
            "exitCode": result.gate.exit_code,
            "startTimeUtc": result.started,
            "toolExecutionNotifications": notifications(view),
        }],
        "results": results,
        "properties": {
            "conformance": result.conformance,
            "verdict": verdict_sentence(result),
            "cases": result.scope.cases,
            "asked": result.scope.asked,
            "interrupted": result.interrupted,
            "restarts": result.restarts.count,
            "helloChanges": result.hello_changes,
            "level": result.level,
            "seed": result.seed,
            "implementation": {
                "name": visible(&about.name),
                "version": about.version.as_deref().map(visible),
                "language": about.language.as_deref().map(visible),
            },
            "suites": result.suites.iter().map(|suite| json!({
                "name": suite.name, "version": suite.version, "digest": suite.digest,
            })).collect::<Vec<_>>(),
        },
    })
}

fn rule(one: &Requirement<'_>) -> Value {
    let requirement = one.summary;
    let mut rule = json!({
        "id": one.name(),
        "name": requirement.id,
        "shortDescription": {"text": message(&requirement.text)},
        "fullDescription": {"text": message(&requirement.text)},
        "help": {"text": message(&capitalised(&one.basis()))},
        "defaultConfiguration": {"level": level(requirement.level)},
        "properties": {
            "level": requirement.level,
            "basis": requirement.basis,
            "tags": [requirement.level, requirement.basis],
        },
    });
    if let Some(url) = web_address(one.suite) {
        rule["helpUri"] = url.into();
    }
    rule
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::May => "note",
    }
}

/// The result of a finding. A case without an answer has none: it is a notification.
fn of_finding(view: &RunView<'_>, finding: Finding<'_>) -> Option<Value> {
    let level = match finding.kind {
        FindingKind::Fail | FindingKind::UnexpectedPass | FindingKind::ChangedOutcome => "error",
        FindingKind::Warning => "warning",
        FindingKind::Error => return None,
    };
    Some(of_case(view, finding.case, level, &finding.words()))
}

/// The result of a whole fault, at its first case.
fn of_fault(view: &RunView<'_>, fault: &Fault<'_>) -> Option<Value> {
    let mut findings = fault.findings.iter();
    let mut result = findings.find_map(|finding| of_finding(view, *finding))?;
    let said = result["message"]["text"].as_str().unwrap_or_default();
    let text = format!(
        "{}: {}. {}.\n\n{said}",
        capitalised(&fault.gravity.words(fault.level)),
        fault.extent(),
        capitalised(&fault.ground.say(fault.title.trim_end_matches('.')))
    );
    result["message"]["text"] = message(&text).into();
    Some(result)
}

fn of_known_failure(view: &RunView<'_>, case: &Case) -> Value {
    let mut result = of_case(view, case, "note", &happened(case));
    let known = case.known.as_ref();
    result["suppressions"] = json!([{
        "kind": "external",
        "status": "accepted",
        "justification": excerpt(known.map_or("", |known| &known.reason), COLUMNS),
    }]);
    result
}

fn of_case(view: &RunView<'_>, case: &Case, level: &str, said: &str) -> Value {
    let text = details_text(view.run, case);
    let mut result = json!({
        "level": level,
        "message": {"text": message(&format!("{}: {said}\n\n{text}", case.id))},
        "locations": locations(view.run, case),
        "partialFingerprints": {"macproof/case/v1": case.id},
        "properties": {"case": case.id, "level": case.level, "basis": case.basis, "shows": case.shows},
    });
    if let Some(shown) = case.shows.first() {
        result["ruleId"] = format!("{}/{shown}", case.suite()).into();
        if let Some(index) = view.requirements.index(case, shown) {
            result["ruleIndex"] = index.into();
        }
    }
    result
}

fn notifications(view: &RunView<'_>) -> Vec<Value> {
    let result = view.run;
    let at = |case: &Case, text: String| {
        json!({
            "level": "error",
            "message": {"text": message(&text)},
            "locations": locations(result, case),
        })
    };
    let findings = view.findings.iter();
    let unanswered = findings
        .filter(|finding| finding.kind == FindingKind::Error)
        .map(|finding| {
            at(
                finding.case,
                format!("{}: {}", finding.case.id, finding.words()),
            )
        });
    let skipped = view.skipped.iter();
    let skipped = skipped.map(|skipped| at(skipped.first, skipped.words(COLUMNS)));
    let of_the_run = view.problems_beside_the_cases().map(|failure| {
        let text = match failure.case.as_str() {
            "" => failure.reason.clone(),
            case => format!("{case}: {}", failure.reason),
        };
        json!({"level": "error", "message": {"text": message(&excerpt(&text, 2 * COLUMNS))}})
    });
    let notes = result.notes.iter().map(
        |note| json!({"level": "note", "message": {"text": message(&excerpt(note, 2 * COLUMNS))}}),
    );
    let itself = result
        .judged_itself
        .then(|| json!({"level": "warning", "message": {"text": JUDGED_ITSELF}}));
    let of_cases = unanswered.chain(skipped);
    itself
        .into_iter()
        .chain(of_cases)
        .chain(of_the_run)
        .chain(notes)
        .collect()
}

/// A line of the user's own files, otherwise the document that the suite is based on; without
/// either there is no location.
fn locations(run: &RunResult, case: &Case) -> Value {
    let address = Origin::of(run, case).and_then(|origin| origin.address());
    let (uri, line) = match (Place::of_case(run, case), address) {
        (Some(place), _) => (uri(&place.path), place.line),
        (None, Some(address)) => (address.to_owned(), 1),
        (None, None) => return json!([]),
    };
    json!([{"physicalLocation": {
        "artifactLocation": {"uri": uri},
        "region": {"startLine": line},
    }}])
}

/// Converts a path to a URI reference; a relative path stays relative.
fn uri(path: &str) -> String {
    let mut out = String::new();
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Escapes text so that SARIF viewers find no links and no placeholders in it.
fn message(text: &str) -> String {
    text.replace("](", "]\\(")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::{sarif, sarif_of, uri};
    use crate::report::fixture::{HOSTILE, forty_of_three_hundred, green, rich};
    use crate::results::{Document, RunResult, Runs};

    fn log(result: RunResult) -> Value {
        serde_json::from_str(&sarif(&result.into())).unwrap()
    }

    fn validator() -> jsonschema::Validator {
        let path = "tests/fixtures/formats/sarif-2.1.0-rtm.5.json";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        // The published pattern for languages has a superfluous bracket and does not compile.
        let text = std::fs::read_to_string(path)
            .unwrap()
            .replace("{2}]?$", "{2}$");
        let schema: Value = serde_json::from_str(&text).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    }

    #[test]
    fn the_log_matches_the_published_schema() {
        let validator = validator();
        let several = Document::from(Runs::new(vec![green(), rich(400)]));
        for document in [
            green().into(),
            forty_of_three_hundred().into(),
            rich(65_536).into(),
            several,
        ] {
            let log: Value = serde_json::from_str(&sarif(&document)).unwrap();
            let errors: Vec<_> = validator
                .iter_errors(&log)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
        let mut wrong = log(rich(1));
        wrong["runs"][0]["results"][0]["level"] = "grave".into();
        assert!(!validator.is_valid(&wrong));
    }

    #[test]
    fn the_log_matches_the_snapshot() {
        let mut result = rich(40);
        let keep = [
            "acme/wrong-token",
            "acme/malformed",
            "hostile/crashes",
            "hostile/known",
        ];
        result.cases.retain(|case| keep.contains(&case.id.as_str()));
        result.macproof_version = "0.0.0".into();
        insta::assert_snapshot!("sarif", sarif_of(&result.into(), None));
    }

    /// A program that knows no address writes none.
    #[test]
    fn the_address_of_the_program_is_written_where_it_is_known() {
        let address = "https://example.com/acme/macproof";
        let log: Value = serde_json::from_str(&sarif_of(&rich(1).into(), Some(address))).unwrap();
        assert!(validator().is_valid(&log));
        let driver = &log["runs"][0]["tool"]["driver"];
        assert_eq!(driver["informationUri"], address);
        assert!(!sarif_of(&rich(1).into(), None).contains("informationUri"));
    }

    #[test]
    fn findings_are_worst_first_and_at_files_of_the_user() {
        let log = log(forty_of_three_hundred());
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 40);
        assert_eq!(results[0]["ruleId"], "acme/no-forgery");
        let place = &results[1]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "adapters/php/adapter.php");
        assert_eq!(results[1]["ruleId"], "acme/secret-is-text");
        assert_eq!(
            log["runs"][0]["tool"]["driver"]["rules"][0]["id"],
            "acme/secret-is-text"
        );
        assert_eq!(
            self::log(green())["runs"][0]["results"],
            serde_json::json!([])
        );
    }

    #[test]
    fn above_the_limit_a_fault_is_one_result() {
        let mut result = forty_of_three_hundred();
        let case = result.cases[0].clone();
        for number in 0..super::RESULTS {
            let mut case = case.clone();
            case.id = format!("acme/more-{number}");
            result.cases.push(case);
        }
        let results = log(result)["runs"][0]["results"].clone();
        let texts = results.as_array().unwrap().iter();
        let texts: Vec<&str> = texts
            .map(|one| one["message"]["text"].as_str().unwrap())
            .collect();
        assert_eq!(texts.len(), 2);
        assert!(
            texts[0].starts_with("Accepts what it must not: 4 verify cases in acme."),
            "{texts:?}"
        );
        assert!(
            texts[1].starts_with("Signs wrongly: 5,036 sign cases in acme."),
            "{texts:?}"
        );
    }

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("vectors/a b.yaml"), "vectors/a%20b.yaml");
        assert_eq!(uri("/é?#"), "file:///%C3%A9%3F%23");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn untrusted_text_gives_a_valid_log(said in any::<String>()) {
            let said = format!("{said}{HOSTILE}[x](http://x)");
            let mut result = rich(1);
            result.implementation.name.clone_from(&said);
            result.notes.push(said.clone());
            for case in &mut result.cases {
                case.actual = Some(said.clone());
                case.source.path.clone_from(&said);
            }
            let text = sarif(&result.into());
            let log: Value = serde_json::from_str(&text).unwrap();
            for finding in log["runs"][0]["results"].as_array().unwrap() {
                prop_assert!(!finding["message"]["text"].as_str().unwrap().contains("]("));
            }
            prop_assert!(validator().is_valid(&log));
        }
    }
}
