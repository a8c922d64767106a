//! Says what the program was built of, for `macproof --version`, and where it comes from, and builds the crate anew when a
//! suite comes or goes: `include_dir!` alone only notices changes in files that it knows.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=vectors");
    println!("cargo::rerun-if-env-changed=MACPROOF_COMMIT");
    println!("cargo::rerun-if-env-changed=MACPROOF_REPOSITORY");
    let profile = profile();
    // A debug build is of a work tree that changes all the time, and a commit would build it anew.
    let build = if profile == "debug" {
        profile
    } else {
        let commit = std::env::var("MACPROOF_COMMIT").ok();
        let commit = commit.or_else(commit_of_the_repository);
        format!(
            "{}, {profile}",
            commit.as_deref().unwrap_or("commit unknown")
        )
    };
    println!("cargo::rustc-env=MACPROOF_BUILD={build}");
    if let Some(address) = repository() {
        println!("cargo::rustc-env=MACPROOF_ADDRESS={address}");
    }
}

/// The address of the repository, as the workflow that makes the packages says it, or as
/// `Cargo.toml` does. Where neither does, none is made up.
fn repository() -> Option<String> {
    let names = ["MACPROOF_REPOSITORY", "CARGO_PKG_REPOSITORY"];
    let mut said = names.iter().filter_map(|name| std::env::var(name).ok());
    said.find(|address| address.starts_with("https://") && !address.contains(char::is_whitespace))
}

/// The name of the profile. `PROFILE` names only the one from which it inherits; the folder of the
/// profile is above the one of all build scripts.
fn profile() -> String {
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    let of_profile = folder
        .ancestors()
        .find(|folder| folder.ends_with("build"))
        .and_then(Path::parent)
        .and_then(Path::file_name);
    of_profile.map_or_else(
        || std::env::var("PROFILE").unwrap_or_default(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// The commit and its day, where this folder is the root of a repository: one that only lies in a
/// repository, as an unpacked archive does, is of no commit of that.
fn commit_of_the_repository() -> Option<String> {
    if git(&["rev-parse", "--show-prefix"])?.is_empty() {
        // It is written with each commit, checkout and reset.
        let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
        if Path::new(&log).exists() {
            println!("cargo::rerun-if-changed={log}");
        }
        git(&["log", "-1", "--abbrev=7", "--format=%h, %cs"])
    } else {
        None
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}
