//! The program as a test starts it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, started in that folder.
pub(crate) fn macproof(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_macproof"));
    command.current_dir(folder);
    command
}

/// The command of our own adapter.
pub(crate) fn reference() -> String {
    format!("{} adapter", env!("CARGO_BIN_EXE_macproof"))
}

/// The same, with this mistake.
pub(crate) fn mistaken(mistake: &str) -> String {
    format!("{} --mistake {mistake}", reference())
}

/// What a process has written to standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it has written to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The program, in a folder of its own.
pub(crate) struct Program {
    pub(crate) folder: tempfile::TempDir,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        macproof(self.folder.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// What git says in the folder `repository`.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let done = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(arguments)
            .current_dir(self.path("repository"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        stdout(&done).trim().to_owned()
    }
}
