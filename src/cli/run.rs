//! `macproof run`: suites against an implementation.

use std::path::Path;
use std::time::Instant;

use crate::adapters::Target;
use crate::cli::args::{LevelArg, RunArgs};
use crate::cli::causes::add_causes;
use crate::cli::clock::{now, to_the_second, unix_now};
use crate::cli::events::Events;
use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::read;
use crate::cli::interrupt::{interrupt_flag, interruption};
use crate::cli::reach::{AskedSuites, Candidate, Reached};
use crate::cli::render::{Reports, is_standard_output, probe};
use crate::cli::shard::shard;
use crate::cli::suites;
use crate::cli::terminal::{ProgressBar, save, say};
use crate::results::{
    Circumstances, Document, KnownFailures, Redaction, Restarts, RunResult, Runs, ScopeNote,
    conclude, updated,
};
use crate::runner::{
    CaseEvent, Ending, FailFast, RunError, RunOptions, RunOutput, Shard, Watcher, WhoseSecret,
    run as run_suites,
};
use crate::suite::{self, Embedded, Level, Suite};

/// Runs the suites, reports, and lets the gate decide.
pub(crate) fn run(args: &RunArgs) -> Result<Exit, Stop> {
    let reports = Reports::parse(&args.report, args.all)?;
    let choice = args.reach.choice()?;
    let asked = choice.asked(&args.suites, &args.suite_file);
    let suites = suites::chosen(&asked.names, &asked.files)?;
    reports.probe()?;
    if let Some(list) = args
        .known_failures
        .as_deref()
        .filter(|_| args.update_known_failures)
    {
        probe(list)?;
    }
    let events = args.events.as_deref().map(Events::open).transpose()?;
    let taken = args.events.as_deref().is_some_and(is_standard_output);
    if taken && reports.take_standard_output() {
        return Err(Stop::usage(
            "only one report can go to standard output, the events included",
        ));
    }
    if let Some(words) = choice.found_above() {
        reports.announce(&words, taken);
    }
    let all: Vec<Reached> = choice
        .candidates(&asked.files)?
        .into_iter()
        .map(Candidate::reached)
        .collect::<Result<_, _>>()?;
    let mut results = Vec::new();
    let mut harness = None;
    for reached in &all {
        match run_one(args, &asked, &suites, reached, events.as_ref()) {
            Ok((result, broken)) => {
                results.push(result);
                harness = harness.or(broken);
            }
            // The others are still run.
            Err(stop) if all.len() > 1 && stop.exit == Exit::Harness => {
                say(&format!("error: {}: {stop}", reached.label));
                harness = harness.or(Some(stop));
            }
            // What was run before is still told.
            Err(stop) if !results.is_empty() && interruption().is_some() => {
                say(&format!("{}: {stop}", reached.label));
            }
            Err(stop) => return Err(stop),
        }
        if interruption().is_some() {
            break;
        }
    }
    let document = match (results.pop(), results.is_empty(), all.len()) {
        (Some(one), true, 1) => Document::from(one),
        (last, ..) => {
            results.extend(last);
            Document::from(Runs::new(results))
        }
    };
    if !document.runs().is_empty() {
        reports.write(&document, taken);
    }
    if let Some(interruption) = interruption() {
        return Ok(Exit::Interrupted(interruption));
    }
    match (Exit::of(document.exit_code()), harness) {
        (Exit::Failed, Some(stop)) if all.len() > 1 => {
            say(&format!("error: {stop}"));
            Ok(Exit::Failed)
        }
        (_, Some(stop)) => Err(stop),
        (exit, None) => Ok(exit),
    }
}

