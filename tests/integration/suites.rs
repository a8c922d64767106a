//! The loader and the JSON Schema of suites, on one corpus: `tests/suites/good`, `tests/suites/bad`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use macproof::suite::{MAX_FILE_BYTES, Problem, Suite, default_suites, embedded, find, schema};
use proptest::prelude::*;

use crate::harness::test;
use crate::program::root;

/// The files of a folder of the repository, as path from its root and text, by name.
fn files(folder: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            (
                format!("{folder}/{name}"),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

/// What any reader of YAML makes of a text.
fn as_json(text: &str) -> Option<serde_json::Value> {
    serde_yaml::from_str(text).ok()
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(schema().as_value()).unwrap()
}

#[test]
fn good_suites_load_and_match_the_schema() {
    let validator = validator();
    let ours = [
        "tests/suites/good",
        "vectors/schemes",
        "vectors/schemes/more",
    ];
    for (path, text) in ours.into_iter().flat_map(files) {
        if let Err(error) = Suite::parse(&path, &text) {
            panic!("{error}");
        }
        let objections: Vec<String> = validator
            .iter_errors(&as_json(&text).unwrap())
            .map(|error| format!("{path}: {}: {error}", error.instance_path()))
            .collect();
        assert!(objections.is_empty(), "{}", objections.join("\n"));
    }
}

/// Every error, with file, line, column and vector, as the first line that a person sees of it.
/// Below it stands an excerpt.
#[test]
fn errors_of_bad_suites_have_a_location() {
    let mut shown = String::new();
    for (path, text) in files("tests/suites/bad") {
        let error = Suite::parse(&path, &text).expect_err(&path);
        let position = error.position().expect(&path);
        let line = text.lines().nth(position.line as usize - 1).unwrap_or("");
        assert!(
            position.column as usize <= line.chars().count() + 1,
            "{error}"
        );
        let error = error.to_string();
        let (first, excerpt) = error.split_once('\n').expect(&path);
        let number = position.line.to_string();
        assert!(
            marks(excerpt, &number, line, position.column as usize - 1),
            "{error}"
        );
        writeln!(shown, "{first}").unwrap();
    }
    insta::assert_snapshot!(shown);
}

/// Whether an excerpt shows a line, with its number, and marks the character at that place. Of a
/// long line it shows what stands around the mark.
fn marks(excerpt: &str, number: &str, line: &str, place: usize) -> bool {
    let blank = " ".repeat(number.len());
    let rows: Vec<&str> = excerpt.lines().collect();
    let [above, shown, mark] = rows[..] else {
        return false;
    };
    let shown = shown.strip_prefix(&format!("{number} | "));
    let before = mark
        .strip_prefix(&format!("{blank} | "))
        .and_then(|mark| mark.strip_suffix('^'));
    let (Some(shown), Some(before)) = (shown, before) else {
        return false;
    };
    let split = |text: &str, at: usize| -> (String, String) {
        (
            text.chars().take(at).collect(),
            text.chars().skip(at).collect(),
        )
    };
    let (left, right) = split(shown, before.chars().count());
    let (whole_left, whole_right) = split(line, place);
    let is_left = match left.strip_prefix('…') {
        Some(cut) => !cut.is_empty() && whole_left.ends_with(cut),
        None => whole_left == left,
    };
    let is_right = match right.strip_suffix('…') {
        Some(cut) => !cut.is_empty() && whole_right.starts_with(cut),
        None => whole_right == right,
    };
    above == format!("{blank} |") && before.trim().is_empty() && is_left && is_right
}

/// The whole of an error, of a short line and of two that are cut.
#[test]
fn an_error_shows_its_line() {
    let shown = [
        "a-list",
        "pattern-too-long",
        "policy-vector-context-at-verify",
    ]
    .map(|name| {
        let path = format!("tests/suites/bad/{name}.yaml");
        let text = fs::read_to_string(root().join(&path)).unwrap();
        Suite::parse(&path, &text).unwrap_err().to_string()
    });
    insta::assert_snapshot!(shown.join("\n\n"));
}

#[test]
fn the_schema_refuses_malformed_suites() {
    let validator = validator();
    for (path, text) in files("tests/suites/bad") {
        let says = text.lines().next().unwrap();
        match (says, as_json(&text)) {
            ("# The schema refuses this too.", Some(json)) => {
                assert!(!validator.is_valid(&json), "{path}: the schema accepts it");
            }
            ("# The schema accepts this: what is wrong is its meaning.", Some(json)) => {
                assert!(
                    validator.is_valid(&json),
                    "{path}: the schema refuses it; say so in its first line"
                );
            }
            ("# This is no YAML that the schema could be asked about.", None) => {}
            (says, json) => panic!("{path}: says {says:?}, is JSON: {}", json.is_some()),
        }
    }
}

/// What is sent has fractions and numbers beyond 2^53-1, which other suites do not.
#[test]
fn suites_of_senders_match_the_schema() {
    let validator = validator();
    for name in ["github-webhook", "standard-webhooks", "slack"] {
        let json = as_json(&find(name).unwrap().parse().unwrap().text.text).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn the_committed_schema_is_current() {
    let mut current = serde_json::to_string_pretty(&schema()).unwrap();
    current.push('\n');
    let path = root().join("vectors/suite.schema.json");
    if std::env::var_os("MACPROOF_UPDATE").is_some() {
        fs::write(&path, &current).unwrap();
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|committed| committed == current),
        "vectors/suite.schema.json is stale; run MACPROOF_UPDATE=1 cargo test"
    );
}

#[test]
fn embedded_suites_load_under_their_names() {
    for suite in embedded() {
        let loaded = suite.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.name.as_str(), suite.name);
        assert_eq!(suite.scheme().unwrap(), loaded.scheme);
        assert_eq!(find(suite.name), Some(suite));
        assert_eq!(
            fs::read_to_string(root().join(suite.path())).unwrap(),
            suite.text
        );
    }
    let by_default = embedded().filter(|suite| suite.by_default);
    assert!(
        default_suites()
            .unwrap()
            .iter()
            .map(|suite| suite.name.to_string())
            .eq(by_default.map(|suite| suite.name.to_owned()))
    );
    assert_eq!(find("no-such-suite"), None);
    assert_eq!(find("suite.schema"), None);
}

const HEAD: &str = r#"macproof: 1
suite: acme
version: 1
title: Acme
source: {title: "Acme"}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}}
  message: "{user_id}"
  token: "{mac:hex}"
