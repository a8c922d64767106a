//! Bodies and values that are not what was to be signed, as processes: no cause that is false, and
//! no verdict that is wrong.

use std::process::Command;

use crate::harness::test;
use crate::program::{self, root};

fn macproof(folder: &str) -> Command {
    program::macproof(&root().join("tests/field").join(folder))
}

/// A verifier that signs what is made of its input rejects right tokens, and is told what it makes.
fn are_named(suite: &str, cases: &[(&str, &str)]) {
    for (made, mistake) in cases {
        let diagnosis = diagnosis(suite, made);
        let causes = diagnosis["causes"].as_array().unwrap();
        assert_eq!(causes.len(), 1, "{made}: {diagnosis}");
        let mistakes = &causes[0]["alternatives"][0]["mistakes"];
        assert_eq!(mistakes[0]["id"], *mistake, "{made}: {diagnosis}");
        assert_eq!(diagnosis["verify"]["unexplained"], 0, "{made}: {diagnosis}");
    }
}

fn diagnosis(suite: &str, made: &str) -> serde_json::Value {
    let output = macproof("bodies")
        .args(["run", suite, "--seed", "1", "--report", "json=-"])
        .args([
            "--command",
            &format!("python3 implementation.py {made} verify"),
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{made}: {output:?}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["conformance"], "nonconformant", "{made}");
    document["diagnosis"].clone()
}

/// f14: the charset of the body.
#[test(needs(PYTHON))]
fn another_charset_of_the_body_is_named() {
    are_named(
        "github-webhook",
        &[
            ("utf-8-as-latin-1", "identity-utf-8-twice"),
            ("utf-8-as-windows-1252", "identity-utf-8-twice"),
            ("replacement-characters", "identity-replacement-characters"),
            ("json-escapes", "identity-unicode-escaped"),
            ("json-escapes-in-capitals", "identity-unicode-escaped"),
            (
                "no-four-byte-characters",
                "identity-four-byte-characters-replaced",
            ),
            ("low-bytes", "identity-latin-1"),
        ],
    );
}

/// f16: line ends and cuts.
#[test(needs(PYTHON))]
fn other_line_ends_and_cuts_are_named() {
    are_named(
        "github-webhook",
        &[
            ("carriage-returns", "identity-line-ends-changed"),
            ("no-blanks", "identity-blanks-removed"),
            ("no-line-feeds", "identity-line-ends-removed"),
            ("blank-before", "identity-blank-added"),
            ("nul-behind", "identity-nul-behind"),
            ("cut", "identity-cut"),
            ("hex-of-the-body", "identity-hex"),
        ],
    );
}

/// f17: values as languages print them.
#[test(needs(PYTHON))]
fn values_printed_by_a_language_are_named() {
    are_named(
        "jotreview",
        &[
            ("python-bytes", "identity-printed"),
            ("swift-optional", "identity-printed"),
            ("rust-some", "identity-printed"),
            ("javascript-object", "identity-object-object"),
            ("list-of-one", "identity-printed"),
            ("json-around", "identity-json-object"),
            ("zeros-before", "identity-zero-padded"),
            ("kind-before", "identity-labelled"),
            ("format", "identity-placeholder"),
        ],
    );
}

/// f22: a scheme without requirements is no suite, and nothing is judged by it.
#[test]
fn a_scheme_without_requirements_is_an_error() {
    let output = macproof("bare_scheme")
        .args(["run", "--suite-file", "scheme.yaml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("missing key \"requirements\""), "{said}");
    assert!(
        !String::from_utf8(output.stdout)
            .unwrap()
            .contains("conformant")
    );
}

/// f24: where nobody names a suite, those are run that the description names.
#[test]
fn the_suites_of_a_description_are_run() {
    let output = macproof("another_suite").arg("run").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("\nintercom "), "{said}");
    assert!(!said.contains("no case was judged"), "{said}");
}

/// f24: an implementation of a suite that was not asked for has no verdict, and the gate is shut.
#[test]
fn an_implementation_of_another_suite_is_not_conformant() {
    let mut command = macproof("another_suite");
    let output = command.args(["run", "jotreview"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("no case was judged"), "{said}");
    assert!(
        said.lines().last().unwrap().starts_with("incomplete: "),
        "{said}"
    );
}

/// A finding may be small enough for several mistakes: the suite's own tokens tell them apart, in
/// whichever form the mistake was made.
#[test(needs(PYTHON))]
fn a_campaign_names_no_mistake_that_does_less_than_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    for seed in ["1", "2", "3"] {
        let output = macproof("bodies")
            .args(["fuzz", "prefinery", "--cases", "3000", "--seed", seed])
            .args([
                "--command",
                "python3 implementation.py no-white-space verify",
            ])
            .arg("--output")
            .arg(folder.path().join(seed))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("identity-blanks-removed"), "{said}");
        assert!(!said.contains("identity-trimmed"), "{said}");
    }
}
