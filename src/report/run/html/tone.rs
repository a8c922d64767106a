//! The colour and the word for each result, so that nothing is conveyed by colour alone.

use crate::results::Verdict;

/// The CSS class of a verdict.
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

/// The mark of a verdict, which is told from the others without colour.
pub(super) fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail | Verdict::UnexpectedPass => "✕",
        Verdict::Warning => "!",
        Verdict::Error => "⚡",
        Verdict::KnownFailure => "≈",
        Verdict::Observed => "·",
        Verdict::Skipped | Verdict::NotApplicable => "–",
    }
}

/// The word for a verdict; `None` means that no case shows the requirement.
pub(super) fn verdict_word(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("no case", Verdict::name)
}
