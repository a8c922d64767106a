//! The arguments of every command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::certify::CertifyArgs;
use crate::cli::fuzz::FuzzArgs;
use crate::cli::init::InitArgs;
use crate::cli::report_command;
use crate::cli::serve::ServeArgs;
use crate::cli::target_args::ReachArgs;
use crate::cli::timing::TimingArgs;
use crate::cli::verify_certificate::VerifyCertificateArgs;

/// Tests implementations of HMAC identity signatures against their specification.
#[derive(Debug, Parser)]
#[command(name = "macproof", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up a project: an adapter in its language, macproof.yaml, and a CI job.
    Init(InitArgs),
    /// Run suites against an implementation and report the verdict.
    Run(RunArgs),
    /// Measure whether the comparison is timing-safe, with controls.
    Timing(TimingArgs),
    /// Fuzz an implementation: search for inputs on which it departs from the scheme.
    Fuzz(FuzzArgs),
    /// Explain why a signature does not match: the mistakes that produce it, and how to fix them.
    Explain(ExplainArgs),
    /// Sign with the oracle.
    Sign(SignArgs),
    /// Verify with the oracle, and show at which stage a token fails.
    Verify(VerifyArgs),
    /// List, show, check and generate suites.
    #[command(subcommand)]
    Suite(SuiteCommand),
    /// Act as an adapter: the reference implementation, or one with planted mistakes.
    Adapter(AdapterArgs),
    /// Act as the platform: an HTTP server with the documented outcomes, for end-to-end tests.
    Serve(ServeArgs),
    /// List the catalogue of mistakes, or show one.
    Mistakes(MistakesArgs),
    /// Render, compare and merge saved JSON results.
    #[command(subcommand)]
    Report(report_command::ReportCommand),
    /// Test an implementation and sign a certificate of the result.
    Certify(CertifyArgs),
    /// Verify a certificate: its signature, and that it meets your requirements.
    VerifyCertificate(VerifyCertificateArgs),
}

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
    /// The lowest level whose failures count.
    #[arg(long, value_enum, default_value_t = LevelArg::Must)]
    pub(crate) level: LevelArg,
    /// A list of known failures; see docs/known-failures.md.
    #[arg(long, value_name = "FILE", help_heading = "Gate")]
    pub(crate) known_failures: Option<PathBuf>,
    /// Update that list to what fails now.
    #[arg(long, requires = "known_failures", help_heading = "Gate")]
    pub(crate) update_known_failures: bool,
    /// How many unattributed restarts of the adapter to tolerate: crashes, timeouts and protocol
    /// violations that do not recur when the request runs alone.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Gate")]
    pub(crate) allow_restarts: u64,
    /// The seed for the order of the cases; random by default, and printed.
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
    /// Write a report to a file, or to standard output with -; may be repeated. Formats: human,
    /// json, junit, markdown, html, sarif, github, badge, badge-json.
    #[arg(long, value_name = "FORMAT=PATH", help_heading = "Reports")]
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

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LevelArg {
    Must,
    Should,
}

/// A scheme, a secret, and fields.
#[derive(Debug, Args)]
pub(crate) struct SignatureArgs {
    /// The suite whose scheme to use, by name.
    #[arg(value_name = "SUITE", required_unless_present = "suite_file")]
    pub(crate) suite: Option<String>,
    /// A suite file of your own instead.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub(crate) suite_file: Option<PathBuf>,
    /// A file with the secret; a trailing line feed is dropped, with a note.
    #[arg(long, value_name = "FILE", group = "secret_from")]
    pub(crate) secret_file: Option<PathBuf>,
    /// A file with the secret, read byte for byte.
    #[arg(long, value_name = "FILE", group = "secret_from")]
    pub(crate) secret_file_raw: Option<PathBuf>,
    /// An environment variable with the secret.
    #[arg(long, value_name = "VAR", group = "secret_from")]
    pub(crate) secret_env: Option<String>,
    /// A field, for example `user_id=id-1`, or `user_id=@FILE` to read it byte for byte from a
    /// file; may be repeated.
    #[arg(long = "field", value_name = "NAME=VALUE")]
    pub(crate) fields: Vec<String>,
    /// The platform of the secret, if the scheme has one for each platform.
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Option<String>,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
    /// The token.
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    pub(crate) token: String,
    /// The time of verification in Unix seconds; the current time by default.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
    /// The token to explain.
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    pub(crate) token: String,
    /// The time at which the token was made, in Unix seconds; the current time by default.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SuiteCommand {
    /// List the built-in suites.
    List,
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

#[derive(Debug, Args)]
pub(crate) struct AdapterArgs {
    /// A mistake to make, by its id in the catalogue; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) mistake: Vec<String>,
    /// A leak in its comparison, for `macproof timing` to find: early-exit, equality, or the extra
    /// time if the first character is right, for example 20ns or 2us.
    #[arg(long, value_name = "LEAK", conflicts_with = "mistake")]
    pub(crate) leak: Option<String>,
    /// A suite file of your own, in addition to the built-in suites; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) suite_file: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MistakesArgs {
    /// The id of a mistake.
    pub(crate) id: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
