//! Implementations that use the real time, as most do: a sound one is accused of nothing, however
//! slow it is, and one that is wrong about time is found, by `run` and by `fuzz`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use macproof::adapters::{AdapterCommand, Limits, Transport};
use macproof::fuzz::{
    FuzzOptions, VersusCircumstances, VersusOptions, fuzz, saved, versus, versus_document,
};
use macproof::generate::generate;
use macproof::generate::whole;
use macproof::results::{Observed, ObservedKind, Verdict, VersusResult};
use macproof::runner::{Ending, RunOptions, run};
use macproof::suite::{Level, Suite, find};

use crate::harness::test;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/field")
        .join(name)
}

fn text() -> String {
    let scheme = std::fs::read_to_string(file("real_clock/scheme.yaml")).unwrap();
    generate("scheme.yaml", &scheme).unwrap()
}

fn suite() -> Suite {
    Suite::parse("stamped.yaml", &text()).unwrap()
}

/// The adapter with that fault, each of whose answers takes so many seconds.
fn adapter(fault: &str, delay: &str) -> AdapterCommand {
    let script = file("real_clock/adapter.py");
    let script = script.to_str().unwrap();
    AdapterCommand::new("python3", [script, fault, delay])
}

/// The time-out for an answer stays: an age is asked for only with a larger margin to its limit.
fn patient() -> Limits {
    Limits {
        start_up: Duration::from_secs(100),
        ..Limits::default()
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// How many cases were asked, and which of them failed at level must.
fn asked(suite: &Suite, target: &dyn Transport, filter: Option<&str>) -> (usize, Vec<String>) {
    let options = RunOptions {
        limits: patient(),
        filter: filter.map(|filter| filter.parse().unwrap()),
        ..RunOptions::default()
    };
    let interrupt = AtomicBool::new(false);
    let suites = std::slice::from_ref(suite);
    let output = run(suites, target, &options, &interrupt, &now, &|_| {}).unwrap();
    let observations = output.observations.iter();
    let asked: Vec<_> = observations
        .filter(|one| !matches!(one.observed, Observed::NotApplicable(_)))
        .collect();
    let failed = asked.iter().filter(|one| {
        let verdict = one.verdict(Level::Must);
        matches!(verdict, Verdict::Fail | Verdict::Error)
    });
    let failed = failed.map(|one| one.vector.id.to_string()).collect();
    (asked.len(), failed)
}

#[test(needs(PYTHON))]
fn a_conforming_implementation_runs_most_cases_and_passes() {
    let suite = suite();
    let (asked, failed) = asked(&suite, &adapter("none", "0"), None);
    assert_eq!(failed, Vec::<String>::new());
    // All that its inputs allow but what is about one certain time or the edge of a limit.
    assert!(asked * 100 >= suite.vectors.len() * 75, "{asked}");
}

/// Each answer takes a while, and what is in flight waits for seconds.
#[test(needs(PYTHON))]
fn a_slow_implementation_does_not_fail() {
    let (asked, failed) = asked(&suite(), &adapter("none", "0.04"), Some("*/token-*"));
    assert_eq!(failed, Vec::<String>::new());
    assert!(asked > 50, "{asked}");
}

#[test(needs(PYTHON))]
fn mistakes_about_time_are_found() {
    let suite = suite();
    for (fault, filter, caught) in [
        ("age-unchecked", "*/token-*", "token-a-day-too-old"),
        ("larger-limit", "*/token-*", "token-twice-too-old"),
        ("wrong-unit", "*/token-*", "token-one-second-old"),
        ("future-unchecked", "*/token-*", "token-a-day-too-early"),
        ("time-not-signed", "*/time-*", "time-not-signed"),
    ] {
        let (_, failed) = asked(&suite, &adapter(fault, "0"), Some(filter));
        assert!(failed.iter().any(|id| id == caught), "{fault}: {failed:?}");
        // A second of age is nobody's fault.
        if fault != "wrong-unit" && fault != "time-not-signed" {
            assert!(
                failed.iter().all(|id| id.contains("-too-")),
                "{fault}: {failed:?}"
            );
        }
    }
}

/// Such a signer is right for most of each second, and a run takes a tenth of one.
#[test(needs(PYTHON))]
fn a_signer_that_is_wrong_for_part_of_a_second_is_found_at_any_time() {
    let suite = suite();
    for fault in ["rounded", "read-twice"] {
        for _ in 0..3 {
            let (_, failed) = asked(&suite, &adapter(fault, "0"), Some("*/identity-*"));
            assert!(!failed.is_empty(), "{fault}");
        }
    }
}

/// Every case is over when it gives up; what is signed at other moments of a second is not.
#[test(needs(PYTHON))]
fn a_run_that_ends_while_it_is_spread_over_a_second_is_not_whole() {
    let folder = tempfile::tempdir().unwrap();
    let script = file("real_clock/adapter.py");
    let mark = folder.path().join("gave-up");
    let arguments = [
        script.to_str().unwrap(),
        "gives-up",
        "0",
        mark.to_str().unwrap(),
    ];
    let target = AdapterCommand::new("python3", arguments);
    let options = RunOptions {
        limits: patient(),
        filter: Some("*/identity-uuid-in-braces".parse().unwrap()),
        ..RunOptions::default()
    };
    let suites = [suite()];
    let interrupt = AtomicBool::new(false);
    let output = run(&suites, &target, &options, &interrupt, &now, &|_| {}).unwrap();
    assert!(mark.exists());
    assert!(matches!(output.ending, Ending::Broken(_)), "{output:?}");
}

/// What a campaign saves of such an implementation, as suites that were loaded again.
fn fuzzed(suite: &Suite, target: &dyn Transport) -> Vec<Suite> {
    let options = FuzzOptions {
        seed: 3,
        jobs: 1,
        shard: None,
        level: Level::Must,
        cases: Some(1500),
        time: None,
        grown: false,
        max_findings: 20,
        limits: patient(),
        corpus: Vec::new(),
    };
    let began = Instant::now();
    let clock = || -> Duration { began.elapsed() };
    let interrupt = AtomicBool::new(false);
    let suites = std::slice::from_ref(suite);
    let output = fuzz(suites, target, &options, &interrupt, &clock, &now, &|_| {}).unwrap();
    let files = saved(suites, &output).into_iter();
    let texts = files.map(|file| file.yaml.unwrap());
    texts
        .map(|text| Suite::parse("saved.yaml", &text).unwrap())
        .collect()
}

#[test(needs(PYTHON))]
fn fuzz_signs_at_the_current_time() {
    let suite = suite();
    let found = fuzzed(&suite, &adapter("none", "0"));
    let ids: Vec<_> = found
        .iter()
        .flat_map(|suite| &suite.vectors)
        .map(|one| &one.id)
        .collect();
    assert!(ids.is_empty(), "{ids:?}");
    for fault in [
        "age-unchecked",
        "wrong-unit",
        "future-unchecked",
        "time-not-signed",
    ] {
        let target = adapter(fault, "0");
        let found = fuzzed(&suite, &target);
        assert_eq!(found.len(), 1, "{fault}");
        // What was saved shows it again, at another present; but for a limit of less than a second:
        // what was saved of that may be too near to the limit to be asked again.
        if fault != "wrong-unit" {
            let (_, failed) = asked(&found[0], &target, None);
            assert!(!failed.is_empty(), "{fault}");
        }
    }
}

/// Nothing in such a token tells when it was signed: it is compared with those of the seconds
/// between request and answer.
#[test(needs(PYTHON))]
fn fuzz_accuses_no_signer_whose_tokens_carry_no_time() {
    let scheme = std::fs::read_to_string(file("real_clock/scheme.yaml")).unwrap();
    let pairs = r#"{pairs: {t: "{timestamp}", v1: "{mac:hex}"}, separator: ","}"#;
    let bare = scheme.replace(pairs, r#""{mac:hex}""#);
    assert_ne!(scheme, bare);
    let text = generate("scheme.yaml", &bare).unwrap();
    let suite = Suite::parse("bare.yaml", &text).unwrap();
    let found = fuzzed(&suite, &adapter("bare", "0"));
    let ids: Vec<_> = found
        .iter()
        .flat_map(|suite| &suite.vectors)
        .map(|one| &one.id)
        .collect();
    assert!(ids.is_empty(), "{ids:?}");
}

/// V8 quotes half of an emoji in the text of an exception.
#[test(needs(NODE))]
fn a_lone_surrogate_in_a_message_is_not_a_violation() {
    let suite = whole(&find("github-webhook").unwrap()).unwrap();
    let script = file("half_of_a_pair/adapter.mjs");
    let target = AdapterCommand::new("node", [script]);
    let options = RunOptions {
        filter: Some(
            "github-webhook/identity-emoji-with-joiners-verified"
                .parse()
                .unwrap(),
        ),
        ..RunOptions::default()
    };
    let interrupt = AtomicBool::new(false);
    let suites = std::slice::from_ref(&suite);
    let output = run(suites, &target, &options, &interrupt, &now, &|_| {}).unwrap();
    let [one] = &output.observations[..] else {
        panic!("{:?}", output.observations);
    };
    let Observed::Outcome(outcome) = &one.observed else {
        panic!("{:?}", one.observed);
    };
    assert!(
        format!("{outcome:?}").contains("not valid JSON"),
        "{outcome:?}"
    );
}

/// Two implementations of the scheme against each other.
fn against(targets: [&dyn Transport; 2], cases: u64) -> VersusResult {
    let suites = [suite()];
    let options = VersusOptions {
        seed: 1,
        cases: Some(cases),
        time: None,
        max_findings: 20,
        limits: patient(),
    };
    let interrupt = AtomicBool::new(false);
    let began = Instant::now();
    let clock = || began.elapsed();
    let output = versus(
        &suites,
        targets,
        &options,
        &interrupt,
        &clock,
        &now,
        &|_| {},
    )
    .unwrap();
    let circumstances = VersusCircumstances {
        started: String::new(),
        seed: 1,
        allow_restarts: 0,
        adapters: ["one", "other"].map(str::to_owned),
        judged_itself: [false; 2],
    };
    versus_document(&suites, &output, circumstances)
}

#[test(needs(PYTHON))]
fn implementations_with_their_own_clocks_agree_with_each_other_and_with_the_reference() {
    let sound = adapter("", "0");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stamped.yaml");
    std::fs::write(&file, text()).unwrap();
    let reference = AdapterCommand::new(
        env!("CARGO_BIN_EXE_macproof"),
        ["adapter", "--suite-file", file.to_str().unwrap()],
    );
    for other in [sound.clone(), reference] {
        let found = against([&sound, &other], 3000);
        // What a signer may decline, or a lenient parser accept, is no matter of the clock.
        let differences = found.differences.iter();
        let tokens: Vec<_> = differences
            .filter(|one| one.answers.iter().all(|a| a.outcome == ObservedKind::Token))
            .collect();
        assert!(tokens.is_empty(), "{tokens:#?}");
        assert_eq!(found.matrix.len(), 4);
        for cell in &found.matrix {
            assert!(
                cell.tokens > 100 && cell.accepted == cell.tokens,
                "{cell:?}"
            );
        }
    }
}

#[test(needs(PYTHON))]
fn a_fault_of_one_clock_is_a_difference() {
    let sound = adapter("", "0");
    for (fault, op) in [
        ("time-not-signed", "sign"),
        ("age-unchecked", "verify"),
        ("larger-limit", "verify"),
        ("future-unchecked", "verify"),
    ] {
        let found = against([&sound, &adapter(fault, "0")], 3000);
        let ops = found.differences.iter().map(|one| one.request.op.name());
        assert!(
            ops.clone().any(|one| one == op),
            "{fault}: {:#?}",
            found.differences
        );
    }
    let twins = [
        adapter("time-not-signed", "0"),
        adapter("time-not-signed", "0"),
    ];
    let found = against([&twins[0], &twins[1]], 2000);
    assert!(found.differences.is_empty(), "{:#?}", found.differences);
}
