//! `macproof timing` on real processes: gross leaks are found in every language, and an
//! implementation that defeats the measurement gets no verdict. No time is asserted.
//!
//! In a binary of its own, so that none of the other tests runs beside a measurement.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says on standard error why it cannot start"
)]

#[allow(dead_code, reason = "these tests need a few of them")]
mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::compiled::{go_adapter, java_adapter, rust_adapter, scratch};
use crate::harness::test;
use crate::program::{macproof, reference, root};
use crate::support::{compiled, harness, needs, program};

fn main() -> std::process::ExitCode {
    harness::main("tests/timing.rs")
}

/// What a back end signs with.
const SECRET: &str = "the back end's own";

/// What is said of a machine on which nothing can be measured, and not of what was asked.
const TOO_BUSY: [&str; 2] = ["too busy", "too slow to measure anything in the time"];

/// The same, where something was measured before the noise was too much.
const NOISE: [&str; 8] = [
    TOO_BUSY[0],
    TOO_BUSY[1],
    "are needed; increase --time",
    "no time to confirm",
    "in the rerun",
    "signed rank does not agree",
    "would not have been detected",
    "would not be seen",
];

/// Two measurements at the same time would measure each other.
static ALONE: Mutex<()> = Mutex::new(());

fn timing(arguments: &[&str]) -> (Option<i32>, Value) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let output = macproof(root())
        .args(["timing", "--json", "--seed", "1"])
        .env("TIMING_SECRET", SECRET)
        .args(arguments)
        .output()
        .unwrap();
    let result = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{arguments:?}: {error}\n{}",
            String::from_utf8_lossy(&output.stderr)
        )
    });
    (output.status.code(), result)
}

/// Measures again while the machine is too busy for it; nothing, where it always was. That it says
/// so, and not that there is no leak, is right then.
fn measured_in_peace(arguments: &[&str]) -> Option<(Option<i32>, Value)> {
    let mut reasons = Vec::new();
    for _ in 0..4 {
        let (code, result) = timing(arguments);
        let measurement = &result["measurements"][0];
        let reason = measurement["reason"].as_str().unwrap_or_default();
        let is_noise = NOISE.iter().any(|one| reason.contains(one));
        if measurement["verdict"] != "inconclusive" || !is_noise {
            return Some((code, result));
        }
        reasons.push(reason.to_owned());
    }
    eprintln!("this machine is too busy to measure anything: {reasons:#?}");
    None
}

/// Two microseconds are found, with all controls.
fn finds_a_gross_leak(command: &str) {
    let command = format!("{command} --leak 2us");
    // Patience for a machine that runs all the other tests meanwhile. The target lets the
    // comparison, of which nothing is asked here, be done with soon.
    let Some((code, result)) = measured_in_peace(&[
        "--command",
        &command,
        "jotreview",
        "--time",
        "60s",
        "--target",
        "1500",
    ]) else {
        return;
    };
    let measurement = &result["measurements"][0];
    assert_eq!(measurement["verdict"], "leak", "{measurement:#}");
    assert_eq!(code, Some(1));
    let controls = measurement["controls"].as_array().unwrap();
    let kinds: Vec<&Value> = controls.iter().map(|control| &control["kind"]).collect();
    assert_eq!(kinds, ["counts", "works", "positive", "negative"]);
    assert!(
        controls.iter().all(|control| control["held"] == true),
        "{measurement:#}"
    );
    assert_eq!(measurement["confirmation"]["held"], true);
    assert!(result["limits"].as_array().unwrap().len() >= 4);
}

#[test]
fn the_reference_leaks_on_request() {
    finds_a_gross_leak(&reference());
}

#[test(needs(PYTHON))]
fn python_leaks() {
    finds_a_gross_leak("python3 adapters/python/adapter.py");
}

#[test(needs(NODE))]
fn node_leaks() {
    finds_a_gross_leak("node adapters/node/adapter.js");
}

#[test(needs(PHP))]
fn php_leaks() {
    finds_a_gross_leak("php adapters/php/adapter.php");
}

#[test(needs(RUBY))]
fn ruby_leaks() {
    finds_a_gross_leak("ruby adapters/ruby/adapter.rb");
}

#[test(needs(GO))]
fn go_leaks() {
    let command = go_adapter("go_leaks");
    finds_a_gross_leak(&command);
}

#[test(needs(JAVA))]
fn java_leaks() {
    let command = java_adapter("java_leaks");
    finds_a_gross_leak(&command);
}

#[test]
fn rust_leaks() {
    finds_a_gross_leak(&rust_adapter());
}

/// What a target of ours that defeats the measurement comes to, and why.
fn defeated(name: &str, time: &str) -> (Option<i32>, String, String) {
    let command = format!("python3 tests/timing_targets/{name}.py");
    let (code, result) = timing(&["--command", &command, "jotreview", "--time", time]);
    let measurement = &result["measurements"][0];
    let word = |member: &str| measurement[member].as_str().unwrap_or_default().to_owned();
    (code, word("verdict"), word("reason"))
}

