//! The additional conditions of level `hardened`: a fuzz campaign without findings, and a timing
//! test without a leak.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::certificate::level::unchanged;
use crate::certificate::{CertificateLevel, Refused};
use crate::protocol::ImplementationInfo;
use crate::report::subject_title;
use crate::results::{
    Control, ControlKind, FuzzEnd, FuzzResult, Measurement, RunResult, Subject,
    TimingCircumstances, TimingResult, TimingVerdict, Verdict,
};
use crate::suite::Level;

/// What a certificate of level `hardened` states in addition to the cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hardened {
    /// The timing test.
    pub timing: Timed,
    /// The fuzz campaign.
    pub fuzz: Fuzzed,
}

/// A timing test that found no leak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed {
    /// The largest leak that may remain undetected, in nanoseconds per call.
    pub target_ns: f64,
    /// The seed of all random choices.
    pub seed: u64,
    /// Maximum time per subject, in seconds.
    pub time_s: f64,
    /// The circumstances of the measurement, including the core that both sides shared, if they
    /// did.
    pub circumstances: TimingCircumstances,
    /// The subjects: `verify` for each judged suite, and `compare` if the adapter supports it.
    pub subjects: Vec<TimedSubject>,
    /// The limits of these verdicts, in sentences.
    pub limits: Vec<String>,
}

/// One subject of a timing test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimedSubject {
    /// The subject that was measured.
    pub subject: Subject,
    /// Always `no-leak`.
    pub verdict: TimingVerdict,
    /// The smallest leak that would have been found, in nanoseconds per call.
    pub detectable_ns: f64,
    /// The controls, all of which held.
    pub controls: Vec<Control>,
}

/// A fuzz campaign without findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fuzzed {
    /// Number of cases that were answered.
    pub cases: u64,
    /// Number of findings: always 0.
    pub findings: u64,
    /// The lowest level whose violation would have been a finding.
    pub level: Level,
    /// The seed of the inputs.
    pub seed: u64,
    /// Number of parallel processes, which together with the seed determines the inputs.
    pub jobs: u64,
    /// The suites whose schemes were fuzzed.
    pub suites: Vec<String>,
}

impl Timed {
    /// The statement about a timing test of this run's implementation. Fails if the test found a
    /// leak, is inconclusive, or was made with another implementation.
    pub fn of(timing: &TimingResult, run: &RunResult) -> Result<Self, Refused> {
        of_the_same(&timing.implementation, run)?;
        let is_leak = |one: &&Measurement| one.verdict == TimingVerdict::Leak;
        let is_open = |one: &&Measurement| one.verdict != TimingVerdict::NoLeak;
        let measurements = || timing.measurements.iter();
        if let Some(leak) = measurements().find(is_leak) {
            return Err(Refused::Leak(in_words(leak)));
        }
        if let Some(open) = measurements().find(is_open) {
            return Err(Refused::NotTimed(in_words(open)));
        }
        let subjects = measurements().map(|one| TimedSubject {
            subject: one.subject.clone(),
            verdict: one.verdict,
            detectable_ns: one.detectable_ns.unwrap_or(f64::INFINITY),
            controls: one.controls.clone(),
        });
        let timed = Self {
            target_ns: timing.target_ns,
            seed: timing.seed,
            time_s: timing.time_s,
            circumstances: timing.circumstances.clone(),
            subjects: subjects.collect(),
            limits: timing.limits.clone(),
        };
        timed.check(&judged(run)).map_err(Refused::NotTimed)?;
        Ok(timed)
    }

    /// The largest of the subjects' detectable leaks, in nanoseconds per call.
    pub fn detectable_ns(&self) -> f64 {
        let each = self.subjects.iter().map(|one| one.detectable_ns);
        each.fold(0.0, f64::max)
    }

    /// Checks that the statement is consistent and covers all of these suites.
    pub(super) fn check(&self, suites: &BTreeSet<String>) -> Result<(), String> {
        for one in &self.subjects {
            one.check(self.target_ns)?;
        }
        let is_timed = |suite: &&String| {
            let subject = Subject::Verify((*suite).clone());
            self.subjects.iter().any(|one| one.subject == subject)
        };
        match suites.iter().find(|suite| !is_timed(suite)) {
            Some(suite) => Err(format!("verify by {suite} was not measured")),
            None => Ok(()),
        }
    }
}

