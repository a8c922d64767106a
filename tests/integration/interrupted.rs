//! Commands that a signal ends before their time: they say so, tell what was done and nothing more,
//! are never green, and end with 130 or 143.

use std::fs;
use std::io::Read as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::harness::test;
use crate::program::{Program, mistaken};

/// How long anything here may take at most, on a busy machine.
const AT_MOST: Duration = Duration::from_secs(600);

const SIGNALS: [(Signal, i32); 2] = [(Signal::INT, 130), (Signal::TERM, 143)];

/// A command that is interrupted once `is_under_way`.
fn interrupted(
    program: &Program,
    arguments: &[&str],
    signal: Signal,
    is_under_way: impl Fn() -> bool,
) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(arguments)
        .current_dir(program.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !is_under_way() {
        if began.elapsed() > AT_MOST {
            child.kill().unwrap();
            panic!("{arguments:?}: {}", stderr(&mut child));
        }
        if let Some(status) = child.try_wait().unwrap() {
            panic!(
                "{arguments:?} ended before it was interrupted: {status}: {}",
                stderr(&mut child)
            );
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
    child.wait_with_output().unwrap()
}

fn stderr(child: &mut Child) -> String {
    let mut said = String::new();
    child
        .stderr
        .as_mut()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    said
}

/// How many lines a file has by now.
fn lines(program: &Program, name: &str) -> usize {
    let text = fs::read_to_string(program.path(name)).unwrap_or_default();
    text.lines().count()
}

/// A command whose requests are kept in a file of the program's folder, and how many bytes of them
/// there are by now: how much was asked, on a machine of any speed.
fn watched(command: &str) -> String {
    format!("sh -c 'tee -a asked.ndjson | {command}'")
}

fn asked(program: &Program) -> u64 {
    fs::metadata(program.path("asked.ndjson")).map_or(0, |file| file.len())
}

fn json(program: &Program, name: &str) -> Value {
    program.json(name)
}

#[test]
fn an_interrupted_run_reports_its_progress() {
    for (signal, code) in SIGNALS {
        let program = Program::new();
        let arguments = [
            "run",
            "jotreview",
            "--implementation",
            "reference",
            "--repeat",
            "9000000",
            "--jobs",
            "2",
            "--events",
            "events.jsonl",
            "--report",
            "json=run.json",
        ];
        // Every case was asked, and many rounds are to come.
        let is_under_way = || lines(&program, "events.jsonl") > 400;
        let output = interrupted(&program, &arguments, signal, is_under_way);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        let result = json(&program, "run.json");
        assert_eq!(result["conformance"], "incomplete");
        assert_eq!(result["interrupted"], true);
        assert_eq!(result["gate"]["exit_code"], code);
        assert_eq!(result["gate"]["passed"], false);
        let rounds = result["repeat"].as_u64().unwrap();
        assert!(rounds < 9_000_000, "{rounds}");
        assert_eq!(result["repeat_asked"], 9_000_000);
        let verdict = said.lines().last().unwrap();
        assert!(verdict.starts_with("incomplete: "), "{verdict}");
        let until = " · interrupted after ";
        assert!(verdict.contains(until), "{verdict}");
        assert!(verdict.ends_with(" of 9,000,000 rounds"), "{verdict}");
        let events = fs::read_to_string(program.path("events.jsonl")).unwrap();
        let last: Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
        assert_eq!(last["interrupted"], true);
        assert_eq!(last["conformance"], "incomplete");
        for format in [
            "human",
            "json",
            "markdown",
            "html",
            "junit",
            "sarif",
            "github",
            "badge",
            "badge-json",
        ] {
            let output = program.run(&["report", "render", "run.json", &format!("{format}=-")]);
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(text.contains("interrupted"), "{format}: {text}");
            assert!(!text.contains("conformant:"), "{format}: {text}");
        }
    }
}

/// What failed before the interruption is told, and the exit code is that of the interruption all
/// the same; so is what ran before, and what comes after is not begun.
#[test]
fn failures_before_the_interruption_are_kept() {
    let program = Program::new();
    let command = mistaken("encoding-upper-case");
    let words: Vec<String> = command.split(' ').map(|word| format!("{word:?}")).collect();
    let words = words.join(", ");
    let implementations =
        ["one", "two", "three"].map(|name| format!("  {name}: {{command: [{words}]}}\n"));
    let text = format!("implementations:\n{}", implementations.concat());
    fs::write(program.path("macproof.yaml"), text).unwrap();
    let arguments = [
        "run",
        "jotreview",
        "--repeat",
        "9000000",
        "--events",
        "events.jsonl",
        "--implementation",
        "all",
        "--report",
        "json=run.json",
    ];
    let is_under_way = || lines(&program, "events.jsonl") > 400;
    let output = interrupted(&program, &arguments, Signal::INT, is_under_way);
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let document = json(&program, "run.json");
    let first = &document["runs"][0];
    assert_eq!(first["interrupted"], true);
    assert_eq!(first["conformance"], "nonconformant");
    assert!(first["counts"]["fail"].as_u64().unwrap() > 0);
    let runs = document["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 3);
    for (run, name) in std::iter::zip(&runs[1..], ["two", "three"]) {
        assert_eq!(run["conformance"], "incomplete");
        assert_eq!(run["interrupted"], true);
        assert_eq!(run["did_not_start"], "interrupted before it started");
        assert_eq!(run["implementation"]["name"], name);
        assert_eq!(run["gate"]["exit_code"], 130);
        assert_eq!(run["gate"]["failed"][0]["kind"], "interrupted");
        assert_eq!(run["scope"]["asked"], 0);
        assert!(run["scope"]["cases"].as_u64().unwrap() > 100);
    }
    has_a_place_everywhere(&program, &["two", "three"]);
    let merged = program.run(&["report", "merge", "run.json", "-o", "all.json"]);
    assert_eq!(merged.status.code(), Some(130));
}

/// Implementations whose turn did not come have their row and column in every report.
fn has_a_place_everywhere(program: &Program, names: &[&str]) {
    let reason = "interrupted before it started";
    for (format, places) in [
        (
            "human",
            vec![
                "incomplete: NAME did not start".to_owned(),
                format!("\n{reason}\n"),
            ],
        ),
        ("markdown", vec!["| `NAME` | ⚠️ did not start |".to_owned()]),
        (
            "html",
            vec![
                "<h2>NAME: Incomplete</h2>".to_owned(),
                format!("NAME did not start: {reason}"),
            ],
        ),
        (
            "junit",
            vec![
                "<testsuite name=\"NAME: macproof\"".to_owned(),
                format!("message=\"{reason}\" type=\"interrupted\""),
            ],
        ),
        (
            "sarif",
            vec!["\"name\": \"NAME\"".to_owned(), reason.to_owned()],
        ),
        ("github", vec![format!("title=NAME%3A macproof::{reason}")]),
        ("badge", vec!["interrupted".to_owned()]),
        ("badge-json", vec!["interrupted".to_owned()]),
    ] {
        let output = program.run(&["report", "render", "run.json", &format!("{format}=-")]);
        let text = String::from_utf8(output.stdout).unwrap();
        for place in places {
            for name in names {
                let place = place.replace("NAME", name);
                assert!(text.contains(&place), "{format}: {place}: {text}");
            }
        }
    }
}

/// So it is where the signal comes while the first of them is being greeted, or built.
#[test(needs(PYTHON))]
fn an_early_interruption_reports_every_implementation() {
    let waits = |program: &Program| {
        let here = program.path("began").display().to_string();
        format!("[python3, -c, \"open('{here}', 'w'); import time; time.sleep(60)\"]")
    };
    for way in ["command: WAITS", "build: WAITS, command: [no-such-program]"] {
        let program = Program::new();
        let first = way.replace("WAITS", &waits(&program));
        let text = format!(
            "suites: [jimo]\nimplementations:\n  one: {{{first}}}\n  two: {{command: [no-such-program]}}\n"
        );
        fs::write(program.path("macproof.yaml"), text).unwrap();
        let arguments = ["run", "--report", "json=run.json"];
        let is_under_way = || program.path("began").exists();
        let output = interrupted(&program, &arguments, Signal::INT, is_under_way);
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        let document = json(&program, "run.json");
        assert_eq!(document["runs"].as_array().unwrap().len(), 2, "{way}");
        has_a_place_everywhere(&program, &["one", "two"]);
    }
}

#[test]
fn interrupted_parts_do_not_merge_to_conformant() {
    let program = Program::new();
    for number in ["1", "2"] {
        let (shard, report) = (format!("{number}/2"), format!("json=part-{number}.json"));
        let arguments = [
            "run",
            "jotreview",
            "--shard",
            &shard,
            "--repeat",
            "9000000",
            "--events",
            &format!("events-{number}.jsonl"),
            "--report",
            &report,
        ];
        let is_under_way = || lines(&program, &format!("events-{number}.jsonl")) > 100;
        interrupted(&program, &arguments, Signal::TERM, is_under_way);
    }
    let merged = program.run(&[
        "report",
        "merge",
        "part-1.json",
        "part-2.json",
        "-o",
        "all.json",
    ]);
    assert_eq!(merged.status.code(), Some(143), "{merged:?}");
    let whole = json(&program, "all.json");
    assert_eq!(whole["interrupted"], true);
    assert_eq!(whole["conformance"], "incomplete");
    assert_eq!(whole["repeat_asked"], 9_000_000);
}

#[test(needs(OPENSSL, PYTHON))]
fn an_interruption_before_the_first_case_is_reported() {
    for (signal, code) in SIGNALS {
        for command in ["run", "fuzz", "certify", "timing"] {
            let program = crate::certificates::prepared();
            let here = program.path("began").display().to_string();
            let silent = format!("python3 -c \"open('{here}', 'w'); import time; time.sleep(60)\"");
            let mut arguments = vec![command, "jotreview", "--command", &silent];
            if command == "certify" {
                arguments.extend(["--key", "key.pem", "--artifact", "key.pem"]);
            }
            let is_under_way = || program.path("began").exists();
            let output = interrupted(&program, &arguments, signal, is_under_way);
            assert_eq!(output.status.code(), Some(code), "{command}: {output:?}");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains("interrupted"), "{command}: {said}");
        }
    }
}

#[test]
fn an_interrupted_campaign_keeps_its_findings() {
    for (signal, code) in SIGNALS {
        for (command, findings) in [
            (mistaken("identity-trimmed"), true),
            (mistaken("encoding-upper-case"), true),
            (format!("{} adapter", env!("CARGO_BIN_EXE_macproof")), false),
        ] {
            let program = Program::new();
            let command = watched(&command);
            let arguments = [
                "fuzz",
                "jotreview",
                "--time",
                "1h",
                "--max-findings",
                "1000",
                "--command",
                &command,
                "--report",
                "json=fuzz.json",
                "--seed",
                "1",
            ];
            // Either mistake is found within the first few thousand cases.
            let is_under_way = || asked(&program) > 8_000_000;
            let output = interrupted(&program, &arguments, signal, is_under_way);
            assert_eq!(output.status.code(), Some(code), "{output:?}");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let last = said.lines().last().unwrap();
            assert!(last.starts_with("interrupted: "), "{said}");
            let result = json(&program, "fuzz.json");
            assert_eq!(result["ended"], "interrupted");
            assert_eq!(
                result["findings"].as_array().unwrap().is_empty(),
                !findings,
                "{said}"
            );
            assert_eq!(
                program.path("reports/fuzz-jotreview.yaml").exists(),
                findings
            );
            if result["disagreements"].as_u64().unwrap() > 0 {
                assert!(findings);
            }
        }
    }
}

#[test]
fn an_interrupted_comparison_is_incomplete() {
    let program = Program::new();
    let one = watched(&format!("{} adapter", env!("CARGO_BIN_EXE_macproof")));
    let arguments = [
        "fuzz",
        "jotreview",
        "--time",
        "1h",
        "--command",
        &one,
        "--against",
        &one,
        "--report",
        "json=versus.json",
    ];
    let is_under_way = || asked(&program) > 500_000;
    let output = interrupted(&program, &arguments, Signal::TERM, is_under_way);
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.lines().last().unwrap().starts_with("interrupted: "),
        "{said}"
    );
    let result = json(&program, "versus.json");
    assert_eq!(
        (&result["ended"], &result["exit_code"]),
        (&"interrupted".into(), &143.into())
    );
}

/// Answers as the adapter whose command line it gets, but for one suite, at which it waits for ever.
const STOPS_AT: &str = r#"
import subprocess, sys, time
suite, mark, command = sys.argv[1], sys.argv[2], sys.argv[3:]
adapter = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for line in sys.stdin.buffer:
    if ('"suite":"%s"' % suite).encode() in line:
        open(mark, "w").close()
        time.sleep(3600)
    adapter.stdin.write(line)
    adapter.stdin.flush()
    sys.stdout.buffer.write(adapter.stdout.readline())
    sys.stdout.buffer.flush()
"#;

/// The first suite is measured whole, the second is under way for as long as it takes, the third
/// and the comparison never begin.
#[test(needs(PYTHON))]
fn an_interrupted_timing_test_reports_finished_measurements() {
    let program = Program::new();
    fs::write(program.path("stops.py"), STOPS_AT).unwrap();
    let adapter = env!("CARGO_BIN_EXE_macproof");
    let command = format!("python3 stops.py engagespot began {adapter} adapter --leak 2us");
    let arguments = [
        "timing",
        "jotreview",
        "engagespot",
        "jimo",
        "--time",
        "3s",
        "--timeout",
        "1h",
        "--command",
        &command,
        "--json",
        "--raw",
        "raw.csv",
    ];
    let is_under_way = || program.path("began").exists();
    let output = interrupted(&program, &arguments, Signal::INT, is_under_way);
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["interrupted"], true);
    assert_eq!(result["exit_code"], 130);
    let measurements = result["measurements"].as_array().unwrap();
    assert_eq!(measurements.len(), 4, "{measurements:?}");
    // What it came to is a matter of the machine; that it is told is not.
    let first = &measurements[0];
    assert_eq!(first["subject"]["verify"], "jotreview");
    assert_ne!(first["verdict"], "no-leak", "{first}");
    let of_interruption = |one: &Value| one["reason"] == "it was interrupted";
    assert!(!of_interruption(first), "{first}");
    for one in &measurements[1..] {
        assert_eq!(one["verdict"], "not-measured");
        assert!(of_interruption(one), "{one}");
    }
    let replayed = program.run(&["timing", "--replay", "raw.csv"]);
    let said = String::from_utf8_lossy(&replayed.stdout).into_owned();
    assert!(said.contains("interrupted"), "{said}");
    let code = if first["verdict"] == "leak" { 1 } else { 3 };
    assert_eq!(replayed.status.code(), Some(code), "{said}");
}
