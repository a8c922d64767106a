//! The verdicts of a timing campaign, for people.

use std::fmt::Write as _;

use crate::report::visible;
use crate::results::{Control, JUDGED_ITSELF, Measurement, Subject, TimingResult};

/// Renders the document as text: each verdict with its figures and controls, followed by the limits
/// that apply to all.
pub fn timing_human(result: &TimingResult) -> String {
    let mut out = String::new();
    for measurement in &result.measurements {
        out.push_str(&measurement_text(measurement));
        out.push('\n');
    }
    if result.interrupted {
        out.push_str("interrupted: measurements that are not listed did not finish\n\n");
    }
    let _ = writeln!(out, "Limitations:");
    for limit in &result.limits {
        let _ = writeln!(out, "- {limit}");
    }
    let implementation = &result.implementation;
    let version = implementation
        .version
        .as_ref()
        .map_or(String::new(), |version| format!(" {}", visible(version)));
    let circumstances = &result.circumstances;
    let core = match circumstances.core {
        Some(core) => format!("both sides on core {core} of {}", circumstances.cores),
        None => format!("not kept on one core, of {}", circumstances.cores),
    };
    let load = circumstances
        .load
        .map_or(String::new(), |load| format!(", load {load:.1} before"));
    let _ = writeln!(
        out,
        "\n{}{version} by {}; target {}, at most {} s each, seed {}; {core}{load}",
        visible(implementation.called()),
        visible(&result.adapter),
        target_in_words(result),
        result.time_s,
        result.seed,
    );
    if result.judged_itself {
        let _ = writeln!(out, "{JUDGED_ITSELF}");
    }
    out
}

/// Which leak had to be seen.
pub(super) fn target_in_words(result: &TimingResult) -> String {
    let target = format!("{} ns", result.target_ns);
    let mut measurements = result.measurements.iter();
    let Some(one) = measurements.find_map(|one| one.early_exit.as_ref()) else {
        return target;
    };
    let language = visible(&one.language);
    let is_compared = |one: &Measurement| one.subject == Subject::Compare;
    if result.measurements.iter().any(is_compared) {
        format!("an early-exit loop in {language} (compare: {target})")
    } else {
        format!("an early-exit loop in {language}")
    }
}

/// The title of a measured subject.
pub fn subject_title(subject: &Subject) -> String {
    match subject {
        Subject::Verify(suite) => format!("verify by {suite}"),
        Subject::Compare => "compare".to_owned(),
    }
}

fn measurement_text(measurement: &Measurement) -> String {
    let mut out = format!(
        "{}: {}\n",
        subject_title(&measurement.subject),
        visible(&measurement.sentence)
    );
    let mut row = |name: &str, text: String| {
        let _ = writeln!(out, "    {name:<12}{text}");
    };
    if let Some(effect) = &measurement.effect {
        row(
            "effect",
            format!(
                "{:+.2} ± {:.2} ns per call, z = {:.1}, signed rank z = {:.1}, of {} pairs, {:.0} % trimmed off each end; floor {:.1} ns",
                effect.ns,
                effect.standard_error_ns,
                effect.z,
                effect.signed_rank_z,
                effect.pairs,
                100.0 * effect.trimmed,
                measurement.floor_ns
            ),
        );
    }
    if let (Some(call), Some(round_trip)) = (measurement.call_ns, measurement.round_trip_ns) {
        row(
            "request",
            format!(
                "{} calls of {:.2} µs, a round trip of {:.0} µs",
                measurement.repeat,
                call / 1e3,
                round_trip / 1e3
            ),
        );
    }
    if let Some(confirmation) = &measurement.confirmation {
        let effect = &confirmation.effect;
        row(
            if confirmation.held {
                "confirmed"
            } else {
                "not confirmed"
            },
            format!(
                "rerun with {} calls: {:+.2} ± {:.2} ns per call, of {} pairs{}",
                confirmation.repeat,
                effect.ns,
                effect.standard_error_ns,
                effect.pairs,
                confirmation.with_same.map_or(String::new(), |same| format!(
                    "; with {}: {:+.2} ± {:.2}",
                    measurement.repeat, same.ns, same.standard_error_ns
                ))
            ),
        );
    }
    for control in &measurement.controls {
        row(mark(control), visible(&control.words));
    }
    out
}

fn mark(control: &Control) -> &'static str {
    match control.held {
        Some(true) => "control ✓",
        Some(false) => "control ✗",
        None => "control –",
    }
}

#[cfg(test)]
mod tests {
    use super::timing_human;
    use crate::report::timing::fixture::campaign;

    #[test]
    fn every_verdict_has_figures_controls_and_limits() {
        let text = timing_human(&campaign());
        assert!(!text.contains('\u{1b}'));
        insta::assert_snapshot!("timing_human", text);
    }
}
