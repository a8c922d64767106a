//! An implementation that does not start keeps its place: in every report, beside those that did.

use std::fs;

use macproof::report::Format;
use serde_json::Value;

use crate::harness::test;
use crate::program::Program;

const ADAPTER: &str = env!("CARGO_BIN_EXE_macproof");

/// Every way not to start, with words of the reason.
fn absent() -> Vec<(&'static str, String, &'static str)> {
    let one = |name, described: &str, reason| (name, described.to_owned(), reason);
    vec![
        one("missing", "{command: [no-such-program]}", "was not found"),
        one("ends", "{command: ['true']}", "exited before its hello"),
        one("greets", "{command: [echo, hello]}", "is not a valid hello"),
        one(
            "later",
            "{command: [echo, '{\"protocol\": 2, \"implementation\": {\"name\": \"x\"}}']}",
            "protocol version 2",
        ),
        one(
            "unbuilt",
            "{build: ['false'], command: [no-such-program]}",
            "unbuilt is not built: false",
        ),
        one(
            "secretless",
            "{secret: {env: MACPROOF_TEST_NO_SUCH}, command: [no-such-program]}",
            "MACPROOF_TEST_NO_SUCH",
        ),
        one(
            "silent-server",
            "{http: 'http://127.0.0.1:9'}",
            "cannot connect: ",
        ),
        one(
            "useless",
            "{command: [sh, -c, 'read x; echo \"{\\\"protocol\\\": 1, \\\"implementation\\\": {\\\"name\\\": \\\"x\\\"}}\"; while read x; do echo rubbish; done']}",
            "none of its first answers was usable",
        ),
    ]
}

fn describe(program: &Program, implementations: &[(&str, &str)]) {
    let mut yaml = "suites: [jimo]\nimplementations:\n".to_owned();
    for (name, described) in implementations {
        yaml.push_str(&format!("  {name}: {described}\n"));
    }
    fs::write(program.path("macproof.yaml"), yaml).unwrap();
}

fn good() -> String {
    format!("{{command: ['{ADAPTER}', adapter]}}")
}

fn bad() -> String {
    format!("{{command: ['{ADAPTER}', adapter, --mistake, encoding-upper-case]}}")
}

fn json(program: &Program, name: &str) -> Value {
    serde_json::from_slice(&fs::read(program.path(name)).unwrap()).unwrap()
}

/// Runs what is described with every report; the exit code.
fn run(program: &Program) -> (i32, String) {
    let mut arguments = vec!["run".to_owned(), "--filter=jimo/published-*".to_owned()];
    for format in Format::ALL {
        arguments.push(format!("--report={format}=report.{format}"));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = program.run(&arguments);
    let printed = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), printed)
}

fn report(program: &Program, format: Format) -> String {
    fs::read_to_string(program.path(&format!("report.{format}"))).unwrap()
}

#[test]
fn implementations_that_did_not_start_are_in_every_report() {
    for (name, described, reason) in absent() {
        let program = Program::new();
        describe(&program, &[("good", &good()), (name, &described)]);
        let (code, printed) = run(&program);
        assert_eq!(code, 3, "{name}: {printed}");
        let document = json(&program, "report.json");
        let runs = document["runs"].as_array().unwrap();
        assert_eq!(runs[0]["conformance"], "conformant");
        assert_eq!(runs[0].get("did_not_start"), None);
        let absent = &runs[1];
        assert_eq!(absent["conformance"], "incomplete", "{name}");
        assert_eq!(absent["adapter"], name);
        let told = absent["did_not_start"].as_str().unwrap();
        assert!(told.contains(reason), "{name}: {told}");
        assert_eq!(absent["gate"]["exit_code"], 4);
        assert_eq!(absent["gate"]["failed"][0]["kind"], "did-not-start");
        assert_eq!(absent["scope"]["whole"], false);

        // Whatever is shown of it is shown escaped.
        for (format, place) in [
            (Format::Human, format!("incomplete: {name} did not start\n")),
            (Format::Human, reason.to_owned()),
            (Format::Junit, "type=\"did-not-start\"".to_owned()),
            (
                Format::Junit,
                format!("<testsuite name=\"{name}: macproof\""),
            ),
            (Format::Markdown, format!("| `{name}` | ⚠️ did not start |")),
            (Format::Html, format!("<h2>{name}: Incomplete</h2>")),
            (Format::Html, format!("{name} did not start: ")),
            (Format::Html, "1 conformant, 1 did not start".to_owned()),
            (Format::Sarif, "\"executionSuccessful\": false".to_owned()),
            (
                Format::Github,
                format!("::error title={name}%3A macproof::"),
            ),
            (
                Format::Badge,
                "incomplete (1 of 2 did not start)".to_owned(),
            ),
            (
                Format::BadgeJson,
                "incomplete (1 of 2 did not start)".to_owned(),
            ),
        ] {
            let text = report(&program, format);
            assert!(text.contains(&place), "{name}, {format}: {place}: {text}");
        }
        let row = printed.lines().rfind(|line| line.starts_with(name));
        assert!(row.unwrap().contains("did not start"), "{printed}");
        let last = printed.lines().last().unwrap();
        assert_eq!(last, "incomplete: 1 of 2 implementations conforms");
    }
}

