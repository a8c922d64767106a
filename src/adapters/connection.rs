//! One adapter process and its pipes, none of which ever blocks us.

use std::os::fd::{AsFd, BorrowedFd};
use std::process::{ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio};

use crate::adapters::in_flight::InFlight;
use crate::adapters::line_buffer::{LineBuffer, Read, TooLong, where_to_print};
use crate::adapters::outgoing::Outgoing;
use crate::adapters::process_group::{Pipes, ProcessGroup, in_words};
use crate::adapters::stderr_tail::{StderrTail, shown};
use crate::adapters::{AdapterCommand, AdapterError, Limits, Notes};
use crate::protocol::{Hello, MAX_LINE};

/// The longest wait for the process in one go: then the interrupt flag is looked at again, and
/// whether the process still lives.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// How large we make the pipes, where the system lets us.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 1 << 20;

/// A process that is there to answer.
#[derive(Debug)]
pub(super) struct Connection {
    group: ProcessGroup,
    /// Until it, or we, have closed it.
    stdin: Option<ChildStdin>,
    /// Until it has closed it.
    stdout: Option<ChildStdout>,
    /// Until it has closed it.
    stderr: Option<ChildStderr>,
    pub(super) outgoing: Outgoing,
    pub(super) lines: LineBuffer,
    tail: StderrTail,
    pub(super) in_flight: InFlight,
}

/// What a turn brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Lines, perhaps.
    Heard,
    /// Nothing.
    Quiet,
    /// Nothing will ever come again.
    Ended,
}

impl Connection {
    /// Starts a process and greets it.
    pub(super) fn open(
        command: &AdapterCommand,
        limits: &Limits,
        interrupt: &AtomicBool,
    ) -> Result<(Self, Hello), AdapterError> {
        let (group, pipes) = ProcessGroup::start(command, limits.grace)?;
        let mut connection = Self::over(group, pipes)?;
        Hello::write_greeting(connection.outgoing.end());
        let mut patience = Deadline::new(limits.start_up);
        loop {
            if interrupt.load(Ordering::Relaxed) {
                return Err(AdapterError::Interrupted);
            }
            let turn = connection.turn(TICK)?;
            match connection.lines.next_line() {
                Some(Ok(line)) => {
                    let (stray, line, hello) =
                        (where_to_print(line), shown(line), Hello::parse(line));
                    return match hello {
                        Ok(hello) => Ok((connection, hello)),
                        Err(source) => Err(AdapterError::BadHello {
                            line,
                            source,
                            also: format!("{stray}{}", connection.kill()),
                        }),
                    };
                }
                Some(Err(TooLong)) => {
                    return Err(AdapterError::EndlessHello {
                        also: connection.kill(),
                    });
                }
                None if turn == Turn::Ended => {
                    return Err(AdapterError::EndedBeforeHello {
                        reason: connection.exit_reason(),
                        no_shell: command.words_for_a_shell(),
                    });
                }
                None if patience.is_over() => {
                    return Err(AdapterError::NoHello {
                        waited_ms: in_millis(limits.start_up),
                        also: connection.kill(),
                    });
                }
                None => {}
            }
        }
    }

    fn over(group: ProcessGroup, pipes: Pipes) -> Result<Self, AdapterError> {
        let Pipes {
            stdin,
            stdout,
            stderr,
        } = pipes;
        for pipe in [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()] {
            ioctl_fionbio(pipe, true)?;
        }
        for pipe in [stdin.as_fd(), stdout.as_fd()] {
            enlarge(pipe);
        }
        Ok(Self {
            group,
            stdin: Some(stdin),
            stdout: Some(stdout),
            stderr: Some(stderr),
            outgoing: Outgoing::default(),
            lines: LineBuffer::new(),
            tail: StderrTail::default(),
            in_flight: InFlight::new(),
        })
    }

    /// Writes what it takes, waits for it no longer than `patience`, and reads what it gives. All
    /// lines have been taken out before.
    pub(super) fn turn(&mut self, patience: Duration) -> Result<Turn, AdapterError> {
        self.write()?;
        let Some(stdout) = &self.stdout else {
            return Ok(Turn::Ended);
        };
        let mut polled = Vec::with_capacity(3);
        polled.push(PollFd::new(stdout, PollFlags::IN));
        if let Some(stderr) = &self.stderr {
            polled.push(PollFd::new(stderr, PollFlags::IN));
        }
        if let Some(stdin) = self.stdin.as_ref().filter(|_| self.outgoing.waiting() > 0) {
            polled.push(PollFd::new(stdin, PollFlags::OUT));
        }
        let timeout = Timespec::try_from(patience).ok();
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let has_output = !polled[0].revents().is_empty();
        if self.stderr.is_some() && !polled[1].revents().is_empty() {
            self.read_stderr()?;
        }
        if has_output {
            return self.read_stdout();
        }
        // A child of its own may hold the pipe open for ever: nothing waits for that one.
        if self.group.has_ended() {
            return Ok(match self.read_stdout()? {
                Turn::Heard => Turn::Heard,
                Turn::Quiet | Turn::Ended => Turn::Ended,
            });
        }
        Ok(Turn::Quiet)
    }

    fn write(&mut self) -> Result<(), AdapterError> {
        match &self.stdin {
            Some(stdin) => match self.outgoing.write(stdin) {
                // It reads no more; perhaps it still has something to say.
                Err(Errno::PIPE) => self.stdin = None,
                result => result?,
            },
            None => self.outgoing.clear(),
        }
        Ok(())
    }

