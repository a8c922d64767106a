//! The head of a report: the overall result, and the findings that must be shown next to it. Title,
//! badge and first screen all use it, so they agree.

use crate::report::Campaigns;
use crate::report::beside::{Beside, Tone};
use crate::results::{Conformance, Document, RunResult};

/// The head of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Headline {
    conformance: Conformance,
    /// The worst tone of all parts.
    pub(super) tone: Tone,
    /// The findings that must be shown next to the conformance.
    pub(super) beside: Vec<Beside>,
}

impl Headline {
    /// The headline of a whole document with these campaigns.
    pub(super) fn of(document: &Document, campaigns: &Campaigns<'_>) -> Self {
        let conformance = document.conformance();
        Self::new(conformance, document.judged_itself(), campaigns)
    }

    /// The headline of a single run, with the campaigns that are about the same implementation.
    pub(super) fn of_run(run: &RunResult, campaigns: &Campaigns<'_>) -> Self {
        Self::new(run.conformance, run.judged_itself, &campaigns.of(run))
    }

    fn new(conformance: Conformance, judged_itself: bool, campaigns: &Campaigns<'_>) -> Self {
        let mut beside = campaigns.findings();
        if judged_itself {
            let words = "your code was not tested".to_owned();
            beside.insert(0, Beside::new(Tone::Doubtful, "main", words));
        }
        let tones = beside.iter().map(|one| one.tone);
        Self {
            conformance,
            tone: tones.fold(of_conformance(conformance), Tone::max),
            beside,
        }
    }

    /// The findings in one line; `None` if there are none.
    pub(super) fn caveat(&self) -> Option<String> {
        let joined = match self.conformance {
            Conformance::Conformant => "but",
            Conformance::Nonconformant | Conformance::Incomplete => "and",
        };
        let words: Vec<&str> = self.beside.iter().map(|one| one.words.as_str()).collect();
        (!words.is_empty()).then(|| format!("{joined} {}", words.join(" and ")))
    }

    /// The word for the conformance, followed by the findings: `conformant, but …`.
    pub(super) fn words(&self) -> String {
        let word = self.conformance.name();
        match self.caveat() {
            None => word.to_owned(),
            Some(caveat) => format!("{word}, {caveat}"),
        }
    }
}

/// The tone of a conformance.
pub(super) fn of_conformance(conformance: Conformance) -> Tone {
    match conformance {
        Conformance::Conformant => Tone::Good,
        Conformance::Nonconformant => Tone::Bad,
        Conformance::Incomplete => Tone::Doubtful,
    }
}
