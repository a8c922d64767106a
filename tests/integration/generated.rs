//! The suites in the program are what the generator makes of `vectors/schemes/`.
//!
//! `MACPROOF_UPDATE=1 cargo test generated` writes those of `vectors/` and `vectors/digests.txt` again.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use macproof::generate::{generate, whole};
use macproof::suite::{DIGESTS, embedded};

use crate::harness::test;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_updating() -> bool {
    std::env::var_os("MACPROOF_UPDATE").is_some()
}

/// The five suites that run if none is named are literal files, for people to read.
#[test]
fn generated_suites_are_current() {
    let mut stale = Vec::new();
    for one in embedded().filter(|one| one.by_default) {
        let name = format!("{}.yaml", one.name);
        let label = format!("vectors/schemes/{name}");
        let text = fs::read_to_string(root().join(&label)).unwrap();
        let suite = generate(&label, &text).unwrap_or_else(|error| panic!("{label}: {error}"));
        let path = root().join("vectors").join(&name);
        if fs::read_to_string(&path).ok().as_deref() != Some(&suite) {
            if is_updating() {
                fs::write(&path, suite).unwrap();
            } else {
                stale.push(format!("macproof suite generate {label} > vectors/{name}"));
            }
        }
    }
    assert!(stale.is_empty(), "stale; run\n{}", stale.join("\n"));
}

/// The other suites are made when they are asked for; what they are is recorded as a digest.
#[test]
fn recorded_digests_are_current() {
    let mut lines = String::new();
    for one in embedded() {
        let suite = whole(&one).unwrap_or_else(|error| panic!("{}: {error}", one.name));
        let (digest, count) = (&suite.digest, suite.vectors.len());
        writeln!(lines, "{digest} {count} {}", one.name).unwrap();
    }
    let path = root().join("vectors").join(DIGESTS);
    if is_updating() {
        fs::write(&path, &lines).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap();
    assert_eq!(
        recorded, lines,
        "a suite has changed: run MACPROOF_UPDATE=1 cargo test generated"
    );
}

#[test]
fn every_suite_says_its_kind() {
    for one in embedded().filter(|one| !one.path().contains("/primitives/")) {
        let head = one.head().unwrap();
        assert!(head.kind.is_some(), "{} has no kind", one.name);
    }
}
