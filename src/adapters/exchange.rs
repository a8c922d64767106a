//! Who asks: the runner, a fuzzer.

use crate::protocol::{PreparedRequest, Reply};
use crate::results::Failure;

/// A request as the exchange numbers it; only the exchange knows what the number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Who has requests, and is told what became of them.
///
/// Each ticket that was handed out is told of once, by [`answered`](Self::answered) or
/// [`failed`](Self::failed) or [`inapplicable`](Self::inapplicable); after that it may happen that the answer is
/// [`revoked`](Self::revoked). Only where a drive ends with an error are some never told of.
pub trait Exchange {
    /// The next request to be sent; `None` if there is none for now. It is asked again after each
    /// batch of answers, and no more once it has none while nothing is under way.
    fn next(&mut self) -> Option<Ticket>;

    /// The request of a ticket that is not settled. After a crash it is asked for again.
    fn request(&self, ticket: Ticket) -> &PreparedRequest;

    /// It was answered.
    fn answered(&mut self, ticket: Ticket, reply: Reply);

    /// It has no valid answer, and it alone is to blame for it.
    fn failed(&mut self, ticket: Ticket, failure: Failure);

    /// It cannot be asked this at all, with the reason: a described implementation takes what its
    /// description can carry.
    fn inapplicable(&mut self, ticket: Ticket, reason: String);

    /// It was told of before, and then was answered once more: what it was told cannot be relied
    /// on.
    fn revoked(&mut self, ticket: Ticket, failure: Failure);

    /// The process broke, and what was in flight then did well when it ran again, one at a time:
    /// whatever it was depends on what came before.
    fn broke_down(&mut self, _failure: &Failure) {}
}
