//! One request, one answer, and the time between: what timing is measured with.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::adapters::connection::{Connection, Deadline, TICK, Turn, in_millis};
use crate::adapters::line_buffer::TooLong;
use crate::adapters::stderr_tail::shown;
use crate::adapters::{AdapterCommand, AdapterError, Limits, Notes};
use crate::protocol::{AnswerError, Hello, RequestLine, Tally, TallyAnswer};

/// The first id: all have the same number of digits, so that requests are equally long.
pub(super) const FIRST_ID: u64 = 1_000_000_000;

/// A process that is asked one thing at a time.
#[derive(Debug)]
pub struct RequestResponse<'a> {
    /// Until it has failed us.
    connection: Option<Connection>,
    hello: Hello,
    limits: Limits,
    interrupt: &'a AtomicBool,
    next_id: u64,
}

/// An answer, and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundTrip {
    /// From before the request was written until its answer had been read, in nanoseconds.
    pub nanoseconds: u64,
    /// What was answered.
    pub tally: Tally,
}

/// Why there is no answer. Every message reads on from "cannot use the adapter: ".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockstepError {
    /// It ended, or failed us otherwise.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
    /// It is no longer there.
    #[error("it exited: {0}")]
    Ended(String),
    /// There is no connection to it, or what came over it is no answer.
    #[error("{0}")]
    Lost(String),
    /// It did not answer in time.
    #[error("it did not answer within {waited_ms} ms{also}")]
    Silent {
        /// How long it was waited for.
        waited_ms: u64,
        /// What it wrote to stderr meanwhile.
        also: String,
    },
    /// What it wrote is no answer.
    #[error("it wrote {line}: {source}")]
    NoAnswer {
        /// The line.
        line: String,
        /// What is wrong with it.
        source: AnswerError,
    },
    /// What it wrote is longer than any line may be.
    #[error("it wrote a line that does not end")]
    Endless,
    /// It answered another request, or answered twice.
    #[error("it wrote {0} without a request")]
    Unasked(String),
}

impl<'a> RequestResponse<'a> {
    /// Starts the command and asks what it is.
    pub fn start(
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

    /// What it says of itself.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Asks, and waits for the answer. After an error it is of no more use.
    pub fn round_trip(&mut self, request: &RequestLine) -> Result<RoundTrip, LockstepError> {
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

    /// Says goodbye and ends it.
    pub fn finish(mut self) {
        if let Some(connection) = self.connection.take() {
            // How it parts is judged by `run`, not here.
            let _unheard =
                connection.shut_down(self.limits.grace, self.interrupt, &mut Notes::default());
        }
    }

    fn take_autopsy(&mut self) -> String {
        self.connection
            .take()
            .map(Connection::exit_reason)
            .unwrap_or_default()
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
