//! When what an answer teaches may count.
//!
//! Inputs are numbered in the order in which they are asked, and so many of them are an epoch. What
//! is learnt in one counts from the beginning of the next but one: until then, all of its answers
//! have come, whatever order they came in.

use std::collections::VecDeque;

/// The epochs of a campaign.
#[derive(Debug)]
pub(super) struct Epochs {
    /// How many inputs an epoch has.
    length: u64,
    /// How many inputs have been handed out.
    handed_out: u64,
    /// How many are settled in each epoch that is not over, the first of them in front.
    settled: VecDeque<u64>,
    /// How many epochs are over: all of their inputs are settled.
    over: u64,
}

impl Epochs {
    /// For a process that has up to `window` inputs under way.
    pub(super) fn new(window: usize) -> Self {
        Self {
            length: (window as u64).clamp(64, 4096),
            handed_out: 0,
            settled: VecDeque::new(),
            over: 0,
        }
    }

    /// How many inputs have been handed out.
    pub(super) fn handed_out(&self) -> u64 {
        self.handed_out
    }

    /// The number of the next input.
    pub(super) fn hand_out(&mut self) -> u64 {
        self.handed_out += 1;
        self.handed_out - 1
    }

    /// Whether the next input has to wait for answers, because what they teach counts for it.
    pub(super) fn waits(&self) -> bool {
        self.counting() > self.over
    }

    /// At the beginning of an epoch, the number of the first input that does not count yet.
    pub(super) fn counts_up_to(&self) -> Option<u64> {
        let begins = self.handed_out.is_multiple_of(self.length) && !self.waits();
        begins.then(|| self.counting() * self.length)
    }

    /// How many epochs count for the next input.
    fn counting(&self) -> u64 {
        (self.handed_out / self.length).saturating_sub(1)
    }

    /// An input is answered, or will never be.
    pub(super) fn settle(&mut self, number: u64) {
        let epoch = number / self.length;
        let at = usize::try_from(epoch.saturating_sub(self.over)).unwrap_or_default();
        while self.settled.len() <= at {
            self.settled.push_back(0);
        }
        self.settled[at] += 1;
        while self.settled.front() == Some(&self.length) {
            self.settled.pop_front();
            self.over += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Epochs;

    #[test]
    fn an_epoch_counts_from_the_next_but_one_and_only_when_it_is_settled() {
        let mut epochs = Epochs::new(1);
        let handed_out: Vec<u64> = (0..128).map(|_| epochs.hand_out()).collect();
        assert!(epochs.waits(), "nothing of the first epoch is settled");
        assert_eq!(epochs.counts_up_to(), None);
        for &number in handed_out[..64].iter().rev() {
            assert!(epochs.waits());
            epochs.settle(number);
        }
        assert!(!epochs.waits());
        assert_eq!(epochs.counts_up_to(), Some(64));
        assert_eq!(epochs.hand_out(), 128);
        assert_eq!(
            epochs.counts_up_to(),
            None,
            "within an epoch nothing starts over"
        );
    }
}
