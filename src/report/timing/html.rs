//! A timing campaign next to a run.

use crate::report::digits::grouped;
use crate::report::timing::human::target_in_words;
use crate::report::visible::{capitalised, excerpt, visible};
use crate::report::{subject_title, timing_distributions, timing_running_effect};
use crate::results::{Control, Measurement, TimingResult, TimingVerdict};

/// Longest text that is shown in full, in columns.
const COLUMNS: usize = 400;

/// A timing campaign.
pub(in crate::report) struct TimingView {
    /// What is to be said where the run reached the implementation in another way.
    pub(in crate::report) elsewhere: Option<String>,
    pub(in crate::report) about: String,
    pub(in crate::report) measurements: Vec<MeasurementView>,
    pub(in crate::report) limits: Vec<String>,
}

/// The measurement of one subject.
pub(in crate::report) struct MeasurementView {
    pub(in crate::report) tone: &'static str,
    pub(in crate::report) verdict: &'static str,
    pub(in crate::report) subject: String,
    pub(in crate::report) sentence: String,
    pub(in crate::report) reason: Option<String>,
    pub(in crate::report) figures: Vec<(&'static str, String)>,
    pub(in crate::report) controls: Vec<ControlView>,
    /// Captions with their pictures. The SVG contains only numbers and our own words.
    pub(in crate::report) pictures: Vec<(&'static str, String)>,
}

/// A control that had to hold for a verdict.
pub(in crate::report) struct ControlView {
    pub(in crate::report) tone: &'static str,
    pub(in crate::report) word: &'static str,
    pub(in crate::report) words: String,
}

impl TimingView {
    pub(in crate::report) fn of(result: &TimingResult) -> Self {
        Self {
            elsewhere: None,
            about: format!(
                "{}{} by {}, {}, target {}, seed {}",
                if result.interrupted {
                    "interrupted: "
                } else {
                    ""
                },
                excerpt(result.implementation.called(), COLUMNS),
                excerpt(&result.adapter, COLUMNS),
                visible(&result.started),
                target_in_words(result),
                result.seed
            ),
            measurements: result
                .measurements
                .iter()
                .map(MeasurementView::of)
                .collect(),
            limits: result.limits.iter().map(|limit| visible(limit)).collect(),
        }
    }
}

impl MeasurementView {
    fn of(measurement: &Measurement) -> Self {
        let mut figures = Vec::new();
        if let Some(effect) = &measurement.effect {
            figures.push((
                "effect",
                format!(
                    "{:+.2} ± {:.2} ns per call",
                    effect.ns, effect.standard_error_ns
                ),
            ));
            figures.push(("effect by its error (z)", format!("{:.1}", effect.z)));
            figures.push(("pairs", grouped(effect.pairs)));
        }
        let nanoseconds = [
            ("time per call", measurement.call_ns),
            ("smallest detectable effect", measurement.detectable_ns),
        ];
        for (label, value) in nanoseconds {
            figures.extend(value.map(|ns| (label, format!("{ns:.1} ns"))));
        }
        if let Some(one) = &measurement.early_exit {
            let label = "early-exit loop";
            figures.push((
                label,
                format!("{:.1} ns in {}", one.ns, visible(&one.language)),
            ));
        }
        let pictures = [
            (
                "Call times in both classes",
                timing_distributions(measurement),
            ),
            (
                "The effect over the pairs",
                timing_running_effect(measurement),
            ),
        ];
        Self {
            tone: match measurement.verdict {
                TimingVerdict::Leak => "bad",
                TimingVerdict::NoLeak => "good",
                TimingVerdict::Inconclusive => "doubt",
                TimingVerdict::NotMeasured => "plain",
            },
            verdict: measurement.verdict.name(),
            subject: visible(&subject_title(&measurement.subject)),
            // The verdict stands before it.
            sentence: capitalised(&excerpt(
                measurement
                    .sentence
                    .strip_prefix(&format!("{}: ", measurement.verdict.name()))
                    .unwrap_or(&measurement.sentence),
                2 * COLUMNS,
            )),
            reason: measurement.reason.as_ref().map(|why| excerpt(why, COLUMNS)),
            figures,
            controls: measurement.controls.iter().map(ControlView::of).collect(),
            pictures: pictures
                .into_iter()
                .filter_map(|(label, picture)| Some((label, picture?)))
                .collect(),
        }
    }
}

impl ControlView {
    fn of(control: &Control) -> Self {
        let (tone, word) = match control.held {
            Some(true) => ("good", "held"),
            Some(false) => ("bad", "did not hold"),
            None => ("plain", "not tried"),
        };
        Self {
            tone,
            word,
            words: excerpt(&control.words, COLUMNS),
        }
    }
}
