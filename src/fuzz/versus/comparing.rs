//! Asking two implementations the same, and keeping where they differ.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError, ask};
use crate::fuzz::drive::FuzzProgress;
use crate::fuzz::input::{Input, Signer};
use crate::fuzz::masked::kind;
use crate::fuzz::mutate::Mutator;
use crate::fuzz::seed_pool::SeedPool;
use crate::fuzz::shrink::{Budget, length, simpler};
use crate::fuzz::versus::difference::{Compared, DifferenceKey, compared};
use crate::fuzz::versus::options::VersusOptions;
use crate::fuzz::versus::output::{Crossing, Difference};
use crate::fuzz::versus::pace::{BATCH, Pace};
use crate::protocol::{MAX_LINE, PreparedRequest};
use crate::results::Observed;
use crate::signature::{Op, Request};

/// How often a difference between implementations with clocks of their own is asked once more
/// before it counts.
const CONFIRMED: usize = 2;

/// A comparison under way.
pub(super) struct Comparing<'b, 's> {
    pub(super) pools: &'b [SeedPool<'s>],
    options: &'b VersusOptions,
    clock: &'b dyn Fn() -> Duration,
    pub(super) pace: Pace<'b>,
    pub(super) mutator: Mutator,
    pub(super) signer: Signer,
    pub(super) differences: BTreeMap<DifferenceKey, Difference>,
    /// Nothing before the first token is presented.
    pub(super) matrix: Option<Vec<Crossing>>,
    kinds: HashSet<(u64, u64)>,
    pub(super) cases: u64,
    pub(super) unanswered: u64,
    pub(super) unsupported: u64,
    /// How many could not be compared, because the answers were given at different times.
    pub(super) at_other_times: u64,
}

/// Two implementations.
pub(super) type Pair<'a> = [Box<dyn Adapter + 'a>; 2];

/// The request of an input, with the answer of each implementation.
pub(super) type Answered = (Request, [Observed; 2]);

