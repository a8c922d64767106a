//! Senders: asked for a whole request, they are judged by the bytes that they return.

use std::collections::BTreeSet;
use std::fs;

use macproof::generate::whole;
use macproof::signature::{self, Op};
use macproof::suite::{Vector, find};
use serde_json::{Value, json};

use crate::harness::test;
use crate::program::{Program, stderr, stdout};

/// A sender as people write one, for Standard Webhooks and for the scheme of GitHub. What follows
/// the clock on its command line is the fault that it has.
const SENDER: &str = r#"
import base64, hashlib, hmac, json, sys, time

clock, fault = (sys.argv + [""])[1:3]
calls = 0
# What was sent before, or is ever asked for: the second holds every object of the suite.
first = None
everything = json.load(open("everything.json")) if fault == "everything" else None

def send(suite, secret, given, now):
    global first, calls
    first = first or (given, secret)
    if fault == "cached":
        given = first[0]
    if fault == "first-secret":
        secret = first[1]
    sent = json.dumps(given, separators=(",", ":"))
    signed = json.dumps(given) if fault == "spaced" else sent
    if fault == "sorted":
        signed = json.dumps(given, separators=(",", ":"), sort_keys=True)
    if fault == "constant":
        sent = signed = '{"id":1}'
    if fault == "everything":
        sent = signed = json.dumps({str(at): one for at, one in enumerate(everything)})
    if fault == "envelope":
        sent = signed = json.dumps({"type": "event", "data": [given]})
    if fault == "among-others":
        sent = signed = json.dumps([given, {"id": 1}])
    if fault == "written-twice":
        sent = signed = json.dumps(json.dumps(given))
    if fault == "flaky":
        calls += 1
        signed = sent if calls % 4 else sent + " "
    time = now + {"late": 5, "early": -5}.get(fault, 0)
    if suite == "github-webhook":
        mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        headers = [["x-hub-signature-256", "sha256=" + mac]]
    else:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        text = f"msg_1.{time}.{signed}"
        mac = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
        headers = [["Webhook-Id", "msg_1"], ["Webhook-Timestamp", str(time)],
                   ["Webhook-Signature", "v1," + mac]]
    if fault == "unsigned":
        headers.pop()
    if fault == "twice":
        headers.append([headers[-1][0].upper(), headers[-1][1]])
    if fault == "millis":
        headers = [[name, value + "000" if name == "Webhook-Timestamp" else value]
                   for name, value in headers]
    return {"body": sent, "headers": headers}

for line in sys.stdin:
    ask = json.loads(line)
    if ask["op"] == "hello":
        answer = {"protocol": 1, "implementation": {"name": "sender", "language": "python"},
                  "ops": ["send"], "clock": clock}
    elif ask["op"] == "bye":
        break
    else:
        assert "token" not in ask and "timestamp" not in ask["fields"], ask
        present = round(time.time()) if fault == "rounds" else int(time.time())
        now = present if clock == "system" else ask["now"]
        answer = send(ask["suite"], ask["secret"], ask["fields"]["payload"], now)
        answer["id"] = ask["id"]
    print(json.dumps(answer), flush=True)
"#;

struct Ran {
    document: Value,
    text: String,
    code: Option<i32>,
}

impl Ran {
    /// The cases that were judged.
    fn judged(&self) -> Vec<&Value> {
        let cases = self.document["cases"].as_array().unwrap().iter();
        cases
            .filter(|case| case["verdict"] != "not-applicable")
            .collect()
    }

    /// The ids of the mistakes that are named as likely causes.
    fn causes(&self) -> Vec<&str> {
        let causes = self.document["diagnosis"]["causes"].as_array();
        let causes = causes.into_iter().flatten();
        let first =
            causes.flat_map(|cause| cause["alternatives"][0]["mistakes"].as_array().unwrap());
        first.map(|one| one["id"].as_str().unwrap()).collect()
    }
}

