//! An implementation without a process or a socket, for tests of what asks one.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::adapters::{
    Adapter, AdapterError, Exchange, Lifetime, Limits, Lockstep, LockstepError, ShutdownReport,
    Transport,
};
use crate::protocol::{Hello, Reply};
use crate::results::Failure;
use crate::signature::Request;

/// How a mock treats a request.
#[derive(Clone, Debug)]
pub(crate) enum Treatment {
    /// It is answered.
    Reply(Reply),
    /// It has no valid answer.
    Failure(Failure),
}

type Answer = dyn Fn(&Request) -> Treatment + Send + Sync;

/// A transport to a function. Requests are answered in pairs, the later one first, as a protocol
/// without an order allows.
pub(crate) struct MockTransport {
    hello: Hello,
    answer: Box<Answer>,
}

impl MockTransport {
    pub(crate) fn new(
        hello: Hello,
        answer: impl Fn(&Request) -> Treatment + Send + Sync + 'static,
    ) -> Self {
        Self {
            hello,
            answer: Box::new(answer),
        }
    }
}

impl std::fmt::Debug for MockTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockTransport").finish_non_exhaustive()
    }
}

impl Transport for MockTransport {
    fn connect<'a>(
        &'a self,
        _limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Adapter + 'a>, AdapterError> {
        Ok(Box::new(MockAdapter {
            transport: self,
            interrupt,
        }))
    }

    fn lockstep<'a>(
        &'a self,
        _limits: Limits,
        _interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Lockstep + 'a>, LockstepError> {
        Err(LockstepError::PerRequest)
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::Adapter
    }
}

#[derive(Debug)]
struct MockAdapter<'a> {
    transport: &'a MockTransport,
    interrupt: &'a AtomicBool,
}

impl Adapter for MockAdapter<'_> {
    fn hello(&self) -> &Hello {
        &self.transport.hello
    }

    fn drive(&mut self, exchange: &mut dyn Exchange) -> Result<(), AdapterError> {
        loop {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(AdapterError::Interrupted);
            }
            let pair = [exchange.next(), exchange.next()];
            if pair == [None; 2] {
                return Ok(());
            }
            for ticket in pair.into_iter().rev().flatten() {
                match (self.transport.answer)(exchange.request(ticket).request()) {
                    Treatment::Reply(reply) => exchange.answered(ticket, reply),
                    Treatment::Failure(failure) => exchange.failed(ticket, failure),
                }
            }
        }
    }

    fn finish(self: Box<Self>) -> ShutdownReport {
        ShutdownReport::default()
    }
}
