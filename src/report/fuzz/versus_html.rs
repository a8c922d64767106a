//! A comparison of two implementations: where they differ, and who accepts whose tokens.

use crate::report::digits::{count, duration, grouped};
use crate::report::fuzz::html::end_in_words;
use crate::report::fuzz_progress;
use crate::report::request::{code_points, sentence};
use crate::report::visible::{excerpt, visible};
use crate::results::{VersusAnswer, VersusCell, VersusDifference, VersusResult};

/// Longest text that is shown in full, in columns.
const COLUMNS: usize = 400;

/// Longest name, in columns.
const NAME: usize = 60;

/// Maximum number of differences shown.
const DIFFERENCES: usize = 100;

/// A comparison of two implementations.
pub(in crate::report) struct VersusView {
    /// What is to be said where the run reached the implementation in another way.
    pub(in crate::report) elsewhere: Option<String>,
    pub(in crate::report) tone: &'static str,
    pub(in crate::report) said: String,
    pub(in crate::report) facts: Vec<(&'static str, String)>,
    /// The names of both implementations, as the column headings of the verifiers.
    pub(in crate::report) names: [String; 2],
    pub(in crate::report) tables: Vec<CrossTable>,
    pub(in crate::report) examples: Vec<CrossExample>,
    pub(in crate::report) differences: Vec<DifferenceView>,
    pub(in crate::report) more: Option<String>,
    pub(in crate::report) notes: Vec<String>,
    /// The progress as SVG. It contains only numbers and our own words.
    pub(in crate::report) picture: Option<String>,
}

/// Who accepts whose tokens, for one suite.
pub(in crate::report) struct CrossTable {
    pub(in crate::report) suite: String,
    /// A row per signer, with a cell per verifier.
    pub(in crate::report) rows: Vec<(String, Vec<Option<CrossCell>>)>,
}

/// One signer's tokens, presented to one verifier.
pub(in crate::report) struct CrossCell {
    pub(in crate::report) tone: &'static str,
    pub(in crate::report) words: String,
    /// The anchor of the cell's example, or of the whole table if every token was accepted.
    pub(in crate::report) anchor: String,
}

/// A rejected token, or a note that all were accepted.
pub(in crate::report) struct CrossExample {
    pub(in crate::report) anchor: String,
    pub(in crate::report) tone: &'static str,
    pub(in crate::report) title: String,
    pub(in crate::report) said: String,
    pub(in crate::report) asked: Option<String>,
    pub(in crate::report) actual: Option<String>,
}

/// A request that the two implementations answer differently.
pub(in crate::report) struct DifferenceView {
    pub(in crate::report) suite: String,
    pub(in crate::report) asked: String,
    /// The code points of characters outside ASCII.
    pub(in crate::report) points: Option<String>,
    /// Each implementation's name and answer.
    pub(in crate::report) answers: Vec<(String, String)>,
    pub(in crate::report) found: String,
}

impl VersusView {
    pub(in crate::report) fn of(result: &VersusResult) -> Self {
        let names = names(result);
        let suites: Vec<&str> = result
            .suites
            .iter()
            .map(|suite| suite.name.as_str())
            .filter(|name| result.matrix.iter().any(|cell| cell.suite == *name))
            .collect();
        let differences = result.differences.len() as u64;
        let cases = count(result.cases, "case", "cases");
        let end = end_in_words(result.ended);
        let more = result.differences.len().saturating_sub(DIFFERENCES);
        let place = |suite: &str| suites.iter().position(|name| *name == suite);
        Self {
            elsewhere: None,
            tone: match result.exit_code {
                0 => "good",
                1 => "bad",
                _ => "doubt",
            },
            said: match differences {
                0 => format!("No differences in {cases} sent to both{end}."),
                some => format!(
                    "{} in {cases} sent to both{end}.",
                    count(some, "difference", "differences")
                ),
            },
            facts: facts(result),
            tables: suites
                .iter()
                .enumerate()
                .map(|(at, suite)| CrossTable::of(result, at, suite, &names))
                .collect(),
            examples: result
                .matrix
                .iter()
                .filter_map(|cell| Some(CrossExample::of(cell, place(&cell.suite)?, &names)))
                .collect(),
            differences: result
                .differences
                .iter()
                .take(DIFFERENCES)
                .map(|one| DifferenceView::of(one, &names))
                .collect(),
            more: (more > 0).then(|| format!("and {more} more in the JSON document")),
            notes: result
                .notes
                .iter()
                .map(|note| excerpt(note, COLUMNS))
                .collect(),
            picture: fuzz_progress(&result.progress),
            names,
        }
    }
}

fn facts(result: &VersusResult) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    for (label, (at, side)) in std::iter::zip(["first", "second"], result.sides.iter().enumerate())
    {
        facts.push((label, about(result, at)));
        facts.extend(side.troubles().into_iter().map(|words| (label, words)));
    }
    if result.unanswered > 0 {
        facts.push(("answered by neither", grouped(result.unanswered)));
    }
    facts.extend([
        ("kinds of answers", grouped(result.kinds)),
        ("started", visible(&result.started)),
        ("took", duration(result.duration_ms)),
        ("seed", result.seed.to_string()),
    ]);
    facts
}