/// Runs the suites against one implementation: what it came to, and why it came to an end too
/// early.
fn run_one(
    args: &RunArgs,
    asked: &AskedSuites,
    suites: &[Suite],
    reached: &Reached,
    events: Option<&Events>,
) -> Result<(RunResult, Option<Stop>), Stop> {
    let known = known_failures(args.known_failures.as_deref())?;
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let level = match args.level {
        LevelArg::Must => Level::Must,
        LevelArg::Should => Level::Should,
    };
    let tolerated = |id: &crate::signature::CaseId| {
        known
            .entries()
            .iter()
            .any(|entry| entry.cases.matches(id.as_str()))
    };
    let tell = |event: &CaseEvent<'_>| {
        if let Some(events) = events {
            events.case(event);
        }
    };
    let options = RunOptions {
        filter: parsed(args.filter.as_deref())?,
        shard: shard(args.shard.as_deref())?,
        seed,
        jobs: usize::from(args.reach.jobs),
        repeat: args.repeat,
        limits: args.reach.limits(),
        fail_fast: args.fail_fast.then_some(FailFast {
            level,
            tolerated: &tolerated,
        }),
        watcher: events.map(|_| Watcher { level, tell: &tell }),
        secret: reached.secret.clone(),
    };
    let began = now();
    let started = to_the_second(began);
    if let Some(events) = events {
        events.started(&started, seed);
    }
    let clock = Instant::now();
    let redaction = match &options.secret {
        WhoseSecret::Own(secret) if !args.show_secrets => Redaction::of([secret.clone()]),
        WhoseSecret::Unknown if !args.show_secrets => Redaction::of([]),
        // Every secret is that of a suite file, or may be shown.
        _ => Redaction::none(),
    };
    // What ends a run may quote what the implementation said.
    let output = attempt(suites, &reached.target, &options, events)
        .map_err(|stop| stop.redacted(&redaction))?;
    let mut arguments = asked.names.clone();
    arguments.extend(reached.arguments.iter().cloned());
    for file in &asked.files {
        arguments.extend(["--suite-file".to_owned(), file.display().to_string()]);
    }
    let circumstances = Circumstances {
        started,
        duration_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        implementation: output.hello.implementation,
        adapter: reached.label.clone(),
        judged_itself: reached.judged_itself,
        arguments,
        level,
        seed,
        repeat: args.repeat,
        rounds: output.rounds,
        restarts: Restarts {
            allowed: args.allow_restarts,
            ..output.unanswered
        },
        interruption: matches!(output.ending, Ending::Interrupted)
            .then(interruption)
            .flatten(),
        shard: options.shard.map(Shard::summary),
        left_out: not_asked_for(&asked.names)?
            .into_iter()
            .chain(output.left_out)
            .collect(),
        notes: output.notes,
        redaction: redaction.clone(),
    };
    let today = began.strftime("%Y-%m-%d").to_string();
    let mut result = conclude(
        circumstances.clone(),
        output.observations.clone(),
        &known,
        &today,
    );
    if args.update_known_failures && result.interrupted {
        say(&format!(
            "{} is left as it is: the run was interrupted",
            known.path()
        ));
    } else if args.update_known_failures
        && let Some(rewritten) = rewrite(&known, &result)?
    {
        result = conclude(
            circumstances,
            output.observations.clone(),
            &rewritten,
            &today,
        );
    }
    if options.secret == WhoseSecret::Request {
        add_causes(&mut result, &output.observations);
    }
    if let Some(events) = events {
        events.finished(&result);
    }
    let broken = match output.ending {
        Ending::Broken(error) => Some(Stop::harness(format_args!(
            "the adapter no longer works: {error}"
        )))
        .map(|stop| stop.redacted(&redaction)),
        Ending::Whole | Ending::Interrupted | Ending::FailedFast => None,
    };
    Ok((result, broken))
}

/// Where some suites were named, those that a run without names would have asked for too: the
/// result says nothing of them, and no list of known failures may be blamed for speaking of them.
fn not_asked_for(named: &[String]) -> Result<Option<ScopeNote>, Stop> {
    if named.is_empty() {
        return Ok(None);
    }
    let absent: Vec<Embedded> = suite::embedded()
        .filter(|one| one.by_default && named.iter().all(|name| name != one.name))
        .collect();
    let names = absent
        .iter()
        .map(|one| one.name)
        .collect::<Vec<_>>()
        .join(", ");
    let mut cases = 0;
    for one in &absent {
        cases += one.parse().map_err(Stop::harness)?.vectors.len() as u64;
    }
    let what = format!("the suites that were not named: {names}");
    Ok((cases > 0).then_some(ScopeNote { what, cases }))
}

fn attempt<'s>(
    suites: &'s [Suite],
    target: &Target,
    options: &RunOptions<'_>,
    events: Option<&Events>,
) -> Result<RunOutput<'s>, Stop> {
    let interrupt = interrupt_flag()?;
    let bar = ProgressBar::new();
    let progress = |progress: crate::runner::Progress| {
        bar.show(progress.done, progress.total);
        if let Some(events) = events {
            events.flush();
        }
    };
    let output = run_suites(suites, target, options, &interrupt, &unix_now, &progress);
    bar.clear();
    output.map_err(no_run)
}

/// Why there was no run.
pub(crate) fn no_run(error: RunError) -> Stop {
    match (error, interruption()) {
        (RunError::NoCase(left_out), _) => Stop::usage(RunError::NoCase(left_out)),
        (_, Some(interruption)) => {
            Stop::interrupted(interruption, "interrupted before the first case was asked")
        }
        (error, None) => Stop::harness(error),
    }
}

pub(crate) fn known_failures(path: Option<&Path>) -> Result<KnownFailures, Stop> {
    let Some(path) = path else {
        return Ok(KnownFailures::none());
    };
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is no UTF-8", path.display())))?;
    KnownFailures::parse(&path.display().to_string(), &text).map_err(Stop::usage)
}

/// Writes the list anew; what it says now, or nothing where it could not be written.
fn rewrite(known: &KnownFailures, result: &RunResult) -> Result<Option<KnownFailures>, Stop> {
    let text = updated(known, result);
    let rewritten = KnownFailures::parse(known.path(), &text).map_err(Stop::harness)?;
    if !save(Path::new(known.path()), &text) {
        return Ok(None);
    }
    let count = rewritten.entries().len();
    say(&format!("rewrote {}: {count} known failures", known.path()));
    Ok(Some(rewritten))
}

fn parsed<T: std::str::FromStr<Err = crate::runner::SelectionError>>(
    text: Option<&str>,
) -> Result<Option<T>, Stop> {
    text.map(|text| text.parse().map_err(Stop::usage))
        .transpose()
}
