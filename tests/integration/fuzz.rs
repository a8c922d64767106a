//! `macproof fuzz` over real processes: planted mistakes are found, shrunk, saved and replayed;
//! what conforms stays without findings; crashes and hangs are findings.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::test;
use crate::program::{macproof, mistaken, root};

pub(crate) struct Campaign {
    pub(crate) code: i32,
    pub(crate) document: Value,
    pub(crate) stdout: String,
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    macproof(root()).args(arguments).output().unwrap()
}

pub(crate) fn fuzz(folder: &Path, arguments: &[&str]) -> Campaign {
    let json = folder.join("campaign.json");
    // What was there before is none of this campaign's.
    let _none = fs::remove_file(&json);
    let report = format!("json={}", json.display());
    let saved = folder.join("saved.yaml").display().to_string();
    let fixed = [
        "fuzz",
        "--report",
        &report,
        "--output",
        &saved,
        "--timeout",
        "1s",
    ];
    let output = run(&[&fixed[..], arguments].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let document = fs::read(&json).unwrap_or_else(|_| panic!("no document: {stderr}"));
    Campaign {
        code: output.status.code().unwrap(),
        document: serde_json::from_slice(&document).unwrap(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
    }
}

pub(crate) fn findings(campaign: &Campaign) -> &Vec<Value> {
    campaign.document["findings"].as_array().unwrap()
}

/// Signing and verifying are often different code, and only one of them is wrong.
#[test(needs(PYTHON))]
fn mistakes_only_in_signing_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let adapter = folder.path().join("trims_when_signing.py");
    let text = fs::read_to_string(format!(
        "{}/adapters/python/adapter.py",
        env!("CARGO_MANIFEST_DIR")
    ));
    let right = "sign(suite, secret, identity, fields";
    let text = text.unwrap();
    assert!(text.contains(right));
    let wrong = "sign(suite, secret, bytes_of(identity, \"it\").strip(), fields";
    fs::write(&adapter, text.replace(right, wrong)).unwrap();
    let command = format!("python3 {}", adapter.display());
    let ends = ["--cases", "20000", "--seed", "1", "--max-findings", "1"];
    let campaign = fuzz(
        folder.path(),
        &[&["jimo", "--command", &command][..], &ends].concat(),
    );
    let causes = findings(&campaign)[0]["causes"].to_string();
    assert!(causes.contains("identity-trimmed"), "{}", campaign.stdout);
}

#[test]
fn a_planted_mistake_is_found_shrunk_explained_saved_and_replayed() {
    for (mistake, op, longest) in [
        ("identity-trimmed", "sign", 6),
        ("secret-hex-decoded", "sign", 8),
        ("verify-accepts-a-prefix", "verify", 8),
        ("verify-age-unchecked", "verify", 80),
    ] {
        let suite = if mistake == "verify-age-unchecked" {
            "stripe-webhook"
        } else {
            "jimo"
        };
        let folder = tempfile::tempdir().unwrap();
        let command = mistaken(mistake);
        let cases = [
            "--grown",
            "--cases",
            "60000",
            "--seed",
            "3",
            "--max-findings",
            "1",
            "--level",
            "should",
        ];
        let campaign = fuzz(
            folder.path(),
            &[&[suite, "--command", command.as_str()], &cases[..]].concat(),
        );
        assert_eq!(campaign.code, 1, "{mistake}: {}", campaign.stdout);
        let finding = &findings(&campaign)[0];
        assert_eq!(finding["request"]["op"], op, "{mistake}");
        let length = finding["length"].as_u64().unwrap();
        assert!(length <= longest, "{mistake}: {length} {}", campaign.stdout);
        let causes = finding["causes"].to_string();
        assert!(causes.contains(mistake), "{mistake}: {causes}");

        let saved = folder.path().join("saved.yaml").display().to_string();
        let lint = run(&["suite", "lint", &saved]);
        let lint = String::from_utf8_lossy(&lint.stdout).into_owned();
        assert!(lint.contains("0 errors, 0 warnings"), "{mistake}: {lint}");
        let replay = run(&[
            "run",
            "--level",
            "should",
            "--suite-file",
            &saved,
            "--command",
            &command,
        ]);
        assert_eq!(replay.status.code(), Some(1), "{mistake}");
        let sound = run(&["run", "--suite-file", &saved]);
        assert_eq!(sound.status.code(), Some(0), "{mistake}");
    }
}

#[test]
fn the_same_seed_sends_the_same_requests() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let documents = folders.each_ref().map(|folder| {
        let command = mistaken("identity-lower-cased");
        let arguments = [
            "jotreview",
            "--cases",
            "30000",
            "--seed",
            "11",
            "--command",
            &command,
        ];
        let mut document = fuzz(folder.path(), &arguments).document;
        for time in ["started", "duration_ms", "progress"] {
            document[time] = Value::Null;
        }
        for finding in document["findings"].as_array_mut().unwrap() {
            finding["found_after_ms"] = Value::Null;
        }
        document
    });
    assert_eq!(documents[0], documents[1]);
    assert_ne!(documents[0]["findings"], serde_json::json!([]));
}

