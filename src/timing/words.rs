//! Verdicts in words.

use crate::results::{Control, ControlKind, Measurement, Subject, TimingVerdict};
use crate::statistics::Estimate;
use crate::timing::material::COMPARED;
use crate::timing::recording::Recording;
use crate::timing::rule::{floor, least_work};
use crate::timing::terms::Terms;

/// The limits that apply to all of these verdicts, and are shown next to them.
pub(super) fn limits(recordings: &[Recording]) -> Vec<String> {
    let by_loop = recordings
        .iter()
        .any(|recording| recording.early_exit.is_some());
    let by_loop = by_loop.then_some(LIMIT_OF_LOOPS);
    let alone = recordings.iter().any(|recording| !recording.amplified);
    let alone = alone.then_some(LIMIT_OF_ONE);
    let all = LIMITS.into_iter().chain(by_loop).chain(alone);
    all.map(str::to_owned).collect()
}

const LIMITS: [&str; 5] = [
    "\"No leak above X ns\" does not mean that a timing-safe function is used: a word-wise == on 64 characters hides below that. Only compare, or reading the source, settles it.",
    "compare tests the function that the adapter hands over, whether or not the implementation uses it.",
    "Not covered: caches, tails that touch fewer than a fifth of the requests (two fifths where the machine was busy), lookups before the HMAC, processors other than this one.",
    "A process that pads, sleeps, caches or batches defeats the amplification; if the controls detect that, there is no verdict.",
    "The length of a token may show in the times of timing-safe code; it is public.",
];

const LIMIT_OF_LOOPS: &str = "What an early-exit loop takes was measured on one machine (docs/timing.md). A faster machine, native code, or a loop over bytes where characters are stated takes less; --target asks for that.";

const LIMIT_OF_ONE: &str = "An implementation described in macproof.yaml is measured with one call per request: the round trip hides small differences, and it is not shown that each call does its work.";

/// The verdict of a measurement, in one sentence.
pub(super) fn sentence(measurement: &Measurement) -> String {
    let effect = measurement.effect;
    let detectable = measurement.detectable_ns.unwrap_or(f64::INFINITY);
    let reason = measurement.reason.as_deref().unwrap_or_default();
    match (measurement.verdict, effect) {
        (TimingVerdict::Leak, Some(effect)) => {
            let (call, what) = match measurement.subject {
                Subject::Verify(_) => ("a call", "character of the MAC"),
                Subject::Compare => ("a comparison", "character"),
            };
            let (low, high) = (effect.low_ns, effect.high_ns);
            let figures = format!(
                "{call} takes {:.1} ns {} when only the last {what} is wrong than when only the first is (99.9 % interval {low:.1} to {high:.1} ns)",
                effect.ns.abs(),
                if effect.ns > 0.0 { "longer" } else { "less" },
            );
            match measurement.subject {
                Subject::Verify(_) => format!("leak: {figures}"),
                Subject::Compare => format!(
                    "leak: not a timing-safe comparison: on {COMPARED} characters {figures}; whether it is exploitable is a separate question"
                ),
            }
        }
        (TimingVerdict::NoLeak, Some(effect)) => format!(
            "no leak above {detectable:.1} ns: {:+.2} ± {:.2} ns per call{}",
            effect.ns,
            effect.standard_error_ns,
            (measurement.early_exit.as_ref())
                .map_or(String::new(), |one| format!("; {}", one.in_words()))
        ),
        (verdict, _) => format!("{}: {reason}", verdict.name()),
    }
}

