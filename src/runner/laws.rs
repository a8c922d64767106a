//! What holds of every run, whatever answers and in whatever order.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use crate::adapters::{MockTransport, Treatment};
use crate::protocol::{Hello, Reply};
use crate::results::{Failure, Observation, Observed, is_failure};
use crate::runner::{Ending, RunError, RunOptions, RunOutput, run};
use crate::scheme::{Implementation as _, Reference};
use crate::signature::{Outcome, Request};
use crate::suite::{Level, Suite, embedded};

/// A tenth of a suite.
fn suite() -> Suite {
    let mut suite = embedded().next().unwrap().parsed().clone();
    let mut at = 0;
    suite.vectors.retain(|_| {
        at += 1;
        at % 10 == 0
    });
    suite
}

/// What tells one request from another.
fn key(request: &Request) -> String {
    serde_json::to_string(request).unwrap()
}

/// A number that depends on the request alone.
fn number(request: &Request) -> u64 {
    let bytes = key(request).into_bytes();
    bytes.iter().fold(7, |sum: u64, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
    })
}

/// Runs the suite against a function; tells how often each request was sent.
fn ran<'s>(
    suites: &'s [Suite],
    options: &RunOptions<'_>,
    treatment: impl Fn(&Request, u64) -> Treatment + Send + Sync + 'static,
) -> Result<(RunOutput<'s>, HashMap<String, u64>), RunError> {
    let hello = Hello::parse(br#"{"protocol":1,"implementation":{"name":"mock"}}"#).unwrap();
    let sent: Arc<Mutex<HashMap<String, u64>>> = Arc::default();
    let counted = Arc::clone(&sent);
    let mock = MockTransport::new(hello, move |request| {
        let mut sent = counted.lock().unwrap();
        let times = sent.entry(key(request)).or_default();
        *times += 1;
        treatment(request, *times)
    });
    let interrupt = AtomicBool::new(false);
    let output = run(suites, &mock, options, &interrupt, &|| 0, &|_| {})?;
    let sent = sent.lock().unwrap().clone();
    Ok((output, sent))
}

/// What was observed of the cases that apply.
fn asked<'o, 's>(output: &'o RunOutput<'s>) -> impl Iterator<Item = &'o Observation<'s>> {
    let observations = output.observations.iter();
    observations.filter(|one| !matches!(one.observed, Observed::NotApplicable(_)))
}

fn right(suite: &Suite, request: &Request) -> Treatment {
    let outcome = Reference::default().call(&request.call(&suite.scheme));
    Treatment::Reply(Reply::Outcome(outcome))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_case_is_asked_in_every_round_and_only_what_failed_is_told_as_failed(
        jobs in 1_usize..5,
        repeat in 1_u64..4,
        seed in any::<u64>(),
        spared in 2_u64..9,
    ) {
        let suites = [suite()];
        let options = RunOptions { seed, jobs, repeat, ..RunOptions::default() };
        let planted = suite();
        let fails = move |request: &Request| number(request).is_multiple_of(spared);
        let output = ran(&suites, &options, move |request, _| {
            if fails(request) {
                Treatment::Failure(Failure::Protocol("planted".to_owned()))
            } else {
                right(&planted, request)
            }
        });
        // An implementation whose first answers all fail is not judged.
        prop_assume!(!matches!(output, Err(RunError::NoAnswer(_))));
        let (output, sent) = output.unwrap();
        prop_assert!(matches!(output.ending, Ending::Whole));
        prop_assert_eq!(output.rounds, repeat);
        let smoked: u64 = sent.values().map(|times| times % repeat).sum();
        prop_assert!(repeat == 1 || smoked <= 3, "{smoked} requests beside the rounds");
        for one in asked(&output) {
            let is_failure = matches!(one.observed, Observed::Failed(_));
            prop_assert_eq!(is_failure, fails(&one.request));
            prop_assert!(sent[&key(&one.request)] >= repeat);
        }
    }
}

#[test]
fn an_answer_that_changes_between_rounds_does_not_pass() {
    let suites = [suite()];
    let options = RunOptions {
        repeat: 3,
        ..RunOptions::default()
    };
    let planted = suite();
    let scheme = suite().scheme;
    let wavers = move |request: &Request| {
        let right = Reference::default().call(&request.call(&scheme));
        matches!(right, Outcome::Token(_)) && number(request).is_multiple_of(2)
    };
    let wavers = Arc::new(wavers);
    let planted_wavers = Arc::clone(&wavers);
    // Requests that several cases share are sent more often than three times.
    let ran = ran(&suites, &options, move |request, times| {
        if planted_wavers(request) && times.is_multiple_of(2) {
            let threw = Outcome::Threw("now and then".to_owned());
            Treatment::Reply(Reply::Outcome(threw))
        } else {
            right(&planted, request)
        }
    });
    let (output, _) = ran.unwrap();
    let mut wavering = 0;
    for one in asked(&output) {
        let verdict = one.verdict(Level::Must);
        if wavers(&one.request) {
            // One of several cases with the same request may have had the right answer each time.
            wavering += usize::from(is_failure(verdict));
        } else {
            assert!(!is_failure(verdict), "{}: {verdict:?}", one.vector.id);
        }
    }
    assert!(wavering > 3);
}
