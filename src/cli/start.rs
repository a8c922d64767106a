//! Finds the command, and turns what it came to into an exit code.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::args::{Arguments, Command};
use crate::cli::clock::unix_now;
use crate::cli::examples::with_examples;
use crate::cli::exit::{Exit, Stop};
use crate::cli::interrupt::end_children;
use crate::cli::terminal::{colour, exit, print, say, set_color};
use crate::cli::{
    adapter, certify, explain, explain_page, fuzz, init, mistakes, modes, oracle, report_command,
    run, serve, shell, suite_command, timing, verify_certificate,
};

/// Does what the arguments say.
pub fn start() -> Exit {
    std::panic::set_hook(Box::new(|panic| say(&bug(panic.location()))));
    fail_at_the_limit_of_a_file();
    modes::keep();
    let arguments = with_examples(Arguments::command())
        .try_get_matches()
        .and_then(|found| Arguments::from_arg_matches(&found));
    let ended = match arguments {
        Ok(arguments) => {
            set_color(arguments.color);
            dispatch(arguments.command)
        }
        Err(error) => Ok(answer(&error)),
    };
    let ended = ended.unwrap_or_else(|stop| {
        say(&format!("error: {stop}"));
        stop.exit
    });
    end_children();
    // None of them can change the terminal any more.
    modes::restore();
    exit(ended)
}

/// Help, the version, or what is wrong with the arguments.
fn answer(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        // It quotes arguments.
        say(error.render().to_string().trim_end());
        return Exit::Usage;
    }
    let text = error.render();
    print(&if colour() {
        text.ansi().to_string()
    } else {
        text.to_string()
    });
    Exit::Success
}

/// Lets a write beyond the largest file that is allowed (`ulimit -f`) fail, where the signal would
/// end us in the midst of it.
fn fail_at_the_limit_of_a_file() {
    let unread = Arc::new(AtomicBool::new(false));
    let _as_before = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, unread);
}

/// What is said of a panic. What it says itself may quote a secret or a token, and where it
/// happened is enough to find it.
fn bug(place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(|| "an unknown location".to_owned(), ToString::to_string);
    format!("error: this is a bug in macproof, at {place}; please report it")
}

fn dispatch(command: Command) -> Result<Exit, Stop> {
    match command {
        Command::Init(args) => init::init(&args),
        Command::Run(args) => run::run(&args),
        Command::Timing(args) => timing::timing(&args, unix_now()),
        Command::Fuzz(args) => fuzz::fuzz(&args),
        Command::Explain(args) if args.serve => explain_page::serve(&args),
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
        Command::Completions(args) => Ok(shell::completions(&args, Arguments::command())),
        Command::Manual(args) => shell::manual(&args, Arguments::command()),
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::bug;

    #[test]
    fn a_panic_reports_only_its_location() {
        let here = Location::caller();
        let said = bug(Some(here));
        assert!(said.contains("start.rs:"), "{said}");
        assert_eq!(said.lines().count(), 1);
    }
}
