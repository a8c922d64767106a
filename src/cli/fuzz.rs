//! `macproof fuzz`: look for inputs on which an implementation departs from its scheme.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::campaign_documents::{CampaignDocuments, progress_line};
use crate::cli::clock::{now, unix_now};
use crate::cli::corpus::{corpus_file, read_corpus, write_corpus};
use crate::cli::exit::{Exit, Stop};
use crate::cli::interrupt::interrupt_flag;
use crate::cli::interruption::interruption;
use crate::cli::no_campaign::no_campaign;
use crate::cli::render::probe;
use crate::cli::shard::shard;
use crate::cli::target_args::{Choice, ReachArgs};
use crate::cli::terminal::{ProgressBar, save, say};
use crate::cli::values::LevelArg;
use crate::cli::versus::against;
use crate::fuzz::{
    FuzzCircumstances, FuzzEnding, FuzzOptions, FuzzOutput, FuzzProgress, VersusOptions, document,
    fuzz as fuzz_suites, saved,
};
use crate::implementations::duration;
use crate::report::{Campaigns, fuzz_human};
use crate::results::{JUDGED_ITSELF, timestamp};
use crate::runner::{ResolvedTarget, Shard};
use crate::suite::Suite;

/// How long a campaign lasts for which nothing is said.
const USUAL_TIME: Duration = Duration::from_secs(60);

/// The arguments of `macproof fuzz`.
#[derive(Debug, Args)]
pub(crate) struct FuzzArgs {
    /// Names of suites; the five vendors' suites by default. `macproof suite list` shows them.
    #[arg(value_name = "SUITE")]
    suites: Vec<String>,
    #[command(flatten)]
    reach: ReachArgs,
    /// A suite file of your own; may be repeated.
    #[arg(long, value_name = "FILE", help_heading = "Inputs")]
    suite_file: Vec<PathBuf>,
    /// How long to run, for example 30s, 10m or 8h; 60s if --cases is not given either.
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Inputs")]
    time: Option<Duration>,
    /// How many cases to run.
    #[arg(long, value_name = "N", help_heading = "Inputs")]
    cases: Option<u64>,
    /// The seed for the inputs; random by default, and printed.
    #[arg(long, value_name = "N", help_heading = "Inputs")]
    seed: Option<u64>,
    /// Skip the suites' own vectors and run only mutated inputs.
    #[arg(long, help_heading = "Inputs")]
    grown: bool,
    /// A folder of interesting inputs, read at the start and written at the end.
    #[arg(long, value_name = "DIR", help_heading = "Inputs")]
    corpus: Option<PathBuf>,
    /// One of several campaigns with distinct inputs, for example 2/8. /8 takes the number from the
    /// index of a Kubernetes Indexed Job.
    #[arg(long, value_name = "I/N", help_heading = "Inputs")]
    shard: Option<String>,
    /// Compare with another implementation instead of the scheme: where they differ, and which
    /// accepts whose tokens. Its name in macproof.yaml, an address as with --http, or its adapter's
    /// command line.
    #[arg(long, value_name = "OTHER", help_heading = "Implementation", conflicts_with_all = ["corpus", "shard", "grown", "output", "level", "jobs"])]
    against: Option<String>,
    /// The lowest level whose violation is a finding.
    #[arg(long, value_enum, default_value_t = LevelArg::Must)]
    level: LevelArg,
    /// How many unattributed restarts of the adapter to tolerate; with --against, of each of the
    /// two.
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_restarts: u64,
    /// Stop after this many findings.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    max_findings: u16,
    /// Where to save the findings as a suite file; reports/fuzz-SUITE.yaml by default. With several
    /// suites, a folder.
    #[arg(long, short, value_name = "PATH", help_heading = "Reports")]
    output: Option<PathBuf>,
    /// Write the campaign's document or its page: json=PATH or html=PATH, with - for standard
    /// output; may be repeated.
    #[arg(long, value_name = "FORMAT=PATH", help_heading = "Reports")]
    report: Vec<String>,
}

