//! An adapter as a subprocess: requests in, answers out, and nobody else pays for a crash.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::adapters::connection::Connection;
use crate::adapters::conversation::{Conversation, End, Source};
use crate::adapters::in_flight::MAX_IN_FLIGHT;
use crate::adapters::lockstep::RequestResponse;
use crate::adapters::transport::{Adapter, Lifetime, Lockstep, Transport};
use crate::adapters::{
    AdapterCommand, AdapterError, Exchange, Limits, LockstepError, Notes, ShutdownReport, Ticket,
};
use crate::protocol::{Hello, HelloChanges};
use crate::results::{Failure, RestartKind, Restarts};

/// How many starts in a row may come to nothing before an adapter is given up.
const MAX_FAILED_STARTS: u32 = 20;

/// A running adapter. Dropping it ends its process and what that has started.
///
/// When a process crashes, hangs, or breaks the protocol in a way that cannot be laid at one
/// request's door, it is ended, and what was in flight runs again in a fresh one, one at a time. A
/// request is blamed only for what a process does that has never seen another.
#[derive(Debug)]
pub(super) struct Subprocess<'a> {
    command: &'a AdapterCommand,
    limits: Limits,
    interrupt: &'a AtomicBool,
    hello: Hello,
    /// How many requests the present process takes.
    window: usize,
    connection: Option<Connection>,
    starts: u64,
    /// Starts since the last answer, and what came of the last.
    failed_starts: u32,
    latest: Option<Failure>,
    /// How the process ended that ended unasked, until another has to take its place.
    left: Option<String>,
    hello_changes: HelloChanges,
    unanswered: Restarts,
    notes: Notes,
}

/// What a process that had to be ended left behind.
#[derive(Debug)]
struct Crash {
    in_flight: Vec<Ticket>,
    /// How many requests it had seen in its life.
    seen: u64,
    failure: Failure,
}

impl<'a> Subprocess<'a> {
    /// Starts an adapter and greets it. It ends within 100 ms of `interrupt`.
    pub(super) fn start(
        command: &'a AdapterCommand,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        let (connection, hello) = Connection::open(command, &limits, interrupt)?;
        Ok(Self {
            command,
            limits,
            interrupt,
            window: hello.max_in_flight(),
            hello,
            connection: Some(connection),
            starts: 1,
            failed_starts: 1,
            latest: None,
            left: None,
            hello_changes: HelloChanges::default(),
            unanswered: Restarts::default(),
            notes: Notes::default(),
        })
    }

    /// Runs what was in flight again, one at a time, until each has a verdict of its own.
    fn find_culprits(
        &mut self,
        exchange: &mut dyn Exchange,
        remains: Crash,
    ) -> Result<(), AdapterError> {
        if let ([suspect], 1) = (remains.in_flight.as_slice(), remains.seen) {
            exchange.failed(*suspect, remains.failure);
            return Ok(());
        }
        let suspects = remains.in_flight.clone();
        let failure = remains.failure.clone();
        let mut ended = vec![remains];
        let mut culprits = HashSet::new();
        let mut search = || -> Result<(), AdapterError> {
            for &suspect in &suspects {
                if self.is_culprit(exchange, suspect, &mut ended)? {
                    culprits.insert(suspect);
                }
            }
            Ok(())
        };
        let searched = search();
        // Of what was not looked into to its end nobody can say whose fault it is.
        if !matches!(searched, Err(AdapterError::Interrupted)) {
            let is_answered = |one: &Crash| one.in_flight.iter().any(|t| culprits.contains(t));
            for one in ended.iter().filter(|one| !is_answered(one)) {
                self.unanswered.add_failure(&one.failure);
            }
        }
        searched?;
        if culprits.is_empty() {
            exchange.broke_down(&failure);
            self.notes.add(format!(
                "{failure}, with {} in flight; it did not recur when they ran one at a time",
                suspects.len(),
            ));
        }
        Ok(())
    }

