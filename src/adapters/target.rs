//! Where an implementation is, and whoever is there to answer for it.

use std::sync::atomic::AtomicBool;

use crate::adapters::{
    AdapterCommand, AdapterError, Exchange, HttpAdapter, HttpTarget, Limits, Parting, Subprocess,
};
use crate::protocol::Hello;

/// Where an implementation is to be reached.
#[derive(Clone, Debug)]
pub enum Target {
    /// A command that speaks the protocol over its standard input and output.
    Command(AdapterCommand),
    /// A server that speaks the protocol over HTTP.
    Http(HttpTarget),
}

impl Target {
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
}

impl Adapter<'_> {
    /// What it says of itself.
    pub fn hello(&self) -> &Hello {
        match self {
            Self::Subprocess(process) => process.hello(),
            Self::Http(server) => server.hello(),
        }
    }

    /// Sends what the exchange has, until it has nothing more and everything is answered.
    pub fn drive<E: Exchange>(&mut self, exchange: &mut E) -> Result<(), AdapterError> {
        match self {
            Self::Subprocess(process) => process.drive(exchange),
            Self::Http(server) => server.drive(exchange),
        }
    }

    /// Says goodbye and ends it.
    pub fn finish(self) -> Parting {
        match self {
            Self::Subprocess(process) => process.finish(),
            Self::Http(server) => server.finish(),
        }
    }
}
