//! Verifiers that interpret the token, or take another proof besides, fail by a `must`.

use std::process::Command;

use crate::harness::test;

const ADAPTER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/field/causes/interpreter.py"
);

/// The ids of the cases of jotreview that the adapter fails, and the exit code.
fn failed(fault: &str) -> (Vec<String>, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["run", "jotreview", "--seed", "1", "--report", "json=-"])
        .arg("--command")
        .arg(format!("python3 {ADAPTER} {fault}"))
        .output()
        .unwrap();
    let document: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let cases = document["cases"].as_array().unwrap();
    let failed = cases.iter().filter(|case| case["verdict"] == "fail");
    let ids = failed.map(|case| case["id"].as_str().unwrap().replace("jotreview/", ""));
    (ids.collect(), output.status.code())
}

#[test(needs(PYTHON))]
fn no_proof_but_the_mac_conforms() {
    assert_eq!(failed("none"), (Vec::new(), Some(0)));
    for (fault, case) in [
        ("like", "token-like-anything"),
        ("glob", "token-glob-of-anything"),
        ("injection", "token-sql-or"),
        ("operators", "token-map-with-operator-not-equal"),
        ("sha1", "token-sha1-of-the-message"),
        ("local-part", "twin-local-part-of-an-email"),
    ] {
        let (failed, code) = failed(fault);
        assert!(failed.iter().any(|id| id == case), "{fault}: {failed:?}");
        assert_eq!(code, Some(1), "{fault}");
    }
}
