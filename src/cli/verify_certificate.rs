//! `macproof verify-certificate`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::certificate::{
    Certified, Checked, Demands, PublicKey, Sentences, Statement, certificate_html,
    certificate_markdown, verify,
};
use crate::cli::artifact::artifact;
use crate::cli::certify::{LevelArg, read_text};
use crate::cli::clock::unix_now;
use crate::cli::exit::{Exit, Stop};
use crate::cli::files::read;
use crate::cli::measuring::target;
use crate::cli::suites;
use crate::cli::terminal::{print, save, say, tell};
use crate::report;
use crate::results::JUDGED_ITSELF;
use crate::signature::Op;
use crate::suite;

#[derive(Debug, Args)]
pub(crate) struct VerifyCertificateArgs {
    /// The certificate.
    certificate: PathBuf,
    /// The Ed25519 public key in SPKI PEM. No key in the certificate is trusted.
    #[arg(long, value_name = "FILE")]
    public_key: PathBuf,
    /// The minimum level.
    #[arg(long, value_enum)]
    level: Option<LevelArg>,
    /// The operations that each of its suites must have judged, separated by commas.
    #[arg(
        long,
        value_parser = op(),
        value_name = "OP",
        value_delimiter = ',',
        default_values = ["sign", "verify"]
    )]
    ops: Vec<Op>,
    /// The minimum number of fuzzed cases without a finding.
    #[arg(long, value_name = "N")]
    cases: Option<u64>,
    /// The leak, in nanoseconds per call, that a timing test must have ruled out.
    #[arg(long, value_name = "NS", value_parser = target)]
    target: Option<f64>,
    /// The maximum age, in days.
    #[arg(long, value_name = "DAYS")]
    max_age: Option<u32>,
    /// What it must certify: a file, a directory, or git:DIRECTORY.
    #[arg(long, value_name = "PATH")]
    artifact: Option<String>,
    /// Require its suites to match the built-in ones, or these files.
    #[arg(long)]
    suites: bool,
    /// A suite file in addition to the built-in suites; may be repeated.
    #[arg(long, value_name = "FILE", requires = "suites")]
    suite_file: Vec<PathBuf>,
    /// Write the statement as a page or as Markdown: html=FILE, markdown=-; may be repeated.
    #[arg(long, value_name = "FORMAT=PATH")]
    report: Vec<String>,
}

fn op() -> impl TypedValueParser<Value = Op> {
    PossibleValuesParser::new(Op::ALL.map(Op::name))
        .try_map(|name| Op::named(&name).ok_or("unknown operation"))
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
        ops: args.ops.clone(),
        cases: args.cases,
        target_ns: args.target,
    };
    let envelope = read(&args.certificate)?;
    let statement = match verify(&envelope, &key, &demands) {
        Ok(statement) => statement,
        Err(invalid) => {
            say(&format!(
                "invalid: {}",
                report::visible(&invalid.to_string())
            ));
            return Ok(Exit::Failed);
        }
    };
    let sentences = if reports.is_empty() {
        Sentences::new()
    } else {
        sentences(&statement, &args.suite_file)?
    };
    let mut is_printed = false;
    for (is_page, path) in reports {
        let text = if is_page {
            certificate_html(
                &statement,
                &Checked {
                    key: &key,
                    envelope: &envelope,
                    file: &file_name(&args.certificate),
                    command: &command(args),
                    sentences: &sentences,
                },
            )
        } else {
            certificate_markdown(&statement, &sentences)
        };
        if path == Path::new("-") {
            print(&report::disarmed(&text));
            is_printed = true;
        } else {
            save(&path, &text);
        }
    }
    let certified = &statement.predicate.macproof;
    let line = valid(certified);
    if is_printed {
        say(line.trim_end());
    } else {
        tell(&line);
    }
    Ok(Exit::Success)
}

/// The name under which the page gives the certificate back.
fn file_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.map_or_else(|| "certificate.json".to_owned(), Cow::into_owned)
}

