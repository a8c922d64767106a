//! Lint and review of the suites in this repository.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use macproof::lint::{Severity, Subject, lint, review};
use macproof::suite::{Suite, embedded};

use crate::harness::test;

fn suites(folder: &str) -> Vec<Suite> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| Suite::load(path).unwrap_or_else(|error| panic!("{error}")))
        .collect()
}

/// The expected values of every suite here are those of the oracle.
#[test]
fn no_suite_has_errors() {
    let embedded = embedded().map(|suite| macproof::generate::whole(&suite).unwrap());
    let mut errors = Vec::new();
    for suite in embedded.chain(suites("tests/suites/good")) {
        errors.extend(
            lint(&suite)
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .map(|finding| finding.show(&suite.text)),
        );
    }
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// What a scheme says by hand, too; some of its requirements are shown by generated vectors only.
#[test]
fn no_scheme_file_has_errors() {
    for suite in suites("vectors/schemes")
        .into_iter()
        .chain(suites("vectors/schemes/more"))
    {
        for finding in lint(&suite) {
            let unshown = matches!(finding.subject, Subject::Requirement(_))
                && finding.message.starts_with("no vector shows it");
            let serious = finding.severity == Severity::Error && !unshown;
            assert!(!serious, "{}", finding.show(&suite.text));
        }
    }
}

#[test]
fn the_review_of_the_schemes() {
    let mut shown = String::new();
    // One of each kind: the remarks of all would be a wall that nobody reads.
    let more = [
        "github-webhook",
        "standard-webhooks",
        "stripe-webhook",
        "telegram-mini-apps",
    ];
    let is_shown = |suite: &Suite| more.contains(&suite.name.as_str());
    let further = suites("vectors/schemes/more").into_iter().filter(is_shown);
    for suite in suites("vectors/schemes").into_iter().chain(further) {
        writeln!(shown, "{}", suite.name).unwrap();
        for remark in review(&suite) {
            writeln!(shown, "- {}: {}", remark.id, remark.sentence).unwrap();
            writeln!(shown, "  {}", remark.example).unwrap();
        }
        shown.push('\n');
    }
    insta::assert_snapshot!(shown);
}
