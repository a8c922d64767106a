//! `macproof fuzz --against`: two implementations over real processes, without an oracle.

use std::fs;
use std::path::Path;

use macproof::results::VersusResult;
use serde_json::Value;

use crate::fuzz::{adapter, run};
use crate::harness::test;
use crate::program::{mistaken, reference};

struct Compared {
    code: i32,
    document: Value,
    stdout: String,
}

fn compare(folder: &Path, arguments: &[&str]) -> Compared {
    let json = folder.join("versus.json");
    let report = format!("json={}", json.display());
    let fixed = [
        "fuzz",
        "--seed",
        "1",
        "--timeout",
        "5s",
        "--report",
        &report,
    ];
    let output = run(&[&fixed[..], arguments].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let document = fs::read(&json).unwrap_or_else(|_| panic!("no document: {stderr}"));
    let document: Value = serde_json::from_slice(&document).unwrap();
    let read = macproof::report::read::<VersusResult>(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(Some(i32::from(read.exit_code)), output.status.code());
    Compared {
        code: output.status.code().unwrap(),
        document,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
    }
}

fn differences(compared: &Compared) -> &Vec<Value> {
    compared.document["differences"].as_array().unwrap()
}

/// Who signed, who verified, how many tokens, and how many of them were accepted.
fn matrix(compared: &Compared, suite: &str) -> Vec<[u64; 4]> {
    let cells = compared.document["matrix"].as_array().unwrap();
    let cells = cells.iter().filter(|cell| cell["suite"] == suite);
    let number = |cell: &Value, member: &str| cell[member].as_u64().unwrap();
    cells
        .map(|cell| ["signer", "verifier", "tokens", "accepted"].map(|name| number(cell, name)))
        .collect()
}

#[test]
fn a_planted_mistake_is_a_difference_with_the_smallest_input() {
    let folder = tempfile::tempdir().unwrap();
    let other = mistaken("identity-trimmed");
    let compared = compare(
        folder.path(),
        &["jimo", "--cases", "20000", "--against", &other],
    );
    assert_eq!(compared.code, 1, "{}", compared.stdout);
    let signed = differences(&compared)
        .iter()
        .find(|one| one["request"]["op"] == "sign")
        .unwrap_or_else(|| panic!("{}", compared.stdout));
    assert_eq!(signed["answers"][0]["outcome"], "token");
    assert_eq!(signed["answers"][1]["outcome"], "token");
    let user = signed["request"]["fields"]["user_id"].as_str().unwrap();
    assert!(user != user.trim() && user.chars().count() <= 2, "{signed}");
    assert!(signed["length"].as_u64() <= Some(4), "{signed}");
    // Its verifier trims as well: ordinary tokens cross, and each takes its own.
    for [signer, verifier, tokens, accepted] in matrix(&compared, "jimo") {
        assert!(
            accepted > tokens / 2,
            "{signer} {verifier}: {accepted} of {tokens}"
        );
        assert!(
            signer != verifier || accepted == tokens,
            "{}",
            compared.stdout
        );
    }
}

#[test]
fn the_matrix_reports_tokens_spelled_differently() {
    let folder = tempfile::tempdir().unwrap();
    let other = mistaken("encoding-base64url");
    let compared = compare(
        folder.path(),
        &["jotreview", "--cases", "512", "--against", &other],
    );
    assert_eq!(compared.code, 1, "{}", compared.stdout);
    let cells = matrix(&compared, "jotreview");
    let crossed = cells
        .iter()
        .filter(|[signer, verifier, ..]| signer != verifier);
    assert!(crossed.clone().count() == 2 && crossed.clone().any(|[.., accepted]| *accepted == 0));
    let examples = compared.document["matrix"].as_array().unwrap();
    let shown = examples.iter().find(|cell| cell["accepted"] == 0).unwrap();
    assert_eq!(shown["example"]["request"]["op"], "verify");
    assert_ne!(shown["example"]["answer"]["outcome"], "accept");
}

#[test]
fn identical_implementations_agree_and_accept_all_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let compared = compare(
        folder.path(),
        &["--cases", "20000", "--against", &reference()],
    );
    assert_eq!(compared.code, 0, "{}", compared.stdout);
    assert_eq!(compared.document["cases"], 20000);
    assert!(differences(&compared).is_empty());
    for suite in ["engagespot", "jimo", "jotreview", "mtribes", "prefinery"] {
        let cells = matrix(&compared, suite);
        let places: Vec<_> = cells
            .iter()
            .map(|[signer, verifier, ..]| (*signer, *verifier))
            .collect();
        assert_eq!(places, [(0, 0), (0, 1), (1, 0), (1, 1)], "{suite}");
        for [.., tokens, accepted] in cells {
            assert!(
                tokens > 100 && accepted == tokens,
                "{suite}: {accepted} of {tokens}"
            );
        }
    }
}

/// Two implementations of which one answers nothing agree in nothing.
#[test(needs(PYTHON))]
fn a_comparison_without_answers_is_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("unsupported.py");
    fs::write(
        &script,
        r#"
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "hello":
        answer = {"protocol": 1, "implementation": {"name": "u"}, "ops": ["verify"]}
    elif request["op"] == "bye":
        break
    else:
        answer = {"id": request["id"], "unsupported": "not today"}
    print(json.dumps(answer), flush=True)
"#,
    )
    .unwrap();
    let other = format!("python3 {}", script.display());
    let compared = compare(
        folder.path(),
        &["jotreview", "--cases", "64", "--against", &other],
    );
    assert_eq!(compared.code, 3, "{}", compared.stdout);
    assert!(differences(&compared).is_empty());
    let why = "nothing was compared: no request was answered by both";
    assert!(compared.stdout.contains(why), "{}", compared.stdout);
}

