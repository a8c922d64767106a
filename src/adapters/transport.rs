//! How an implementation is reached, and what answers there.

use std::fmt::Debug;
use std::sync::atomic::AtomicBool;

use crate::adapters::{AdapterError, Exchange, Limits, LockstepError, ShutdownReport};
use crate::protocol::{Hello, RequestLine, Tally};
use crate::signature::{Request, Secret};
use crate::suite::{Suite, Vector};

/// How an implementation is reached.
pub trait Transport: Debug + Send + Sync {
    /// Reaches the implementation and reads its hello. Once `interrupt` is set, this and whatever
    /// the adapter does returns within 100 ms.
    ///
    /// # Errors
    ///
    /// If the implementation cannot be started or reached, or its hello is not valid.
    fn connect<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Adapter + 'a>, AdapterError>;

    /// Reaches the implementation to measure it: a fresh process, or a fresh connection where the
    /// process is not ours.
    ///
    /// # Errors
    ///
    /// If it cannot be reached, or starts a process for each request ([`Lifetime::PerRequest`]).
    fn lockstep<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Lockstep + 'a>, LockstepError>;

    /// How long a process of the implementation lives.
    fn lifetime(&self) -> Lifetime;

    /// The name of the program that is started, without its folder; `None` if none is.
    fn program_name(&self) -> Option<String> {
        None
    }

    /// The name and the password in its address: what a server says may repeat them.
    fn credentials(&self) -> Vec<Secret> {
        Vec::new()
    }

    /// What the answer to a vector depends on and the description does not pass on.
    fn unpassed(&self, _suite: &Suite, _vector: &Vector) -> Option<String> {
        None
    }
}

/// How long a process of an implementation lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// As long as the adapter: we start and end it.
    Adapter,
    /// For one request.
    PerRequest,
    /// As its owner likes: it is a server.
    Server,
}

/// An implementation that was reached.
pub trait Adapter: Debug + Send {
    /// What it says of itself.
    fn hello(&self) -> &Hello;

    /// Sends what the exchange has, until it has nothing more and everything is answered.
    ///
    /// # Errors
    ///
    /// If the implementation no longer works, or the run was interrupted.
    fn drive(&mut self, exchange: &mut dyn Exchange) -> Result<(), AdapterError>;

    /// Says goodbye and ends it.
    fn finish(self: Box<Self>) -> ShutdownReport;
}

/// The operation that is measured.
#[derive(Clone, Debug)]
pub enum Operation<'a> {
    /// Verifying a token.
    Verify(Request),
    /// Comparing two texts.
    Compare(&'a str, &'a str),
}

impl Operation<'_> {
    /// The line of a request for so many calls.
    pub(super) fn line(&self, repeat: u32) -> RequestLine {
        match self {
            Self::Verify(request) => RequestLine::repeated(request, repeat),
            Self::Compare(left, right) => RequestLine::compare(left, right, repeat),
        }
    }
}

/// An implementation that is asked one thing at a time, to measure how long it takes.
pub trait Lockstep {
    /// What it says of itself.
    fn hello(&self) -> &Hello;

    /// Whether a request can carry many calls, so that their times add up while the round trip is
    /// paid once.
    fn is_amplified(&self) -> bool;

    /// Sends a request and waits for the answer. Everything is prepared before the clock starts.
    /// `repeat` is the number of calls.
    ///
    /// # Errors
    ///
    /// If there is no valid answer in time; it is of no more use then.
    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, LockstepError>;

    /// Ends it in an orderly way.
    fn close(self: Box<Self>);
}

/// An answer, and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundTrip {
    /// From before the request was written until its answer had been read, in nanoseconds.
    pub nanoseconds: u64,
    /// What was answered.
    pub tally: Tally,
}
