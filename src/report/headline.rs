//! What stands at the head of a report: what all runs came to, and what must not be missed beside
//! it. A title, a badge and a first screen say the same.

use crate::results::{Conformance, Document};

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

/// The head of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Headline {
    conformance: Conformance,
    /// The gravest of all.
    pub(super) tone: Tone,
    /// What must not be missed beside the conformance, fit to be seen.
    pub(super) beside: Vec<String>,
}

impl Headline {
    /// The head of the reports of this document.
    pub(super) fn of(document: &Document) -> Self {
        let mut headline = Self {
            conformance: document.conformance(),
            tone: of_conformance(document.conformance()),
            beside: Vec::new(),
        };
        if document.judged_itself() {
            headline.add(Tone::Doubtful, "nothing of yours was tested".to_owned());
        }
        headline
    }

    fn add(&mut self, tone: Tone, words: String) {
        self.tone = self.tone.max(tone);
        self.beside.push(words);
    }

    /// The word for the conformance, and all else behind it: `conformant, but …`.
    pub(super) fn words(&self) -> String {
        let word = self.conformance.name();
        let joined = match self.conformance {
            Conformance::Conformant => "but",
            Conformance::Nonconformant | Conformance::Incomplete => "and",
        };
        match &self.beside[..] {
            [] => word.to_owned(),
            beside => format!("{word}, {joined} {}", beside.join(" and ")),
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
