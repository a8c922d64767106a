//! Adapters that misbehave, one way each: the case concerned gets a clear verdict, every other
//! case keeps its own, nothing hangs, and no process is left.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use macproof::adapters::{AdapterCommand, AdapterError, Limits};
use macproof::results::{Failure, Observed, RestartKind, Verdict};
use macproof::runner::{Ending, Progress, RunError, RunOptions, RunOutput, run};
use macproof::scheme::Algorithm;
use macproof::signature::Outcome;
use macproof::suite::{Level, Suite};

use crate::harness::test;

/// The number of the case that most of the adapters go wrong with.
pub(crate) const TROUBLED: usize = 137;

/// How long an adapter may be silent here. An honest one must not be taken for a silent one on a
/// busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1000);

/// One run against one bad adapter.
pub(crate) struct Attempt {
    pub(crate) command: AdapterCommand,
    pub(crate) options: RunOptions<'static>,
    pub(crate) suites: Vec<Suite>,
    /// An argument that no other process on this machine has.
    mark: PathBuf,
}

impl Attempt {
    /// Against `tests/bad_adapters/NAME.py`.
    pub(crate) fn against(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/bad_adapters")
            .join(name)
            .with_extension("py");
        assert!(script.exists(), "{}", script.display());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mark = std::env::temp_dir().join(format!("bad-{name}-{}-{count}", std::process::id()));
        let options = RunOptions {
            limits: Limits {
                answer: PATIENCE,
                grace: Duration::from_millis(200),
                ..Limits::default()
            },
            ..RunOptions::default()
        };
        Self {
            command: AdapterCommand::new("python3", [script.as_os_str(), mark.as_os_str()]),
            options,
            suites: vec![numbered(0)],
            mark,
        }
    }

    pub(crate) fn run(&self) -> Result<RunOutput<'_>, RunError> {
        let interrupt = AtomicBool::new(false);
        let output = run(
            &self.suites,
            &self.command.clone(),
            &self.options,
            &interrupt,
            &|| 1_741_761_604,
            &|_| {},
        );
        self.assert_that_nothing_is_left();
        output
    }

    /// The output of a run in which every other case passed, and what was observed of the one.
    fn run_with_trouble(&self) -> (RunOutput<'_>, Observed) {
        let output = self.run().unwrap();
        assert!(matches!(output.ending, Ending::Whole));
        for (number, verdict) in verdicts(&output).into_iter().enumerate() {
            assert!(
                number == TROUBLED || verdict == Verdict::Pass,
                "{number}: {:?}",
                output.observations[number].observed
            );
        }
        let observed = output.observations[TROUBLED].observed.clone();
        (output, observed)
    }

    /// Why the troubled case is an error, while every other passed.
    fn failure(&self) -> Failure {
        match self.run_with_trouble().1 {
            Observed::Failed(failure) => failure,
            other => panic!("{other:?}"),
        }
    }

    /// Every process of the attempt is gone, or goes while we look: no limit of time, because a
    /// process that stays for good is a failure however long it takes to say so.
    pub(crate) fn assert_that_nothing_is_left(&self) {
        let mark = self.mark.to_str().unwrap().as_bytes();
        let is_left = || {
            let Ok(processes) = fs::read_dir("/proc") else {
                return false;
            };
            processes.flatten().any(|process| {
                let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
                command.windows(mark.len()).any(|window| window == mark)
            })
        };
        for _ in 0..200 {
            if !is_left() {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("a process of {} is left", self.mark.display());
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let _never_made = fs::remove_file(&self.mark);
    }
}

/// A suite that asks for 300 tokens, of `user-0` to `user-299`; every identity but the troubled
/// one is so many characters longer.
pub(crate) fn numbered(longer: usize) -> Suite {
    let text = numbered_text(longer);
    Suite::parse("numbered.yaml", &text).unwrap_or_else(|error| panic!("{error}"))
}

/// The text of that suite.
pub(crate) fn numbered_text(longer: usize) -> String {
    let mut text = String::from(
        r#"macproof: 1
suite: numbered
version: 1
title: Numbered
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}}
  message: "{user_id}"
  token: "{mac:hex}"
requirements:
  exact: {level: must, basis: practice, text: "The token is exact."}
vectors:
"#,
    );
    for number in 0..300 {
        let mut user = format!("user-{number}");
        if number != TROUBLED {
            user.extend(std::iter::repeat_n('x', longer));
        }
        let token = hex::encode(Algorithm::HmacSha256.mac(b"secret", user.as_bytes()));
        writeln!(
            text,
            "  - {{id: user-{number}, shows: [exact], op: sign, secret: secret, \
             fields: {{user_id: {user}}}, expect: {{token: {token:?}}}}}"
        )
        .unwrap();
    }
    text
}

