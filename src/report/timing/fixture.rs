//! Measurements for tests.

use crate::protocol::ImplementationInfo;
use crate::results::{
    Confirmation, Control, ControlKind, Distributions, EarlyExit, Effect, LoopUnit, Measurement,
    RunningEffect, Subject, TIMING_SCHEMA_VERSION, TimingCircumstances, TimingResult,
    TimingVerdict,
};

fn effect(ns: f64, standard_error_ns: f64) -> Effect {
    Effect {
        ns,
        trimmed: 0.2,
        standard_error_ns,
        low_ns: ns - 3.29 * standard_error_ns,
        high_ns: ns + 3.29 * standard_error_ns,
        z: ns / standard_error_ns,
        signed_rank_z: 9.0,
        pairs: 200,
    }
}

/// A measurement with a leak of 40 ns.
pub(crate) fn leak() -> Measurement {
    Measurement {
        early_exit: Some(EarlyExit {
            language: "Node".into(),
            unit: LoopUnit::Characters,
            length: 64,
            ns: 85.9,
        }),
        ..measured(Subject::Verify("acme".into()), TimingVerdict::Leak, 40.0)
    }
}

/// A measurement without a leak.
pub(crate) fn no_leak() -> Measurement {
    measured(Subject::Compare, TimingVerdict::NoLeak, 0.5)
}

fn measured(subject: Subject, verdict: TimingVerdict, ns: f64) -> Measurement {
    let quantiles = |from: f64, spread: f64| -> Vec<f64> {
        (0..=100_u8)
            .map(|percent| from + spread * (f64::from(percent) / 50.0 - 1.0).powi(3))
            .collect()
    };
    Measurement {
        subject,
        verdict,
        sentence: format!("{}: made up", verdict.name()),
        reason: None,
        repeat: 30,
        call_ns: Some(2300.0),
        round_trip_ns: Some(100_000.0),
        effect: Some(effect(ns, 1.0)),
        floor_ns: 5.0,
        detectable_ns: Some(11.75),
        early_exit: None,
        controls: vec![Control {
            kind: ControlKind::Positive,
            held: Some(true),
            words: "one call more than 30 should take 2300 ns longer; found 2310 ± 20 (z = 115.5)"
                .into(),
            effect: Some(effect(2310.0, 20.0)),
        }],
        confirmation: (verdict == TimingVerdict::Leak).then(|| Confirmation {
            repeat: 120,
            effect: effect(41.0, 1.5),
            with_same: Some(effect(39.5, 2.5)),
            held: true,
        }),
        running: (1..=20_u32)
            .map(|step| RunningEffect {
                pairs: u64::from(step * 40),
                ns: ns + 3.0 * f64::from(step).sin() / f64::from(step),
                standard_error_ns: 6.0 / f64::from(step).sqrt(),
            })
            .collect(),
        distributions: Some(Distributions {
            first_wrong_ns: quantiles(3300.0, 200.0),
            last_wrong_ns: quantiles(3300.0 + ns, 200.0),
            difference_ns: quantiles(ns, 60.0),
            control_ns: quantiles(0.0, 60.0),
        }),
    }
}

/// A measurement without a result.
pub(crate) fn not_measured() -> Measurement {
    Measurement {
        subject: Subject::Verify("acme".into()),
        verdict: TimingVerdict::NotMeasured,
        sentence: "not measured: the adapter does not claim this suite".into(),
        reason: Some("the adapter does not claim this suite".into()),
        repeat: 1,
        call_ns: None,
        round_trip_ns: None,
        effect: None,
        floor_ns: 100.0,
        detectable_ns: None,
        early_exit: None,
        controls: Vec::new(),
        confirmation: None,
        running: Vec::new(),
        distributions: None,
    }
}

/// A document with all of these measurements, and hostile text.
pub(crate) fn campaign() -> TimingResult {
    let measurements = vec![leak(), no_leak(), not_measured()];
    TimingResult {
        interrupted: false,
        macproof_timing: TIMING_SCHEMA_VERSION,
        macproof_version: "0.0.0".into(),
        started: "2026-11-21T12:00:00Z".into(),
        implementation: ImplementationInfo {
            name: "acme\u{1b}[31m".into(),
            version: Some("1".into()),
            ..ImplementationInfo::default()
        },
        adapter: "acme-adapter".into(),
        judged_itself: false,
        circumstances: TimingCircumstances {
            core: Some(1),
            cores: 2,
            load: Some(0.25),
        },
        target_ns: 20.0,
        time_s: 10.0,
        seed: 7,
        exit_code: TimingResult::exit_code_of(&measurements),
        measurements,
        limits: vec!["Nothing is said of caches.".into()],
    }
}
