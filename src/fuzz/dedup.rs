//! What is known to be wrong already, so that the same is not looked into a thousand times.

use std::collections::{BTreeMap, HashMap};

use crate::fuzz::coverage::{Disagreement, What};
use crate::fuzz::demand::Demand;
use crate::fuzz::masked::masked;
use crate::fuzz::seed_pool::SeedPool;
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::Failure;
use crate::scheme::Implementation as _;
use crate::signature::{Op, Outcome};

/// How many disagreements of one sort are looked into: after that a further one is another case of
/// what was found.
const LOOKED_INTO: u32 = 6;

/// How many of one sort are compared with what is known; of the others every 64th is.
const COMPARED: u64 = 4096;

/// What two disagreements have in common before anybody has looked into them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FailureKey {
    suite: usize,
    op: Op,
    what: String,
}

/// What is known to be wrong.
#[derive(Debug, Default)]
pub(super) struct Known {
    causes: Vec<Cause>,
    seen: HashMap<FailureKey, Seen>,
    /// Requirements below the level that counts, with the number of violations of each.
    pub(super) warnings: BTreeMap<(usize, String), u64>,
}

#[derive(Debug, Default)]
struct Seen {
    cases: u64,
    looked_into: u32,
}

#[derive(Debug)]
struct Cause {
    sort: FailureKey,
    mistakes: Vec<MistakeId>,
    cases: u64,
}

impl FailureKey {
    pub(super) fn of(disagreement: &Disagreement) -> Self {
        let what = match &disagreement.what {
            What::Broken(demand, outcome) => {
                let text = match outcome {
                    Outcome::Threw(text) => masked(text),
                    _ => String::new(),
                };
                format!("{} {} {text}", demand.requirement, outcome.kind())
            }
            What::Failed(Failure::TimedOut(_)) => "no answer in time".to_owned(),
            What::Failed(failure) => masked(&failure.to_string()),
        };
        Self {
            suite: disagreement.input.suite,
            op: disagreement.request.op,
            what,
        }
    }
}

impl Known {
    /// Whether nothing that is known accounts for a disagreement; if something does, it counts
    /// there.
    pub(super) fn is_new(&mut self, pools: &[SeedPool<'_>], disagreement: &Disagreement) -> bool {
        let sort = FailureKey::of(disagreement);
        let seen = self.seen.entry(sort.clone()).or_default();
        seen.cases += 1;
        let is_exhausted = seen.looked_into >= LOOKED_INTO;
        let is_compared = seen.cases < COMPARED || seen.cases.is_multiple_of(64);
        let accounts = |cause: &Cause| {
            cause.sort.suite == sort.suite && accounts_for(&cause.mistakes, pools, disagreement)
        };
        let same_sort = |cause: &Cause| cause.sort == sort;
        let found = if is_exhausted || !is_compared {
            self.causes.iter().position(same_sort)
        } else {
            let unexplained = |cause: &Cause| cause.mistakes.is_empty() && same_sort(cause);
            self.causes
                .iter()
                .position(accounts)
                .or_else(|| self.causes.iter().position(unexplained))
        };
        match found {
            Some(at) => {
                self.causes[at].cases += 1;
                false
            }
            None => !is_exhausted,
        }
    }

    /// Whether something that was found meanwhile accounts for a disagreement; if so, it counts
    /// there.
    pub(super) fn accounts(&mut self, pools: &[SeedPool<'_>], disagreement: &Disagreement) -> bool {
        let sort = FailureKey::of(disagreement);
        let found = self.causes.iter_mut().find(|cause| {
            let is_same = cause.mistakes.is_empty() && cause.sort == sort;
            is_same
                || cause.sort.suite == sort.suite
                    && accounts_for(&cause.mistakes, pools, disagreement)
        });
        let Some(cause) = found else { return false };
        cause.cases += 1;
        true
    }

    /// Somebody looks into a disagreement of this sort.
    pub(super) fn looks_into(&mut self, disagreement: &Disagreement) {
        let seen = self.seen.entry(FailureKey::of(disagreement)).or_default();
        seen.looked_into += 1;
    }

    /// It was found to be of these mistakes; without any it is unexplained. Whether that is new.
    pub(super) fn found(&mut self, disagreement: &Disagreement, mistakes: &[MistakeId]) -> bool {
        let sort = FailureKey::of(disagreement);
        let same = self.causes.iter_mut().find(|cause| {
            cause.sort.suite == sort.suite
                && cause.mistakes == mistakes
                && (!mistakes.is_empty() || cause.sort == sort)
        });
        if let Some(cause) = same {
            cause.cases += 1;
            return false;
        }
        self.causes.push(Cause {
            sort,
            mistakes: mistakes.to_vec(),
            cases: 1,
        });
        true
    }

    /// How many cases each cause accounts for, in the order in which they were found.
    pub(super) fn cases(&self) -> impl Iterator<Item = u64> {
        self.causes.iter().map(|cause| cause.cases)
    }

    /// A requirement below the level that counts is broken.
    pub(super) fn warn(&mut self, suite: usize, demand: &Demand) {
        *self
            .warnings
            .entry((suite, demand.requirement.clone()))
            .or_default() += 1;
    }
}

/// Whether an implementation with these mistakes would have done the same.
fn accounts_for(
    mistakes: &[MistakeId],
    pools: &[SeedPool<'_>],
    disagreement: &Disagreement,
) -> bool {
    let What::Broken(_, outcome) = &disagreement.what else {
        return false;
    };
    if mistakes.is_empty() {
        return false;
    }
    let scheme = &pools[disagreement.input.suite].suite().scheme;
    let planted = Mistaken::new(mistakes);
    planted.is_ok_and(|mut planted| {
        is_alike(&planted.call(&disagreement.request.call(scheme)), outcome)
    })
}

/// Whether two outcomes are alike, words aside. A rejection and a refusal are.
pub(super) fn is_alike(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Token(one), Outcome::Token(other)) => one == other,
        (Outcome::Reject(_), Outcome::Refused(_)) | (Outcome::Refused(_), Outcome::Reject(_)) => {
            true
        }
        (one, other) => one.kind() == other.kind(),
    }
}
