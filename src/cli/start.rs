//! Finds the command, and turns what it came to into an exit code.

use clap::Parser as _;

use crate::cli::args::{Arguments, Command, ReportCommand};
use crate::cli::clock::unix_now;
use crate::cli::exit::{Exit, Stop};
use crate::cli::terminal::say;
use crate::cli::{adapter, explain, fuzz, mistakes, oracle, render, run, suite_command};

/// Does what the arguments say.
pub fn start() -> Exit {
    match dispatch(Arguments::parse().command) {
        Ok(exit) => exit,
        Err(stop) => {
            say(&format!("error: {stop}"));
            stop.exit
        }
    }
}

fn dispatch(command: Command) -> Result<Exit, Stop> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Fuzz(args) => fuzz::fuzz(&args),
        Command::Explain(args) => explain::explain(&args, unix_now()),
        Command::Sign(args) => oracle::sign(&args),
        Command::Verify(args) => oracle::verify(&args, unix_now()),
        Command::Suite(command) => suite_command::suite(&command),
        Command::Adapter(args) => adapter::adapter(&args),
        Command::Mistakes(args) => mistakes::mistakes(&args),
        Command::Report(ReportCommand::Render { result, report }) => {
            render::render(&result, &report)
        }
    }
}
