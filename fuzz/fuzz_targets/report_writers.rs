//! Asserts: whatever an implementation says, the reports are well-formed: JSON that reads back as the same document, XML that an XML reader takes, and no control character for a terminal.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use macproof::protocol::{HelloChanges, ImplementationInfo};
use macproof::report::{self, HumanOptions};
use macproof::results::{Circumstances, Document, Failure, KnownFailures, Observation, Observed, Redaction, Restarts, conclude};
use macproof::signature::{Denial, Outcome, Request};
use macproof::suite::{Level, Suite};
use macproof_fuzz::SUITES;

static ONE: LazyLock<&Suite> = LazyLock::new(|| &SUITES[0]);

fuzz_target!(|input: (&str, &str, Vec<(u8, String)>)| {
    let (name, note, said) = input;
    let observed = |(kind, text): &(u8, String)| match kind % 8 {
        0 => Observed::Outcome(Outcome::Token(text.clone())),
        1 => Observed::Outcome(Outcome::Accept),
        2 => Observed::Outcome(Outcome::Reject(Denial {
            code: Some(text.clone()),
            status: None,
        })),
        3 => Observed::Outcome(Outcome::Refused(text.clone())),
        4 => Observed::Outcome(Outcome::Threw(text.clone())),
        5 => Observed::Failed(Failure::Crashed(text.clone())),
        6 => Observed::Skipped(text.clone()),
        _ => Observed::Unstable(Outcome::Accept, Outcome::Threw(text.clone())),
    };
    let suite = *ONE;
    let observations = std::iter::zip(&suite.vectors, &said)
        .map(|(vector, said)| Observation {
            suite,
            vector,
            request: std::borrow::Cow::Owned(Request {
                fields: vector.request.fields.clone().with("said", said.1.as_str()),
                ..vector.request.clone()
            }),
            right: None,
            expect: std::borrow::Cow::Borrowed(&vector.expect),
            observed: observed(said),
        })
        .collect::<Vec<_>>();
    let circumstances = Circumstances {
        hello_changes: HelloChanges::default(),
        started: "2026-11-21T08:00:00Z".to_owned(),
        duration_ms: 1,
        implementation: ImplementationInfo {
            name: name.to_owned(),
            version: Some(note.to_owned()),
            language: None,
            notes: Some(note.to_owned()),
        },
        adapter: name.to_owned(),
        judged_itself: false,
        arguments: Vec::new(),
        level: Level::Must,
        seed: 0,
        repeat: 1,
        rounds: 1,
        restarts: Restarts::default(),
        interruption: None,
        left_out: Vec::new(),
        notes: vec![note.to_owned()],
        shard: None,
        redaction: Redaction::none(),
    };
    let result = conclude(circumstances, observations, &KnownFailures::none(), "2026-11-21");
    let document: Document = result.into();
    let json = report::json(&document);
    assert_eq!(report::read::<Document>(json.as_bytes()).unwrap(), document);
    let xml = report::junit(&document);
    quick_junit::Report::deserialize_from_str(&xml).expect("the report is XML");
    let human = report::human(&document, &HumanOptions::default());
    assert!(human.chars().all(|c| c == '\n' || !c.is_control()), "{human:?}");
});
