//! Unattributed restarts: they fail the gate unless they are allowed, and stand in every
//! report and in the certificate.

use std::path::Path;

use serde_json::Value;

use crate::harness::test;
use crate::program::Program;

/// An adapter that fails at every so manyth request, whichever that is.
fn failing(program: &Program, way: &str, between: u32) -> String {
    let adapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_adapters");
    let suite = crate::bad_adapters::numbered_text(0);
    std::fs::write(program.path("numbered.yaml"), suite).unwrap();
    format!(
        "python3 {} mark {way} {between}",
        adapters.join("fails_now_and_then.py").display()
    )
}

fn run(program: &Program, command: &str, more: &[&str]) -> (i32, String, Value) {
    // Only one that sleeps is waited for in vain; the others may be slow.
    let timeout = if command.contains(" sleeps ") {
        "3s"
    } else {
        "100s"
    };
    let base = [
        "run",
        "--suite-file",
        "numbered.yaml",
        "--command",
        command,
        "--timeout",
        timeout,
        "--report",
        "json=run.json",
    ];
    let output = program.run(&[&base[..], more].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    (
        output.status.code().unwrap(),
        said,
        program.json("run.json"),
    )
}

#[test(needs(PYTHON))]
fn restarts_make_a_run_incomplete_unless_allowed() {
    let program = Program::new();
    for (way, kind) in [
        ("dies", "crash"),
        ("chatters", "protocol"),
        ("sleeps", "time-out"),
    ] {
        let command = failing(&program, way, 120);
        let (code, said, result) = run(&program, &command, &[]);
        assert_eq!(code, 3, "{said}");
        assert_eq!(result["conformance"], "incomplete");
        assert_eq!(result["counts"]["pass"], 300);
        let count = result["restarts"]["count"].as_u64().unwrap();
        assert!(count > 0);
        assert_eq!(result["restarts"]["allowed"], 0);
        assert_eq!(result["restarts"]["reasons"][0]["kind"], kind);
        assert_eq!(result["restarts"]["reasons"][0]["count"], count);
        assert_eq!(result["gate"]["failed"][0]["kind"], "restarts");
        let verdict = said.lines().last().unwrap();
        assert!(verdict.starts_with("incomplete: "), "{verdict}");
        assert!(
            verdict.contains(&format!(" · {count} restart")),
            "{verdict}"
        );
        assert!(said.contains("unattributed restart, "), "{said}");
        assert_eq!(said.contains("--timeout"), way == "sleeps", "{said}");
        let (code, said, result) = run(&program, &command, &["--allow-restarts", "1000"]);
        assert_eq!(
            (code, &result["conformance"]),
            (0, &"conformant".into()),
            "{said}"
        );
        let verdict = said.lines().last().unwrap();
        assert!(verdict.contains(" restart"), "{verdict}");
        assert!(verdict.contains(" (1,000 allowed)"), "{verdict}");
    }
}

#[test(needs(PYTHON))]
fn every_report_states_the_restarts() {
    let program = Program::new();
    let command = failing(&program, "dies", 120);
    for (allowed, code) in [("0", 3), ("1000", 0)] {
        let (came, _, result) = run(&program, &command, &["--allow-restarts", allowed]);
        assert_eq!(came, code);
        let count = result["restarts"]["count"].as_u64().unwrap();
        for format in [
            "human",
            "markdown",
            "html",
            "junit",
            "sarif",
            "github",
            "badge",
            "badge-json",
        ] {
            let output = program.run(&["report", "render", "run.json", &format!("{format}=-")]);
            let text = String::from_utf8(output.stdout).unwrap();
            let said = match format {
                "junit" => format!("name=\"macproof.restarts\" value=\"{count}\""),
                "sarif" => format!("\"restarts\": {count}"),
                "human" | "badge" | "badge-json" => format!("{count} restart"),
                _ => format!("{count} unattributed restart"),
            };
            assert!(text.contains(&said), "{format}: {text}");
        }
    }
}

#[test(needs(PYTHON))]
fn parts_of_a_run_add_up() {
    let program = Program::new();
    let command = failing(&program, "dies", 60);
    let mut counts = Vec::new();
    for number in ["1", "2"] {
        let (shard, report) = (format!("{number}/2"), format!("json=part-{number}.json"));
        let more = [
            "--shard",
            &shard,
            "--allow-restarts",
            "9",
            "--report",
            &report,
        ];
        let (code, said, result) = run(&program, &command, &more);
        assert_eq!(code, 0, "{said}");
        counts.push(result["restarts"]["count"].as_u64().unwrap());
    }
    assert!(counts.iter().all(|&count| count > 0), "{counts:?}");
    let merged = program.run(&[
        "report",
        "merge",
        "part-1.json",
        "part-2.json",
        "-o",
        "all.json",
    ]);
    let whole = program.json("all.json");
    let sum: u64 = counts.iter().sum();
    assert_eq!(whole["restarts"]["count"], sum);
    assert_eq!(whole["restarts"]["allowed"], 9);
    let is_allowed = sum <= 9;
    assert_eq!(merged.status.code(), Some(if is_allowed { 0 } else { 3 }));
}

#[test(needs(OPENSSL, PYTHON))]
fn only_core_certificates_tolerate_restarts_and_say_so() {
    let program = crate::certificates::prepared();
    let command = failing(&program, "dies", 120);
    let certify = |more: &[&str]| {
        let base = [
            "certify",
            "--suite-file",
            "numbered.yaml",
            "--command",
            &command,
            "--key",
            "key.pem",
            "--artifact",
            "numbered.yaml",
            "-o",
            "certificate.json",
        ];
        program.run(&[&base[..], more].concat())
    };
    let refused = certify(&[]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("unattributed restart"), "{said}");
    assert!(!program.path("certificate.json").exists());
    for level in ["strict", "hardened"] {
        let refused = certify(&["--level", level, "--allow-restarts", "1"]);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
    let certified = certify(&["--allow-restarts", "1000"]);
    assert_eq!(certified.status.code(), Some(0), "{certified:?}");
    let arguments = [
        "verify-certificate",
        "certificate.json",
        "--public-key",
        "pub.pem",
        "--ops",
        "sign",
    ];
    let output = program.run(&arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(said.contains("unattributed restart"), "{said}");
}
