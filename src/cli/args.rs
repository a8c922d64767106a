//! The arguments of every command.

use clap::{Parser, Subcommand};

use crate::cli::adapter::AdapterArgs;
use crate::cli::certify::CertifyArgs;
use crate::cli::explain::ExplainArgs;
use crate::cli::fuzz::FuzzArgs;
use crate::cli::init::InitArgs;
use crate::cli::mistakes::MistakesArgs;
use crate::cli::oracle::{SignArgs, VerifyArgs};
use crate::cli::report_command::ReportCommand;
use crate::cli::run::RunArgs;
use crate::cli::serve::ServeArgs;
use crate::cli::shell::{CompletionsArgs, ManualArgs};
use crate::cli::suite_command::SuiteCommand;
use crate::cli::terminal::Color;
use crate::cli::timing::TimingArgs;
use crate::cli::verify_certificate::VerifyCertificateArgs;

/// Tests implementations of HMAC identity signatures against their specification.
#[derive(Debug, Parser)]
#[command(name = "macproof", version, long_version = BUILT, max_term_width = 100)]
pub(crate) struct Arguments {
    #[arg(long, help = COLOR_HELP, value_enum, value_name = "WHEN", global = true, default_value_t)]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The version, and what was built: `build.rs` finds commit and profile.
const BUILT: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("MACPROOF_BUILD"), ")");

const COLOR_HELP: &str = "When to use colours; NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR count, too";

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
    Report(ReportCommand),
    /// Test an implementation and sign a certificate of the result.
    Certify(CertifyArgs),
    /// Verify a certificate: its signature, and that it meets your requirements.
    VerifyCertificate(VerifyCertificateArgs),
    /// Print the script by which a shell completes commands and options.
    ///
    /// Bash and zsh complete the names of suites and mistakes, too. Packages install the scripts of
    /// bash, fish and zsh. Otherwise save it where your shell looks: for bash
    /// ~/.local/share/bash-completion/completions/macproof, for fish
    /// ~/.config/fish/completions/macproof.fish, for zsh `_macproof` in a folder of $fpath.
    Completions(CompletionsArgs),
    /// Write the manual pages, one for each command.
    Manual(ManualArgs),
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
