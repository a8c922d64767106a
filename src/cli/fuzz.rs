//! `macproof fuzz`: look for inputs on which an implementation departs from its scheme.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;

use crate::adapters::{AdapterCommand, Target};
use crate::cli::args::LevelArg;
use crate::cli::clock::to_the_second;
use crate::cli::exit::{Exit, Stop};
use crate::cli::reach::{ReachArgs, Reached, duration, interrupt_flag};
use crate::cli::shard::shard;
use crate::cli::terminal::{ProgressBar, print, say};
use crate::fuzz::{
    Crossing, FuzzCircumstances, FuzzEnding, FuzzError, FuzzOptions, FuzzOutput, FuzzProgress,
    Versus, VersusOptions, document, fuzz as fuzz_suites, saved, versus,
};
use crate::protocol::{Incoming, RequestLine, RequestParts, write_ascii};
use crate::report;
use crate::results::{FuzzFinding, FuzzResult, Observed, outcome_in_words};
use crate::signature::Context;
use crate::suite::{Level, Request, Suite};

/// How long a campaign lasts for which nothing is said.
const USUAL_TIME: Duration = Duration::from_secs(60);

/// The arguments of `macproof fuzz`.
#[derive(Debug, Args)]
pub(crate) struct FuzzArgs {
    /// Suites by name; the five systems if none is named. `macproof suite list` shows them.
    #[arg(value_name = "SUITE")]
    suites: Vec<String>,
    #[command(flatten)]
    reach: ReachArgs,
    /// A suite file of your own; may be repeated.
    #[arg(long, value_name = "FILE", help_heading = "Inputs")]
    suite_file: Vec<PathBuf>,
    /// How long to go on, as in 30s, 10m or 8h; 60s if neither this nor --cases is given.
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Inputs")]
    time: Option<Duration>,
    /// How many cases to ask.
    #[arg(long, value_name = "N", help_heading = "Inputs")]
    cases: Option<u64>,
    /// The seed of the inputs; chosen afresh, and shown, if none is given.
    #[arg(long, value_name = "N", help_heading = "Inputs")]
    seed: Option<u64>,
    /// Leave out the suites' own vectors: ask only what is grown.
    #[arg(long, help_heading = "Inputs")]
    grown: bool,
    /// A folder of inputs that brought something new, read at first and written at the end.
    #[arg(long, value_name = "DIR", help_heading = "Inputs")]
    corpus: Option<PathBuf>,
    /// One part of so many campaigns, as in 2/8: each has inputs of its own. /8 takes the number
    /// from the index of a Kubernetes Indexed Job.
    #[arg(long, value_name = "I/N", help_heading = "Inputs")]
    shard: Option<String>,
    /// Compare with another implementation, by its adapter's command line, instead of with the
    /// scheme: where they differ, and who takes whose tokens.
    #[arg(long, value_name = "COMMAND", help_heading = "Implementation", conflicts_with_all = ["corpus", "shard", "grown", "output", "report"])]
    against: Option<String>,
    /// The lowest level whose breach is a finding.
    #[arg(long, value_enum, default_value_t = LevelArg::Must)]
    level: LevelArg,
    /// End after so many findings.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    max_findings: u16,
    /// Where to save the findings as a suite file; reports/fuzz-SUITE.yaml if not given. With
    /// several suites a folder.
    #[arg(long, short, value_name = "PATH", help_heading = "Reports")]
    output: Option<PathBuf>,
    /// Write the document of the campaign: json=PATH, or json=- for standard output.
    #[arg(long, value_name = "FORMAT=PATH", help_heading = "Reports")]
    report: Vec<String>,
}

