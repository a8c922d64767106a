//! The way to an implementation: one question, one answer, and the time between.

use std::sync::atomic::AtomicBool;

use crate::adapters::{
    AdapterCommand, AdapterError, HttpLockstep, HttpTarget, Limits, Lockstep, LockstepError,
    RoundTrip, WebLockstep, WebTarget,
};
use crate::protocol::{Hello, RequestLine, Tally};
use crate::signature::Request;

/// What is measured.
#[derive(Clone, Debug)]
pub enum Operation<'a> {
    /// Verifying a token.
    Verify(Request),
    /// Comparing two texts.
    Compare(&'a str, &'a str),
}

/// A way that is open.
pub trait Channel {
    /// What the implementation says of itself.
    fn hello(&self) -> &Hello;

    /// Whether many calls take one request, so that what each takes adds up while the way is
    /// gone once.
    fn is_amplified(&self) -> bool;

    /// Asks, and waits for the answer. All that can be made ready is, before the clock starts.
    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, ChannelError>;

    /// Says goodbye.
    fn close(self: Box<Self>);
}

/// Where an implementation is.
pub trait Reach {
    /// Opens a way to a fresh process of it, where it can be had.
    fn open(&self) -> Result<Box<dyn Channel + '_>, ChannelError>;
}

/// Why there is no way.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// Whoever waits for us does so no longer.
    #[error("interrupted")]
    Interrupted,
    /// It does not answer as it should. Reads on from "the adapter does not work: ".
    #[error("{0}")]
    Broken(String),
}

/// An implementation that is a command of its own.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// What starts it.
    pub command: &'a AdapterCommand,
    /// How long to wait for it.
    pub limits: Limits,
    /// Whoever sets it is heard within 100 ms.
    pub interrupt: &'a AtomicBool,
}

/// An implementation that is a server. What is fresh is the connection, not the process.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// Where it listens.
    pub target: &'a HttpTarget,
    /// How long to wait for it.
    pub limits: Limits,
    /// Whoever sets it is heard within 100 ms.
    pub interrupt: &'a AtomicBool,
}

/// An implementation that is a server, and is asked as its description says.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// How it is asked.
    pub target: &'a WebTarget,
    /// How long to wait for it.
    pub limits: Limits,
    /// Whoever sets it is heard within 100 ms.
    pub interrupt: &'a AtomicBool,
}

impl Reach for Command<'_> {
    fn open(&self) -> Result<Box<dyn Channel + '_>, ChannelError> {
        let lockstep = Lockstep::start(self.command, self.limits, self.interrupt)?;
        Ok(Box::new(lockstep))
    }
}

impl Reach for Server<'_> {
    fn open(&self) -> Result<Box<dyn Channel + '_>, ChannelError> {
        let lockstep = HttpLockstep::start(self.target, self.limits, self.interrupt)?;
        Ok(Box::new(lockstep))
    }
}

impl Reach for Site<'_> {
    fn open(&self) -> Result<Box<dyn Channel + '_>, ChannelError> {
        let lockstep = WebLockstep::start(self.target, self.limits, self.interrupt)?;
        Ok(Box::new(lockstep))
    }
}

impl Channel for Lockstep<'_> {
    fn hello(&self) -> &Hello {
        Lockstep::hello(self)
    }

    fn is_amplified(&self) -> bool {
        true
    }

    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, ChannelError> {
        Ok(self.round_trip(&line_of(operation, repeat))?)
    }

    fn close(self: Box<Self>) {
        self.finish();
    }
}

impl Channel for HttpLockstep<'_> {
    fn hello(&self) -> &Hello {
        HttpLockstep::hello(self)
    }

    fn is_amplified(&self) -> bool {
        true
    }

    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, ChannelError> {
        Ok(self.round_trip(&line_of(operation, repeat))?)
    }

    fn close(self: Box<Self>) {}
}

impl Channel for WebLockstep<'_> {
    fn hello(&self) -> &Hello {
        WebLockstep::hello(self)
    }

    fn is_amplified(&self) -> bool {
        false
    }

    /// One request after the other.
    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, ChannelError> {
        let Operation::Verify(request) = operation else {
            let why = "the description does not say how to compare";
            return Err(ChannelError::Broken(why.to_owned()));
        };
        let mut whole = self.round_trip(request)?;
        for _ in 1..repeat {
            let one = self.round_trip(request)?;
            whole.nanoseconds += one.nanoseconds;
            match (&mut whole.tally, one.tally) {
                (
                    Tally::Verified { accepted, .. },
                    Tally::Verified {
                        accepted: Some(more),
                        ..
                    },
                ) => *accepted = accepted.map(|accepted| accepted + more),
                (whole, one) => *whole = one,
            }
        }
        Ok(whole)
    }

    fn close(self: Box<Self>) {}
}

fn line_of(operation: &Operation<'_>, repeat: u32) -> RequestLine {
    match operation {
        Operation::Verify(request) => RequestLine::repeated(request, repeat),
        Operation::Compare(left, right) => RequestLine::compare(left, right, repeat),
    }
}

impl From<AdapterError> for ChannelError {
    fn from(error: AdapterError) -> Self {
        match error {
            AdapterError::Interrupted => Self::Interrupted,
            error => Self::Broken(error.to_string()),
        }
    }
}

impl From<LockstepError> for ChannelError {
    fn from(error: LockstepError) -> Self {
        match error {
            LockstepError::Adapter(error) => error.into(),
            error => Self::Broken(error.to_string()),
        }
    }
}
