//! The bundled adapters of the languages that are compiled first.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The command of the Go adapter, built.
pub(crate) fn go_adapter(test: &str) -> String {
    let adapter = scratch(test).join("adapter");
    let mut go = Command::new("go");
    go.args(["build", "-o"]).arg(&adapter).arg("main.go");
    built(go.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("adapters/go")));
    adapter.display().to_string()
}

/// The command of the Java adapter, built.
pub(crate) fn java_adapter(test: &str) -> String {
    let classes = scratch(test);
    let mut javac = Command::new("javac");
    javac
        .arg("-d")
        .arg(&classes)
        .arg("adapters/java/Adapter.java");
    built(javac.current_dir(env!("CARGO_MANIFEST_DIR")));
    format!("java -cp {} Adapter", classes.display())
}

/// The command of the Rust adapter. `cargo test` builds the examples; a run of one test does not.
pub(crate) fn rust_adapter() -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--example", "adapter"]);
    built(cargo.current_dir(env!("CARGO_MANIFEST_DIR")));
    let tests = std::env::current_exe().unwrap();
    let target = tests.ancestors().nth(2).unwrap();
    target.join("examples/adapter").display().to_string()
}

fn built(command: &mut Command) {
    assert!(command.status().unwrap().success());
}

/// A folder of this test's own under the target folder, emptied.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
