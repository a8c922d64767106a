//! The suites in `vectors/` are what the generator makes of `vectors/schemes/`.
//!
//! `MACPROOF_UPDATE=1 cargo test generated_suites_are_current` writes them again.

use std::fs;
use std::path::{Path, PathBuf};

use macproof::generate::generate;

use crate::harness::test;

#[test]
fn generated_suites_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let update = std::env::var_os("MACPROOF_UPDATE").is_some();
    let mut stale = Vec::new();
    for scheme in scheme_files() {
        let label = format!("vectors/schemes/{scheme}");
        let text = fs::read_to_string(root.join(&label)).unwrap();
        let suite = generate(&label, &text).unwrap_or_else(|error| panic!("{label}: {error}"));
        let path = root.join("vectors").join(&scheme);
        if fs::read_to_string(&path).ok().as_deref() != Some(&suite) {
            if update {
                fs::write(&path, suite).unwrap();
            } else {
                stale.push(format!(
                    "macproof suite generate {label} > vectors/{scheme}"
                ));
            }
        }
    }
    assert!(stale.is_empty(), "stale; run\n{}", stale.join("\n"));
}

#[test]
fn every_suite_has_a_scheme_file() {
    // The bare primitives are imported, not generated; wycheproof.rs holds them current.
    let generated =
        macproof::suite::embedded().filter(|embedded| !embedded.path().contains("/primitives/"));
    for embedded in generated {
        let path = embedded.path().replacen("vectors/", "", 1);
        assert!(scheme_files().contains(&path), "{path} has no scheme file");
    }
}

/// The scheme files, as paths under `vectors/schemes/`, which are also those under `vectors/`.
fn scheme_files() -> Vec<String> {
    let schemes = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/schemes");
    let in_folder = |folder: PathBuf, prefix: &str| -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".yaml"))
            .map(|name| format!("{prefix}{name}"))
            .collect();
        names.sort();
        names
    };
    let mut files = in_folder(schemes.clone(), "");
    files.extend(in_folder(schemes.join("more"), "more/"));
    files
}
