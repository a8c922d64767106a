//! Wrong tokens that other programs made, by `tests/field/tokens/make.py`: `explain` names what made
//! each of them, and names nothing for those that no known mistake makes.

use std::fs;

use serde_json::Value;

use crate::harness::test;
use crate::program::{Program, root};

/// What `explain` said of a token.
enum Said {
    Right,
    Nothing(String),
    Else(String),
}

#[test]
fn tokens_of_other_programs_are_explained() {
    let folder = root().join("tests/field/tokens");
    let cases = fs::read_to_string(folder.join("cases.jsonl")).unwrap();
    let program = Program::new();
    let said: Vec<Said> = cases
        .lines()
        .map(|line| explained(&program, &serde_json::from_str(line).unwrap()))
        .collect();
    let mut missed = Vec::new();
    let mut wrong = Vec::new();
    for one in &said {
        match one {
            Said::Right => {}
            Said::Nothing(name) => missed.push(name),
            Said::Else(name) => wrong.push(name),
        }
    }
    assert!(said.len() > 130, "{}", said.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    // `JSON.pretty_generate` of Ruby breaks the line inside an empty object.
    assert!(missed.len() <= 1, "{missed:#?}");
}

fn explained(program: &Program, case: &Value) -> Said {
    let text = |name: &str| case[name].as_str().unwrap();
    fs::write(program.path("secret"), text("secret")).unwrap();
    let mut arguments: Vec<String> = ["explain", "--json", "--secret-file-raw", "secret"]
        .map(str::to_owned)
        .into();
    let file = |path: &str| root().join(path).display().to_string();
    match text("scheme") {
        "slack-like" => {
            arguments.extend([
                "--suite-file".into(),
                file("tests/field/causes/scheme.yaml"),
            ]);
        }
        "callback" => {
            arguments.extend([
                "--suite-file".into(),
                file("tests/field/tokens/callback.yaml"),
            ]);
        }
        suite => arguments.push(suite.to_owned()),
    }
    for (name, value) in case["fields"].as_object().unwrap() {
        fs::write(program.path(name), value.as_str().unwrap()).unwrap();
        arguments.extend(["--field".into(), format!("{name}=@{name}")]);
    }
    arguments.push(format!("--token={}", text("token")));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = program.run(&arguments);
    let told: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let causes = told["causes"].as_array().unwrap().iter();
    let ids = |cause: &Value| {
        let mistakes = cause["mistakes"].as_array().unwrap().iter();
        let ids: Vec<&str> = mistakes.map(|one| one["id"].as_str().unwrap()).collect();
        ids.join(" ")
    };
    let causes: Vec<String> = causes.map(ids).collect();
    let name = format!("{}, {}: {causes:?}", text("scheme"), text("name"));
    match (case["mistake"].as_str(), &causes[..]) {
        (None, []) => Said::Right,
        (Some(_), []) => Said::Nothing(name),
        (Some(made), causes) if causes.iter().any(|cause| cause == made) => Said::Right,
        _ => Said::Else(name),
    }
}
