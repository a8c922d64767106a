//! `macproof run`: suites against an implementation.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::Args;

use crate::adapters::{Limits, Transport};
use crate::cli::clock::{now, unix_now};
use crate::cli::events::Events;
use crate::cli::exit::{Exit, Stop};
use crate::cli::files::read;
use crate::cli::interrupt::interrupt_flag;
use crate::cli::interruption::interruption;
use crate::cli::render::{Report, Reports, is_standard_output, parse_report, probe};
use crate::cli::shard::shard;
use crate::cli::suites::others_for;
use crate::cli::target_args::{AskedSuites, Candidate, Choice, ReachArgs};
use crate::cli::terminal::{ProgressBar, save, say};
use crate::cli::values::LevelArg;
use crate::diagnosis::Search;
use crate::protocol::{HelloChanges, ImplementationInfo};
use crate::report::{self, Format};
use crate::results::{
    Circumstances, Document, INTERRUPTED_BEFORE, KnownFailures, Redaction, Restarts, RunResult,
    Runs, Verdict, conclude, did_not_start, suites_not_selected, timestamp, updated,
};
use crate::runner::{
    CaseEvent, Ending, FailFast, RunError, RunOptions, RunOutput, Shard, Watcher, WhoseSecret,
    run as run_suites, selected,
};
use crate::suite::{Level, Suite};

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct RunArgs {
    /// Names of suites; the five vendors' suites by default. `macproof suite list` shows them.
    #[arg(value_name = "SUITE")]
    pub(crate) suites: Vec<String>,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    /// A suite file of your own; may be repeated.
    #[arg(long, value_name = "FILE", help_heading = "Cases")]
    pub(crate) suite_file: Vec<PathBuf>,
    /// Run only cases whose id matches, for example `jimo/*` or `*/published-*`.
    #[arg(long, value_name = "GLOB", help_heading = "Cases")]
    pub(crate) filter: Option<String>,
    /// Run one of several equal parts, for example 2/8. /8 takes the number from the index of a
    /// Kubernetes Indexed Job.
    #[arg(long, value_name = "I/N", help_heading = "Cases")]
    pub(crate) shard: Option<String>,
    /// The lowest level whose failures count; must by default.
    #[arg(long, value_enum)]
    pub(crate) level: Option<LevelArg>,
    /// A list of known failures; see docs/known-failures.md.
    #[arg(long, value_name = "FILE", help_heading = "Gate")]
    pub(crate) known_failures: Option<PathBuf>,
    /// Update that list to what fails now.
    #[arg(long, help_heading = "Gate")]
    pub(crate) update_known_failures: bool,
    /// How many unattributed restarts of the adapter to tolerate: crashes, timeouts and protocol
    /// violations that do not recur when the request runs alone.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Gate")]
    pub(crate) allow_restarts: u64,
    /// The seed for the order of the cases; random by default, in the JSON result, and printed where a
    /// case fails.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Run every case this many times, and report which are unstable.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) repeat: u64,
    /// Stop at the first failure that counts, or error.
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Maximum number of extra requests to a verifier that rejects valid tokens, to find the cause; 0
    /// for none. They do not affect any verdict.
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub(crate) causes: usize,
    #[arg(long, value_name = "FORMAT=PATH", help = report_help(), help_heading = "Reports")]
    pub(crate) report: Vec<String>,
    /// Show secrets that do not come from a suite file, and the tokens made with them.
    #[arg(long, help_heading = "Reports")]
    pub(crate) show_secrets: bool,
    /// Write the result of each case as it completes, one JSON object per line, to a file, or to
    /// standard output with -.
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    pub(crate) events: Option<PathBuf>,
    /// Show every failed case, not only the first few of each requirement.
    #[arg(long, help_heading = "Reports")]
    pub(crate) all: bool,
}

