//! What a report must not hide beside the conformance of a run.

/// How good a result is; determines its colour. Ordered by severity, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    /// Everything is fine.
    Good,
    /// Nothing is wrong, but not everything is known.
    Doubtful,
    /// Something is wrong.
    Bad,
}

/// A finding that must be shown next to the conformance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Beside {
    /// How bad the finding is.
    pub(super) tone: Tone,
    /// The anchor of the section with the details.
    pub(super) anchor: &'static str,
    /// The finding in our own words, without untrusted text.
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
