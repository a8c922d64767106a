//! The full details of a case that did not behave as expected.

use crate::report::request::sentence;
use crate::report::rerun_command;
use crate::report::run::basis;
use crate::report::run::case::{actual, difference, known, remedies, titles};
use crate::report::run::html::tone;
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, excerpt, visible};
use crate::results::{Case, Causes};

/// Longest text that is shown in full, in columns.
const COLUMNS: usize = 400;

/// Longest token whose differences are highlighted.
const TOKEN: usize = 240;

/// Maximum number of explanations shown for one outcome.
const CAUSES: usize = 3;

/// The full details of a case.
pub(super) struct Card {
    pub(super) anchor: String,
    pub(super) tone: &'static str,
    pub(super) verdict: &'static str,
    pub(super) id: String,
    /// The requirement's level and basis.
    pub(super) standing: String,
    pub(super) asked: String,
    pub(super) expected: String,
    pub(super) actual: String,
    pub(super) tokens: Option<Tokens>,
    pub(super) more: Vec<String>,
    pub(super) causes: Vec<Advice>,
    pub(super) note: Option<String>,
    /// The anchors and names of the requirements that the case shows.
    pub(super) shows: Vec<(String, String)>,
    pub(super) place: String,
    pub(super) again: String,
    pub(super) is_open: bool,
}

/// Two tokens, split where they start to differ.
pub(super) struct Tokens {
    pub(super) same: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// A likely cause and its remedies.
pub(super) struct Advice {
    pub(super) title: String,
    pub(super) remedies: Vec<String>,
    pub(super) explains: String,
}

impl Advice {
    pub(super) fn of(causes: &Causes) -> Self {
        Self {
            title: capitalised(&excerpt(&titles(causes), COLUMNS)),
            remedies: remedies(causes)
                .map(|remedy| excerpt(remedy, COLUMNS))
                .collect(),
            explains: String::new(),
        }
    }
}

impl Card {
    /// Builds the card of a case. `of_requirement` gives the anchor of a requirement by its index.
    pub(super) fn of(
        view: &RunView<'_>,
        case: &Case,
        anchor: String,
        of_requirement: impl Fn(usize) -> String,
        is_open: bool,
    ) -> Self {
        let shows = case.shows.iter().map(|name| {
            let anchor = view.requirements.index(case, name).map(&of_requirement);
            (anchor.unwrap_or_default(), visible(name))
        });
        let mut more = Vec::new();
        if let (Some(expected), Some(came)) = (&case.expected_token, &case.actual_token) {
            more.extend(difference(expected, came));
        }
        if case.actual.is_some() {
            more.extend(case.reason.as_ref().map(|why| excerpt(why, COLUMNS)));
        }
        more.extend(known(case));
        let causes: Vec<Advice> = case.causes.iter().take(CAUSES).map(Advice::of).collect();
        if let Some(others) = case.causes.len().checked_sub(CAUSES).filter(|&n| n > 0) {
            more.push(format!(
                "{others} more causes that this case does not distinguish"
            ));
        }
        Self {
            anchor,
            tone: tone::of_verdict(Some(case.verdict)),
            verdict: case.verdict.name(),
            id: visible(&case.id),
            standing: format!("{}, {}", case.level, basis::of_case(case)),
            asked: sentence(&case.request),
            expected: excerpt(&case.expected, COLUMNS),
            actual: actual(case),
            tokens: tokens(case),
            more,
            causes,
            note: case.note.as_ref().map(|note| excerpt(note, COLUMNS)),
            shows: shows.collect(),
            place: format!("{}:{}", visible(&case.source.path), case.source.line),
            again: visible(&rerun_command(view.run, &case.id)),
            is_open,
        }
    }
}

fn tokens(case: &Case) -> Option<Tokens> {
    let (expected, actual) = (case.expected_token.as_ref()?, case.actual_token.as_ref()?);
    if case.actual_in_another_round.is_some() || expected == actual {
        return None;
    }
    let (expected, actual) = (visible(expected), visible(actual));
    if expected.chars().count().max(actual.chars().count()) > TOKEN {
        return None;
    }
    let same: usize = std::iter::zip(expected.chars(), actual.chars())
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len_utf8())
        .sum();
    // If the tokens have no common prefix, there is nothing to highlight.
    if same == 0 {
        return None;
    }
    Some(Tokens {
        same: expected[..same].to_owned(),
        expected: expected[same..].to_owned(),
        actual: actual[same..].to_owned(),
    })
}
