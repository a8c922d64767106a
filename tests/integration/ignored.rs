//! A test that needs what this machine lacks is shown as ignored. Shown here on this very binary,
//! on a PATH where nothing is.

use std::process::{Command, Output};

use crate::harness::{Test, test};
use crate::needs::Need;

fn on_an_empty_path(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .env("PATH", folder.path())
        .env_remove("MACPROOF_REQUIRE_ALL")
        .env_remove("NEXTEST")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

const PHP_CONFORMS: [&str; 2] = ["languages::php_conforms", "--exact"];

#[test]
fn missing_programs_are_named() {
    let output = on_an_empty_path(&PHP_CONFORMS, &[]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    let line = "test languages::php_conforms ... ignored (php is not installed)";
    assert!(said.contains(line), "{said}");
    assert!(said.contains("0 passed; 0 failed; 1 ignored"), "{said}");
}

#[test]
fn nothing_is_ignored_if_everything_is_required() {
    let required = [("MACPROOF_REQUIRE_ALL", "1")];
    let output = on_an_empty_path(&PHP_CONFORMS, &required);
    assert_eq!(output.status.code(), Some(101), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("php is not installed"), "{said}");
}

/// So does nextest ask; what it is not told here it would start, and call passed.
#[test]
fn listing_tests_includes_the_ignored_ones() {
    let asked = ["--list", "--format", "terse", "--ignored"];
    let output = on_an_empty_path(&asked, &[]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let listed: Vec<&str> = said.lines().collect();
    let is_of_programs = |need: &Need| matches!(need, Need::Programs(_));
    let mut expected: Vec<String> = inventory::iter::<Test>()
        .filter(|test| test.needs.iter().any(is_of_programs))
        .map(|test| format!("{}: test", test.path.trim_start_matches("integration::")))
        .collect();
    expected.sort();
    assert_eq!(listed, expected);
    assert!(listed.len() > 60, "{}", listed.len());
    let required = [("MACPROOF_REQUIRE_ALL", "1")];
    let output = on_an_empty_path(&asked, &required);
    assert!(output.stdout.is_empty(), "{output:?}");
}
