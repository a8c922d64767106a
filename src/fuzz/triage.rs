//! Looking into a disagreement: does it happen again, why, and what is the least that shows it?

use std::sync::atomic::AtomicBool;

use crate::adapters::{Adapter, AdapterError, ask};
use crate::fuzz::campaign::Campaign;
use crate::fuzz::coverage::{Disagreement, What};
use crate::fuzz::dedup::is_alike;
use crate::fuzz::demand::{Demand, Judged};
use crate::fuzz::explained::{Explained, causes};
use crate::fuzz::input::{Input, Signer};
use crate::fuzz::seed_pool::SeedPool;
use crate::fuzz::shrink::{Budget, as_made, length, simpler, size};
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::{Failure, Observed};
use crate::scheme::Implementation as _;
use crate::signature::Request;
use crate::suite::Level;

/// Something that was looked into.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Which case it was, from 0.
    pub(super) number: u64,
    pub(super) suite: usize,
    pub(super) request: Request,
    pub(super) demand: Demand,
    pub(super) what: What,
    pub(super) causes: Vec<Explained>,
    pub(super) length: usize,
    pub(super) length_before: usize,
    pub(super) asked: u64,
    /// The lines that lead to it, where the request alone does not show it.
    pub(super) sequence: Vec<Request>,
}

/// What became of a disagreement.
pub(super) enum Triage {
    /// It is something of its own.
    Found(Box<Found>),
    /// It belongs to what is known.
    Known,
    /// It did not happen again.
    Gone,
}

/// Looks into a disagreement.
pub(super) fn look_into(
    adapter: &mut dyn Adapter,
    campaign: &mut Campaign<'_, '_>,
    disagreement: &Disagreement,
    interrupt: &AtomicBool,
) -> Result<Triage, AdapterError> {
    campaign.known.looks_into(disagreement);
    let pool = &campaign.pools[disagreement.input.suite];
    // Where the implementation uses the real time, it is another second now.
    let again = if pool.present.is_real() {
        campaign.request_again(&disagreement.input)
    } else {
        None
    };
    let request = again.unwrap_or_else(|| disagreement.request.clone());
    let again = ask(adapter, std::slice::from_ref(&request), false)?;
    let request = again.first().map_or(request.clone(), |observed| {
        answered(pool, &request, observed)
    });
    let vector = disagreement.vector;
    let seen = |observed: &Observed| shown(pool, &request, vector, observed);
    let Some(what) = again
        .first()
        .and_then(seen)
        .filter(|what| is_same(what, &disagreement.what))
    else {
        return Ok(Triage::Gone);
    };
    let confirmed = Disagreement {
        what,
        request: request.clone(),
        ..disagreement.clone()
    };
    let samples = &campaign.samples[disagreement.input.suite];
    let causes = causes(adapter, pool, &confirmed, samples, interrupt);
    let first: &[MistakeId] = causes.first().map_or(&[], |one| &one.mistakes);
    if !campaign.known.found(disagreement, first) {
        return Ok(Triage::Known);
    }
    let mut shrinking = Shrinking {
        pool,
        level: campaign.level(),
        cause: causes.first().map(|one| one.mistakes.clone()),
        signer: Signer::default(),
        asked: 0,
        smallest: as_made(pool, &confirmed.input),
        what: confirmed.what.clone(),
        request: confirmed.request.clone(),
    };
    match shrinking.shrink(adapter) {
        // What was found is told, as small as it is by now.
        Ok(()) | Err(AdapterError::Interrupted) => {}
        Err(error) => return Err(error),
    }
    let Shrinking {
        asked,
        smallest,
        what,
        request,
        ..
    } = shrinking;
    let demand = match &what {
        What::Broken(demand, _) => demand.clone(),
        What::Failed(_) => Demand::due(&pool.bounds, &request),
    };
    Ok(Triage::Found(Box::new(Found {
        number: confirmed.number,
        suite: confirmed.input.suite,
        demand,
        causes,
        length: length(&smallest),
        length_before: length(&confirmed.input),
        asked: asked as u64,
        sequence: Vec::new(),
        what,
        request,
    })))
}

/// The request that an answer has to be judged by.
pub(super) fn answered(pool: &SeedPool<'_>, request: &Request, observed: &Observed) -> Request {
    let scheme = &pool.suite().scheme;
    match observed {
        Observed::Outcome(outcome) => pool.present.answered(scheme, request.clone(), outcome),
        _ => request.clone(),
    }
}