fn report_help() -> String {
    format!(
        "Write a report to a file, or to standard output with -; may be repeated. Formats: {}",
        Format::ALL.map(Format::name).join(", ")
    )
}

/// Runs the suites, reports, and lets the gate decide.
pub(crate) fn run(args: &RunArgs) -> Result<Exit, Stop> {
    let mut choice = args.reach.choice()?;
    let options = Settled::of(args, &choice)?;
    let reports = Reports::new(options.reports.clone(), args.all)?;
    let asked = choice.asked(&args.suites, &args.suite_file);
    let suites = choice.suites(&args.suites, &args.suite_file)?;
    reports.probe()?;
    if args.update_known_failures {
        let list = options.known_failures.as_deref().ok_or_else(|| {
            Stop::usage(
                "--update-known-failures needs a list: --known-failures FILE, or known-failures in macproof.yaml",
            )
        })?;
        probe(list)?;
    }
    let events = args.events.as_deref().map(Events::open).transpose()?;
    let taken = args.events.as_deref().is_some_and(is_standard_output);
    if taken && reports.take_standard_output() {
        return Err(Stop::usage(
            "only one report, or the events, can go to standard output",
        ));
    }
    if let Some(words) = choice.found_above() {
        reports.announce(&words, taken);
    }
    let candidates = choice.candidates(&asked.files)?;
    let are_several = candidates.len() > 1;
    let mut results = Vec::new();
    let mut harness = None;
    for candidate in candidates {
        let (result, broken) =
            run_one(args, &options, &asked, &suites, candidate, events.as_ref())?;
        results.push(result);
        harness = harness.or(broken);
    }
    let document = match <[RunResult; 1]>::try_from(results) {
        Ok([one]) if !are_several => Document::from(one),
        Ok(one) => Document::from(Runs::new(one.into())),
        Err(several) => Document::from(Runs::new(several)),
    };
    // Of one implementation there is no more to say than why it did not start.
    if let Document::Run(run) = &document
        && let Some(reason) = &run.did_not_start
    {
        reports.write_asked(&document);
        return Err(match interruption() {
            Some(interruption) => Stop::interrupted(interruption, reason),
            None => Stop::harness(reason),
        });
    }
    reports.write(&document, taken);
    if let Some(interruption) = interruption() {
        return Ok(Exit::Interrupted(interruption));
    }
    match (Exit::of(document.exit_code()), harness) {
        (Exit::Failed, Some(stop)) if document.runs().len() > 1 => {
            say(&format!("error: {stop}"));
            Ok(Exit::Failed)
        }
        (_, Some(stop)) => Err(stop),
        (exit, None) => Ok(exit),
    }
}

/// What the command line says, and where it is silent `macproof.yaml`.
struct Settled {
    level: Level,
    known_failures: Option<PathBuf>,
    jobs: usize,
    limits: Limits,
    reports: Vec<Report>,
}

impl Settled {
    fn of(args: &RunArgs, choice: &Choice<'_>) -> Result<Self, Stop> {
        let settings = choice.settings();
        let level = args.level.map(Level::from).or(settings.level);
        let reports = if args.report.is_empty() {
            choice.reports()?
        } else {
            let given = args.report.iter();
            given
                .map(|word| parse_report(word))
                .collect::<Result<_, _>>()?
        };
        Ok(Self {
            level: level.unwrap_or(Level::Must),
            known_failures: args.known_failures.clone().or(settings.known_failures),
            jobs: usize::from(choice.jobs()),
            limits: choice.limits(),
            reports,
        })
    }
}

