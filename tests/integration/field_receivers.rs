//! Receivers of webhooks, as their frameworks have them: asked by the places of their scheme, the
//! right one conforms, and the classic mistake of the framework is named.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::backends::installed_flask;
use crate::harness::test;
use crate::init::{change, project, succeeds};
use crate::program::{Program, root};

const SECRET: &str = "field-secret-8842-abcdefghijklmn";

/// A receiver that runs until it is dropped.
struct Receiver {
    child: Child,
    port: u16,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a receiver; its command is told its mode and the port.
fn started(secret: &str, mode: &str, command: impl Fn(u16) -> Command) -> Receiver {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let child = command(port)
        .env("HOOK_SECRET", secret)
        .env("HOOK_MODE", mode)
        .current_dir(folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let receiver = Receiver { child, port };
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it does not listen"
        );
        sleep(Duration::from_millis(20));
    }
    receiver
}

fn folder() -> std::path::PathBuf {
    root().join("tests/field/receivers")
}

/// What a run says of it.
fn run(
    receiver: &Receiver,
    secret: &str,
    suite: &str,
    more: &str,
    shard: &str,
) -> serde_json::Value {
    let program = Program::new();
    let port = receiver.port;
    let description = format!(
        "implementations:\n  receiver:\n    secret: {{env: HOOK_SECRET}}\n    http:\n      suites: [{suite}]\n{more}      verify: {{url: \"http://127.0.0.1:{port}/hook\", accept: {{status: [200, 204]}}, reject: {{status: [400, 401]}}}}\n"
    );
    std::fs::write(program.path("macproof.yaml"), description).unwrap();
    let output = crate::program::macproof(program.folder.path())
        .args(["run", suite, "--seed", "1", "--report", "json=-"])
        .args(["--shard", shard])
        .env("HOOK_SECRET", secret)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// The right receiver conforms to the suite, and of the wrong one this mistake is named first.
fn is_judged(
    suite: &str,
    secret: &str,
    more: &str,
    mistakes: &[&str],
    command: impl Fn(&str, u16) -> Command,
) {
    let right = started(secret, "right", |port| command("right", port));
    // A part shows what conforms; a cause takes several inputs.
    let document = run(&right, secret, suite, more, "1/6");
    let conformance = document["conformance"].as_str().unwrap();
    let summary = &document["summary"];
    assert_eq!(conformance, "conformant", "{suite}: {summary}");
    drop(right);
    let wrong = started(secret, "wrong", |port| command("wrong", port));
    let document = run(&wrong, secret, suite, more, "1/1");
    assert_eq!(document["conformance"], "nonconformant");
    let diagnosis = &document["diagnosis"];
    let causes = diagnosis["causes"].as_array().unwrap();
    let named = causes
        .first()
        .map(|cause| &cause["alternatives"][0]["mistakes"][0]["id"]);
    let named = named.and_then(|id| id.as_str()).unwrap_or("none");
    assert!(mistakes.contains(&named), "{named}: {diagnosis}");
}

fn hooks(mistake: &str, command: impl Fn(&str, u16) -> Command) {
    is_judged("github-webhook", SECRET, "", &[mistake], command);
}

fn with_arguments(program: &str, arguments: &[&str], mode: &str, port: u16) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).args([mode, &port.to_string()]);
    command
}

#[test(needs(NODE))]
fn node_that_writes_json_again_is_named() {
    hooks("identity-json-rewritten", |mode, port| {
        with_arguments("node", &["node.mjs"], mode, port)
    });
}

#[test(needs(NODE))]
fn a_time_in_the_token_is_that_of_the_real_clock() {
    is_judged(
        "stripe-webhook",
        "whsec_4fKp0sV9ZmQ2xW7cT1bN8yR5uJ3hL6aD",
        "      clock: system\n",
        &["identity-json-rewritten"],
        |mode, port| with_arguments("node", &["stripe.mjs"], mode, port),
    );
}

#[test(needs(PYTHON))]
fn python_that_dumps_json_again_is_named() {
    hooks("identity-json-rewritten", |mode, port| {
        with_arguments("python3", &["python.py"], mode, port)
    });
}

#[test(needs(PYTHON))]
fn a_part_of_the_message_that_stands_in_a_header_is_named() {
    is_judged(
        "standard-webhooks",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "      clock: system\n",
        &["message-identity-left-out"],
        |mode, port| with_arguments("python3", &["standard.py"], mode, port),
    );
}

#[test(needs(PYTHON))]
fn flask_that_dumps_json_again_is_named() {
    let packages = installed_flask("flask-receiver");
    hooks("identity-json-rewritten", |mode, port| {
        let mut command = with_arguments("python3", &["flask_app.py"], mode, port);
        command.env("PYTHONPATH", &packages);
        command
    });
}

#[test(needs(WEBRICK))]
fn ruby_that_generates_json_again_is_named() {
    hooks("identity-json-rewritten", |mode, port| {
        with_arguments("ruby", &["ruby.rb"], mode, port)
    });
}

#[test(needs(PHP))]
fn php_that_encodes_json_again_is_named() {
    hooks("identity-json-rewritten", |_, port| {
        let mut command = Command::new("php");
        command.args(["-S", &format!("127.0.0.1:{port}"), "php.php"]);
        command
    });
}

#[test(needs(GO))]
fn go_that_marshals_json_again_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let receiver = scratch.path().join("receiver");
    let mut go = Command::new("go");
    go.args(["build", "-o"]).arg(&receiver).arg("main.go");
    built(go.current_dir(folder().join("go")));
    hooks("identity-json-sorted", |mode, port| {
        with_arguments(&receiver.display().to_string(), &[], mode, port)
    });
}

#[test(needs(JAVA))]
fn java_that_reads_latin_1_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let mut javac = Command::new("javac");
    javac.arg("-d").arg(scratch.path()).arg("Receiver.java");
    built(javac.current_dir(folder().join("java")));
    hooks("identity-utf-8-twice", |mode, port| {
        let path = class_path(scratch.path());
        with_arguments("java", &["-cp", &path, "Receiver"], mode, port)
    });
}

fn class_path(folder: &Path) -> String {
    folder.display().to_string()
}

fn built(command: &mut Command) {
    assert!(command.status().unwrap().success());
}

/// What `init` writes describes it, once its address is filled in.
#[test(needs(NODE))]
fn a_receiver_is_described_by_init() {
    let right = started(SECRET, "right", |port| {
        with_arguments("node", &["node.mjs"], "right", port)
    });
    let program = project();
    succeeds(&program.run(&["init", "http", "github-webhook"]));
    let address = format!("{}/hook", right.port);
    change(
        &program.path("macproof.yaml"),
        &[("3000/webhook", &address)],
    );
    let mut run = crate::program::macproof(program.folder.path());
    let output = run
        .args(["run", "--shard", "1/4", "--require-implementation"])
        .env("HOOK_SECRET", SECRET)
        .output()
        .unwrap();
    let said = succeeds(&output);
    assert!(
        said.contains("conformant: receiver · github-webhook · "),
        "{said}"
    );
}