#[test(needs(PYTHON))]
fn defeating_the_measurement_gives_no_verdict() {
    // Of those whose times are all there is to see, a busy machine may show the noise alone.
    const REMEMBERS: [&str; 3] = [
        "does not do the work in every call",
        TOO_BUSY[0],
        TOO_BUSY[1],
    ];
    const HIDES: [&str; 5] = [
        REMEMBERS[0],
        REMEMBERS[1],
        REMEMBERS[2],
        "was not detected",
        "are needed",
    ];
    for (name, reasons) in [
        ("memoises", &REMEMBERS[..]),
        ("caches", &REMEMBERS),
        ("claims_repeat", &REMEMBERS),
        ("ignores_repeat", &["ignores repeat", TOO_BUSY[1]]),
        ("pads", &HIDES),
        ("sleeps", &HIDES),
    ] {
        let (code, verdict, reason) = defeated(name, "2s");
        assert_eq!(verdict, "inconclusive", "{name}: {reason}");
        assert!(
            reasons.iter().any(|expected| reason.contains(expected)),
            "{name}: {reason}"
        );
        assert_eq!(code, Some(3), "{name}");
    }
}

#[test(needs(PYTHON))]
fn unmeasurable_subjects_are_not_measured() {
    for (name, expected) in [("throws", "threw"), ("dies", "exit status 3")] {
        let (code, verdict, reason) = defeated(name, "60s");
        assert_eq!(verdict, "not-measured", "{name}: {reason}");
        assert!(reason.contains(expected), "{name}: {reason}");
        assert_eq!(code, Some(3), "{name}");
    }
    // A suite that the adapter does not claim is named only if it was asked for.
    let command = "python3 adapters/python/adapter.py";
    let (code, result) = timing(&["--command", command, "magicbell", "--time", "1ms"]);
    assert_eq!(code, Some(3));
    assert_eq!(result["measurements"][0]["verdict"], "not-measured");
}

/// A server of ours, ended with the test.
struct Server(std::process::Child, String);

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut server = Command::new("python3")
            .arg("tests/timing_targets/server.py")
            .args(arguments)
            .current_dir(root())
            .env("TIMING_SECRET", SECRET)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        Self(server, format!("http://127.0.0.1:{}", port.trim()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test(needs(PYTHON))]
fn a_gross_leak_is_found_over_http() {
    let server = Server::start(&["--leak", "200us"]);
    finds_a_grosser_leak(
        &["--http", &server.1],
        &["counts", "works", "positive", "negative"],
    );
}

#[test(needs(PYTHON))]
fn a_gross_leak_is_found_in_a_described_backend() {
    let server = Server::start(&["--leak", "200us"]);
    let config = described("timing_back_end", &format!("{}/login", server.1));
    let way = ["--implementation", "shop", "--config", &config];
    finds_a_grosser_leak(&way, &["counts", "positive", "negative"]);
}

#[test(needs(PYTHON))]
fn secrets_quoted_by_a_backend_are_redacted() {
    let server = Server::start(&[]);
    let config = described("timing_quotes", &format!("{}/quotes", server.1));
    let raw = scratch("timing_quotes_raw").join("pairs.csv");
    let raw = raw.to_str().unwrap();
    let way = [
        "--implementation",
        "shop",
        "--config",
        &config,
        "--raw",
        raw,
    ];
    let (code, result) = timing(&[&way[..], &["jotreview"]].concat());
    assert_eq!(code, Some(3));
    let reason = result["measurements"][0]["reason"].to_string();
    assert!(reason.contains("signature"), "{reason}");
    for shown in [result.to_string(), std::fs::read_to_string(raw).unwrap()] {
        assert!(!shown.contains(SECRET), "{shown}");
        let mut run = 0;
        let longest = shown.bytes().map(|byte| {
            run = if byte.is_ascii_hexdigit() { run + 1 } else { 0 };
            run
        });
        assert!(longest.max() < Some(20), "a token is shown: {shown}");
    }
}

/// The file that describes a back end at that address.
fn described(name: &str, url: &str) -> String {
    let config = scratch(name).join("macproof.yaml");
    let text = format!(
        "implementations:
  shop:
    secret: {{env: TIMING_SECRET}}
    http:
      suites: [jotreview]
      verify:
        url: {url}
        json: {{user_id: \"{{fields.user_id}}\", signature: \"{{token}}\"}}
        accept: {{status: 200}}
        reject: {{status: 401}}
"
    );
    std::fs::write(&config, text).unwrap();
    config.display().to_string()
}

/// Nobody keeps a server on one core: where the machine is busy with other tests, the noise may
/// be all there is to see.
fn finds_a_grosser_leak(way: &[&str], controls: &[&str]) {
    let more = ["jotreview", "--time", "20s", "--target", "150000"];
    let Some((code, result)) = measured_in_peace(&[way, &more].concat()) else {
        return;
    };
    let measurement = &result["measurements"][0];
    assert_eq!(measurement["verdict"], "leak", "{measurement:#}");
    assert_eq!(code, Some(1));
    assert_eq!(result["circumstances"].get("core"), None);
    let found = measurement["controls"].as_array().unwrap();
    let found: Vec<_> = found.iter().map(|control| &control["kind"]).collect();
    assert_eq!(found, controls);
}

#[test]
fn a_broken_adapter_ends_the_campaign() {
    let output = macproof(root())
        .args(["timing", "--command", "no-such-program-of-ours"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
}
