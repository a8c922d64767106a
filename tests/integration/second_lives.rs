//! An implementation that is started again and says another hello then: nobody knows who was
//! tested, so nothing is conformant and nothing is certified, restarts allowed or not.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::test;
use crate::program::Program;

/// What a second hello may say otherwise, and which parts of it that changes.
fn otherwise() -> [(Value, &'static str); 4] {
    [
        (json!({"implementation": {"name": "other"}}), "name"),
        (json!({"ops": ["sign", "identify"]}), "ops"),
        (json!({"inputs": ["text", "bytes"]}), "inputs"),
        (
            json!({"implementation": {"name": "bad", "version": "2"}, "suites": ["numbered", "more"]}),
            "version, suites",
        ),
    ]
}

/// An adapter that dies once, and says this otherwise in its second life.
fn command(program: &Program, otherwise: &Value) -> String {
    let adapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_adapters");
    let suite = crate::bad_adapters::numbered_text(0);
    std::fs::write(program.path("numbered.yaml"), suite).unwrap();
    for lives in ["lives", "lives-on"] {
        let _first_life = std::fs::remove_file(program.path(lives));
    }
    format!(
        "python3 {} lives 120 '{otherwise}'",
        adapters.join("lives_twice.py").display()
    )
}

fn run(program: &Program, command: &str, more: &[&str]) -> (i32, String, Value) {
    let base = ["run", "--suite-file", "numbered.yaml", "--command", command];
    let report = ["--report", "json=run.json"];
    let output = program.run(&[&base[..], &report, more].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    let document = program.json("run.json");
    (output.status.code().unwrap(), said, document)
}

#[test(needs(PYTHON))]
fn a_run_with_a_changed_hello_is_incomplete_and_says_what_changed() {
    for (otherwise, parts) in otherwise() {
        let program = Program::new();
        // Two jobs are two lives, whichever of them dies.
        for more in [
            &[][..],
            &["--allow-restarts", "1000"],
            &["--jobs", "2", "--allow-restarts", "1000"],
        ] {
            let command = command(&program, &otherwise);
            let (code, said, result) = run(&program, &command, more);
            assert_eq!(code, 3, "{said}");
            assert_eq!(result["conformance"], "incomplete", "{parts}");
            assert_eq!(result["counts"]["pass"], 300);
            let changes: Vec<&str> = result["hello_changes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| part.as_str().unwrap())
                .collect();
            assert_eq!(changes.join(", "), parts);
            let failed = result["gate"]["failed"].as_array().unwrap();
            let kinds = failed.iter().map(|failure| &failure["kind"]);
            assert!(kinds.clone().any(|kind| kind == "hello-changed"), "{said}");
            let verdict = said.lines().last().unwrap();
            let words = format!("its hello changed during the run ({parts})");
            assert!(verdict.starts_with("incomplete: "), "{verdict}");
            assert!(verdict.contains(" · hello changed"), "{verdict}");
            assert!(said.contains(&words), "{said}");
        }
    }
}

#[test(needs(PYTHON))]
fn every_report_says_so() {
    let program = Program::new();
    let command = command(&program, &json!({"implementation": {"name": "other"}}));
    run(&program, &command, &["--allow-restarts", "1000"]);
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
        assert!(text.contains("hello changed"), "{format}: {text}");
    }
}

/// What an adapter says of itself in prose, how much it takes at once, and in which order it lists
/// things, is the same hello.
#[test(needs(PYTHON))]
fn irrelevant_hello_members_are_not_changes() {
    for otherwise in [
        json!({"implementation": {"name": "bad", "notes": "process 7"}}),
        json!({"max_in_flight": 8}),
        json!({"suites": ["numbered"], "inputs": ["text"]}),
    ] {
        let program = Program::new();
        let command = command(&program, &otherwise);
        let (code, said, result) = run(&program, &command, &["--allow-restarts", "1000"]);
        assert_eq!(code, 0, "{said}");
        assert_eq!(result.get("hello_changes"), None);
    }
}

#[test(needs(OPENSSL, PYTHON))]
fn a_changed_hello_always_prevents_a_certificate() {
    for (otherwise, parts) in otherwise() {
        for more in [&[][..], &["--allow-restarts", "1000"]] {
            let program = crate::certificates::prepared();
            let command = command(&program, &otherwise);
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
            let refused = program.run(&[&base[..], more].concat());
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(1), "{said}");
            assert!(said.contains("the adapter's hello changed"), "{said}");
            assert!(said.contains(&format!("({parts})")), "{said}");
            assert!(!program.path("certificate.json").exists());
        }
    }
}

#[test(needs(PYTHON))]
fn a_campaign_with_a_changed_hello_is_incomplete() {
    let program = Program::new();
    let command = command(&program, &json!({"implementation": {"name": "other"}}));
    let output = program.run(&[
        "fuzz",
        "--suite-file",
        "numbered.yaml",
        "--command",
        &command,
        "--cases",
        "500",
        "--allow-restarts",
        "1000",
        "--report",
        "json=fuzz.json",
    ]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(program.json("fuzz.json")["hello_changes"], json!(["name"]));
    let verdict = said.lines().last().unwrap();
    assert!(
        verdict.contains("its hello changed during the run (name)"),
        "{verdict}"
    );
}

/// Two that agree, one of which had to be started again: the report has to say so.
#[test(needs(PYTHON))]
fn in_a_comparison_both_sides_count() {
    let program = Program::new();
    for (otherwise, allowed, code) in [
        (json!({}), "0", 3),
        (json!({}), "1000", 0),
        (json!({"inputs": []}), "1000", 3),
    ] {
        for is_first in [true, false] {
            let dies = command(&program, &otherwise);
            let lives = dies.replace(" lives 120 ", " lives-on 0 ");
            let (one, other) = if is_first {
                (&dies, &lives)
            } else {
                (&lives, &dies)
            };
            let output = program.run(&[
                "fuzz",
                "--suite-file",
                "numbered.yaml",
                "--command",
                one,
                "--against",
                other,
                "--cases",
                "500",
                "--allow-restarts",
                allowed,
                "--report",
                "json=versus.json",
            ]);
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(output.status.code(), Some(code), "{said}");
            let result = program.json("versus.json");
            assert_eq!(result["exit_code"], code);
            let (side, beside) = (
                &result["sides"][usize::from(!is_first)],
                &result["sides"][usize::from(is_first)],
            );
            assert_eq!(side["restarts"]["count"], 1);
            assert_eq!(side["restarts"]["allowed"], allowed.parse::<u64>().unwrap());
            assert_eq!(beside["restarts"]["count"], 0);
            assert_eq!(side.get("hello_changes").is_some(), otherwise != json!({}));
            let verdict = said.lines().last().unwrap();
            let name = if is_first { "the first" } else { "the second" };
            let words = format!("{name}: 1 unattributed restart (1 crash)");
            assert!(verdict.contains(&words), "{verdict}");
        }
    }
}

/// What neither answers was not compared, whether it is a case or asked for the matrix alone.
#[test(needs(PYTHON))]
fn missing_answers_are_not_agreement() {
    let program = Program::new();
    let dies = crate::fuzz::adapter(program.folder.path(), "    if '%' in user: os._exit(3)");
    for (cases, seed) in [("1024", "1"), ("256", "3289104046")] {
        let output = program.run(&[
            "fuzz",
            "jotreview",
            "--command",
            &dies,
            "--against",
            &dies,
            "--cases",
            cases,
            "--seed",
            seed,
            "--report",
            "json=versus.json",
        ]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(3), "{seed}: {said}");
        assert!(program.json("versus.json")["unanswered"].as_u64() > Some(0));
        assert!(said.contains("got no valid answer from either"), "{said}");
    }
}
