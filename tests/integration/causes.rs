//! Verifiers with faults, as processes: the cause that is named is the one planted, or there is
//! none.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::harness::test;
use crate::program::{self, Program, stdout};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/field/causes");

/// A suite of the scheme, as `suite generate` makes it.
static SUITE: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suite.yaml");
    let scheme = Path::new(FOLDER).join("scheme.yaml");
    let arguments = ["suite".as_ref(), "generate".as_ref(), scheme.as_os_str()];
    let output = macproof(Path::new(FOLDER))
        .args(arguments)
        .arg("-o")
        .arg(&path)
        .output();
    assert!(output.unwrap().status.success());
    (folder, path)
});

fn macproof(folder: &Path) -> Command {
    let mut command = program::macproof(folder);
    command.env("OWN", "own-secret-5c178f6a");
    command
}

fn run(fault: &str, more: &[&str]) -> Output {
    let adapter = format!("python3 {FOLDER}/verifier.py {fault}");
    let (folder, suite) = &*SUITE;
    macproof(folder.path())
        .arg("run")
        .arg("--suite-file")
        .arg(suite)
        .args(["--command", &adapter, "--seed", "1"])
        .args(more)
        .output()
        .unwrap()
}

fn document(fault: &str, more: &[&str]) -> serde_json::Value {
    let output = run(fault, &[more, &["--report", "json=-"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// The ids of the first alternative of each cause.
fn causes(document: &serde_json::Value) -> Vec<String> {
    let causes = document["diagnosis"]["causes"].as_array().unwrap();
    let first = |cause: &serde_json::Value| {
        assert_eq!(
            cause["alternatives"].as_array().unwrap().len(),
            1,
            "{cause}"
        );
        cause["alternatives"][0]["mistakes"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    causes.iter().map(first).collect()
}

#[test(needs(PYTHON))]
fn a_mistake_is_named_if_its_tokens_are_accepted() {
    let text = stdout(&run("base64", &[]));
    assert!(
        text.contains("t accepts the token made with the MAC in base64"),
        "{text}"
    );
    assert!(text.contains("they do not affect any verdict"), "{text}");
    for (fault, mistake) in [
        ("base64", "encoding-base64"),
        ("upper", "encoding-upper-case"),
        ("trimmed", "identity-trimmed"),
        ("base64-by-the-real-clock", "encoding-base64"),
    ] {
        let document = document(fault, &[]);
        assert_eq!(causes(&document), [mistake], "{fault}");
        let cause = &document["diagnosis"]["causes"][0];
        assert!(cause["accepted_tokens"].as_u64() >= Some(3), "{cause}");
        let verify = &document["diagnosis"]["verify"];
        let explained = cause["verify"].as_u64().unwrap();
        let unexplained = verify["unexplained"].as_u64().unwrap();
        assert_eq!(Some(explained + unexplained), verify["failed"].as_u64());
    }
}

#[test(needs(PYTHON))]
fn a_form_that_is_written_again_is_named() {
    let text = stdout(&run("form-rewritten", &[]));
    let said = "the form fields of the body are decoded and encoded again";
    assert!(text.contains(said), "{text}");
    assert!(text.contains("Sign the bytes as they came"), "{text}");
}

/// A receiver of JSON is asked about JSON where the scheme says that its body is that.
#[test(needs(PYTHON))]
fn json_that_is_written_again_is_named_where_the_body_is_json() {
    let program = Program::new();
    let scheme = fs::read_to_string(Path::new(FOLDER).join("scheme.yaml")).unwrap();
    let scheme = scheme.replace("body: {type: text}", "body: {type: text, content: json}");
    fs::write(program.path("scheme.yaml"), scheme).unwrap();
    let generated = program.run(&["suite", "generate", "scheme.yaml", "-o", "suite.yaml"]);
    assert_eq!(generated.status.code(), Some(0), "{generated:?}");
    let adapter = format!("python3 {FOLDER}/verifier.py json-rewritten");
    let arguments = ["run", "--suite-file", "suite.yaml", "--command", &adapter];
    let text = stdout(&program.run(&arguments));
    assert!(!text.contains("threw: JSONDecodeError"), "{text}");
    let said = "the JSON of the body is parsed and written again";
    assert!(text.contains(said), "{text}");
}

/// Of an object with one name, sorting makes what any other writing makes. A mistake whose tokens
/// were rejected is not named for those that look like its own.
#[test(needs(PYTHON))]
fn json_that_is_written_as_nobody_does_is_not_called_sorted() {
    let program = Program::new();
    let scheme = fs::read_to_string(Path::new(FOLDER).join("scheme.yaml")).unwrap();
    let scheme = scheme.replace("body: {type: text}", "body: {type: text, content: json}");
    fs::write(program.path("scheme.yaml"), scheme).unwrap();
    let generated = program.run(&["suite", "generate", "scheme.yaml", "-o", "suite.yaml"]);
    assert_eq!(generated.status.code(), Some(0), "{generated:?}");
    let adapter = format!("python3 {FOLDER}/verifier.py json-rewritten-oddly");
    for seed in ["1", "2", "3"] {
        let arguments = [
            "run",
            "--suite-file",
            "suite.yaml",
            "--command",
            &adapter,
            "--seed",
            seed,
        ];
        let text = stdout(&program.run(&arguments));
        assert!(text.contains("FAIL"), "{text}");
        assert!(!text.contains("sorted"), "{text}");
    }
}

#[test(needs(PYTHON))]
fn unexplained_failures_have_no_cause() {
    for (fault, said) in [
        // Most of what it is asked is no JSON, and of the rest too little is wrong.
        ("json-rewritten", "none of the "),
        ("rejects-everything", "none of the "),
        ("compares-the-middle", "none of the "),
        (
            "guesses",
            "its answers changed while it was queried, so no cause is named",
        ),
        (
            "good-once",
            "its answers changed while it was queried, so no cause is named",
        ),
        (
            "refuses-after-a-while",
            "its answers changed while it was queried, so no cause is named",
        ),
    ] {
        let text = stdout(&run(fault, &[]));
        assert!(!text.contains("likely cause:"), "{fault}: {text}");
        assert!(text.contains(said), "{fault}: {text}");
    }
}

#[test(needs(PYTHON))]
fn failing_open_is_not_reported_as_accepting_prefixes() {
    let text = stdout(&run("fails-open", &[]));
    assert!(!text.contains("cut short"), "{text}");
}

#[test(needs(PYTHON))]
fn a_campaign_names_no_leniency_that_fits_a_few_tokens_by_chance() {
    let (_, suite) = &*SUITE;
    let folder = tempfile::tempdir().unwrap();
    let adapter = format!("python3 {FOLDER}/verifier.py compares-the-middle");
    for seed in ["1", "2", "3"] {
        let output = macproof(folder.path())
            .arg("fuzz")
            .arg("--suite-file")
            .arg(suite)
            .args(["--command", &adapter, "--cases", "3000", "--seed", seed])
            .args(["-o", "saved.yaml"])
            .output()
            .unwrap();
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{seed}: {output:?}");
        assert!(!text.contains("likely cause"), "{seed}: {text}");
    }
}

#[test(needs(PYTHON))]
fn the_inquiry_changes_no_verdict_and_is_optional() {
    let (with, without) = (
        document("base64", &[]),
        document("base64", &["--causes", "0"]),
    );
    for part in ["counts", "conformance", "gate", "scope"] {
        assert_eq!(with[part], without[part], "{part}");
    }
    assert!(without["diagnosis"]["inquiry"].is_null());
    assert_eq!(causes(&without), Vec::<String>::new());
    let asked = |document: &serde_json::Value| {
        document["diagnosis"]["inquiry"]["requests"]
            .as_array()
            .unwrap()
            .len()
    };
    assert!(asked(&with) > 20);
    // No token is presented twice, but right ones.
    let mut seen = std::collections::HashSet::new();
    for one in with["diagnosis"]["inquiry"]["requests"].as_array().unwrap() {
        assert!(seen.insert(one["request"]["token"].to_string()) || one["token"] == "right");
    }
    let failed_fast = document("base64", &["--fail-fast"]);
    assert!(failed_fast["diagnosis"]["inquiry"].is_null());
}

#[test(needs(PYTHON))]
fn every_report_names_the_same_cause() {
    let (folder, _) = &*SUITE;
    let path = folder.path().join("run.json");
    let format = format!("json={}", path.display());
    let text = stdout(&run(
        "base64",
        &["--report", &format, "--report", "human=-"],
    ));
    let line = text
        .lines()
        .find(|line| line.contains("likely cause: "))
        .unwrap();
    // A page begins it with a capital.
    let explains = &line.trim().trim_start_matches("likely cause: ")[1..];
    for report in ["human=-", "html=-", "markdown=-"] {
        let output = macproof(folder.path())
            .args(["report", "render"])
            .args([path.to_str().unwrap(), report])
            .output()
            .unwrap();
        let text = stdout(&output);
        assert!(
            text.contains(explains),
            "{report} does not say {explains:?}"
        );
        assert!(
            text.contains("t accepts the token made with the MAC in base64"),
            "{report}"
        );
    }
}

#[test(needs(PYTHON))]
fn merged_parts_keep_the_cause() {
    let (folder, _) = &*SUITE;
    let part = |number: usize| {
        let path = folder.path().join(format!("part-{number}.json"));
        let report = format!("json={}", path.display());
        run(
            "base64",
            &["--shard", &format!("{number}/2"), "--report", &report],
        );
        path
    };
    let output = macproof(folder.path())
        .args(["report", "merge"])
        .args([part(1), part(2)])
        .output()
        .unwrap();
    let joined: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(causes(&joined), ["encoding-base64"]);
    let whole = document("base64", &[]);
    let counts = |document: &serde_json::Value| {
        let cause = &document["diagnosis"]["causes"][0];
        (
            cause["verify"].clone(),
            document["diagnosis"]["verify"]["failed"].clone(),
        )
    };
    assert_eq!(counts(&joined), counts(&whole));
}
