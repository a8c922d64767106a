//! What is printed and written. The rest of the program returns text; here it reaches a person.
//!
//! A write that fails ends no command: what was found is still told wherever it can be. It is said,
//! and [`exit`] lets it count. That a reader has gone away, as `head` does, is no failure.

use std::cell::Cell;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::pipe::PIPE_BUF;

use crate::cli::exit::Exit;
use crate::cli::interruption::interruption;
use crate::report::{self, WriteError};

/// Whether something that was to be written is lost.
static LOST: AtomicBool = AtomicBool::new(false);

/// Prints what people read to standard output. Others' words stand in it, so what would act on a
/// terminal or on a CI job is spelt out.
pub(crate) fn tell(text: &str) {
    print(&laid_out(&report::harmless(text), &io::stdout()));
}

/// Prints a report for people, which has its own colours.
pub(crate) fn show(text: &str) {
    let text = match columns(&io::stdout()) {
        Some(columns) => report::wrapped(text, columns),
        None => text.to_owned(),
    };
    print(&report::disarmed(&text));
}

/// A harmless text in colours and lines that suit where it goes.
fn laid_out(text: &str, to: &(impl AsFd + IsTerminal)) -> String {
    let mut text = if in_colour(to.is_terminal()) {
        report::styled(text)
    } else {
        text.to_owned()
    };
    if let Some(columns) = columns(to) {
        // A line that is broken may begin with what gives an order to a CI job.
        text = report::disarmed(&report::wrapped(&text, columns));
    }
    text
}

/// How many columns a terminal has; `None` for what is none.
fn columns(of: &(impl AsFd + IsTerminal)) -> Option<usize> {
    if !of.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(of).ok()?;
    Some(usize::from(size.ws_col)).filter(|&columns| columns > 0)
}

/// How many columns a report for people on standard output has; 80 where that is no terminal.
pub(crate) fn report_columns() -> usize {
    columns(&io::stdout()).unwrap_or(80).clamp(40, 200)
}

/// Prints what programs read to standard output, as it is; and what has colours of ours.
pub(crate) fn print(text: &str) {
    static FAILED: AtomicBool = AtomicBool::new(false);
    let out = io::stdout().lock();
    if let Err(error) = write_whole(out.as_fd(), text.as_bytes())
        && error.kind() != io::ErrorKind::BrokenPipe
        && !FAILED.swap(true, Ordering::Relaxed)
    {
        lost(format_args!("cannot write to standard output: {error}"));
    }
}

/// Standard output as a stream, written to as [`print`] does. What fails is the caller's to say.
pub(crate) struct StandardOutput;

impl io::Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let out = io::stdout().lock();
        write_whole(out.as_fd(), bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Prints a line to standard error. Paths and others' words may stand in it, so what would act on
/// a terminal is spelt out.
pub(crate) fn say(text: &str) {
    let mut line = laid_out(&report::harmless(text), &io::stderr());
    line.push('\n');
    let err = io::stderr().lock();
    match write_whole(err.as_fd(), line.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            LOST.store(true, Ordering::Relaxed);
        }
        _ => {}
    }
}

