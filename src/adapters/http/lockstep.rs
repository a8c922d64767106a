//! One request over HTTP, one answer, and the time between.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::adapters::connection::{Deadline, TICK, in_millis};
use crate::adapters::http::client::{
    Client, Connection, Request as Sent, Response, TransportError, check_plain, expect_plain_200,
};
use crate::adapters::http::described::{as_described, in_protocol};
use crate::adapters::http::head::Head;
use crate::adapters::http::round_trip::{Reading, cookies};
use crate::adapters::http::target::{HttpTarget, WebTarget};
use crate::adapters::http::transport::HttpTransport;
use crate::adapters::lockstep::{FIRST_ID, heard, in_nanos};
use crate::adapters::transport::{Lockstep, Operation, RoundTrip};
use crate::adapters::{AdapterError, Limits, LockstepError};
use crate::implementations::{Native, WebAddress, WebCall};
use crate::protocol::{Hello, MAX_LINE, Reply, Tally};
use crate::signature::{Outcome, Request};

/// A server that is asked one thing at a time, over one connection. Where it closes that, the time
/// that the next one takes to be opened is not counted.
#[derive(Debug)]
pub(super) struct HttpRequestResponse<'a> {
    address: WebAddress,
    transport: HttpTransport<'a>,
    hello: Hello,
    next_id: u64,
}

/// A server that is asked one thing at a time, over one connection, as its description says.
#[derive(Debug)]
pub(super) struct WebRequestResponse<'a> {
    native: &'a Native<WebCall>,
    transport: HttpTransport<'a>,
    hello: Hello,
}

impl<'a> HttpRequestResponse<'a> {
    /// Greets a server over a connection of its own.
    pub(super) fn start(
        target: &HttpTarget,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        let (transport, address, hello) = HttpTransport::to_protocol(target, limits, interrupt)?;
        Ok(Self {
            address,
            transport,
            hello,
            next_id: FIRST_ID,
        })
    }
}

impl Lockstep for HttpRequestResponse<'_> {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn is_amplified(&self) -> bool {
        true
    }

    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, LockstepError> {
        let request = operation.line(repeat);
        let id = self.next_id;
        self.next_id += 1;
        let mut body = Vec::new();
        request.write(id, &mut body);
        body.pop();
        let request = in_protocol(&self.address, body, false);
        let answered = answer(&self.transport.client, request);
        let ((line, connecting), elapsed) = self.transport.timed(answered)?;
        let elapsed = elapsed.saturating_sub(connecting);
        heard(line.trim_ascii(), id, elapsed)
    }

    fn close(self: Box<Self>) {}
}

impl<'a> WebRequestResponse<'a> {
    /// Makes ready to ask; nothing is sent yet.
    pub(super) fn start(
        target: &'a WebTarget,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        Ok(Self {
            native: &target.native,
            transport: HttpTransport::to_described(target, limits, interrupt)?,
            hello: target.native.hello(),
        })
    }

    /// Asks, and waits for the answer. What opens the session is not counted.
    fn round_trip(&mut self, request: &Request) -> Result<RoundTrip, LockstepError> {
        let no_answer = LockstepError::Lost;
        let prepared = as_described(self.native, request).map_err(no_answer)?;
        let Reading::Described { op, rules } = prepared.reading else {
            return Err(no_answer(
                "the description does not cover this operation".to_owned(),
            ));
        };
        let client = &self.transport.client;
        let mut request = prepared.request;
        if let Some(session) = prepared.session {
            let opened = async {
                let response = client.execute(session, Connection::Kept).await?;
                let cookies = cookies(&response)?;
                body_of(response).await.map(|_| cookies)
            };
            if let (Some(cookies), _) = self.transport.timed(opened)? {
                request.add_cookies(cookies);
            }
        }
        let answered = async {
            let response = client.execute(request, Connection::Kept).await?;
            check_plain(&response)?;
            let (head, connecting) = (Head::of(&response), response.connecting());
            Ok((head, body_of(response).await?, connecting))
        };
        let ((head, body, connecting), elapsed) = self.transport.timed(answered)?;
        let elapsed = elapsed.saturating_sub(connecting);
        let outcome = rules.outcome(op, &head.output(&body)).map_err(no_answer)?;
        let accepted = u64::from(outcome == Outcome::Accept);
        Ok(RoundTrip {
            nanoseconds: in_nanos(elapsed),
            tally: Tally::Verified {
                reply: Reply::Outcome(outcome),
                accepted: Some(accepted),
            },
        })
    }
}

impl Lockstep for WebRequestResponse<'_> {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn is_amplified(&self) -> bool {
        false
    }

    /// Sends the requests one after the other.
    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, LockstepError> {
        let Operation::Verify(request) = operation else {
            let why = "the description has no compare";
            return Err(LockstepError::Lost(why.to_owned()));
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

impl HttpTransport<'_> {
    /// Waits for what comes, and says how long it took.
    fn timed<T>(
        &self,
        coming: impl Future<Output = Result<T, TransportError>>,
    ) -> Result<(T, Duration), LockstepError> {
        // Answers that come at once leave no time to look.
        if self.interrupt.load(Ordering::Relaxed) {
            return Err(AdapterError::Interrupted.into());
        }
        let mut patience = Deadline::new(self.limits.answer);
        let start = Instant::now();
        self.runtime.block_on(async {
            tokio::pin!(coming);
            loop {
                if let Ok(come) = timeout(TICK, &mut coming).await {
                    let elapsed = start.elapsed();
                    return match come {
                        Ok(come) => Ok((come, elapsed)),
                        Err(loss) => Err(lost(&loss)),
                    };
                }
                if self.interrupt.load(Ordering::Relaxed) {
                    return Err(AdapterError::Interrupted.into());
                }
                if patience.is_over() {
                    return Err(LockstepError::Silent {
                        waited_ms: in_millis(self.limits.answer),
                        also: String::new(),
                    });
                }
            }
        })
    }
}

/// The answer, and how much of the time until then a connection was being opened.
async fn answer(client: &Client, request: Sent) -> Result<(Vec<u8>, Duration), TransportError> {
    let response = client.execute(request, Connection::Kept).await?;
    let connecting = response.connecting();
    let body = body_of(expect_plain_200(response).await?).await?;
    Ok((body, connecting))
}

async fn body_of(mut response: Response) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        body.extend_from_slice(&piece);
        if body.len() > MAX_LINE {
            let what = format!("its answer is longer than {MAX_LINE} bytes");
            return Err(TransportError::Unusable(what));
        }
    }
    Ok(body)
}

fn lost(loss: &TransportError) -> LockstepError {
    LockstepError::Lost(loss.to_string())
}