requirements:
  r: {level: must, basis: document, text: "t", where: "w"}
vectors:
"#;

/// What a stranger could send: each ends in an error of a few lines, whatever is in it.
#[test]
fn hostile_files_end_in_a_short_error() {
    let vector = |token: &str| {
        format!(
            "{HEAD}  - {{id: v, shows: [r], op: verify, input: json, secret: \"s\", fields: {{user_id: \"u\"}}, expect: {{outcome: reject}}, token: {token}}}\n"
        )
    };
    assert!(Suite::parse("x", &vector("[1]")).is_ok());

    let nested = |character: &str| vector(&character.repeat(100_000));
    let bomb = {
        let mut token = r#"[&a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]"#.to_owned();
        for pair in "abcdefghijklmnop".as_bytes().windows(2) {
            let (before, name) = (pair[0] as char, pair[1] as char);
            let aliases = vec![format!("*{before}"); 9].join(",");
            write!(token, ",&{name} [{aliases}]").unwrap();
        }
        vector(&format!("{token}]"))
    };
    let long_text_many_times = vector(&format!(
        "[&a \"{}\\n\",{}]",
        "x".repeat(1 << 20),
        vec!["*a"; 10_000].join(",")
    ));
    let repeated_many_times = (0..100).fold(HEAD.to_owned(), |text, number| {
        text + &format!(
            "  - {{id: v{number}, shows: [r], op: sign, secret: \"s\", fields: {{user_id: {{repeat: \"abcd\", times: 262144}}}}, expect: {{outcome: refused}}}}\n"
        )
    });
    let keys = |count: u32| {
        let keys: String = (0..count).map(|n| format!("k{n}: ,")).collect();
        vector(&format!("{{{keys}}}"))
    };
    let cases = [
        ("an alias bomb", bomb),
        ("a long text under many aliases", long_text_many_times),
        ("many repeated texts", repeated_many_times),
        ("brackets", nested("[")),
        ("braces", nested("{a: ")),
        ("dashes", format!("{HEAD}{}", "- ".repeat(100_000))),
        ("half a million keys", keys(500_001)),
        (
            "a million keys",
            format!("{HEAD}{}", "? a\n".repeat(1_000_000)),
        ),
        ("documents", "---\n".repeat(100_000)),
        ("a line without end", format!("\"{}", "a".repeat(7 << 20))),
        ("NUL", "\0".repeat(1 << 20)),
        ("escapes", format!("{HEAD}\u{1b}]0;title\u{7}: 1\n")),
        ("20 MiB", format!("{HEAD}#{}", "x".repeat(20 << 20))),
    ];
    for (what, text) in cases {
        let error = Suite::parse("x.yaml", &text).expect_err(what);
        let shown = error.to_string();
        assert!(shown.starts_with("x.yaml:"), "{what}: {shown}");
        assert!(shown.chars().count() < 1200, "{what}: {}", shown.len());
        assert!(
            !shown.chars().any(|c| c.is_control() && c != '\n'),
            "{what}: {shown:?}"
        );
    }
}

