//! Requests out, answers in, over one connection, until there is nothing more to say or something
//! is wrong.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;

use crate::adapters::connection::{
    Connection, Deadline, TICK, Turn, described, in_millis, printed_unasked,
};
use crate::adapters::in_flight::Addressee;
use crate::adapters::line_buffer::{TooLong, where_to_print};
use crate::adapters::{AdapterError, Exchange, Limits, Notes, Ticket};
use crate::protocol::{Answer, AnswerError};
use crate::results::Failure;

/// How much may wait in our memory for the process to read it, in bytes.
const BACKLOG: usize = 256 << 10;

/// What a conversation needs.
pub(super) struct Conversation<'c> {
    pub(super) connection: &'c mut Connection,
    pub(super) limits: &'c Limits,
    /// How many requests may be in flight.
    pub(super) window: usize,
    pub(super) interrupt: &'c AtomicBool,
    pub(super) notes: &'c mut Notes,
    /// How many answers came, so far.
    pub(super) answers: u64,
}

/// From where the requests come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    /// The first.
    pub(super) first: Option<Ticket>,
    /// Whether it is the only one; else the exchange has the others.
    pub(super) only: bool,
}

/// How a conversation came to its end.
#[derive(Debug)]
pub(super) enum End {
    /// Everything is answered.
    Done,
    /// Everything that was asked is answered, and the process has ended.
    Left,
    /// Something is wrong, and no request can be blamed for it.
    Broken(Breach),
}

/// What is wrong.
#[derive(Debug)]
pub(super) enum Breach {
    /// The process, or its stdout, has ended.
    Ended,
    /// Nothing came in time.
    Silent,
    /// It said something that has no place in the protocol.
    Protocol(String),
}

impl Conversation<'_> {
    /// Holds it.
    pub(super) fn hold(
        &mut self,
        exchange: &mut dyn Exchange,
        mut source: Source,
    ) -> Result<End, AdapterError> {
        let mut patience = Deadline::new(self.limits.answer);
        loop {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(AdapterError::Interrupted);
            }
            let was_idle = self.is_idle();
            self.send(exchange, &mut source);
            if self.is_idle() {
                return Ok(End::Done);
            }
            if was_idle {
                patience.restart();
            }
            let turn = self.connection.turn(TICK)?;
            let answers = self.answers;
            if let Some(breach) = self.hear(exchange) {
                return Ok(End::Broken(breach));
            }
            if self.answers > answers {
                patience.restart();
            }
            match (turn, self.is_idle()) {
                (Turn::Ended, true) => return Ok(End::Left),
                (Turn::Ended, false) => return Ok(End::Broken(Breach::Ended)),
                (_, false) if patience.is_over() => return Ok(End::Broken(Breach::Silent)),
                _ => {}
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.connection.in_flight.waiting() == 0
    }

    /// Hands over requests, as many as may be in flight.
    fn send(&mut self, exchange: &mut dyn Exchange, source: &mut Source) {
        while self.connection.in_flight.has_room(self.window)
            && self.connection.outgoing.waiting() < BACKLOG
        {
            let next = match source.first.take() {
                None if !source.only => exchange.next(),
                first => first,
            };
            let Some(ticket) = next else { return };
            let id = self.connection.in_flight.send(ticket);
            exchange
                .request(ticket)
                .write(id, self.connection.outgoing.end());
        }
    }

    /// Takes every line that has come.
    fn hear(&mut self, exchange: &mut dyn Exchange) -> Option<Breach> {
        let Connection {
            lines, in_flight, ..
        } = &mut *self.connection;
        while let Some(line) = lines.next_line() {
            let said = match line {
                Ok(line) => Line::of(line, |id| in_flight.settle(id)),
                Err(TooLong) => Line::Nonsense(described(line)),
            };
            match said {
                Line::Answer(ticket, answer) => {
                    self.answers += 1;
                    exchange.answered(ticket, answer.reply);
                }
                Line::Malformed(ticket, why) => exchange.failed(ticket, Failure::Protocol(why)),
                Line::Again(ticket) => {
                    let why = "it answered this request twice".to_owned();
                    exchange.revoked(ticket, Failure::Protocol(why));
                }
                // With nothing in flight it harms nobody, as long as we know where it ends.
                Line::Nonsense(_) if in_flight.waiting() == 0 && line.is_ok() => {
                    self.notes.add(printed_unasked(line));
                }
                Line::Nonsense(what) => {
                    let stray = line.map_or("", where_to_print);
                    return Some(Breach::Protocol(format!("{what}{stray}")));
                }
            }
        }
        None
    }
}

/// What a line says.
pub(super) enum Line {
    /// The answer to a request.
    Answer(Ticket, Answer),
    /// Something that names its request, and is no answer.
    Malformed(Ticket, String),
    /// An answer to a request that has had one.
    Again(Ticket),
    /// Nothing that belongs to a request.
    Nonsense(String),
}

impl Line {
    /// Reads a line; `settle` tells whose answer an id is.
    pub(super) fn of(line: &[u8], settle: impl FnOnce(u64) -> Addressee) -> Self {
        let parsed = Answer::parse(line);
        let id = match &parsed {
            Ok(answer) => Some(answer.id),
            Err(AnswerError::Malformed(_)) => id_of(line),
            Err(error) => error.id(),
        };
        let addressee = id.map_or(Addressee::Unknown, settle);
        match (addressee, parsed) {
            (Addressee::Waiting(ticket), Ok(answer)) => Self::Answer(ticket, answer),
            (Addressee::Waiting(ticket), Err(error)) => Self::Malformed(
                ticket,
                format!("{error}; it answered {}", described(Ok(line))),
            ),
            (Addressee::Settled(ticket), _) => Self::Again(ticket),
            (Addressee::Unknown, Err(error)) => {
                Self::Nonsense(format!("{error}; it wrote {}", described(Ok(line))))
            }
            (Addressee::Unknown, Ok(answer)) => Self::Nonsense(format!(
                "it answered a request that was not sent, with the id {}: {}",
                answer.id,
                described(Ok(line))
            )),
        }
    }
}

/// The one id of an object whose other members are not as they should be.
fn id_of(line: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Addressed {
        id: u64,
    }
    serde_json::from_slice::<Addressed>(line)
        .ok()
        .map(|addressed| addressed.id)
}

impl Breach {
    /// Ends the connection; what went wrong comes back in words.
    pub(super) fn end(self, connection: Connection, limits: &Limits) -> Failure {
        match self {
            Self::Ended => Failure::Crashed(connection.exit_reason()),
            Self::Silent => {
                connection.kill();
                Failure::TimedOut(in_millis(limits.answer))
            }
            Self::Protocol(what) => {
                connection.kill();
                Failure::Protocol(what)
            }
        }
    }
}
