//! `macproof timing`: is the comparison timing-safe?

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use crate::adapters::{Lifetime, Limits, Pinned, Transport};
use crate::cli::clock;
use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::read_document;
use crate::cli::interrupt::interrupt_flag;
use crate::cli::interruption::interruption;
use crate::cli::render::probe;
use crate::cli::target_args::{ReachArgs, ResolvedTarget, duration};
use crate::cli::terminal::{print, save, say, tell};
use crate::report;
use crate::results::{
    JUDGED_ITSELF, Redaction, TIMING_SCHEMA_VERSION, TimingCircumstances, TimingResult,
};
use crate::runner::WhoseSecret;
use crate::suite::Suite;
use crate::timing::{
    ChannelError, Progress, RawHeader, Reach, Recording, Session, judge, limits, raw_read,
    raw_write,
};

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
    /// The leak that must be ruled out, in nanoseconds per call; 20 by default, and 500 for a
    /// server that does not speak the protocol, which is measured with one call per request.
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
    #[arg(long, help_heading = "Results")]
    json: bool,
}

/// Measures or replays, and says what it came to.
pub(crate) fn timing(args: &TimingArgs, now: u64) -> Result<Exit, Stop> {
    let (header, recordings) = match &args.replay {
        Some(path) => replayed(path, args)?,
        None => {
            if let Some(path) = &args.raw {
                probe(path)?;
            }
            measured(args, now)?
        }
    };
    if let Some(path) = &args.raw {
        save(path, &raw_write(&header, &recordings));
    }
    let mut result = result_of(&header, &recordings);
    if let (true, Some(interruption)) = (result.interrupted, interruption()) {
        result.exit_code = interruption.exit_code();
    }
    if args.json {
        print(&report::json(&result));
        if result.judged_itself {
            say(JUDGED_ITSELF);
        }
    } else {
        tell(&report::timing_human(&result));
    }
    Ok(Exit::of(result.exit_code))
}

/// The document of what was recorded.
pub(crate) fn result_of(header: &RawHeader, recordings: &[Recording]) -> TimingResult {
    let measurements: Vec<_> = recordings
        .iter()
        .map(|recording| judge(recording, header.target_ns))
        .collect();
    let header = header.clone();
    TimingResult {
        macproof_timing: TIMING_SCHEMA_VERSION,
        macproof_version: header.macproof_version,
        started: header.started,
        implementation: header.implementation,
        adapter: header.adapter,
        judged_itself: header.judged_itself,
        circumstances: header.circumstances,
        target_ns: header.target_ns,
        time_s: header.time_s,
        seed: header.seed,
        exit_code: TimingResult::exit_code_of(&measurements),
        interrupted: header.interrupted,
        measurements,
        limits: limits(recordings),
    }
}

fn replayed(path: &Path, args: &TimingArgs) -> Result<(RawHeader, Vec<Recording>), Stop> {
    let wrong = |what: String| Stop::usage(format_args!("{}: {what}", path.display()));
    let text = String::from_utf8(read_document(path)?)
        .map_err(|_| wrong("it is not valid UTF-8".to_owned()))?;
    let (header, recordings) = raw_read(&text).map_err(|error| wrong(error.to_string()))?;
    if header.judged_itself {
        if args.reach.require_implementation {
            return Err(wrong(format!("it was recorded for {JUDGED_ITSELF}")));
        }
        announce(args, JUDGED_ITSELF);
    }
    Ok((header, recordings))
}

/// Says something before all else, where the result for people goes.
fn announce(args: &TimingArgs, words: &str) {
    if args.json {
        say(words);
    } else {
        tell(&format!("{words}\n"));
    }
}

fn measured(args: &TimingArgs, now: u64) -> Result<(RawHeader, Vec<Recording>), Stop> {
    if args.reach.jobs != 1 {
        return Err(Stop::usage(
            "timing does not accept --jobs: parallel processes would disturb each other",
        ));
    }
    let choice = args.reach.choice()?;
    let suites = choice.suites(&args.suites, &args.suite_file)?;
    if let Some(words) = choice.first_words() {
        announce(args, &words);
    }
    let measuring = Measuring {
        suites: &suites,
        are_named: !args.suites.is_empty() || !args.suite_file.is_empty(),
        reached: &choice.one_reached(&args.suite_file)?,
        limits: args.reach.limits(),
        target: args.target,
        time: args.time,
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32)),
    };
    measure(&measuring, now)
}

