//! Output that cannot be written: it is said, it counts, and nothing that was found is lost.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::harness::test;
use crate::program::{Program, mistaken};

/// Those of RFC 8410.
const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";

/// A folder with everything that a command may want to read.
pub(crate) fn prepared() -> Program {
    let program = Program::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::write(program.path("key.pem"), PRIVATE_KEY).unwrap();
    fs::write(program.path("pub.pem"), PUBLIC_KEY).unwrap();
    fs::write(program.path("secret"), "a secret").unwrap();
    for (from, to) in [
        ("tests/timing/early-exit.csv", "raw.csv"),
        ("vectors/schemes/jimo.yaml", "scheme.yaml"),
        ("vectors/primitives/hmac-sha256.json", "wycheproof.json"),
    ] {
        let _absent = fs::copy(root.join(from), program.path(to));
    }
    fs::write(program.path("small.yaml"), SMALL).unwrap();
    for arguments in [
        &["run", "jotreview", "--report", "json=r.json"][..],
        &[
            "certify",
            "jotreview",
            "--implementation",
            "reference",
            "--key",
            "key.pem",
            "--artifact",
            "secret",
            "-o",
            "c.json",
        ],
    ] {
        let done = program.run(arguments);
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {done:?}");
    }
    program
}

/// A suite of one vector.
const SMALL: &str = r#"macproof: 1
suite: small
version: 1
title: Small
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}}
  message: "{user_id}"
  token: "{mac:hex}"
requirements:
  exact: {level: must, basis: practice, text: "It is exact."}
vectors:
  - {id: refused, shows: [exact], op: verify, secret: s, fields: {user_id: a}, token: "", expect: {outcome: reject}}
"#;

/// Every command that prints a result, in every way in which it does.
const PRINTING: [&str; 39] = [
    "run jotreview --filter jotreview/identity-*",
    "run jotreview --filter jotreview/identity-* --report json=-",
    "run jotreview --filter jotreview/identity-* --report junit=-",
    "run jotreview --filter jotreview/identity-* --events -",
    "run --suite-file small.yaml",
    "fuzz jotreview --cases 300",
    "fuzz jotreview --cases 300 --report json=-",
    "fuzz jotreview --cases 300 --against reference",
    "timing --replay raw.csv",
    "timing --replay raw.csv --json",
    "explain jotreview --secret-file secret --field user_id=a --token b",
    "sign jotreview --secret-file secret --field user_id=a",
    "sign jotreview --secret-file secret --field user_id=a --json",
    "verify jotreview --secret-file secret --field user_id=a --token b",
    "suite list",
    "suite show jimo",
    "suite show jimo --yaml",
    "suite lint small.yaml",
    "suite lint jimo --review",
    "suite generate scheme.yaml",
    "suite strength small.yaml",
    "mistakes",
    "report render r.json human=-",
    "report render r.json html=-",
    "report render r.json markdown=-",
    "report diff r.json r.json",
    "report diff r.json r.json --json",
    "report merge r.json",
    "certify jotreview --implementation reference --key key.pem --artifact secret",
    "verify-certificate c.json --public-key pub.pem",
    "verify-certificate c.json --public-key pub.pem --report markdown=-",
    "adapter",
    "init python --ci none --force",
    "help",
    "help run",
    "suite --help",
    "--version",
    "completions bash",
    "run --help",
];

fn start(program: &Program, line: &str, out: Stdio) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(line.split(' '))
        .current_dir(program.folder.path())
        .stdin(Stdio::piped())
        .stdout(out)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What an adapter is told first; nobody else reads it.
    let hello = b"{\"op\":\"hello\",\"protocol\":1}\n";
    let _unread = process.stdin.take().unwrap().write_all(hello);
    process.wait_with_output().unwrap()
}

/// What cannot be written is exit code 4, unless 1 or 2 says more already.
fn counted(code: Option<i32>) -> Option<i32> {
    match code {
        Some(0 | 3) => Some(4),
        code => code,
    }
}