/// Fuzzes, reports, and saves what was found.
pub(crate) fn fuzz(args: &FuzzArgs) -> Result<Exit, Stop> {
    let documents = documents(&args.report)?;
    let suites = args.reach.suites(&args.suites, &args.suite_file)?;
    let reached = args.reach.reached(&args.suite_file)?;
    if let Some(other) = &args.against {
        return against(args, &suites, &reached, other);
    }
    let options = options(args)?;
    let started = Timestamp::now();
    let output = campaign(&suites, &reached, &options)?;
    if let Some(folder) = &args.corpus {
        write_corpus(folder, &output)?;
    }
    let mut arguments = args.suites.clone();
    arguments.extend(reached.arguments);
    for file in &args.suite_file {
        arguments.extend(["--suite-file".to_owned(), file.display().to_string()]);
    }
    let circumstances = FuzzCircumstances {
        started: to_the_second(started),
        seed: options.seed,
        jobs: options.jobs as u64,
        shard: options.shard.map(|shard| shard.to_string()),
        level: options.level,
        adapter: reached.label,
        arguments,
    };
    let result = document(&suites, &output, circumstances);
    let saved_as = save(args, &suites, &output)?;
    let text = in_words(&result, &saved_as);
    let mut took_output = false;
    for path in &documents {
        let json = report::json(&result);
        if path.as_os_str() == "-" {
            took_output = true;
            print(&json);
        } else {
            report::write(path, json.as_bytes()).map_err(Stop::harness)?;
        }
    }
    if took_output {
        say(text.trim_end());
    } else {
        print(&text);
    }
    if !result.findings.is_empty() {
        return Ok(Exit::Failed);
    }
    match output.ending {
        FuzzEnding::Broken(error) => Err(Stop::harness(format_args!(
            "the adapter no longer works: {error}"
        ))),
        _ if output.cases == 0 => Err(Stop::usage("not one case was asked")),
        _ => Ok(Exit::Success),
    }
}

fn against(
    args: &FuzzArgs,
    suites: &[Suite],
    reached: &Reached,
    other: &str,
) -> Result<Exit, Stop> {
    let second = Target::Command(AdapterCommand::parse(other).map_err(Stop::usage)?);
    let options = options(args)?;
    let interrupt = interrupt_flag()?;
    let bar = ProgressBar::new();
    let progress = |progress: FuzzProgress| bar.tell(|| progress_in_words(&progress));
    let began = Instant::now();
    let output = versus(
        suites,
        [&reached.target, &second],
        &VersusOptions {
            seed: options.seed,
            cases: options.cases,
            time: options.time,
            max_findings: options.max_findings,
            limits: options.limits,
        },
        &interrupt,
        &|| began.elapsed(),
        &progress,
    );
    bar.clear();
    let output = output.map_err(|error| match error {
        FuzzError::Nothing(_) => Stop::usage(error),
        FuzzError::Adapter(_) => Stop::harness(error),
    })?;
    print(&versus_in_words(
        &output,
        [&reached.label, other],
        options.seed,
    ));
    let crosses = |crossing: &Crossing| crossing.signer != crossing.verifier;
    let is_refused = |crossing: &&Crossing| crosses(crossing) && crossing.accepted == 0;
    if !output.differences.is_empty() || output.matrix.iter().any(|c| is_refused(&c)) {
        return Ok(Exit::Failed);
    }
    match output.ending {
        FuzzEnding::Broken(error) => Err(Stop::harness(format_args!(
            "an adapter no longer works: {error}"
        ))),
        _ => Ok(Exit::Success),
    }
}

fn versus_in_words(output: &Versus, labels: [&str; 2], seed: u64) -> String {
    let mut out = String::new();
    let name = |at: usize| {
        let named = &output.names[at].name;
        report::visible(if named.is_empty() { labels[at] } else { named })
    };
    let asked = |suite: &str, request: &Request| cropped(request_as_json(suite, request), 600);
    for difference in &output.differences {
        let _ = writeln!(
            out,
            "DIFFERENCE {} ({} cases; shrunk from {} characters to {})\n  asked:  {}",
            difference.suite,
            difference.cases,
            difference.length[1],
            difference.length[0],
            asked(&difference.suite, &difference.request)
        );
        for (at, observed) in difference.outcomes.iter().enumerate() {
            let _ = writeln!(
                out,
                "  {} {}: {}",
                ["first ", "second"][at],
                name(at),
                answer(observed)
            );
        }
        out.push('\n');
    }
    for crossing in &output.matrix {
        let _ = writeln!(
            out,
            "signed by {} ({}), verified by {} ({}): {} of {} tokens accepted",
            ["the first", "the second"][crossing.signer],
            name(crossing.signer),
            ["the first", "the second"][crossing.verifier],
            name(crossing.verifier),
            crossing.accepted,
            crossing.tokens
        );
        if let Some((suite, request, observed)) = &crossing.example {
            let _ = writeln!(
                out,
                "  not: {}: {}",
                asked(suite, request),
                answer(observed)
            );
        }
    }
    for note in &output.notes {
        let _ = writeln!(out, "note: {}", report::visible(note));
    }
    let _ = writeln!(
        out,
        "{} differences; {} cases asked of both in {:.1} s, {} a second; seed {seed}",
        output.differences.len(),
        output.cases,
        output.elapsed.as_secs_f64(),
        a_second(output.cases, output.elapsed)
    );
    out
}

