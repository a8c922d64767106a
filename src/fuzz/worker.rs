//! What one process of a campaign does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError, Transport, ask};
use crate::fuzz::campaign::Campaign;
use crate::fuzz::coverage::{Disagreement, What};
use crate::fuzz::demand::Demand;
use crate::fuzz::input::{Input, Signer};
use crate::fuzz::options::FuzzOptions;
use crate::fuzz::plan::{Bounded, Counters, Plan};
use crate::fuzz::seed_pool::SeedPool;
use crate::fuzz::sequence::{Bench, Sought};
use crate::fuzz::shrink::{as_made, length};
use crate::fuzz::triage::{Found, Triage, answered, is_same, look_into, shown};
use crate::fuzz::worker_report::{Breach, Finding, WorkerReport};
use crate::protocol::{Hello, HelloChanges};
use crate::results::{Failure, Observed};
use crate::runner::Shard;
use crate::signature::Request;

/// What all processes share.
pub(super) struct WorkerContext<'w, 's> {
    pub(super) pools: &'w (dyn Fn() -> Vec<SeedPool<'s>> + Sync),
    pub(super) hello: &'w Hello,
    /// What later hellos said otherwise, of whatever process.
    pub(super) hello_changes: &'w Mutex<HelloChanges>,
    pub(super) options: &'w FuzzOptions,
    pub(super) target: &'w dyn Transport,
    pub(super) interrupt: &'w AtomicBool,
    pub(super) clock: &'w (dyn Fn() -> Duration + Sync),
    pub(super) counters: &'w Counters,
    /// The maximum number of findings was reached.
    pub(super) stop: &'w AtomicBool,
}

impl WorkerContext<'_, '_> {
    /// Fuzzes until it is over.
    pub(super) fn run_worker(
        &self,
        number: usize,
        adapter: Result<Box<dyn Adapter + '_>, AdapterError>,
    ) -> WorkerReport {
        let mut report = WorkerReport {
            ..WorkerReport::default()
        };
        let mut adapter = match adapter {
            Ok(adapter) => adapter,
            Err(error) => {
                report.broken = Some(error);
                return report;
            }
        };
        self.changed(&self.hello.changes(adapter.hello()));
        let pools = (self.pools)();
        let mut campaign = Campaign::new(&pools, self.plan(number, &pools, adapter.hello()));
        let ended = self.run(&mut *adapter, &mut campaign, &mut report.findings);
        if matches!(ended, Err(AdapterError::Interrupted)) {
            self.tell_the_rest(&mut campaign, &mut report.findings);
        }
        if let Err(error) = ended
            && !matches!(error, AdapterError::Interrupted)
        {
            report.broken = Some(error);
        }
        report.notes = std::mem::take(&mut campaign.notes);
        let shutdown = adapter.finish();
        if shutdown.restarts > 0 {
            report.notes.push(format!(
                "the adapter was restarted {} times",
                shutdown.restarts
            ));
        }
        report.restarts = shutdown.unanswered;
        self.changed(&shutdown.hello_changes);
        report.notes.extend(shutdown.notes);
        for (finding, cases) in std::iter::zip(&mut report.findings, campaign.known.cases()) {
            finding.cases = finding.cases.max(cases);
        }
        let (kinds, kept) = campaign.kinds();
        report.kinds = kinds as u64;
        let mut signer = Signer::default();
        report.corpus = kept
            .iter()
            .filter_map(|input| input.request(pools[input.suite].suite(), &mut signer))
            .collect();
        report.cases = campaign.cases;
        report.disagreements = campaign.disagreements;
        report.unsupported = campaign.unsupported;
        report.warnings = std::mem::take(&mut campaign.known.warnings);
        report.behaviors = std::mem::take(&mut campaign.behaviors);
        report
    }

