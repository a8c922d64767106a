//! What a report must not hide beside the conformance of a run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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

impl Tone {
    /// The CSS class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubtful => "doubt",
            Self::Bad => "bad",
        }
    }

    /// The mark, which is told from the others without colour.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Doubtful => "!",
            Self::Bad => "✕",
        }
    }

    /// The picture in the browser's tab, as a URL that holds it: the mark on the colour.
    pub(super) fn icon(self) -> String {
        let (color, path) = match self {
            Self::Good => ("#11662b", "M8 17l5 5 11-12"),
            Self::Doubtful => ("#7d4a00", "M16 7v11m0 5v2"),
            Self::Bad => ("#ab1f14", "M9 9l14 14m0-14L9 23"),
        };
        let picture = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='7' fill='{color}'/><path d='{path}' fill='none' stroke='#fff' stroke-width='4' stroke-linecap='round'/></svg>"
        );
        format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture))
    }
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