/// Checks that a campaign was run against the implementation of the run, according to their hellos.
fn of_the_same(campaign: &ImplementationInfo, run: &RunResult) -> Result<(), Refused> {
    if campaign.is_same_as(&run.implementation) {
        return Ok(());
    }
    Err(Refused::OtherImplementation {
        one: run.implementation.to_string(),
        other: campaign.to_string(),
    })
}

impl TimedSubject {
    fn check(&self, target_ns: f64) -> Result<(), String> {
        let title = subject_title(&self.subject);
        if self.verdict != TimingVerdict::NoLeak {
            return Err(format!("{title}: {}", self.verdict.name()));
        }
        // This form also rejects `NaN`.
        let is_small = self.detectable_ns <= target_ns && target_ns.is_finite();
        if !is_small {
            return Err(format!(
                "{title}: a leak of {target_ns} ns per call might have been missed"
            ));
        }
        if let Some(control) = self.controls.iter().find(|one| one.held == Some(false)) {
            return Err(format!(
                "{title}: a control did not hold: {}",
                control.words
            ));
        }
        let needed = [
            (ControlKind::Counts, "counts"),
            (ControlKind::Positive, "a known slower comparison"),
            (ControlKind::Negative, "a known equal comparison"),
        ];
        for (kind, name) in needed {
            let held = |one: &Control| one.kind == kind && one.held == Some(true);
            if !self.controls.iter().any(held) {
                return Err(format!("{title}: no control with {name} held"));
            }
        }
        Ok(())
    }
}

impl Fuzzed {
    /// The statement about a fuzz campaign against this run's implementation. Fails if the campaign
    /// has findings, ran fewer than `cases` cases, or ran against another implementation.
    pub fn of(fuzz: &FuzzResult, cases: u64, run: &RunResult) -> Result<Self, Refused> {
        of_the_same(&fuzz.implementation, run)?;
        if let Some(first) = fuzz.findings.first() {
            return Err(Refused::Found {
                findings: fuzz.findings.len(),
                first: format!("{}/{}", first.suite, first.id),
            });
        }
        let open = |why: String| Err(Refused::NotFuzzed(why));
        match fuzz.ended {
            FuzzEnd::Whole | FuzzEnd::Findings => {}
            FuzzEnd::Interrupted => {
                return open(format!("interrupted after {} cases", fuzz.cases));
            }
            FuzzEnd::Broken => {
                return open(format!("the adapter broke after {} cases", fuzz.cases));
            }
        }
        unchanged(
            CertificateLevel::Hardened,
            &fuzz.hello_changes,
            "during the fuzz campaign",
        )?;
        if let Some(restarts) = fuzz.restarts.in_words() {
            return open(restarts);
        }
        if fuzz.disagreements > 0 {
            return open(format!(
                "{} of its answers were wrong, but did not recur",
                fuzz.disagreements
            ));
        }
        if fuzz.cases < cases {
            return open(format!(
                "{} of {cases} cases were answered, {} were unsupported",
                fuzz.cases, fuzz.unsupported
            ));
        }
        let fuzzed = Self {
            cases: fuzz.cases,
            findings: 0,
            level: fuzz.level,
            seed: fuzz.seed,
            jobs: fuzz.jobs,
            suites: fuzz.suites.iter().map(|one| one.name.clone()).collect(),
        };
        fuzzed.check(&judged(run)).map_err(Refused::NotFuzzed)?;
        Ok(fuzzed)
    }

    /// Checks that the statement is consistent and covers all of these suites.
    pub(super) fn check(&self, suites: &BTreeSet<String>) -> Result<(), String> {
        if self.findings > 0 {
            return Err("it has findings".to_owned());
        }
        if self.cases == 0 {
            return Err("it sent no requests".to_owned());
        }
        if self.level < Level::Should {
            return Err("violations of should requirements were not findings".to_owned());
        }
        match suites.iter().find(|suite| !self.suites.contains(suite)) {
            Some(suite) => Err(format!("it left out {suite}")),
            None => Ok(()),
        }
    }
}

