//! A server that closes on a head that is too long for it is sound, and one that dies of it is not.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::harness::test;

const SECRET: &str = "field-secret-9912-abcdefghijklmnop";

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// What a run against that server says of the case with the very long token, and its exit code.
fn very_long(mode: &str) -> (Value, Option<i32>) {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field/node_header_limit/server.mjs");
    let mut server = Command::new("node")
        .arg(script)
        .arg(mode)
        .env("S", SECRET)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let _server = Server(server);
    let folder = tempfile::tempdir().unwrap();
    let description = format!(
        "suites: [jotreview]\nimplementations:\n  node:\n    secret: {{env: S}}\n    http:\n      suites: [jotreview]\n      verify:\n        method: POST\n        url: \"http://127.0.0.1:{}/identify?u={{fields.user_id}}\"\n        headers: {{x-sig: \"{{token}}\"}}\n        accept: {{status: 200}}\n        reject: {{status: 401}}\n",
        line.trim()
    );
    std::fs::write(folder.path().join("macproof.yaml"), description).unwrap();
    let report = folder.path().join("run.json");
    let status = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["run", "--implementation", "node", "--seed", "7"])
        .args(["--filter", "jotreview/token-*", "--report"])
        .arg(format!("json={}", report.display()))
        .current_dir(folder.path())
        .env("S", SECRET)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let document: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let cases = document["cases"].as_array().unwrap();
    let case = cases
        .iter()
        .find(|case| case["id"] == "jotreview/token-very-long");
    (case.unwrap().clone(), status.code())
}

#[test(needs(NODE))]
fn long_heads_are_not_sent_to_servers_that_close_on_them() {
    let (case, code) = very_long("lives");
    assert_eq!(case["verdict"], "not-applicable", "{case}");
    let reason = case["reason"].as_str().unwrap();
    let is_said = reason.contains("8192 bytes") || reason.contains("status 431");
    assert!(is_said, "{reason}");
    assert_eq!(code, Some(0));
}

#[test(needs(NODE))]
fn a_server_that_dies_of_a_long_head_is_an_error() {
    let (case, code) = very_long("dies");
    // It may die so often that nothing more can be asked.
    let is_open = case["verdict"] == "error" || case["verdict"] == "skipped";
    assert!(is_open, "{case}");
    assert_ne!(code, Some(0));
}
