//! Texts that mean harm, and texts that should not be there: an implementation that says its own
//! secret, and suites and documents that give orders to terminals, logs and pages.

use std::fs;
use std::process::{Command, Output};

use crate::harness::test;
use crate::reports::Program;

const SECRET: &str = "p@ssw0rd!\"2026#x";

/// Everything that a run of it writes, in any format.
fn of_quoting(how: &str, location: &str) -> String {
    let program = Program::new();
    let adapter = format!(
        "{}/tests/hostile/quotes_its_secret.py",
        env!("CARGO_MANIFEST_DIR")
    );
    let config = format!(
        "suites: [jotreview]\nimplementations:\n  own: {{command: [python3, {adapter}], secret: {{env: OWN}}}}\n"
    );
    fs::write(program.path("own.yaml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_macproof"));
    command
        .args([
            "run",
            "--config",
            "own.yaml",
            "--filter",
            "jotreview/plain*",
            "--all",
        ])
        .args(["--events", "events.jsonl"])
        .envs([("OWN", SECRET), ("HOW", how), ("WHERE", location)])
        .current_dir(program.folder.path());
    for format in [
        "human",
        "json",
        "junit",
        "markdown",
        "html",
        "sarif",
        "github",
        "badge",
        "badge-json",
    ] {
        command.args(["--report", &format!("{format}=report.{format}")]);
    }
    let output = command.output().unwrap();
    let mut all = in_text(&output);
    for entry in fs::read_dir(program.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("own.yaml") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    all
}

fn in_text(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr];
    texts.map(|text| String::from_utf8_lossy(text)).concat()
}

#[test]
fn an_implementation_that_prints_its_secret_is_redacted() {
    // Parts of the secret in the spellings of the adapter.
    let parts = [
        "ssw0rd",
        "SSW0RD",
        "2026#x",
        "2026%23x",
        "2026#X",
        "p%40ss",
        "p@ss",
        "7373773072",
        "c3N3MHJk",
        "zc3cwcm",
        "NzdzBy",
    ];
    let spellings = [
        "raw",
        "upper",
        "percent",
        "json",
        "repr",
        "html",
        "hex",
        "base64",
        "cut",
        "cut at its end",
    ];
    let places = [
        "hello",
        "no hello",
        "token",
        "threw",
        "refused",
        "unsupported",
        "nonsense",
        "stderr",
    ];
    for (at, how) in spellings.iter().enumerate() {
        for (place, location) in places.iter().enumerate() {
            // Every place sees each spelling that is told apart there; a run takes its time.
            if (at + place) % 2 == 1 && *location != "stderr" && *location != "threw" {
                continue;
            }
            let all = of_quoting(how, location);
            assert!(
                all.contains("redacted") || *location == "unsupported",
                "{how}, {location}"
            );
            for part in parts {
                assert!(!all.contains(part), "{how}, {location}: {part}\n{all}");
            }
        }
    }
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    let program = Program::new();
    for address in [
        "http://canary-name:canary-word@127.0.0.1:9/",
        "https://canary-name:canary-word@127.0.0.1:9/",
        "ftp://canary-name:canary-word@127.0.0.1:9/",
        "http://canary-name:canary-word@127.0.0.1:9/#x",
        "http://canary-name:canary/word@127.0.0.1:9/",
        "http://canary-name:canary-word@192.0.2.1/",
        "canary-name:canary-word@127.0.0.1:9",
    ] {
        for command in ["run", "fuzz", "timing"] {
            let output = program.run(&[command, "jotreview", "--http", address]);
            let all = in_text(&output);
            assert!(!output.status.success(), "{address}: {all}");
            assert!(!all.contains("canary"), "{address}: {all}");
        }
    }
}