/// The command that makes the same demands, without the reports.
fn command(args: &VerifyCertificateArgs) -> String {
    let path = |path: &Path| path.display().to_string();
    let mut words = vec!["macproof".to_owned(), "verify-certificate".to_owned()];
    words.push(path(&args.certificate));
    let mut add = |option: &str, value: String| words.extend([option.to_owned(), value]);
    add("--public-key", path(&args.public_key));
    if let Some(level) = args.level {
        add("--level", level.level().to_string());
    }
    let ops: Vec<&str> = args.ops.iter().map(|op| op.name()).collect();
    if ops != ["sign", "verify"] {
        add("--ops", ops.join(","));
    }
    if let Some(cases) = args.cases {
        add("--cases", cases.to_string());
    }
    if let Some(target) = args.target {
        add("--target", target.to_string());
    }
    if let Some(days) = args.max_age {
        add("--max-age", days.to_string());
    }
    if let Some(artifact) = &args.artifact {
        add("--artifact", artifact.clone());
    }
    if args.suites {
        words.push("--suites".to_owned());
    }
    for file in &args.suite_file {
        words.extend(["--suite-file".to_owned(), path(file)]);
    }
    report::command_line(&words)
}

fn valid(certified: &Certified) -> String {
    let mut line = format!(
        "valid: {} is certified at level {}, issued {}",
        report::excerpt(certified.implementation.called(), 60),
        certified.level,
        report::visible(&certified.issued)
    );
    if let Some(restarts) = certified.restarts.in_words() {
        line.push_str(&format!("; {restarts}"));
    }
    if let Some(hardened) = &certified.hardened {
        line.push_str(&format!(
            "; no finding in {}, no leak above {} ns per call",
            report::count(hardened.fuzz.cases, "case", "cases"),
            hardened.timing.target_ns
        ));
    }
    if certified.judged_itself {
        line.push_str(&format!("; it certifies {JUDGED_ITSELF}"));
    }
    line.push('\n');
    for (suite, evidence) in &certified.judged {
        let ops: Vec<&str> = evidence.ops().into_iter().map(Op::name).collect();
        line.push_str(&format!(
            "  {}: {}\n",
            report::visible(suite),
            ops.join(", ")
        ));
    }
    line.push_str(&format!(
        "  inputs: {}\n",
        report::visible(&certified.inputs.join(", "))
    ));
    for note in &certified.left_out {
        line.push_str(&format!(
            "  not judged, {}: {}\n",
            report::count(note.cases, "case", "cases"),
            report::visible(&note.what)
        ));
    }
    line
}

/// Whether it is a page, and where it goes.
fn wanted(word: &str) -> Result<(bool, PathBuf), Stop> {
    match word.split_once('=') {
        Some(("html", path)) if !path.is_empty() => Ok((true, path.into())),
        Some(("markdown", path)) if !path.is_empty() => Ok((false, path.into())),
        _ => Err(Stop::usage(format_args!(
            "unsupported --report {word:?}; write html=PATH or markdown=PATH"
        ))),
    }
}

/// The sentences of the requirements, of the suites that are here as they were certified.
fn sentences(statement: &Statement, files: &[PathBuf]) -> Result<Sentences, Stop> {
    let own = files.iter().map(|file| suites::load(file));
    let own = own.collect::<Result<Vec<_>, Stop>>()?;
    let mut sentences = Sentences::new();
    for certified in &statement.predicate.configuration {
        let digest = certified.digest.get("sha256");
        let is_it = |name: &str, known: &str| {
            name == certified.name && digest.is_some_and(|digest| digest == known)
        };
        let mut own = own.iter();
        let mut embedded = suite::embedded();
        let suite = match own.find(|one| is_it(one.name.as_str(), &one.digest)) {
            Some(own) => own.clone(),
            None if embedded.any(|one| is_it(one.name, one.digest)) => {
                suites::named(&certified.name)?
            }
            None => continue,
        };
        for requirement in &suite.requirements {
            let name = format!("{}/{}", suite.name, requirement.id);
            sentences.insert(name, requirement.text.clone());
        }
    }
    Ok(sentences)
}

fn known_suites(files: &[PathBuf]) -> Result<BTreeMap<String, String>, Stop> {
    let mut digests = BTreeMap::new();
    for embedded in suite::embedded() {
        digests.insert(embedded.name.to_owned(), embedded.digest.to_owned());
    }
    for file in files {
        let suite = suites::load(file)?;
        digests.insert(suite.name.to_string(), suite.digest);
    }
    Ok(digests)
}
