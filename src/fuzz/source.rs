//! Where the inputs of a campaign come from: the vectors first, then mutation.

use crate::fuzz::input::{Input, Signer};
use crate::fuzz::mutate::{Class, Mutator};
use crate::fuzz::seed_pool::SeedPool;
use crate::fuzz::shrink::as_made;
use crate::protocol::{MAX_LINE, PreparedRequest};
use crate::signature::{Outcome, Request};

/// The inputs of one process.
pub(super) struct Source<'c, 's> {
    pools: &'c [SeedPool<'s>],
    /// The vectors that are still to be asked, as places of their suite and in it, the last first.
    seeds: Vec<(usize, usize)>,
    mutator: Mutator,
    signer: Signer,
}

/// An input that is asked.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) input: Input,
    /// As it was asked.
    pub(super) request: Request,
    pub(super) right: Outcome,
    pub(super) class: Class,
    pub(super) vector: Option<usize>,
}

impl<'c, 's> Source<'c, 's> {
    /// The vectors in an order of this seed, then mutations of them and of the corpus.
    pub(super) fn new(
        pools: &'c [SeedPool<'s>],
        seed: u64,
        mut seeds: Vec<(usize, usize)>,
        corpus: Vec<Input>,
    ) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        rng.shuffle(&mut seeds);
        let mut mutator = Mutator::new(rng.u64(..));
        for input in corpus {
            mutator.keep(input);
        }
        Self {
            pools,
            seeds,
            mutator,
            signer: Signer::default(),
        }
    }

    /// From now on, mutates this input as well.
    pub(super) fn keep(&mut self, input: Input) {
        self.mutator.keep(input);
    }

    /// The inputs that were kept.
    pub(super) fn kept(&self) -> &[Input] {
        self.mutator.kept()
    }

    /// The request of an input, once more.
    pub(super) fn request(&mut self, input: &Input) -> Option<Request> {
        self.pools[input.suite].request(input, &mut self.signer)
    }

    /// The next input that can be asked.
    pub(super) fn next(&mut self) -> (Slot, PreparedRequest) {
        loop {
            let (input, class, vector) = self.next_input();
            let Some(request) = self.request(&input) else {
                continue;
            };
            let pool = &self.pools[input.suite];
            if !pool.takes(&request) {
                continue;
            }
            let prepared = PreparedRequest::new(request.clone());
            if prepared.is_longer_than(MAX_LINE) {
                continue;
            }
            let right = self.signer.right(&pool.suite().scheme, &request);
            let slot = Slot {
                input,
                request,
                right,
                class,
                vector,
            };
            return (slot, prepared);
        }
    }

    fn next_input(&mut self) -> (Input, Class, Option<usize>) {
        let Some((suite, vector)) = self.seeds.pop() else {
            let (input, class) = self.mutator.grow(self.pools);
            return (input, class, None);
        };
        let pool = &self.pools[suite];
        let input = Input::literal(suite, &pool.suite().vectors[vector].request);
        if pool.present.is_real() {
            // Its token would be as old as its suite: what can be made again is, and is no vector of
            // the suite any more.
            (as_made(pool, &input), u32::MAX, None)
        } else {
            (input, u32::MAX, Some(vector))
        }
    }
}
