//! Adapters that escape, flood and do not end, against the real program: it ends within its
//! limits and in little memory, hears its signals, and leaves no process.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::bad_adapters::numbered_text;
use crate::harness::test;

/// How long a command may take before it is said to hang: far more than all its limits together.
const HANGS: Duration = Duration::from_secs(300);

/// A folder with a suite, and a mark that no other process of this machine has.
struct Scene {
    folder: tempfile::TempDir,
    mark: String,
}

impl Scene {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("numbered.yaml"), numbered_text(0)).unwrap();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mark = format!("hostile-{}-{count}", std::process::id());
        Self { folder, mark }
    }

    /// A bad adapter as a command line, the mark its first argument.
    fn adapter(&self, name: &str, arguments: &str) -> String {
        let script = script(name);
        format!("python3 {} {} {arguments}", script.display(), self.mark)
    }

    /// The program with these words, in little memory.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", "ulimit -v 1500000; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_macproof"))
            .args(words)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn start(&self, words: &[&str]) -> Child {
        self.command(words).spawn().unwrap()
    }

    /// Runs it to its end.
    fn run(&self, words: &[&str]) -> Output {
        ended(self.start(words), words)
    }

    /// Whether a process has the mark.
    fn is_any_left(&self) -> bool {
        let Ok(processes) = fs::read_dir("/proc") else {
            return false;
        };
        processes.flatten().any(|process| {
            let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
            let mut words = command.split(|&byte| byte == 0);
            words.any(|word| word == self.mark.as_bytes()) && !is_macproof(&process.path())
        })
    }

    /// Waits until processes have the mark.
    fn await_some(&self) {
        let began = Instant::now();
        while !self.is_any_left() {
            assert!(began.elapsed() < HANGS, "it never started");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn assert_that_none_is_left(&self, what: &str) {
        // What was killed is gone when its parent has taken note.
        let began = Instant::now();
        while began.elapsed() < HANGS / 10 {
            if !self.is_any_left() {
                return;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("{what}: a process with {} is left", self.mark);
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/bad_adapters")
        .join(name)
        .with_extension("py")
}

/// The program itself has the mark in its `--command`, in one word with others.
fn is_macproof(process: &Path) -> bool {
    fs::read_link(process.join("exe")).is_ok_and(|exe| exe.ends_with("macproof"))
}

fn ended(mut child: Child, what: &[&str]) -> Output {
    let pid = pid(&child);
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    thread::scope(|scope| {
        let read = |pipe: &mut dyn std::io::Read| {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            bytes
        };
        let out = scope.spawn(move || read(&mut stdout));
        let err = scope.spawn(move || read(&mut stderr));
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > HANGS {
                kill_process(pid, Signal::KILL).unwrap();
                panic!("{what:?} hangs");
            }
            thread::sleep(Duration::from_millis(10));
        };
        Output {
            status,
            stdout: out.join().unwrap(),
            stderr: err.join().unwrap(),
        }
    })
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Its own end, with an exit code of the documentation.
fn assert_orderly(output: &Output, what: &str) {
    let code = output.status.code();
    assert!(
        code.is_some_and(|code| matches!(code, 0..=4 | 130 | 143)),
        "{what}: {:?}\n{}",
        output.status,
        text(&output.stderr)
    );
}

#[test(needs(PYTHON))]
fn a_flood_ends_in_bounded_time_and_memory() {
    let scene = Scene::new();
    for state in ["hello", "answer", "bye"] {
        for what in ["bytes", "lines", "stderr"] {
            let adapter = scene.adapter("floods", &format!("{state} {what}"));
            let words = [
                "run",
                "--suite-file",
                "numbered.yaml",
                "--timeout",
                "1s",
                "--command",
                &adapter,
            ];
            let output = scene.run(&words);
            assert_orderly(&output, &adapter);
            scene.assert_that_none_is_left(&adapter);
        }
    }
}

#[test(needs(PYTHON, OPENSSL))]
fn every_command_survives_a_flood_after_the_bye() {
    let scene = Scene::new();
    let adapter = scene.adapter("floods", "bye bytes");
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "ed25519", "-out", "key.pem"])
        .current_dir(scene.folder.path())
        .status();
    assert!(made.unwrap().success());
    let commands: [&[&str]; 3] = [
        &["fuzz", "--suite-file", "numbered.yaml", "--cases", "300"],
        &["timing", "--suite-file", "numbered.yaml", "--time", "1s"],
        &[
            "certify",
            "--suite-file",
            "numbered.yaml",
            "--key",
            "key.pem",
            "--artifact",
            "numbered.yaml",
        ],
    ];
    for command in commands {
        let words = [command, &["--command", &adapter]].concat();
        let output = scene.run(&words);
        assert_orderly(&output, command[0]);
        scene.assert_that_none_is_left(command[0]);
    }
}

#[test(needs(PYTHON))]
fn answers_of_a_megabyte_are_kept_in_bounded_space() {
    let scene = Scene::new();
    for (way, is_stable) in [("", true), ("changes", false)] {
        let adapter = scene.adapter("answers_at_length", way);
        let output = scene.run(&[
            "run",
            "--suite-file",
            "numbered.yaml",
            "--repeat",
            "2",
            "--report",
            "json=out.json",
            "--command",
            &adapter,
        ]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        let document = fs::read_to_string(scene.folder.path().join("out.json")).unwrap();
        assert!(document.len() < 3_000_000, "{}", document.len());
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        for case in document["cases"].as_array().unwrap() {
            let outcome = if is_stable { "token" } else { "unstable" };
            assert_eq!(case["outcome"], outcome, "{case}");
        }
    }
    let adapter = scene.adapter("answers_at_length", "changes");
    let output = scene.run(&[
        "fuzz",
        "--suite-file",
        "numbered.yaml",
        "--cases",
        "2000",
        "--command",
        &adapter,
    ]);
    assert_orderly(&output, "fuzz");
    // Two of them, asked many things at once.
    let output = scene.run(&[
        "fuzz",
        "--suite-file",
        "numbered.yaml",
        "--cases",
        "512",
        "--command",
        &adapter,
        "--against",
        &adapter,
    ]);
    assert_orderly(&output, "fuzz --against");
}

/// Ways to start an adapter so that it is in no group of ours.
fn wrapped(adapter: &str) -> Vec<String> {
    vec![
        adapter.to_owned(),
        format!("sh -c 'set -m; {adapter} & wait'"),
        format!("sh -c '{adapter}; true'"),
        format!("setsid --wait {adapter}"),
    ]
}

#[test(needs(PYTHON, SETSID))]
fn processes_that_leave_the_group_are_found() {
    let scene = Scene::new();
    let ways = [
        "group",
        "session",
        "daemon",
        "bare",
        "forks",
        "group deaf daemon silent",
        "session deaf silent",
        "forks deaf silent",
    ];
    for way in ways {
        let wrapped = wrapped(&scene.adapter("leaves", way));
        // Those that hear signals need no more than one.
        let wrapped = if way.contains("silent") {
            &wrapped[..]
        } else {
            &wrapped[..1]
        };
        for adapter in wrapped {
            let words = [
                "run",
                "--suite-file",
                "numbered.yaml",
                "--filter",
                "numbered/user-13*",
                "--timeout",
                "300ms",
                "--command",
                adapter,
            ];
            let output = scene.run(&words);
            assert_orderly(&output, adapter);
            assert!(
                !text(&output.stderr).contains("could not be ended"),
                "{adapter}"
            );
            scene.assert_that_none_is_left(adapter);
        }
    }
}

#[test(needs(PYTHON))]
fn every_exit_kills_all_started_processes() {
    use Signal as S;

    let scene = Scene::new();
    let signals: [&[Signal]; 7] = [
        &[S::INT],
        &[S::TERM],
        &[S::HUP],
        &[S::QUIT],
        &[S::INT, S::INT],
        &[S::TERM, S::TERM],
        &[S::HUP, S::INT],
    ];
    for way in ["deaf silent group", "deaf silent daemon session"] {
        let adapter = scene.adapter("leaves", way);
        for signals in signals {
            let words = [
                "run",
                "--suite-file",
                "numbered.yaml",
                "--timeout",
                "100s",
                "--command",
                &adapter,
            ];
            let child = scene.start(&words);
            scene.await_some();
            // Sooner or later in the conversation: all of it is to be covered.
            thread::sleep(Duration::from_millis(150));
            for &signal in signals {
                // The first of two may have been enough.
                let _gone = kill_process(pid(&child), signal);
                thread::sleep(Duration::from_millis(20));
            }
            let output = ended(child, &words);
            let is_first_only = signals.len() == 1 && signals != [S::QUIT];
            if is_first_only {
                assert_orderly(&output, &format!("{way} {signals:?}"));
            }
            scene.assert_that_none_is_left(&format!("{way} {signals:?}"));
        }
    }
}

#[test(needs(PYTHON))]
fn builds_are_killed_with_the_program() {
    let scene = Scene::new();
    let build = scene.adapter("leaves", "deaf silent daemon");
    let words: Vec<String> = build
        .split_whitespace()
        .map(|word| format!("{word:?}"))
        .collect();
    let config = format!(
        "implementations:\n  built:\n    build: [sh, -c, \"sleep 1000 & \\\"$0\\\" \\\"$@\\\" & wait\", {}]\n    command: ['true']\n",
        words.join(", ")
    );
    fs::write(scene.folder.path().join("macproof.yaml"), config).unwrap();
    for signals in [
        &[Signal::INT][..],
        &[Signal::TERM, Signal::TERM],
        &[Signal::QUIT],
    ] {
        let words = ["run", "--implementation", "built"];
        let child = scene.start(&words);
        scene.await_some();
        for &signal in signals {
            let _gone = kill_process(pid(&child), signal);
            thread::sleep(Duration::from_millis(20));
        }
        let output = ended(child, &words);
        assert!(!output.status.success(), "{}", text(&output.stderr));
        scene.assert_that_none_is_left(&format!("{signals:?}"));
    }
}

#[test(needs(PYTHON))]
fn a_command_per_case_leaves_no_processes() {
    let scene = Scene::new();
    let script = script("leaves");
    let ways = [
        // It has said what it had to, and more on standard error than a pipe holds.
        "printf %s \\\"$0\\\"; exec >&-; head -c 3000000 /dev/zero >&2".to_owned(),
        format!(
            "python3 {} $1 daemon session bare & printf %s \\\"$0\\\"",
            script.display()
        ),
        format!("python3 {} $1 deaf daemon; sleep 1000", script.display()),
    ];
    for (way, is_answered) in ways.iter().zip([true, true, false]) {
        let config = format!(
            "implementations:\n  each:\n    exec:\n      suites: [numbered]\n      sign:\n        \
             command: [sh, -c, \"{way}\", \"{{fields.user_id}}\", {}]\n        token: {{regex: \"(.*)\"}}\n",
            scene.mark
        );
        fs::write(scene.folder.path().join("macproof.yaml"), config).unwrap();
        let output = scene.run(&[
            "run",
            "--suite-file",
            "numbered.yaml",
            "--filter",
            "numbered/user-1*1",
            "--timeout",
            if is_answered { "100s" } else { "1s" },
        ]);
        assert_orderly(&output, way);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(
            said.contains("no answer within"),
            !is_answered,
            "{way}: {said}"
        );
        scene.assert_that_none_is_left(way);
    }
}

#[test(needs(PYTHON))]
fn unrelated_processes_are_left_alone() {
    let scene = Scene::new();
    let adapter = scene.adapter("honest", "");
    // The shell becomes the program, and its other child is that of the program then.
    let script = format!(
        "sleep 1000 & echo $!; exec {} run --suite-file numbered.yaml --command '{adapter}'",
        env!("CARGO_BIN_EXE_macproof")
    );
    let child = Command::new("sh")
        .args(["-c", &script])
        .current_dir(scene.folder.path())
        .stdin(Stdio::null())
        .stdout(fs::File::create(scene.folder.path().join("out")).unwrap())
        .spawn();
    let status = child.unwrap().wait().unwrap();
    assert!(status.success());
    let out = fs::read_to_string(scene.folder.path().join("out")).unwrap();
    let sleeper = out.lines().next().unwrap().parse().unwrap();
    // It is still there to be ended.
    kill_process(Pid::from_raw(sleeper).unwrap(), Signal::KILL).unwrap();
}

#[test(needs(PYTHON, NOHUP))]
fn under_nohup_a_hangup_is_ignored() {
    let scene = Scene::new();
    let adapter = scene.adapter("leaves", "silent");
    let mut command = Command::new("nohup");
    let child = command
        .arg(env!("CARGO_BIN_EXE_macproof"))
        .args([
            "run",
            "--suite-file",
            "numbered.yaml",
            "--timeout",
            "2s",
            "--command",
            &adapter,
        ])
        .current_dir(scene.folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    scene.await_some();
    kill_process(pid(&child), Signal::HUP).unwrap();
    let output = ended(child, &["nohup"]);
    assert_eq!(output.status.signal(), None);
    assert!(
        !text(&output.stdout).contains("interrupted"),
        "{}",
        text(&output.stdout)
    );
}

/// A pipe that is full and that nobody reads, as a log collector that hangs leaves one: a signal
/// ends the program all the same, and what it started.
#[test(needs(PYTHON))]
fn a_reader_that_never_reads_does_not_delay_a_signal() {
    use rustix::io::ioctl_fionread;

    let scene = Scene::new();
    let honest = scene.adapter("honest", "");
    let honest = ["run", "--suite-file", "numbered.yaml", "--command", &honest];
    let mistaken = crate::program::mistaken("encoding-upper-case");
    let mistaken = ["run", "jotreview", "--all", "--command", &mistaken];
    for (words, way, on_stdout) in [
        (honest, &["--report", "json=-"][..], true),
        (mistaken, &["--events", "-", "--repeat", "1000"], true),
        (mistaken, &[], true),
        (mistaken, &["--report", "json=-"], false),
    ] {
        let words = [&words, way].concat();
        let mut child = scene.start(&words);
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        // The other one is read.
        let (full, mut other): (std::os::fd::OwnedFd, Box<dyn std::io::Read + Send>) = if on_stdout
        {
            (stdout.into(), Box::new(stderr))
        } else {
            (stderr.into(), Box::new(stdout))
        };
        let reader = thread::spawn(move || std::io::copy(&mut other, &mut std::io::sink()));
        let began = Instant::now();
        while ioctl_fionread(&full).unwrap() < 50_000 {
            assert!(began.elapsed() < HANGS, "{way:?}: it never wrote");
            thread::sleep(Duration::from_millis(10));
        }
        kill_process(pid(&child), Signal::TERM).unwrap();
        let began = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if began.elapsed() > HANGS / 4 {
                child.kill().unwrap();
                panic!("{way:?}: it waits for a reader");
            }
            thread::sleep(Duration::from_millis(10));
        }
        drop(full);
        reader.join().unwrap().unwrap();
        scene.assert_that_none_is_left(&format!("{way:?}"));
    }
}

/// Another user's processes are ended where we may, as root may; else they would be named.
#[test(needs(PYTHON, SU))]
fn a_child_of_another_user_is_ended() {
    let scene = Scene::new();
    let mark = &scene.mark;
    let sleeper = format!(
        "su nobody -s /bin/sh -c 'exec python3 -c \"import time; time.sleep(1000)\" {mark}' {mark}"
    );
    let script = scene.folder.path().join("becomes.sh");
    for way in [
        format!("{sleeper} & exec {}\n", scene.adapter("honest", "")),
        format!("setsid {sleeper} & exec {}\n", scene.adapter("honest", "")),
        format!("exec {sleeper}\n"),
    ] {
        fs::write(&script, &way).unwrap();
        let adapter = format!("sh {} {mark}", script.display());
        let output = scene.run(&[
            "run",
            "--suite-file",
            "numbered.yaml",
            "--timeout",
            "300ms",
            "--command",
            &adapter,
        ]);
        assert_orderly(&output, &way);
        let said = text(&output.stderr);
        if !said.contains("could not be ended") {
            scene.assert_that_none_is_left(&way);
        }
    }
}