fn answer(observed: &Observed) -> String {
    let words = match observed {
        Observed::Outcome(outcome) => outcome_in_words(outcome),
        Observed::Failed(failure) => failure.to_string(),
        Observed::Unsupported { reason, .. } => format!("unsupported: {reason}"),
        _ => "nothing".to_owned(),
    };
    report::excerpt(&words, 300)
}

fn request_as_json(suite: &str, request: &Request) -> String {
    RequestLine::new(&RequestParts {
        op: request.op,
        suite,
        secrets: &request.secrets,
        fields: &request.fields,
        token: request.token.as_ref(),
        now: request.now,
        context: &request.context,
    })
    .as_json()
}

fn options(args: &FuzzArgs) -> Result<FuzzOptions, Stop> {
    let time = match (args.time, args.cases) {
        (None, None) => Some(USUAL_TIME),
        (time, _) => time,
    };
    Ok(FuzzOptions {
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32)),
        jobs: usize::from(args.reach.jobs),
        shard: shard(args.shard.as_deref())?,
        level: match args.level {
            LevelArg::Must => Level::Must,
            LevelArg::Should => Level::Should,
        },
        cases: args.cases,
        time,
        grown: args.grown,
        max_findings: usize::from(args.max_findings),
        limits: args.reach.limits(),
        corpus: match &args.corpus {
            Some(folder) => read_corpus(folder)?,
            None => Vec::new(),
        },
    })
}

fn campaign(
    suites: &[Suite],
    reached: &Reached,
    options: &FuzzOptions,
) -> Result<FuzzOutput, Stop> {
    let interrupt = interrupt_flag()?;
    let bar = ProgressBar::new();
    let progress = |progress: FuzzProgress| bar.tell(|| progress_in_words(&progress));
    let began = Instant::now();
    let clock = || began.elapsed();
    let output = fuzz_suites(
        suites,
        &reached.target,
        options,
        &interrupt,
        &clock,
        &progress,
    );
    bar.clear();
    output.map_err(|error| match error {
        FuzzError::Nothing(_) => Stop::usage(error),
        FuzzError::Adapter(_) => Stop::harness(error),
    })
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a figure for people, rounded"
)]
fn a_second(cases: u64, elapsed: Duration) -> u64 {
    (cases as f64 / elapsed.as_secs_f64().max(0.001)).round() as u64
}

fn progress_in_words(progress: &FuzzProgress) -> String {
    format!(
        "{} s: {} cases, {} a second, {} kinds of answers, {} findings",
        progress.elapsed.as_secs(),
        progress.cases,
        a_second(progress.cases, progress.elapsed),
        progress.kinds,
        progress.findings
    )
}

/// The files of `--report json=PATH`.
fn documents(words: &[String]) -> Result<Vec<PathBuf>, Stop> {
    words
        .iter()
        .map(|word| match word.split_once('=') {
            Some(("json", path)) if !path.is_empty() => Ok(PathBuf::from(path)),
            _ => Err(Stop::usage(format_args!(
                "--report {word:?} is no report of a campaign; write json=PATH, and make the others of it by macproof report render"
            ))),
        })
        .collect()
}

/// Where the findings of each suite were saved.
fn save(args: &FuzzArgs, suites: &[Suite], output: &FuzzOutput) -> Result<Vec<PathBuf>, Stop> {
    let files = saved(suites, output);
    let mut written = Vec::new();
    for file in &files {
        let usual = format!("fuzz-{}.yaml", file.suite);
        let path = match &args.output {
            None => Path::new("reports").join(usual),
            Some(path) if suites.len() > 1 => path.join(usual),
            Some(path) => path.clone(),
        };
        report::write(&path, file.yaml.as_bytes()).map_err(Stop::harness)?;
        for (name, lines) in &file.sequences {
            let beside = path.with_file_name(format!("{}-{name}.ndjson", file.suite));
            report::write(&beside, lines.as_bytes()).map_err(Stop::harness)?;
            written.push(beside);
        }
        written.push(path);
    }
    Ok(written)
}