/// Runs the suites against one implementation: what it came to, be it that it did not start, and
/// why it came to an end too early.
fn run_one(
    args: &RunArgs,
    settled: &Settled,
    asked: &AskedSuites,
    suites: &[Suite],
    candidate: Candidate,
    events: Option<&Events>,
) -> Result<(RunResult, Option<Stop>), Stop> {
    let known = match settled.known_failures.as_deref() {
        // The first update makes the list.
        Some(list) if args.update_known_failures && !list.exists() => {
            KnownFailures::parse(&list.display().to_string(), "").map_err(Stop::harness)?
        }
        list => known_failures(list)?,
    };
    let (target, secret) = match candidate.ready {
        Ok((target, secret)) => (Ok(target), secret),
        Err(stop) => (Err(stop), WhoseSecret::Request),
    };
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let level = settled.level;
    let tolerated = |id: &crate::signature::CaseId| {
        known
            .entries()
            .iter()
            .any(|entry| entry.cases.matches(id.as_str()))
    };
    let failed = FailedSoFar::default();
    let tell = |event: &CaseEvent<'_>| {
        failed.note(event);
        if let Some(events) = events {
            events.case(event);
        }
    };
    let options = RunOptions {
        filter: parsed(args.filter.as_deref())?,
        shard: shard(args.shard.as_deref())?,
        seed,
        jobs: settled.jobs,
        repeat: args.repeat,
        limits: settled.limits,
        fail_fast: args.fail_fast.then_some(FailFast {
            level,
            tolerated: &tolerated,
        }),
        watcher: Some(Watcher { level, tell: &tell }),
        secret,
    };
    let began = now();
    let started = timestamp(began);
    if let Some(events) = events {
        events.started(&started, seed);
    }
    let clock = Instant::now();
    let redaction = if args.show_secrets {
        Redaction::none()
    } else {
        options.secret.redaction()
    };
    let redaction = match &target {
        Ok(target) => redaction.and(target.credentials()),
        Err(_) => redaction,
    };
    let output = match target {
        // Its turn did not come.
        _ if interruption().is_some() => Err(Stop::harness(INTERRUPTED_BEFORE)),
        Ok(target) => {
            attempt(suites, &*target, &options, events, &failed)?.map(|output| (target, output))
        }
        Err(stop) => Err(stop),
    };
    let mut arguments = asked.names.clone();
    arguments.extend(candidate.arguments);
    for file in &asked.files {
        arguments.extend(["--suite-file".to_owned(), file.display().to_string()]);
    }
    let mut circumstances = Circumstances {
        started,
        duration_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        implementation: ImplementationInfo {
            name: candidate.label.clone(),
            ..ImplementationInfo::default()
        },
        adapter: candidate.label,
        judged_itself: candidate.judged_itself,
        arguments,
        level,
        seed,
        repeat: args.repeat,
        rounds: args.repeat,
        restarts: Restarts {
            allowed: args.allow_restarts,
            ..Restarts::default()
        },
        hello_changes: HelloChanges::default(),
        interruption: None,
        shard: options.shard.map(Shard::summary),
        left_out: suites_not_selected(&asked.names).into_iter().collect(),
        notes: Vec::new(),
        redaction: redaction.clone(),
    };
    let (target, output) = match output {
        Ok(output) => output,
        Err(stop) => {
            circumstances.interruption = interruption();
            let (cases, left_out) = selected(suites, &options);
            circumstances.left_out.extend(left_out);
            // It may quote what the implementation said.
            let reason = stop.redacted(&redaction).to_string();
            let result = did_not_start(circumstances, cases, reason);
            if let Some(events) = events {
                events.finished(&result);
            }
            return Ok((result, None));
        }
    };
    circumstances = output.circumstances(circumstances);
    let others = others_for(&output.hello, suites);
    circumstances.notes.extend(others);
    circumstances.interruption = matches!(output.ending, Ending::Interrupted)
        .then(interruption)
        .flatten();
    let today = began.strftime("%Y-%m-%d").to_string();
    let is_asked = matches!(output.ending, Ending::Whole) && !args.fail_fast;
    let search = Search {
        target: &*target,
        hello: &output.hello,
        limits: options.limits,
        interrupt: &*interrupt_flag()?,
        secret: &options.secret,
        redaction: &redaction,
        seed,
        most: if is_asked { args.causes } else { 0 },
        now: &unix_now,
    };
    let mut result = search.conclude(
        circumstances.clone(),
        &output.observations,
        &known,
        &today,
        &interruption,
    );
    if args.update_known_failures
        && let Some(rewritten) = update_list(&known, &result)?
    {
        let found = std::mem::replace(
            &mut result,
            conclude(circumstances, output.observations, &rewritten, &today),
        );
        result.take_causes(found);
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

/// The cases that have failed so far, for the progress bar.
#[derive(Default)]
struct FailedSoFar(Mutex<HashSet<(String, String)>>);

impl FailedSoFar {
    /// A case is told of again when its verdict changes.
    fn note(&self, event: &CaseEvent<'_>) {
        if matches!(event.verdict, Verdict::Fail | Verdict::Error) {
            let case = (event.suite.name.to_string(), event.vector.id.to_string());
            let mut failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            failed.insert(case);
        }
    }

    /// `12 failed`; nothing if none has.
    fn in_words(&self) -> String {
        let failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failed.len() as u64 {
            0 => String::new(),
            number => format!("{} failed", report::grouped(number)),
        }
    }
}

/// What came of it; or, in the inner error, why it did not start.
fn attempt<'s>(
    suites: &'s [Suite],
    target: &dyn Transport,
    options: &RunOptions<'_>,
    events: Option<&Events>,
    failed: &FailedSoFar,
) -> Result<Result<RunOutput<'s>, Stop>, Stop> {
    let interrupt = interrupt_flag()?;
    let bar = ProgressBar::new();
    let progress = |progress: crate::runner::Progress| {
        bar.show(progress.done, progress.total, &failed.in_words());
        if let Some(events) = events {
            events.flush();
        }
    };
    let output = run_suites(suites, target, options, &interrupt, &unix_now, &progress);
    bar.clear();
    match output {
        Ok(output) => Ok(Ok(output)),
        Err(error @ RunError::NoCase(_)) => Err(Stop::usage(error)),
        Err(error @ (RunError::Adapter(_) | RunError::NoAnswer(_))) => {
            Ok(Err(Stop::harness(error)))
        }
    }
}