/// Fuzzes, reports, and saves what was found.
pub(crate) fn fuzz(args: &FuzzArgs) -> Result<Exit, Stop> {
    let documents = CampaignDocuments::parse(&args.report)?;
    let mut choice = args.reach.choice_beside(args.against.as_deref())?;
    let suites = choice.suites(&args.suites, &args.suite_file)?;
    if let Some(words) = choice.found_above() {
        documents.announce(&words);
    }
    let reached = choice.reached(&args.suite_file)?;
    without_credentials(&reached)?;
    let options = options(args, &choice)?;
    documents.probe()?;
    if let Some(other) = &args.against {
        let other = choice.other(other, &suites)?;
        without_credentials(&other)?;
        let options = VersusOptions {
            seed: options.seed,
            cases: options.cases,
            time: options.time,
            max_findings: options.max_findings,
            limits: options.limits,
        };
        let sides = [&reached, &other];
        return against(&suites, sides, &options, args.allow_restarts, &documents);
    }
    if reached.judged_itself {
        documents.announce(JUDGED_ITSELF);
    }
    for suite in &suites {
        probe(&place(args, &suites, suite.name.as_str()))?;
        if let Some(folder) = &args.corpus {
            probe(&corpus_file(folder, suite.name.as_str()))?;
        }
    }
    let started = now();
    let output = campaign(&suites, &reached, &options)?;
    if let Some(folder) = &args.corpus {
        write_corpus(folder, &output.corpus);
    }
    let mut arguments = args.suites.clone();
    arguments.extend_from_slice(&reached.arguments);
    for file in &args.suite_file {
        arguments.extend(["--suite-file".to_owned(), file.display().to_string()]);
    }
    let circumstances = FuzzCircumstances {
        started: timestamp(started),
        seed: options.seed,
        jobs: options.jobs as u64,
        shard: options.shard.map(Shard::summary),
        level: options.level,
        allow_restarts: args.allow_restarts,
        adapter: reached.label,
        judged_itself: reached.judged_itself,
        arguments,
    };
    let result = document(&suites, &output, circumstances);
    let saved_as = save_findings(args, &suites, &output);
    let campaigns = Campaigns {
        fuzz: Some(&result),
        ..Campaigns::default()
    };
    let words = fuzz_human(&result, &saved_as, &reached.arguments);
    documents.write(&result, &campaigns, &words);
    if let (FuzzEnding::Interrupted, Some(interruption)) = (&output.ending, interruption()) {
        return Ok(Exit::Interrupted(interruption));
    }
    match (Exit::of(result.exit_code()), output.ending) {
        (Exit::Harness, FuzzEnding::Broken(error)) => Err(Stop::harness(format_args!(
            "the adapter no longer works: {error}"
        ))),
        (Exit::Usage, _) => Err(Stop::usage("no case ran")),
        (exit, _) => Ok(exit),
    }
}

/// Findings quote what a server answers, and it may echo the credentials that it was sent.
fn without_credentials(reached: &ResolvedTarget) -> Result<(), Stop> {
    if !reached.transport.credentials().is_empty() {
        return Err(Stop::usage(
            "fuzz does not accept a user name and password in an address, because its findings \
             quote answers that may echo them; remove them from the address",
        ));
    }
    Ok(())
}

fn options(args: &FuzzArgs, choice: &Choice<'_>) -> Result<FuzzOptions, Stop> {
    let time = match (args.time, args.cases) {
        (None, None) => Some(USUAL_TIME),
        (time, _) => time,
    };
    Ok(FuzzOptions {
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32)),
        jobs: usize::from(choice.jobs()),
        shard: shard(args.shard.as_deref())?,
        level: args.level.into(),
        cases: args.cases,
        time,
        grown: args.grown,
        max_findings: usize::from(args.max_findings),
        limits: choice.limits(),
        corpus: match &args.corpus {
            Some(folder) => read_corpus(folder)?,
            None => Vec::new(),
        },
    })
}

/// Asks, and shows how far it is.
pub(crate) fn campaign(
    suites: &[Suite],
    reached: &ResolvedTarget,
    options: &FuzzOptions,
) -> Result<FuzzOutput, Stop> {
    let interrupt = interrupt_flag()?;
    let bar = ProgressBar::new();
    let progress = |progress: FuzzProgress| {
        bar.tell(progress.elapsed, options.time, || progress_line(&progress));
    };
    let began = Instant::now();
    let clock = || began.elapsed();
    let output = fuzz_suites(
        suites,
        &*reached.transport,
        options,
        &interrupt,
        &clock,
        &unix_now,
        &progress,
    );
    bar.clear();
    output.map_err(no_campaign)
}

/// Saves the findings of each suite; the files that are there now.
fn save_findings(args: &FuzzArgs, suites: &[Suite], output: &FuzzOutput) -> Vec<PathBuf> {
    let files = saved(suites, output);
    let mut written = Vec::new();
    for file in &files {
        let path = place(args, suites, &file.suite);
        for (name, why) in &file.not_vectors {
            say(&format!(
                "note: cannot save {name} as a vector, so its requests are saved as protocol lines: {why}"
            ));
        }
        for (name, lines) in &file.sequences {
            let beside = path.with_file_name(format!("{}-{name}.ndjson", file.suite));
            if save(&beside, lines) {
                written.push(beside);
            }
        }
        if let Some(yaml) = &file.yaml
            && save(&path, yaml)
        {
            written.push(path);
        }
    }
    written
}

/// Where the findings of a suite are saved.
fn place(args: &FuzzArgs, suites: &[Suite], suite: &str) -> PathBuf {
    let usual = format!("fuzz-{suite}.yaml");
    match &args.output {
        None => Path::new("reports").join(usual),
        Some(path) if suites.len() > 1 => path.join(usual),
        Some(path) => path.clone(),
    }
}