fn ran(suite: &str, clock: &str, fault: &str) -> Ran {
    let program = Program::new();
    fs::write(program.path("sender.py"), SENDER).unwrap();
    if fault == "everything" {
        let objects: Vec<Value> = send_vectors(suite).iter().map(given).collect();
        fs::write(program.path("everything.json"), json!(objects).to_string()).unwrap();
    }
    let command = format!("python3 sender.py {clock} {fault}");
    let output = program.run(&[
        "run",
        suite,
        "--command",
        &command,
        "--report",
        "json=run.json",
    ]);
    let document = fs::read(program.path("run.json")).unwrap();
    Ran {
        document: serde_json::from_slice(&document).unwrap(),
        text: stdout(&output),
        code: output.status.code(),
    }
}

/// The send vectors of a suite, as it is run.
fn send_vectors(suite: &str) -> Vec<Vector> {
    let suite = whole(&find(suite).unwrap()).unwrap();
    let vectors = suite.vectors.iter();
    let sends = vectors.filter(|vector| vector.request.op == Op::Send);
    sends.cloned().collect()
}

/// The object that is to be sent.
fn given(vector: &Vector) -> Value {
    let mut fields = vector.request.fields.iter();
    let object = fields.find_map(|(_, value)| match value {
        signature::Value::Json(object) => Some(object.clone()),
        _ => None,
    });
    object.unwrap()
}

#[test]
fn no_answer_serves_two_vectors() {
    for suite in ["standard-webhooks", "github-webhook"] {
        let vectors = send_vectors(suite);
        let secrets: BTreeSet<&[u8]> = vectors
            .iter()
            .flat_map(|vector| vector.request.secrets.iter())
            .map(|(_, secret)| secret.reveal())
            .collect();
        assert_eq!(secrets.len(), 2, "{suite}");
        let objects: Vec<Value> = vectors.iter().map(given).collect();
        for (at, one) in objects.iter().enumerate() {
            assert!(!objects[..at].contains(one), "{one}");
            let names: BTreeSet<&String> = one.as_object().unwrap().keys().collect();
            assert!(names.into_iter().eq(["items", "order", "status"]), "{one}");
        }
    }
}

#[test(needs(PYTHON))]
fn a_constant_or_cached_answer_fails() {
    for suite in ["standard-webhooks", "github-webhook"] {
        for clock in ["injected", "system"] {
            let everything = ran(suite, clock, "everything");
            assert_eq!(everything.code, Some(1));
            let judged = everything.judged();
            assert!(judged.iter().all(|case| case["verdict"] == "fail"));
            assert!(everything.text.contains("several values of the form"));
            for fault in ["constant", "cached", "first-secret"] {
                let ran = ran(suite, clock, fault);
                assert_eq!(ran.code, Some(1), "{suite} {fault}");
                let judged = ran.judged();
                let passed = judged.iter().filter(|case| case["verdict"] == "pass");
                let most = match fault {
                    "constant" => 0,
                    "cached" => 1,
                    _ => judged.len() / 2 + 1,
                };
                assert!(passed.count() <= most, "{suite} {fault}: {}", ran.text);
            }
        }
    }
}

#[test(needs(PYTHON))]
fn suites_that_ask_for_what_a_sender_does_are_named() {
    let ran = ran("jotreview", "injected", "");
    let hint = "no vector here asks for send";
    assert!(ran.text.contains(hint), "{}", ran.text);
    assert!(ran.text.contains("github-webhook"), "{}", ran.text);
}

#[test(needs(PYTHON))]
fn a_right_sender_conforms_with_either_clock() {
    for suite in ["standard-webhooks", "github-webhook"] {
        for (clock, fault) in [("injected", ""), ("system", ""), ("injected", "envelope")] {
            let ran = ran(suite, clock, fault);
            assert_eq!(ran.code, Some(0), "{suite} {clock} {fault}: {}", ran.text);
            let judged = ran.judged();
            assert_eq!(judged.len(), 15, "{suite}");
            for case in judged {
                assert_eq!(case["verdict"], "pass", "{case}");
                assert_eq!(case["outcome"], "sent");
                assert_eq!(case["expected_token"], case["actual_token"]);
                assert!(case["sent"]["body"].as_str().unwrap().starts_with('{'));
            }
        }
    }
}

