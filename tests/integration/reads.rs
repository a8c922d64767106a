//! Input that has no end, never comes, or means harm by its name; and a terminal that is left as it
//! was found.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Output, Stdio};

use crate::harness::test;
use crate::program::Program;
use crate::served::Served;
use crate::writes::prepared;

/// Every way in which a file is named that is read; `FILE` stands for it.
const READING: [&str; 24] = [
    "run jotreview --known-failures FILE",
    "run jotreview --config FILE",
    "run --suite-file FILE",
    "adapter --suite-file FILE",
    "serve --suite-file FILE",
    "serve jotreview --secret-file FILE",
    "sign jotreview --field user_id=a --secret-file FILE",
    "sign jotreview --field user_id=a --secret-file-raw FILE",
    "sign jotreview --field user_id=@FILE --secret-file secret",
    "explain --suite-file FILE --field user_id=a --secret-file secret --token b",
    "suite lint FILE",
    "suite generate FILE",
    "suite generate scheme.yaml -o FILE --check",
    "suite import wycheproof FILE",
    "report render FILE human=-",
    "report render r.json html=- --timing FILE",
    "report diff r.json FILE",
    "report merge FILE r.json",
    "report merge r.json --known-failures FILE",
    "certify jotreview --implementation reference --key FILE --artifact secret",
    "certify jotreview --implementation reference --key key.pem --artifact FILE",
    "verify-certificate FILE --public-key pub.pem",
    "verify-certificate c.json --public-key FILE",
    "timing --replay FILE",
];

