//! A case in full.

use crate::report::request::{code_points, sentence};
use crate::report::run::basis;
use crate::report::run::case::{
    actual, difference, known, reason_beside, remedies, titles, token_edges,
};
use crate::report::run::sent::sent_lines;
use crate::report::visible::{capitalised, excerpt, visible};
use crate::results::{Case, Causes};

/// Longest text that is shown in full, in columns.
const COLUMNS: usize = 400;

/// Longest token whose differences are marked.
const TOKEN: usize = 240;

/// Maximum number of explanations shown for one outcome.
const CAUSES: usize = 3;

/// A case in full: what came, and what is to be said of it.
pub(super) struct Card {
    pub(super) id: String,
    /// The requirement's level and basis.
    pub(super) standing: String,
    pub(super) asked: String,
    pub(super) points: Option<String>,
    pub(super) expected: String,
    pub(super) actual: String,
    pub(super) tokens: Option<Tokens>,
    pub(super) more: Vec<String>,
    /// The request that a sender made.
    pub(super) sent: Vec<(&'static str, String)>,
    pub(super) causes: Vec<Advice>,
    pub(super) note: Option<String>,
}

/// Two tokens that differ.
pub(super) struct Tokens {
    pub(super) due: String,
    pub(super) came: String,
}

impl Tokens {
    /// What both begin with, what the first and the second have of their own, and what both end
    /// with.
    pub(super) fn parts(&self) -> [&str; 4] {
        let (due, came) = (self.due.as_str(), self.came.as_str());
        let alike = |(one, other): &(char, char)| one == other;
        let width = |(one, _): (char, char)| one.len_utf8();
        let head = std::iter::zip(due.chars(), came.chars()).take_while(alike);
        let head: usize = head.map(width).sum();
        let tail = std::iter::zip(due[head..].chars().rev(), came[head..].chars().rev());
        let tail: usize = tail.take_while(alike).map(width).sum();
        let middle = |text: &'_ str| head..text.len() - tail;
        [
            &due[..head],
            &due[middle(due)],
            &came[middle(came)],
            &due[due.len() - tail..],
        ]
    }
}

/// A likely cause and its remedies.
pub(super) struct Advice {
    pub(super) title: String,
    pub(super) remedies: Vec<String>,
}

impl Advice {
    fn of(causes: &Causes) -> Self {
        Self {
            title: capitalised(&excerpt(&titles(causes), COLUMNS)),
            remedies: remedies(causes)
                .map(|remedy| excerpt(remedy, COLUMNS))
                .collect(),
        }
    }
}

impl Card {
    pub(super) fn of(case: &Case) -> Self {
        let mut more = Vec::new();
        if let (Some(expected), Some(came)) = (&case.expected_token, &case.actual_token) {
            more.extend(difference(expected, came));
        }
        let tokens = tokens(case);
        if tokens.is_some() {
            more.extend(token_edges(case));
        }
        more.extend(reason_beside(case).map(|why| excerpt(why, COLUMNS)));
        more.extend(known(case));
        let causes: Vec<Advice> = case.causes.iter().take(CAUSES).map(Advice::of).collect();
        if let Some(others) = case.causes.len().checked_sub(CAUSES).filter(|&n| n > 0) {
            more.push(format!(
                "{others} more causes that this case does not distinguish"
            ));
        }
        Self {
            id: visible(&case.id),
            standing: format!("{}, {}", case.level, basis::of_case(case)),
            asked: Self::asked(case),
            points: Self::points(case),
            expected: Self::expected(case),
            actual: actual(case),
            tokens,
            more,
            sent: sent_lines(case),
            causes,
            note: Self::note(case),
        }
    }

    pub(super) fn asked(case: &Case) -> String {
        sentence(&case.request)
    }

    pub(super) fn expected(case: &Case) -> String {
        excerpt(&case.expected, COLUMNS)
    }

    pub(super) fn note(case: &Case) -> Option<String> {
        case.note.as_ref().map(|note| excerpt(note, COLUMNS))
    }

    /// The characters of the request outside ASCII, with their code points.
    pub(super) fn points(case: &Case) -> Option<String> {
        code_points(&Self::asked(case))
    }
}

fn tokens(case: &Case) -> Option<Tokens> {
    let (expected, actual) = (case.expected_token.as_ref()?, case.actual_token.as_ref()?);
    if case.actual_in_another_round.is_some() || expected == actual {
        return None;
    }
    let (due, came) = (visible(expected), visible(actual));
    if due.chars().count().max(came.chars().count()) > TOKEN {
        return None;
    }
    Some(Tokens { due, came })
}