/// Why there was no run.
pub(crate) fn no_run(error: RunError) -> Stop {
    match (error, interruption()) {
        (RunError::NoCase(left_out), _) => Stop::usage(RunError::NoCase(left_out)),
        (_, Some(interruption)) => {
            Stop::interrupted(interruption, "interrupted before the first case ran")
        }
        (error, None) => Stop::harness(error),
    }
}

pub(crate) fn known_failures(path: Option<&Path>) -> Result<KnownFailures, Stop> {
    let Some(path) = path else {
        return Ok(KnownFailures::none());
    };
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is not valid UTF-8", path.display())))?;
    KnownFailures::parse(&path.display().to_string(), &text).map_err(Stop::usage)
}

/// Updates the list to what fails now; what it says then, or nothing where it stays as it is.
fn update_list(known: &KnownFailures, result: &RunResult) -> Result<Option<KnownFailures>, Stop> {
    if result.interrupted {
        say(&format!(
            "{} was not updated: the run was interrupted",
            known.path()
        ));
        return Ok(None);
    }
    let text = updated(known, result);
    let rewritten = KnownFailures::parse(known.path(), &text).map_err(Stop::harness)?;
    if !save(Path::new(known.path()), &text) {
        return Ok(None);
    }
    let entries = rewritten.entries().len() as u64;
    let entries = report::count(entries, "known failure", "known failures");
    say(&format!("rewrote {}: {entries}", known.path()));
    Ok(Some(rewritten))
}

fn parsed<T: std::str::FromStr<Err = crate::runner::SelectionError>>(
    text: Option<&str>,
) -> Result<Option<T>, Stop> {
    text.map(|text| text.parse().map_err(Stop::usage))
        .transpose()
}
