//! Finds the command, and turns what it came to into an exit code.

use std::panic::Location;

use clap::Parser as _;

use crate::cli::args::{Arguments, Command};
use crate::cli::clock::unix_now;
use crate::cli::exit::{Exit, Stop};
use crate::cli::interrupt::end_children;
use crate::cli::terminal::say;
use crate::cli::{
    adapter, certify, explain, fuzz, init, mistakes, oracle, report_command, run, serve,
    suite_command, timing, verify_certificate,
};

/// Does what the arguments say.
pub fn start() -> Exit {
    std::panic::set_hook(Box::new(|panic| say(&bug(panic.location()))));
    let exit = match dispatch(Arguments::parse().command) {
        Ok(exit) => exit,
        Err(stop) => {
            say(&format!("error: {stop}"));
            stop.exit
        }
    };
    end_children();
    exit
}

/// What is said of a panic. What it says itself may quote a secret or a token, and where it
/// happened is enough to find it.
fn bug(place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!("error: this is a bug of macproof, at {place}; please report it")
}

fn dispatch(command: Command) -> Result<Exit, Stop> {
    match command {
        Command::Init(args) => init::init(&args),
        Command::Run(args) => run::run(&args),
        Command::Timing(args) => timing::timing(&args, unix_now()),
        Command::Fuzz(args) => fuzz::fuzz(&args),
        Command::Explain(args) => explain::explain(&args, unix_now()),
        Command::Sign(args) => oracle::sign(&args),
        Command::Verify(args) => oracle::verify(&args, unix_now()),
        Command::Suite(command) => suite_command::suite(&command),
        Command::Adapter(args) => adapter::adapter(&args),
        Command::Serve(args) => serve::serve(&args),
        Command::Mistakes(args) => mistakes::mistakes(&args),
        Command::Report(command) => report_command::report(&command),
        Command::Certify(args) => certify::certify(&args),
        Command::VerifyCertificate(args) => verify_certificate::verify_certificate(&args),
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::bug;

    #[test]
    fn a_panic_is_told_by_its_place_alone() {
        let here = Location::caller();
        let said = bug(Some(here));
        assert!(said.contains("start.rs:"), "{said}");
        assert_eq!(said.lines().count(), 1);
    }
}
