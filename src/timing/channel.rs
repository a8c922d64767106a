//! The connection to an implementation: one request, one answer, and the time between.

use std::sync::atomic::AtomicBool;

use crate::adapters::{
    AdapterCommand, AdapterError, HttpRequestResponse, HttpTarget, Limits, LockstepError,
    RequestResponse, RoundTrip, WebRequestResponse, WebTarget,
};
use crate::protocol::{Hello, RequestLine, Tally};
use crate::signature::Request;

/// The operation that is measured.
#[derive(Clone, Debug)]
pub enum Operation<'a> {
    /// Verifying a token.
    Verify(Request),
    /// Comparing two texts.
    Compare(&'a str, &'a str),
}

/// An open connection.
pub trait Channel {
    /// The implementation's hello.
    fn hello(&self) -> &Hello;

    /// Whether a request can carry many calls, so that their times add up while the round trip is
    /// paid once.
    fn is_amplified(&self) -> bool;

    /// Sends a request and waits for the answer. Everything is prepared before the clock starts.
    /// `repeat` is the number of calls.
    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, ChannelError>;

    /// Ends the connection in an orderly way.
    fn close(self: Box<Self>);
}

/// How to connect to an implementation.
pub trait Endpoint {
    /// Opens a connection to a fresh process, or a fresh connection where there is no process to
    /// start.
    fn open(&self) -> Result<Box<dyn Channel + '_>, ChannelError>;
}

/// Why a connection failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// The user interrupted the campaign.
    #[error("interrupted")]
    Interrupted,
    /// The implementation does not answer as it should. Continues the phrase "the adapter does not
    /// work: ".
    #[error("{0}")]
    Broken(String),
}

/// An adapter that is started by a command.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// The command that starts the adapter.
    pub command: &'a AdapterCommand,
    /// The time limits.
    pub limits: Limits,
    /// Once set, blocking calls return within 100 ms.
    pub interrupt: &'a AtomicBool,
}

/// A server that speaks the protocol. A fresh channel is a new connection to the same process.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// The server's address.
    pub target: &'a HttpTarget,
    /// The time limits.
    pub limits: Limits,
    /// Once set, blocking calls return within 100 ms.
    pub interrupt: &'a AtomicBool,
}

/// A server that is called as its description in `macproof.yaml` says.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// How the server is called.
    pub target: &'a WebTarget,
    /// The time limits.
    pub limits: Limits,
    /// Once set, blocking calls return within 100 ms.
    pub interrupt: &'a AtomicBool,
}

impl Endpoint for Command<'_> {
    fn open(&self) -> Result<Box<dyn Channel + '_>, ChannelError> {
        let lockstep = RequestResponse::start(self.command, self.limits, self.interrupt)?;
        Ok(Box::new(lockstep))
    }
}

impl Endpoint for Server<'_> {
    fn open(&self) -> Result<Box<dyn Channel + '_>, ChannelError> {
        let lockstep = HttpRequestResponse::start(self.target, self.limits, self.interrupt)?;
        Ok(Box::new(lockstep))
    }
}

impl Endpoint for Site<'_> {
    fn open(&self) -> Result<Box<dyn Channel + '_>, ChannelError> {
        let lockstep = WebRequestResponse::start(self.target, self.limits, self.interrupt)?;
        Ok(Box::new(lockstep))
    }
}

impl Channel for RequestResponse<'_> {
    fn hello(&self) -> &Hello {
        RequestResponse::hello(self)
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

impl Channel for HttpRequestResponse<'_> {
    fn hello(&self) -> &Hello {
        HttpRequestResponse::hello(self)
    }

    fn is_amplified(&self) -> bool {
        true
    }

    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, ChannelError> {
        Ok(self.round_trip(&line_of(operation, repeat))?)
    }

    fn close(self: Box<Self>) {}
}

impl Channel for WebRequestResponse<'_> {
    fn hello(&self) -> &Hello {
        WebRequestResponse::hello(self)
    }

    fn is_amplified(&self) -> bool {
        false
    }

    /// Sends the requests one after the other.
    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, ChannelError> {
        let Operation::Verify(request) = operation else {
            let why = "the description has no compare";
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
