//! What is printed. The rest of the program returns text; here it reaches a person.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// Prints to standard output. A reader that has gone away is no error of ours.
pub(crate) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a line to standard error.
pub(crate) fn say(text: &str) {
    let mut err = io::stderr().lock();
    let _gone = writeln!(err, "{text}");
}

/// Whether standard output is to be coloured.
pub(crate) fn colour() -> bool {
    io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// How far a run is: a bar on a terminal, elsewhere a plain line now and then.
pub(crate) struct ProgressBar {
    bar: Option<indicatif::ProgressBar>,
    said: Cell<Instant>,
}

/// How often a line is written where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

impl ProgressBar {
    /// One that shows nothing yet.
    pub(crate) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = indicatif::ProgressBar::new(0);
            let template = "{bar:40} {human_pos}/{human_len} cases, {per_sec}";
            match indicatif::ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Self {
            bar,
            said: Cell::new(Instant::now()),
        }
    }

    /// Shows how far it is.
    pub(crate) fn show(&self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
        } else if self.said.get().elapsed() >= BETWEEN_LINES {
            self.said.set(Instant::now());
            say(&format!("{done} of {total} cases"));
        }
    }

    /// Says how far something is whose end nobody knows.
    pub(crate) fn tell(&self, message: impl FnOnce() -> String) {
        if let Some(bar) = &self.bar {
            if let Ok(style) = indicatif::ProgressStyle::with_template("{msg}") {
                bar.set_style(style);
            }
            bar.set_message(message());
        } else if self.said.get().elapsed() >= BETWEEN_LINES {
            self.said.set(Instant::now());
            say(&message());
        }
    }

    /// Takes it away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