#[test]
fn every_command_fails_on_write_errors() {
    let program = prepared();
    let mut walked = BTreeSet::new();
    for line in PRINTING {
        let whole = start(&program, line, Stdio::piped());
        assert!(!whole.stdout.is_empty(), "{line}: {whole:?}");
        assert_ne!(whole.status.code(), Some(2), "{line}: {whole:?}");
        walked.insert(line.split(' ').next().unwrap());

        let full = File::options().write(true).open("/dev/full").unwrap();
        let full = start(&program, line, full.into());
        let said = String::from_utf8(full.stderr).unwrap();
        assert_eq!(
            full.status.code(),
            counted(whole.status.code()),
            "{line}: {said}"
        );
        if line != "adapter" {
            let once = said
                .matches("cannot write to standard output: No space left")
                .count();
            assert_eq!(once, 1, "{line}: {said}");
        }

        // A reader that has had enough, as `head`, changes nothing.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let closed = start(&program, line, writer.into());
        let said = String::from_utf8(closed.stderr).unwrap();
        if line != "adapter" {
            assert_eq!(closed.status.code(), whole.status.code(), "{line}: {said}");
        }
        assert!(!said.contains("cannot write"), "{line}: {said}");
    }
    let help = String::from_utf8(start(&program, "help", Stdio::piped()).stdout).unwrap();
    let commands = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let commands = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for command in commands.filter_map(|line| line.split_whitespace().next()) {
        // One goes on until it is told to end, and has a test of its own; one prints nothing.
        assert!(
            walked.contains(command) || ["serve", "manual"].contains(&command),
            "{command} is not walked"
        );
    }
}

#[test]
fn a_server_that_cannot_print_its_address_fails() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["serve", "jotreview", "--port", "0"])
        .stdin(Stdio::null())
        .stdout(File::options().write(true).open("/dev/full").unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(process.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("cannot write to standard output") {
        line.clear();
        assert_ne!(
            std::io::BufRead::read_line(&mut said, &mut line).unwrap(),
            0
        );
    }
    assert_eq!(process.wait().unwrap().code(), Some(4));
}

/// The adapter leaves a mark when it is started.
fn marking(program: &Program) -> String {
    let mark = program.path("started");
    format!(
        "sh -c 'touch {}; exec {} adapter'",
        mark.display(),
        env!("CARGO_BIN_EXE_macproof")
    )
}

#[test]
fn unwritable_paths_are_reported_before_the_work() {
    let program = prepared();
    let command = marking(&program);
    for arguments in [
        &["run", "jotreview", "--report", "json=secret/below"][..],
        &["run", "jotreview", "--report", "human=."],
        &["run", "jotreview", "--events", "secret/below"],
        &["fuzz", "jotreview", "--cases", "100", "-o", "secret/below"],
        &["fuzz", "jotreview", "--cases", "100", "-o", "."],
        &["fuzz", "jotreview", "--cases", "100", "--corpus", "secret"],
        &[
            "fuzz",
            "jotreview",
            "--cases",
            "100",
            "--report",
            "json=secret/below",
        ],
        &[
            "fuzz",
            "jotreview",
            "--cases",
            "100",
            "--against",
            "reference",
            "--report",
            "json=secret/below",
        ],
        &["timing", "jotreview", "--raw", "secret/below"],
        &[
            "certify",
            "jotreview",
            "--key",
            "key.pem",
            "--artifact",
            "secret",
            "-o",
            "secret/below",
        ],
    ] {
        let done = program.run(&[arguments, &["--command", &command]].concat());
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(
            matches!(done.status.code(), Some(2 | 4)),
            "{arguments:?}: {said}"
        );
        assert!(said.starts_with("error: cannot "), "{arguments:?}: {said}");
        assert!(!program.path("started").exists(), "{arguments:?}: {said}");
    }
    let done = program.run(&[
        "run",
        "jotreview",
        "--report",
        "json=new/r.json",
        "--command",
        &command,
    ]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(program.path("started").exists() && program.path("new/r.json").exists());
}

#[test]
fn findings_are_reported_despite_write_errors() {
    let program = prepared();
    let wrong = mistaken("identity-trimmed");
    let has = |text: &[u8], word: &str| String::from_utf8_lossy(text).contains(word);
    let run = |more: &[&str]| {
        let reports = ["--report", "json=/dev/full", "--report", "junit=r.xml"];
        let _absent = fs::remove_file(program.path("r.xml"));
        let done = program.run(&[&["run", "jotreview"], &reports[..], more].concat());
        assert!(
            has(&done.stderr, "cannot write /dev/full: No space left"),
            "{done:?}"
        );
        assert!(program.path("r.xml").exists());
        done
    };
    let right = run(&[]);
    assert_eq!(right.status.code(), Some(4), "{right:?}");
    assert!(has(&right.stdout, "conformant"), "{right:?}");
    let found = run(&["--command", &wrong]);
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    assert!(
        has(&found.stdout, "FAIL accepts what it must not"),
        "{found:?}"
    );

    for output in [&["-o", "/dev/full"][..], &["--report", "json=/dev/full"]] {
        let fuzz = [
            "fuzz",
            "jotreview",
            "--cases",
            "20000",
            "--seed",
            "1",
            "--command",
            &wrong,
        ];
        let found = program.run(&[&fuzz[..], output].concat());
        assert_eq!(found.status.code(), Some(1), "{found:?}");
        assert!(has(&found.stderr, "cannot write /dev/full"), "{found:?}");
        assert!(has(&found.stdout, "user_id"), "{found:?}");
    }

    let certify = [
        "certify",
        "jotreview",
        "--implementation",
        "reference",
        "--key",
        "key.pem",
        "--artifact",
        "secret",
        "-o",
        "/dev/full",
    ];
    let lost = program.run(&certify);
    assert_eq!(lost.status.code(), Some(4), "{lost:?}");
    assert!(has(&lost.stdout, "\"payload\""), "{lost:?}");

    let events = program.run(&["run", "jotreview", "--events", "/dev/full"]);
    assert_eq!(events.status.code(), Some(4), "{events:?}");
    assert!(has(&events.stderr, "cannot write /dev/full"), "{events:?}");
    assert!(has(&events.stdout, "conformant"), "{events:?}");
}

/// `ulimit -f` ends a process in the midst of a write, where it is not told otherwise.
#[test]
fn file_size_limits_leave_no_partial_files() {
    let program = prepared();
    fs::create_dir(program.path("out")).unwrap();
    let done = Command::new("sh")
        .args([
            "-c",
            "ulimit -f 8; exec \"$0\" run jotreview --report json=out/r.json",
        ])
        .arg(env!("CARGO_BIN_EXE_macproof"))
        .current_dir(program.folder.path())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(4), "{done:?}");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        said.contains("cannot write out/r.json: File too large"),
        "{said}"
    );
    assert_eq!(fs::read_dir(program.path("out")).unwrap().count(), 0);
}

