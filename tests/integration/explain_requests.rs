//! Saved requests that `explain` reads: the answer is of what was sent, not of what an editor or a
//! proxy made of it, and nothing of the request that is a secret is repeated.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Output, Stdio};

use macproof::signature::{Fields, Secret, Secrets};

use crate::harness::test;
use crate::program::{Program, stderr, stdout};

const SECRET: &str = "canary-secret-91xw";

fn token(suite: &str, fields: &[(&str, &str)], time: Option<i64>) -> String {
    let scheme = macproof::suite::find(suite).unwrap().scheme().unwrap();
    let mut all = Fields::new();
    for (name, value) in fields {
        all.set(*name, *value);
    }
    if let Some(time) = time {
        all.set("timestamp", time);
    }
    let secrets = Secrets::One(Secret::new(SECRET));
    scheme.sign(&secrets, &all).unwrap()
}

struct Case<'a> {
    name: &'a str,
    saved: Vec<u8>,
    arguments: &'a [&'a str],
    exit: i32,
    says: &'a [&'a str],
}

/// A request that says all, of a right token.
fn case<'a>(name: &'a str, saved: Vec<u8>, says: &'a [&'a str]) -> Case<'a> {
    Case {
        name,
        saved,
        arguments: &[],
        exit: 0,
        says,
    }
}

fn explained(case: &Case<'_>) -> (Program, Output) {
    let program = Program::new();
    std::fs::write(program.path("key"), SECRET).unwrap();
    std::fs::write(program.path("saved"), &case.saved).unwrap();
    let mut arguments = vec!["explain", "--secret-file", "key", "--request", "saved"];
    arguments.extend(case.arguments);
    let output = program.run(&arguments);
    (program, output)
}

fn check(case: &Case<'_>) {
    let (_program, output) = explained(case);
    let said = format!("{}{}", stdout(&output), stderr(&output));
    assert_eq!(
        output.status.code(),
        Some(case.exit),
        "{}: {said}",
        case.name
    );
    for words in case.says {
        assert!(said.contains(words), "{}: {said}", case.name);
    }
    assert!(!said.contains(SECRET), "{}: {said}", case.name);
}

/// A request whose body ends as it does, with a header that has the secret.
fn raw(token: &str, more: &str, body: &str) -> Vec<u8> {
    let mut saved = format!(
        "POST /hook HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer {SECRET}\r\nX-Hub-Signature-256: {token}\r\n"
    );
    write!(saved, "{more}\r\n{body}").unwrap();
    saved.into_bytes()
}

const BODY: &str = "{\"action\":\"opened\",\"n\":1.0}";

#[test]
fn what_was_sent_is_explained() {
    let right = token("github-webhook", &[("payload", BODY)], None);
    let with_end = token("github-webhook", &[("payload", &format!("{BODY}\n"))], None);
    let two_lines = "{\"a\":\n1}";
    let windows = token("github-webhook", &[("payload", "{\"a\":\r\n1}")], None);
    let compact = token("github-webhook", &[("payload", "{\"n\":1}")], None);
    let chunked = format!(
        "5\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        &BODY[..5],
        BODY.len() - 5,
        &BODY[5..]
    );
    let length = |length: usize| format!("Content-Length: {length}\r\n");
    let right_words = "The token is right";
    check(&case(
        "whole",
        raw(&right, &length(BODY.len()), BODY),
        &[right_words, "github-webhook"],
    ));
    check(&case(
        "a line end, by its length",
        raw(&right, &length(BODY.len()), &format!("{BODY}\n")),
        &[right_words, "by Content-Length"],
    ));
    check(&case(
        "a line end of an editor",
        raw(&right, "", &format!("{BODY}\n")),
        &[right_words, "an editor"],
    ));
    let own_end = raw(&with_end, "", &format!("{BODY}\n"));
    let (_program, output) = explained(&case("a line end of the sender", own_end, &[]));
    let said = stdout(&output);
    assert!(
        said.contains(right_words) && !said.contains("editor"),
        "{said}"
    );
    check(&case(
        "line ends of Windows",
        raw(&windows, "", &format!("{two_lines}\n")),
        &[right_words, "CRLF"],
    ));
    check(&case(
        "chunks",
        raw(&right, "Transfer-Encoding: chunked\r\n", &chunked),
        &[right_words, "chunks"],
    ));
    let parsed = Case {
        exit: 1,
        ..case(
            "parsed again",
            raw(&compact, "", "{ \"n\": 1.0 }\n"),
            &["The JSON of the payload is parsed and written again"],
        )
    };
    check(&parsed);
}

