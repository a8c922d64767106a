//! A secret that is being replaced: the newest signs, and those before it hold.

use std::fs;

use macproof::mistakes::Mistaken;
use macproof::scheme::{Implementation as _, Reference};
use macproof::signature::Secrets;
use serde_json::Value;

use crate::harness::test;
use crate::program::{Program, stderr, stdout};

/// Keygrip in Python, with a list of keys. What follows on its command line is the fault that it has.
const ADAPTER: &str = r#"
import base64, hashlib, hmac, json, sys

fault = sys.argv[1] if len(sys.argv) > 1 else ""

def mac(key, fields):
    if fault != "empty" and key == "":
        raise ValueError("a key is empty")
    message = f"{fields['name']}={fields['value']}".encode()
    digest = hmac.new(key.encode(), message, hashlib.sha1).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")

for line in sys.stdin:
    ask = json.loads(line)
    if ask["op"] == "hello":
        inputs = ["text"] if fault == "undeclared" else ["text", "rotation"]
        answer = {"protocol": 1, "implementation": {"name": "keys"}, "inputs": inputs}
    elif ask["op"] == "bye":
        break
    else:
        answer = {"id": ask["id"]}
        keys = [ask["secret"]] + ask.get("previous", [])
        if fault == "oldest-signs":
            keys.reverse()
        if fault == "forgets":
            keys = keys[:1]
        if fault == "two":
            keys = keys[:2]
        try:
            if ask["op"] == "sign":
                answer["token"] = mac(keys[0], ask["fields"])
            else:
                rights = [mac(key, ask["fields"]) for key in keys]
                is_right = any(hmac.compare_digest(right.encode(), ask["token"].encode()) for right in rights)
                answer["outcome"] = "accept" if is_right else "reject"
        except ValueError as error:
            answer = {"id": ask["id"], "refused": str(error)}
    print(json.dumps(answer), flush=True)
"#;

/// The ids of the failed cases of rotation, and how many there were to judge.
fn failed(fault: &str) -> (Vec<String>, usize) {
    let program = Program::new();
    fs::write(program.path("keys.py"), ADAPTER).unwrap();
    let command = format!("python3 keys.py {fault}");
    let output = program.run(&[
        "run",
        "keygrip",
        "--command",
        &command,
        "--filter",
        "*/rotation-*",
        "--report",
        "json=run.json",
    ]);
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{output:?}"
    );
    let document = program.json("run.json");
    let cases = document["cases"].as_array().unwrap();
    let ids_of = |verdict: &str| -> Vec<String> {
        let cases = cases.iter().filter(|case| case["verdict"] == verdict);
        let id = |case: &Value| case["id"].as_str().unwrap().to_owned();
        cases
            .map(|case| id(case).replace("keygrip/rotation-", ""))
            .collect()
    };
    (
        [ids_of("fail"), ids_of("warning")].concat(),
        cases.len() - ids_of("not-applicable").len(),
    )
}

/// The first mistake of each cause of a run of the whole suite.
fn causes(fault: &str) -> Vec<String> {
    let program = Program::new();
    fs::write(program.path("keys.py"), ADAPTER).unwrap();
    let command = format!("python3 keys.py {fault}");
    program.run(&[
        "run",
        "keygrip",
        "--command",
        &command,
        "--report",
        "json=run.json",
    ]);
    let document = program.json("run.json");
    let causes = document["diagnosis"]["causes"].as_array().unwrap().iter();
    let first = |cause: &Value| {
        let id = &cause["alternatives"][0]["mistakes"][0]["id"];
        id.as_str().unwrap().to_owned()
    };
    causes.map(first).collect()
}

#[test(needs(PYTHON))]
fn each_fault_of_a_rotation_has_its_cause() {
    for (fault, due) in [
        ("oldest-signs", "secret-previous-signs"),
        ("forgets", "verify-newest-secret-only"),
        ("two", "verify-two-secrets-only"),
    ] {
        assert_eq!(causes(fault), [due], "{fault}");
    }
}

#[test(needs(PYTHON))]
fn each_fault_of_a_rotation_is_caught_by_its_case() {
    assert_eq!(failed(""), (vec![], 7));
    for (fault, due) in [
        ("oldest-signs", &["newest-signs"][..]),
        (
            "forgets",
            &[
                "token-of-the-latest-secret-is-accepted",
                "token-of-the-earlier-secret-is-accepted",
            ],
        ),
        ("two", &["token-of-the-earlier-secret-is-accepted"]),
        ("empty", &["token-of-an-empty-previous-secret"]),
    ] {
        assert_eq!(failed(fault).0, due, "{fault}");
    }
}

#[test(needs(PYTHON))]
fn an_adapter_that_does_not_declare_it_is_not_asked() {
    let program = Program::new();
    fs::write(program.path("keys.py"), ADAPTER).unwrap();
    let command = "python3 keys.py undeclared";
    let output = program.run(&["run", "keygrip", "--command", command, "--all"]);
    let text = stdout(&output);
    assert!(
        text.contains("the adapter does not declare the input rotation"),
        "{text}"
    );
}

#[test]
fn a_suite_says_what_is_wrong_with_previous_secrets() {
    let program = Program::new();
    for (secret, vector, why) in [
        ("rotates: true", "secret: b, previous: [a]", None),
        (
            "rotates: false",
            "secret: b, previous: [a]",
            Some("the scheme does not say rotates: true of its secret"),
        ),
        (
            "rotates: true",
            "secret: b, previous: []",
            Some("previous holds from one to eight secrets"),
        ),
        (
            "rotates: true, per: user",
            "secrets: {x: b}",
            Some("rotates is for a scheme with one secret, not for one per value of a field"),
        ),
        (
            "rotates: true",
            "secret: b, previous: [5]",
            Some("a secret is a text in quotes"),
        ),
    ] {
        let suite = format!(
            r#"
macproof: 1
suite: acme
version: 1
title: Acme
source: {{title: Acme}}
scheme:
  algorithm: hmac-sha256
  secret: {{encoding: utf8, {secret}}}
  fields:
    user: {{type: text}}
  message: "{{user}}"
  token: "{{mac:hex}}"
requirements:
  refused: {{level: should, basis: practice, text: Refused.}}
vectors:
  - {{id: one, shows: [refused], op: verify, {vector}, fields: {{user: x}}, token: "00", expect: {{outcome: reject}}}}
"#
        );
        fs::write(program.path("acme.yaml"), suite).unwrap();
        let output = program.run(&["suite", "lint", "acme.yaml"]);
        let text = format!("{}{}", stdout(&output), stderr(&output));
        match why {
            None => assert!(output.status.success(), "{text}"),
            Some(why) => assert!(!output.status.success() && text.contains(why), "{text}"),
        }
    }
}

/// An implementation that makes no mistake does what the oracle does while a secret is replaced.
#[test]
fn without_mistakes_it_is_the_oracle() {
    let mut asked = 0;
    for embedded in macproof::suite::embedded() {
        if !embedded.scheme().unwrap().secret.rotates {
            continue;
        }
        let suite = macproof::generate::whole(&embedded).unwrap();
        for vector in &suite.vectors {
            if let Secrets::Rotated { .. } = vector.request.secrets {
                let call = vector.request.call(&suite.scheme);
                let right = Reference::new().call(&call);
                let mistaken = Mistaken::new(&[]).unwrap().call(&call);
                assert_eq!(mistaken, right, "{}", suite.case_id(vector));
                asked += 1;
            }
        }
    }
    assert!(asked >= 21, "{asked}");
}
