//! A process that is started, fed, heard out, and has ended.

use std::os::fd::AsFd;
use std::process::{ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio, read, retry_on_intr};

use crate::adapters::connection::{Patience, TICK};
use crate::adapters::line_buffer::Read;
use crate::adapters::outgoing::Outgoing;
use crate::adapters::process_group::{Pipes, ProcessGroup};
use crate::adapters::stderr_tail::StderrTail;
use crate::adapters::{AdapterCommand, AdapterError, Limits};

/// The longest output that is read, in bytes.
const MAX_OUTPUT: usize = 1 << 20;

/// How much is read at once, in bytes.
const CHUNK: usize = 16 << 10;

/// How long the end of one that has closed its stdout is waited for, before its stderr is read
/// again: it may have more to say there than a pipe holds.
const PAUSE: Duration = Duration::from_millis(10);

/// What came of a process.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) ending: Ending,
    /// What it wrote to stdout.
    pub(super) output: Vec<u8>,
    /// The last of its stderr, as the end of a sentence.
    pub(super) stderr: String,
}

/// How it came to its end.
#[derive(Debug)]
pub(super) enum Ending {
    ByItself(ExitStatus),
    /// We ended it: it took too long.
    TimedOut,
    /// We ended it: it wrote too much.
    TooMuch,
}

struct Shot {
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    outgoing: Outgoing,
    output: Vec<u8>,
    tail: StderrTail,
}

/// Runs a command to its end.
pub(super) fn run(
    command: &AdapterCommand,
    input: &[u8],
    limits: &Limits,
    interrupt: &AtomicBool,
) -> Result<Ended, AdapterError> {
    let (mut group, pipes) = ProcessGroup::start(command, limits.grace)?;
    let mut shot = Shot::over(pipes, input)?;
    let mut patience = Patience::new(limits.answer);
    let ending = loop {
        if interrupt.load(Ordering::Relaxed) {
            return Err(AdapterError::Interrupted);
        }
        let is_quiet = !shot.turn()?;
        if shot.output.len() > MAX_OUTPUT {
            break Ending::TooMuch;
        }
        // Who has closed its stdout is about to end; a child of its own may hold the pipes for ever.
        if (shot.stdout.is_none() && group.await_end(PAUSE)) || (is_quiet && group.has_ended()) {
            shot.drain()?;
            break group.end().map_or(Ending::TimedOut, Ending::ByItself);
        }
        if patience.is_over() {
            break Ending::TimedOut;
        }
    };
    drop(group);
    Ok(Ended {
        ending,
        stderr: shot.tail.as_clause(),
        output: shot.output,
    })
}

impl Shot {
    fn over(pipes: Pipes, input: &[u8]) -> Result<Self, AdapterError> {
        let Pipes {
            stdin,
            stdout,
            stderr,
        } = pipes;
        for pipe in [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()] {
            ioctl_fionbio(pipe, true)?;
        }
        let mut outgoing = Outgoing::default();
        outgoing.end().extend_from_slice(input);
        Ok(Self {
            stdin: Some(stdin),
            stdout: Some(stdout),
            stderr: Some(stderr),
            outgoing,
            output: Vec::new(),
            tail: StderrTail::default(),
        })
    }

    /// Writes what it takes, waits a while, and reads what it gives; whether there was anything.
    fn turn(&mut self) -> Result<bool, AdapterError> {
        if let Some(stdin) = &self.stdin {
            match self.outgoing.write(stdin) {
                Err(Errno::PIPE) => self.stdin = None,
                result => result?,
            }
        }
        if self.outgoing.waiting() == 0 {
            self.stdin = None;
        }
        let Some(stdout) = &self.stdout else {
            self.read()?;
            return Ok(false);
        };
        let mut polled = vec![PollFd::new(stdout, PollFlags::IN)];
        if let Some(stderr) = &self.stderr {
            polled.push(PollFd::new(stderr, PollFlags::IN));
        }
        if let Some(stdin) = &self.stdin {
            polled.push(PollFd::new(stdin, PollFlags::OUT));
        }
        let timeout = Timespec::try_from(TICK).ok();
        match poll(&mut polled, timeout.as_ref()) {
            Ok(0) => return Ok(false),
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        self.read()?;
        Ok(true)
    }

    fn read(&mut self) -> Result<(), AdapterError> {
        if let Some(stderr) = &self.stderr
            && self.tail.read(stderr)? == Read::End
        {
            self.stderr = None;
        }
        if let Some(stdout) = &self.stdout {
            self.output.reserve(CHUNK);
            let got = retry_on_intr(|| read(stdout, spare_capacity(&mut self.output)));
            if Read::of(got)? == Read::End {
                self.stdout = None;
            }
        }
        Ok(())
    }

    /// Reads what is left in the pipes of a process that has ended.
    fn drain(&mut self) -> Result<(), AdapterError> {
        for _ in 0..64 {
            let before = self.output.len();
            self.read()?;
            let is_done = self.stdout.is_none() && self.stderr.is_none();
            if is_done || (self.output.len() == before && self.stdout.is_some()) {
                break;
            }
        }
        Ok(())
    }
}