    fn read_stdout(&mut self) -> Result<Turn, AdapterError> {
        let Some(stdout) = &self.stdout else {
            return Ok(Turn::Ended);
        };
        Ok(match self.lines.read(stdout)? {
            Read::Some => Turn::Heard,
            Read::Nothing => Turn::Quiet,
            Read::End => {
                self.stdout = None;
                Turn::Ended
            }
        })
    }

    fn read_stderr(&mut self) -> Result<Read, AdapterError> {
        let Some(stderr) = &self.stderr else {
            return Ok(Read::End);
        };
        let read = self.tail.read(stderr)?;
        if read == Read::End {
            self.stderr = None;
        }
        Ok(read)
    }

    /// Says goodbye, hears the process out, and ends what is left of it. What was not as it should
    /// be is noted. It takes no longer than `grace`, and no longer at all once it is interrupted.
    pub(super) fn shut_down(
        mut self,
        grace: Duration,
        interrupt: &AtomicBool,
        notes: &mut Notes,
    ) -> Result<(), AdapterError> {
        self.outgoing.end().extend_from_slice(b"{\"op\":\"bye\"}\n");
        let deadline = Instant::now() + grace;
        let is_over = || Instant::now() >= deadline || interrupt.load(Ordering::Relaxed);
        loop {
            let turn = self.turn(TICK.min(grace))?;
            while let Some(line) = self.lines.next_line() {
                notes.add(printed_unasked(line));
            }
            if self.outgoing.waiting() == 0 {
                self.stdin = None;
            }
            if turn == Turn::Ended || is_over() {
                break;
            }
        }
        if !self.lines.rest().is_empty() {
            notes.add(printed_unasked(Ok(self.lines.rest())));
        }
        let ended = self.hear_out(is_over);
        let status = self.group.end();
        if interrupt.load(Ordering::Relaxed) && !ended {
            return Ok(());
        }
        if !ended {
            let waited = in_millis(grace);
            let end = self.end_in_words(status, "was ended");
            notes.add(format!(
                "the adapter was still running {waited} ms after the bye, and {end}"
            ));
        } else if let Some(status) = status
            && !status.success()
        {
            self.drain_stderr();
            notes.add(format!(
                "the adapter ended with {} after the bye{}",
                in_words(status),
                self.tail.as_clause()
            ));
        }
        Ok(())
    }

    /// That it came to its end as it was to, or that it could not be ended.
    fn end_in_words(&self, status: Option<ExitStatus>, ended: &str) -> String {
        match status {
            Some(_) => ended.to_owned(),
            None => format!("could not be ended (process {})", self.group.pid()),
        }
    }

    /// Reads what it writes to stderr until it has ended, so that it does not wait for that; whether
    /// it has ended before the wait was over.
    fn hear_out(&mut self, is_over: impl Fn() -> bool) -> bool {
        const PAUSE: Duration = Duration::from_millis(10);
        loop {
            self.drain_stderr();
            if self.group.await_end(PAUSE) {
                return true;
            }
            if is_over() {
                return false;
            }
        }
    }

    /// Ends a process that still runs; the last of its stderr comes back.
    pub(super) fn kill(mut self) -> String {
        // What is left is told of at the end of the program.
        let _left = self.group.end();
        self.drain_stderr();
        self.tail.as_clause()
    }

    /// Ends what is left of a process that has fallen silent, and says how it came to its end.
    pub(super) fn exit_reason(mut self) -> String {
        self.stdin = None;
        let deadline = Instant::now() + TICK;
        let by_itself = self.hear_out(|| Instant::now() >= deadline);
        let ending = match self.group.end() {
            Some(status) if by_itself => in_words(status),
            status => {
                let end = self.end_in_words(status, "kept running");
                format!("it closed its stdout and {end}")
            }
        };
        self.drain_stderr();
        let begun = match self.lines.rest() {
            [] => String::new(),
            rest => format!("; the line {} was not finished", shown(rest)),
        };
        format!("{ending}{begun}{}", self.tail.as_clause())
    }

    /// Reads what is left in the pipe, which a child of the process may still be filling.
    fn drain_stderr(&mut self) {
        for _ in 0..64 {
            if !matches!(self.read_stderr(), Ok(Read::Some)) {
                return;
            }
        }
    }
}

/// How long nothing has come. Only turns count: while we ourselves are stopped, the process may be
/// stopped as well.
#[derive(Debug)]
pub(super) struct Deadline {
    limit: Duration,
    waited: Duration,
    looked: Instant,
}

impl Deadline {
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            limit,
            waited: Duration::ZERO,
            looked: Instant::now(),
        }
    }

    /// Something has come.
    pub(super) fn restart(&mut self) {
        self.waited = Duration::ZERO;
        self.looked = Instant::now();
    }

    /// Looks at the clock; asked once a turn.
    pub(super) fn is_over(&mut self) -> bool {
        let now = Instant::now();
        self.waited += now.duration_since(self.looked).min(2 * TICK);
        self.looked = now;
        self.waited > self.limit
    }
}

/// Output for which nobody asked, in words.
pub(super) fn printed_unasked(line: Result<&[u8], TooLong>) -> String {
    format!("the adapter wrote {} without a request", described(line))
}

/// A line in quotation marks, or that it is too long for that.
pub(super) fn described(line: Result<&[u8], TooLong>) -> String {
    match line {
        Ok(line) => shown(line),
        Err(TooLong) => format!("a line longer than {MAX_LINE} bytes"),
    }
}

pub(super) fn in_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(target_os = "linux")]
fn enlarge(pipe: BorrowedFd<'_>) {
    // Where it may not be, the smaller pipe does as well.
    let _kept = rustix::pipe::fcntl_setpipe_size(pipe, PIPE_BYTES);
}

#[cfg(not(target_os = "linux"))]
fn enlarge(_pipe: BorrowedFd<'_>) {}
