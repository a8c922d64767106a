//! No output holds an implementation's own secret, wherever and however the implementation quotes
//! it: each command, stream and format, and each place that it can write to.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::harness::test;
use crate::program::Program;

/// No four of its characters in a row stand anywhere else, and each spelling changes some.
const CANARY: &str = "Zq7\"Xw9&Kv2<Jh4%Yp5+Wm8'Qz3\\Vx6éKj1";

/// The formats of a report.
const FORMATS: [&str; 9] = [
    "human",
    "json",
    "junit",
    "sarif",
    "markdown",
    "html",
    "github",
    "badge",
    "badge-json",
];

/// Finds the parts of a secret of four characters or more, in any spelling.
struct Detector {
    parts: Parts,
    /// Case tells these apart.
    base64: Parts,
}

/// Texts by their first two bytes, so that a long text is looked through once for all of them.
struct Parts(Vec<Vec<String>>);

impl Parts {
    fn of(parts: BTreeSet<String>) -> Self {
        let mut by_start = vec![Vec::new(); 1 << 16];
        for part in parts {
            by_start[start(part.as_bytes())].push(part);
        }
        Self(by_start)
    }

    /// The first of them in a text, and where.
    fn find(&self, text: &str) -> Option<(&str, usize)> {
        let bytes = text.as_bytes();
        (0..bytes.len().saturating_sub(1)).find_map(|at| {
            let mut parts = self.0[start(&bytes[at..])].iter();
            let part = parts.find(|part| bytes[at..].starts_with(part.as_bytes()))?;
            Some((part.as_str(), at))
        })
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

impl Detector {
    fn new(secret: &str) -> Self {
        let spellings: [fn(char) -> String; 9] = [
            |c| c.to_string(),
            |c| {
                if c == '"' || c == '\'' {
                    format!("\\{c}")
                } else {
                    c.to_string()
                }
            },
            |c| format!("\\u{:04x}", u32::from(c)),
            |c| format!("\\u{{{:x}}}", u32::from(c)),
            |c| bytes_of(c, "\\x"),
            |c| bytes_of(c, "%"),
            |c| {
                if c.is_ascii_alphanumeric() {
                    c.to_string()
                } else {
                    bytes_of(c, "%")
                }
            },
            |c| format!("&#x{:x};", u32::from(c)),
            |c| format!("&#{};", u32::from(c)),
        ];
        let hex: fn(char) -> String = |c| bytes_of(c, "");
        let mut parts = BTreeSet::new();
        let swapped = |c: char| -> String {
            if c.is_lowercase() {
                c.to_uppercase().collect()
            } else {
                c.to_lowercase().collect()
            }
        };
        let cased = [
            secret.to_owned(),
            secret.to_lowercase(),
            secret.to_uppercase(),
            secret.chars().map(swapped).collect(),
        ];
        for cased in cased {
            let letters: Vec<char> = cased.chars().collect();
            for four in letters.windows(4) {
                for spell in spellings.iter().chain([&hex]) {
                    let part: String = four.iter().copied().map(spell).collect();
                    parts.insert(plain(&part));
                }
            }
        }
        let mut base64 = BTreeSet::new();
        for before in ["", "a", "ab"] {
            for engine in [STANDARD, URL_SAFE] {
                let text = engine.encode([before, secret].concat());
                // What stands before the secret has a say in the first digits, padding in the last.
                let text = &text[2 * before.len()..text.len() - 4];
                let windows = (0..=text.len() - 6).map(|at| text[at..at + 6].to_owned());
                base64.extend(windows);
            }
        }
        Self {
            parts: Parts::of(parts),
            base64: Parts::of(base64),
        }
    }

    /// The first part of the secret that stands in a text, with what stands around it.
    fn find(&self, text: &str) -> Option<String> {
        let shown = |text: &str, at: usize| {
            let start = text.floor_char_boundary(at.saturating_sub(80));
            let end = text.ceil_char_boundary((at + 80).min(text.len()));
            text[start..end].to_owned()
        };
        let plain = plain(text);
        let in_plain = self.parts.find(&plain).map(|found| (found, &*plain));
        let found = in_plain.or_else(|| self.base64.find(text).map(|found| (found, text)));
        found.map(|((part, at), text)| format!("{part} in {}", shown(text, at)))
    }
}

fn bytes_of(c: char, before: &str) -> String {
    let bytes = c.to_string().into_bytes();
    bytes
        .iter()
        .map(|byte| format!("{before}{byte:02x}"))
        .collect()
}

/// A text in one case, without what formats do to it: backslashes doubled, entities, percent signs
/// spelt out.
fn plain(text: &str) -> String {
    let mut text = text.to_lowercase();
    for (spelt, meant) in [
        ("\\\\", "\\"),
        ("&amp;", "&"),
        ("&#38;", "&"),
        ("&#x26;", "&"),
        ("%25", "%"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#x22;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&#x3c;", "<"),
    ] {
        while text.contains(spelt) {
            text = text.replace(spelt, meant);
        }
    }
    text
}

#[test]
fn the_detector_sees_every_spelling() {
    let detector = Detector::new(CANARY);
    let quoted = serde_json::to_string(CANARY).unwrap();
    let twice = serde_json::to_string(&quoted).unwrap();
    for text in [
        "a Zq7\"X b",
        "a zQ7\"x b",
        "6éKj b",
        "qz3\\\\vx",
        "\\\\u0058\\\\u0077\\\\u0039\\\\u0026",
        "%58%77%39%26",
        "%2558%2577%2539%2526",
        "&amp;#x58;&#x77;&#x39;&#x26;",
        "5877392",
        &hex::encode("Xw9&").to_uppercase(),
        &quoted,
        &twice,
        &STANDARD.encode(format!("user:{CANARY}")),
        &STANDARD.encode(CANARY),
    ] {
        let is_there = detector.find(text).is_some();
        assert_eq!(is_there, text != "5877392", "{text}");
    }
    assert_eq!(detector.find("Zq7 \"Xw 9&K [redacted] key="), None);
}

/// A folder for commands that are told what they may not repeat.
struct Cage {
    program: Program,
    detector: Detector,
}

impl Cage {
    fn new(secret: &str) -> Self {
        let program = Program::new();
        let detector = Detector::new(secret);
        Self { program, detector }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.program.path(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Counting starts over.
    fn start_over(&self) {
        let _none = fs::remove_file(self.path("count"));
    }

    fn run(&self, words: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
            .args(words)
            .env("OWN", CANARY)
            .current_dir(self.program.folder.path())
            .output()
            .unwrap();
        self.check(words, &output);
        output
    }

    /// Looks at both streams, and at each file that was written.
    fn check(&self, what: &[&str], output: &Output) {
        for (name, stream) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let found = self.detector.find(&String::from_utf8_lossy(stream));
            assert_eq!(found, None, "{what:?}: {name}");
        }
        self.check_folder(self.program.folder.path(), what);
    }

    fn check_folder(&self, folder: &Path, what: &[&str]) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.check_folder(&path, what);
            } else if path.extension().is_none_or(|kind| kind != "given") {
                let text = fs::read(&path).unwrap();
                let found = self.detector.find(&String::from_utf8_lossy(&text));
                assert_eq!(found, None, "{what:?}: {}", path.display());
            }
        }
    }

    /// A server that quotes it.
    fn server(&self, way: &str) -> Server {
        self.start_over();
        let mut child = Command::new("python3")
            .args([&script(), way, env!("CARGO_BIN_EXE_macproof")])
            .env("OWN", CANARY)
            .current_dir(self.program.folder.path())
            .stdout(Stdio::piped())
            // It complains of connections that end.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut port).unwrap();
        let port = port.trim().to_owned();
        Server { child, port }
    }
}

struct Server {
    child: Child,
    port: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn script() -> String {
    format!("{}/tests/hostile/canary.py", env!("CARGO_MANIFEST_DIR"))
}

/// `run` in all formats.
fn reports() -> Vec<String> {
    let report = |format: &&str| ["--report".to_owned(), format!("{format}=out.{format}")];
    FORMATS.iter().flat_map(report).collect()
}

fn with<'w>(words: &[&'w str], more: &'w [String]) -> Vec<&'w str> {
    let more = more.iter().map(String::as_str);
    words.iter().copied().chain(more).collect()
}

fn config(way: &str) -> String {
    format!(
        "suites: [jotreview]\nimplementations:\n  own: {{command: [python3, {}, {way}], secret: {{env: OWN}}}}\n",
        script()
    )
}

#[test(needs(PYTHON))]
fn a_run_repeats_no_secret_of_its_implementation() {
    let cage = Cage::new(CANARY);
    let reports = reports();
    // How often, which cases, and how many were counted before.
    for (way, times, filter, counted) in [
        ("answers", 1, "jotreview/*-a*", 0),
        ("hello", 6, "jotreview/plain*", 8),
        ("breach", 3, "jotreview/*ab*", 30),
        ("no hello", 12, "jotreview/plain*", 24),
        ("suites", 2, "jotreview/plain*", 20),
    ] {
        cage.write("macproof.yaml", &config(&format!("{way:?}")));
        cage.write("count", &".".repeat(counted));
        for _ in 0..times {
            let words = ["run", "--all", "--events", "events.jsonl", "--causes", "3"];
            let words = [&words[..], &["--filter", filter]].concat();
            let output = cage.run(&with(&words, &reports));
            let said = String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr);
            // What it claims is not shown.
            let is_shown = way != "suites";
            assert_eq!(said.contains("[redacted]"), is_shown, "{way}: {said}");
        }
    }
    for words in [
        &["report", "diff", "out.json", "out.json"][..],
        &["report", "merge", "out.json", "-o", "merged.json"],
    ] {
        cage.run(words);
    }
}

