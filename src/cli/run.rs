//! `macproof run`: suites against an implementation.

use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;

use crate::adapters::Target;
use crate::cli::args::{LevelArg, RunArgs};
use crate::cli::causes::add_causes;
use crate::cli::clock::unix_now;
use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::read;
use crate::cli::reach::interrupt_flag;
use crate::cli::render::Reports;
use crate::cli::shard::shard;
use crate::cli::suites;
use crate::cli::terminal::{ProgressBar, say};
use crate::report;
use crate::results::{Circumstances, KnownFailures, RunResult, ScopeNote, conclude, updated};
use crate::runner::{Ending, FailFast, RunError, RunOptions, RunOutput, run as run_suites};
use crate::suite::{self, Embedded, Level, Suite};

/// Runs the suites, reports, and lets the gate decide.
pub(crate) fn run(args: &RunArgs) -> Result<Exit, Stop> {
    let reports = Reports::parse(&args.report, args.all)?;
    let suites = suites::chosen(&args.suites, &args.suite_file)?;
    let known = known_failures(args.known_failures.as_deref())?;
    let reached = args.reach.reached(&args.suite_file)?;
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
    };
    let started = Timestamp::now();
    let clock = Instant::now();
    let output = attempt(&suites, &reached.target, &options)?;
    let mut arguments = args.suites.clone();
    arguments.extend(reached.arguments);
    for file in &args.suite_file {
        arguments.extend(["--suite-file".to_owned(), file.display().to_string()]);
    }
    let circumstances = Circumstances {
        started: started
            .round(jiff::Unit::Second)
            .unwrap_or(started)
            .to_string(),
        duration_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        implementation: output.hello.implementation,
        adapter: reached.label,
        arguments,
        level,
        seed,
        repeat: args.repeat,
        left_out: not_asked_for(&args.suites)?
            .into_iter()
            .chain(output.left_out)
            .collect(),
        notes: output.notes,
    };
    let today = started.strftime("%Y-%m-%d").to_string();
    let mut result = conclude(
        circumstances.clone(),
        output.observations.clone(),
        &known,
        &today,
    );
    if args.update_known_failures {
        let rewritten = rewrite(&known, &result)?;
        result = conclude(
            circumstances,
            output.observations.clone(),
            &rewritten,
            &today,
        );
    }
    add_causes(&mut result, &output.observations);
    reports.write(&result)?;
    match output.ending {
        Ending::Broken(error) => Err(Stop::harness(format_args!(
            "the adapter no longer works: {error}"
        ))),
        Ending::Whole | Ending::Interrupted | Ending::FailedFast => {
            Ok(Exit::of(result.gate.exit_code))
        }
    }
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
) -> Result<RunOutput<'s>, Stop> {
    let interrupt = interrupt_flag()?;
    let bar = ProgressBar::new();
    let progress = |progress: crate::runner::Progress| bar.show(progress.done, progress.total);
    let output = run_suites(suites, target, options, &interrupt, &unix_now, &progress);
    bar.clear();
    output.map_err(|error| match error {
        RunError::NoCase(_) => Stop::usage(error),
        RunError::Adapter(_) | RunError::NoAnswer(_) => Stop::harness(error),
    })
}

fn known_failures(path: Option<&Path>) -> Result<KnownFailures, Stop> {
    let Some(path) = path else {
        return Ok(KnownFailures::none());
    };
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is no UTF-8", path.display())))?;
    KnownFailures::parse(&path.display().to_string(), &text).map_err(Stop::usage)
}

/// Writes the list anew, and reads it back.
fn rewrite(known: &KnownFailures, result: &RunResult) -> Result<KnownFailures, Stop> {
    let text = updated(known, result);
    report::write(Path::new(known.path()), text.as_bytes()).map_err(Stop::harness)?;
    let rewritten = KnownFailures::parse(known.path(), &text).map_err(Stop::harness)?;
    let count = rewritten.entries().len();
    say(&format!("rewrote {}: {count} known failures", known.path()));
    Ok(rewritten)
}

fn parsed<T: std::str::FromStr<Err = crate::runner::SelectionError>>(
    text: Option<&str>,
) -> Result<Option<T>, Stop> {
    text.map(|text| text.parse().map_err(Stop::usage))
        .transpose()
}