#[test(needs(PYTHON))]
fn another_language_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let other = "python3 adapters/python/adapter.py";
    let compared = compare(folder.path(), &["--cases", "10000", "--against", other]);
    assert_eq!(compared.code, 0, "{}", compared.stdout);
    assert!(differences(&compared).is_empty());
}

#[test(needs(PYTHON))]
fn a_crash_of_one_is_a_difference() {
    let folder = tempfile::tempdir().unwrap();
    let other = adapter(folder.path(), "    if '%' in user: os._exit(3)");
    let compared = compare(
        folder.path(),
        &["jotreview", "--cases", "64", "--against", &other],
    );
    assert_eq!(compared.code, 1, "{}", compared.stdout);
    let crash = differences(&compared)
        .iter()
        .find(|one| one["answers"][1]["outcome"] == "crash")
        .unwrap_or_else(|| panic!("{}", compared.stdout));
    assert_ne!(crash["answers"][0]["outcome"], "crash");
    let user = crash["request"]["fields"]["user_id"].as_str().unwrap();
    assert!(user.contains('%') && user.len() <= 3, "{crash}");
}

#[test]
fn against_takes_a_name_or_else_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("macproof.yaml");
    let program = env!("CARGO_BIN_EXE_macproof");
    fs::write(
        &config,
        format!(
            "implementations:\n  one: {{command: [{program:?}, adapter]}}\n  other: {{command: [{program:?}, adapter, --mistake, encoding-upper-case]}}\n"
        ),
    )
    .unwrap();
    let config = config.display().to_string();
    let common = [
        "jotreview",
        "--cases",
        "512",
        "--config",
        &config,
        "--implementation",
        "one",
    ];
    let compared = compare(
        folder.path(),
        &[&common[..], &["--against", "other"]].concat(),
    );
    assert_eq!(compared.code, 1, "{}", compared.stdout);
    assert_eq!(compared.document["sides"][0]["adapter"], "one");
    assert_eq!(compared.document["sides"][1]["adapter"], "other");
    let compared = compare(
        folder.path(),
        &[&common[..], &["--against", &reference()]].concat(),
    );
    assert_eq!(compared.code, 0, "{}", compared.stdout);
    let nobody = run(&[
        &["fuzz"],
        &common[..],
        &["--against", "nobody-of-that-name"],
    ]
    .concat());
    assert_eq!(nobody.status.code(), Some(4));
    let nobody = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(nobody.contains("nobody-of-that-name"), "{nobody}");
}