#[test(needs(PYTHON))]
fn a_described_call_repeats_no_secret() {
    let cage = Cage::new(CANARY);
    let reports = reports();
    let server = cage.server("server");
    let port = &server.port;
    let web = format!(
        "sign: {{method: POST, url: 'http://127.0.0.1:{port}/{{secret}}', query: {{key: '{{secret}}'}}, \
         headers: {{x-key: 'a{{secret}}'}}, json: {{id: '{{fields.user_id}}', key: '{{secret}}'}}, token: {{json: /token}}}}"
    );
    let unreached = web.replace(port.as_str(), "9");
    let exec = |program: &str| {
        format!(
            "sign: {{command: [{program}, {}, exec, '{{fields.user_id}}', 'a{{secret}}'], token: {{regex: 'token=(.*)'}}, \
             env: {{KEY: '{{secret}}'}}, stdin: '{{secret}}'}}",
            script()
        )
    };
    for (kind, call) in [
        ("http", &web),
        ("http", &unreached),
        ("exec", &exec("python3")),
        ("exec", &exec("'no-{secret}-such'")),
        ("exec", &exec("no-such")),
    ] {
        let config = format!(
            "suites: [jotreview]\nimplementations:\n  own:\n    secret: {{env: OWN}}\n    {kind}: {{suites: [jotreview], {call}}}\n"
        );
        cage.write("macproof.yaml", &config);
        let words = [
            "run",
            "--all",
            "--events",
            "events.jsonl",
            "--filter",
            "jotreview/*ab*",
        ];
        let output = cage.run(&with(&words, &reports));
        assert_ne!(output.status.code(), Some(0), "{call}");
    }
}