#[test]
fn a_conforming_implementation_has_no_findings() {
    let folder = tempfile::tempdir().unwrap();
    let campaign = fuzz(folder.path(), &["--cases", "30000", "--level", "should"]);
    assert_eq!(campaign.code, 0, "{}", campaign.stdout);
}

fn has_no_findings(command: &str) {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "--cases",
        "20000",
        "--level",
        "should",
        "--command",
        command,
    ];
    let campaign = fuzz(folder.path(), &arguments);
    assert_eq!(campaign.code, 0, "{}", campaign.stdout);
}

#[test(needs(PYTHON))]
fn python_has_no_findings() {
    has_no_findings("python3 adapters/python/adapter.py");
}

#[test(needs(NODE))]
fn node_has_no_findings() {
    has_no_findings("node adapters/node/adapter.js");
}

#[test(needs(RUBY))]
fn ruby_has_no_findings() {
    has_no_findings("ruby adapters/ruby/adapter.rb");
}

#[test(needs(PHP))]
fn php_has_no_findings() {
    has_no_findings("php adapters/php/adapter.php");
}

/// An adapter in Python whose `verify` does this before it answers as it should.
pub(crate) fn adapter(folder: &Path, before: &str) -> String {
    let script = format!(
        r#"import hashlib, hmac, json, os, sys, time
seen = []
for line in sys.stdin:
    asked = json.loads(line)
    if asked["op"] == "bye":
        break
    if asked["op"] == "hello":
        print(json.dumps({{"protocol": 1, "implementation": {{"name": "bad"}}, "max_in_flight": 16}}), flush=True)
        continue
    user = asked["fields"].get("user_id", "")
{before}
    seen.append(user)
    mac = hmac.new(asked["secret"].encode(), user.encode(), hashlib.sha256).hexdigest()
    if asked["secret"] == "":
        answer = {{"refused": "the secret is empty"}}
    elif asked["op"] == "sign":
        answer = {{"token": mac}}
    else:
        answer = {{"outcome": "accept" if asked.get("token") == mac else "reject"}}
    print(json.dumps({{"id": asked["id"], **answer}}), flush=True)
"#
    );
    let path = folder.join("adapter.py");
    fs::write(&path, script).unwrap();
    format!("python3 {}", path.display())
}

#[test(needs(PYTHON))]
fn a_crash_and_a_hang_are_findings_with_the_smallest_input() {
    for (before, outcome, jobs) in [
        ("    if '%' in user: os._exit(3)", "crash", "1"),
        ("    if '%' in user: os._exit(3)", "crash", "2"),
        ("    if '%' in user: time.sleep(60)", "time-out", "1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let command = adapter(folder.path(), before);
        let arguments = [
            "jotreview",
            "--cases",
            "3000",
            "--seed",
            "2",
            "--jobs",
            jobs,
            "--max-findings",
            "1",
            "--command",
            &command,
        ];
        let campaign = fuzz(folder.path(), &arguments);
        assert_eq!(campaign.code, 1, "{outcome}: {}", campaign.stdout);
        let finding = &findings(&campaign)[0];
        assert_eq!(finding["outcome"], outcome);
        let user = finding["request"]["fields"]["user_id"].as_str().unwrap();
        // Each attempt at a smaller hang takes as long as the time-out, so there are few.
        let longest = if outcome == "time-out" { 12 } else { 3 };
        assert!(user.contains('%') && user.len() <= longest, "{finding}");
    }
}

#[test(needs(PYTHON))]
fn state_dependent_failures_are_found_as_sequences() {
    let folder = tempfile::tempdir().unwrap();
    // It ends where an identity with a percent sign comes right behind an empty one.
    let before = "    if '%' in user and seen and seen[-1] == '': os._exit(3)\n    if '%' in user and '%' in ''.join(seen[-1:]): os._exit(4)";
    let command = adapter(folder.path(), before);
    let arguments = [
        "jotreview",
        "--cases",
        "20000",
        "--seed",
        "5",
        "--max-findings",
        "1",
        "--command",
        &command,
    ];
    let campaign = fuzz(folder.path(), &arguments);
    assert_eq!(campaign.code, 1, "{}", campaign.stdout);
    let finding = &findings(&campaign)[0];
    assert_eq!(finding["outcome"], "crash", "{finding}");
    assert_eq!(
        finding["sequence"].as_array().unwrap().len(),
        2,
        "{finding}"
    );
    let name = format!("jotreview-{}.ndjson", finding["id"].as_str().unwrap());
    let lines = fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(lines.lines().count(), 4);
}

#[test(needs(PYTHON))]
fn a_slow_answer_is_a_note_and_not_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let before = "    if '%' in user: time.sleep(0.15)";
    let command = adapter(folder.path(), before);
    let arguments = [
        "jotreview",
        "--grown",
        "--cases",
        "400",
        "--seed",
        "2",
        "--command",
        &command,
    ];
    let campaign = fuzz(folder.path(), &arguments);
    let outcomes: Vec<&Value> = findings(&campaign)
        .iter()
        .map(|one| &one["outcome"])
        .collect();
    assert!(
        !outcomes.contains(&&Value::from("time-out")),
        "{outcomes:?}"
    );
    let notes = campaign.document["notes"].to_string();
    assert!(
        notes.contains("an answer takes") && notes.contains('%'),
        "{notes}"
    );
}

