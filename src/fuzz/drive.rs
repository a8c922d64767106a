//! A whole campaign: several processes, each with inputs of its own, and what they found together.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::adapters::{AdapterError, Limits, Transport, side_by_side};
use crate::fuzz::coverage::ImplementationDefined;
use crate::fuzz::options::FuzzOptions;
use crate::fuzz::plan::Counters;
use crate::fuzz::present::Present;
use crate::fuzz::seed_pool::SeedPool;
use crate::fuzz::worker::WorkerContext;
use crate::fuzz::worker_report::{Finding, gather};
use crate::protocol::{Clock, Hello, HelloChanges};
use crate::results::{FuzzPoint, ProgressCurve, Restarts};
use crate::signature::{Op, Request};
use crate::suite::Suite;

/// How often the progress is told.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// How far a campaign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuzzProgress {
    /// The number of cases answered.
    pub cases: u64,
    /// How many kinds of answers there were.
    pub kinds: u64,
    /// How much was found.
    pub findings: u64,
    /// How long it has been.
    pub elapsed: Duration,
}

/// What a campaign brought to light.
#[derive(Debug)]
pub struct FuzzOutput {
    /// What the adapter states about its implementation.
    pub hello: Hello,
    /// What was found.
    pub(crate) findings: Vec<Finding>,
    pub(crate) behaviors: BTreeMap<(usize, &'static str), ImplementationDefined>,
    pub(crate) warnings: BTreeMap<(usize, String), u64>,
    /// The suites that took part, as places among those that were given.
    pub taken: Vec<usize>,
    /// The number of cases answered.
    pub cases: u64,
    /// How many were not as demanded.
    pub disagreements: u64,
    /// How many requests the adapter reported as unsupported.
    pub unsupported: u64,
    /// How many kinds of answers there were.
    pub kinds: u64,
    /// How often an adapter had to be started again without a request that is to blame for it.
    pub restarts: Restarts,
    /// What the adapter's later hellos said otherwise than its first.
    pub hello_changes: HelloChanges,
    /// What was noticed besides.
    pub notes: Vec<String>,
    /// Requests that brought something new, each with its suite's name.
    pub corpus: Vec<Request>,
    /// How far it was when.
    pub(crate) progress: Vec<FuzzPoint>,
    /// How long it took.
    pub elapsed: Duration,
    /// How it ended.
    pub ending: FuzzEnding,
}

/// How a campaign ended.
#[derive(Debug)]
pub enum FuzzEnding {
    /// As much was asked as was wished.
    Whole,
    /// The maximum number of findings was reached.
    Findings,
    /// The interrupt flag was set.
    Interrupted,
    /// The adapter stopped working.
    Broken(AdapterError),
}

/// Why there was no campaign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FuzzError {
    /// The adapter cannot be used.
    #[error("cannot use the adapter: {0}")]
    Adapter(#[from] AdapterError),
    /// There is nothing to ask it.
    #[error("nothing to fuzz: {0}")]
    Nothing(String),
}

/// Fuzzes an implementation.
///
/// `clock` tells the time since the campaign began, and `now` the present in Unix seconds: where the
/// implementation uses the real time, inputs are signed then. The campaign ends within
/// 100 ms of `interrupt`, and what was found by then is in the output. With a number of cases, not a time, the
/// same seed, jobs and shard ask the same, as long as the implementation answers the same. Time has
/// a say in one thing: where an answer takes 50 ms and ten times what is usual, three times of
/// three, its input is grown from as well; where none does, nothing depends on the clock.
pub fn fuzz(
    suites: &[Suite],
    target: &dyn Transport,
    options: &FuzzOptions,
    interrupt: &AtomicBool,
    clock: &(dyn Fn() -> Duration + Sync),
    now: &(dyn Fn() -> u64 + Sync),
    progress: &dyn Fn(FuzzProgress),
) -> Result<FuzzOutput, FuzzError> {
    let limit = options.time.map(|time| {
        let Limits { answer, grace, .. } = options.limits;
        // What is left of a time-out is for the end of the processes.
        time.saturating_add(answer.saturating_sub(2 * grace))
    });
    watched(interrupt, limit, clock, |halt| {
        campaign(
            suites,
            target,
            options,
            [interrupt, halt],
            clock,
            now,
            progress,
        )
    })
}

/// How often the clock is looked at for the time that is over.
const LOOKED_EVERY: Duration = Duration::from_millis(25);

/// Works with a flag that is set when the interrupt flag is, or when the time is over.
pub(super) fn watched<T>(
    interrupt: &AtomicBool,
    limit: Option<Duration>,
    clock: &(dyn Fn() -> Duration + Sync),
    work: impl FnOnce(&AtomicBool) -> Result<T, FuzzError>,
) -> Result<T, FuzzError> {
    let halt = AtomicBool::new(false);
    let (working, over) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let halt = &halt;
        let started = thread::Builder::new().spawn_scoped(scope, move || {
            while over.recv_timeout(LOOKED_EVERY) == Err(RecvTimeoutError::Timeout) {
                let is_over = limit.is_some_and(|limit| clock() >= limit);
                if is_over || interrupt.load(Ordering::Relaxed) {
                    halt.store(true, Ordering::Relaxed);
                }
            }
        });
        started.map_err(AdapterError::NoThread)?;
        let worked = work(halt);
        drop(working);
        worked
    })
}

