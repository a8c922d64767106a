//! The harness of the tests that start programs: `cargo test` and `cargo nextest` talk to it as to
//! Rust's own, but a test that needs what this machine lacks is shown as ignored, with the reason.
//! Rust's own decides that when the tests are compiled; languages come and go between two runs.
//!
//! A test is a function with the attribute `#[test]`, imported from here. `#[test(needs(PHP))]`
//! names what it needs; see [`needs`](crate::needs).
//!
//! `MACPROOF_REQUIRE_ALL=1`, as in CI, lets a test fail where it would be ignored.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
pub(crate) use test_attribute::test;

use crate::support::needs::Need;

/// A registered test.
pub(crate) struct Test {
    /// With the modules that it stands in, the crate among them.
    pub(crate) path: &'static str,
    /// Relative to the repository.
    pub(crate) file: &'static str,
    pub(crate) needs: &'static [Need],
    pub(crate) run: fn(),
}

inventory::collect!(Test);

/// What `#[test]` adds to a function.
macro_rules! register {
    ($name:ident $(needs($($need:ident),+))?) => {
        inventory::submit! {
            crate::harness::Test {
                path: concat!(module_path!(), "::", stringify!($name)),
                file: file!(),
                needs: &[$($(crate::needs::$need),+)?],
                run: $name,
            }
        }
    };
}
pub(crate) use register;

/// Runs what the arguments of the process ask for of the tests in `source`, a file or folder of
/// this repository.
pub(crate) fn main(source: &str) -> ExitCode {
    hear_signals();
    let mut tests: Vec<&Test> = inventory::iter::<Test>().collect();
    if let Some(file) = left_out(Path::new(source), &tests) {
        eprintln!(
            "{file}: some of its tests would not run: `use crate::harness::test;` is missing"
        );
        return ExitCode::FAILURE;
    }
    tests.sort_by_key(|test| test.path);
    let mut arguments = Arguments::from_args();
    let threads = || std::env::var("RUST_TEST_THREADS").ok()?.parse().ok();
    arguments.test_threads = arguments.test_threads.or_else(threads);
    let trials = tests.into_iter().map(|test| trial(test, &arguments));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// What tests start begins with each signal at its default. A shell lets what it starts in the
/// background ignore Ctrl-C, which is inherited; a signal that is heard here is not.
fn hear_signals() {
    let heard = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];
    let mut signals = signal_hook::iterator::Signals::new(heard).unwrap();
    std::thread::spawn(move || {
        for signal in &mut signals {
            let _unknown = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

/// A file, `source` or in it, that has more tests than are registered: where the harness is not
/// Rust's own, Rust's own attribute leaves a function out without a word.
fn left_out(source: &Path, tests: &[&Test]) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    if let Ok(mut entries) = std::fs::read_dir(&path) {
        let inside = |name| left_out(&source.join(name), tests);
        return entries.find_map(|entry| inside(entry.unwrap().file_name()));
    }
    if source.extension().is_none_or(|extension| extension != "rs") {
        return None;
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let is_test = |line: &&str| line.starts_with("#[test]") || line.starts_with("#[test(");
    let written = text.lines().map(str::trim_start).filter(is_test).count();
    let of_file = |test: &&&Test| Path::new(test.file) == source;
    let registered = tests.iter().filter(of_file).count();
    (registered < written).then(|| source.display().to_string())
}

fn trial(test: &'static Test, arguments: &Arguments) -> Trial {
    let name = test
        .path
        .split_once("::")
        .map_or(test.path, |(_, name)| name);
    // A runner such as nextest asks for the ignored ones first, and starts no others.
    let is_ignored = arguments.ignored && !all_are_required() && lack(test).is_some();
    Trial::ignorable_test(name, move || outcome(test)).with_ignored_flag(is_ignored)
}

fn outcome(test: &Test) -> Result<Completion, Failed> {
    if let Some(reason) = lack(test) {
        return ignored(reason);
    }
    match catch_unwind(AssertUnwindSafe(test.run)) {
        Ok(()) => Ok(Completion::Completed),
        Err(payload) => match payload.downcast::<Unable>() {
            Ok(unable) => ignored(unable.0),
            Err(payload) => resume_unwind(payload),
        },
    }
}

/// What a test needs and this machine lacks.
fn lack(test: &Test) -> Option<String> {
    test.needs.iter().find_map(Need::lack)
}

/// Why a test that has begun cannot go on.
struct Unable(String);

/// Ends the test that calls it: what it needs can only be known by trying, and cannot be had.
/// What can be asked before belongs into [`needs`](crate::needs).
pub(crate) fn unable(reason: impl Into<String>) -> ! {
    resume_unwind(Box::new(Unable(reason.into())))
}

fn ignored(reason: String) -> Result<Completion, Failed> {
    if all_are_required() {
        return Err(format!("{reason}, and MACPROOF_REQUIRE_ALL forbids to ignore it").into());
    }
    if std::env::var_os("NEXTEST").is_some() {
        // It knows passed and failed only, once a test has begun; failed is the honest one.
        return Err(format!("{reason}; nextest cannot show that as ignored").into());
    }
    Ok(Completion::ignored_with(reason))
}

fn all_are_required() -> bool {
    std::env::var_os("MACPROOF_REQUIRE_ALL").is_some_and(|value| value == "1")
}