pub(crate) fn verdicts(output: &RunOutput<'_>) -> Vec<Verdict> {
    let verdict = |one: &macproof::results::Observation<'_>| one.verdict(Level::Must);
    output.observations.iter().map(verdict).collect()
}

/// What the troubled case of an adapter fails by.
fn failure(name: &str) -> Failure {
    Attempt::against(name).failure()
}

/// Why an adapter cannot be used at all, in the words of the error.
fn refusal(attempt: &Attempt) -> (RunError, String) {
    let error = attempt.run().unwrap_err();
    let words = error.to_string();
    assert!(words.starts_with("cannot use the adapter: "), "{words}");
    assert!(!words.contains('\n'), "{words}");
    (error, words)
}

#[test(needs(PYTHON))]
fn an_honest_adapter_passes() {
    let attempt = Attempt::against("honest");
    let (output, observed) = attempt.run_with_trouble();
    assert!(matches!(observed, Observed::Outcome(Outcome::Token(_))));
    assert_eq!(output.restarts, 0);
    assert_eq!(output.notes, [""; 0]);
    assert_eq!(
        output.progress,
        Progress {
            done: 300,
            total: 300
        }
    );
}

#[test(needs(PYTHON))]
fn a_missing_adapter_is_named() {
    let mut attempt = Attempt::against("honest");
    attempt.command = AdapterCommand::new("no-such-program-anywhere", ["x"]);
    let (error, words) = refusal(&attempt);
    assert!(matches!(
        error,
        RunError::Adapter(AdapterError::NotFound { .. })
    ));
    assert!(words.contains("no-such-program-anywhere"));
}

#[test(needs(PYTHON))]
fn exits_at_once() {
    let attempt = Attempt::against("exits_at_once");
    let (_, words) = refusal(&attempt);
    assert_eq!(
        words,
        "cannot use the adapter: it exited before its hello: exit status 1; \
         its stderr ends: \"ModuleNotFoundError: No module named 'acme'\""
    );
}

#[test(needs(PYTHON))]
fn prints_rubbish() {
    let attempt = Attempt::against("prints_rubbish");
    let (error, words) = refusal(&attempt);
    assert!(matches!(
        error,
        RunError::Adapter(AdapterError::BadHello { .. })
    ));
    assert!(words.contains("\"Welcome to ACME!\""), "{words}");
}

#[test(needs(PYTHON))]
fn says_nothing() {
    let mut attempt = Attempt::against("says_nothing");
    attempt.options.limits.start_up = PATIENCE;
    let (error, words) = refusal(&attempt);
    assert!(matches!(
        error,
        RunError::Adapter(AdapterError::NoHello { .. })
    ));
    assert!(words.contains("within 1000 ms"), "{words}");
    assert!(words.contains("waiting for the database"), "{words}");
}

#[test(needs(PYTHON))]
fn speaks_version_2() {
    let attempt = Attempt::against("speaks_version_2");
    let (_, words) = refusal(&attempt);
    assert!(words.contains("version 2"), "{words}");
}

