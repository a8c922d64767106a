//! The verdicts at the head of the page, each a link to what it rests on.

use crate::report::Campaigns;
use crate::report::beside::{Beside, Tone};
use crate::report::digits::{count, grouped};
use crate::report::run::headline::{Headline, of_conformance};
use crate::report::run::sentence::verdict_word;
use crate::report::visible::capitalised;
use crate::results::{Conformance, Document};

/// One verdict.
pub(super) struct Sign {
    pub(super) label: &'static str,
    pub(super) tone: &'static str,
    pub(super) mark: &'static str,
    pub(super) words: String,
    pub(super) anchor: String,
}

/// The head of the page: the tone of the worst verdict, the overall result in words, and each
/// verdict.
pub(super) struct Strip {
    pub(super) tone: Tone,
    pub(super) word: String,
    pub(super) signs: Vec<Sign>,
}

impl Strip {
    /// `details` and `gate_details` are where the details of the conformance and of the gate stand.
    pub(super) fn of(
        document: &Document,
        campaigns: &Campaigns<'_>,
        details: &str,
        gate_details: &str,
    ) -> Self {
        let headline = Headline::of(document, campaigns);
        let conformance = document.conformance();
        let runs = document.runs();
        let failed = runs.iter().filter(|run| !run.gate.passed).count();
        let mut word = match runs {
            [_] => capitalised(&headline.words()),
            _ => {
                let caveat = headline.caveat().map(|caveat| format!(", {caveat}"));
                conforming(document) + caveat.as_deref().unwrap_or_default()
            }
        };
        let mut tone = headline.tone;
        if failed > 0 && conformance == Conformance::Conformant {
            word += match headline.beside[..] {
                [] => ", but the gate failed",
                _ => ", and the gate failed",
            };
            tone = Tone::Bad;
        }
        let gate = match (failed, runs) {
            (0, _) => "passed".to_owned(),
            (_, [run]) => format!("failed (exit code {})", run.gate.exit_code),
            (failed, all) => format!("failed for {} of {}", grouped(failed as u64), all.len()),
        };
        let gate_tone = if failed == 0 { Tone::Good } else { Tone::Bad };
        let words = match runs {
            [run] => verdict_word(run).to_owned(),
            _ => conforming(document),
        };
        let first = |anchor: &str| match runs {
            [_] => anchor.to_owned(),
            _ => "matrix".to_owned(),
        };
        let mut signs = vec![
            sign(
                "Conformance",
                of_conformance(conformance),
                words,
                first(details),
            ),
            sign("Gate", gate_tone, gate, first(gate_details)),
        ];
        signs.extend(beside(campaigns));
        Self { tone, word, signs }
    }
}

/// `5 of 7 do not conform`, with what else there is.
fn conforming(document: &Document) -> String {
    let runs = document.runs();
    let of = |word| runs.iter().filter(|run| run.conformance == word).count();
    let (bad, unknown) = (of(Conformance::Nonconformant), of(Conformance::Incomplete));
    let all = runs.len();
    let does = |number: usize, one: &str, many: &str| {
        format!("{number} of {all} {}", if number == 1 { one } else { many })
    };
    match (bad, unknown) {
        (0, 0) => format!("{all} of {all} conform"),
        (0, unknown) => does(unknown, "is incomplete", "are incomplete"),
        (bad, 0) => does(bad, "does not conform", "do not conform"),
        (bad, unknown) => {
            let rest = if unknown == 1 { "is" } else { "are" };
            let bad = does(bad, "does not conform", "do not conform");
            format!("{bad}, {unknown} {rest} incomplete")
        }
    }
}

/// What the campaigns showed.
fn beside(campaigns: &Campaigns<'_>) -> Vec<Sign> {
    let findings = campaigns.findings();
    let said = |anchor: &str, label, good: Option<String>| {
        let bad = findings.iter().find(|one| one.anchor == anchor);
        match (bad, good) {
            (Some(Beside { tone, words, .. }), _) => {
                sign(label, *tone, words.clone(), anchor.to_owned())
            }
            (None, Some(words)) => sign(label, Tone::Good, words, anchor.to_owned()),
            (None, None) => Sign {
                label,
                tone: "plain",
                mark: "–",
                words: "not part of this page".to_owned(),
                anchor: "absent".to_owned(),
            },
        }
    };
    let fuzz = campaigns
        .fuzz
        .map(|fuzz| format!("no finding in {}", count(fuzz.cases, "case", "cases")));
    let timing = campaigns.timing.map(|_| "no leak found".to_owned());
    let versus = campaigns.versus.map(|_| "no difference".to_owned());
    let mut signs = vec![
        said("fuzz", "Fuzzing", fuzz),
        said("timing", "Timing", timing),
    ];
    if versus.is_some() {
        signs.push(said("versus", "Against each other", versus));
    }
    signs
}

fn sign(label: &'static str, of: Tone, words: String, anchor: String) -> Sign {
    Sign {
        label,
        tone: of.class(),
        mark: of.mark(),
        words,
        anchor,
    }
}
