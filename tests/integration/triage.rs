//! What is gravest comes first in every format, whatever else fails.

use serde_json::Value;

use crate::harness::test;
use crate::program::{Program, stdout};

/// Four mistakes: one forges, one fails a thousand cases, and the forgery is neither in the first
/// suite nor among the frequent ones.
const BAD: &str = "adapter --mistake identity-trimmed --mistake encoding-upper-case --mistake verify-accepts-a-prefix --mistake verify-age-unchecked";

fn first<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    let places = words
        .iter()
        .filter_map(|word| Some((text.find(word)?, word)));
    let (at, word) = places.min()?;
    text.get(at..at + word.len())
}

#[test]
fn a_forgery_among_a_thousand_failures_comes_first_in_every_format() {
    let program = Program::new();
    let command = format!("'{}' {BAD}", env!("CARGO_BIN_EXE_macproof"));
    let mut arguments = vec!["run", "--seed", "42", "--command", &command];
    let formats = ["json", "markdown", "github", "sarif", "junit"];
    let reports = formats.map(|format| format!("{format}={format}"));
    for report in &reports {
        arguments.extend(["--report", report]);
    }
    let output = program.run(&arguments);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let read = |format: &str| std::fs::read_to_string(program.path(format)).unwrap();

    let document: Value = serde_json::from_str(&read("json")).unwrap();
    let failed = document["counts"]["fail"].as_u64().unwrap();
    assert!(failed > 1000, "{failed}");
    let forgery = "token-of-one-character";
    let others = [
        "identity-email",
        "published-example",
        "decimal-id",
        "secret-length-1",
        "email-as-user-id",
    ];
    let all = [&[forgery][..], &others[..]].concat();
    let human = stdout(&output);
    for (format, text) in [
        ("human", human.as_str()),
        ("markdown", &read("markdown")),
        ("github", &read("github")),
    ] {
        assert_eq!(first(text, &all), Some(forgery), "{format}");
        let words = [
            "ccepts what it must not",
            "ejects what it must accept",
            "igns wrongly",
        ];
        assert_eq!(first(text, &words), Some(words[0]), "{format}");
        assert!(text.len() < 60_500, "{format}: {}", text.len());
    }
    let sarif: Value = serde_json::from_str(&read("sarif")).unwrap();
    let result = sarif["runs"][0]["results"][0]["message"]["text"].as_str();
    assert!(result.unwrap().contains(forgery), "{result:?}");
    let junit = read("junit");
    let case = junit.split("<testcase ").nth(1).unwrap();
    assert!(case.contains(forgery), "{case}");

    // The verdict is the last line, and fits.
    let last = human.lines().last().unwrap();
    assert!(
        last.starts_with("nonconformant: macproof-mistaken"),
        "{last}"
    );
    assert!(last.chars().count() <= 80, "{last}");
    // The verifier of the same mistake is no finding of its own.
    assert_eq!(
        human
            .matches("likely cause: the MAC is in upper-case hex\n")
            .count(),
        1
    );
}

/// One mistake of signing and verifying is one finding with one remedy.
#[test]
fn sign_and_verify_of_one_mistake_are_one_finding() {
    let program = Program::new();
    let command = format!(
        "'{}' adapter --mistake identity-trimmed",
        env!("CARGO_BIN_EXE_macproof")
    );
    let output = program.run(&[
        "run",
        "jimo",
        "mtribes",
        "--seed",
        "42",
        "--command",
        &command,
    ]);
    let text = stdout(&output);
    assert_eq!(text.matches("likely cause:").count(), 1, "{text}");
    assert_eq!(text.matches("fix: ").count(), 1, "{text}");
    assert!(text.contains(" sign and "), "{text}");
    assert!(text.contains(" verify cases in jimo and mtribes"), "{text}");
}
