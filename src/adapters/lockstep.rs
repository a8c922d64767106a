//! One request, one answer, and the time between: what timing is measured with.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::adapters::connection::{Connection, Deadline, TICK, Turn, in_millis};
use crate::adapters::line_buffer::TooLong;
use crate::adapters::stderr_tail::shown;
use crate::adapters::transport::{Lockstep, Operation, RoundTrip};
use crate::adapters::{AdapterCommand, AdapterError, Limits, LockstepError, Notes};
use crate::protocol::{Hello, TallyAnswer};

/// The first id: all have the same number of digits, so that requests are equally long.
pub(super) const FIRST_ID: u64 = 1_000_000_000;

/// A process that is asked one thing at a time.
#[derive(Debug)]
pub(super) struct RequestResponse<'a> {
    /// Until it has failed us.
    connection: Option<Connection>,
    hello: Hello,
    limits: Limits,
    interrupt: &'a AtomicBool,
    next_id: u64,
}

impl<'a> RequestResponse<'a> {
    /// Starts the command and asks what it is.
    pub(super) fn start(
        command: &AdapterCommand,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        let (connection, hello) = Connection::open(command, &limits, interrupt)?;
        Ok(Self {
            connection: Some(connection),
            hello,
            limits,
            interrupt,
            next_id: FIRST_ID,
        })
    }

    fn take_autopsy(&mut self) -> String {
        self.connection
            .take()
            .map(Connection::exit_reason)
            .unwrap_or_default()
    }
}

impl Lockstep for RequestResponse<'_> {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn is_amplified(&self) -> bool {
        true
    }

    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, LockstepError> {
        // Answers that come at once leave no time to look.
        if self.interrupt.load(Ordering::Relaxed) {
            return Err(AdapterError::Interrupted.into());
        }
        let request = operation.line(repeat);
        let id = self.next_id;
        self.next_id += 1;
        let Some(connection) = &mut self.connection else {
            return Err(LockstepError::Ended("it was stopped before".to_owned()));
        };
        request.write(id, connection.outgoing.end());
        let mut patience = Deadline::new(self.limits.answer);
        let start = Instant::now();
        loop {
            let turn = connection.turn(TICK)?;
            if let Some(line) = connection.lines.next_line() {
                let elapsed = start.elapsed();
                let line = line.map_err(|TooLong| LockstepError::Endless)?;
                let round_trip = heard(line, id, elapsed)?;
                if let Some(Ok(line)) = connection.lines.next_line() {
                    return Err(LockstepError::Unasked(shown(line)));
                }
                return Ok(round_trip);
            }
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(AdapterError::Interrupted.into());
            }
            if turn == Turn::Ended {
                return Err(LockstepError::Ended(self.take_autopsy()));
            }
            if patience.is_over() {
                let waited_ms = in_millis(self.limits.answer);
                let also = self.connection.take().map(Connection::kill);
                return Err(LockstepError::Silent {
                    waited_ms,
                    also: also.unwrap_or_default(),
                });
            }
        }
    }

    fn close(mut self: Box<Self>) {
        if let Some(connection) = self.connection.take() {
            // How it parts is judged by `run`, not here.
            let _unheard =
                connection.shut_down(self.limits.grace, self.interrupt, &mut Notes::default());
        }
    }
}

/// The answer in a line, to the request of that id.
pub(super) fn heard(line: &[u8], id: u64, elapsed: Duration) -> Result<RoundTrip, LockstepError> {
    let answer = TallyAnswer::parse(line).map_err(|source| LockstepError::NoAnswer {
        line: shown(line),
        source,
    })?;
    if answer.id != id {
        return Err(LockstepError::Unasked(shown(line)));
    }
    Ok(RoundTrip {
        nanoseconds: in_nanos(elapsed),
        tally: answer.tally,
    })
}

pub(super) fn in_nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