fn in_words(result: &FuzzResult, saved_as: &[PathBuf]) -> String {
    let mut out = String::new();
    let elapsed = Duration::from_millis(result.duration_ms);
    for finding in &result.findings {
        finding_in_words(finding, &mut out);
    }
    for path in saved_as {
        let _ = writeln!(out, "saved: {}", path.display());
    }
    let replayed = saved_as
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    for path in replayed {
        let command = if result.adapter == "reference" {
            String::new()
        } else {
            format!(" --command '{}'", result.adapter)
        };
        let _ = writeln!(
            out,
            "replay: macproof run --suite-file {}{command}",
            path.display()
        );
    }
    for warning in &result.warnings {
        let _ = writeln!(
            out,
            "warning: {} {} is broken by {} cases; it counts with --level should",
            warning.suite, warning.requirement, warning.cases
        );
    }
    for note in &result.notes {
        let _ = writeln!(out, "note: {}", report::visible(note));
    }
    for seen in &result.profile {
        let _ = writeln!(
            out,
            "profile: {} {} ({} cases)",
            seen.suite, seen.what, seen.cases
        );
    }
    let _ = writeln!(
        out,
        "{} findings; {} cases in {:.1} s, {} a second; {} kinds of answers; seed {}",
        result.findings.len(),
        result.cases,
        elapsed.as_secs_f64(),
        a_second(result.cases, elapsed),
        result.kinds,
        result.seed
    );
    out
}

fn finding_in_words(finding: &FuzzFinding, out: &mut String) {
    let _ = writeln!(
        out,
        "FINDING {}/{}\n  {} ({}, {})",
        finding.suite, finding.id, finding.text, finding.level, finding.basis
    );
    for line in &finding.sequence {
        let _ = writeln!(out, "  asked:    {}", cropped(ascii(&line.0), 300));
    }
    let request = cropped(ascii(&finding.request.0), 600);
    let _ = writeln!(out, "  asked:    {request}");
    let _ = writeln!(
        out,
        "  expected: {}",
        report::excerpt(&finding.expected, 300)
    );
    let _ = writeln!(out, "  actual:   {}", report::excerpt(&finding.actual, 300));
    if let Some(cause) = finding.causes.first() {
        for mistake in &cause.mistakes {
            let _ = writeln!(out, "  cause:    {} ({})", mistake.title, mistake.id);
            let _ = writeln!(out, "  remedy:   {}", mistake.remedy);
        }
    }
    let _ = writeln!(
        out,
        "  found after {} cases and {} ms; shrunk from {} characters to {} by {} requests; accounts for {} cases\n",
        finding.found_after_cases,
        finding.found_after_ms,
        finding.length_before,
        finding.length,
        finding.asked,
        finding.cases
    );
}

/// JSON as it goes over the wire: in ASCII nothing is invisible, and what is escaped is escaped
/// once, so that it can be copied.
fn ascii(json: &serde_json::Value) -> String {
    let mut out = Vec::new();
    write_ascii(json, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// A text of ASCII in at most about so many characters: its beginning and its end.
fn cropped(text: String, columns: usize) -> String {
    if text.len() <= columns {
        return text;
    }
    let half = columns / 2;
    let (head, tail) = (&text[..half], &text[text.len() - half..]);
    format!("{head}…{tail} ({} characters)", text.len())
}

/// The corpus: one file a suite, one request a line.
fn read_corpus(folder: &Path) -> Result<Vec<(String, Request)>, Stop> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let path = folder.display();
            return Err(Stop::usage(format_args!(
                "cannot read the corpus {path}: {error}"
            )));
        }
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "ndjson"))
        .collect();
    paths.sort();
    let mut requests = Vec::new();
    for path in paths {
        let bytes = crate::cli::inputs::read(&path)?;
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            match Incoming::parse(line) {
                Ok(Incoming::Request {
                    op,
                    suite,
                    secrets,
                    fields,
                    token,
                    now,
                    ..
                }) => requests.push((
                    suite,
                    Request {
                        op,
                        secrets,
                        fields,
                        token,
                        now,
                        context: Context::default(),
                    },
                )),
                _ => {
                    return Err(Stop::usage(format_args!(
                        "{}:{}: is no request of a corpus; delete the line or the file",
                        path.display(),
                        at + 1
                    )));
                }
            }
        }
    }
    Ok(requests)
}

fn write_corpus(folder: &Path, output: &FuzzOutput) -> Result<(), Stop> {
    let mut names: Vec<&str> = output
        .corpus
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let mut lines: Vec<String> = output
            .corpus
            .iter()
            .filter(|(suite, _)| suite == name)
            .map(|(suite, request)| request_as_json(suite, request))
            .collect();
        lines.sort_unstable();
        lines.dedup();
        let text = lines.join("\n") + "\n";
        let path = folder.join(format!("{name}.ndjson"));
        report::write(&path, text.as_bytes()).map_err(Stop::harness)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ascii, cropped};

    #[test]
    fn a_request_is_shown_as_it_can_be_copied() {
        let request = serde_json::json!({"user_id": "\t\u{202e}"});
        assert_eq!(ascii(&request), r#"{"user_id":"\t\u202e"}"#);
        assert_eq!(cropped("abcdef".into(), 4), "ab…ef (6 characters)");
    }
}
