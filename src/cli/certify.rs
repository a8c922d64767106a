//! `macproof certify`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use crate::adapters::AdapterError;
use crate::certificate::{
    CertificateLevel, Envelope, Fuzzed, Hardened, PrivateKey, Refused, Shown, Timed, may_certify,
    rekeyed, same_hello, statement,
};
use crate::cli::artifact::artifact;
use crate::cli::clock::{now, to_the_second, unix_now};
use crate::cli::exit::{Exit, Stop};
use crate::cli::fuzz::campaign;
use crate::cli::inputs::read;
use crate::cli::interrupt::interrupt_flag;
use crate::cli::interruption::interruption;
use crate::cli::random;
use crate::cli::render::probe;
use crate::cli::run::{known_failures, no_run};
use crate::cli::suites;
use crate::cli::target_args::{Choice, ReachArgs, ResolvedTarget, duration};
use crate::cli::terminal::{ProgressBar, print, save, say};
use crate::cli::timing::{
    Measuring, assert_measurable, measure, result_of as timing_result, target,
};
use crate::fuzz::{FuzzCircumstances, FuzzEnding, FuzzOptions, document};
use crate::protocol::Hello;
use crate::report;
use crate::results::{
    Circumstances, FuzzResult, JUDGED_ITSELF, KnownFailures, Redaction, Restarts, RunResult,
    TimingResult, conclude,
};
use crate::runner::{Ending, RunOptions, run};
use crate::suite::{Level, Suite};

/// How many cases a campaign has for which nothing is said.
const USUAL_CASES: u64 = 1_000_000;

/// After how many findings a campaign is given up.
const MAX_FINDINGS: usize = 5;

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
    /// The leak, in nanoseconds per call, that the timing test must be able to rule out; by default
    /// as for timing. Only for hardened.
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

/// Runs what the level asks, and signs what came of it.
pub(crate) fn certify(args: &CertifyArgs) -> Result<Exit, Stop> {
    let choice = args.reach.choice()?;
    if let Some(words) = choice.first_words() {
        say(&words);
    }
    let exit = certified(args, &choice)?;
    if choice.is_itself() {
        say(JUDGED_ITSELF);
    }
    Ok(exit)
}

