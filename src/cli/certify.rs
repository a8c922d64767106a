//! `macproof certify`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use crate::certificate::{
    CertificateLevel, Certification, CertificationError, CertificationEvent, DEFAULT_FUZZ_CASES,
    Envelope, Environment, PrivateKey, Refused,
};
use crate::cli::artifact::artifact;
use crate::cli::campaign_documents::progress_line;
use crate::cli::clock::now;
use crate::cli::exit::{Exit, Stop};
use crate::cli::files::read;
use crate::cli::interrupt::interrupt_flag;
use crate::cli::interruption::interruption;
use crate::cli::measuring::{machine, measuring_line, not_measured, target};
use crate::cli::no_campaign::no_campaign;
use crate::cli::random;
use crate::cli::render::probe;
use crate::cli::run::{known_failures, no_run};
use crate::cli::target_args::{Choice, ReachArgs};
use crate::cli::terminal::{ProgressBar, print, save, say};
use crate::implementations::duration;
use crate::report;
use crate::results::{FuzzResult, JUDGED_ITSELF, TimingResult};

#[derive(Debug, Args)]
pub(crate) struct CertifyArgs {
    /// Names of suites; the five vendors' suites by default.
    #[arg(value_name = "SUITE")]
    suites: Vec<String>,
    /// A suite file of your own; may be repeated.
    #[arg(long, value_name = "FILE")]
    suite_file: Vec<PathBuf>,
    /// The level: core requires every must, strict also every should, and hardened also a fuzz
    /// campaign without findings and a timing test without a leak.
    #[arg(long, value_enum, default_value_t = LevelArg::Core)]
    level: LevelArg,
    /// The Ed25519 private key in PKCS#8 PEM, as written by `openssl genpkey -algorithm ed25519`.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What to certify: a file, a directory, or git:DIRECTORY for the tree of its HEAD.
    #[arg(long, value_name = "PATH")]
    artifact: String,
    /// A list of known failures; it excuses no must, and the certificate includes its reasons.
    #[arg(long, value_name = "FILE")]
    known_failures: Option<PathBuf>,
    /// How many unattributed restarts of the adapter to tolerate, in both runs together; the
    /// certificate states their number. Only for core.
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_restarts: u64,
    /// How many cases the fuzz campaign runs; 1000000 by default. Only for hardened.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    cases: Option<u64>,
    /// The leak, in nanoseconds per call, that the timing test must be able to rule out; 20 by
    /// default. Only for hardened.
    #[arg(long, value_name = "NS", value_parser = target)]
    target: Option<f64>,
    /// Maximum total time of the timing test; by default 20s for each suite. Only for hardened.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    /// Where to write the certificate; standard output by default.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reach: ReachArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LevelArg {
    Core,
    Strict,
    Hardened,
}

impl LevelArg {
    pub(crate) fn level(self) -> CertificateLevel {
        match self {
            Self::Core => CertificateLevel::Core,
            Self::Strict => CertificateLevel::Strict,
            Self::Hardened => CertificateLevel::Hardened,
        }
    }
}

/// Certifies, and signs the statement.
pub(crate) fn certify(args: &CertifyArgs) -> Result<Exit, Stop> {
    let mut choice = args.reach.choice()?;
    if let Some(words) = choice.first_words() {
        say(&words);
    }
    let exit = certified(args, &mut choice)?;
    if choice.is_itself() {
        say(JUDGED_ITSELF);
    }
    Ok(exit)
}

fn certified(args: &CertifyArgs, choice: &mut Choice<'_>) -> Result<Exit, Stop> {
    let level = args.level.level();
    if level != CertificateLevel::Hardened
        && (args.cases.is_some() || args.target.is_some() || args.time.is_some())
    {
        return Err(Stop::usage(
            "--cases, --target and --time require --level hardened",
        ));
    }
    if level != CertificateLevel::Core && args.allow_restarts > 0 {
        return Err(Stop::usage(
            "--allow-restarts requires --level core; other levels tolerate no restarts",
        ));
    }
    let key = read_text(&args.key)?;
    let key = PrivateKey::from_pem(&key)
        .map_err(|error| Stop::usage(format_args!("{}: {error}", args.key.display())))?;
    let subject = artifact(&args.artifact)?;
    let asked = choice.asked(&args.suites, &args.suite_file);
    let suites = choice.suites(&args.suites, &args.suite_file)?;
    let target = choice.reached(&args.suite_file)?;
    if let Some(path) = &args.output {
        probe(path)?;
    }
    let certification = Certification {
        level,
        suites: &suites,
        are_named: !asked.names.is_empty() || !asked.files.is_empty(),
        target: &target,
        known: &known_failures(args.known_failures.as_deref())?,
        allow_restarts: args.allow_restarts,
        seed: random::seed()?,
        jobs: usize::from(choice.jobs()),
        limits: choice.limits(),
        cases: args.cases.unwrap_or(DEFAULT_FUZZ_CASES),
        target_ns: args.target,
        time: args.time,
    };
    let began = Instant::now();
    let bar = ProgressBar::new();
    let environment = Environment {
        now: &now,
        clock: &|| began.elapsed(),
        machine: &machine,
        interrupt: &*interrupt_flag()?,
        progress: &|event| show(event, &bar, args, &certification),
    };
    let statement = certification.certify(subject, &environment);
    bar.clear();
    let statement = match statement {
        Ok(statement) => statement,
        Err(CertificationError::Refused(reasons)) => return Ok(refusals(&reasons)),
        Err(error) => return Err(not_certified(error)),
    };
    let payload = serde_json::to_vec(&statement).map_err(Stop::harness)?;
    let envelope = report::json(&Envelope::sign(&payload, &key));
    // A certificate that cannot be written where it was asked for is not lost.
    if !args
        .output
        .as_deref()
        .is_some_and(|path| save(path, &envelope))
    {
        print(&envelope);
    }
    Ok(Exit::Success)
}

