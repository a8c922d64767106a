//! A process that is started, fed, heard out, and has ended.

use std::os::fd::AsFd;
use std::process::{ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio, read, retry_on_intr};

use crate::adapters::connection::{Deadline, TICK};
use crate::adapters::line_buffer::Read;
use crate::adapters::outgoing::Outgoing;
use crate::adapters::process_group::{Pipes, ProcessGroup};
use crate::adapters::stderr_tail::StderrTail;
use crate::adapters::{AdapterCommand, AdapterError, Limits};

/// The longest output that is read, in bytes.
const MAX_OUTPUT: usize = 1 << 20;

/// How much is read at once, in bytes.
const CHUNK: usize = 16 << 10;

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

struct ChildCall {
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
    let mut shot = ChildCall::over(pipes, input)?;
    let mut patience = Deadline::new(limits.answer);
    let ending = loop {
        if interrupt.load(Ordering::Relaxed) {
            return Err(AdapterError::Interrupted);
        }
        if shot.is_deaf() {
            group.await_end(TICK);
        } else {
            shot.turn()?;
        }
        if shot.output.len() > MAX_OUTPUT {
            break Ending::TooMuch;
        }
        // A child of its own may hold the pipes for ever, or write into them.
        if group.has_ended() {
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

impl ChildCall {
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

    /// Whether all its pipes are closed: then there is only its end to wait for.
    fn is_deaf(&self) -> bool {
        self.stdin.is_none() && self.stdout.is_none() && self.stderr.is_none()
    }

    /// Writes what it takes, waits a while, and reads what it gives. A process that has closed
    /// one pipe may go on with the others.
    fn turn(&mut self) -> Result<(), AdapterError> {
        if let Some(stdin) = &self.stdin {
            match self.outgoing.write(stdin) {
                Err(Errno::PIPE) => self.stdin = None,
                result => result?,
            }
        }
        if self.outgoing.waiting() == 0 {
            self.stdin = None;
        }
        let reading = [
            self.stdout.as_ref().map(AsFd::as_fd),
            self.stderr.as_ref().map(AsFd::as_fd),
        ];
        let mut polled: Vec<PollFd<'_>> = reading
            .iter()
            .flatten()
            .map(|pipe| PollFd::new(pipe, PollFlags::IN))
            .collect();
        if let Some(stdin) = &self.stdin {
            polled.push(PollFd::new(stdin, PollFlags::OUT));
        }
        if polled.is_empty() {
            return Ok(());
        }
        let timeout = Timespec::try_from(TICK).ok();
        match poll(&mut polled, timeout.as_ref()) {
            Ok(0) => return Ok(()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        self.read()?;
        Ok(())
    }

    /// Reads once from each pipe; whether there was anything.
    fn read(&mut self) -> Result<bool, AdapterError> {
        let mut came = false;
        if let Some(stderr) = &self.stderr {
            let read = self.tail.read(stderr)?;
            came |= read != Read::Nothing;
            if read == Read::End {
                self.stderr = None;
            }
        }
        if let Some(stdout) = &self.stdout {
            self.output.reserve(CHUNK);
            let got = retry_on_intr(|| read(stdout, spare_capacity(&mut self.output)));
            let read = Read::of(got)?;
            came |= read != Read::Nothing;
            if read == Read::End {
                self.stdout = None;
            }
        }
        Ok(came)
    }

    /// Reads what a process that has ended left in the pipes: more than a pipe can hold comes from
    /// somebody else.
    fn drain(&mut self) -> Result<(), AdapterError> {
        for _ in 0..MAX_OUTPUT / CHUNK {
            if self.is_deaf() || !self.read()? {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    use super::{Ended, Ending, run};
    use crate::adapters::{AdapterCommand, Limits};

    fn shell(script: &str) -> Ended {
        let limits = Limits {
            answer: Duration::from_secs(20),
            grace: Duration::from_millis(100),
            ..Limits::default()
        };
        let command = AdapterCommand::new("sh", ["-c", script]);
        run(&command, b"input", &limits, &AtomicBool::new(false)).unwrap()
    }

    fn code(ended: &Ended) -> Option<i32> {
        match ended.ending {
            Ending::ByItself(status) => status.code(),
            Ending::TimedOut | Ending::TooMuch => None,
        }
    }

    #[test]
    fn closing_one_pipe_leaves_the_others_open() {
        let much = "dd if=/dev/zero bs=1000 count=1000 2>&- | tr '\\0' 'x'";
        let ended = shell(&format!("echo yes; exec 1>&-; ({much}) >&2; exit 3"));
        assert_eq!(
            (code(&ended), ended.output.as_slice()),
            (Some(3), &b"yes\n"[..])
        );
        assert!(ended.stderr.contains("xxx"), "{}", ended.stderr);
        let ended = shell(&format!("exec 2>&-; {much}; exit 4"));
        assert_eq!((code(&ended), ended.output.len()), (Some(4), 1_000_000));
        let ended = shell("exec 0<&- 1>&- 2>&-; sleep 0.3; exit 5");
        assert_eq!(code(&ended), Some(5));
    }

    #[test]
    fn a_lingering_child_blocks_nothing() {
        for child in ["sleep 1000", "while :; do echo more >&2; done"] {
            let ended = shell(&format!("{child} & echo yes; exit 6"));
            assert_eq!(
                (code(&ended), ended.output.as_slice()),
                (Some(6), &b"yes\n"[..])
            );
        }
    }
}
