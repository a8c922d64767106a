//! Where an implementation is, and whoever is there to answer for it.

use std::sync::atomic::AtomicBool;

use crate::adapters::{
    AdapterCommand, AdapterError, Exchange, ExecAdapter, ExecTarget, HttpAdapter, HttpTarget,
    Limits, ShutdownReport, Subprocess, WebTarget,
};
use crate::protocol::Hello;
use crate::signature::Secret;
use crate::suite::{Suite, Vector};

/// Where an implementation is to be reached.
#[derive(Clone, Debug)]
pub enum Target {
    /// A command that speaks the protocol over its standard input and output.
    Command(AdapterCommand),
    /// A server that speaks the protocol over HTTP.
    Http(HttpTarget),
    /// A command that is started for each request.
    Exec(Box<ExecTarget>),
    /// A server that is called through its own API.
    Web(Box<WebTarget>),
}

impl Target {
    /// Whether a user name or a password stands in the address.
    pub fn has_credentials(&self) -> bool {
        match self {
            Self::Http(target) => target.address.has_credentials(),
            Self::Command(_) | Self::Exec(_) | Self::Web(_) => false,
        }
    }

    /// The name and the password that stand in an address: what a server says may repeat them.
    pub fn credentials(&self) -> Vec<Secret> {
        match self {
            Self::Http(target) => target.address.credentials(),
            Self::Command(_) | Self::Exec(_) | Self::Web(_) => Vec::new(),
        }
    }

    /// What the answer to a vector hangs on and no description passes on.
    pub fn unpassed(&self, suite: &Suite, vector: &Vector) -> Option<String> {
        match self {
            Self::Command(_) | Self::Http(_) => None,
            Self::Exec(target) => target.native.unpassed(suite, vector),
            Self::Web(target) => target.native.unpassed(suite, vector),
        }
    }

    /// Reaches it, and asks what it is. Whoever sets `interrupt` is heard within 100 ms.
    pub fn start<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Adapter<'a>, AdapterError> {
        match self {
            Self::Command(command) => {
                Subprocess::start(command, limits, interrupt).map(Adapter::Subprocess)
            }
            Self::Http(target) => HttpAdapter::start(target, limits, interrupt).map(Adapter::Http),
            Self::Exec(target) => Ok(Adapter::Exec(ExecAdapter::start(target, limits, interrupt))),
            Self::Web(target) => {
                HttpAdapter::described(target, limits, interrupt).map(Adapter::Http)
            }
        }
    }
}

/// An implementation that was reached.
#[derive(Debug)]
pub enum Adapter<'a> {
    /// A process of its own.
    Subprocess(Subprocess<'a>),
    /// A server.
    Http(HttpAdapter<'a>),
    /// A command that is started for each request.
    Exec(ExecAdapter<'a>),
}

impl Adapter<'_> {
    /// What it says of itself.
    pub fn hello(&self) -> &Hello {
        match self {
            Self::Subprocess(process) => process.hello(),
            Self::Http(server) => server.hello(),
            Self::Exec(command) => command.hello(),
        }
    }

    /// Sends what the exchange has, until it has nothing more and everything is answered.
    pub fn drive<E: Exchange>(&mut self, exchange: &mut E) -> Result<(), AdapterError> {
        match self {
            Self::Subprocess(process) => process.drive(exchange),
            Self::Http(server) => server.drive(exchange),
            Self::Exec(command) => command.drive(exchange),
        }
    }

    /// Says goodbye and ends it.
    pub fn finish(self) -> ShutdownReport {
        match self {
            Self::Subprocess(process) => process.finish(),
            Self::Http(server) => server.finish(),
            Self::Exec(command) => command.finish(),
        }
    }
}