#[test(needs(PYTHON))]
fn a_body_that_is_written_twice_is_named() {
    for suite in ["standard-webhooks", "github-webhook"] {
        for clock in ["injected", "system"] {
            let ran = ran(suite, clock, "spaced");
            assert_eq!(ran.code, Some(1));
            assert!(ran.judged().iter().all(|case| case["verdict"] == "fail"));
            assert_eq!(ran.causes(), ["identity-json-rewritten"], "{}", ran.text);
            let remedy = "fix: Write the body once, sign these bytes, and send these bytes (requests: data=body, httpx: content=body, not json=).";
            assert!(ran.text.contains(remedy), "{}", ran.text);
        }
    }
    let ran = ran("github-webhook", "injected", "sorted");
    let failed = |case: &&&Value| case["verdict"] == "fail";
    let judged = ran.judged();
    let failed: Vec<&str> = judged
        .iter()
        .filter(failed)
        .map(|case| case["id"].as_str().unwrap())
        .collect();
    assert!(
        failed.contains(&"github-webhook/send-names-unsorted"),
        "{failed:?}"
    );
    assert!(
        !failed.contains(&"github-webhook/send-a-slash"),
        "{failed:?}"
    );
    assert_eq!(ran.causes(), ["identity-json-sorted"], "{}", ran.text);
}

#[test(needs(PYTHON))]
fn what_a_sender_returns_is_read_by_the_places_of_the_scheme() {
    for (suite, fault, why) in [
        (
            "github-webhook",
            "unsigned",
            "the header X-Hub-Signature-256, which holds the token, is missing",
        ),
        (
            "standard-webhooks",
            "unsigned",
            "the header webhook-signature, which holds the token, is missing",
        ),
        (
            "standard-webhooks",
            "twice",
            "the header webhook-signature stands several times",
        ),
        (
            "github-webhook",
            "constant",
            "the body does not contain what was given to be sent",
        ),
        (
            "standard-webhooks",
            "late",
            "the header webhook-timestamp holds the time 1795248005, and the present was 1795248000",
        ),
        (
            "standard-webhooks",
            "early",
            "the header webhook-timestamp holds the time 1795247995, and the present was 1795248000",
        ),
        (
            "standard-webhooks",
            "millis",
            "the header webhook-timestamp holds the time 1795248000000, and the present was 1795248000",
        ),
    ] {
        let ran = ran(suite, "injected", fault);
        assert_eq!(ran.code, Some(1), "{suite} {fault}");
        for case in ran.judged() {
            assert_eq!(
                (&case["verdict"], &case["reason"]),
                (&json!("fail"), &json!(why)),
                "{fault}"
            );
        }
        assert!(ran.text.contains(why), "{}", ran.text);
    }
    for (fault, why) in [
        (
            "among-others",
            "the body does not contain what was given to be sent",
        ),
        ("written-twice", "it was written twice"),
    ] {
        let ran = ran("github-webhook", "injected", fault);
        assert_eq!(ran.code, Some(1), "{fault}");
        assert!(ran.text.contains(why), "{}", ran.text);
    }
    let ran = ran("standard-webhooks", "system", "late");
    assert!(
        ran.judged().iter().all(|case| case["verdict"] == "fail"),
        "{}",
        ran.text
    );
}

#[test(needs(PYTHON))]
fn a_sender_that_rounds_the_time_fails_whenever_it_starts() {
    for _ in 0..3 {
        assert_eq!(ran("standard-webhooks", "system", "rounds").code, Some(1));
    }
}

