//! `macproof timing`: is the comparison timing-safe?

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::campaign_documents::CampaignDocuments;
use crate::cli::clock;
use crate::cli::exit::{Exit, Stop};
use crate::cli::files::read_document;
use crate::cli::interrupt::interrupt_flag;
use crate::cli::interruption::interruption;
use crate::cli::measuring::{machine, measuring_line, not_measured, target};
use crate::cli::render::probe;
use crate::cli::target_args::ReachArgs;
use crate::cli::terminal::{ProgressBar, print, save, say};
use crate::implementations::duration;
use crate::report::{self, Campaigns};
use crate::results::{JUDGED_ITSELF, timestamp};
use crate::timing::{Demand, Measuring, RawHeader, Recording, document, raw_read, raw_write};

/// Measures whether the comparison is timing-safe.
///
/// Compares how long verification takes if only the first or only the last character of the MAC is
/// wrong, with controls in the same run. Also measures the adapter's comparison function, if it
/// provides one. docs/timing.md describes the method and the verdicts.
#[derive(Debug, Args)]
pub(crate) struct TimingArgs {
    /// Names of suites; by default those of the five vendors' suites that the adapter declares.
    #[arg(value_name = "SUITE")]
    suites: Vec<String>,
    #[command(flatten)]
    reach: ReachArgs,
    /// A suite file of your own; may be repeated.
    #[arg(long, value_name = "FILE")]
    suite_file: Vec<PathBuf>,
    /// The leak that must be ruled out, in nanoseconds per call. By default what a loop that stops at
    /// the first difference takes in the implementation's language, 20 if that is unknown, and 500
    /// for a server that does not speak the protocol, which is measured with one call per request.
    #[arg(long, value_name = "NS", value_parser = target)]
    target: Option<f64>,
    /// Maximum total time, shared equally by all suites: half to measure, half to confirm a leak; by
    /// default 20s for each suite, and for the adapter's comparison.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    /// The seed for all random choices; random by default, and printed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Write every measured pair as CSV.
    #[arg(long, value_name = "FILE", help_heading = "Results")]
    raw: Option<PathBuf>,
    /// Judge such a file again instead of measuring.
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Results",
        conflicts_with_all = ["suites", "command", "http", "suite_file", "raw", "seed", "target", "time"]
    )]
    replay: Option<PathBuf>,
    /// Write the result as JSON.
    #[arg(long, help_heading = "Results", conflicts_with = "report")]
    json: bool,
    /// Write the result or its page: json=PATH or html=PATH, with - for standard output; may be
    /// repeated.
    #[arg(long, value_name = "FORMAT=PATH", help_heading = "Results")]
    report: Vec<String>,
}

/// Measures or replays, and says what it came to.
pub(crate) fn timing(args: &TimingArgs, now: u64) -> Result<Exit, Stop> {
    let documents = CampaignDocuments::parse(&args.report)?;
    documents.probe()?;
    let (header, recordings) = match &args.replay {
        Some(path) => replayed(path, args, &documents)?,
        None => {
            if let Some(path) = &args.raw {
                probe(path)?;
            }
            measured(args, now, &documents)?
        }
    };
    if let Some(path) = &args.raw {
        save(path, &raw_write(&header, &recordings));
    }
    let mut result = document(&header, &recordings);
    if let (true, Some(interruption)) = (result.interrupted, interruption()) {
        result.exit_code = interruption.exit_code();
    }
    if args.json {
        print(&report::json(&result));
        if result.judged_itself {
            say(JUDGED_ITSELF);
        }
    } else {
        let campaigns = Campaigns {
            timing: Some(&result),
            ..Campaigns::default()
        };
        documents.write(&result, &campaigns, &report::timing_human(&result));
    }
    Ok(Exit::of(result.exit_code))
}

fn replayed(
    path: &Path,
    args: &TimingArgs,
    documents: &CampaignDocuments,
) -> Result<(RawHeader, Vec<Recording>), Stop> {
    let wrong = |what: String| Stop::usage(format_args!("{}: {what}", path.display()));
    let text = String::from_utf8(read_document(path)?)
        .map_err(|_| wrong("it is not valid UTF-8".to_owned()))?;
    let (header, recordings) = raw_read(&text).map_err(|error| wrong(error.to_string()))?;
    if header.judged_itself {
        if args.reach.require_implementation {
            return Err(wrong(format!("it was recorded for {JUDGED_ITSELF}")));
        }
        announce(args, documents, JUDGED_ITSELF);
    }
    Ok((header, recordings))
}

/// Says something before all else, where the result for people goes.
fn announce(args: &TimingArgs, documents: &CampaignDocuments, words: &str) {
    if args.json {
        say(words);
    } else {
        documents.announce(words);
    }
}

fn measured(
    args: &TimingArgs,
    now: u64,
    documents: &CampaignDocuments,
) -> Result<(RawHeader, Vec<Recording>), Stop> {
    if args.reach.jobs.is_some_and(|jobs| jobs != 1) {
        return Err(Stop::usage(
            "timing does not accept --jobs: parallel processes would disturb each other",
        ));
    }
    let mut choice = args.reach.choice()?;
    let suites = choice.suites(&args.suites, &args.suite_file)?;
    if let Some(words) = choice.first_words() {
        announce(args, documents, &words);
    }
    let target = choice.one_reached(&args.suite_file)?;
    let measuring = Measuring {
        suites: &suites,
        are_named: !args.suites.is_empty() || !args.suite_file.is_empty(),
        target: &target,
        limits: choice.limits(),
        demand: args.target.map_or(Demand::EarlyExit, Demand::Leak),
        time: args.time,
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32)),
        now,
        started: &timestamp(clock::now()),
        machine: machine(),
    };
    let began = Instant::now();
    let bar = ProgressBar::new();
    let measured = measuring.measure(
        &*interrupt_flag()?,
        &|| began.elapsed(),
        &mut |subject, progress| {
            bar.tell(began.elapsed(), args.time, || {
                measuring_line(subject, progress)
            });
        },
    );
    bar.clear();
    measured.map_err(not_measured)
}