fn campaign(
    suites: &[Suite],
    target: &dyn Transport,
    options: &FuzzOptions,
    [interrupt, halt]: [&AtomicBool; 2],
    clock: &(dyn Fn() -> Duration + Sync),
    now: &(dyn Fn() -> u64 + Sync),
    progress: &dyn Fn(FuzzProgress),
) -> Result<FuzzOutput, FuzzError> {
    let first = target.connect(options.limits, halt)?;
    let hello = first.hello().clone();
    let (taken, mut notes) = taken(suites, &hello);
    let present = match hello.clock() {
        Clock::Injected => Present::OfTheRequest,
        Clock::System => Present::Real {
            now,
            answer: options.limits.answer,
        },
    };
    let pools = || -> Vec<SeedPool<'_>> {
        let pools = taken.iter().enumerate();
        pools
            .map(|(place, &at)| SeedPool::new(place, &suites[at], &hello, present))
            .collect()
    };
    if taken.is_empty() || pools().iter().any(SeedPool::is_exhausted) {
        return Err(FuzzError::Nothing(notes.join("; ")));
    }
    let counters = Counters::default();
    let stop = AtomicBool::new(false);
    let hello_changes = Mutex::default();
    let work = WorkerContext {
        pools: &pools,
        hello: &hello,
        hello_changes: &hello_changes,
        options,
        target,
        interrupt: halt,
        clock,
        counters: &counters,
        stop: &stop,
    };
    let mut curve = ProgressCurve::default();
    let mut told = Duration::ZERO;
    let mut tell = |is_over: bool| {
        let now = FuzzProgress {
            cases: counters.cases.load(Ordering::Relaxed),
            kinds: counters.kinds.load(Ordering::Relaxed),
            findings: counters.findings.load(Ordering::Relaxed),
            elapsed: clock(),
        };
        curve.add(now.point());
        if is_over || now.elapsed >= told + PROGRESS_EVERY {
            told = now.elapsed;
            progress(now);
        }
        PROGRESS_EVERY.min(Duration::from_millis(curve.interval_ms()))
    };
    let reports = side_by_side(
        first,
        &|| target.connect(options.limits, halt),
        options.jobs.max(1),
        &|number, adapter| work.run_worker(number, adapter),
        &mut || tell(false),
    );
    tell(true);
    let mut gathered = gather(reports, options.max_findings);
    notes.append(&mut gathered.notes);
    let ending = match gathered.broken {
        _ if interrupt.load(Ordering::Relaxed) => FuzzEnding::Interrupted,
        Some(error) => FuzzEnding::Broken(error),
        None if stop.load(Ordering::Relaxed) => FuzzEnding::Findings,
        None => FuzzEnding::Whole,
    };
    let at_suite = |place: usize| taken.get(place).copied().unwrap_or_default();
    for finding in &mut gathered.findings {
        finding.suite = at_suite(finding.suite);
    }
    let by_suite = |(place, what), value| ((at_suite(place), what), value);
    let elapsed = clock();
    let last = FuzzProgress {
        cases: gathered.cases,
        kinds: gathered.kinds,
        findings: gathered.findings.len() as u64,
        elapsed,
    };
    Ok(FuzzOutput {
        hello,
        findings: gathered.findings,
        behaviors: gathered
            .behaviors
            .into_iter()
            .map(|(k, v)| by_suite(k, v))
            .collect(),
        warnings: gathered
            .warnings
            .into_iter()
            .map(|((place, what), cases)| ((at_suite(place), what), cases))
            .collect(),
        corpus: gathered.corpus,
        taken,
        cases: gathered.cases,
        disagreements: gathered.disagreements,
        unsupported: gathered.unsupported,
        kinds: gathered.kinds,
        restarts: gathered.restarts,
        hello_changes: hello_changes
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner),
        notes,
        progress: curve.ended(last.point()),
        elapsed,
        ending,
    })
}

impl FuzzProgress {
    pub(super) fn point(&self) -> FuzzPoint {
        FuzzPoint {
            at_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            cases: self.cases,
            kinds: self.kinds,
            findings: self.findings,
        }
    }
}

/// The suites that the adapter can be asked about.
pub(super) fn taken(suites: &[Suite], hello: &Hello) -> (Vec<usize>, Vec<String>) {
    let mut taken = Vec::new();
    let mut notes = Vec::new();
    for (at, suite) in suites.iter().enumerate() {
        if !hello.has_suite(suite.name.as_str()) {
            notes.push(format!(
                "the adapter does not declare the suite {}",
                suite.name
            ));
        } else if !hello.has_op(Op::Sign) && !hello.has_op(Op::Verify) {
            notes.push("the adapter declares neither sign nor verify".to_owned());
        } else {
            taken.push(at);
        }
    }
    (taken, notes)
}