/// A parent that shares its end of a pipe may have set it not to block.
#[test]
fn a_nonblocking_pipe_gets_everything() {
    let program = prepared();
    let (mut reader, writer) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["report", "render", "r.json", "html=-"])
        .current_dir(program.folder.path())
        .stdout(writer)
        .spawn()
        .unwrap();
    // The pipe is full before the first byte is read.
    while rustix::io::ioctl_fionread(&reader).unwrap() < 60_000 {
        assert!(process.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    let began = Instant::now();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut reader, &mut text).unwrap();
    assert_eq!(
        process.wait().unwrap().code(),
        Some(0),
        "{:?}",
        began.elapsed()
    );
    assert!(text.len() > 100_000 && text.trim_end().ends_with("</html>"));
}

/// A pipe gets all of a report once there is a reader; without one it is not waited for.
#[test]
fn writing_does_not_wait_for_a_pipe_reader() {
    let program = prepared();
    let fifo = program.path("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    let render = ["report", "render", "r.json", "html=fifo"];
    for arguments in [&render[..], &["run", "jotreview", "--events", "fifo"]] {
        let done = program.run(arguments);
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(4), "{said}");
        assert!(
            said.contains("cannot write fifo: no process reads"),
            "{said}"
        );
    }
    let reader = std::thread::spawn(move || fs::read(fifo).unwrap());
    // Until the reader has come, there is none.
    while program.run(&render).status.code() == Some(4) {}
    let text = String::from_utf8(reader.join().unwrap()).unwrap();
    assert!(text.len() > 100_000 && text.trim_end().ends_with("</html>"));
}