#[test]
fn the_document_contains_the_progress() {
    let folder = tempfile::tempdir().unwrap();
    let campaign = fuzz(
        folder.path(),
        &["jotreview", "--cases", "40000", "--jobs", "2"],
    );
    let points = campaign.document["progress"].as_array().unwrap();
    assert!((2..=200).contains(&points.len()), "{}", points.len());
    assert_eq!(points[0]["cases"], 0);
    let last = points.last().unwrap();
    for (member, whole) in [
        ("at_ms", "duration_ms"),
        ("cases", "cases"),
        ("kinds", "kinds"),
    ] {
        assert_eq!(last[member], campaign.document[whole], "{member}");
        let values: Vec<_> = points.iter().map(|point| point[member].as_u64()).collect();
        assert!(values.is_sorted(), "{member}: {values:?}");
    }
}

/// A server in Python that speaks the protocol, and ends where an identity has a percent sign.
const MORTAL: &str = r#"
import hashlib, hmac, http.server, json, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if asked["op"] == "hello":
            answer = {"protocol": 1, "implementation": {"name": "mortal"}}
        else:
            user = asked["fields"].get("user_id", "")
            if "%" in user:
                os._exit(3)
            mac = hmac.new(asked["secret"].encode(), user.encode(), hashlib.sha256).hexdigest()
            if asked["secret"] == "":
                answer = {"id": asked["id"], "refused": "the secret is empty"}
            elif asked["op"] == "sign":
                answer = {"id": asked["id"], "token": mac}
            else:
                accepts = asked.get("token") == mac
                answer = {"id": asked["id"], "outcome": "accept" if accepts else "reject"}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

#[test(needs(PYTHON))]
fn a_server_that_dies_is_a_finding_with_its_requests_in_flight() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Command::new("python3")
        .args(["-c", MORTAL])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    let mut said = std::io::BufReader::new(server.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut said, &mut port).unwrap();
    let url = format!("http://127.0.0.1:{}", port.trim());
    let arguments = [
        "jotreview",
        "--cases",
        "3000",
        "--seed",
        "2",
        "--http",
        &url,
    ];
    let campaign = fuzz(folder.path(), &arguments);
    let _ended = server.kill();
    server.wait().unwrap();
    assert_eq!(campaign.code, 1, "{}", campaign.stdout);
    assert_eq!(campaign.document["ended"], "broken");
    let finding = &findings(&campaign)[0];
    let user = finding["request"]["fields"]["user_id"].as_str().unwrap();
    assert!(user.contains('%'), "{finding}");
    let actual = finding["actual"].as_str().unwrap();
    assert!(actual.contains("requests in a row failed"), "{actual}");
}

/// Findings quote answers, and a server may echo what it was sent.
#[test]
fn no_credentials_are_sent_that_a_finding_could_quote() {
    let with = "http://somebody:hunter22@127.0.0.1:1";
    let ours = format!("{} adapter", env!("CARGO_BIN_EXE_macproof"));
    for arguments in [
        vec!["--http", with],
        vec!["--command", &ours, "--against", with],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
            .args(["fuzz", "jotreview", "--cases", "1"])
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains("does not accept a user name and password"),
            "{said}"
        );
        assert!(!said.contains("hunter22"), "{said}");
    }
}