#[test(needs(PYTHON))]
fn a_signature_that_is_right_in_some_rounds_is_unstable() {
    let program = Program::new();
    fs::write(program.path("sender.py"), SENDER).unwrap();
    let command = "python3 sender.py injected flaky";
    let output = program.run(&[
        "run",
        "github-webhook",
        "--command",
        command,
        "--repeat",
        "4",
        "--report",
        "json=run.json",
    ]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let document = program.json("run.json");
    let cases = document["cases"].as_array().unwrap();
    assert!(cases.iter().any(|case| case["outcome"] == "unstable"));
}

#[test(needs(PYTHON))]
fn answers_that_are_no_requests_are_errors() {
    let program = Program::new();
    for (answer, why) in [
        (r#"{"body":"{}"}"#, "missing field `headers`"),
        (
            r#"{"body":"{}","headers":{"a":"b"}}"#,
            "headers is a list of [name, value] pairs, each a string",
        ),
        (r#"{"token":"ab"}"#, "token is not a valid answer to send"),
        (
            r#"{"outcome":"accept"}"#,
            "accept is not a valid answer to send",
        ),
    ] {
        let adapter = format!(
            r#"
import json, sys
print(json.dumps({{"protocol": 1, "implementation": {{"name": "x"}}, "ops": ["send"]}}), flush=True)
sys.stdin.readline()
for line in sys.stdin:
    ask = json.loads(line)
    if ask["op"] == "bye":
        break
    print(json.dumps({{"id": ask["id"], **json.loads('{answer}')}}), flush=True)
"#
        );
        fs::write(program.path("adapter.py"), adapter).unwrap();
        let output = program.run(&["run", "github-webhook", "--command", "python3 adapter.py"]);
        assert_ne!(output.status.code(), Some(0));
        let text = format!("{}{}", stdout(&output), stderr(&output));
        assert!(text.contains(why), "{answer}: {text}");
    }
}

#[test]
fn a_suite_says_what_is_wrong_with_a_send_vector() {
    let program = Program::new();
    let suite = |places: &str, vector: &str| {
        format!(
            r#"
macproof: 1
suite: acme
version: 1
title: Acme
source: {{title: Acme}}
scheme:
  algorithm: hmac-sha256
  secret: {{encoding: utf8}}
  fields:
    time: {{type: unix-seconds}}
    payload: {{type: text, content: json}}
  message: "{{time}}.{{payload}}"
  token: "{{mac:hex}}"
  {places}
requirements:
  exact: {{level: must, basis: document, text: Exact., where: There.}}
vectors:
  - {{id: sends, shows: [exact], op: send, secret: s, {vector}}}
"#
        )
    };
    let places = "places: {token: {header: x-sig}, time: {header: x-time}, payload: body}";
    let good = "fields: {payload: {a: 1}}, now: 5, expect: {outcome: [sent, refused]}";
    for (places, vector, why) in [
        (places, good, None),
        (
            "places: {token: {query: sig}, time: {header: x-time}, payload: body}",
            good,
            Some("send needs places that put the token into a header and a field into the body"),
        ),
        (
            places,
            "fields: {time: 5, payload: {a: 1}}, now: 5, expect: {outcome: sent}",
            Some(
                "the field \"time\" is a time, which a sender takes from its clock; write now: … instead",
            ),
        ),
        (
            places,
            "fields: {payload: {a: 1}}, now: 5, token: ab, expect: {outcome: sent}",
            Some("token is allowed only for verify and identify"),
        ),
        (
            places,
            "fields: {payload: {a: 1}}, now: 5, expect: {outcome: accept}",
            Some("write {outcome: sent}"),
        ),
        (
            places,
            "fields: {}, now: 5, expect: {outcome: sent}",
            Some("payload"),
        ),
        (
            places,
            "fields: {payload: {a: 1}}, expect: {outcome: sent}",
            Some("now"),
        ),
    ] {
        fs::write(program.path("acme.yaml"), suite(places, vector)).unwrap();
        let output = program.run(&["suite", "lint", "acme.yaml"]);
        let text = format!("{}{}", stdout(&output), stderr(&output));
        match why {
            None => assert!(output.status.success(), "{text}"),
            Some(why) => assert!(!output.status.success() && text.contains(why), "{text}"),
        }
    }
}
