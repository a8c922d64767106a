//! Tokens that carry what was signed, and verifiers that say what they read there.

use std::fs;

use serde_json::Value;

use crate::harness::test;
use crate::program::{Program, stdout};

/// Rails' `MessageVerifier` in Python, with values that are left as they are. What follows on its
/// command line is the fault that it has.
const ADAPTER: &str = r#"
import base64, binascii, hashlib, hmac, json, sys

fault = sys.argv[1] if len(sys.argv) > 1 else ""

def to_bytes(value):
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return value.encode("utf-8", "surrogatepass")

def of_bytes(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}

def digest(secret, text):
    return hmac.new(to_bytes(secret), text, hashlib.sha1).hexdigest()

def verify(ask):
    token = ask["token"]
    if not token.isascii() or "--" not in token:
        return None
    text, mac = token.rsplit("--", 1)
    if not hmac.compare_digest(digest(ask["secret"], text.encode()), mac):
        return None
    try:
        payload = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    if base64.b64encode(payload).decode() != text:
        return None
    if fault == "encoded":
        payload = text.encode()
    if fault == "nul":
        payload = payload.split(b"\0")[0]
    if fault == "split":
        payload = payload.split(b"--")[0]
    if fault == "mac":
        payload = mac.encode()
    return payload

for line in sys.stdin:
    ask = json.loads(line)
    if ask["op"] == "hello":
        answer = {"protocol": 1, "implementation": {"name": "messages"}, "inputs": ["text", "bytes"]}
    elif ask["op"] == "bye":
        break
    else:
        answer = {"id": ask["id"]}
        if to_bytes(ask["secret"]) == b"":
            answer["refused"] = "the secret is empty"
        elif ask["op"] == "sign":
            text = base64.b64encode(to_bytes(ask["fields"]["payload"]))
            answer["token"] = text.decode() + "--" + digest(ask["secret"], text)
        else:
            payload = verify(ask)
            answer["outcome"] = "reject" if payload is None else "accept"
            if payload is not None and fault != "silent":
                answer["fields"] = {"payload": of_bytes(payload), "of_no_one": 5}
    print(json.dumps(answer), flush=True)
"#;

fn program() -> Program {
    let program = Program::new();
    fs::write(program.path("messages.py"), ADAPTER).unwrap();
    program
}

/// What the failed cases say, by their names.
fn failed(fault: &str) -> Vec<(String, String)> {
    let program = program();
    let command = format!("python3 messages.py {fault}");
    let suite = "rails-message-verifier";
    let output = program.run(&[
        "run",
        suite,
        "--command",
        &command,
        "--report",
        "json=run.json",
    ]);
    let code = output.status.code();
    assert!(code.is_some_and(|code| code < 2), "{output:?}");
    let document = program.json("run.json");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cases = document["cases"].as_array().unwrap().iter();
    let failed = cases.filter(|case| case["verdict"] == "fail" || case["verdict"] == "error");
    failed
        .map(|case| (text(&case["id"]), text(&case["actual"])))
        .collect()
}

#[test(needs(PYTHON))]
fn who_reads_what_was_signed_conforms_and_who_says_nothing_does_as_before() {
    for fault in ["", "silent"] {
        assert_eq!(failed(fault), [], "{fault:?}");
    }
}

#[test(needs(PYTHON))]
fn who_accepts_one_payload_and_reads_another_fails() {
    let says = |fault: &str, id: &str, due: &str| {
        let failed = failed(fault);
        let id = format!("rails-message-verifier/{id}");
        let said = failed.iter().find(|(failed, _)| *failed == id);
        let said = said.unwrap_or_else(|| panic!("{fault}: {failed:?}"));
        assert_eq!(said.1, due, "{fault}");
        failed.len()
    };
    let cut = says(
        "nul",
        "text-with-a-nul-is-read",
        r#"accept, but it reads payload as "cut" where the token carries "cut\0here""#,
    );
    assert!(cut < 8, "{cut}");
    let split = says(
        "split",
        "text-with-separators-is-read",
        r#"accept, but it reads payload as "a.b" where the token carries "a.b--c&d=e|f:g,h/i~j""#,
    );
    assert!(split < 8, "{split}");
    let undecoded = says(
        "encoded",
        "text-in-base64-is-read",
        r#"accept, but it reads payload as "WVdSdGFXND0=" where the token carries "YWRtaW4=""#,
    );
    assert!(undecoded > 5, "{undecoded}");
    says(
        "mac",
        "published-message-is-accepted",
        "accept, but it reads payload as \"d03c52c91dfe4ccc5159417c660461bcce005e96\" where the \
         token carries the bytes 04087b073a09736f6d6549220964617461063a0645543a086e6f7749753a\
         0954696d650d20801b8000000000073a0b6f666673657469003a097a6f6e65492208555443063b0646",
    );
}

#[test(needs(PYTHON))]
fn every_report_and_a_campaign_tell_both_texts() {
    let program = program();
    let command = "python3 messages.py nul";
    let case = "rails-message-verifier/text-with-a-nul-is-read";
    let mut asked = vec!["run", "rails-message-verifier", "--command", command];
    asked.extend(["--filter", case, "--report", "markdown=run.md"]);
    asked.extend(["--report", "junit=run.xml", "--report", "html=run.html"]);
    let output = program.run(&asked);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = stdout(&output)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(text.contains("but it reads payload as"), "{text}");
    for report in ["run.md", "run.xml", "run.html"] {
        let written = fs::read_to_string(program.path(report)).unwrap();
        assert!(written.contains("but it reads payload as"), "{report}");
        assert!(
            written.contains("cut") && written.contains("here"),
            "{report}"
        );
    }
    let fuzz = ["fuzz", "rails-message-verifier", "--command", command];
    let output = program.run(&[&fuzz[..], &["--cases", "3000", "--seed", "1"]].concat());
    let text = stdout(&output);
    assert!(text.contains("text-is-read-as-it-was-signed"), "{text}");
}
