//! Parts make up the whole.

use super::{MergeError, merge};
use crate::results::fixture::{
    TODAY, accept, circumstances, reject, small_suite, suite, threw, token,
};
use crate::results::{
    Document, KnownFailures, Observation, Observed, RestartKind, RunResult, ScopeNote,
    ShardSummary, conclude,
};
use crate::signature::Op;
use crate::suite::{Basis, Expect, Level, Suite};

const LIST: &str = "\
- {case: acme/forged, expect: accept, reason: x}
- {case: '*/gone', expect: accept, reason: x}
- {case: acme/throws, expect: accept, reason: x, expires: 2020-01-01}
";

fn bolt() -> Suite {
    suite("bolt")
        .requires("r", Level::May, Basis::Document, "R.")
        .shows("a", &["r"], Op::Verify, Expect::Observe("accepts a".into()))
        .shows("b", &["r"], Op::Verify, Expect::Observe("accepts b".into()))
        .shows("c", &["r"], Op::Verify, Expect::Observe("accepts c".into()))
}

fn observations<'s>(acme: &'s Suite, bolt: &'s Suite) -> Vec<Observation<'s>> {
    vec![
        acme.observe("signs", token("ab")),
        acme.observe("forged", accept()),
        acme.observe("throws", threw("x")),
        acme.observe("upper", Observed::NotApplicable("no".into())),
        bolt.observe("a", accept()),
        bolt.observe("b", reject()),
        bolt.observe("c", Observed::NotApplicable("no".into())),
    ]
}

/// A whole run, and its parts as `--shard` produces them.
fn whole_and_parts(count: usize, filtered: bool) -> (RunResult, Vec<RunResult>) {
    let (acme, bolt) = (small_suite(), bolt());
    let known = KnownFailures::parse("known.yaml", LIST).unwrap();
    let mut circumstances = circumstances();
    if filtered {
        circumstances.left_out.push(ScopeNote {
            what: "not selected".into(),
            cases: 9,
        });
    }
    let all = observations(&acme, &bolt);
    let whole = conclude(circumstances.clone(), all.clone(), &known, TODAY);
    let part = |number: usize| {
        let mut circumstances = circumstances.clone();
        let of_it: Vec<_> = all
            .iter()
            .skip(number - 1)
            .step_by(count)
            .cloned()
            .collect();
        circumstances.left_out.push(ScopeNote {
            what: format!("not in the part {number}/{count}"),
            cases: (all.len() - of_it.len()) as u64,
        });
        circumstances.shard = Some(ShardSummary {
            number: number as u64,
            count: count as u64,
        });
        conclude(circumstances, of_it, &known, TODAY)
    };
    (whole, (1..=count).map(part).collect())
}

#[test]
fn the_parts_make_up_the_whole() {
    let known = KnownFailures::parse("known.yaml", LIST).unwrap();
    for (count, filtered) in [(1, false), (2, false), (3, false), (3, true), (7, false)] {
        let (mut whole, mut parts) = whole_and_parts(count, filtered);
        parts.reverse();
        let Document::Run(joined) = merge(parts, Some(&known)).unwrap() else {
            panic!("one run");
        };
        whole.duration_ms = joined.duration_ms;
        assert_eq!(
            serde_json::to_string_pretty(&*joined).unwrap(),
            serde_json::to_string_pretty(&whole).unwrap(),
            "{count} parts"
        );
    }
}

#[test]
fn without_the_list_the_verdicts_are_kept() {
    let (whole, parts) = whole_and_parts(3, false);
    let document = merge(parts, None).unwrap();
    let [joined] = document.runs() else {
        panic!("one run")
    };
    assert_eq!(joined.cases, whole.cases);
    assert_eq!(joined.counts, whole.counts);
    assert_eq!(joined.scope, whole.scope);
    // Only an entry that could match any suite is not reported.
    assert_eq!(joined.gate.failed.len() + 1, whole.gate.failed.len());
}

#[test]
fn restarts_add_up_and_an_interrupted_part_interrupts_the_whole() {
    let (_, mut parts) = whole_and_parts(3, false);
    for (part, restarts) in parts.iter_mut().zip([0, 2, 3]) {
        for _ in 0..restarts {
            part.restarts
                .add(RestartKind::Crash, "exit status 1".into());
        }
        part.restarts.allowed = 4;
    }
    (parts[1].repeat, parts[1].repeat_asked) = (0, Some(1));
    let merged = |parts: &[RunResult]| {
        let document = merge(parts.to_vec(), None).unwrap();
        document.runs()[0].clone()
    };
    let whole = merged(&parts);
    assert_eq!((whole.restarts.count, whole.restarts.allowed), (5, 4));
    assert_eq!((whole.repeat, whole.repeat_asked), (0, Some(1)));
    assert!(!whole.interrupted);
    parts[1].interrupted = true;
    parts[1].gate.exit_code = 143;
    let whole = merged(&parts);
    assert!(whole.interrupted);
    assert_eq!(whole.gate.exit_code, 143);
}

#[test]
fn runs_of_several_implementations_stay_separate() {
    let (whole, mut parts) = whole_and_parts(2, false);
    let mut other = whole.clone();
    other.implementation.name = "other".into();
    parts.insert(1, other.clone());
    let document = merge(parts, None).unwrap();
    assert_eq!(document.runs().len(), 2);
    assert_eq!(document.runs()[1], other);
    // The same run twice is two runs; they must not be taken for one.
    assert_eq!(
        merge(vec![whole.clone(), whole], None)
            .unwrap()
            .runs()
            .len(),
        2
    );
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let (_, parts) = whole_and_parts(3, false);
    let error = merge(parts[..2].to_vec(), None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "only 2 of 3 parts of acme-identity given; missing: 3"
    );
    let twice = vec![parts[0].clone(), parts[0].clone()];
    assert!(matches!(
        merge(twice, None),
        Err(MergeError::Twice { number: 1, .. })
    ));
    let mut changed = parts.clone();
    changed[1].suites[0].digest = "00".into();
    assert!(matches!(
        merge(changed, None),
        Err(MergeError::OtherSuite { .. })
    ));
    assert_eq!(merge(Vec::new(), None), Err(MergeError::Nothing));
}