    /// Runs one request alone, and in a fresh process before it is blamed. What the processes that
    /// had to be ended left behind is added to `ended`.
    fn is_culprit(
        &mut self,
        exchange: &mut dyn Exchange,
        suspect: Ticket,
        ended: &mut Vec<Crash>,
    ) -> Result<bool, AdapterError> {
        while let Some(remains) = self.converse(exchange, suspect, true)? {
            let is_over = remains.in_flight.is_empty();
            let is_culprit = !is_over && remains.seen == 1;
            if is_culprit {
                exchange.failed(suspect, remains.failure.clone());
            }
            ended.push(remains);
            if is_over || is_culprit {
                return Ok(is_culprit);
            }
        }
        Ok(false)
    }

    /// Asks until everything is answered, or the process had to be ended.
    fn converse(
        &mut self,
        exchange: &mut dyn Exchange,
        first: Ticket,
        only: bool,
    ) -> Result<Option<Crash>, AdapterError> {
        let mut connection = self.connected()?;
        let mut conversation = Conversation {
            connection: &mut connection,
            limits: &self.limits,
            window: self.window.min(MAX_IN_FLIGHT),
            interrupt: self.interrupt,
            notes: &mut self.notes,
            answers: 0,
        };
        let source = Source {
            first: Some(first),
            only,
        };
        let end = conversation.hold(exchange, source)?;
        if conversation.answers > 0 {
            self.failed_starts = 0;
        }
        let breach = match end {
            End::Done => {
                self.connection = Some(connection);
                return Ok(None);
            }
            End::Left => {
                let how = format!(
                    "the adapter exited unexpectedly: {}",
                    connection.exit_reason()
                );
                self.notes.add(how.clone());
                self.left = Some(how);
                return Ok(None);
            }
            End::Broken(breach) => breach,
        };
        let in_flight = connection.in_flight.tickets();
        let seen = connection.in_flight.sent();
        let failure = breach.end(connection, &self.limits);
        self.latest = Some(failure.clone());
        Ok(Some(Crash {
            in_flight,
            seen,
            failure,
        }))
    }

    /// The present process, or a fresh one.
    fn connected(&mut self) -> Result<Connection, AdapterError> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        if self.failed_starts >= MAX_FAILED_STARTS {
            return Err(AdapterError::KeepsFailing {
                starts: self.failed_starts,
                last: self
                    .latest
                    .as_ref()
                    .map(Failure::to_string)
                    .unwrap_or_default(),
            });
        }
        let (connection, hello) = Connection::open(self.command, &self.limits, self.interrupt)?;
        self.starts += 1;
        self.failed_starts += 1;
        if let Some(how) = self.left.take() {
            self.unanswered.add(RestartKind::Crash, how);
        }
        self.window = hello.max_in_flight();
        self.hello_changes.join(&self.hello.changes(&hello));
        Ok(connection)
    }
}

impl Transport for AdapterCommand {
    fn connect<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Adapter + 'a>, AdapterError> {
        Ok(Box::new(Subprocess::start(self, limits, interrupt)?))
    }

    fn lockstep<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Lockstep + 'a>, LockstepError> {
        Ok(Box::new(RequestResponse::start(self, limits, interrupt)?))
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::Adapter
    }

    fn program_name(&self) -> Option<String> {
        let name = Path::new(self.program()).file_name()?;
        Some(name.to_string_lossy().into_owned())
    }
}

impl Adapter for Subprocess<'_> {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn drive(&mut self, exchange: &mut dyn Exchange) -> Result<(), AdapterError> {
        while let Some(first) = exchange.next() {
            if let Some(remains) = self.converse(exchange, first, false)? {
                self.find_culprits(exchange, remains)?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> ShutdownReport {
        if let Some(connection) = self.connection.take() {
            let parted = connection.shut_down(self.limits.grace, self.interrupt, &mut self.notes);
            if let Err(error) = parted {
                self.notes.add(error.to_string());
            }
        }
        ShutdownReport {
            restarts: self.starts - 1,
            unanswered: self.unanswered,
            hello_changes: self.hello_changes,
            notes: self.notes.into_lines(),
        }
    }
}
