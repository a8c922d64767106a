//! What this machine has: a test that needs a program that is absent says by name that it was
//! skipped. With `MACPROOF_REQUIRE_ALL=1`, as in CI, an absent program fails it instead.

use std::process::{Command, Stdio};

/// Whether `program` can be started with `argument`; if not, says that `test` is skipped.
pub(crate) fn present(test: &str, program: &str, argument: &str) -> bool {
    let started = Command::new(program)
        .arg(argument)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if started.is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(
        std::env::var_os("MACPROOF_REQUIRE_ALL").is_none(),
        "{test} needs {program}, and MACPROOF_REQUIRE_ALL forbids to skip it"
    );
    eprintln!("skipped: {test}: {program} is not on this machine");
    false
}