#[test]
fn the_exit_code_is_4_if_none_started_and_else_the_first_that_applies() {
    let missing = "{command: [no-such-program]}";
    for (implementations, code) in [
        (vec![("a", good()), ("b", missing.to_owned())], 3),
        (vec![("a", missing.to_owned()), ("b", good())], 3),
        (vec![("a", missing.to_owned()), ("b", bad())], 1),
        (
            vec![("a", missing.to_owned()), ("b", missing.to_owned())],
            4,
        ),
        (vec![("a", missing.to_owned())], 4),
    ] {
        let program = Program::new();
        let described: Vec<(&str, &str)> = implementations
            .iter()
            .map(|(name, described)| (*name, described.as_str()))
            .collect();
        describe(&program, &described);
        let (found, printed) = run(&program);
        assert_eq!(found, code, "{implementations:?}: {printed}");
        // Where one alone did not start there are reports, too: a missing file is easily missed.
        let junit = report(&program, Format::Junit);
        assert!(junit.contains("type=\"did-not-start\""), "{junit}");
        let merged = program.run(&["report", "merge", "report.json"]);
        assert_eq!(merged.status.code(), Some(code), "{implementations:?}");
    }
}

/// It started, and there is nothing to ask it: nothing green may come of that.
#[test]
fn an_implementation_without_applicable_cases_is_reported() {
    let program = Program::new();
    let hello = r#"{"protocol": 1, "implementation": {"name": "idle"}, "suites": ["other"]}"#;
    let script = format!("read x; echo '{hello}'; cat > /dev/null");
    fs::write(program.path("idle.sh"), script).unwrap();
    describe(
        &program,
        &[("good", &good()), ("idle", "{command: [sh, idle.sh]}")],
    );
    let (code, printed) = run(&program);
    assert_eq!(code, 3, "{printed}");
    let idle = &json(&program, "report.json")["runs"][1];
    assert_eq!(idle["conformance"], "incomplete");
    assert_eq!(idle.get("did_not_start"), None);
    let junit = report(&program, Format::Junit);
    assert!(junit.contains("type=\"nothing-judged\""), "{junit}");
    assert!(report(&program, Format::Sarif).contains("no case was judged"));
    assert!(report(&program, Format::Markdown).contains("| `idle` | ⚠️ | 0 of 0 |"));
}

#[test]
fn documents_of_failed_starts_are_rendered_compared_and_merged() {
    let program = Program::new();
    describe(&program, &[("a", &good()), ("b", &good())]);
    assert_eq!(run(&program).0, 0);
    fs::rename(program.path("report.json"), program.path("before.json")).unwrap();
    describe(
        &program,
        &[("a", &good()), ("b", "{command: [no-such-program]}")],
    );
    assert_eq!(run(&program).0, 3);
    for format in Format::ALL {
        let output = program.run(&["report", "render", "report.json", &format!("{format}=-")]);
        assert_eq!(output.status.code(), Some(0), "{format}");
        // The report for a terminal is written in full to a file.
        if format != Format::Human {
            assert_eq!(
                output.stdout,
                report(&program, format).as_bytes(),
                "{format}"
            );
        }
    }
    let diff = program.run(&["report", "diff", "before.json", "report.json"]);
    let text = String::from_utf8(diff.stdout).unwrap();
    assert_eq!(diff.status.code(), Some(1), "{text}");
    assert!(text.contains("BROKE b did not start: "), "{text}");
    assert!(!text.contains(" vanished"), "{text}");
    let back = program.run(&["report", "diff", "report.json", "before.json"]);
    assert_eq!(back.status.code(), Some(0), "{back:?}");
}

/// A part whose implementation did not start is a part all the same, and the whole is not
/// conformant without it.
#[test]
fn a_part_that_did_not_start_leaves_the_whole_incomplete() {
    let program = Program::new();
    let part = |number: u64| {
        let shard = format!("--shard={number}/2");
        let report = format!("--report=json={number}.json");
        let all = [
            "run",
            "--implementation=a",
            "--filter=jimo/published-*",
            &shard,
            &report,
        ];
        program.run(&all).status.code()
    };
    describe(&program, &[("a", &good())]);
    assert_eq!(part(1), Some(0));
    describe(&program, &[("a", "{command: [no-such-program]}")]);
    assert_eq!(part(2), Some(4));
    for order in [["1.json", "2.json"], ["2.json", "1.json"]] {
        let merge = ["report", "merge", order[0], order[1], "-o", "whole.json"];
        assert_eq!(program.run(&merge).status.code(), Some(4));
        let whole = json(&program, "whole.json");
        assert_eq!(whole["conformance"], "incomplete");
        assert_eq!(whole["implementation"]["name"], "macproof-reference");
        let reason = whole["did_not_start"].as_str().unwrap();
        assert!(reason.starts_with("part 2/2: "), "{reason}");
        assert!(!whole["cases"].as_array().unwrap().is_empty());
    }
}

#[test]
fn parts_of_two_implementations_do_not_merge() {
    let program = Program::new();
    for (number, mistake) in [(1, ""), (2, ", --mistake, encoding-upper-case")] {
        let described = format!("{{command: ['{ADAPTER}', adapter{mistake}]}}");
        describe(&program, &[("a", &described)]);
        let shard = format!("--shard={number}/2");
        let report = format!("--report=json={number}.json");
        program.run(&["run", "--implementation=a", &shard, &report]);
    }
    let merge = program.run(&["report", "merge", "1.json", "2.json"]);
    assert_eq!(merge.status.code(), Some(2));
    let said = String::from_utf8(merge.stderr).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let both = format!("macproof-reference {version} and macproof-mistaken {version}");
    assert!(said.contains(&both), "{said}");
}
