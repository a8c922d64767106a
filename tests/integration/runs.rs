//! Runs against real processes: what is chosen, in which order and by how many it is asked, and
//! how a run comes to its end.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use macproof::adapters::AdapterCommand;
use macproof::results::{Observed, Verdict};
use macproof::runner::{Ending, FailFast, RunError, RunOptions, run};
use macproof::signature::Outcome;
use macproof::suite::{Level, Suite};

use crate::bad_adapters::{Attempt, verdicts};
use crate::harness::test;

/// What was observed of each case by its id.
fn observed(attempt: &Attempt) -> Vec<(String, Observed)> {
    let output = attempt.run().unwrap();
    assert!(matches!(output.ending, Ending::Whole));
    let observed = output.observations.into_iter().map(|one| {
        let id = one.suite.case_id(one.vector).to_string();
        (id, one.observed)
    });
    observed.collect()
}

#[test(needs(PYTHON))]
fn jobs_order_and_rounds_do_not_change_observations() {
    let mut attempt = Attempt::against("errs");
    let first = observed(&attempt);
    assert_eq!(first.len(), 300);
    assert_eq!(first[14].0, "numbered/user-14");
    assert_eq!(
        first[14].1,
        Observed::Outcome(Outcome::Token("wrong".into()))
    );
    assert_eq!(
        first[17].1,
        Observed::Unsupported {
            reason: "seventeen".into(),
            declared: true
        }
    );
    for (jobs, seed, repeat) in [(1, 5, 1), (3, 0, 1), (2, 7, 4)] {
        attempt.options = RunOptions {
            jobs,
            seed,
            repeat,
            ..attempt.options.clone()
        };
        assert_eq!(observed(&attempt), first);
    }
}

#[test(needs(PYTHON))]
fn the_shards_make_up_the_whole() {
    let mut attempt = Attempt::against("errs");
    let whole = observed(&attempt);
    let mut parts = Vec::new();
    for number in 1..=3 {
        attempt.options.shard = Some(format!("{number}/3").parse().unwrap());
        let output = attempt.run().unwrap();
        assert_eq!(output.left_out.len(), 1);
        assert_eq!(output.left_out[0].cases, 200);
        parts.extend(observed(&attempt));
    }
    parts.sort_by_key(|(id, _)| whole.iter().position(|(known, _)| known == id));
    assert_eq!(parts, whole);
}

#[test(needs(PYTHON))]
fn a_filtered_run_states_what_was_left_out() {
    let mut attempt = Attempt::against("errs");
    attempt.options.filter = Some("*/user-1?".parse().unwrap());
    let output = attempt.run().unwrap();
    assert_eq!(output.observations.len(), 10);
    assert_eq!(output.left_out[0].cases, 290);
    assert_eq!(
        output.left_out[0].what,
        "not selected by --filter '*/user-1?'"
    );
    attempt.options.filter = Some("nothing".parse().unwrap());
    let error = attempt.run().unwrap_err();
    assert!(matches!(error, RunError::NoCase(_)));
    assert_eq!(
        error.to_string(),
        "no cases to run; 300 of them are not selected by --filter 'nothing'"
    );
}

#[test(needs(PYTHON))]
fn undeclared_operations_are_not_requested() {
    let mut attempt = Attempt::against("claims_little");
    attempt.suites.push(timed());
    attempt.suites[0].vectors.truncate(3);
    attempt.suites[0].vectors[1].input = macproof::suite::InputKind::Bytes;
    let output = attempt.run().unwrap();
    let seen: Vec<&Observed> = output
        .observations
        .iter()
        .map(|one| &one.observed)
        .collect();
    assert!(matches!(seen[0], Observed::Outcome(Outcome::Token(_))));
    let reason = "the adapter does not declare the input bytes";
    assert_eq!(*seen[1], Observed::NotApplicable(reason.into()));
    assert!(matches!(seen[2], Observed::Outcome(_)));
    let verify = output
        .observations
        .iter()
        .find(|one| one.vector.id.as_str() == "accepted");
    let reason = "the adapter does not declare the operation verify";
    assert_eq!(
        verify.unwrap().observed,
        Observed::NotApplicable(reason.into())
    );
}