/// The names of both implementations, made distinct if they share one name.
fn names(result: &VersusResult) -> [String; 2] {
    let name = |at: usize| {
        let side = &result.sides[at];
        let named = &side.implementation.name;
        excerpt(
            if named.trim().is_empty() {
                &side.adapter
            } else {
                named
            },
            NAME,
        )
    };
    let names = [name(0), name(1)];
    if names[0] == names[1] {
        [0, 1].map(|at| format!("{} ({})", names[at], ["first", "second"][at]))
    } else {
        names
    }
}

fn about(result: &VersusResult, at: usize) -> String {
    let side = &result.sides[at];
    let mut words = excerpt(side.implementation.called(), NAME);
    if let Some(version) = &side.implementation.version {
        words.push_str(&format!(" {}", excerpt(version, NAME)));
    }
    format!("{words} by {}", excerpt(&side.adapter, COLUMNS))
}

fn anchor(suite: usize, cell: &VersusCell) -> String {
    format!("x{suite}-{}-{}", cell.signer, cell.verifier)
}

fn tone(cell: &VersusCell) -> &'static str {
    match (cell.tokens, cell.accepted) {
        (0, _) => "plain",
        (tokens, accepted) if tokens == accepted => "good",
        (_, 0) => "bad",
        _ => "doubt",
    }
}

impl CrossTable {
    fn of(result: &VersusResult, at: usize, suite: &str, names: &[String; 2]) -> Self {
        let cell = |signer: u64, verifier: u64| {
            let is_it = |cell: &&VersusCell| {
                cell.suite == suite && cell.signer == signer && cell.verifier == verifier
            };
            result.matrix.iter().find(is_it).map(|cell| CrossCell {
                tone: tone(cell),
                words: format!("{} of {}", grouped(cell.accepted), grouped(cell.tokens)),
                anchor: anchor(at, cell),
            })
        };
        let rows = std::iter::zip(0.., names)
            .map(|(signer, name)| (name.clone(), vec![cell(signer, 0), cell(signer, 1)]));
        Self {
            suite: excerpt(suite, NAME),
            rows: rows.collect(),
        }
    }
}

impl CrossExample {
    fn of(cell: &VersusCell, suite: usize, names: &[String; 2]) -> Self {
        let name = |at: u64| usize::try_from(at).ok().and_then(|at| names.get(at));
        let name = |at: u64| name(at).map_or("?", String::as_str);
        let refused = cell.tokens.saturating_sub(cell.accepted);
        Self {
            anchor: anchor(suite, cell),
            tone: tone(cell),
            title: format!(
                "{}: signed by {}, verified by {}",
                excerpt(&cell.suite, NAME),
                name(cell.signer),
                name(cell.verifier)
            ),
            said: match (cell.tokens, refused) {
                (0, _) => "There was no token to present.".to_owned(),
                (tokens, 0) => format!("All {} tokens were accepted.", grouped(tokens)),
                (tokens, refused) => format!(
                    "{} of {} tokens were not accepted; this is the first.",
                    grouped(refused),
                    grouped(tokens)
                ),
            },
            asked: cell.example.as_ref().map(|one| sentence(&one.request)),
            actual: cell.example.as_ref().map(|one| actual(&one.answer)),
        }
    }
}

impl DifferenceView {
    fn of(difference: &VersusDifference, names: &[String; 2]) -> Self {
        let asked = sentence(&difference.request);
        let answers = std::iter::zip(names, &difference.answers);
        Self {
            suite: excerpt(&difference.suite, NAME),
            points: code_points(&asked),
            asked,
            answers: answers
                .map(|(name, answer)| (name.clone(), actual(answer)))
                .collect(),
            found: format!(
                "in {}; it was shrunk from {} to {} characters",
                count(difference.cases, "case", "cases"),
                grouped(difference.length_before),
                grouped(difference.length)
            ),
        }
    }
}

fn actual(answer: &VersusAnswer) -> String {
    excerpt(&answer.actual, COLUMNS)
}
