//! Which colour a thing has, and its word, so that nothing is told by colour alone.

use crate::report::headline::Tone;
use crate::results::Verdict;

/// The class of a verdict in the style sheet.
pub(super) fn of_verdict(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Pass) => "good",
        Some(Verdict::Fail | Verdict::UnexpectedPass) => "bad",
        Some(Verdict::Warning) => "doubt",
        Some(Verdict::Error) => "fault",
        Some(Verdict::KnownFailure) => "known",
        Some(Verdict::Observed | Verdict::Skipped | Verdict::NotApplicable) | None => "plain",
    }
}

/// The class of a tone.
pub(super) fn of(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Doubtful => "doubt",
        Tone::Bad => "bad",
    }
}

/// The word of a verdict; of a requirement that no case shows, that.
pub(super) fn verdict_word(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("no case", Verdict::name)
}
