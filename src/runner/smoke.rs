//! Whether the adapter works at all, before anybody is judged by it.

use crate::adapters::{Adapter, AdapterError, Exchange, Ticket};
use crate::protocol::{Reply, RequestLine};
use crate::results::Failure;
use crate::runner::case::Case;

/// How many requests may fail before the adapter is said not to work.
const TRIED: usize = 3;

/// Asks until one well-formed answer has come; what it says is of no interest. If none comes, the
/// first failure comes back.
pub(super) fn smoke(
    adapter: &mut Adapter<'_>,
    cases: &[Case<'_>],
    order: &[u32],
) -> Result<Result<(), Failure>, AdapterError> {
    let mut smoke = Smoke {
        tried: different(cases, order),
        asked: 0,
        failures: 0,
        answered: false,
        first_failure: None,
    };
    adapter.drive(&mut smoke)?;
    Ok(match smoke.first_failure {
        Some(failure) if !smoke.answered => Err(failure),
        _ => Ok(()),
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
    failures: usize,
    answered: bool,
    first_failure: Option<Failure>,
}

impl Exchange for Smoke<'_, '_> {
    /// One after the other, and no more once one is answered.
    fn next(&mut self) -> Option<Ticket> {
        let is_waiting = self.asked > self.failures;
        if self.answered || is_waiting || self.asked == self.tried.len() {
            return None;
        }
        self.asked += 1;
        Some(Ticket(self.asked as u64 - 1))
    }

    fn request(&self, ticket: Ticket) -> &RequestLine {
        &self.tried[usize::try_from(ticket.0).unwrap_or_default()].line
    }

    fn answered(&mut self, _ticket: Ticket, _reply: Reply) {
        self.answered = true;
    }

    fn failed(&mut self, _ticket: Ticket, failure: Failure) {
        self.failures += 1;
        self.first_failure.get_or_insert(failure);
    }

    /// It says nothing of whether the adapter works.
    fn inapplicable(&mut self, _ticket: Ticket, _reason: String) {
        self.failures += 1;
    }

    fn revoked(&mut self, _ticket: Ticket, _failure: Failure) {}
}