/// What is to be measured, and how.
pub(crate) struct Measuring<'a> {
    pub(crate) suites: &'a [Suite],
    /// Who names a suite hears of it in any case; who names none wants what there is.
    pub(crate) are_named: bool,
    pub(crate) reached: &'a ResolvedTarget,
    pub(crate) limits: Limits,
    /// Up to which leak, in nanoseconds a call; what is usual where nothing is said.
    pub(crate) target: Option<f64>,
    /// Maximum time for all measurements and confirmations.
    pub(crate) time: Option<Duration>,
    pub(crate) seed: u64,
}

/// Refuses what cannot be measured.
pub(crate) fn assert_measurable(target: &dyn Transport) -> Result<(), Stop> {
    if target.lifetime() == Lifetime::PerRequest {
        return Err(Stop::usage(
            "cannot measure a command that is started for each call: starting it takes thousands of times as long as a comparison; write an adapter for it",
        ));
    }
    Ok(())
}

/// Measures, one suite after the other. `now` is the time of the tokens, in Unix seconds.
pub(crate) fn measure(
    measuring: &Measuring<'_>,
    now: u64,
) -> Result<(RawHeader, Vec<Recording>), Stop> {
    let Measuring {
        suites,
        reached,
        time,
        seed,
        ..
    } = *measuring;
    let secret = match &reached.secret {
        WhoseSecret::Request => None,
        WhoseSecret::Own(secret) => Some(secret),
        WhoseSecret::Unknown => {
            return Err(Stop::usage(format_args!(
                "the secret of {} is unknown, so no nearly valid token can be made",
                reached.label
            )));
        }
    };
    let interrupt = interrupt_flag()?;
    assert_measurable(&*reached.target)?;
    let reach = Reach {
        transport: &*reached.target,
        limits: measuring.limits,
        interrupt: &interrupt,
    };
    let (cores, load) = (cores(), load());
    // A server was started by somebody else, wherever that was.
    let is_ours = reached.target.lifetime() == Lifetime::Adapter;
    let pinned = is_ours.then(Pinned::to_one_core).flatten();
    // What the implementation says may quote its secret, or a token made with it.
    let redaction = match secret {
        Some(secret) => Redaction::of([secret.clone()]),
        None => Redaction::none(),
    }
    .and(reached.target.credentials());
    let started = clock::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let session = Session {
        suites,
        are_named: measuring.are_named,
        secret,
        now,
        redaction: &redaction,
        target: measuring.target,
        time,
        seed,
    };
    let began = Instant::now();
    let measured = session.measure(&reach, &|| began.elapsed(), &mut |subject, progress| {
        let title = report::subject_title(subject);
        say(&format!("{title}: {}", in_words(progress)));
    });
    let measured = measured.map_err(|error| broken(&error, &redaction))?;
    let header = RawHeader {
        macproof_timing_raw: RawHeader::FORM,
        macproof_version: env!("CARGO_PKG_VERSION").to_owned(),
        started,
        implementation: redaction.implementation(&measured.hello.implementation),
        adapter: reached.label.clone(),
        judged_itself: reached.judged_itself,
        circumstances: TimingCircumstances {
            core: pinned
                .as_ref()
                .and_then(|pinned| u32::try_from(pinned.core()).ok()),
            cores,
            load,
        },
        target_ns: measured.target,
        time_s: measured.time.as_secs_f64(),
        seed,
        interrupted: measured.was_interrupted,
    };
    Ok((header, measured.recordings))
}

fn in_words(progress: Progress) -> String {
    match progress {
        Progress::WarmingUp => "warming up".to_owned(),
        Progress::Tuning => "choosing the number of calls per request".to_owned(),
        Progress::Measuring { repeat } => format!("measuring, {repeat} calls per request"),
        Progress::Confirming { repeat } => {
            format!("repeating in a fresh process, {repeat} calls per request")
        }
        Progress::Looked {
            pairs,
            effect,
            standard_error,
            detectable,
        } => format!(
            "{pairs} pairs: {effect:+.2} ± {standard_error:.2} ns per call; smallest detectable {detectable:.1}"
        ),
    }
}

fn broken(error: &ChannelError, redaction: &Redaction) -> Stop {
    match (error, interruption()) {
        (ChannelError::Interrupted, Some(interruption)) => {
            Stop::interrupted(interruption, "interrupted before anything was measured")
        }
        (error, _) => {
            let said = redaction.text(&error.to_string());
            Stop::harness(format_args!("cannot use the adapter: {said}"))
        }
    }
}

/// Reads a leak that is looked for, in nanoseconds a call.
pub(crate) fn target(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(target) if target.is_finite() && target > 0.0 => Ok(target),
        _ => Err("the target must be a positive number of nanoseconds".to_owned()),
    }
}

fn cores() -> u32 {
    std::thread::available_parallelism()
        .ok()
        .and_then(|cores| u32::try_from(cores.get()).ok())
        .unwrap_or(1)
}

/// How many processes wanted to run over the last minute.
fn load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}