#[test(needs(PYTHON))]
fn never_answers() {
    let mut attempt = Attempt::against("never_answers");
    attempt.options.limits.answer = Duration::from_millis(200);
    let (error, words) = refusal(&attempt);
    assert!(matches!(error, RunError::NoAnswer(Failure::TimedOut(200))));
    assert!(words.contains("no answer within 200 ms"), "{words}");
}

#[test(needs(PYTHON))]
fn chatters() {
    let attempt = Attempt::against("chatters");
    let (error, words) = refusal(&attempt);
    assert!(matches!(error, RunError::NoAnswer(Failure::Protocol(_))));
    assert!(words.contains("\"signing for user-"), "{words}");
}

#[test(needs(PYTHON))]
fn chatters_once() {
    let failure = failure("chatters_once");
    assert!(matches!(&failure, Failure::Protocol(what) if what.contains("\"DEBUG: strange id\"")));
}

#[test(needs(PYTHON))]
fn prints_an_endless_line() {
    let failure = failure("prints_an_endless_line");
    assert!(matches!(&failure, Failure::Protocol(what) if what.contains("longer than 1048576")));
}

#[test(needs(PYTHON))]
fn never_ends_its_line() {
    let failure = failure("never_ends_its_line");
    assert_eq!(failure, Failure::TimedOut(1000));
}

#[test(needs(PYTHON))]
fn answers_twice() {
    let attempt = Attempt::against("answers_twice");
    let (output, observed) = attempt.run_with_trouble();
    let twice = Failure::Protocol("it answered this request twice".into());
    assert_eq!(observed, Observed::Failed(twice));
    assert_eq!(output.restarts, 0);
}

#[test(needs(PYTHON))]
fn answers_an_unknown_id() {
    let failure = failure("answers_an_unknown_id");
    assert!(matches!(&failure, Failure::Protocol(what) if what.contains("the id 1000000000")));
}

#[test(needs(PYTHON))]
fn protocol_errors_show_the_problem_then_both_ends_of_the_line() {
    let failure = failure("says_two_things");
    let Failure::Protocol(why) = &failure else {
        panic!("{failure:?}");
    };
    // It stands as it came: the report that shows it escapes it, once.
    assert!(
        why.starts_with("it has 2 results; expected exactly one of "),
        "{why}"
    );
    assert!(why.contains("; it answered \"{\"id\": "), "{why}");
    assert!(why.ends_with("}\""), "{why}");
}

#[test(needs(PYTHON))]
fn answers_without_id() {
    let failure = failure("answers_without_id");
    assert!(matches!(&failure, Failure::Protocol(what) if what.contains("it has no id")));
}

#[test(needs(PYTHON))]
fn errors_with_a_request_id_cost_no_restart() {
    for name in ["answers_a_number", "says_two_things"] {
        let attempt = Attempt::against(name);
        let (output, observed) = attempt.run_with_trouble();
        assert!(
            matches!(&observed, Observed::Failed(Failure::Protocol(_))),
            "{observed:?}"
        );
        assert_eq!(output.restarts, 0, "{name}");
    }
}

#[test(needs(PYTHON))]
fn answers_late() {
    let failure = failure("answers_late");
    assert_eq!(failure, Failure::TimedOut(1000));
}

#[test(needs(PYTHON))]
fn hangs() {
    let failure = failure("hangs");
    assert_eq!(failure, Failure::TimedOut(1000));
}

#[test(needs(PYTHON))]
fn hangs_and_ignores_sigterm() {
    let failure = failure("hangs_and_ignores_sigterm");
    assert_eq!(failure, Failure::TimedOut(1000));
}

#[test(needs(PYTHON))]
fn stops_reading() {
    let mut attempt = Attempt::against("stops_reading");
    // More than any pipe holds.
    attempt.suites = vec![numbered(20_000)];
    assert_eq!(attempt.failure(), Failure::TimedOut(1000));
}