#[test]
fn oversized_files_are_not_read_completely() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.yaml");
    // Sparse: its length says nothing of what it takes to read it.
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let error = Suite::load(&path).unwrap_err();
    assert!(matches!(error.problem(), Problem::TooLarge { limit } if *limit == MAX_FILE_BYTES));

    let error = Suite::load(Path::new("/dev/zero")).unwrap_err();
    assert!(matches!(error.problem(), Problem::TooLarge { .. }));
    let error = Suite::load(&folder.path().join("absent.yaml")).unwrap_err();
    assert!(matches!(error.problem(), Problem::Unreadable(_)));

    fs::write(&path, b"macproof: 1\ntitle: \"\xc3\xa9\xff\"\n").unwrap();
    let error = Suite::load(&path).unwrap_err();
    let position = error.position().unwrap();
    assert!(matches!(error.problem(), Problem::NotUtf8));
    assert_eq!((position.line, position.column), (2, 10));
}

#[test]
fn a_loaded_file_is_the_parsed_text() {
    let (path, text) = files("tests/suites/good").swap_remove(0);
    let loaded = Suite::load(&root().join(&path)).unwrap();
    assert_eq!(&*loaded.text.text, text);
    assert_eq!(loaded.digest, Suite::parse("other", &text).unwrap().digest);
    assert_ne!(
        loaded.digest,
        Suite::parse("other", &format!("{text}\n")).unwrap().digest
    );
}

proptest! {
    /// Whatever is done to a good file, reading it ends in a suite or in an error with a place.
    #[test]
    fn a_damaged_file_never_ends_in_a_panic(
        which in 0..64_usize,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), "[\\[\\]{}:,&*!|>'\"#%@\\-?\\n \ta0é\u{feff}\u{85}~<]{0,3}", 0..4_usize), 1..5),
    ) {
        let files = files("tests/suites/good");
        let mut text: Vec<char> = files[which % files.len()].1.chars().collect();
        for (at, insert, remove) in cuts {
            let at = at.index(text.len());
            let end = (at + remove).min(text.len());
            text.splice(at..end, insert.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(error) = Suite::parse("x", &text) {
            prop_assert!(error.position().is_some());
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

/// The page on the format shows a suite without fault, and names every key and every word.
#[test]
fn the_documentation_matches_the_program() {
    let page = fs::read_to_string(root().join("docs/suite-format.md")).unwrap();
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let suite = Suite::parse("docs/suite-format.md", example).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(macproof::lint::lint(&suite), []);

    let mut words = Vec::new();
    names(schema().as_value(), &mut words);
    assert!(words.len() > 50, "{words:?}");
    words.retain(|word| !page.contains(word.as_str()));
    assert!(words.is_empty(), "docs/suite-format.md lacks {words:?}");
}

/// Every key and every fixed word of a schema.
fn names(schema: &serde_json::Value, found: &mut Vec<String>) {
    if let Some(properties) = schema.get("properties").and_then(|p| p.as_object()) {
        found.extend(properties.keys().cloned());
    }
    for key in ["const", "enum"] {
        let words = schema.get(key).into_iter();
        let words = words.flat_map(|words| match words {
            serde_json::Value::Array(words) => words.clone(),
            word => vec![word.clone()],
        });
        found.extend(words.filter_map(|word| Some(word.as_str()?.to_owned())));
    }
    match schema {
        serde_json::Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        serde_json::Value::Object(items) => items.values().for_each(|item| names(item, found)),
        _ => {}
    }
}
