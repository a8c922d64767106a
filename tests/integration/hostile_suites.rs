//! Suites that mean harm: too much of anything is an error at load that says where, and the most
//! that loads is judged in bounded memory.

use std::fs;
use std::process::Command;

use macproof::suite::Suite;

use crate::harness::test;
use crate::program::Program;

/// A suite with these fields, message and values of its one vector, which fails.
fn suite(fields: &str, message: &str, token: &str, values: &str) -> String {
    format!(
        "macproof: 1\nsuite: heavy\nversion: 1\ntitle: T\nsource: {{title: none}}\nscheme:\n  \
         algorithm: hmac-sha256\n  secret: {{encoding: utf8}}\n  fields: {{{fields}}}\n  \
         message: \"{message}\"\n  token: {token}\n  freshness: unspecified\nrequirements:\n  \
         r: {{level: must, basis: practice, text: x}}\nvectors:\n  - {{id: v, shows: [r], op: sign, \
         secret: \"s\", fields: {{{values}}}, expect: {{token: \"{}\"}}}}\n",
        "0".repeat(64)
    )
}

fn texts(count: usize) -> String {
    let fields: Vec<String> = (0..count)
        .map(|n| format!("f{n}: {{type: text}}"))
        .collect();
    fields.join(", ")
}

fn values(count: usize, value: &str) -> String {
    let values: Vec<String> = (0..count).map(|n| format!("f{n}: {value}")).collect();
    values.join(", ")
}

fn named(count: usize, filters: &str) -> String {
    let parts: Vec<String> = (0..count).map(|n| format!("{{f{n}{filters}}}")).collect();
    parts.join("-")
}

const ONE: &str = "u: {type: text}";
const MAC: &str = "\"{mac:hex}\"";

#[test]
fn exceeded_limits_are_errors_with_a_location() {
    let many = |count: usize| {
        let words: Vec<String> = (0..count).map(|n| format!("v{n}")).collect();
        words.join(", ")
    };
    let enumerated = format!(
        "u: {{type: text}}, p: {{type: enum, values: [{}]}}",
        many(100_000)
    );
    let pairs: Vec<String> = (0..1000).map(|n| format!("k{n}: \"x\"")).collect();
    let pairs = format!(
        "{{pairs: {{{}, v1: \"{{mac:hex}}\"}}, separator: \",\"}}",
        pairs.join(", ")
    );
    let requirements: String = (0..60_000)
        .map(|n| format!("  r{n}: {{level: must, basis: practice, text: x}}\n"))
        .collect();
    let requirements = suite(ONE, "{u}", MAC, "u: a").replace(
        "  r: {level: must, basis: practice, text: x}\n",
        &requirements,
    );
    for (text, words) in [
        (
            suite(&texts(1000), &named(1000, ""), MAC, &values(1000, "a")),
            "at most 24 fields are allowed here, but there are 1000",
        ),
        (
            suite(ONE, &"{u}".repeat(1000), MAC, "u: a"),
            "a template has at most 48 pieces",
        ),
        (
            suite(ONE, &format!("{{u}}{}", "x".repeat(5000)), MAC, "u: a"),
            "a template has at most 4096 bytes, but this one has 5003",
        ),
        (
            suite(ONE, &format!("{{u{}}}", "|lower".repeat(500)), MAC, "u: a"),
            "a placeholder has at most 4 filters, but {u|…} has more",
        ),
        (
            suite(&enumerated, "{u}{p}", MAC, "u: a, p: v1"),
            "at most 256 values are allowed here, but there are 100000",
        ),
        (
            suite(ONE, "{u}", &pairs, "u: a"),
            "at most 24 pairs are allowed here, but there are 1001",
        ),
        (
            requirements,
            "at most 2000 requirements are allowed here, but there are 60000",
        ),
    ] {
        let error = Suite::parse("heavy.yaml", &text).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
        assert!(error.starts_with("heavy.yaml:"), "{error}");
    }
}

/// The largest schemes that load: what `run` and `explain` try for a failure is bounded.
#[test]
fn the_largest_suites_run_in_bounded_memory() {
    let program = Program::new();
    let long = values(24, "{repeat: \"ab\", times: 2000}");
    for (name, text) in [
        (
            "fields",
            suite(
                &texts(24),
                &named(24, "|trim|lower"),
                MAC,
                &values(24, "value"),
            ),
        ),
        ("copies", suite(ONE, &"{u}".repeat(48), MAC, "u: ab")),
        ("long", suite(&texts(24), &named(24, ""), MAC, &long)),
    ] {
        let file = format!("{name}.yaml");
        fs::write(program.path(&file), text).unwrap();
        let macproof = env!("CARGO_BIN_EXE_macproof");
        let line = format!(
            "ulimit -v 3000000; exec {macproof} run --suite-file {file} --timeout 60s --command \
             '{macproof} adapter --suite-file {file}'"
        );
        let done = Command::new("sh")
            .args(["-c", &line])
            .current_dir(program.folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert_eq!(done.status.code(), Some(1), "{name}: {done:?}");
        assert!(said.contains("1 of 1 case fails"), "{name}: {said}");
    }
}

/// A message of many texts can be read in many ways: whether it has another reading is found out
/// without trying them all. The limit is one of processor time, which other programs do not take.
#[test]
fn a_scheme_of_many_texts_is_generated_in_bounded_time() {
    let program = Program::new();
    let texts: Vec<String> = (0..20).map(|at| format!("f{at}: {{type: text}}")).collect();
    let names: Vec<String> = (0..20).map(|at| format!("{{f{at}}}")).collect();
    let scheme = format!(
        "macproof: 1\nsuite: many\nversion: 1\ntitle: Many\nsource: {{title: \"x\", url: \
         \"https://example.com/\", retrieved: \"2026-11-20\"}}\nscheme:\n  algorithm: hmac-sha256\n  \
         secret: {{encoding: utf8}}\n  fields: {{{}, a: {{type: unix-seconds}}, b: {{type: \
         unix-millis}}, c: {{type: unix-seconds}}, d: {{type: unix-seconds}}}}\n  message: \
         \"{}|{{a}}|{{b}}|{{c}}|{{d}}\"\n  token: \"{{a}}.{{b}}.{{c}}.{{d}}.{{mac:hex}}\"\n",
        texts.join(", "),
        names.join("|")
    );
    fs::write(program.path("many.yaml"), scheme).unwrap();
    let line = format!(
        "ulimit -t 30; exec {} suite generate many.yaml --output made.yaml",
        env!("CARGO_BIN_EXE_macproof")
    );
    let done = Command::new("sh")
        .args(["-c", &line])
        .current_dir(program.folder.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
}