#[test(needs(PYTHON))]
fn crashes() {
    let attempt = Attempt::against("crashes");
    let (output, observed) = attempt.run_with_trouble();
    let how = "exit status 7; its stderr ends: \"fatal: out of luck\"";
    assert_eq!(observed, Observed::Failed(Failure::Crashed(how.into())));
    assert!(output.restarts >= 2);
    // Its case answers for every one of them.
    assert_eq!(output.unanswered.count, 0);
    let restarts = format!("the adapter was restarted {} times", output.restarts);
    assert_eq!(output.notes, [restarts]);
}

#[test(needs(PYTHON))]
fn crashes_by_a_signal() {
    let failure = failure("crashes_by_a_signal");
    assert_eq!(failure, Failure::Crashed("signal 11 (SIGSEGV)".into()));
}

#[test(needs(PYTHON))]
fn crashes_once() {
    let attempt = Attempt::against("crashes_once");
    let (output, observed) = attempt.run_with_trouble();
    assert!(matches!(observed, Observed::Outcome(Outcome::Token(_))));
    assert_eq!(output.restarts, 1);
    // No case answers for it: without a word more the run would be as green as any.
    assert_eq!(output.unanswered.count, 1);
    let [reason] = output.unanswered.reasons.as_slice() else {
        panic!("{:?}", output.unanswered);
    };
    assert_eq!((reason.kind, reason.count), (RestartKind::Crash, 1));
    assert!(reason.first.contains("exit status 7"), "{}", reason.first);
    let [note, restarts] = output.notes.as_slice() else {
        panic!("{:?}", output.notes);
    };
    assert!(note.contains("exit status 7"), "{note}");
    assert!(note.contains("did not recur"), "{note}");
    assert_eq!(restarts, "the adapter was restarted once");
}

#[test(needs(PYTHON))]
fn dies_after_an_answer() {
    let attempt = Attempt::against("dies_after_an_answer");
    let (output, observed) = attempt.run_with_trouble();
    assert!(matches!(observed, Observed::Outcome(Outcome::Token(_))));
    assert!(output.restarts >= 2);
}

#[test(needs(PYTHON))]
fn ends_after_each_answer() {
    let mut attempt = Attempt::against("ends_after_each_answer");
    attempt.options.shard = Some("1/20".parse().unwrap());
    let output = attempt.run().unwrap();
    assert_eq!(output.observations.len(), 15);
    assert!(verdicts(&output).iter().all(|&v| v == Verdict::Pass));
    assert_eq!(output.unanswered.count, output.restarts);
    assert!(output.restarts >= 14, "{}", output.restarts);
}

#[test(needs(PYTHON))]
fn breaks_down() {
    let attempt = Attempt::against("breaks_down");
    let output = attempt.run().unwrap();
    let Ending::Broken(error) = &output.ending else {
        panic!("{:?}", output.ending);
    };
    assert!(error.to_string().contains("the licence has expired"));
    // One answer was for the smoke check.
    let verdicts = verdicts(&output);
    let passed = verdicts.iter().filter(|&&v| v == Verdict::Pass).count();
    assert_eq!(passed, 59);
    let errors = verdicts.iter().filter(|&&v| v == Verdict::Error).count();
    let skipped = verdicts.iter().filter(|&&v| v == Verdict::Skipped).count();
    assert_eq!(passed + errors + skipped, 300);
    assert!(skipped > 0 && errors <= 20);
}

#[test(needs(PYTHON))]
fn leaves_a_child() {
    let failure = failure("leaves_a_child");
    assert_eq!(failure, Failure::Crashed("exit status 7".into()));
}

#[test(needs(PYTHON))]
fn leaves_a_daemon() {
    let attempt = Attempt::against("leaves_a_daemon");
    assert_eq!(attempt.failure(), Failure::Crashed("exit status 7".into()));
}

#[test(needs(PYTHON))]
fn floods_stderr() {
    let attempt = Attempt::against("floods_stderr");
    let (output, observed) = attempt.run_with_trouble();
    assert!(matches!(observed, Observed::Outcome(Outcome::Token(_))));
    assert_eq!(output.restarts, 0);
}