/// Writes a file as [`report::write`] does; whether it is there now.
pub(crate) fn save(path: &Path, text: &str) -> bool {
    match report::write(path, text.as_bytes()) {
        Ok(()) => true,
        Err(WriteError { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => true,
        Err(error) => {
            lost(error);
            false
        }
    }
}

/// Says that something could not be written, and lets it count.
pub(crate) fn lost(error: impl fmt::Display) {
    LOST.store(true, Ordering::Relaxed);
    say(&format!("error: {error}"));
}

/// Whether something could not be written.
pub(crate) fn has_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// What a command came to: where something is lost, it is not as it should be, unless that is said
/// already.
pub(crate) fn exit(exit: Exit) -> Exit {
    match exit {
        Exit::Success | Exit::Incomplete if has_lost() => Exit::Harness,
        exit => exit,
    }
}

/// How often a signal is looked for while nobody reads, and how long nobody may read after one.
const LOOKED_EVERY: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};
const UNREAD: Duration = Duration::from_secs(5);

/// Writes all of it, unbuffered. The parent process may have left the file descriptor in
/// non-blocking mode; we wait all the same until somebody reads. After a signal that does not last.
fn write_whole(to: BorrowedFd<'_>, mut bytes: &[u8]) -> io::Result<()> {
    /// Whether nobody read for so long: it is not waited for again.
    static GIVEN_UP: AtomicBool = AtomicBool::new(false);

    let mut unread_since = None;
    while !bytes.is_empty() {
        let mut polled = [PollFd::from_borrowed_fd(to, PollFlags::OUT)];
        match poll(&mut polled, Some(&LOOKED_EVERY)) {
            Ok(0) if interruption().is_some() => {
                let since = *unread_since.get_or_insert_with(Instant::now);
                if GIVEN_UP.load(Ordering::Relaxed) || since.elapsed() >= UNREAD {
                    GIVEN_UP.store(true, Ordering::Relaxed);
                    return Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        "its reader does not read",
                    ));
                }
                continue;
            }
            Ok(0) | Err(Errno::INTR) => continue,
            Ok(_) => unread_since = None,
            Err(error) => return Err(error.into()),
        }
        // More than this might have to wait within the call, where no signal ends that.
        match rustix::io::write(to, &bytes[..bytes.len().min(PIPE_BUF)]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// When there are colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless a variable says otherwise.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// What `--color` says.
static COLOR: OnceLock<Color> = OnceLock::new();

/// Lets `--color` hold from here on.
pub(crate) fn set_color(color: Color) {
    let _ = COLOR.set(color);
}

/// Whether standard output is to be coloured.
pub(crate) fn colour() -> bool {
    in_colour(io::stdout().is_terminal())
}

/// Whether there are colours on a stream, which is a terminal or not.
fn in_colour(is_terminal: bool) -> bool {
    let variable = |name: &str| std::env::var_os(name);
    wants_colour(
        COLOR.get().copied().unwrap_or_default(),
        is_terminal,
        &variable,
    )
}

/// The same, by `--color` and the usual variables: `NO_COLOR` counts before `CLICOLOR_FORCE` and
/// `FORCE_COLOR`, and these before `CLICOLOR` and `TERM`.
fn wants_colour(
    color: Color,
    is_terminal: bool,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let is = |name: &str, value: &str| variable(name).is_some_and(|is| is == value);
    let is_forced = |name: &str| is_set(name) && !is(name, "0") && !is(name, "false");
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if is_set("NO_COLOR") => false,
        Color::Auto if is_forced("CLICOLOR_FORCE") || is_forced("FORCE_COLOR") => true,
        Color::Auto => {
            let is_refused = is("CLICOLOR", "0") || is("FORCE_COLOR", "0");
            is_terminal && !is_refused && !is("TERM", "dumb")
        }
    }
}

/// How far something is: a bar on a terminal, elsewhere a plain line now and then.
pub(crate) struct ProgressBar {
    bar: Option<indicatif::ProgressBar>,
    said: Cell<Instant>,
}

/// How often a line is written where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// As wide as the terminal, with what is left to do and the failures so far.
const COUNTED: &str = "{wide_bar} {human_pos}/{human_len} cases{msg}";

/// The same of what takes a time that is known.
const TIMED: &str = "{wide_bar} {msg}";

/// Where nobody knows the end.
const SAID: &str = "{wide_msg}";

impl ProgressBar {
    /// One that shows nothing yet.
    pub(crate) fn new() -> Self {
        let bar = io::stderr()
            .is_terminal()
            .then(|| indicatif::ProgressBar::new(0));
        Self {
            bar,
            said: Cell::new(Instant::now()),
        }
    }

    /// Shows how far a run is, and its failures so far, such as `12 failed`.
    pub(crate) fn show(&self, done: u64, total: u64, so_far: &str) {
        let so_far = match so_far {
            "" => String::new(),
            words => format!(", {words}"),
        };
        if let Some(bar) = &self.bar {
            style(bar, COUNTED);
            bar.set_length(total);
            bar.set_position(done);
            // Nothing is known of the time before the first case is done.
            let left = match done {
                0 => String::new(),
                _ => format!(", {} s left", bar.eta().as_secs()),
            };
            bar.set_message(format!("{so_far}{left}"));
        } else if self.is_due() {
            let of = report::count(total, "case", "cases");
            say(&format!("{} of {of}{so_far}", report::grouped(done)));
        }
    }

    /// Shows how far something is that takes so long; where that is unknown, only what is said.
    pub(crate) fn tell(
        &self,
        elapsed: Duration,
        whole: Option<Duration>,
        message: impl FnOnce() -> String,
    ) {
        if let Some(bar) = &self.bar {
            match whole {
                Some(whole) => {
                    style(bar, TIMED);
                    let left = whole.saturating_sub(elapsed).as_secs();
                    bar.set_length(milliseconds(whole));
                    bar.set_position(milliseconds(elapsed.min(whole)));
                    bar.set_message(format!("{left} s left, {}", message()));
                }
                None => {
                    style(bar, SAID);
                    bar.set_message(message());
                }
            }
        } else if self.is_due() {
            say(&message());
        }
    }

    fn is_due(&self) -> bool {
        let is_due = self.said.get().elapsed() >= BETWEEN_LINES;
        if is_due {
            self.said.set(Instant::now());
        }
        is_due
    }

    /// Takes it away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn style(bar: &indicatif::ProgressBar, template: &str) {
    if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Color, wants_colour};

    #[test]
    fn colours_are_as_the_argument_and_the_variables_say() {
        let wants = |color, is_terminal, variables: &[(&str, &str)]| {
            wants_colour(color, is_terminal, &|name| {
                let mut all = variables.iter();
                let found = all.find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            })
        };
        assert!(wants(Color::Auto, true, &[]));
        assert!(!wants(Color::Auto, false, &[]));
        assert!(wants(Color::Always, false, &[("NO_COLOR", "1")]));
        assert!(!wants(Color::Never, true, &[("FORCE_COLOR", "1")]));
        for (variables, on_a_terminal, elsewhere) in [
            (&[("NO_COLOR", "1")][..], false, false),
            (&[("NO_COLOR", "")], true, false),
            (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], false, false),
            (&[("CLICOLOR_FORCE", "1")], true, true),
            (&[("CLICOLOR_FORCE", "0")], true, false),
            (&[("FORCE_COLOR", "3")], true, true),
            (&[("FORCE_COLOR", "0")], false, false),
            (&[("CLICOLOR", "0")], false, false),
            (&[("TERM", "dumb")], false, false),
        ] {
            let is = [true, false].map(|is_terminal| wants(Color::Auto, is_terminal, variables));
            assert_eq!(is, [on_a_terminal, elsewhere], "{variables:?}");
        }
    }
}
