//! Signers with faults that the catalogue does not hold: a mistake that makes some of their tokens
//! is no cause if it would have made others where they are right.

use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::harness::test;

const SIGNER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/field/causes/signer.py");

fn command(suite: &str, fault: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_macproof"));
    let adapter = format!("python3 {SIGNER} {fault}");
    command.args(["run", suite, "--command", &adapter, "--seed", "1"]);
    command
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// The first mistake of each cause, and the account of the failed sign cases.
fn causes(document: &Value) -> (Vec<String>, Value) {
    let diagnosis = &document["diagnosis"];
    let all = diagnosis["causes"].as_array().unwrap().iter();
    let first = |cause: &Value| {
        let id = &cause["alternatives"][0]["mistakes"][0]["id"];
        id.as_str().unwrap().to_owned()
    };
    (all.map(first).collect(), diagnosis["sign"].clone())
}

#[test(needs(PYTHON))]
fn a_mistake_that_right_tokens_contradict_is_not_a_cause() {
    for fault in ["without-byte-order-mark", "title-case", "without-tags"] {
        let output = command("jotreview", fault)
            .args(["--report", "json=-"])
            .output();
        let (causes, sign) = causes(&document(&output.unwrap()));
        assert!(causes.is_empty(), "{fault}: {causes:?}");
        assert!(sign["failed"].as_u64() > Some(0), "{fault}");
        assert_eq!(sign["failed"], sign["unexplained"], "{fault}");
    }
    let output = command("jotreview", "lower-case")
        .args(["--report", "json=-"])
        .output();
    let (causes, sign) = causes(&document(&output.unwrap()));
    assert_eq!(causes, ["identity-lower-cased"]);
    assert_eq!(sign["unexplained"], 0);
}

/// NFKC makes most of the tokens of a signer that removes accents, too, trimming some of one that
/// removes all blanks, and removed line ends some of one that removes all control characters.
#[test(needs(PYTHON))]
fn a_mistake_is_not_named_beside_one_that_does_more() {
    for (fault, mistake) in [
        ("without-accents", "identity-accents-removed"),
        ("without-blanks", "identity-blanks-removed"),
        ("without-controls", "identity-controls-removed"),
    ] {
        let output = command("jotreview", fault)
            .args(["--report", "json=-"])
            .output();
        let (causes, sign) = causes(&document(&output.unwrap()));
        assert_eq!(causes, [mistake]);
        assert_eq!(sign["unexplained"], 0, "{sign}");
        let directory = tempfile::tempdir().unwrap();
        for seed in ["1", "2", "3"] {
            let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
                .args([
                    "fuzz",
                    "jotreview",
                    "--cases",
                    "2500",
                    "--seed",
                    seed,
                    "--command",
                ])
                .arg(format!("python3 {SIGNER} {fault}"))
                .arg("-o")
                .arg(directory.path().join("found.yaml"))
                .output();
            let said = String::from_utf8(output.unwrap().stdout).unwrap();
            let causes = said.lines().filter(|line| line.contains("likely cause:"));
            let causes: Vec<&str> = causes.collect();
            assert!(!causes.is_empty(), "{fault} {seed}: {said}");
            let is_it = |line: &&str| line.contains(mistake);
            assert!(causes.iter().all(is_it), "{fault} {seed}: {causes:?}");
        }
    }
}

/// Each token has the text around its signature for itself; the cause is one all the same.
#[test(needs(PYTHON))]
fn a_cause_that_differs_from_token_to_token_is_named() {
    for filter in ["identity-a*", "event-on-several-lines"] {
        let filter = format!("stripe-webhook/{filter}");
        let more = ["--filter", filter.as_str()];
        let mut command = command("stripe-webhook", "blank-between");
        let output = command.args(["--report", "json=-"]).args(more).output();
        let (causes, sign) = causes(&document(&output.unwrap()));
        assert_eq!(causes, ["encoding-other-text-around"]);
        assert_eq!(sign["unexplained"], 0, "{sign}");
    }
}

/// The request of one with a clock of its own knows the second only, its token the millisecond.
#[test(needs(PYTHON))]
fn the_millisecond_that_a_token_carries_does_not_contradict() {
    let output = command("stripe-webhook", "milliseconds")
        .args(["--report", "json=-"])
        .output();
    let (causes, sign) = causes(&document(&output.unwrap()));
    assert_eq!(causes, ["message-time-in-milliseconds"]);
    assert_eq!(sign["unexplained"], 0, "{sign}");
}

/// Whatever no mistake explains costs some searches, not one a case, and the summary says so.
#[test(needs(PYTHON))]
fn the_search_for_causes_is_bounded() {
    let output = command("jotreview", "reversed-words")
        .args(["--report", "json=-"])
        .output();
    let (causes, sign) = causes(&document(&output.unwrap()));
    assert!(causes.is_empty(), "{causes:?}");
    let (failed, searched) = (
        sign["failed"].as_u64().unwrap(),
        sign["searched"].as_u64().unwrap(),
    );
    assert!(
        searched < failed && searched >= 16,
        "{searched} of {failed}"
    );
    let output = command("jotreview", "reversed-words").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains(&format!("; {searched} of them were searched")),
        "{text}"
    );
}

