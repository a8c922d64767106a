//! What stands at the head of a report: what all runs came to, and what must not be missed beside
//! it. A title, a badge and a first screen say the same.

use crate::report::Campaigns;
use crate::results::{Conformance, Document, RunResult};

/// How good a thing is, for its colour. The greater outweighs the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    /// As it should be.
    Good,
    /// Nothing is wrong, and not everything is known.
    Doubtful,
    /// Something is wrong.
    Bad,
}

/// Something that must not be missed beside the conformance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Beside {
    /// How bad it is.
    pub(super) tone: Tone,
    /// Where a page has the rest of it.
    pub(super) anchor: &'static str,
    /// What it is, in words of ours.
    pub(super) words: String,
}

impl Beside {
    pub(super) fn new(tone: Tone, anchor: &'static str, words: String) -> Self {
        Self {
            tone,
            anchor,
            words,
        }
    }
}

/// The head of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Headline {
    conformance: Conformance,
    /// The gravest of all.
    pub(super) tone: Tone,
    /// What must not be missed beside the conformance.
    pub(super) beside: Vec<Beside>,
}

impl Headline {
    /// The head of the reports of this document, with these campaigns.
    pub(super) fn of(document: &Document, campaigns: &Campaigns<'_>) -> Self {
        let conformance = document.conformance();
        Self::new(conformance, document.judged_itself(), campaigns)
    }

    /// The head of what a report says of one run, with those of these campaigns that are of the
    /// same implementation.
    pub(super) fn of_run(run: &RunResult, campaigns: &Campaigns<'_>) -> Self {
        Self::new(run.conformance, run.judged_itself, &campaigns.of(run))
    }

    fn new(conformance: Conformance, judged_itself: bool, campaigns: &Campaigns<'_>) -> Self {
        let mut beside = campaigns.findings();
        if judged_itself {
            let words = "nothing of yours was tested".to_owned();
            beside.insert(0, Beside::new(Tone::Doubtful, "main", words));
        }
        let tones = beside.iter().map(|one| one.tone);
        Self {
            conformance,
            tone: tones.fold(of_conformance(conformance), Tone::max),
            beside,
        }
    }

    /// What stands beside the conformance, in a row; `None` where nothing does.
    pub(super) fn caveat(&self) -> Option<String> {
        let joined = match self.conformance {
            Conformance::Conformant => "but",
            Conformance::Nonconformant | Conformance::Incomplete => "and",
        };
        let words: Vec<&str> = self.beside.iter().map(|one| one.words.as_str()).collect();
        (!words.is_empty()).then(|| format!("{joined} {}", words.join(" and ")))
    }

    /// The word for the conformance, and all else behind it: `conformant, but …`.
    pub(super) fn words(&self) -> String {
        let word = self.conformance.name();
        match self.caveat() {
            None => word.to_owned(),
            Some(caveat) => format!("{word}, {caveat}"),
        }
    }
}

/// How good a conformance is.
pub(super) fn of_conformance(conformance: Conformance) -> Tone {
    match conformance {
        Conformance::Conformant => Tone::Good,
        Conformance::Nonconformant => Tone::Bad,
        Conformance::Incomplete => Tone::Doubtful,
    }
}