fn certified(args: &CertifyArgs, choice: &Choice<'_>) -> Result<Exit, Stop> {
    let level = args.level.level();
    let is_hardened = level == CertificateLevel::Hardened;
    if !is_hardened && (args.cases.is_some() || args.target.is_some() || args.time.is_some()) {
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
    let trial = CertificationRun {
        args,
        level,
        suites: suites::chosen(&asked.names, &asked.files)?,
        reached: choice.reached(&args.suite_file)?,
        seed: random::seed()?,
    };
    if let Some(path) = &args.output {
        probe(path)?;
    }
    if is_hardened {
        assert_measurable(&*trial.reached.target)?;
    }
    let known = known_failures(args.known_failures.as_deref())?;
    let (result, hello) = trial.run(&trial.suites, &known)?;
    say(&format!(
        "{}: {}",
        result.conformance.name(),
        report::count(result.counts.total(), "case", "cases")
    ));
    let fresh: Vec<Suite> = trial
        .suites
        .iter()
        .map(|suite| rekeyed(suite, trial.seed))
        .collect();
    let (again, later) = trial.run(&fresh, &KnownFailures::none())?;
    say(&format!(
        "{} under fresh secrets: {}",
        again.conformance.name(),
        report::count(again.counts.total(), "case", "cases")
    ));
    let named: Vec<String> = if asked.names.is_empty() && asked.files.is_empty() {
        Vec::new()
    } else {
        trial
            .suites
            .iter()
            .map(|one| one.name.to_string())
            .collect()
    };
    let judged = same_hello(level, &hello, &later, "under fresh secrets")
        .and_then(|()| may_certify(level, &result, &again, &named));
    let judged = match judged {
        Ok(judged) => judged,
        Err(refused) => return Ok(refusals(&[refused])),
    };
    let hardened = if is_hardened {
        match trial.hardened(&result, &hello)? {
            Ok(hardened) => Some(hardened),
            Err(refused) => return Ok(refusals(&refused)),
        }
    } else {
        None
    };
    let shown = Shown {
        hello: &hello,
        judged,
        hardened,
    };
    let statement = statement(level, &result, &again, shown, subject);
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

/// What was found wrong comes before what stays open.
fn refusals(refused: &[Refused]) -> Exit {
    for one in refused {
        say(&report::visible(&one.to_string()));
    }
    let worst = refused.iter().map(Refused::exit_code).min();
    worst.map_or(Exit::Harness, Exit::of)
}

/// What an implementation is put through.
struct CertificationRun<'a> {
    args: &'a CertifyArgs,
    level: CertificateLevel,
    suites: Vec<Suite>,
    reached: ResolvedTarget,
    seed: u64,
}

impl CertificationRun<'_> {
    fn run(&self, suites: &[Suite], known: &KnownFailures) -> Result<(RunResult, Hello), Stop> {
        let options = RunOptions {
            seed: self.seed,
            jobs: usize::from(self.args.reach.jobs),
            limits: self.args.reach.limits(),
            ..RunOptions::default()
        };
        let interrupt = interrupt_flag()?;
        let began = now();
        let clock = Instant::now();
        let bar = ProgressBar::new();
        let progress = |progress: crate::runner::Progress| bar.show(progress.done, progress.total);
        let target = &*self.reached.target;
        let output = run(suites, target, &options, &interrupt, &unix_now, &progress);
        bar.clear();
        let output = output.map_err(no_run)?;
        not_interrupted()?;
        if let Ending::Broken(error) = &output.ending {
            return Err(broken(error));
        }
        let circumstances = Circumstances {
            started: to_the_second(began),
            duration_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
            implementation: output.hello.implementation.clone(),
            adapter: self.reached.label.clone(),
            judged_itself: self.reached.judged_itself,
            arguments: self.reached.arguments.clone(),
            level: self.level.of_requirements(),
            seed: self.seed,
            repeat: 1,
            rounds: output.rounds,
            restarts: Restarts {
                allowed: self.args.allow_restarts,
                ..output.unanswered
            },
            hello_changes: output.hello_changes,
            interruption: None,
            shard: None,
            left_out: output.left_out,
            notes: output.notes,
            redaction: Redaction::none().and(self.reached.target.credentials()),
        };
        let today = began.strftime("%Y-%m-%d").to_string();
        let result = conclude(circumstances, output.observations, known, &today);
        Ok((result, output.hello))
    }

    /// What the level asks beside the cases, or all that stands against it. Timing comes first,
    /// while nothing has kept the machine busy.
    fn hardened(
        &self,
        result: &RunResult,
        hello: &Hello,
    ) -> Result<Result<Hardened, Vec<Refused>>, Stop> {
        let timing = self.timing()?;
        not_interrupted()?;
        for one in &timing.measurements {
            let title = report::subject_title(&one.subject);
            say(&report::visible(&format!("{title}: {}", one.sentence)));
        }
        let cases = self.args.cases.unwrap_or(USUAL_CASES);
        let (fuzz, later) = self.fuzz(cases)?;
        say(&format!(
            "fuzzing: {}, {}",
            report::count(fuzz.cases, "case", "cases"),
            report::count(fuzz.findings.len() as u64, "finding", "findings")
        ));
        let mut found = String::new();
        for finding in &fuzz.findings {
            report::finding_human(finding, &mut found);
        }
        if !fuzz.findings.is_empty() {
            say(found.trim_end());
            say(&format!("again: {}", self.fuzz_again(cases)));
        }
        not_interrupted()?;
        let timing = Timed::of(&timing, result);
        let fuzz = same_hello(self.level, hello, &later, "in the fuzz campaign")
            .and_then(|()| Fuzzed::of(&fuzz, cases, result));
        Ok(match (timing, fuzz) {
            (Ok(timing), Ok(fuzz)) => Ok(Hardened { timing, fuzz }),
            (timing, fuzz) => Err(timing.err().into_iter().chain(fuzz.err()).collect()),
        })
    }

    fn timing(&self) -> Result<TimingResult, Stop> {
        let measuring = Measuring {
            suites: &self.suites,
            // What the implementation does not claim was not judged either.
            are_named: false,
            reached: &self.reached,
            limits: self.args.reach.limits(),
            target: self.args.target,
            time: self.args.time,
            seed: self.seed,
        };
        let (header, recordings) = measure(&measuring, unix_now())?;
        Ok(timing_result(&header, &recordings))
    }

    fn fuzz(&self, cases: u64) -> Result<(FuzzResult, Hello), Stop> {
        let options = FuzzOptions {
            seed: self.seed,
            jobs: usize::from(self.args.reach.jobs),
            shard: None,
            level: Level::Should,
            cases: Some(cases),
            time: None,
            grown: false,
            max_findings: MAX_FINDINGS,
            limits: self.args.reach.limits(),
            corpus: Vec::new(),
        };
        let started = to_the_second(now());
        let output = campaign(&self.suites, &self.reached, &options)?;
        if let (FuzzEnding::Broken(error), true) = (&output.ending, output.findings.is_empty()) {
            return Err(broken(error));
        }
        let circumstances = FuzzCircumstances {
            started,
            seed: self.seed,
            jobs: options.jobs as u64,
            shard: None,
            level: options.level,
            allow_restarts: 0,
            adapter: self.reached.label.clone(),
            judged_itself: self.reached.judged_itself,
            arguments: self.reached.arguments.clone(),
        };
        let result = document(&self.suites, &output, circumstances);
        Ok((result, output.hello))
    }

    /// The command that fuzzes the same.
    fn fuzz_again(&self, cases: u64) -> String {
        let mut words = vec!["macproof".to_owned(), "fuzz".to_owned()];
        words.extend(self.args.suites.iter().cloned());
        for file in &self.args.suite_file {
            words.extend(["--suite-file".to_owned(), file.display().to_string()]);
        }
        words.extend(self.reached.arguments.iter().cloned());
        let (seed, cases) = (self.seed.to_string(), cases.to_string());
        let jobs = self.args.reach.jobs.to_string();
        let campaign = [
            "--level", "should", "--seed", &seed, "--cases", &cases, "--jobs", &jobs,
        ];
        words.extend(campaign.map(str::to_owned));
        report::command_line(&words)
    }
}

/// Nothing is certified in part.
fn not_interrupted() -> Result<(), Stop> {
    match interruption() {
        Some(interruption) => Err(Stop::interrupted(
            interruption,
            "interrupted; no certificate was made",
        )),
        None => Ok(()),
    }
}

fn broken(error: &AdapterError) -> Stop {
    Stop::harness(format_args!("the adapter no longer works: {error}"))
}

pub(crate) fn read_text(path: &Path) -> Result<String, Stop> {
    String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is not valid UTF-8", path.display())))
}