impl<'b, 's> Comparing<'b, 's> {
    pub(super) fn new(
        pools: &'b [SeedPool<'s>],
        options: &'b VersusOptions,
        clock: &'b dyn Fn() -> Duration,
    ) -> Self {
        Self {
            pools,
            options,
            clock,
            pace: Pace::new(options.time, clock),
            mutator: Mutator::new(options.seed),
            signer: Signer::default(),
            differences: BTreeMap::new(),
            matrix: None,
            kinds: HashSet::new(),
            cases: 0,
            unanswered: 0,
            unsupported: 0,
            at_other_times: 0,
        }
    }

    pub(super) fn progress(&self) -> FuzzProgress {
        FuzzProgress {
            cases: self.cases,
            kinds: self.kinds.len() as u64,
            findings: self.differences.len() as u64,
            elapsed: (self.clock)(),
        }
    }

    /// Grows a batch of inputs, asks both, and compares.
    pub(super) fn batch(&mut self, pair: &mut Pair<'_>) -> Result<(), AdapterError> {
        let left = self
            .options
            .cases
            .map_or(u64::MAX, |most| most - self.cases);
        let count = usize::try_from(left).map_or(BATCH, |left| left.min(BATCH));
        let mut inputs = Vec::with_capacity(count);
        let mut classes = Vec::with_capacity(count);
        while inputs.len() < count {
            let (input, class) = self.mutator.grow(self.pools);
            let pool = &self.pools[input.suite];
            let request = pool.request(&input, &mut self.signer);
            let Some(request) = request.filter(|request| pool.takes(request)) else {
                continue;
            };
            let request = PreparedRequest::new(request);
            if !request.is_longer_than(MAX_LINE) {
                inputs.push((input, request.into_request()));
                classes.push(class);
            }
        }
        let answered = self.ask_both(pair, &inputs)?;
        self.cases += answered.len() as u64;
        let asked = std::iter::zip(inputs, classes);
        for (((input, _), class), (request, outcomes)) in std::iter::zip(asked, answered) {
            if let [Observed::Outcome(one), Observed::Outcome(other)] = &outcomes {
                let number = |outcome| kind(input.suite, request.op, class, outcome);
                if self.kinds.len() < 1 << 16 && self.kinds.insert((number(one), number(other))) {
                    self.mutator.keep(input.clone());
                }
            }
            self.compare(pair, input, (request, outcomes))?;
        }
        Ok(())
    }

    /// Counts a pair of answers, and keeps it if they differ.
    pub(super) fn compare(
        &mut self,
        pair: &mut Pair<'_>,
        input: Input,
        answered: Answered,
    ) -> Result<(), AdapterError> {
        let has_failed = |one: &Observed| matches!(one, Observed::Failed(_));
        self.unanswered += u64::from(answered.1.iter().all(has_failed));
        let key = match self.compared(&input, &answered) {
            Compared::Alike => return Ok(()),
            Compared::Unsupported => {
                self.unsupported += 1;
                return Ok(());
            }
            Compared::AtOtherTimes => {
                self.at_other_times += 1;
                return Ok(());
            }
            Compared::Unlike(key) => key,
        };
        if let Some(known) = self.differences.get_mut(&key) {
            known.cases += 1;
        } else if self.differences.len() < self.options.max_findings {
            if self.is_confirmed(pair, &input, &answered.0, key)? {
                let difference = self.shrunk(pair, input, answered, key)?;
                self.differences.insert(key, difference);
            } else {
                self.at_other_times += 1;
            }
        }
        Ok(())
    }

    fn compared(&self, input: &Input, (request, outcomes): &Answered) -> Compared {
        compared(&self.pools[input.suite], input.suite, request, outcomes)
    }

    /// Whether a difference is there however often it is asked for. What hangs on the second in
    /// which each looked at its own clock is not.
    fn is_confirmed(
        &mut self,
        pair: &mut Pair<'_>,
        input: &Input,
        request: &Request,
        key: DifferenceKey,
    ) -> Result<bool, AdapterError> {
        if !self.pools[input.suite].present.is_real() {
            return Ok(true);
        }
        for _ in 0..CONFIRMED {
            let one = [(input.clone(), request.clone())];
            let answered = self.ask_both(pair, &one)?;
            let is_same = |answered| self.compared(input, answered) == Compared::Unlike(key);
            // Where the time is over, what was seen once is not told.
            if answered.is_empty() || !answered.iter().all(is_same) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn shrunk(
        &mut self,
        pair: &mut Pair<'_>,
        input: Input,
        (request, outcomes): Answered,
        due: DifferenceKey,
    ) -> Result<Difference, AdapterError> {
        let before = length(&input);
        let pool = &self.pools[input.suite];
        let failures = outcomes.iter().filter_map(|one| match one {
            Observed::Failed(failure) => Some(failure),
            _ => None,
        });
        let budget = Budget::of(failures);
        let mut found = (input, request, outcomes);
        let mut asked = 0;
        'smaller: while asked < budget.most && !self.pace.is_late() {
            let candidates: Vec<(Input, Request)> = simpler(pool, &found.0)
                .into_iter()
                .filter_map(|input| {
                    let request = pool.request(&input, &mut self.signer)?;
                    pool.takes(&request).then_some((input, request))
                })
                .collect();
            for some in candidates.chunks(budget.at_once) {
                if asked >= budget.most {
                    break 'smaller;
                }
                asked += some.len();
                let answered = self.ask_both(pair, some)?;
                for ((input, _), answered) in std::iter::zip(some, answered) {
                    if self.compared(input, &answered) == Compared::Unlike(due) {
                        found = (input.clone(), answered.0, answered.1);
                        continue 'smaller;
                    }
                }
            }
            break;
        }
        let (input, request, outcomes) = found;
        Ok(Difference {
            suite: pool.suite().name.to_string(),
            length: [length(&input), before],
            request,
            outcomes,
            cases: 1,
        })
    }

    /// Whether both sign and verify.
    pub(super) fn crosses(&self) -> bool {
        let both = |op| self.pools.iter().all(|pool| pool.has_op(op));
        both(Op::Sign) && both(Op::Verify)
    }

    /// Asks both the requests of these inputs, as far as the time allows. Where the time is real,
    /// each is made again when its turn comes.
    pub(super) fn ask_both(
        &mut self,
        pair: &mut Pair<'_>,
        inputs: &[(Input, Request)],
    ) -> Result<Vec<Answered>, AdapterError> {
        let (pools, signer) = (self.pools, &mut self.signer);
        self.pace.in_parts(inputs, |some| {
            let requests = some.iter().map(|(input, request)| {
                let pool = &pools[input.suite];
                let made_now = if pool.present.is_real() {
                    pool.request(input, signer)
                } else {
                    None
                };
                made_now.unwrap_or_else(|| request.clone())
            });
            let requests: Vec<Request> = requests.collect();
            let one = ask(&mut *pair[0], &requests, false)?;
            let other = ask(&mut *pair[1], &requests, false)?;
            let both = std::iter::zip(one, other).map(|(one, other)| [one, other]);
            Ok(std::iter::zip(requests, both).collect())
        })
    }
}