    /// What this process is to do: its own inputs, and its part of the vectors and the corpus.
    fn plan(&self, number: usize, pools: &[SeedPool<'_>], hello: &Hello) -> Plan<'_> {
        let options = self.options;
        let jobs = options.jobs.max(1);
        let (shard, shards) = options.shard.map_or((0, 1), Shard::place);
        let stream = shard * jobs + number;
        let streams = shards * jobs;
        let mine = |place: usize| place % streams == stream;
        let seeds = pools
            .iter()
            .enumerate()
            .flat_map(|(at, pool)| (0..pool.suite().vectors.len()).map(move |vector| (at, vector)));
        let seeds: Vec<(usize, usize)> = seeds.collect();
        let seeds = seeds.into_iter().enumerate();
        let corpus = options
            .corpus
            .iter()
            .enumerate()
            .filter(|(at, _)| mine(*at));
        let corpus = corpus.filter_map(|(_, request)| {
            let suite = suite_of(request, pools)?;
            let input = Input::literal(suite, request);
            let is_real = pools[suite].present.is_real();
            // A literal token would be as old as its suite.
            Some(if is_real {
                as_made(&pools[suite], &input)
            } else {
                input
            })
        });
        let cases = options.cases.map(|cases| {
            let jobs = jobs as u64;
            cases / jobs + u64::from((number as u64) < cases % jobs)
        });
        Plan {
            // The same seed in another stream gives other inputs.
            seed: options.seed ^ (stream as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
            window: hello.max_in_flight(),
            seeds: seeds
                .filter(|(at, _)| !options.grown && mine(*at))
                .map(|(_, seed)| seed)
                .collect(),
            corpus: corpus.collect(),
            level: options.level,
            clock: self.clock,
            bounded: Bounded {
                cases,
                until: options.time,
            },
            progress: self.counters,
        }
    }

    fn run(
        &self,
        adapter: &mut dyn Adapter,
        campaign: &mut Campaign<'_, '_>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), AdapterError> {
        loop {
            if let Err(error) = adapter.drive(campaign) {
                if !matches!(error, AdapterError::Interrupted) {
                    let window = adapter.hello().max_in_flight();
                    self.fell_silent(campaign, window, &error, findings);
                }
                return Err(error);
            }
            let is_over = campaign.is_over();
            if is_over {
                campaign.settle();
            }
            if let Some((failure, sent)) = campaign.broken_down() {
                self.broken_down(campaign, &failure, sent, findings)?;
            }
            self.time_again(adapter, campaign)?;
            while let Some(disagreement) = campaign.open() {
                if self.has_enough() {
                    return Ok(());
                }
                if campaign.known.accounts(campaign.pools, &disagreement) {
                    continue;
                }
                match look_into(adapter, campaign, &disagreement, self.interrupt) {
                    Ok(Triage::Found(found)) => self.add(findings, *found),
                    Ok(Triage::Known) => {}
                    Ok(Triage::Gone) => self.gone(campaign, &disagreement, findings)?,
                    Err(error) => {
                        campaign.reopen(disagreement);
                        return Err(error);
                    }
                }
            }
            if is_over || self.has_enough() {
                return Ok(());
            }
        }
    }

    /// The time was over, or somebody interrupted, before it could be looked into: it is told as it
    /// was seen.
    fn tell_the_rest(&self, campaign: &mut Campaign<'_, '_>, findings: &mut Vec<Finding>) {
        campaign.settle();
        let mut told = 0;
        while let Some(disagreement) = campaign.open() {
            if self.has_enough() {
                break;
            }
            if campaign.known.accounts(campaign.pools, &disagreement)
                || !campaign.known.found(&disagreement, &[])
            {
                continue;
            }
            told += 1;
            let found = as_seen(campaign.pools, &disagreement, Vec::new());
            self.add(findings, found);
        }
        if told > 0 {
            campaign.notes.push(format!(
                "{told} of the findings were seen once: there was no time to reproduce and shrink them"
            ));
        }
    }

    /// Whatever took long is asked twice more, alone: a machine that was busy elsewhere is no news.
    /// What was learnt so is none of the campaign's cases.
    fn time_again(
        &self,
        adapter: &mut dyn Adapter,
        campaign: &mut Campaign<'_, '_>,
    ) -> Result<(), AdapterError> {
        while let Some(slow) = campaign.slow() {
            if campaign.is_over() {
                continue;
            }
            let Some(request) = campaign.request_again(&slow.input) else {
                continue;
            };
            let mut least = Duration::MAX;
            for _ in 0..2 {
                let began = (self.clock)();
                let observed = ask(adapter, std::slice::from_ref(&request), true)?;
                let is_answered = matches!(observed[..], [Observed::Outcome(_)]);
                let took = (self.clock)().saturating_sub(began);
                least = least.min(if is_answered { took } else { Duration::ZERO });
                if !campaign.pace.is_slow(least) {
                    break;
                }
            }
            if campaign.pace.is_slow(least) {
                campaign.note_slow(&request, least);
                campaign.is_slow_again(slow);
            }
        }
        Ok(())
    }

    fn has_enough(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn add(&self, findings: &mut Vec<Finding>, found: Found) {
        let what = match found.what {
            What::Broken(_, outcome) => Breach::Answered(outcome),
            What::Failed(failure) => Breach::Failed(failure),
        };
        findings.push(Finding {
            suite: found.suite,
            request: found.request,
            demand: found.demand,
            what,
            causes: found.causes,
            length: found.length,
            length_before: found.length_before,
            asked: found.asked,
            sequence: found.sequence,
            cases: 1,
            after_cases: found.number + 1,
            after: (self.clock)(),
        });
        let before = self.counters.findings.fetch_add(1, Ordering::Relaxed);
        if before + 1 >= self.options.max_findings as u64 {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn changed(&self, changes: &HelloChanges) {
        let all = self.hello_changes.lock();
        all.unwrap_or_else(PoisonError::into_inner).join(changes);
    }

    fn bench(&self) -> Bench<'_> {
        Bench {
            target: self.target,
            hello: self.hello,
            hello_changes: self.hello_changes,
            limits: self.options.limits,
            interrupt: self.interrupt,
            clock: self.clock,
        }
    }

    /// It answers nobody any more, so nothing can be tried again: what was under way is told.
    fn fell_silent(
        &self,
        campaign: &mut Campaign<'_, '_>,
        window: usize,
        error: &AdapterError,
        findings: &mut Vec<Finding>,
    ) {
        let mut suspects = campaign.suspects();
        // What came later was sent to nobody.
        if let Some(first) = suspects.first().map(|one| one.number) {
            suspects.retain(|one| one.number < first + window as u64);
        }
        let Some(first) = suspects.first().filter(|_| campaign.answers > 0) else {
            return;
        };
        let pools = campaign.pools;
        let pool = |one: &Disagreement| &pools[one.input.suite];
        let why = Failure::NoAnswer(format!(
            "{error}. A request in flight, or something else, stopped it; it cannot be queried again"
        ));
        let sequence = suspects.iter().map(|one| one.request.clone());
        let length = length(&first.input);
        let found = Found {
            number: first.number,
            suite: first.input.suite,
            request: first.request.clone(),
            demand: Demand::due(&pool(first).bounds, &first.request),
            what: What::Failed(why),
            causes: Vec::new(),
            length,
            length_before: length,
            asked: 0,
            sequence: if suspects.len() > 1 {
                sequence.collect()
            } else {
                Vec::new()
            },
        };
        if campaign.known.found(first, &[]) {
            self.add(findings, found);
        }
    }

    /// The process ended, and no request alone makes it do so.
    fn broken_down(
        &self,
        campaign: &mut Campaign<'_, '_>,
        failure: &Failure,
        sent: Vec<Request>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), AdapterError> {
        let found = match self.bench().shortest(sent, &Sought::Breakdown) {
            Err(AdapterError::Interrupted) => None,
            found => found?,
        };
        let last = found.as_ref().and_then(|requests| requests.last()).cloned();
        let asked = last.and_then(|request| Some((suite_of(&request, campaign.pools)?, request)));
        let (Some(sequence), Some((suite, request))) = (found, asked) else {
            campaign.notes.push(format!(
                "{failure}; it did not recur with the same request in a fresh process"
            ));
            return Ok(());
        };
        let demand = Demand::due(&campaign.pools[suite].bounds, &request);
        let input = Input::literal(suite, &request);
        let disagreement = Disagreement {
            number: campaign.cases,
            input: input.clone(),
            request: request.clone(),
            vector: None,
            what: What::Failed(failure.clone()),
        };
        if !campaign.known.found(&disagreement, &[]) {
            return Ok(());
        }
        let length = length(&input);
        let found = Found {
            number: disagreement.number,
            suite,
            request,
            demand,
            what: What::Failed(failure.clone()),
            causes: Vec::new(),
            length,
            length_before: length,
            asked: 0,
            sequence,
        };
        self.add(findings, found);
        Ok(())
    }

    /// It did not happen again: perhaps it depends on what came before.
    fn gone(
        &self,
        campaign: &mut Campaign<'_, '_>,
        disagreement: &Disagreement,
        findings: &mut Vec<Finding>,
    ) -> Result<(), AdapterError> {
        let pool = &campaign.pools[disagreement.input.suite];
        let mut sent = campaign.sent();
        match sent
            .iter()
            .rposition(|request| *request == disagreement.request)
        {
            Some(at) => sent.truncate(at + 1),
            None => sent.push(disagreement.request.clone()),
        }
        let is_sought = |observed: &Observed| {
            let request = answered(pool, &disagreement.request, observed);
            shown(pool, &request, disagreement.vector, observed)
                .is_some_and(|what| is_same(&what, &disagreement.what))
        };
        let found = match self.bench().shortest(sent, &Sought::Answer(&is_sought)) {
            Err(AdapterError::Interrupted) => None,
            found => found?,
        };
        let found = as_seen(campaign.pools, disagreement, found.unwrap_or_default());
        if found.sequence.is_empty() {
            campaign.notes.push(format!(
                "an answer that violates {} did not recur, neither alone nor in the same order",
                found.demand.requirement
            ));
        }
        if campaign.known.found(disagreement, &[]) {
            self.add(findings, found);
        }
        Ok(())
    }
}

/// A disagreement as a finding that is neither explained nor shrunk.
fn as_seen(pools: &[SeedPool<'_>], disagreement: &Disagreement, sequence: Vec<Request>) -> Found {
    let bounds = &pools[disagreement.input.suite].bounds;
    let length = length(&disagreement.input);
    Found {
        number: disagreement.number,
        suite: disagreement.input.suite,
        request: disagreement.request.clone(),
        demand: match &disagreement.what {
            What::Broken(demand, _) => demand.clone(),
            What::Failed(_) => Demand::due(bounds, &disagreement.request),
        },
        what: disagreement.what.clone(),
        causes: Vec::new(),
        length,
        length_before: length,
        asked: 0,
        sequence,
    }
}

/// The place of a request's suite.
fn suite_of(request: &Request, pools: &[SeedPool<'_>]) -> Option<usize> {
    pools
        .iter()
        .position(|pool| pool.suite().name.as_str() == &*request.suite)
}
