//! The cases that need attention.

use crate::report::run::case::actual;
use crate::report::visible::excerpt;
use crate::results::{Case, Verdict};

/// Longest text in a line, in columns.
const COLUMNS: usize = 200;

/// A case that needs attention.
#[derive(Clone, Copy)]
pub(super) struct Finding<'r> {
    pub(super) case: &'r Case,
    pub(super) kind: FindingKind,
}

/// What is the matter with a case. All but warnings fail the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FindingKind {
    /// It did not behave as expected.
    Fail,
    /// It got no valid answer.
    Error,
    /// It passes, but is on the list of known failures.
    UnexpectedPass,
    /// It fails in another way than the list of known failures says.
    ChangedOutcome,
    /// It did not behave as expected, at a level that does not count.
    Warning,
}

impl<'r> Finding<'r> {
    /// The finding that a case is; `None` if it needs no attention.
    pub(super) fn of(case: &'r Case) -> Option<Self> {
        let kind = match (case.verdict, &case.known) {
            (Verdict::Fail | Verdict::Warning, Some(_)) => FindingKind::ChangedOutcome,
            (Verdict::Fail, None) => FindingKind::Fail,
            (Verdict::Warning, None) => FindingKind::Warning,
            (Verdict::Error, _) => FindingKind::Error,
            (Verdict::UnexpectedPass, _) => FindingKind::UnexpectedPass,
            (
                Verdict::Pass
                | Verdict::Observed
                | Verdict::Skipped
                | Verdict::NotApplicable
                | Verdict::KnownFailure,
                _,
            ) => return None,
        };
        Some(Self { case, kind })
    }

    pub(super) fn is_warning(self) -> bool {
        self.kind == FindingKind::Warning
    }

    /// What happened, in one line.
    pub(super) fn words(self) -> String {
        let case = self.case;
        match (self.kind, &case.known) {
            (FindingKind::Error, _) => actual(case),
            (FindingKind::UnexpectedPass, known) => {
                let known = known.as_ref();
                let reason = known.map_or("", |known| &known.reason);
                let place = known.map_or("", |known| known.place());
                format!(
                    "passes; correct or remove its entry, {} ({}), or run with --update-known-failures",
                    excerpt(place, COLUMNS),
                    excerpt(reason, COLUMNS)
                )
            }
            (FindingKind::ChangedOutcome, Some(known)) => format!(
                "{}; {} expects {}",
                actual(case),
                excerpt(known.place(), COLUMNS),
                known.expect
            ),
            (FindingKind::Fail | FindingKind::Warning | FindingKind::ChangedOutcome, _) => {
                happened(case)
            }
        }
    }
}

/// What happened instead of what was expected.
pub(super) fn happened(case: &Case) -> String {
    format!(
        "{}; expected {}",
        actual(case),
        excerpt(&case.expected, COLUMNS)
    )
}
