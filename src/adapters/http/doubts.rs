//! What a server did that can be laid at no request's door yet.

use std::collections::{BTreeMap, VecDeque};

use crate::adapters::Ticket;
use crate::adapters::http::client::TransportError;
use crate::results::{Failure, RestartKind, Restarts};

/// Requests that had no valid answer together with others, or over a connection that was lost: each
/// is asked again alone. What none of them does again is a restart that no case answers for, a lost
/// connection aside.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    suspects: VecDeque<(Ticket, u64)>,
    open: BTreeMap<u64, Doubt>,
    next: u64,
    /// Since which request nobody was there, and what that was.
    down: Option<(u64, String)>,
    unanswered: Restarts,
}

/// One thing that went wrong.
#[derive(Debug)]
struct Doubt {
    /// What it is if nobody is to blame for it; `None` where that is nothing to speak of.
    failure: Option<Failure>,
    /// How many requests are still to be asked alone.
    waiting: usize,
    /// Whether it is that the server did not take a request, maybe for its size: an ordinary one
    /// has to be answered first, and right after it.
    is_of_size: bool,
}

impl Doubts {
    /// The server that answers now knows nothing of what was asked before.
    pub(super) fn forget_suspects(&mut self) {
        self.suspects.clear();
        self.open.clear();
    }

    /// These requests had no valid answer.
    pub(super) fn raise(
        &mut self,
        suspects: &[Ticket],
        failure: Option<Failure>,
        is_of_size: bool,
    ) {
        let doubt = self.next;
        self.next += 1;
        self.suspects
            .extend(suspects.iter().map(|&one| (one, doubt)));
        self.open.insert(
            doubt,
            Doubt {
                failure,
                waiting: suspects.len(),
                is_of_size,
            },
        );
        self.close_if_settled(doubt);
    }

    /// Whether anything is to be asked alone.
    pub(super) fn is_empty(&self) -> bool {
        self.suspects.is_empty()
    }

    /// Whether a doubt is that the server did not take a request, maybe for its size.
    pub(super) fn is_of_size(&self, doubt: u64) -> bool {
        self.open.get(&doubt).is_some_and(|one| one.is_of_size)
    }

    /// Whether all that is to be asked alone can wait until an ordinary request was answered.
    pub(super) fn can_wait(&self) -> bool {
        let mut suspects = self.suspects.iter();
        suspects.all(|(_, doubt)| self.is_of_size(*doubt))
    }

    /// The next request to be asked alone, and the doubt that it is to settle.
    pub(super) fn next(&mut self) -> Option<(Ticket, u64)> {
        self.suspects.pop_front()
    }

    /// A request was asked alone; `is_to_blame` if it had no valid answer then either.
    pub(super) fn settle(&mut self, doubt: u64, is_to_blame: bool) {
        if let Some(one) = self.open.get_mut(&doubt) {
            one.waiting = one.waiting.saturating_sub(1);
            if is_to_blame {
                one.failure = None;
            }
        }
        self.close_if_settled(doubt);
    }

    fn close_if_settled(&mut self, doubt: u64) {
        if self.open.get(&doubt).is_some_and(|one| one.waiting > 0) {
            return;
        }
        if let Some(failure) = self.open.remove(&doubt).and_then(|one| one.failure) {
            self.unanswered.add_failure(&failure);
        }
    }

    /// Nobody was there; what is sent from the request `first` on shows whether somebody is again.
    pub(super) fn is_down(&mut self, loss: &TransportError, first: u64) {
        self.down.get_or_insert((first, loss.to_string()));
    }

    /// A request was answered.
    pub(super) fn is_there(&mut self, request: u64) {
        if let Some((_, why)) = self.down.take_if(|(since, _)| request >= *since) {
            self.unanswered
                .add(RestartKind::Down, format!("the server was down: {why}"));
        }
    }

    /// A request is to blame for that nobody was there: its case says so.
    pub(super) fn is_told(&mut self) {
        self.down = None;
    }

    /// What no request is to blame for.
    pub(super) fn into_unanswered(self) -> Restarts {
        self.unanswered
    }
}

#[cfg(test)]
mod tests {
    use super::Doubts;
    use crate::adapters::Ticket;
    use crate::adapters::http::client::TransportError;
    use crate::results::{Failure, RestartKind};

    /// Raises a doubt about three requests, of which the one at that place is to blame.
    fn unanswered(failure: Option<Failure>, to_blame: Option<usize>) -> u64 {
        let mut doubts = Doubts::default();
        doubts.raise(&[Ticket(4), Ticket(5), Ticket(6)], failure, false);
        for place in 0..3 {
            let (_, doubt) = doubts.next().unwrap();
            doubts.settle(doubt, to_blame == Some(place));
        }
        assert!(doubts.is_empty() && doubts.open.is_empty());
        doubts.into_unanswered().count
    }

    #[test]
    fn failures_that_do_not_recur_are_counted() {
        let late = || Some(Failure::TimedOut(5));
        assert_eq!(unanswered(late(), None), 1);
        for place in 0..3 {
            assert_eq!(unanswered(late(), Some(place)), 0);
        }
        // A connection that was lost and answered on the second try.
        assert_eq!(unanswered(None, None), 0);
        // Nothing was under way.
        let mut doubts = Doubts::default();
        doubts.raise(&[], late(), false);
        assert_eq!(doubts.into_unanswered().count, 1);
    }

    #[test]
    fn a_server_that_was_down_and_came_back_counts_once() {
        let mut doubts = Doubts::default();
        let loss = TransportError::Unconnected("refused".into());
        doubts.is_down(&loss, 9);
        doubts.is_down(&loss, 12);
        // It was answered before that.
        doubts.is_there(8);
        assert_eq!(doubts.unanswered.count, 0);
        doubts.is_there(10);
        doubts.is_there(13);
        assert_eq!(doubts.unanswered.count, 1);
        assert_eq!(doubts.unanswered.reasons[0].kind, RestartKind::Down);
        doubts.is_down(&loss, 20);
        doubts.is_told();
        doubts.is_there(21);
        assert_eq!(doubts.into_unanswered().count, 1);
    }
}
