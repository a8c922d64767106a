//! Bodies and values that are not what was to be signed, as processes: no cause that is false, and
//! no verdict that is wrong.

use std::process::Command;

use crate::harness::test;
use crate::program::{self, root};

fn macproof(folder: &str) -> Command {
    program::macproof(&root().join("tests/field").join(folder))
}

/// A verifier that signs what is made of its input rejects right tokens, and is told so. What it
/// makes is in no catalogue yet, so no cause is named.
fn has_no_cause(suite: &str, made: &[&str]) {
    for made in made {
        let diagnosis = diagnosis(suite, made);
        assert_eq!(diagnosis["causes"], serde_json::json!([]), "{made}");
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
fn another_charset_of_the_body_has_no_false_cause() {
    has_no_cause(
        "github-webhook",
        &[
            "utf-8-as-latin-1",
            "utf-8-as-windows-1252",
            "replacement-characters",
            "json-escapes",
            "json-escapes-in-capitals",
            "no-four-byte-characters",
        ],
    );
}

/// f14: the low byte of each UTF-16 unit. For the letters of ISO 8859-1 that is the same, so this is
/// what it is told, and for these only.
#[test(needs(PYTHON))]
fn low_bytes_are_explained_as_latin_1() {
    let diagnosis = diagnosis("github-webhook", "low-bytes");
    let causes = diagnosis["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 1, "{diagnosis}");
    let mistakes = &causes[0]["alternatives"][0]["mistakes"];
    assert_eq!(mistakes[0]["id"], "identity-latin-1", "{diagnosis}");
    assert!(causes[0]["verify"].as_u64() < diagnosis["verify"]["failed"].as_u64());
}

/// f16: line ends and cuts.
#[test(needs(PYTHON))]
fn other_line_ends_and_cuts_have_no_false_cause() {
    has_no_cause(
        "github-webhook",
        &[
            "carriage-returns",
            "no-line-feeds",
            "no-blanks",
            "blank-before",
            "nul-behind",
            "cut",
        ],
    );
}

/// f17: values as languages print them.
#[test(needs(PYTHON))]
fn values_printed_by_a_language_have_no_false_cause() {
    has_no_cause(
        "jotreview",
        &[
            "python-bytes",
            "swift-optional",
            "rust-some",
            "javascript-object",
            "list-of-one",
            "json-around",
            "zeros-before",
            "kind-before",
            "format",
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

/// f24: an implementation of a suite that was not asked for has no verdict, and the gate is shut.
#[test]
fn an_implementation_of_another_suite_is_not_conformant() {
    let output = macproof("another_suite").arg("run").output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("no case was judged"), "{said}");
    assert!(
        said.lines().last().unwrap().starts_with("incomplete: "),
        "{said}"
    );
}
