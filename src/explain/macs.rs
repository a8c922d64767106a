//! The MACs of a search: each key with each message, by each hash function.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::explain::candidates::Candidates;
use crate::explain::messages::Messages;
use crate::explain::pipelines::Reached;
use crate::mistakes::digest::Prepared;
use crate::mistakes::{Choice, Digest, Hash, KeyedHash};

/// A hash function, and what it takes for its MACs to stand in the token.
pub(super) struct Hashing {
    pub(super) hash: Hash,
    pub(super) choice: Option<Choice>,
    /// 1 where they would have to be cut, which is one more deviation; 1 more where hardly anybody
    /// takes this one.
    pub(super) handicap: usize,
}

/// What is done with key and message: HMAC, or one of the mistakes.
pub(super) type Keying = Option<(Choice, crate::mistakes::Keying)>;

/// MACs to be computed: of some messages, with one key and one hash function.
pub(super) struct Task<'a> {
    pub(super) key: usize,
    pub(super) hashing: &'a Hashing,
    pub(super) keying: &'a Keying,
    pub(super) messages: &'a [usize],
    /// In blocks of SHA-256.
    pub(super) cost: u64,
}

/// The cost, in blocks of SHA-256, above which threads pay off.
const WORTH_A_THREAD: u64 = 20_000;

/// How many threads compute MACs at most.
const MOST_THREADS: usize = 4;

/// A MAC that may stand in the token, with the indices of what it was made of.
pub(super) struct Hit {
    pub(super) key: usize,
    pub(super) message: usize,
    pub(super) keying: Option<Choice>,
    pub(super) hash: Option<Choice>,
    pub(super) mac: Digest,
    /// The last origin of the message that was followed.
    pub(super) followed: Option<usize>,
}

/// A search for MACs: what they are made of, and where they may stand.
pub(super) struct MacSearch<'a> {
    pub(super) keys: &'a [Reached<Vec<u8>>],
    pub(super) messages: &'a Messages<'a>,
    pub(super) candidates: &'a Candidates,
}

impl MacSearch<'_> {
    /// The MACs of these tasks that may stand in the token, in the order of the tasks; `None` where
    /// the search was interrupted. Long ones are shared among threads.
    pub(super) fn macs(
        &self,
        tasks: &[Task<'_>],
        interrupt: Option<&AtomicBool>,
    ) -> Option<Vec<Hit>> {
        let cost: u64 = tasks.iter().map(|task| task.cost).sum();
        let threads = match std::thread::available_parallelism() {
            Ok(threads) if cost > WORTH_A_THREAD => threads.get().min(MOST_THREADS),
            _ => 1,
        };
        let share = cost / threads as u64 + 1;
        let mut rest = tasks;
        let mut shares = Vec::with_capacity(threads);
        while !rest.is_empty() {
            let mut taken = 0;
            let is_within = |task: &&Task<'_>| {
                let fits = taken < share;
                taken += task.cost;
                fits
            };
            let length = rest.iter().take_while(is_within).count();
            let (first, behind) = rest.split_at(length);
            shares.push(first);
            rest = behind;
        }
        let [first, others @ ..] = &shares[..] else {
            return Some(Vec::new());
        };
        std::thread::scope(|scope| {
            let spawn = |tasks| scope.spawn(move || self.macs_of(tasks, interrupt));
            let others: Vec<_> = others.iter().copied().map(spawn).collect();
            let mut hits = self.macs_of(first, interrupt)?;
            for other in others {
                match other.join() {
                    Ok(found) => hits.extend(found?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Some(hits)
        })
    }

    fn macs_of(&self, tasks: &[Task<'_>], interrupt: Option<&AtomicBool>) -> Option<Vec<Hit>> {
        let mut hits = Vec::new();
        let mut prepared: Option<(usize, Hash, Prepared)> = None;
        for task in tasks {
            if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return None;
            }
            let key = &self.keys[task.key].value;
            let hash = task.hashing.hash;
            let ready = prepared.take_if(|(key, of, _)| (*key, *of) == (task.key, hash));
            let ready = ready.unwrap_or_else(|| (task.key, hash, hash.prepare(key)));
            let keyed = KeyedHash {
                hash,
                key,
                prepared: &ready.2,
            };
            for &message in task.messages {
                let bytes = self.messages.message(message);
                let mac = match task.keying {
                    None => keyed.mac(bytes),
                    Some((_, keying)) => keying(&keyed, bytes),
                };
                if self.candidates.contain(mac.head()) {
                    hits.push(Hit {
                        key: task.key,
                        message,
                        keying: task.keying.map(|(choice, _)| choice),
                        hash: task.hashing.choice,
                        mac,
                        followed: None,
                    });
                }
            }
            prepared = Some(ready);
        }
        Some(hits)
    }
}