/// What acts on a terminal or on the log of a CI job.
fn orders(text: &str) -> Vec<&str> {
    let unseen = |c: char| {
        c != '\n' && c != '\t' && c.is_control()
            || matches!(
                c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            )
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
            || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    let lines = text.lines().filter(|line| {
        line.contains(unseen)
            || line.trim_start().starts_with("::")
            || ["##[", "##vso[", "##teamcity["]
                .iter()
                .any(|order| line.contains(order))
    });
    lines.collect()
}

#[test]
fn no_text_of_a_suite_controls_the_terminal() {
    let program = Program::new();
    let suite = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/hostile/hostile-texts.yaml"
    );
    let adapter = format!(
        "{} adapter --suite-file {suite} --mistake identity-trimmed",
        env!("CARGO_BIN_EXE_macproof")
    );
    let said = |arguments: &[&str]| {
        let output = program.run(arguments);
        let all = in_text(&output);
        assert!(all.len() > 20, "{arguments:?}: {all}");
        let orders = orders(&all);
        assert!(orders.is_empty(), "{arguments:?}: {orders:#?}");
    };
    said(&["suite", "lint", "--review", suite]);
    said(&["suite", "lint", suite]);
    said(&["suite", "show", suite]);
    said(&["suite", "strength", suite]);
    said(&[
        "fuzz",
        "--suite-file",
        suite,
        "--cases",
        "300",
        "--command",
        &adapter,
    ]);
    said(&["run", "--suite-file", suite, "--all", "--command", &adapter]);
    for format in ["human", "markdown", "junit"] {
        let report = format!("{format}=-");
        said(&[
            "run",
            "--suite-file",
            suite,
            "--report",
            &report,
            "--command",
            &adapter,
        ]);
    }
}

/// A document in which each name and text in turn is something else.
fn replaced(value: &mut serde_json::Value, at: &mut usize, by: &str) {
    match value {
        serde_json::Value::String(text) => {
            // Words of a list make another word no document at all.
            if *at == 0 {
                by.clone_into(text);
            }
            *at = at.wrapping_sub(1);
        }
        serde_json::Value::Array(items) => {
            // One of a kind stands for the others.
            items.truncate(2);
            for item in items.iter_mut() {
                replaced(item, at, by);
            }
        }
        serde_json::Value::Object(map) => {
            map.values_mut().for_each(|one| replaced(one, at, by));
        }
        _ => {}
    }
}

#[test]
fn no_text_of_a_document_controls_the_terminal() {
    use macproof::report::{Format, HumanOptions, disarmed, render};
    use macproof::results::Document;

    const NASTY: &str = "- x\u{1b}]8;;http://e.example/\u{7}y\u{9b}31m\u{202e}z\0\n::stop-commands::x\n##[add-mask]y ##vso[task.x]z </code><script> `|";
    let whole: serde_json::Value =
        serde_json::from_str(include_str!("../hostile/evilname.json")).unwrap();
    let mut tried = 0;
    for at in 0..400 {
        let mut document = whole.clone();
        let mut left = at;
        replaced(&mut document, &mut left, NASTY);
        let Ok(document) = serde_json::from_value::<macproof::results::RunResult>(document) else {
            continue;
        };
        tried += 1;
        let document = Document::from(document);
        for format in [
            Format::Human,
            Format::Markdown,
            Format::Junit,
            Format::Badge,
        ] {
            let text = render(&document, format, &HumanOptions::default());
            let text = disarmed(&text);
            let orders = orders(&text);
            assert!(orders.is_empty(), "{at}, {format}: {orders:#?}");
            if format == Format::Markdown {
                assert!(
                    !text.contains("<script") || text.contains('`'),
                    "{at}: {text}"
                );
                assert!(
                    !text.lines().any(|line| line.starts_with("- x")),
                    "{at}: {text}"
                );
            }
        }
        let text = render(&document, Format::Github, &HumanOptions::default());
        let is_ours = |line: &str| {
            ["::error", "::warning", "::notice", "::group", "::endgroup"]
                .iter()
                .any(|ours| line.starts_with(ours))
        };
        assert!(
            text.lines()
                .all(|line| !line.starts_with("::") || is_ours(line)),
            "{at}: {text}"
        );
        assert!(
            !text.contains(['\u{1b}', '\u{9b}', '\0', '\u{202e}']),
            "{at}: {text}"
        );
    }
    assert!(tried > 40, "{tried}");
}
