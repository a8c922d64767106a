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

/// Proves that an implementation of an HMAC identity signature does what its specification says.
#[derive(Debug, Parser)]
#[command(name = "macproof", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write what a project needs: an adapter in its language, macproof.yaml, and a CI job.
    Init(InitArgs),
    /// Run suites against an implementation, and judge it.
    Run(RunArgs),
    /// Say whether the comparison is timing-safe, with controls and limits.
    Timing(TimingArgs),
    /// Fuzz an implementation: look for inputs on which it departs from the scheme.
    Fuzz(FuzzArgs),
    /// Say why a signature does not match: the mistakes that produce it, and what to change.
    Explain(ExplainArgs),
    /// Sign by hand, with the oracle.
    Sign(SignArgs),
    /// Verify by hand, with the oracle, and say at which stage a token fails.
    Verify(VerifyArgs),
    /// Look at suites, check them, make them.
    #[command(subcommand)]
    Suite(SuiteCommand),
    /// Be an adapter: the reference implementation, or one with planted mistakes.
    Adapter(AdapterArgs),
    /// Be the platform: an HTTP server with the documented outcomes, for tests from end to end.
    Serve(ServeArgs),
    /// List the catalogue of mistakes, or show one.
    Mistakes(MistakesArgs),
    /// Make reports from the saved JSON results of runs, compare them, join them.
    #[command(subcommand)]
    Report(report_command::ReportCommand),
    /// Sign a statement of what an implementation was shown to do.
    Certify(CertifyArgs),
    /// Check a certificate: its signature, and what is demanded of it.
    VerifyCertificate(VerifyCertificateArgs),
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct RunArgs {
    /// Suites by name; the five systems if none is named. `macproof suite list` shows them.
    #[arg(value_name = "SUITE")]
    pub(crate) suites: Vec<String>,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    /// A suite file of your own; may be repeated.
    #[arg(long, value_name = "FILE", help_heading = "Cases")]
    pub(crate) suite_file: Vec<PathBuf>,
    /// Only cases whose id matches, as in `jimo/*` or `*/published-*`.
    #[arg(long, value_name = "GLOB", help_heading = "Cases")]
    pub(crate) filter: Option<String>,
    /// Only the first, second … part of so many, as in 2/8; together the parts are the whole. /8
    /// takes the number from the index of a Kubernetes Indexed Job.
    #[arg(long, value_name = "I/N", help_heading = "Cases")]
    pub(crate) shard: Option<String>,
    /// The lowest level whose failure counts.
    #[arg(long, value_enum, default_value_t = LevelArg::Must)]
    pub(crate) level: LevelArg,
    /// A list of known failures; see docs/known-failures.md.
    #[arg(long, value_name = "FILE", help_heading = "Gate")]
    pub(crate) known_failures: Option<PathBuf>,
    /// Rewrite that list to what fails now.
    #[arg(long, requires = "known_failures", help_heading = "Gate")]
    pub(crate) update_known_failures: bool,
    /// How many restarts of the adapter are borne that no case answers for: a crash, a time-out, a
    /// breach of the protocol that does not happen again when the same is asked alone.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Gate")]
    pub(crate) allow_restarts: u64,
    /// The seed of the order of the cases; chosen afresh, and shown, if none is given.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Run every case so often, and say which are unstable.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) repeat: u64,
    /// Stop at the first counted failure or error.
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Ask a verifier that rejects right tokens at most so many requests more, to find out which
    /// mistake it makes; 0 for none. They change no verdict.
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub(crate) causes: usize,
    /// Write a report to a file, or to - for standard output; may be repeated. The formats are
    /// human, json, junit, markdown, html, sarif, github, badge and badge-json.
    #[arg(long, value_name = "FORMAT=PATH", help_heading = "Reports")]
    pub(crate) report: Vec<String>,
    /// Show the secrets that are no suite file's, and the tokens made with them.
    #[arg(long, help_heading = "Reports")]
    pub(crate) show_secrets: bool,
    /// Write what becomes of each case as it happens, a JSON object a line, to a file or to - for
    /// standard output.
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
    /// A file that holds the secret; one line feed at its end is dropped, and that is said.
    #[arg(long, value_name = "FILE", group = "secret_from")]
    pub(crate) secret_file: Option<PathBuf>,
    /// A file that holds the secret, to the byte.
    #[arg(long, value_name = "FILE", group = "secret_from")]
    pub(crate) secret_file_raw: Option<PathBuf>,
    /// An environment variable that holds the secret.
    #[arg(long, value_name = "VAR", group = "secret_from")]
    pub(crate) secret_env: Option<String>,
    /// A field, as in `user_id=id-1`, or `user_id=@FILE` to read it from a file, to the byte; may
    /// be repeated.
    #[arg(long = "field", value_name = "NAME=VALUE")]
    pub(crate) fields: Vec<String>,
    /// Where the scheme has a secret for each platform: whose this one is.
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
    /// The time of verification in Unix seconds; the present if it is not given.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
    /// The token that you got.
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    pub(crate) token: String,
    /// The time of the run that made it in Unix seconds; the present if it is not given.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SuiteCommand {
    /// List the suites in this program.
    List,
    /// Show a suite's scheme and requirements, or one of its vectors.
    Show {
        /// A suite, or a case as in `jimo/published-example`.
        name: String,
        /// Print the whole suite file as it is.
        #[arg(long)]
        yaml: bool,
    },
    /// Check suites: every expected value against the oracle, every requirement for a vector.
    Lint {
        /// Suites by name, or suite files; all suites in this program if none is named.
        suites: Vec<String>,
        /// Say also what is true of the scheme, whoever implements it.
        #[arg(long)]
        review: bool,
    },
    /// Write the whole suite of a scheme: every edge case that applies to it, each literal.
    Generate {
        /// A suite file that holds a scheme, and whatever is written by hand.
        scheme: PathBuf,
        /// Where to write it; standard output if not given.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write nothing; fail if the output differs from what would be written.
        #[arg(long, requires = "output")]
        check: bool,
    },
    /// Measure how many mistakes of the catalogue a suite catches.
    Strength {
        /// Suites by name, or suite files; all suites in this program if none is named.
        suites: Vec<String>,
        /// Show the whole table of each, as for a single suite.
        #[arg(long)]
        all: bool,
    },
    /// Make a suite from vectors that somebody else published.
    Import {
        /// In which form they are.
        format: ImportFormat,
        /// The file of vectors.
        file: PathBuf,
        /// Only the vectors with tags of so many bits; whole tags if not given.
        #[arg(long, value_name = "BITS")]
        tag_bits: Option<usize>,
        /// A suite file with a scheme, into which to write them.
        #[arg(long, value_name = "FILE")]
        into: Option<PathBuf>,
        /// Where to write the suite; standard output if not given.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write nothing; fail if the output differs from what would be written.
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
    /// A leak in its comparison, for `macproof timing` to find: early-exit, equality, or a time
    /// by which it takes longer where the first character is right, as in 20ns or 2us.
    #[arg(long, value_name = "LEAK", conflicts_with = "mistake")]
    pub(crate) leak: Option<String>,
    /// A suite file of your own, beside the suites in this program; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) suite_file: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MistakesArgs {
    /// The id of one.
    pub(crate) id: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_arguments_fit_together() {
        Arguments::command().debug_assert();
    }
}