/// Shows how far it is.
fn show(
    event: CertificationEvent<'_>,
    bar: &ProgressBar,
    args: &CertifyArgs,
    certification: &Certification<'_>,
) {
    match event {
        CertificationEvent::Running(progress) => bar.show(progress.done, progress.total, ""),
        CertificationEvent::Ran(run) => {
            bar.clear();
            say(&format!(
                "{}: {}",
                run.conformance.name(),
                report::count(run.counts.total(), "case", "cases")
            ));
        }
        CertificationEvent::RanRekeyed(run) => {
            bar.clear();
            say(&format!(
                "{} under fresh secrets: {}",
                run.conformance.name(),
                report::count(run.counts.total(), "case", "cases")
            ));
        }
        CertificationEvent::Timing(subject, progress) => {
            bar.tell(Duration::ZERO, None, || measuring_line(subject, progress));
        }
        CertificationEvent::Timed(timing) => {
            bar.clear();
            timed(timing);
        }
        CertificationEvent::Fuzzing(progress) => {
            bar.tell(progress.elapsed, None, || progress_line(&progress));
        }
        CertificationEvent::Fuzzed(fuzz) => {
            bar.clear();
            fuzzed(fuzz, args, certification);
        }
    }
}

fn timed(timing: &TimingResult) {
    for one in &timing.measurements {
        let title = report::subject_title(&one.subject);
        say(&report::visible(&format!("{title}: {}", one.sentence)));
    }
}

fn fuzzed(fuzz: &FuzzResult, args: &CertifyArgs, certification: &Certification<'_>) {
    say(&format!(
        "fuzzing: {}, {}",
        report::count(fuzz.cases, "case", "cases"),
        report::count(fuzz.findings.len() as u64, "finding", "findings")
    ));
    let mut found = String::new();
    for finding in &fuzz.findings {
        report::finding_human(finding, &mut found);
    }
    if !found.is_empty() {
        say(found.trim_end());
        say(&format!("again: {}", fuzz_again(args, certification)));
    }
}

/// The command that fuzzes the same.
fn fuzz_again(args: &CertifyArgs, certification: &Certification<'_>) -> String {
    let mut words = vec!["macproof".to_owned(), "fuzz".to_owned()];
    words.extend(args.suites.iter().cloned());
    for file in &args.suite_file {
        words.extend(["--suite-file".to_owned(), file.display().to_string()]);
    }
    words.extend(certification.target.arguments.iter().cloned());
    let (seed, cases) = (
        certification.seed.to_string(),
        certification.cases.to_string(),
    );
    let jobs = certification.jobs.to_string();
    let campaign = [
        "--level", "should", "--seed", &seed, "--cases", &cases, "--jobs", &jobs,
    ];
    words.extend(campaign.map(str::to_owned));
    report::command_line(&words)
}

/// What was found wrong comes before what stays open.
fn refusals(refused: &[Refused]) -> Exit {
    for one in refused {
        say(&report::visible(&one.to_string()));
    }
    let worst = refused.iter().map(Refused::exit_code).min();
    worst.map_or(Exit::Harness, Exit::of)
}

/// Why the certification did not come to an end.
fn not_certified(error: CertificationError) -> Stop {
    match (error, interruption()) {
        (CertificationError::Interrupted, Some(interruption)) => {
            Stop::interrupted(interruption, CertificationError::Interrupted)
        }
        (CertificationError::Run(error), _) => no_run(error),
        (CertificationError::Timing(error), _) => not_measured(error),
        (CertificationError::Fuzz(error), _) => no_campaign(error),
        (error, _) => Stop::harness(error),
    }
}

pub(crate) fn read_text(path: &Path) -> Result<String, Stop> {
    String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is not valid UTF-8", path.display())))
}
