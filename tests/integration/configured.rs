//! What `macproof.yaml` says of the options of a run.

use std::fs;

use crate::harness::test;
use crate::program::{self, Program, stderr, stdout};

/// A file with these keys, about an implementation that takes blanks off.
fn configured(program: &Program, keys: &str) {
    let command = program::mistaken("identity-trimmed");
    let command: Vec<&str> = command.split(' ').collect();
    let text =
        format!("suites: [jimo]\n{keys}\nimplementations:\n  mine: {{command: {command:?}}}\n");
    fs::write(program.path("macproof.yaml"), text).unwrap();
}

#[test]
fn the_first_update_makes_the_list_and_names_the_cause() {
    let program = Program::new();
    configured(&program, "known-failures: lists/known.yaml\nlevel: should");
    let output = program.run(&["run"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("lists/known.yaml"), "{output:?}");

    let output = program.run(&["run", "--update-known-failures"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let list = fs::read_to_string(program.path("lists/known.yaml")).unwrap();
    let cause = "TODO: blanks around the user_id are taken off; state why this is tolerated";
    assert!(list.lines().count() > 5, "{list}");
    assert!(list.lines().all(|line| line.contains(cause)), "{list}");

    fs::write(
        program.path("lists/known.yaml"),
        list.replace("TODO: ", "for now: "),
    )
    .unwrap();
    let output = program.run(&["run"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn paths_are_those_of_the_file_and_the_command_line_wins() {
    let program = Program::new();
    configured(
        &program,
        "reports: [json=out/run.json]\njobs: 2\nlevel: should",
    );
    fs::create_dir_all(program.path(".git")).unwrap();
    fs::create_dir_all(program.path("sdks/php")).unwrap();
    let below = |arguments: &[&str]| {
        program::macproof(&program.path("sdks/php"))
            .args(arguments)
            .output()
            .unwrap()
    };
    below(&["run"]);
    assert_eq!(program.json("out/run.json")["level"], "should");
    fs::remove_dir_all(program.path("out")).unwrap();

    let output = below(&["run", "--level", "must", "--report", "json=-"]);
    let document: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(document["level"], "must");
    assert!(!program.path("out").exists(), "one --report replaces all");
}

#[test]
fn a_program_may_take_its_time_to_start_or_not() {
    let program = Program::new();
    let silent = |keys: &str, arguments: &[&str]| {
        let text = format!("{keys}\nimplementations: {{mine: {{command: [sleep, '60']}}}}\n");
        fs::write(program.path("macproof.yaml"), text).unwrap();
        let output = program.run(arguments);
        assert_eq!(output.status.code(), Some(4), "{output:?}");
        stderr(&output)
    };
    let told = silent("start-timeout: 50ms\ntimeout: 60s", &["run", "jimo"]);
    assert!(told.contains("no hello within 50 ms"), "{told}");
    let told = silent(
        "start-timeout: 60s",
        &["run", "jimo", "--start-timeout", "40ms"],
    );
    assert!(told.contains("no hello within 40 ms"), "{told}");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let program = Program::new();
    for (keys, told) in [
        (
            "level: shuld",
            "macproof.yaml:2:8: unknown value \"shuld\"; expected one of must, should",
        ),
        ("jbs: 2", "macproof.yaml:2:1: unknown key \"jbs\""),
        (
            "jobs: 0",
            "macproof.yaml:2:7: jobs must be between 1 and 256",
        ),
        ("timeout: '5'", "macproof.yaml:2:10: \"5\" needs a unit"),
        (
            "start-timeout: 25h",
            "macproof.yaml:2:16: a timeout must be between 1ms and 24h",
        ),
        (
            "reports: [htm=x]",
            "macproof.yaml:2:11: unknown report format \"htm\"",
        ),
        (
            "reports: [html=a, report.json]",
            "macproof.yaml:2:19: invalid report \"report.json\"; write FORMAT=PATH",
        ),
    ] {
        configured(&program, keys);
        let output = program.run(&["run"]);
        assert_eq!(output.status.code(), Some(2), "{keys}: {output:?}");
        assert!(stderr(&output).contains(told), "{keys}: {output:?}");
    }
}

#[test]
fn an_update_needs_a_list() {
    let program = Program::new();
    configured(&program, "level: must");
    let output = program.run(&["run", "--update-known-failures"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        stderr(&output).contains("needs a list: --known-failures FILE"),
        "{output:?}"
    );
}
