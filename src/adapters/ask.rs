//! Asking a few things at once, beside a run or a campaign.

use std::collections::HashMap;

use crate::adapters::{Adapter, AdapterError, Exchange, Ticket};
use crate::protocol::{Reply, RequestLine};
use crate::results::{Failure, Observed};

/// Asks each of these lines, and says what came of each. One by one, if that is wished: then none
/// is sent before the one before is answered.
pub fn ask(
    adapter: &mut Adapter<'_>,
    lines: &[RequestLine],
    one_by_one: bool,
) -> Result<Vec<Observed>, AdapterError> {
    ask_made(adapter, lines.len(), one_by_one, &|at| lines[at].clone())
}

/// Asks as many lines, each made when it is sent, and says what came of each.
pub fn ask_made(
    adapter: &mut Adapter<'_>,
    count: usize,
    one_by_one: bool,
    make: &dyn Fn(usize) -> RequestLine,
) -> Result<Vec<Observed>, AdapterError> {
    let mut asking = Asking {
        observed: vec![None; count],
        make,
        lines: HashMap::new(),
        next: 0,
        settled: 0,
        one_by_one,
    };
    // A conversation that waits for its answers ends as if there were nothing more.
    while asking.next < count {
        adapter.drive(&mut asking)?;
    }
    let nothing = || Observed::Skipped("it was not asked".to_owned());
    Ok(asking
        .observed
        .into_iter()
        .map(|observed| observed.unwrap_or_else(nothing))
        .collect())
}

struct Asking<'m> {
    make: &'m dyn Fn(usize) -> RequestLine,
    /// Those that are under way.
    lines: HashMap<Ticket, RequestLine>,
    observed: Vec<Option<Observed>>,
    next: usize,
    settled: usize,
    one_by_one: bool,
}

impl Asking<'_> {
    fn settle(&mut self, ticket: Ticket, observed: Observed) {
        let at = usize::try_from(ticket.0).unwrap_or(usize::MAX);
        if let Some(place) = self.observed.get_mut(at) {
            *place = Some(observed);
            self.settled += 1;
        }
    }
}

impl Exchange for Asking<'_> {
    fn next(&mut self) -> Option<Ticket> {
        let waits = self.one_by_one && self.settled < self.next;
        if waits || self.next >= self.observed.len() {
            return None;
        }
        let ticket = Ticket(self.next as u64);
        self.lines.insert(ticket, (self.make)(self.next));
        self.next += 1;
        Some(ticket)
    }

    fn request(&self, ticket: Ticket) -> &RequestLine {
        &self.lines[&ticket]
    }

    fn answered(&mut self, ticket: Ticket, reply: Reply) {
        let observed = match reply {
            Reply::Outcome(outcome) => Observed::Outcome(outcome),
            Reply::Unsupported(reason) => Observed::Unsupported {
                reason,
                declared: false,
            },
        };
        self.settle(ticket, observed);
    }

    fn failed(&mut self, ticket: Ticket, failure: Failure) {
        self.settle(ticket, Observed::Failed(failure));
    }

    fn inapplicable(&mut self, ticket: Ticket, reason: String) {
        self.settle(ticket, Observed::NotApplicable(reason));
    }

    fn revoked(&mut self, ticket: Ticket, failure: Failure) {
        self.settle(ticket, Observed::Failed(failure));
    }
}