#[test]
fn what_is_given_beside_it_wins() {
    let right = token("github-webhook", &[("payload", "{}")], None);
    let field = ["--field", "payload={}"];
    check(&Case {
        name: "a field",
        saved: raw(&right, "", BODY),
        arguments: &field,
        exit: 0,
        says: &["The token is right"],
    });
    let token = ["github-webhook", "--token", &right];
    check(&Case {
        name: "a token",
        saved: raw("sha256=00", "", "{}"),
        arguments: &token,
        exit: 0,
        says: &["The token is right"],
    });
}

#[test]
fn what_is_missing_is_named() {
    let without = format!("POST / HTTP/1.1\r\nAuthorization: {SECRET}\r\n\r\n{{}}");
    for (name, saved, arguments, says) in [
        (
            "no token",
            without.clone(),
            &["standard-webhooks"][..],
            &[
                "the token in the header webhook-signature (or give --token)",
                "the msg_id in the header webhook-id (or give --field msg_id=…)",
                "the timestamp in the header webhook-timestamp",
            ][..],
        ),
        (
            "no token of any suite",
            without.clone(),
            &[],
            &["none of the ", " suites that say where their token stands finds it"],
        ),
        (
            "a suite without places",
            without,
            &["jotreview"],
            &["this scheme has no places"],
        ),
        (
            "the body of curl -v",
            "> POST / HTTP/1.1\n> X-Hub-Signature-256: sha256=00\n> Content-Length: 9\n>\n< HTTP/1.1 200 OK\n".to_owned(),
            &["github-webhook"],
            &["the payload in the body", "curl -v does not print the body"],
        ),
        (
            "no request",
            format!("{{\"secret\": \"{SECRET}\"}}"),
            &["github-webhook"],
            &["--request saved: line 1 is neither"],
        ),
    ] {
        check(&Case {
            name,
            saved: saved.into_bytes(),
            arguments,
            exit: 2,
            says,
        });
    }
}

/// A time that stands in a header, and one that the token carries.
#[test]
fn times_are_read() {
    let fields = [("msg_id", "msg_1"), ("payload", "{}")];
    let scheme = macproof::suite::find("standard-webhooks")
        .unwrap()
        .scheme()
        .unwrap();
    let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let mut all = Fields::new();
    for (name, value) in fields {
        all.set(name, value);
    }
    all.set("timestamp", 1_700_000_000_i64);
    let signed = scheme.sign(&Secrets::One(Secret::new(key)), &all).unwrap();
    let program = Program::new();
    std::fs::write(program.path("key"), key).unwrap();
    let saved = format!(
        "webhook-id: msg_1\nwebhook-timestamp: 1700000000\nwebhook-signature: {signed}\n\n{{}}\n"
    );
    let mut explain = crate::program::macproof(program.folder.path());
    let explain = explain
        .args([
            "explain",
            "--secret-file",
            "key",
            "--request",
            "-",
            "--json",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = explain.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(saved.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["answer"], "right", "{answer}");
    assert_eq!(answer["schemes"], serde_json::json!(["standard-webhooks"]));
    let carried = token("stripe-webhook", &[("payload", "{}")], Some(1_700_000_000));
    let saved = format!("POST / HTTP/1.1\nStripe-Signature: {carried}\n\n{{}}");
    check(&Case {
        name: "carried",
        saved: saved.into_bytes(),
        arguments: &[],
        exit: 0,
        says: &["This is a token of stripe-webhook.", "1700000000"],
    });
}

/// The same request, as a browser copies it.
#[test]
fn a_copied_command_says_the_same() {
    let body = "{\"it's\":\"ü\"}";
    let right = token("github-webhook", &[("payload", body)], None);
    let escaped = "{\"it\\'s\":\"\\u00fc\"}";
    for data in [
        format!("'{}'", body.replace('\'', "'\\''")),
        format!("$'{escaped}'"),
    ] {
        let saved = format!(
            "curl 'https://a.example/hook' \\\n  -H 'authorization: {SECRET}' \\\n  -H 'x-hub-signature-256: {right}' \\\n  --data-raw {data} --compressed\n"
        );
        check(&Case {
            name: &data,
            saved: saved.into_bytes(),
            arguments: &[],
            exit: 0,
            says: &["The token is right"],
        });
    }
}