#[test(needs(PYTHON))]
fn a_run_stops_at_the_first_failure_that_is_not_tolerated() {
    let mut attempt = Attempt::against("errs");
    attempt.options.fail_fast = Some(FailFast {
        level: Level::Must,
        tolerated: &|id| id.as_str() != "numbered/user-259",
    });
    let output = attempt.run().unwrap();
    assert!(matches!(output.ending, Ending::FailedFast));
    let verdicts = verdicts(&output);
    assert_eq!(verdicts[259], Verdict::Fail);
    assert!(verdicts.contains(&Verdict::Pass));
    for (verdict, one) in std::iter::zip(&verdicts, &output.observations) {
        if let Observed::Skipped(why) = &one.observed {
            assert_eq!(why, "another case failed first");
            assert_eq!(*verdict, Verdict::Skipped);
        }
    }
    attempt.options.fail_fast = Some(FailFast {
        level: Level::Must,
        tolerated: &|_| true,
    });
    assert!(matches!(attempt.run().unwrap().ending, Ending::Whole));
}

#[test(needs(PYTHON))]
fn an_interrupted_run_reports_what_was_done() {
    let attempt = Attempt::against("hangs");
    let interrupt = AtomicBool::new(false);
    let calls = Cell::new(0);
    let options = RunOptions {
        // Far longer than this test may take: only the interrupt can end it.
        limits: macproof::adapters::Limits::default(),
        filter: Some("*/user-13?".parse().unwrap()),
        ..attempt.options.clone()
    };
    let output = run(
        &attempt.suites,
        &attempt.command.clone(),
        &options,
        &interrupt,
        &|| 0,
        &|_| {
            calls.set(calls.get() + 1);
            interrupt.store(calls.get() >= 5, Ordering::Relaxed);
        },
    )
    .unwrap();
    attempt.assert_that_nothing_is_left();
    assert!(matches!(output.ending, Ending::Interrupted));
    let skipped = Observed::Skipped("interrupted".into());
    assert_eq!(output.observations.len(), 10);
    assert_eq!(output.observations[7].observed, skipped);
    for one in &output.observations {
        assert!(matches!(
            one.observed,
            Observed::Outcome(_) | Observed::Skipped(_)
        ));
    }
}

/// A suite whose tokens carry a time.
fn timed() -> Suite {
    let text = r#"macproof: 1
suite: timed
version: 1
title: Timed
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}, timestamp: {type: unix-seconds}}
  message: "{user_id}-{timestamp}"
  token: "{mac:hex}-{timestamp}"
requirements:
  exact: {level: must, basis: practice, text: "It is exact."}
vectors:
  - {id: signed, shows: [exact], op: sign, secret: s, fields: {user_id: a, timestamp: 1741761604}, expect: {token: "TOKEN"}}
  - {id: accepted, shows: [exact], op: verify, secret: s, fields: {user_id: a}, token: "TOKEN", now: 1741761604, expect: {outcome: accept}}
  - {id: changed, shows: [exact], op: verify, secret: s, fields: {user_id: a}, token: "TOKEN0", now: 1741761604, expect: {outcome: reject}}
  - {id: old, shows: [exact], op: verify, secret: s, fields: {user_id: a}, token: "TOKEN", now: 1741761704, expect: {outcome: accept}}
"#;
    let parse = |text: &str| Suite::parse("timed.yaml", text).unwrap();
    let suite = parse(text);
    let request = &suite.vectors[0].request;
    let token = suite
        .scheme
        .sign(&request.secrets, &request.fields)
        .unwrap();
    parse(&text.replace("TOKEN", &token))
}

#[test(needs(PYTHON))]
fn an_implementation_with_its_own_clock_runs_at_the_current_time() {
    for (wrong_by, expected) in [
        ("0", [Verdict::Pass, Verdict::Pass, Verdict::Pass]),
        ("-60", [Verdict::Fail, Verdict::Fail, Verdict::Pass]),
    ] {
        let mut attempt = Attempt::against("uses_the_real_time");
        let mut arguments = attempt.command.arguments().to_vec();
        arguments.push(wrong_by.into());
        attempt.command = AdapterCommand::new("python3", arguments);
        attempt.suites = vec![timed()];
        attempt.options.repeat = 300;
        let interrupt = AtomicBool::new(false);
        let now = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let output = run(
            &attempt.suites,
            &attempt.command.clone(),
            &attempt.options,
            &interrupt,
            &now,
            &|_| {},
        )
        .unwrap();
        attempt.assert_that_nothing_is_left();
        let verdicts = verdicts(&output);
        assert_eq!(verdicts[..3], expected, "{:?}", output.observations);
        // It is asked of a token of that age, which the suite accepts and the adapter does not.
        assert_eq!(verdicts[3], Verdict::Fail);
        assert_eq!(output.progress.done, 1200);
    }
}