fn in_words(measurement: &Measurement) -> String {
    let title = subject_title(&measurement.subject);
    format!("{title}: {}", measurement.sentence)
}

/// The suites with at least one passed case that counts.
fn judged(run: &RunResult) -> BTreeSet<String> {
    let passed = run
        .cases
        .iter()
        .filter(|case| case.level != Level::May && case.own_verdict() == Verdict::Pass);
    passed.map(|case| case.suite().to_owned()).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::{Fuzzed, Hardened, Timed};
    use crate::certificate::Refused;
    use crate::results::fixture::{circumstances, reject, small_suite, token};
    use crate::results::{Circumstances, KnownFailures, RunResult, conclude};
    use crate::suite::Level;

    /// A run at level `should` in which all of `acme` passed.
    pub(in crate::certificate) fn strict_run() -> RunResult {
        let suite = small_suite();
        let circumstances = Circumstances {
            level: Level::Should,
            ..circumstances()
        };
        let observations = vec![
            suite.observe("signs", token("aa")),
            suite.observe("forged", reject()),
            suite.observe("throws", reject()),
            suite.observe("upper", reject()),
        ];
        conclude(
            circumstances,
            observations,
            &KnownFailures::none(),
            "2026-11-20",
        )
    }

    fn timing() -> Value {
        let control =
            |kind: &str| json!({"kind": kind, "held": true, "words": format!("{kind} held")});
        let measurement = |subject: Value, detectable: f64| {
            json!({
                "subject": subject, "verdict": "no-leak", "sentence": "no leak above 7.5 ns: +0.10 ± 0.50 ns per call",
                "repeat": 30, "floor_ns": 5.0, "detectable_ns": detectable, "running": [],
                "controls": [control("counts"), control("works"), control("positive"), control("negative")],
            })
        };
        json!({
            "macproof_timing": 1, "macproof_version": "0.0.0", "started": "2026-11-20T12:00:00Z",
            "implementation": {"name": "acme-identity"}, "adapter": "acme",
            "circumstances": {"core": 1, "cores": 2, "load": 0.25},
            "target_ns": 20.0, "time_s": 10.0, "seed": 42, "exit_code": 0,
            "measurements": [measurement(json!({"verify": "acme"}), 7.5), measurement(json!("compare"), 12.25)],
            "limits": ["Nothing is said of caches."],
        })
    }

    fn fuzz() -> Value {
        json!({
            "macproof_fuzz": 1, "macproof_version": "0.0.0", "started": "2026-11-20T12:00:00Z",
            "duration_ms": 1000, "ended": "whole", "seed": 42, "jobs": 1, "level": "should",
            "implementation": {"name": "acme-identity"}, "adapter": "acme",
            "suites": [{"name": "acme", "version": 1, "digest": "5f"}],
            "cases": 1000, "disagreements": 0, "unsupported": 0, "kinds": 9,
            "progress": [], "findings": [], "profile": [], "warnings": [],
        })
    }

    fn finding() -> Value {
        json!({
            "id": "takes-anything", "suite": "acme", "outcome": "accept", "requirement": "bound",
            "level": "must", "basis": "security", "text": "A forgery is not accepted.",
            "request": {"op": "verify", "secret": "s"}, "expected": "reject", "actual": "accept", "length": 1,
            "length_before": 9, "asked": 3, "cases": 4, "found_after_cases": 5, "found_after_ms": 6,
        })
    }

    fn timed(document: Value) -> Result<Timed, Refused> {
        Timed::of(&serde_json::from_value(document).unwrap(), &strict_run())
    }

    fn fuzzed(document: Value) -> Result<Fuzzed, Refused> {
        Fuzzed::of(
            &serde_json::from_value(document).unwrap(),
            1000,
            &strict_run(),
        )
    }

    /// The statement if both campaigns succeed.
    pub(in crate::certificate) fn hardened() -> Hardened {
        Hardened {
            timing: timed(timing()).unwrap(),
            fuzz: fuzzed(fuzz()).unwrap(),
        }
    }

    #[test]
    fn a_timing_test_without_a_leak_is_stated_in_full() {
        let timed = hardened().timing;
        assert_eq!(timed.subjects.len(), 2);
        assert!((timed.detectable_ns() - 12.25).abs() < 1e-9);
        assert_eq!(timed.circumstances.core, Some(1));
    }

    #[test]
    fn a_weaker_timing_test_is_refused() {
        type Change = fn(&mut Value);
        let refusals: [(&str, u8, Change); 9] = [
            ("timing, compare: leak: 40 ns", 1, |one| {
                one["measurements"][1]["verdict"] = "leak".into();
                one["measurements"][1]["sentence"] = "leak: 40 ns".into();
            }),
            // The worse problem comes first, in whatever order it was measured.
            ("timing, compare: leak: 40 ns", 1, |one| {
                one["measurements"][0]["verdict"] = "inconclusive".into();
                one["measurements"][1]["verdict"] = "leak".into();
                one["measurements"][1]["sentence"] = "leak: 40 ns".into();
            }),
            ("verify by acme: inconclusive: too busy", 3, |one| {
                one["measurements"][0]["verdict"] = "inconclusive".into();
                one["measurements"][0]["sentence"] = "inconclusive: too busy".into();
            }),
            ("verify by acme: not measured: no", 3, |one| {
                one["measurements"][0]["verdict"] = "not-measured".into();
                one["measurements"][0]["sentence"] = "not measured: no".into();
            }),
            ("verify by acme was not measured", 3, |one| {
                one["measurements"][0]["subject"] = json!({"verify": "other"});
            }),
            (
                "a leak of 20 ns per call might have been missed",
                3,
                |one| {
                    one["measurements"][0]["detectable_ns"] = json!(20.5);
                },
            ),
            ("might have been missed", 3, |one| {
                one["measurements"][0]["detectable_ns"] = Value::Null;
            }),
            ("no control with a known slower comparison", 3, |one| {
                one["measurements"][0]["controls"][2]["held"] = Value::Null;
            }),
            ("a control did not hold: works held", 3, |one| {
                one["measurements"][0]["controls"][1]["held"] = false.into();
            }),
        ];
        for (words, code, change) in refusals {
            let mut document = timing();
            change(&mut document);
            let refused = timed(document).unwrap_err();
            assert!(refused.to_string().contains(words), "{words}: {refused}");
            assert_eq!(refused.exit_code(), code, "{refused}");
        }
    }

    #[test]
    fn a_weaker_fuzz_campaign_is_refused() {
        type Change = fn(&mut Value);
        let refusals: [(&str, u8, Change); 8] = [
            (
                "has 1 finding, the first is acme/takes-anything",
                1,
                |one| {
                    one["findings"] = json!([finding()]);
                    one["disagreements"] = 4.into();
                },
            ),
            ("interrupted after 1000 cases", 3, |one| {
                one["ended"] = "interrupted".into();
            }),
            ("the adapter broke after 1000 cases", 3, |one| {
                one["ended"] = "broken".into();
            }),
            ("2 of its answers were wrong", 3, |one| {
                one["disagreements"] = 2.into();
            }),
            (
                "999 of 1000 cases were answered, 1 were unsupported",
                3,
                |one| {
                    one["cases"] = 999.into();
                    one["unsupported"] = 1.into();
                },
            ),
            (
                "violations of should requirements were not findings",
                3,
                |one| {
                    one["level"] = "must".into();
                },
            ),
            ("it left out acme", 3, |one| {
                one["suites"][0]["name"] = "other".into();
            }),
            ("it left out acme", 3, |one| {
                one["suites"] = json!([]);
            }),
        ];
        for (words, code, change) in refusals {
            let mut document = fuzz();
            change(&mut document);
            let refused = fuzzed(document).unwrap_err();
            assert!(refused.to_string().contains(words), "{words}: {refused}");
            assert_eq!(refused.exit_code(), code, "{refused}");
        }
    }
}
