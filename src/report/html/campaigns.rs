//! What campaigns found, beside a run: timing, and fuzzing.

use crate::report::case::titles;
use crate::report::digits::{count, duration, grouped};
use crate::report::request::sentence;
use crate::report::visible::{excerpt, visible};
use crate::report::{subject_title, timing_distributions, timing_running_effect};
use crate::results::{
    Control, FuzzEnd, FuzzFinding, FuzzResult, Measurement, TimingResult, TimingVerdict,
};

/// The longest text that is shown whole.
const COLUMNS: usize = 400;

/// How many findings are shown.
const FINDINGS: usize = 100;

/// The documents of campaigns that a page shows beside its run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Campaigns<'a> {
    /// A timing campaign.
    pub timing: Option<&'a TimingResult>,
    /// A fuzz campaign.
    pub fuzz: Option<&'a FuzzResult>,
}

/// A timing campaign.
pub(super) struct TimingView {
    pub(super) about: String,
    pub(super) measurements: Vec<MeasurementView>,
    pub(super) limits: Vec<String>,
}

/// One subject, measured.
pub(super) struct MeasurementView {
    pub(super) tone: &'static str,
    pub(super) verdict: &'static str,
    pub(super) subject: String,
    pub(super) sentence: String,
    pub(super) reason: Option<String>,
    pub(super) figures: Vec<(&'static str, String)>,
    pub(super) controls: Vec<ControlView>,
    /// What each shows, and the picture: it has nothing in it but numbers and words of ours.
    pub(super) pictures: Vec<(&'static str, String)>,
}

/// What had to hold for a verdict.
pub(super) struct ControlView {
    pub(super) tone: &'static str,
    pub(super) word: &'static str,
    pub(super) words: String,
}

impl TimingView {
    pub(super) fn of(result: &TimingResult) -> Self {
        Self {
            about: format!(
                "{} by {}, {}, target {} ns, seed {}",
                excerpt(&result.implementation.name, COLUMNS),
                excerpt(&result.adapter, COLUMNS),
                visible(&result.started),
                result.target_ns,
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
                    "{:+.2} ± {:.2} ns a call",
                    effect.ns, effect.standard_error_ns
                ),
            ));
            figures.push(("z", format!("{:.1}", effect.z)));
            figures.push(("pairs", grouped(effect.pairs)));
        }
        let nanoseconds = [
            ("a call takes", measurement.call_ns),
            ("would have been found", measurement.detectable_ns),
        ];
        for (label, value) in nanoseconds {
            figures.extend(value.map(|ns| (label, format!("{ns:.1} ns"))));
        }
        let pictures = [
            (
                "How long calls took in both classes",
                timing_distributions(measurement),
            ),
            (
                "The effect as pairs came in",
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
            sentence: excerpt(&measurement.sentence, 2 * COLUMNS),
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

/// A fuzz campaign.
pub(super) struct FuzzView {
    pub(super) tone: &'static str,
    pub(super) said: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) findings: Vec<FindingView>,
    pub(super) more: Option<String>,
    pub(super) beside: Vec<String>,
}

/// Something that was found.
pub(super) struct FindingView {
    pub(super) id: String,
    pub(super) outcome: &'static str,
    pub(super) standing: String,
    pub(super) text: String,
    pub(super) asked: Vec<String>,
    pub(super) expected: String,
    pub(super) actual: String,
    pub(super) causes: Vec<String>,
    pub(super) found: String,
}

impl FuzzView {
    pub(super) fn of(result: &FuzzResult) -> Self {
        let findings = result.findings.len() as u64;
        let end = match result.ended {
            FuzzEnd::Whole | FuzzEnd::Findings => "",
            FuzzEnd::Interrupted => "; it was interrupted",
            FuzzEnd::Broken => "; the adapter broke",
        };
        let cases = count(result.cases, "case", "cases");
        let traits = result.profile.iter().map(|one| {
            let cases = count(one.cases, "case", "cases");
            format!(
                "{}: {} ({cases})",
                visible(&one.suite),
                excerpt(&one.what, COLUMNS)
            )
        });
        let warnings = result.warnings.iter().map(|one| {
            let cases = count(one.cases, "case", "cases");
            let (suite, requirement) = (visible(&one.suite), visible(&one.requirement));
            format!("warning: {suite}/{requirement} ({cases})")
        });
        let more = result.findings.len().saturating_sub(FINDINGS);
        Self {
            tone: if findings > 0 {
                "bad"
            } else if end.is_empty() {
                "good"
            } else {
                "doubt"
            },
            said: match findings {
                0 => format!("No finding in {cases}{end}."),
                some => format!("{} in {cases}{end}.", count(some, "finding", "findings")),
            },
            facts: vec![
                (
                    "implementation",
                    excerpt(&result.implementation.name, COLUMNS),
                ),
                ("disagreements", grouped(result.disagreements)),
                ("kinds of answers", grouped(result.kinds)),
                ("level", result.level.to_string()),
                ("started", visible(&result.started)),
                ("took", duration(result.duration_ms)),
                ("seed", result.seed.to_string()),
            ],
            findings: result
                .findings
                .iter()
                .take(FINDINGS)
                .map(FindingView::of)
                .collect(),
            more: (more > 0).then(|| format!("and {more} more, which the JSON document has")),
            beside: warnings.chain(traits).collect(),
        }
    }
}

impl FindingView {
    fn of(finding: &FuzzFinding) -> Self {
        let mut asked: Vec<String> = finding.sequence.iter().map(sentence).collect();
        if asked.is_empty() {
            asked.push(sentence(&finding.request));
        }
        Self {
            id: format!("{}/{}", visible(&finding.suite), visible(&finding.id)),
            outcome: finding.outcome.name(),
            standing: format!("{}, {}", finding.level, finding.basis.name()),
            text: excerpt(&finding.text, COLUMNS),
            asked,
            expected: excerpt(&finding.expected, COLUMNS),
            actual: excerpt(&finding.actual, COLUMNS),
            causes: finding
                .causes
                .iter()
                .take(3)
                .map(|cause| excerpt(&titles(cause), COLUMNS))
                .collect(),
            found: format!(
                "after {} and {}; it accounts for {}, and was shrunk from {} to {} characters",
                count(finding.found_after_cases, "case", "cases"),
                duration(finding.found_after_ms),
                count(finding.cases, "case", "cases"),
                grouped(finding.length_before),
                grouped(finding.length),
            ),
        }
    }
}
