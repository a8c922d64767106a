//! `macproof certify` and `macproof verify-certificate`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::certificate::{
    CertificateLevel, Demands, Envelope, PrivateKey, PublicKey, certificate_html,
    certificate_markdown, may_certify, rekeyed, statement, verify,
};
use crate::cli::artifact::artifact;
use crate::cli::clock::{to_the_second, unix_now};
use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::read;
use crate::cli::reach::{ReachArgs, interrupt_flag};
use crate::cli::run::known_failures;
use crate::cli::suites;
use crate::cli::terminal::{print, say};
use crate::report;
use crate::results::{Circumstances, KnownFailures, Redaction, RunResult, conclude};
use crate::runner::{Ending, RunError, RunOptions, run};
use crate::suite::{self, Suite};

#[derive(Debug, Args)]
pub(crate) struct CertifyArgs {
    /// Suites by name; the five systems if none is named.
    #[arg(value_name = "SUITE")]
    suites: Vec<String>,
    /// A suite file of your own; may be repeated.
    #[arg(long, value_name = "FILE")]
    suite_file: Vec<PathBuf>,
    /// How much is asked: core is every must, strict is every should, too. There is no hardened
    /// yet.
    #[arg(long, value_enum, default_value_t = LevelArg::Core)]
    level: LevelArg,
    /// The Ed25519 private key in PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` makes it.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What is certified: a file, a directory, or git:DIRECTORY for the tree of its head.
    #[arg(long, value_name = "PATH")]
    artifact: String,
    /// A list of known failures; it lets no must pass, and its reasons stand in the certificate.
    #[arg(long, value_name = "FILE")]
    known_failures: Option<PathBuf>,
    /// The seed of the order and of the fresh secrets; chosen afresh if none is given.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Where to write the certificate; standard output if not given.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reach: ReachArgs,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyCertificateArgs {
    /// The certificate.
    certificate: PathBuf,
    /// The Ed25519 public key in SPKI PEM. No key in the certificate is trusted.
    #[arg(long, value_name = "FILE")]
    public_key: PathBuf,
    /// The level that is demanded, or a greater one.
    #[arg(long, value_enum)]
    level: Option<LevelArg>,
    /// How old it may be, in days.
    #[arg(long, value_name = "DAYS")]
    max_age: Option<u32>,
    /// What it has to be about: a file, a directory, or git:DIRECTORY.
    #[arg(long, value_name = "PATH")]
    artifact: Option<String>,
    /// Whether its suites have to be the ones in this program, or in these files.
    #[arg(long)]
    suites: bool,
    /// A suite file beside those in this program; may be repeated.
    #[arg(long, value_name = "FILE", requires = "suites")]
    suite_file: Vec<PathBuf>,
    /// Write the statement as a page or as Markdown: html=FILE, markdown=-; may be repeated.
    #[arg(long, value_name = "FORMAT=PATH")]
    report: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelArg {
    Core,
    Strict,
}

impl LevelArg {
    fn level(self) -> CertificateLevel {
        match self {
            Self::Core => CertificateLevel::Core,
            Self::Strict => CertificateLevel::Strict,
        }
    }
}

/// Runs what the level asks, and signs what came of it.
pub(crate) fn certify(args: &CertifyArgs) -> Result<Exit, Stop> {
    let level = args.level.level();
    let key = read_text(&args.key)?;
    let key = PrivateKey::from_pem(&key)
        .map_err(|error| Stop::usage(format_args!("{}: {error}", args.key.display())))?;
    let subject = artifact(&args.artifact)?;
    let suites = args.reach.suites(&args.suites, &args.suite_file)?;
    let known = known_failures(args.known_failures.as_deref())?;
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let fresh: Vec<Suite> = suites.iter().map(|suite| rekeyed(suite, seed)).collect();
    let result = result_of(args, &suites, level, seed, &known)?;
    say(&format!(
        "{}: {} cases",
        result_word(&result),
        result.counts.total()
    ));
    let again = result_of(args, &fresh, level, seed, &KnownFailures::none())?;
    say(&format!(
        "{} under fresh secrets: {} cases",
        result_word(&again),
        again.counts.total()
    ));
    if let Err(refused) = may_certify(level, &result, &again) {
        say(&format!("{refused}"));
        return Ok(Exit::Failed);
    }
    let statement = statement(level, &result, &again, subject);
    let payload = serde_json::to_vec(&statement).map_err(Stop::harness)?;
    let envelope = report::json(&Envelope::sign(&payload, &key));
    match &args.output {
        Some(path) => report::write(path, envelope.as_bytes()).map_err(Stop::harness)?,
        None => print(&envelope),
    }
    Ok(Exit::Success)
}

fn result_word(result: &RunResult) -> &'static str {
    match result.conformance {
        crate::results::Conformance::Conformant => "conformant",
        crate::results::Conformance::Nonconformant => "nonconformant",
        crate::results::Conformance::Incomplete => "incomplete",
    }
}

