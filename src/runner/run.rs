//! A whole run: from suites and a command to what was observed of each case.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError, Lifetime, ShutdownReport, Transport, side_by_side};
use crate::protocol::{Hello, HelloChanges};
use crate::results::{
    Failure, Observation, Observed, Redaction, Restarts, ScopeNote, WITHOUT_ORACLE,
};
use crate::runner::case::{Case, Disposition};
use crate::runner::job::{Job, WorkerContext};
use crate::runner::plan::{Selection, plan};
use crate::runner::rekey::unseen_mistakes;
use crate::runner::schedule::Schedule;
use crate::runner::seen::Seen;
use crate::runner::smoke::smoke;
use crate::runner::unknown_secret::{ObservedTokens, collect_tokens, key};
use crate::runner::{RunOptions, WhoseSecret};
use crate::signature::{Op, Secret};
use crate::suite::Suite;

/// How often the progress is told.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many requests are done.
    pub done: u64,
    /// How many there are: every case that applies, in every round.
    pub total: u64,
}

/// What a run brought to light.
#[derive(Debug)]
pub struct RunOutput<'s> {
    /// What the adapter states about its implementation.
    pub hello: Hello,
    /// Every case that was chosen, in the order of the suites.
    pub observations: Vec<Observation<'s>>,
    /// What was not chosen.
    pub left_out: Vec<ScopeNote>,
    /// What was noticed beside the cases.
    pub notes: Vec<String>,
    /// How often an adapter process had to be started again.
    pub restarts: u64,
    /// Those of them, and what stands for one with a server, that no case answers for: none whose
    /// verdict is a failure of that kind.
    pub unanswered: Restarts,
    /// What the adapter's later hellos said otherwise than its first.
    pub hello_changes: HelloChanges,
    /// How many rounds of all cases are over.
    pub rounds: u64,
    /// How far it came.
    pub progress: Progress,
    /// Whether it came to its end.
    pub ending: Ending,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ending {
    /// Everything was asked.
    Whole,
    /// The interrupt flag was set.
    Interrupted,
    /// A case failed, and nothing more was to be asked then.
    FailedFast,
    /// The adapter worked at first, and then no longer.
    Broken(AdapterError),
}

/// Why there was no run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Nothing was chosen.
    #[error("no cases to run{}", left_out_in_words(.0))]
    NoCase(Vec<ScopeNote>),
    /// The adapter cannot be used.
    #[error("cannot use the adapter: {0}")]
    Adapter(#[from] AdapterError),
    /// It starts, and answers nothing.
    #[error("cannot use the adapter: none of its first answers was usable; {0}")]
    NoAnswer(Failure),
}

fn left_out_in_words(left_out: &[ScopeNote]) -> String {
    let words = |note: &ScopeNote| format!("; {} of them are {}", note.cases, note.what);
    left_out.iter().map(words).collect()
}

