//! A fuzz campaign and its findings.

use crate::report::digits::{count, duration, grouped};
use crate::report::fuzz_progress;
use crate::report::request::{code_points, sentence};
use crate::report::run::case::titles;
use crate::report::visible::{excerpt, visible};
use crate::results::{FuzzEnd, FuzzFinding, FuzzResult};

/// Longest text that is shown in full, in columns.
const COLUMNS: usize = 400;

/// Maximum number of findings shown.
const FINDINGS: usize = 100;

/// A fuzz campaign.
pub(in crate::report) struct FuzzView {
    /// What is to be said where the run reached the implementation in another way.
    pub(in crate::report) elsewhere: Option<String>,
    pub(in crate::report) tone: &'static str,
    pub(in crate::report) said: String,
    pub(in crate::report) facts: Vec<(&'static str, String)>,
    pub(in crate::report) findings: Vec<FindingView>,
    pub(in crate::report) more: Option<String>,
    pub(in crate::report) beside: Vec<String>,
    /// The progress as SVG. It contains only numbers and our own words.
    pub(in crate::report) picture: Option<String>,
}

/// A finding.
pub(in crate::report) struct FindingView {
    pub(in crate::report) id: String,
    pub(in crate::report) outcome: &'static str,
    pub(in crate::report) standing: String,
    pub(in crate::report) text: String,
    pub(in crate::report) asked: Vec<String>,
    /// The code points of characters outside ASCII.
    pub(in crate::report) points: Option<String>,
    pub(in crate::report) expected: String,
    pub(in crate::report) actual: String,
    pub(in crate::report) causes: Vec<String>,
    pub(in crate::report) found: String,
}

impl FuzzView {
    pub(in crate::report) fn of(result: &FuzzResult) -> Self {
        let findings = result.findings.len() as u64;
        let end = end_in_words(result.ended);
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
        let notes = result.notes.iter();
        let notes = notes.map(|note| format!("note: {}", excerpt(note, COLUMNS)));
        let more = result.findings.len().saturating_sub(FINDINGS);
        Self {
            elsewhere: None,
            tone: match result.exit_code() {
                0 => "good",
                1 => "bad",
                _ => "doubt",
            },
            said: match findings {
                0 => format!("No findings in {cases}{end}."),
                some => format!("{} in {cases}{end}.", count(some, "finding", "findings")),
            },
            facts: facts(result),
            findings: result
                .findings
                .iter()
                .take(FINDINGS)
                .map(FindingView::of)
                .collect(),
            more: (more > 0).then(|| format!("and {more} more in the JSON document")),
            beside: notes.chain(warnings).chain(traits).collect(),
            picture: fuzz_progress(&result.progress),
        }
    }
}

fn facts(result: &FuzzResult) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (
            "implementation",
            excerpt(result.implementation.called(), COLUMNS),
        ),
        ("disagreements", grouped(result.disagreements)),
    ];
    facts.extend(result.restarts.in_words().map(|words| ("restarts", words)));
    facts.extend(
        result
            .hello_changes
            .in_words()
            .map(|words| ("hello", words)),
    );
    facts.extend([
        ("kinds of answers", grouped(result.kinds)),
        ("level", result.level.to_string()),
        ("started", visible(&result.started)),
        ("took", duration(result.duration_ms)),
        ("seed", result.seed.to_string()),
    ]);
    facts
}

/// Describes how a campaign ended.
pub(in crate::report) fn end_in_words(ended: FuzzEnd) -> &'static str {
    match ended {
        FuzzEnd::Whole | FuzzEnd::Findings => "",
        FuzzEnd::Interrupted => "; interrupted",
        FuzzEnd::Broken => "; the adapter broke",
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
            points: code_points(&asked.concat()),
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