/// Ends what takes longer than anything bounded would.
fn within_a_minute(program: &Program, line: &str) -> Output {
    Command::new("timeout")
        .args(["--signal=KILL", "60"])
        .arg(env!("CARGO_BIN_EXE_macproof"))
        .args(line.split(' '))
        .current_dir(program.folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn every_read_is_bounded() {
    let program = prepared();
    let fifo = program.path("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    for file in [fifo.to_str().unwrap(), "/dev/zero"] {
        for line in READING {
            let line = line.replace("FILE", file);
            let done = within_a_minute(&program, &line);
            let said = String::from_utf8_lossy(&done.stderr);
            let expected = if line.contains("--check") { 1 } else { 2 };
            assert_eq!(done.status.code(), Some(expected), "{line}: {said}");
            assert!(said.contains(file), "{line}: {said}");
        }
    }
    fs::create_dir(program.path("corpus")).unwrap();
    fs::rename(&fifo, program.path("corpus/jotreview.ndjson")).unwrap();
    let done = within_a_minute(&program, "fuzz jotreview --cases 10 --corpus corpus");
    assert_eq!(done.status.code(), Some(2), "{done:?}");
}

/// A pipe that the process was started with has its writer.
#[test]
fn a_secret_may_come_through_a_process_substitution() {
    let program = prepared();
    let sign = "sign jotreview --field user_id=a --secret-file";
    let of_file = within_a_minute(&program, &format!("{sign} secret"));
    let piped = Command::new("sh")
        .args(["-c", "printf %s 'a secret' | \"$0\" \"$@\" /dev/stdin"])
        .arg(env!("CARGO_BIN_EXE_macproof"))
        .args(sign.split(' '))
        .current_dir(program.folder.path())
        .output()
        .unwrap();
    assert_eq!(piped.status.code(), Some(0), "{piped:?}");
    assert_eq!(piped.stdout, of_file.stdout);
}

#[test]
fn no_path_controls_the_terminal() {
    let program = Program::new();
    let name = std::ffi::OsStr::from_bytes(b"\x1b[31m\x07\xc2\x9b2Jx");
    for line in [
        "report render",
        "suite lint",
        "run --report json=r.json --config",
    ] {
        let done = Command::new(env!("CARGO_BIN_EXE_macproof"))
            .args(line.split(' '))
            .arg(name)
            .args((line == "report render").then_some("human=-"))
            .current_dir(program.folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{line}: {said}");
        let acts = said.chars().any(|c| c.is_control() && c != '\n');
        assert!(!acts && said.contains("[31m"), "{line}: {said:?}");
    }
}

#[test]
fn deep_patterns_are_usage_errors() {
    let program = Program::new();
    let deep = "{a,".repeat(150) + "b" + &"}".repeat(150);
    let list = format!("- {{case: '{deep}', expect: reject, reason: x}}\n");
    fs::write(program.path("known.yaml"), list).unwrap();
    for arguments in [["--filter", &deep], ["--known-failures", "known.yaml"]] {
        let done = program.run(&[&["run", "jotreview"][..], &arguments].concat());
        assert_eq!(done.status.code(), Some(2), "{done:?}");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(said.contains("braces"), "{said}");
    }
}

#[test]
fn tokio_variables_do_not_break_the_server() {
    let served = Served::start_with(&["jotreview"], &[("TOKIO_WORKER_THREADS", "0")]);
    assert_eq!(served.get("/healthz").body, "ok\n");
}

/// Runs a command on a terminal of its own, does `during` at a line of what it shows, and prints
/// whether echo and line mode are as they were.
const ON_A_TERMINAL: &str = r#"
import os, pty, signal, sys, termios, time
during, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
signal.alarm(120)  # a line that never comes fails the test instead of holding it
before = termios.tcgetattr(terminal)[3]
shown = b""
changed = False
try:
    while True:
        shown += os.read(terminal, 1000)
        if during != "nothing" and not changed and b"input is hidden" in shown:
            deadline = time.time() + 30
            while termios.tcgetattr(terminal)[3] & termios.ECHO and time.time() < deadline:
                time.sleep(0.01)
            changed = not termios.tcgetattr(terminal)[3] & termios.ECHO
            os.kill(child, getattr(signal, during))
except OSError:
    pass
os.waitpid(child, 0)
after = termios.tcgetattr(terminal)[3]
print("changed" if changed else "unchanged", "restored" if after == before else "left", shown.decode(errors="replace"))
"#;

fn on_a_terminal(program: &Program, during: &str, arguments: &[&str]) -> String {
    let done = Command::new("python3")
        .args(["-c", ON_A_TERMINAL, during, env!("CARGO_BIN_EXE_macproof")])
        .args(arguments)
        .current_dir(program.folder.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).unwrap()
}

#[test(needs(PYTHON))]
fn a_signal_at_the_secret_prompt_restores_the_echo() {
    let program = Program::new();
    for signal in ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] {
        let sign = ["sign", "jotreview", "--field", "user_id=a"];
        let seen = on_a_terminal(&program, signal, &sign);
        assert!(seen.starts_with("changed restored"), "{signal}: {seen}");
    }
}

#[test(needs(PYTHON))]
fn terminal_changes_by_an_adapter_are_undone() {
    let program = Program::new();
    let script = format!(
        "import os, signal, termios, tty
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
try:
    terminal = os.open('{}', os.O_RDWR | os.O_NOCTTY)
    tty.setraw(terminal)
    open('raw', 'w').close()
except OSError:
    pass
os.execv({:?}, ['macproof', 'adapter'])
",
        "/dev/tty",
        env!("CARGO_BIN_EXE_macproof")
    );
    // The terminal by its own name, too: a session without one can still open it.
    let by_name = script.replace("'/dev/tty'", "os.environ['TERMINAL']");
    fs::write(program.path("raw.py"), script).unwrap();
    fs::write(program.path("named.py"), by_name).unwrap();
    for (line, sets) in [("python3 raw.py", false), ("python3 named.py", true)] {
        let command = format!(
            "TERMINAL=$(tty); export TERMINAL; exec \"$0\" run jotreview --command '{line}'"
        );
        let done = Command::new("python3")
            .args(["-c", ON_A_TERMINAL, "nothing", "sh", "-c", &command])
            .arg(env!("CARGO_BIN_EXE_macproof"))
            .current_dir(program.folder.path())
            .output()
            .unwrap();
        let seen = String::from_utf8(done.stdout).unwrap();
        assert!(seen.starts_with("unchanged restored"), "{seen}");
        assert!(seen.contains("conformant"), "{seen}");
        let was_raw = program.path("raw").exists();
        assert!(was_raw || !sets, "{seen}");
    }
}