/// Runs suites against an implementation.
///
/// `now` tells the present in Unix seconds. The run ends within 100 ms of `interrupt`, and what was
/// done by then is in the output. `progress` is called in this thread, a few times a
/// second. Neither the number of jobs nor the order changes what is observed.
pub fn run<'s>(
    suites: &'s [Suite],
    target: &dyn Transport,
    options: &RunOptions<'_>,
    interrupt: &AtomicBool,
    now: &(dyn Fn() -> u64 + Sync),
    progress: &dyn Fn(Progress),
) -> Result<RunOutput<'s>, RunError> {
    let Selection {
        chosen,
        mut left_out,
    } = Selection::of(suites, options);
    if chosen.is_empty() {
        return Err(RunError::NoCase(left_out));
    }
    let mut first = target.connect(options.limits, interrupt)?;
    let hello = first.hello().clone();
    let mut observed_tokens = match options.secret {
        WhoseSecret::Unknown => {
            collect_tokens(&mut *first, &chosen, target, &hello)?.map_err(RunError::NoAnswer)?
        }
        WhoseSecret::Request | WhoseSecret::Own(_) => ObservedTokens::default(),
    };
    let token_failures = std::mem::take(&mut observed_tokens.failures);
    let answer = options.limits.answer;
    let cases = plan(
        &chosen,
        target,
        &hello,
        &options.secret,
        observed_tokens,
        now(),
        answer,
    );
    let schedule = Schedule::new(asked(&cases), options.seed, options.repeat.max(1));
    let in_smoke = smoke(&mut *first, &cases, schedule.order())?.map_err(RunError::NoAnswer)?;

    let seen: Vec<Mutex<Seen>> = cases.iter().map(|_| Mutex::default()).collect();
    let work = WorkerContext {
        cases: &cases,
        seen: &seen,
        schedule: &schedule,
        hello: &hello,
        now,
        fail_fast: options.fail_fast,
        watcher: options.watcher,
        redaction: match &options.secret {
            WhoseSecret::Request => Redaction::none(),
            WhoseSecret::Own(secret) => Redaction::of([secret.clone()]),
            WhoseSecret::Unknown => Redaction::of([]),
        },
    };
    let reports = side_by_side(
        first,
        &|| target.connect(options.limits, interrupt),
        options.jobs.clamp(1, schedule.lots()),
        &|number, adapter| run_worker(&work, number, adapter, interrupt),
        &mut || {
            progress(Progress {
                done: schedule.done(),
                total: schedule.total(),
            });
            PROGRESS_EVERY
        },
    );
    let done = Progress {
        done: schedule.done(),
        total: schedule.total(),
    };
    progress(done);
    let mut gathered = Gathered::of(reports);
    let is_whole = done.done == done.total && gathered.is_spread;
    if options.secret == WhoseSecret::Unknown {
        left_out.push(ScopeNote {
            what: WITHOUT_ORACLE.to_owned(),
            cases: asked(&cases).len() as u64,
        });
    }
    if let WhoseSecret::Own(secret) = &options.secret {
        gathered.notes.extend(unseen(&cases, secret));
    }
    let ending = match gathered.broken.take() {
        None if is_whole => Ending::Whole,
        // The others did its share.
        Some(error) if is_whole => {
            let note = format!("a job lost its adapter: {error}");
            gathered.notes.push(note);
            Ending::Whole
        }
        _ if interrupt.load(Ordering::Relaxed) => Ending::Interrupted,
        Some(error) => Ending::Broken(error),
        None => Ending::FailedFast,
    };
    let undone = match &ending {
        Ending::Whole => "it never ran".to_owned(),
        Ending::Interrupted => "interrupted".to_owned(),
        Ending::FailedFast => "another case failed first".to_owned(),
        Ending::Broken(error) => format!("the adapter no longer works: {error}"),
    };
    let has_oracle = options.secret != WhoseSecret::Unknown;
    let observation = |(case, seen): (&Case<'s>, Mutex<Seen>)| {
        let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        if seen.observed.is_none() {
            seen.observed = Some(case.unasked(&undone));
            if let Some(watcher) = options.watcher
                && let Some(event) = case.event(&seen, watcher.level)
            {
                (watcher.tell)(&event);
            }
        }
        case.observation(seen, has_oracle)
    };
    let rounds = completed(&cases, &seen).unwrap_or(options.repeat.max(1));
    let observations: Vec<Observation<'s>> =
        std::iter::zip(&cases, seen).map(observation).collect();
    let has_failed = |at: usize| matches!(observations[at].observed, Observed::Failed(_));
    let signs = |at: usize, signed: &(String, String)| {
        let case = &cases[at];
        case.op() == Op::Sign && key(case.suite, &case.asked.request.fields) == *signed
    };
    let before = in_smoke
        .into_iter()
        .filter(|(at, _)| !has_failed(*at))
        .map(|(_, failure)| failure)
        .chain(token_failures.into_iter().filter_map(|(signed, failure)| {
            let answers = |at: usize| has_failed(at) && signs(at, &signed);
            (!(0..cases.len()).any(answers)).then_some(failure)
        }));
    for failure in before {
        gathered.note_before_the_cases(target, &failure);
    }
    Ok(RunOutput {
        observations,
        left_out,
        notes: gathered.notes,
        restarts: gathered.restarts,
        unanswered: gathered.unanswered,
        hello_changes: gathered.hello_changes,
        rounds,
        progress: done,
        ending,
        hello,
    })
}

