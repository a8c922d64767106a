//! What is printed and written. The rest of the program returns text; here it reaches a person.
//!
//! A write that fails ends no command: what was found is still told wherever it can be. It is said,
//! and [`exit`] lets it count. That a reader has gone away, as `head` does, is no failure.

use std::cell::Cell;
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::Path;
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
    print(&report::harmless(text));
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
    let mut line = report::harmless(text);
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