#[test(needs(PYTHON))]
fn closes_stdout() {
    let failure = failure("closes_stdout");
    let how = "it closed its stdout and kept running";
    assert_eq!(failure, Failure::Crashed(how.into()));
}

#[test(needs(PYTHON))]
fn answers_backwards() {
    let attempt = Attempt::against("answers_backwards");
    let (output, observed) = attempt.run_with_trouble();
    assert!(matches!(observed, Observed::Outcome(Outcome::Token(_))));
    assert_eq!(output.restarts, 0);
}

#[test(needs(PYTHON))]
fn changes_its_mind() {
    let mut attempt = Attempt::against("changes_its_mind");
    attempt.options.repeat = 5;
    let (output, observed) = attempt.run_with_trouble();
    assert!(
        matches!(
            &observed,
            Observed::Unstable(Outcome::Token(_), Outcome::Token(_))
        ),
        "{observed:?}"
    );
    assert_eq!(output.progress.done, 1500);
}

#[test(needs(PYTHON))]
fn says_more_than_bye() {
    let attempt = Attempt::against("says_more_than_bye");
    let (output, observed) = attempt.run_with_trouble();
    assert!(matches!(observed, Observed::Outcome(Outcome::Token(_))));
    assert_eq!(
        output.notes,
        [
            "the adapter wrote \"Thank you for choosing ACME!\" without a request",
            "the adapter ended with exit status 3 after the bye"
        ]
    );
}

#[test(needs(PYTHON))]
fn misbehaves_in_many_ways() {
    let attempt = Attempt::against("misbehaves_in_many_ways");
    let output = attempt.run().unwrap();
    assert!(matches!(output.ending, Ending::Whole));
    for (number, verdict) in verdicts(&output).into_iter().enumerate() {
        let is_bad = number * 7 % 100 < 8;
        let expected = if is_bad {
            Verdict::Error
        } else {
            Verdict::Pass
        };
        assert_eq!(verdict, expected, "user-{number}");
    }
}

/// Whatever fails now and then and never at the same request: every case passes, and every restart
/// is counted by what happened, however many requests are under way and however the work is shared.
#[test(needs(PYTHON))]
fn failures_that_no_case_reproduces_are_counted() {
    for (way, kind, between) in [
        ("dies", RestartKind::Crash, 50),
        ("dies", RestartKind::Crash, 7),
        ("chatters", RestartKind::Protocol, 50),
        ("sleeps", RestartKind::TimeOut, 120),
    ] {
        for (jobs, repeat) in [(1, 1), (2, 2)] {
            let mut attempt = Attempt::against("fails_now_and_then");
            let mut arguments = attempt.command.arguments().to_vec();
            arguments.extend([way.into(), between.to_string().into()]);
            attempt.command = AdapterCommand::new("python3", arguments);
            attempt.options.jobs = jobs;
            attempt.options.repeat = repeat;
            let output = attempt.run().unwrap();
            assert!(matches!(output.ending, Ending::Whole));
            assert!(verdicts(&output).iter().all(|&v| v == Verdict::Pass));
            assert!(output.restarts > 0);
            assert_eq!(output.unanswered.count, output.restarts, "{way} {jobs}");
            let [reason] = output.unanswered.reasons.as_slice() else {
                panic!("{:?}", output.unanswered);
            };
            assert_eq!((reason.kind, reason.count), (kind, output.restarts));
            assert_eq!(output.rounds, repeat);
        }
    }
}

/// A request that fails before the cases are asked, to see whether the adapter works at all, is no
/// less a failure for that.
#[test(needs(PYTHON))]
fn failures_before_the_cases_are_counted() {
    let attempt = Attempt::against("fails_at_first");
    let output = attempt.run().unwrap();
    assert!(verdicts(&output).iter().all(|&v| v == Verdict::Pass));
    assert_eq!(output.unanswered.count, 1);
    assert_eq!(output.unanswered.reasons[0].kind, RestartKind::Crash);
    let said = |note: &String| note.starts_with("a request failed at first");
    assert!(output.notes.iter().any(said), "{:?}", output.notes);
}
