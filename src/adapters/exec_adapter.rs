//! An implementation that is a command: one process for each request.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crate::adapters::connection::in_millis;
use crate::adapters::per_call::{Ending, run};
use crate::adapters::process_group::in_words;
use crate::adapters::transport::{Adapter, Lifetime, Lockstep, Transport};
use crate::adapters::{
    AdapterCommand, AdapterError, Exchange, Limits, LockstepError, ShutdownReport, Ticket,
};
use crate::implementations::{Call as _, ExecCall, ExecRequest, Native, Output};
use crate::protocol::{Hello, Reply};
use crate::results::Failure;
use crate::signature::Request;
use crate::suite::{Suite, Vector};

/// A described command.
#[derive(Clone, Debug)]
pub struct ExecTarget {
    /// What is started.
    pub native: Native<ExecCall>,
    /// Where it is started.
    pub directory: PathBuf,
}

/// A command that is started for each request.
#[derive(Debug)]
pub(super) struct ExecAdapter<'a> {
    target: &'a ExecTarget,
    limits: Limits,
    interrupt: &'a AtomicBool,
    hello: Hello,
}

/// What became of a request.
enum Told {
    Reply(Reply),
    Failure(Failure),
    Inapplicable(String),
}

impl<'a> ExecAdapter<'a> {
    /// Nothing is started yet.
    pub(super) fn start(target: &'a ExecTarget, limits: Limits, interrupt: &'a AtomicBool) -> Self {
        Self {
            hello: target.native.hello(),
            target,
            limits,
            interrupt,
        }
    }

    fn ask(&self, request: &Request) -> Result<Told, AdapterError> {
        let Some(call) = self.target.native.call_of(request.op, &request.suite) else {
            let why = "the description does not cover this operation".to_owned();
            return Ok(Told::Inapplicable(why));
        };
        let started = match call.render(request) {
            Ok(started) => started,
            Err(why) => return Ok(Told::Inapplicable(why.to_string())),
        };
        let command = self.command(&started);
        let ended = match run(&command, &started.stdin, &self.limits, self.interrupt) {
            Ok(ended) => ended,
            Err(AdapterError::NotStarted { source, .. })
                if source.kind() == std::io::ErrorKind::ArgumentListTooLong =>
            {
                let why = "the description cannot carry it: it is too long for an argument";
                return Ok(Told::Inapplicable(why.to_owned()));
            }
            Err(error) => return Err(error),
        };
        let status = match ended.ending {
            Ending::ByItself(status) => status,
            Ending::TimedOut => {
                return Ok(Told::Failure(Failure::TimedOut(in_millis(
                    self.limits.answer,
                ))));
            }
            Ending::TooMuch => {
                let why = "it wrote more than a mebibyte".to_owned();
                return Ok(Told::Failure(Failure::NoAnswer(why)));
            }
        };
        let Some(code) = status.code().and_then(|code| u16::try_from(code).ok()) else {
            let how = in_words(status) + &ended.stderr;
            return Ok(Told::Failure(Failure::Crashed(how)));
        };
        let output = Output {
            status: code,
            headers: &[],
            body: &ended.output,
        };
        Ok(match call.answer().outcome(request.op, &output) {
            Ok(outcome) => Told::Reply(Reply::Outcome(outcome)),
            Err(why) => Told::Failure(Failure::NoAnswer(why + &ended.stderr)),
        })
    }

    fn command(&self, request: &ExecRequest) -> AdapterCommand {
        let mut words = request.words.iter().cloned().map(OsString::from_vec);
        let program = words.next().unwrap_or_default();
        let command = AdapterCommand::new(program, words).in_directory(&self.target.directory);
        let variables = request.env.iter().cloned();
        variables.fold(command, |command, (name, value)| {
            command.with_variable(name, OsString::from_vec(value))
        })
    }
}

fn tell(exchange: &mut dyn Exchange, ticket: Ticket, told: Told) {
    match told {
        Told::Reply(reply) => exchange.answered(ticket, reply),
        Told::Failure(failure) => exchange.failed(ticket, failure),
        Told::Inapplicable(reason) => exchange.inapplicable(ticket, reason),
    }
}

impl Transport for ExecTarget {
    fn connect<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Adapter + 'a>, AdapterError> {
        Ok(Box::new(ExecAdapter::start(self, limits, interrupt)))
    }

    fn lockstep<'a>(
        &'a self,
        _limits: Limits,
        _interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Lockstep + 'a>, LockstepError> {
        Err(LockstepError::PerRequest)
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::PerRequest
    }

    fn unpassed(&self, suite: &Suite, vector: &Vector) -> Option<String> {
        self.native.unpassed(suite, vector)
    }
}

impl Adapter for ExecAdapter<'_> {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn drive(&mut self, exchange: &mut dyn Exchange) -> Result<(), AdapterError> {
        while let Some(ticket) = exchange.next() {
            let told = self.ask(exchange.request(ticket).request())?;
            tell(exchange, ticket, told);
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> ShutdownReport {
        ShutdownReport::default()
    }
}
