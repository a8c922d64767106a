//! Asking a few things at once, beside a run or a campaign.

use std::collections::HashMap;

use crate::adapters::{Adapter, AdapterError, Exchange, Ticket};
use crate::protocol::{PreparedRequest, Reply};
use crate::results::{Failure, Observed};
use crate::signature::{Request, bounded};

/// Sends these requests and returns what was observed of each, in bounded space. With `one_by_one` no request is
/// sent before the previous one is answered.
pub fn ask(
    adapter: &mut dyn Adapter,
    requests: &[Request],
    one_by_one: bool,
) -> Result<Vec<Observed>, AdapterError> {
    ask_made(adapter, requests.len(), one_by_one, &|at| {
        requests[at].clone()
    })
}

/// Sends `count` requests, each made when it is sent, and returns what was observed of each.
pub fn ask_made(
    adapter: &mut dyn Adapter,
    count: usize,
    one_by_one: bool,
    make: &dyn Fn(usize) -> Request,
) -> Result<Vec<Observed>, AdapterError> {
    let mut asking = Asking {
        observed: vec![None; count],
        make,
        requests: HashMap::new(),
        next: 0,
        settled: 0,
        one_by_one,
    };
    // A conversation that waits for its answers ends as if there were nothing more.
    while asking.next < count {
        adapter.drive(&mut asking)?;
    }
    let nothing = || Observed::Skipped("no answer".to_owned());
    Ok(asking
        .observed
        .into_iter()
        .map(|observed| observed.unwrap_or_else(nothing))
        .collect())
}

struct Asking<'m> {
    make: &'m dyn Fn(usize) -> Request,
    /// Those that are under way.
    requests: HashMap<Ticket, PreparedRequest>,
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
        let request = PreparedRequest::new((self.make)(self.next));
        self.requests.insert(ticket, request);
        self.next += 1;
        Some(ticket)
    }

    fn request(&self, ticket: Ticket) -> &PreparedRequest {
        &self.requests[&ticket]
    }

    fn answered(&mut self, ticket: Ticket, reply: Reply) {
        let observed = match reply {
            Reply::Outcome(outcome) => {
                // No right token is much longer than the request for it.
                let due = self.request(ticket).length();
                Observed::Outcome(outcome.bounded(due, &str::to_owned))
            }
            Reply::Unsupported(reason) => Observed::Unsupported {
                reason: bounded(reason, 0, &str::to_owned),
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
