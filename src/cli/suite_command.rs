//! `macproof suite …`: look at suites, check them, make them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use crate::cli::exit::{Exit, Stop};
use crate::cli::export::{ExportArgs, export};
use crate::cli::files::read;
use crate::cli::suite_list::{list, search};
use crate::cli::suites;
use crate::cli::terminal::{print, save, say, tell};
use crate::generate::{generate, import_wycheproof};
use crate::lint::{Severity, lint, review};
use crate::protocol::to_ascii;
use crate::report;
use crate::results::expected_in_words;
use crate::strength::{strength, table};
use crate::suite::{Level, Suite, SuiteKind, Vector};

#[derive(Debug, Subcommand)]
pub(crate) enum SuiteCommand {
    /// List the built-in suites.
    List {
        /// Only suites of this kind: identity, webhook, signed-request, signed-url or value.
        #[arg(long, value_parser = kind)]
        kind: Option<SuiteKind>,
    },
    /// Find built-in suites by words of their names, titles, schemes or requirements, for example
    /// `x-hub`.
    Search {
        /// Words that all must occur.
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Show a suite's scheme and requirements, or one of its vectors.
    Show {
        /// A suite, or a case, for example `jimo/published-example`.
        name: String,
        /// Print the suite file verbatim.
        #[arg(long)]
        yaml: bool,
    },
    /// Check suites: every expected value against the oracle, and that every requirement has a
    /// vector.
    Lint {
        /// Names of suites, or suite files; all built-in suites by default.
        suites: Vec<String>,
        /// Also review the scheme itself, independent of implementations.
        #[arg(long)]
        review: bool,
    },
    /// Generate the whole suite of a scheme: a vector for every edge case that applies to it.
    Generate {
        /// A suite file with the scheme and all parts written by hand.
        scheme: PathBuf,
        /// Where to write it; standard output by default.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write nothing; fail if the output is out of date.
        #[arg(long, requires = "output")]
        check: bool,
    },
    /// Measure how many mistakes of the catalogue a suite catches.
    Strength {
        /// Names of suites, or suite files; all built-in suites by default.
        suites: Vec<String>,
        /// Show the full table of each suite.
        #[arg(long)]
        all: bool,
    },
    /// Export suites as JSON, with tests of your own framework that read it.
    Export(ExportArgs),
    /// Make a suite from published vectors.
    Import {
        /// The format of the vectors.
        format: ImportFormat,
        /// The file of vectors.
        file: PathBuf,
        /// Import only vectors with tags of this many bits; full tags by default.
        #[arg(long, value_name = "BITS")]
        tag_bits: Option<usize>,
        /// A suite file with a scheme, to which the vectors are added.
        #[arg(long, value_name = "FILE")]
        into: Option<PathBuf>,
        /// Where to write the suite; standard output by default.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write nothing; fail if the output is out of date.
        #[arg(long, requires = "output")]
        check: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ImportFormat {
    Wycheproof,
}

/// Does one of the suite commands.
pub(crate) fn suite(command: &SuiteCommand) -> Result<Exit, Stop> {
    match command {
        SuiteCommand::List { kind } => list(*kind),
        SuiteCommand::Search { words } => search(words),
        SuiteCommand::Show { name, yaml } => show(name, *yaml),
        SuiteCommand::Lint { suites, review } => lint_all(suites, *review),
        SuiteCommand::Strength { suites, all } => strength_of(suites, *all),
        SuiteCommand::Export(args) => export(args),
        SuiteCommand::Generate {
            scheme,
            output,
            check,
        } => {
            let text = text(scheme)?;
            let suite = generate(&scheme.display().to_string(), &text).map_err(Stop::usage)?;
            Ok(deliver(&suite, output.as_deref(), *check))
        }
        SuiteCommand::Import {
            format: _,
            file,
            tag_bits,
            into,
            output,
            check,
        } => {
            let imported = import_wycheproof(&text(file)?, *tag_bits)
                .map_err(|error| Stop::usage(format_args!("{}: {error}", file.display())))?;
            let suite = match into {
                Some(scheme) => imported
                    .into_scheme(&scheme.display().to_string(), &text(scheme)?)
                    .map_err(Stop::usage)?,
                None => imported.into_suite(),
            };
            Ok(deliver(&suite, output.as_deref(), *check))
        }
    }
}

/// The kind of that name, for clap.
fn kind(name: &str) -> Result<SuiteKind, String> {
    SuiteKind::named(name).ok_or_else(|| {
        let names = SuiteKind::ALL.map(SuiteKind::name).join(", ");
        format!("expected one of {names}")
    })
}

fn show(name: &str, yaml: bool) -> Result<Exit, Stop> {
    let (suite_name, vector_id) = match name.split_once('/') {
        Some((suite, vector)) => (suite, Some(vector)),
        None => (name, None),
    };
    let suite = suites::named_or_files(&[suite_name.to_owned()])?
        .pop()
        .ok_or_else(|| Stop::usage("name a suite"))?;
    match vector_id {
        None if yaml => print(&suite.text.text),
        None => tell(&suite_summary(&suite)),
        Some(id) => {
            let vector = suite
                .vectors
                .iter()
                .find(|vector| vector.id.as_str() == id)
                .ok_or_else(|| {
                    Stop::usage(format_args!("the suite {suite_name} has no vector {id:?}"))
                })?;
            tell(&vector_summary(&suite, vector));
        }
    }
    Ok(Exit::Success)
}

fn suite_summary(suite: &Suite) -> String {
    let mut out = format!(
        "{}: {}, version {}\n",
        suite.name, suite.title, suite.version
    );
    let _ = writeln!(out, "made from: {}", suite.source.title);
    if let Some(url) = &suite.source.url {
        let _ = writeln!(out, "           {url}");
    }
    let _ = writeln!(
        out,
        "file:      {} (sha-256 {})\n",
        suite.text.path, suite.digest
    );
    for line in scheme_lines(&suite.text.text) {
        let _ = writeln!(out, "{line}");
    }
    for level in [Level::Must, Level::Should, Level::May] {
        for (at, requirement) in suite.requirements.iter().enumerate() {
            if requirement.level != level {
                continue;
            }
            let vectors = suite
                .vectors
                .iter()
                .filter(|vector| vector.shows.contains(&at))
                .count();
            let _ = writeln!(
                out,
                "\n{level} ({}): {}, {}\n    {}",
                requirement.basis,
                requirement.id,
                report::count(vectors as u64, "vector", "vectors"),
                requirement.text
            );
            if let Some(place) = &requirement.place {
                let _ = writeln!(out, "    {place}");
            }
        }
    }
    out
}

/// The scheme as its author wrote it: the lines of the top-level key.
fn scheme_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with("scheme:"));
    let head = lines.next();
    head.into_iter()
        .chain(lines.take_while(|line| line.starts_with([' ', '#'])))
}

fn vector_summary(suite: &Suite, vector: &Vector) -> String {
    let request = &vector.request;
    let expected = expected_in_words(&vector.expect);
    let shows: Vec<&str> = suite
        .shown_by(vector)
        .map(|requirement| requirement.id.as_str())
        .collect();
    let mut out = format!(
        "{} ({}, {}) at {}:{}\nshows:    {}\nrequest:  {}\nexpected: {expected}\n",
        suite.case_id(vector),
        vector.level,
        vector.basis,
        suite.text.path,
        vector.line,
        shows.join(", "),
        to_ascii(request),
    );
    if let Some(note) = &vector.note {
        let _ = writeln!(out, "note:     {note}");
    }
    out
}

/// How many findings of one suite `lint` prints.
const MAX_FINDINGS: usize = 500;

fn lint_all(names: &[String], with_review: bool) -> Result<Exit, Stop> {
    let suites = suites::named_or_files(names)?;
    let (mut errors, mut warnings, mut vectors) = (0_u64, 0_u64, 0);
    for suite in &suites {
        vectors += suite.vectors.len();
        let findings = lint(suite);
        for finding in &findings {
            match finding.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
        }
        for finding in findings.iter().take(MAX_FINDINGS) {
            tell(&format!("{}\n", finding.show(&suite.text)));
        }
        if findings.len() > MAX_FINDINGS {
            tell(&format!(
                "{}: and {} more\n",
                suite.name,
                findings.len() - MAX_FINDINGS
            ));
        }
        if with_review {
            tell(&format!("{}: {}\n", suite.name, suite.title));
            for remark in review(suite) {
                tell(&format!(
                    "  {}: {}\n    {}\n",
                    remark.id, remark.sentence, remark.example
                ));
            }
        }
    }
    tell(&format!(
        "{}, {}: {}, {}\n",
        report::count(suites.len() as u64, "suite", "suites"),
        report::count(vectors as u64, "vector", "vectors"),
        report::count(errors, "error", "errors"),
        report::count(warnings, "warning", "warnings")
    ));
    Ok(if errors == 0 {
        Exit::Success
    } else {
        Exit::Failed
    })
}

fn strength_of(names: &[String], all: bool) -> Result<Exit, Stop> {
    let suites = suites::named_or_files(names)?;
    let mut whole = true;
    for suite in &suites {
        let strength = strength(suite);
        let table = table(&strength, suite);
        // Of many, only those with a gap need more than their score.
        let score = table.lines().next().unwrap_or_default();
        if all || suites.len() == 1 || !strength.is_full() {
            tell(&table);
        } else {
            tell(&format!("{score}\n"));
        }
        whole &= strength.is_full();
    }
    Ok(if whole { Exit::Success } else { Exit::Failed })
}

fn text(path: &Path) -> Result<String, Stop> {
    String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is not valid UTF-8", path.display())))
}

/// Writes a made file, or compares it with the one that is there.
fn deliver(made: &str, output: Option<&Path>, check: bool) -> Exit {
    let Some(path) = output else {
        print(made);
        return Exit::Success;
    };
    if check {
        if read(path).is_ok_and(|present| present == made.as_bytes()) {
            return Exit::Success;
        }
        say(&format!(
            "{} is out of date; regenerate it without --check",
            path.display()
        ));
        return Exit::Failed;
    }
    save(path, made);
    Exit::Success
}
