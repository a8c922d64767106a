//! The bundled adapters, each in its own language over a real pipe: all conform.

use std::process::Output;

use crate::compiled::{go_adapter, java_adapter, rust_adapter};
use crate::harness::test;
use crate::program::{macproof, root};

fn judge(adapter: &str) -> Output {
    macproof(root())
        .args([
            "run",
            "--level",
            "should",
            "--timeout",
            "60s",
            "--report",
            "json=-",
            "--command",
            adapter,
        ])
        .output()
        .unwrap()
}

/// Every case of all five suites passes, and none is left out for want of a declaration, but for
/// the policies: these are SDKs, which sign and verify, and no platforms.
fn conforms(adapter: &str, name: &str) {
    let output = judge(adapter);
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{adapter}: {}\n{shown}",
        output.status
    );
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["conformance"], "conformant");
    assert_eq!(result["implementation"]["name"], name);
    assert_eq!(result["suites"].as_array().unwrap().len(), 5);
    let counts = result["counts"].as_object().unwrap();
    let judged: u64 = ["pass", "observed"]
        .iter()
        .filter_map(|v| counts.get(*v)?.as_u64())
        .sum();
    let total: u64 = counts.values().filter_map(serde_json::Value::as_u64).sum();
    let left_out = result["scope"]["left_out"].as_array().unwrap();
    let identify = "not applicable: the adapter does not declare the operation identify";
    let of_policies: u64 = left_out
        .iter()
        .filter(|note| note["what"] == identify)
        .filter_map(|note| note["cases"].as_u64())
        .sum();
    assert!(of_policies > 0, "{left_out:?}");
    assert_eq!(judged + of_policies, total, "{counts:?}");
    assert!(total > 1000, "{total}");
}

#[test(needs(NODE))]
fn node_conforms() {
    conforms("node adapters/node/adapter.js", "macproof-example-node");
}

#[test(needs(PYTHON))]
fn python_conforms() {
    conforms(
        "python3 adapters/python/adapter.py",
        "macproof-example-python",
    );
}

#[test(needs(RUBY))]
fn ruby_conforms() {
    conforms("ruby adapters/ruby/adapter.rb", "macproof-example-ruby");
}

#[test(needs(PHP))]
fn php_conforms() {
    conforms("php adapters/php/adapter.php", "macproof-example-php");
}

#[test(needs(GO))]
fn go_conforms() {
    let command = go_adapter("go_conforms");
    conforms(&command, "macproof-example-go");
}

#[test(needs(JAVA))]
fn java_conforms() {
    let command = java_adapter("java_conforms");
    conforms(&command, "macproof-example-java");
}

#[test]
fn rust_conforms() {
    conforms(&rust_adapter(), "macproof-example-rust");
}

#[test]
fn the_reference_conforms_as_a_subprocess() {
    let output = macproof(root())
        .args(["run", "--level", "should", "--report", "json=-"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["conformance"], "conformant");
}