#[test(needs(PYTHON))]
fn a_server_repeats_no_password_of_its_address() {
    let cage = Cage::new(CANARY);
    let reports = reports();
    // As an address is written: what is between two percent signs is a byte.
    let quoted: String = CANARY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let at = |server: &Server| format!("http://{quoted}:{quoted}@127.0.0.1:{}", server.port);

    let quoting = cage.server("server");
    let address = at(&quoting);
    for _ in 0..2 {
        let words = ["run", "jotreview", "--all", "--filter", "jotreview/*ab*"];
        cage.run(&with(
            &[&words[..], &["--http", &address]].concat(),
            &reports,
        ));
    }
    for command in ["timing", "certify", "fuzz"] {
        let words = [command, "jotreview", "--http", &address];
        let key = ["--key", "key.given", "--artifact", "key.given"];
        let more: &[&str] = if command == "certify" { &key } else { &[] };
        let output = cage.run(&[&words[..], more].concat());
        assert_ne!(output.status.code(), Some(0), "{command}");
    }
    cage.run(&[
        "fuzz",
        "jotreview",
        "--implementation",
        "reference",
        "--against",
        &address,
    ]);
    drop(quoting);

    let honest = cage.server("honest server");
    let address = at(&honest);
    let output = cage.run(&with(&["run", "jotreview", "--http", &address], &reports));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let words = ["timing", "jotreview", "--time", "1s", "--http", &address];
    cage.run(&[&words[..], &["--raw", "raw.csv"]].concat());
    cage.run(&[&words[..], &["--json"]].concat());
    cage.run(&["timing", "--replay", "raw.csv"]);
}

#[test(needs(PYTHON, OPENSSL))]
fn a_certificate_repeats_no_password() {
    let cage = Cage::new(CANARY);
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "ed25519", "-out", "key.given"])
        .current_dir(cage.program.folder.path())
        .status();
    assert!(made.unwrap().success());
    let honest = cage.server("honest server");
    let quoted: String = CANARY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let address = format!("http://{quoted}:{quoted}@127.0.0.1:{}", honest.port);
    let words = [
        "certify",
        "jotreview",
        "--level",
        "core",
        "--http",
        &address,
    ];
    let files = [
        "--key",
        "key.given",
        "--artifact",
        "key.given",
        "-o",
        "certificate.json",
    ];
    let output = cage.run(&[&words[..], &files].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(cage.path("certificate.json").exists());
}

