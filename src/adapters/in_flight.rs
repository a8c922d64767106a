//! Which requests are under way.

use crate::adapters::Ticket;

/// The most requests that are ever under way at once.
pub const MAX_IN_FLIGHT: usize = 4096;

/// How far back answers are told apart: a request is answered before so many later ones are sent,
/// or nothing further is sent.
const SPAN: usize = 4 * MAX_IN_FLIGHT;

/// The requests of one process. Their ids are consecutive from 1.
#[derive(Debug)]
pub(super) struct InFlight {
    /// Slot `id % SPAN` belongs to the latest id that falls on it.
    slots: Box<[Slot]>,
    next: u64,
    /// No id below this one is waiting.
    oldest: u64,
    waiting: usize,
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Unused,
    Waiting(Ticket),
    Settled(Ticket),
}

/// Whose answer an id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressee {
    /// Of a request that waits for it.
    Waiting(Ticket),
    /// Of one that has had its answer.
    Settled(Ticket),
    /// Of none that we know of.
    Unknown,
}

impl InFlight {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![Slot::Unused; SPAN].into_boxed_slice(),
            next: 1,
            oldest: 1,
            waiting: 0,
        }
    }

    /// How many wait for their answers.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many were ever sent.
    pub(super) fn sent(&self) -> u64 {
        self.next - 1
    }

    /// Whether one more may be sent when at most `window` may wait.
    pub(super) fn has_room(&self, window: usize) -> bool {
        self.waiting < window && self.next - self.oldest < SPAN as u64
    }

    /// Gives the next request its id.
    pub(super) fn send(&mut self, ticket: Ticket) -> u64 {
        let id = self.next;
        self.slots[slot(id)] = Slot::Waiting(ticket);
        self.next += 1;
        self.waiting += 1;
        id
    }

    /// Whose answer this is. A request that waits for it waits no longer.
    pub(super) fn settle(&mut self, id: u64) -> Addressee {
        if id >= self.next || self.next - id > SPAN as u64 {
            return Addressee::Unknown;
        }
        let found = &mut self.slots[slot(id)];
        match *found {
            Slot::Unused => Addressee::Unknown,
            Slot::Settled(ticket) => Addressee::Settled(ticket),
            Slot::Waiting(ticket) => {
                *found = Slot::Settled(ticket);
                self.waiting -= 1;
                if id == self.oldest {
                    self.look_for_oldest();
                }
                Addressee::Waiting(ticket)
            }
        }
    }

    /// Those that wait, in the order in which they were sent.
    pub(super) fn tickets(&self) -> Vec<Ticket> {
        (self.oldest..self.next)
            .filter_map(|id| match self.slots[slot(id)] {
                Slot::Waiting(ticket) => Some(ticket),
                _ => None,
            })
            .collect()
    }

    fn look_for_oldest(&mut self) {
        while self.oldest < self.next && !matches!(self.slots[slot(self.oldest)], Slot::Waiting(_))
        {
            self.oldest += 1;
        }
    }
}

fn slot(id: u64) -> usize {
    // The remainder is below SPAN, so it fits.
    #[expect(clippy::cast_possible_truncation, reason = "below SPAN")]
    let slot = (id % SPAN as u64) as usize;
    slot
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Addressee, InFlight, SPAN};
    use crate::adapters::Ticket;

    #[test]
    fn ids_that_are_not_in_flight_are_unknown() {
        let mut flights = InFlight::new();
        for id in [0, 1, 5, u64::MAX] {
            assert_eq!(flights.settle(id), Addressee::Unknown, "{id}");
        }
        assert_eq!(flights.send(Ticket(7)), 1);
        assert_eq!(flights.settle(2), Addressee::Unknown);
        assert_eq!(flights.settle(1), Addressee::Waiting(Ticket(7)));
        assert_eq!(flights.settle(1), Addressee::Settled(Ticket(7)));
        assert_eq!(flights.waiting(), 0);
    }

    #[test]
    fn an_unanswered_request_eventually_blocks_the_others() {
        let mut flights = InFlight::new();
        flights.send(Ticket(0));
        let mut later = 0;
        while flights.has_room(2) {
            let id = flights.send(Ticket(1));
            assert_eq!(flights.settle(id), Addressee::Waiting(Ticket(1)));
            later += 1;
        }
        assert_eq!(later, SPAN - 1);
        assert_eq!(flights.tickets(), [Ticket(0)]);
        assert_eq!(flights.settle(1), Addressee::Waiting(Ticket(0)));
        assert!(flights.has_room(2));
    }

    proptest! {
        #[test]
        fn agrees_with_a_map(steps in prop::collection::vec((any::<bool>(), 0..40_u64), 0..400)) {
            let mut flights = InFlight::new();
            let mut model: BTreeMap<u64, bool> = BTreeMap::new();
            for (send, id) in steps {
                if send {
                    let id = flights.send(Ticket(1000 + model.len() as u64));
                    prop_assert_eq!(model.insert(id, true), None);
                } else {
                    let ticket = Ticket(999 + id);
                    let expected = match model.get_mut(&id).map(std::mem::take) {
                        None => Addressee::Unknown,
                        Some(true) => Addressee::Waiting(ticket),
                        Some(false) => Addressee::Settled(ticket),
                    };
                    prop_assert_eq!(flights.settle(id), expected);
                }
                let waiting = model.iter().filter(|(_, waits)| **waits);
                let waiting: Vec<_> = waiting.map(|(id, _)| Ticket(999 + id)).collect();
                prop_assert_eq!(flights.waiting(), waiting.len());
                prop_assert_eq!(flights.tickets(), waiting);
            }
        }
    }
}
