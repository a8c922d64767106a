//! Whether the adapter works at all, before anybody is judged by it.

use crate::adapters::{Adapter, AdapterError, Exchange, Ticket};
use crate::protocol::{PreparedRequest, Reply};
use crate::results::Failure;
use crate::runner::case::Case;

/// How many requests may fail before the adapter is said not to work.
const TRIED: usize = 3;

/// Asks until one well-formed answer has come; what it says is of no interest. What failed before
/// that comes back, by the place of its case; if no answer comes, the first failure does.
pub(super) fn smoke(
    adapter: &mut Adapter<'_>,
    cases: &[Case<'_>],
    order: &[u32],
) -> Result<Result<Vec<(usize, Failure)>, Failure>, AdapterError> {
    let mut smoke = Smoke {
        tried: different(cases, order),
        asked: 0,
        settled: 0,
        answered: false,
        failures: Vec::new(),
    };
    adapter.drive(&mut smoke)?;
    let Smoke {
        tried,
        answered,
        failures,
        ..
    } = smoke;
    Ok(match failures.first() {
        Some((_, failure)) if !answered => Err(failure.clone()),
        _ => {
            let place = |tried: &Case<'_>| cases.iter().position(|one| std::ptr::eq(one, tried));
            let failed = |(at, failure): (usize, Failure)| Some((place(tried[at])?, failure));
            Ok(failures.into_iter().filter_map(failed).collect())
        }
    })
}

/// A few cases, of different suites and operations where there are such.
fn different<'c, 's>(cases: &'c [Case<'s>], order: &[u32]) -> Vec<&'c Case<'s>> {
    let kind = |case: &Case<'_>| (case.suite.name.clone(), case.op());
    let in_order = || order.iter().map(|&at| &cases[at as usize]);
    let mut chosen: Vec<&Case<'_>> = Vec::new();
    for case in in_order() {
        if chosen.len() < TRIED && chosen.iter().all(|other| kind(other) != kind(case)) {
            chosen.push(case);
        }
    }
    let others = in_order().filter(|case| !chosen.iter().any(|other| std::ptr::eq(*other, *case)));
    let missing = TRIED - chosen.len();
    let others: Vec<_> = others.take(missing).collect();
    chosen.extend(others);
    chosen
}

struct Smoke<'c, 's> {
    tried: Vec<&'c Case<'s>>,
    asked: usize,
    /// How many of them came to nothing.
    settled: usize,
    answered: bool,
    /// What failed, by its place among those that are tried.
    failures: Vec<(usize, Failure)>,
}

impl Exchange for Smoke<'_, '_> {
    /// One after the other, and no more once one is answered.
    fn next(&mut self) -> Option<Ticket> {
        let is_waiting = self.asked > self.settled;
        if self.answered || is_waiting || self.asked == self.tried.len() {
            return None;
        }
        self.asked += 1;
        Some(Ticket(self.asked as u64 - 1))
    }

    fn request(&self, ticket: Ticket) -> &PreparedRequest {
        &self.tried[usize::try_from(ticket.0).unwrap_or_default()].request
    }

    fn answered(&mut self, _ticket: Ticket, _reply: Reply) {
        self.answered = true;
    }

    fn failed(&mut self, ticket: Ticket, failure: Failure) {
        self.settled += 1;
        let at = usize::try_from(ticket.0).unwrap_or_default();
        self.failures.push((at, failure));
    }

    /// It says nothing of whether the adapter works.
    fn inapplicable(&mut self, _ticket: Ticket, _reason: String) {
        self.settled += 1;
    }

    fn revoked(&mut self, _ticket: Ticket, _failure: Failure) {}
}