#[test(needs(PYTHON))]
fn a_timing_test_repeats_no_secret_of_its_implementation() {
    let cage = Cage::new(CANARY);
    for (way, times) in [
        ("hello", 3),
        ("breach", 12),
        ("no hello", 6),
        ("answers", 1),
    ] {
        cage.write("macproof.yaml", &config(&format!("{way:?}")));
        cage.start_over();
        for number in 0..times {
            let words = ["timing", "--time", "1s", "--seed", "1", "--raw", "raw.csv"];
            let more: &[&str] = if number % 2 == 0 { &["--json"] } else { &[] };
            cage.run(&[&words[..], more].concat());
        }
        if cage.path("raw.csv").exists() {
            cage.run(&["timing", "--replay", "raw.csv"]);
        }
    }
    // What these would say cannot be redacted, so they ask nothing.
    for words in [
        &["fuzz", "--cases", "10"][..],
        &["fuzz", "--cases", "10", "--against", "own"],
        &["certify", "--key", "key.given", "--artifact", "key.given"],
    ] {
        assert_eq!(cage.run(words).status.code(), Some(2), "{words:?}");
    }
}

/// What a caller sends in each place of a call.
fn calls(secret: &str) -> Vec<String> {
    let body = |user: &str, signature: &str| {
        serde_json::json!({"user_id": user, "signature": signature, user: signature}).to_string()
    };
    let quoted: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let call = |first: &str, header: &str, body: &str| {
        format!(
            "{first} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{header}content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let json = "content-type: application/json\r\n";
    let identify = "POST /jotreview/identify";
    vec![
        call(identify, json, &body(secret, "abc")),
        call(identify, json, &body("u", secret)),
        call(identify, json, &body("u", &STANDARD.encode(secret))),
        call(identify, json, secret),
        call(&format!("{identify}?key={quoted}"), json, &body("u", "abc")),
        call(&format!("POST /{quoted}/identify"), json, "{}"),
        call(&format!("GET /{quoted}"), "", ""),
        call(identify, &format!("{json}authorization: {secret}\r\norigin: {secret}\r\n"), "{}"),
        call(identify, &format!("content-type: {secret}\r\n"), "{}"),
        call(&quoted, "", ""),
        call("POST /macproof", json, secret),
        call(
            "POST /macproof",
            json,
            &serde_json::json!({"id": 1, "op": secret, "suite": secret, "secret": secret}).to_string(),
        ),
        call(
            "POST /macproof",
            json,
            &serde_json::json!({"id": 1, "op": "verify", "suite": "jotreview", "secret": secret, "fields": {"user_id": secret}, "token": secret})
                .to_string(),
        ),
    ]
}

#[test]
fn the_log_of_a_server_repeats_no_secret() {
    use rustix::process::{Pid, Signal, kill_process};

    let cage = Cage::new(CANARY);
    let mut child = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["serve", "jotreview", "--port", "0", "--secret-env", "OWN"])
        .env("OWN", CANARY)
        .current_dir(cage.program.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    let address = first.trim().strip_prefix("http://").unwrap();
    let asked = |call: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(call.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // An answer to half a call may end by a reset.
        let _cut = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    for call in calls(CANARY) {
        assert!(!asked(&call).is_empty(), "{call}");
    }
    let page = asked("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    assert!(page.contains("200 OK"), "{page}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(!output.stderr.is_empty());
    cage.check(&["serve"], &output);
    assert_eq!(cage.detector.find(&page), None);
}

#[test]
fn the_oracle_by_hand_repeats_no_secret() {
    let cage = Cage::new(CANARY);
    let hex = hex::encode(CANARY);
    for token in [CANARY, "abc", &hex, "a6c9e2"] {
        for more in [&[][..], &["--json"]] {
            let fields = ["--secret-env", "OWN", "--field", "user_id=u"];
            for command in [
                &["sign"][..],
                &["verify", "--token", token],
                &["explain", "--token", token],
            ] {
                let words = [&command[..1], &["jotreview"], &command[1..], &fields, more].concat();
                let output = cage.run(&words);
                assert!(
                    output.status.code().is_some_and(|code| code < 2),
                    "{words:?}: {output:?}"
                );
            }
        }
    }
}
