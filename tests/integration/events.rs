//! What is told of a case while a run goes on, and what its document says of it, are one thing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use macproof::adapters::{AdapterCommand, Limits};
use macproof::results::{ObservedKind, Verdict};
use macproof::runner::{Ending, RunOptions, Watcher, WhoseSecret, run};
use macproof::signature::Secret;
use macproof::suite::{Level, Suite};

use crate::bad_adapters::Attempt;
use crate::harness::test;

/// The secret of `wavers.py`.
const OWN: &str = "the-secret-of-the-implementation";

/// Twenty users, each signed for and verified; one of them only observed, and one at a level that
/// does not count.
fn suite() -> Suite {
    let mut text = String::from(
        r#"macproof: 1
suite: events
version: 1
title: Events
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}, timestamp: {type: unix-seconds}}
  message: "{user_id}-{timestamp}"
  token: "{mac:hex}-{timestamp}"
requirements:
  must: {level: must, basis: practice, text: "It does."}
  should: {level: should, basis: practice, text: "It should."}
  may: {level: may, basis: practice, text: "It may."}
vectors:
  - {id: taste, shows: [may], op: sign, secret: s, fields: {user_id: taste, timestamp: 1741761604}, observe: "signs a taste"}
  - {id: bytes, shows: [must], op: sign, secret: s, fields: {user_id: {base64: "/w=="}, timestamp: 1741761604}, expect: {outcome: refused}}
"#,
    );
    for number in 0..20 {
        let shows = if number == 7 { "should" } else { "must" };
        let fields = format!("{{user_id: user-{number}, timestamp: 1741761604}}");
        writeln!(
            text,
            "  - {{id: sign-{number}, shows: [{shows}], op: sign, secret: s, fields: {fields}, expect: {{token: \"TOKEN-{number}.\"}}}}\n  \
             - {{id: accept-{number}, shows: [{shows}], op: verify, secret: s, fields: {{user_id: user-{number}}}, token: \"TOKEN-{number}.\", now: 1741761604, expect: {{outcome: accept}}}}\n  \
             - {{id: reject-{number}, shows: [{shows}], op: verify, secret: s, fields: {{user_id: other}}, token: \"TOKEN-{number}.\", now: 1741761604, expect: {{outcome: reject}}}}"
        )
        .unwrap();
    }
    let parse = |text: &str| Suite::parse("events.yaml", text).unwrap_or_else(|e| panic!("{e}"));
    let unsigned = parse(&text);
    for number in 0..20 {
        let request = &unsigned.vector(&format!("sign-{number}")).unwrap().request;
        let token = unsigned.scheme.sign(&request.secrets, &request.fields);
        text = text.replace(&format!("TOKEN-{number}."), &token.unwrap());
    }
    parse(&text)
}

/// The last that was told of each case, and what the document of the same run has of it.
type Told = BTreeMap<String, (Verdict, Option<ObservedKind>)>;

fn told_and_written(ways: &[&str], secret: WhoseSecret, jobs: usize, repeat: u64) -> (Told, Told) {
    let mut attempt = Attempt::against("wavers");
    let mut arguments = attempt.command.arguments().to_vec();
    arguments.extend(ways.iter().map(|&way| way.into()));
    attempt.command = AdapterCommand::new("python3", arguments);
    attempt.suites = vec![suite()];
    let told = Mutex::new(Told::new());
    let tell = |event: &macproof::runner::CaseEvent<'_>| {
        let id = event.suite.case_id(event.vector).to_string();
        let mut told = told.lock().unwrap();
        told.insert(id, (event.verdict, event.outcome));
    };
    let options = RunOptions {
        // It is never silent, however busy the machine is.
        limits: Limits::default(),
        jobs,
        repeat,
        secret,
        watcher: Some(Watcher {
            level: Level::Must,
            tell: &tell,
        }),
        ..attempt.options.clone()
    };
    let now = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let target = attempt.command.clone();
    let interrupt = AtomicBool::new(false);
    let output = run(
        &attempt.suites,
        &target,
        &options,
        &interrupt,
        &now,
        &|_| {},
    )
    .unwrap();
    assert!(matches!(output.ending, Ending::Whole));
    let written = output.observations.iter().map(|one| {
        let op = one.vector.request.op;
        let verdict = one.verdict(Level::Must);
        let id = one.suite.case_id(one.vector).to_string();
        (id, (verdict, ObservedKind::of(op, &one.observed)))
    });
    let written: Told = written.collect();
    drop(options);
    (told.into_inner().unwrap(), written)
}

/// Over jobs, rounds, whose secret it is and whose clock: every case was told, and what was told
/// last is what is written.
#[test(needs(PYTHON))]
fn the_last_event_of_a_case_matches_the_document() {
    let own = || WhoseSecret::Own(Secret::new(OWN));
    let mut seen = BTreeMap::new();
    for (jobs, repeat) in [(1, 1), (1, 30), (4, 1), (4, 30)] {
        for (ways, secret) in [
            (&[][..], WhoseSecret::Request),
            (&["own"], own()),
            (&["own"], WhoseSecret::Unknown),
            (&["system"], WhoseSecret::Request),
            (&["own", "system"], own()),
            (&["own", "system"], WhoseSecret::Unknown),
        ] {
            let (told, written) = told_and_written(ways, secret.clone(), jobs, repeat);
            assert_eq!(told, written, "{ways:?} {secret:?} {jobs} {repeat}");
            assert_eq!(written.len(), 62);
            for (verdict, _) in written.values() {
                *seen.entry(*verdict).or_insert(0) += 1;
            }
        }
    }
    // It was right and wrong, at every level, and not everything applied.
    for verdict in [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Observed,
        Verdict::NotApplicable,
    ] {
        assert!(seen.contains_key(&verdict), "{verdict}: {seen:?}");
    }
}
