//! A time option bounds the whole command, however long the implementation takes: over each
//! answer, and over what is asked again to confirm, to shrink and to explain.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::bad_adapters::numbered_text;
use crate::harness::test;

/// What is allowed for.
const TIME: Duration = Duration::from_secs(3);
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(6);
/// What a busy machine may take more.
const MARGIN: Duration = Duration::from_secs(30);

/// Runs it to its end, which comes in time.
fn in_time(words: &[&str], words_of_adapter: &str) -> Output {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("numbered.yaml"), numbered_text(0)).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_adapters/slow.py");
    let mark = COUNT.fetch_add(1, Ordering::Relaxed);
    let adapter = format!(
        "python3 {} slow-{mark} {words_of_adapter}",
        script.display()
    );
    let words: Vec<&str> = words
        .iter()
        .map(|&word| if word == "ADAPTER" { &*adapter } else { word })
        .collect();
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(&words)
        .args(["--suite-file", "numbered.yaml", "--command", &adapter])
        .args(["--time", "3s", "--timeout", "6s"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > TIME + PATIENCE + MARGIN {
            child.kill().unwrap();
            panic!(
                "{words:?} {words_of_adapter}: {:?}",
                child.wait_with_output()
            );
        }
        thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

/// Each way in a thread of its own: they wait. Seven at a time, because each has several threads and
/// processes, and containers often allow 256 in all.
fn all_in_time(commands: &[&[&str]], adapters: &[&str], check: fn(&Output)) {
    for &command in commands {
        thread::scope(|scope| {
            for &adapter in adapters {
                scope.spawn(move || check(&in_time(command, adapter)));
            }
        });
    }
}

const SLOW: [&str; 7] = [
    "1",
    "5",
    "100",
    "1 wrong",
    "1 after 40 wrong",
    "1 crashes",
    "1 after 40 crashes",
];

/// Its own end, with an exit code of the documentation.
fn is_orderly(output: &Output) {
    let code = output.status.code();
    assert!(code.is_some_and(|code| code <= 4), "{output:?}");
}

#[test(needs(PYTHON))]
fn a_campaign_lasts_no_longer_than_its_time() {
    let commands: [&[&str]; 3] = [
        &["fuzz"],
        &["fuzz", "--grown", "--max-findings", "1"],
        &["fuzz", "--jobs", "2", "--level", "should"],
    ];
    all_in_time(&commands, &SLOW, is_orderly);
}

#[test(needs(PYTHON))]
fn a_comparison_of_two_lasts_no_longer_than_its_time() {
    let commands: [&[&str]; 2] = [
        &["fuzz", "--against", "reference"],
        &["fuzz", "--against", "ADAPTER"],
    ];
    all_in_time(&commands, &SLOW, is_orderly);
}

/// What was asked by then is told.
#[test(needs(PYTHON))]
fn a_comparison_tells_what_was_asked_in_its_time() {
    let told = |output: &Output| {
        is_orderly(output);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let document: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(document["ended"], "whole", "{said}");
        let cases = document["cases"].as_u64().unwrap();
        assert!((1..512).contains(&cases), "{said}");
    };
    let command: &[&str] = &["fuzz", "--against", "reference", "--report", "json=-"];
    all_in_time(&[command], &["0.3"], told);
}

/// Without a hello nothing was asked, and nobody interrupted.
#[test]
fn a_campaign_does_not_outlast_its_time_for_a_hello() {
    for more in [&[][..], &["--against", "reference"]] {
        let words = ["fuzz", "jotreview", "--time", "1s", "--timeout", "3s"];
        let words = [&words[..], &["--command", "sleep 1000"], more].concat();
        let output = crate::program::Program::new().run(&words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(said.contains("the time was up"), "{said}");
    }
}

#[test(needs(PYTHON))]
fn a_timing_test_lasts_no_longer_than_its_time() {
    all_in_time(
        &[&["timing"], &["timing", "--json"]],
        &SLOW[..4],
        is_orderly,
    );
}