fn result_of(
    args: &CertifyArgs,
    suites: &[Suite],
    level: CertificateLevel,
    seed: u64,
    known: &KnownFailures,
) -> Result<RunResult, Stop> {
    let reached = args.reach.reached(&args.suite_file)?;
    let options = RunOptions {
        seed,
        jobs: usize::from(args.reach.jobs),
        limits: args.reach.limits(),
        ..RunOptions::default()
    };
    let interrupt = interrupt_flag()?;
    let began = Timestamp::now();
    let clock = Instant::now();
    let output = run(
        suites,
        &reached.target,
        &options,
        &interrupt,
        &unix_now,
        &|_| {},
    )
    .map_err(|error| match error {
        RunError::NoCase(_) => Stop::usage(error),
        RunError::Adapter(_) | RunError::NoAnswer(_) => Stop::harness(error),
    })?;
    if let Ending::Broken(error) = &output.ending {
        return Err(Stop::harness(format_args!(
            "the adapter no longer works: {error}"
        )));
    }
    let circumstances = Circumstances {
        started: to_the_second(began),
        duration_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        implementation: output.hello.implementation,
        adapter: reached.label,
        arguments: reached.arguments,
        level: level.of_requirements(),
        seed,
        repeat: 1,
        shard: None,
        left_out: output.left_out,
        notes: output.notes,
        redaction: Redaction::none(),
    };
    let today = began.strftime("%Y-%m-%d").to_string();
    Ok(conclude(circumstances, output.observations, known, &today))
}

/// Checks a certificate, and says what it states.
pub(crate) fn verify_certificate(args: &VerifyCertificateArgs) -> Result<Exit, Stop> {
    let reports = args
        .report
        .iter()
        .map(|word| wanted(word))
        .collect::<Result<Vec<_>, Stop>>()?;
    let key = PublicKey::from_pem(&read_text(&args.public_key)?)
        .map_err(|error| Stop::usage(format_args!("{}: {error}", args.public_key.display())))?;
    let now = i64::try_from(unix_now()).unwrap_or(i64::MAX);
    let demands = Demands {
        level: args.level.map(LevelArg::level),
        issued: args
            .max_age
            .map(|days| (now - i64::from(days) * 24 * 60 * 60, now)),
        artifact: args
            .artifact
            .as_deref()
            .map(|text| artifact(text).map(|subject| subject.digest))
            .transpose()?,
        suites: args
            .suites
            .then(|| known_suites(&args.suite_file))
            .transpose()?,
    };
    let statement = match verify(&read(&args.certificate)?, &key, &demands) {
        Ok(statement) => statement,
        Err(invalid) => {
            say(&format!(
                "invalid: {}",
                report::visible(&invalid.to_string())
            ));
            return Ok(Exit::Failed);
        }
    };
    let mut is_printed = false;
    for (is_page, path) in reports {
        let text = if is_page {
            certificate_html(&statement)
        } else {
            certificate_markdown(&statement)
        };
        if path == Path::new("-") {
            print(&text);
            is_printed = true;
        } else {
            report::write(&path, text.as_bytes()).map_err(Stop::harness)?;
        }
    }
    let certified = &statement.predicate.macproof;
    let line = format!(
        "valid: {} is certified at level {}, issued {}\n",
        report::excerpt(&certified.implementation.name, 60),
        certified.level,
        report::visible(&certified.issued)
    );
    if is_printed {
        say(line.trim_end());
    } else {
        print(&line);
    }
    Ok(Exit::Success)
}

/// Whether it is a page, and where it goes.
fn wanted(word: &str) -> Result<(bool, PathBuf), Stop> {
    match word.split_once('=') {
        Some(("html", path)) if !path.is_empty() => Ok((true, path.into())),
        Some(("markdown", path)) if !path.is_empty() => Ok((false, path.into())),
        _ => Err(Stop::usage(format_args!(
            "--report {word:?} is neither html=PATH nor markdown=PATH"
        ))),
    }
}

fn known_suites(files: &[PathBuf]) -> Result<BTreeMap<String, String>, Stop> {
    let mut digests = BTreeMap::new();
    for embedded in suite::embedded() {
        let suite = embedded.parse().map_err(Stop::harness)?;
        digests.insert(suite.name.to_string(), suite.digest);
    }
    for file in files {
        let suite = suites::load(file)?;
        digests.insert(suite.name.to_string(), suite.digest);
    }
    Ok(digests)
}

fn read_text(path: &Path) -> Result<String, Stop> {
    String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is no text", path.display())))
}