/// What an answer shows, if anything is wrong with it.
pub(super) fn shown(
    pool: &SeedPool<'_>,
    request: &Request,
    vector: Option<usize>,
    observed: &Observed,
) -> Option<What> {
    match observed {
        Observed::Outcome(outcome) if !request.op.is_answered_by(outcome.kind()) => {
            let why = format!("{} is not a valid answer to {}", outcome.kind(), request.op);
            Some(What::Failed(Failure::Protocol(why)))
        }
        Observed::Outcome(outcome) => {
            match pool.present.judged(&pool.bounds, request, vector, outcome) {
                Judged::Broken(demand) => Some(What::Broken(demand, outcome.clone())),
                Judged::Sound | Judged::ImplementationDefined(_) => None,
            }
        }
        Observed::Failed(failure) => Some(What::Failed(failure.clone())),
        _ => None,
    }
}

/// Whether both are the same fault, as far as can be told without knowing its cause.
pub(super) fn is_same(one: &What, other: &What) -> bool {
    match (one, other) {
        (What::Broken(_, one), What::Broken(_, other)) => one.kind() == other.kind(),
        (What::Failed(one), What::Failed(other)) => {
            std::mem::discriminant(one) == std::mem::discriminant(other)
        }
        _ => false,
    }
}

struct Shrinking<'b, 's> {
    pool: &'b SeedPool<'s>,
    level: Level,
    /// What accounts for it; whatever is smaller must be of the same.
    cause: Option<Vec<MistakeId>>,
    signer: Signer,
    asked: usize,
    smallest: Input,
    what: What,
    request: Request,
}

impl Shrinking<'_, '_> {
    fn shrink(&mut self, adapter: &mut dyn Adapter) -> Result<(), AdapterError> {
        let budget = Budget::of(match &self.what {
            What::Broken(..) => None,
            What::Failed(failure) => Some(failure),
        });
        // What was literal may be made now: that is only another way to say it.
        let suite = self.pool.suite();
        let is_the_same = self.pool.present.is_real()
            || self.smallest.request(suite, &mut self.signer).as_ref() == Some(&self.request);
        if !is_the_same {
            self.smallest = Input::literal(self.smallest.suite, &self.request);
        }
        'smaller: while self.asked < budget.most {
            let candidates: Vec<(Input, Request)> = simpler(self.pool, &self.smallest)
                .into_iter()
                .filter_map(|input| {
                    let request = self.pool.request(&input, &mut self.signer)?;
                    self.pool.takes(&request).then_some((input, request))
                })
                .collect();
            for some in candidates.chunks(budget.at_once) {
                if self.asked >= budget.most {
                    break;
                }
                let requests: Vec<Request> =
                    some.iter().map(|(_, request)| request.clone()).collect();
                self.asked += requests.len();
                let observed = ask(adapter, &requests, false)?;
                for ((input, request), observed) in std::iter::zip(some, &observed) {
                    let request = &answered(self.pool, request, observed);
                    if let Some(what) = self.still_shows(request, observed) {
                        debug_assert!(size(input) < size(&self.smallest));
                        self.smallest = input.clone();
                        self.request = request.clone();
                        self.what = what;
                        continue 'smaller;
                    }
                }
            }
            return Ok(());
        }
        Ok(())
    }

    fn still_shows(&self, request: &Request, observed: &Observed) -> Option<What> {
        let what = shown(self.pool, request, None, observed)?;
        if !is_same(&what, &self.what) {
            return None;
        }
        if let What::Failed(_) = &what {
            // What is due of the smaller request matters as much.
            let level = |request| Demand::due(&self.pool.bounds, request).level;
            return (level(request) <= level(&self.request)).then_some(what);
        }
        if let What::Broken(demand, outcome) = &what {
            let counts = match &self.what {
                // What broke a weaker requirement may go on doing so.
                What::Broken(before, _) => demand.level <= before.level.max(self.level),
                What::Failed(_) => false,
            };
            if !counts {
                return None;
            }
            if let Some(ids) = &self.cause {
                let scheme = &self.pool.suite().scheme;
                let mut planted = Mistaken::new(ids).ok()?;
                if !is_alike(&planted.call(&request.call(scheme)), outcome) {
                    return None;
                }
            }
        }
        Some(what)
    }
}
