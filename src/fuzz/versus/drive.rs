//! Two implementations, from their hellos to what was found.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError, Limits, Transport};
use crate::fuzz::drive::{FuzzEnding, FuzzError, FuzzProgress, taken, watched};
use crate::fuzz::present::Present;
use crate::fuzz::seed_pool::SeedPool;
use crate::fuzz::versus::comparing::Comparing;
use crate::fuzz::versus::options::VersusOptions;
use crate::fuzz::versus::output::Versus;
use crate::protocol::{Clock, Hello};
use crate::results::ProgressCurve;
use crate::signature::Op;
use crate::suite::{InputKind, Suite};

/// Asks two implementations the same and compares what they do; then presents the tokens of each
/// to each. `clock` tells the time since it began, `now` the present in Unix seconds; the comparison
/// lasts at most one answer longer than its time.
pub fn versus(
    suites: &[Suite],
    targets: [&dyn Transport; 2],
    options: &VersusOptions,
    interrupt: &AtomicBool,
    clock: &(dyn Fn() -> Duration + Sync),
    now: &(dyn Fn() -> u64 + Sync),
    progress: &dyn Fn(FuzzProgress),
) -> Result<Versus, FuzzError> {
    let limit = options.time.map(|time| {
        let Limits { answer, grace, .. } = options.limits;
        // What is left of a time-out is for the end of the processes of both.
        time.saturating_add(answer.saturating_sub(4 * grace))
    });
    watched(interrupt, limit, clock, |halt| {
        comparison(
            suites,
            targets,
            options,
            [interrupt, halt],
            clock,
            now,
            progress,
        )
    })
}

fn comparison(
    suites: &[Suite],
    targets: [&dyn Transport; 2],
    options: &VersusOptions,
    [interrupt, halt]: [&AtomicBool; 2],
    clock: &(dyn Fn() -> Duration + Sync),
    now: &(dyn Fn() -> u64 + Sync),
    progress: &dyn Fn(FuzzProgress),
) -> Result<Versus, FuzzError> {
    let [one, other] = targets;
    let mut pair = [
        one.connect(options.limits, halt)?,
        other.connect(options.limits, halt)?,
    ];
    let hellos = [pair[0].hello().clone(), pair[1].hello().clone()];
    let (mut both, mut notes) = taken(suites, &hellos[0]);
    let (others, more) = taken(suites, &hellos[1]);
    both.retain(|at| others.contains(at));
    notes.extend(more);
    if both.is_empty() {
        return Err(FuzzError::Nothing(notes.join("; ")));
    }
    let common = common(&hellos);
    let is_clock_real = hellos.iter().any(|hello| hello.clock() == Clock::System);
    let present = |suite: &Suite| {
        if is_clock_real && suite.scheme.times().next().is_some() {
            let answer = options.limits.answer;
            Present::Real { now, answer }
        } else {
            Present::OfTheRequest
        }
    };
    let pools: Vec<SeedPool<'_>> = both
        .iter()
        .enumerate()
        .map(|(place, &at)| SeedPool::new(place, &suites[at], &common, present(&suites[at])))
        .collect();
    if pools.iter().any(SeedPool::is_exhausted) {
        notes.push("the implementations have no declared operation in common".to_owned());
        return Err(FuzzError::Nothing(notes.join("; ")));
    }
    let mut comparing = Comparing::new(&pools, options, clock);
    let for_matrix = options.time.map(|time| time.saturating_sub(time / 4));
    let is_after = |time: Option<Duration>| time.is_some_and(|time| clock() >= time);
    let mut curve = ProgressCurve::default();
    let mut compare = || -> Result<FuzzEnding, AdapterError> {
        loop {
            comparing.batch(&mut pair)?;
            let now = comparing.progress();
            curve.add(now.point());
            progress(now);
            let is_spent = options.cases.is_some_and(|most| comparing.cases >= most);
            let is_enough = comparing.differences.len() >= options.max_findings;
            let is_over = is_spent || is_enough || comparing.pace.is_late();
            if comparing.matrix.is_none() && (is_over || is_after(for_matrix)) {
                comparing.cross(&mut pair)?;
            }
            if is_enough {
                return Ok(FuzzEnding::Findings);
            }
            if is_over || comparing.pace.is_late() {
                return Ok(FuzzEnding::Whole);
            }
        }
    };
    let ending = match compare() {
        Ok(ending) => ending,
        Err(_) if interrupt.load(Ordering::Relaxed) => FuzzEnding::Interrupted,
        // The time was over in the midst of an answer.
        Err(AdapterError::Interrupted) => FuzzEnding::Whole,
        Err(error) => FuzzEnding::Broken(error),
    };
    let matrix = comparing.matrix.take().unwrap_or_default();
    if matrix.is_empty() && matches!(ending, FuzzEnding::Whole | FuzzEnding::Findings) {
        let why = if comparing.crosses() {
            "the time was up"
        } else {
            "not both implementations declare sign and verify"
        };
        notes.push(format!("no tokens were exchanged: {why}"));
    }
    if comparing.unsupported > 0 {
        let count = comparing.unsupported;
        notes.push(format!(
            "{count} requests were unsupported by one implementation and were not compared"
        ));
    }
    if comparing.at_other_times > 0 {
        let count = comparing.at_other_times;
        notes.push(format!(
            "{count} requests were not compared: each implementation uses its own clock, and the answers may differ only because they were given at different times"
        ));
    }
    let last = comparing.progress();
    if last.kinds == 0 {
        notes.push("nothing was compared: no request was answered by both".to_owned());
    }
    let shutdowns = pair.map(Adapter::finish);
    for (shutdown, side) in std::iter::zip(&shutdowns, ["the first", "the second"]) {
        if shutdown.restarts > 0 {
            let times = shutdown.restarts;
            notes.push(format!("{side} was restarted {times} times"));
        }
        let more = shutdown.notes.iter();
        notes.extend(more.map(|note| format!("{side}: {note}")));
    }
    Ok(Versus {
        names: hellos.map(|hello| hello.implementation),
        shutdowns,
        taken: both,
        differences: comparing.differences.into_values().collect(),
        matrix,
        cases: last.cases,
        unanswered: comparing.unanswered,
        kinds: last.kinds,
        progress: curve.ended(last.point()),
        notes,
        elapsed: last.elapsed,
        ending,
    })
}

/// What both can be asked.
fn common(hellos: &[Hello; 2]) -> Hello {
    let [one, other] = hellos;
    let inputs = InputKind::ALL
        .into_iter()
        .filter(|kind| one.takes(*kind) && other.takes(*kind));
    let ops = Op::ALL
        .into_iter()
        .filter(|op| op.is_of_tokens() && one.has_op(*op) && other.has_op(*op));
    Hello {
        ops: Some(ops.map(|op| op.name().to_owned()).collect()),
        inputs: Some(inputs.map(|kind| kind.name().to_owned()).collect()),
        ..one.clone()
    }
}