/// How many rounds of every case that is asked are over; `None` if none is asked.
fn completed(cases: &[Case<'_>], seen: &[Mutex<Seen>]) -> Option<u64> {
    let asked = std::iter::zip(cases, seen)
        .filter(|(case, _)| !matches!(case.fate, Disposition::NotApplicable(_)));
    let rounds = |seen: &Mutex<Seen>| seen.lock().unwrap_or_else(PoisonError::into_inner).rounds;
    asked.map(|(_, seen)| rounds(seen)).min()
}

/// What an implementation's own secret cannot show.
fn unseen(cases: &[Case<'_>], secret: &Secret) -> Vec<String> {
    let mut suites: Vec<&Suite> = Vec::new();
    for case in cases
        .iter()
        .filter(|case| matches!(case.asked, Cow::Owned(_)))
    {
        if suites.iter().all(|known| known.name != case.suite.name) {
            suites.push(case.suite);
        }
    }
    let mut mistakes: Vec<String> = suites
        .into_iter()
        .flat_map(|suite| unseen_mistakes(suite, secret))
        .collect();
    mistakes.sort_unstable();
    mistakes.dedup();
    if mistakes.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "with the implementation's own secret, no case can detect these mistakes: {}",
        mistakes.join("; ")
    )]
}

/// The cases that are asked, as indices.
fn asked(cases: &[Case<'_>]) -> Vec<u32> {
    let asked = std::iter::zip(0.., cases)
        .filter(|(_, case)| !matches!(case.fate, Disposition::NotApplicable(_)));
    asked.map(|(at, _)| at).collect()
}

/// What one process came to.
struct WorkerReport {
    ended: Result<(), AdapterError>,
    /// Whether all was asked that is spread over a second.
    is_spread: bool,
    shutdown: ShutdownReport,
}

fn run_worker(
    work: &WorkerContext<'_, '_>,
    number: usize,
    adapter: Result<Box<dyn Adapter + '_>, AdapterError>,
    interrupt: &AtomicBool,
) -> WorkerReport {
    let mut job = Job::new(work);
    let mut is_spread = number > 0;
    let (ended, shutdown) = match adapter {
        Ok(mut adapter) => {
            let changes = work.hello.changes(adapter.hello());
            let mut ended = adapter.drive(&mut job);
            if ended.is_ok() && number == 0 {
                ended = job
                    .spread_over_a_second(&mut *adapter, interrupt)
                    .map(|all| is_spread = all);
            }
            let mut shutdown = adapter.finish();
            shutdown.hello_changes.join(&changes);
            (ended, shutdown)
        }
        Err(error) => (Err(error), ShutdownReport::default()),
    };
    WorkerReport {
        ended,
        is_spread: is_spread || !job.signs_by_the_clock(),
        shutdown,
    }
}

/// What is weaker where the secret is unknown.
const RESTARTED: &str = "the adapter was restarted";

/// What all processes came to together.
struct Gathered {
    notes: Vec<String>,
    restarts: u64,
    unanswered: Restarts,
    hello_changes: HelloChanges,
    broken: Option<AdapterError>,
    is_spread: bool,
}

impl Gathered {
    fn of(reports: Vec<WorkerReport>) -> Self {
        let mut gathered = Self {
            notes: Vec::new(),
            restarts: 0,
            unanswered: Restarts::default(),
            hello_changes: HelloChanges::default(),
            broken: None,
            is_spread: true,
        };
        for report in reports {
            gathered.is_spread &= report.is_spread;
            gathered.notes.extend(report.shutdown.notes);
            gathered.restarts += report.shutdown.restarts;
            gathered.unanswered.join(&report.shutdown.unanswered);
            gathered.hello_changes.join(&report.shutdown.hello_changes);
            if let Err(error) = report.ended {
                gathered.broken.get_or_insert(error);
            }
        }
        match gathered.restarts {
            0 => {}
            1 => gathered.notes.push(format!("{RESTARTED} once")),
            times => gathered.notes.push(format!("{RESTARTED} {times} times")),
        }
        gathered
    }

    /// A request failed before the cases were asked, and none of them failed so.
    fn note_before_the_cases(&mut self, target: &dyn Transport, failure: &Failure) {
        self.notes.push(format!(
            "a request failed at first, but succeeded when its case ran: {failure}"
        ));
        // A command that is started for each request is never started again.
        if target.lifetime() != Lifetime::PerRequest {
            self.unanswered.add_failure(failure);
        }
    }
}