/// Why there is no verdict where a leak that has to be seen could have been missed, and what to do.
pub(super) fn unseen(
    effect: &Estimate,
    repeat: u32,
    recording: &Recording,
    terms: &Terms,
) -> String {
    let floor = floor(repeat);
    let detectable = effect.detectable(floor);
    let limit = recording.limit(terms.target_ns);
    // The error falls with the square root of the number of pairs.
    let times = ((detectable - floor) / (limit - floor).max(0.0)).powi(2);
    let advice = if limit <= floor {
        let calls = if repeat == 1 {
            "one call".to_owned()
        } else {
            format!("{repeat} calls")
        };
        format!(
            "no --time reaches it: with {calls} per request, nothing below {floor:.1} ns counts"
        )
    } else {
        match terms.time_for(times) {
            Some(time) => format!("--time {time} should reach it"),
            None => "at this noise, reaching it takes longer than an hour".to_owned(),
        }
    };
    match &recording.early_exit {
        Some(one) => format!(
            "no leak above {detectable:.1} ns; {} and would not be seen; {advice}",
            one.in_words()
        ),
        None => format!(
            "a leak below {detectable:.1} ns per call would not have been detected, but the target is {} ns; {advice}",
            terms.target_ns
        ),
    }
}

pub(super) fn counts(subject: &Subject, counted: bool) -> String {
    let what = match subject {
        Subject::Verify(_) => {
            "a valid token is accepted in every repetition, an invalid one in none"
        }
        Subject::Compare => "equal texts compare as equal, others do not",
    };
    if counted {
        what.to_owned()
    } else {
        format!("not shown that {what}")
    }
}

pub(super) fn works(work: Option<(usize, &Estimate)>) -> String {
    match work {
        Some((length, call)) => format!(
            "with an identity of {length} characters a call takes {:.1} ± {:.1} µs; hashing that much takes at least {:.1} µs",
            call.effect / 1e3,
            call.standard_error / 1e3,
            least_work(length) / 1e3
        ),
        None => {
            "it accepts no long identity, so it was not checked whether every call does the work"
                .to_owned()
        }
    }
}

pub(super) fn positive(
    step: u32,
    repeat: u32,
    expected: Option<f64>,
    found: Option<&Estimate>,
) -> String {
    let calls = if step == 1 {
        "one call".to_owned()
    } else {
        format!("{step} calls")
    };
    match (expected, found) {
        (Some(expected), Some(found)) => format!(
            "{calls} more than {repeat} should take {expected:.0} ns longer; found {:.0} ± {:.0} (z = {:.1})",
            found.effect,
            found.standard_error,
            found.z()
        ),
        _ => format!("{calls} more than {repeat} were not measured"),
    }
}

pub(super) fn negative(found: Option<&Estimate>, repeat: u32) -> String {
    match found {
        Some(found) => format!(
            "between two tokens wrong in the same place: {:+.2} ± {:.2} ns per call",
            found.effect / f64::from(repeat),
            found.standard_error / f64::from(repeat)
        ),
        None => "two tokens wrong in the same place were not compared".to_owned(),
    }
}

/// Why a failed control leaves no verdict; `is_noise` if noise may be the reason.
pub(super) fn failed(control: &Control, is_noise: bool) -> String {
    let words = &control.words;
    if is_noise {
        return format!(
            "the machine is too busy, or the time too short, even to detect a known slower comparison: {words}"
        );
    }
    match control.kind {
        ControlKind::Counts => format!("its counts are wrong: {words}"),
        ControlKind::Works => {
            format!("it does not do the work in every call; does it cache its answers? {words}")
        }
        ControlKind::Positive => format!(
            "a known slower comparison was not detected; does it ignore repeat, pad its times, or cache its answers? {words}"
        ),
        ControlKind::Negative => format!("a difference was found where there is none: {words}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::results::Subject;
    use crate::timing::recording::Recording;

    #[test]
    fn single_call_measurements_have_an_extra_limit() {
        let amplified = Recording::new(Subject::Compare);
        let alone = Recording {
            amplified: false,
            ..amplified.clone()
        };
        let usual = super::limits(std::slice::from_ref(&amplified));
        assert_eq!(super::limits(&[amplified, alone]).len(), usual.len() + 1);
        assert!(usual.iter().all(|limit| limit.ends_with('.')));
    }
}