#[test(needs(PYTHON))]
fn a_signal_during_the_search_for_causes_interrupts_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("run.json");
    let bye = folder.path().join("bye");
    let fault = format!("reversed-words {}", bye.display());
    let mut child = command("jotreview", &fault)
        .arg("--report")
        .arg(format!("json={}", json.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !bye.exists() {
        assert!(began.elapsed() < Duration::from_secs(120));
        thread::sleep(Duration::from_millis(5));
    }
    let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let document: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(document["interrupted"], true);
    assert_eq!(document["gate"]["exit_code"], 143);
    assert_eq!(document["conformance"], "nonconformant");
    assert!(
        document["diagnosis"].is_null() || document["diagnosis"]["sign"].is_null(),
        "{document}"
    );
}

/// What stands around a signature differs from token to token: the cause of all does not claim the
/// text of one.
#[test(needs(PYTHON))]
fn a_cause_of_many_tokens_claims_nothing_that_holds_for_one() {
    let output = command("stripe-webhook", "blank-between")
        .args(["--report", "json=-"])
        .output();
    let document = document(&output.unwrap());
    let cause = &document["diagnosis"]["causes"][0];
    let mention = &cause["alternatives"][0]["mistakes"][0];
    assert_eq!(mention["id"], "encoding-other-text-around");
    assert_eq!(
        mention["title"],
        "something else stands around the signature"
    );
    assert!(mention["detail"].is_null(), "{mention}");
    let cases = document["cases"].as_array().unwrap();
    let own: Vec<&str> = cases
        .iter()
        .filter_map(|case| case["causes"][0]["mistakes"][0]["detail"].as_str())
        .collect();
    assert_eq!(Some(own.len() as u64), cause["sign"].as_u64());
    assert!(
        own.iter().all(|detail| detail.contains("before it")),
        "{own:?}"
    );
}

/// Fuzzing follows the same rule, by what it has seen when it names the cause.
#[test(needs(PYTHON))]
fn fuzzing_names_no_mistake_that_right_tokens_contradict() {
    for (fault, cause) in [
        ("without-byte-order-mark", None),
        ("title-case", None),
        ("without-controls", Some("identity-controls-removed")),
        ("lower-case", Some("identity-lower-cased")),
    ] {
        for seed in ["1", "2", "3"] {
            let adapter = format!("python3 {SIGNER} {fault}");
            let folder = tempfile::tempdir().unwrap();
            let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
                .current_dir(folder.path())
                .args(["fuzz", "jotreview", "--command", &adapter, "--seed", seed])
                .args(["--cases", "6000", "--report", "json=-"])
                .output();
            let document = document(&output.unwrap());
            let findings = document["findings"].as_array().unwrap();
            assert!(!findings.is_empty(), "{fault}, seed {seed}");
            for finding in findings {
                let named = finding["causes"][0]["mistakes"][0]["id"].as_str();
                assert_eq!(named, cause, "{fault}, seed {seed}: {finding}");
            }
        }
    }
}

/// A fault that every token shows speaks for no other mistake that one of them may show: each
/// mistake of a cause needs tokens of its own.
#[test(needs(PYTHON))]
fn each_mistake_of_a_cause_needs_tokens_of_its_own() {
    for (fault, expected) in [
        ("upper-without-nuls", &["encoding-upper-case"][..]),
        ("upper-without-zero-width", &["encoding-upper-case"]),
        ("upper-lower-case", &["identity-lower-cased"]),
        ("long-key-as-hex", &[]),
    ] {
        let output = command("jotreview", fault)
            .args(["--report", "json=-"])
            .output();
        let document = document(&output.unwrap());
        let (causes, _) = causes(&document);
        assert_eq!(causes, expected, "{fault}");
        let both = &document["diagnosis"]["causes"][0]["alternatives"][0]["mistakes"];
        let number = both.as_array().map_or(0, Vec::len);
        let pair = usize::from(fault == "upper-lower-case");
        assert_eq!(number, expected.len() + pair, "{fault}: {both}");
    }
}

/// Searches that bring nothing new are bounded, too: a time that is cut is another in each token.
#[test(needs(PYTHON))]
fn what_each_token_shows_for_itself_is_not_searched_without_end() {
    let output = command("stripe-webhook", "day")
        .args(["--report", "json=-"])
        .output();
    let (causes, sign) = causes(&document(&output.unwrap()));
    assert!(causes.is_empty(), "{causes:?}");
    // Absent if every case was searched.
    let searched = sign["searched"].as_u64();
    assert!(searched.is_some_and(|number| number <= 40), "{sign}");
}

/// Where any order of the pairs is as good, only a requirement that cites the vendor's document for
/// the token accuses a signer that writes another.
#[test(needs(PYTHON))]
fn the_order_of_pairs_counts_only_where_the_document_is_cited() {
    let run = |command: &mut Command| {
        let output = command.args(["--report", "json=-"]).output();
        document(&output.unwrap())
    };
    let cited = run(&mut command("stripe-webhook", "other-order"));
    let cases = cited["cases"].as_array().unwrap();
    let failed: Vec<&Value> = cases
        .iter()
        .filter(|case| case["verdict"] == "fail" && case["outcome"] == "token")
        .collect();
    assert!(!failed.is_empty());
    for case in failed {
        let shows = case["shows"].as_array().unwrap();
        assert!(shows.contains(&"token-is-exact".into()), "{case}");
    }
    // The same scheme without a document.
    let folder = tempfile::tempdir().unwrap();
    let scheme = r#"macproof: 1
suite: uncited
version: 1
title: Pairs
source: {title: "Pairs", url: "https://example.com/", retrieved: "2026-11-20"}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields:
    timestamp: {type: unix-seconds}
    payload: {type: text}
  message: "{timestamp}.{payload}"
  token: {pairs: {t: "{timestamp}", v1: "{mac:hex}"}, separator: ",", repeat: [v1], unknown: ignore, order: any}
  freshness: {of: timestamp, max_age: 300s}
"#;
    let file = folder.path().join("scheme.yaml");
    std::fs::write(&file, scheme).unwrap();
    let suite = folder.path().join("uncited.yaml");
    let made = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["suite", "generate"])
        .arg(&file)
        .arg("--output")
        .arg(&suite)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let adapter = format!("python3 {SIGNER} other-order");
    let uncited = run(Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["run", "--suite-file"])
        .arg(&suite)
        .args(["--command", &adapter]));
    let cases = uncited["cases"].as_array().unwrap();
    let wrong = |case: &&Value| case["verdict"] == "fail" && case["outcome"] == "token";
    assert_eq!(cases.iter().find(wrong), None);
    assert!(
        cases
            .iter()
            .filter(|case| case["verdict"] == "pass")
            .count()
            > 20
    );
}
