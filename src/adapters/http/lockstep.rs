//! One request over HTTP, one answer, and the time between.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use reqwest::header::CONTENT_TYPE;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::adapters::connection::{Patience, TICK, in_millis};
use crate::adapters::http::client::{Client, Connection, Loss, expect_plain_200};
use crate::adapters::http::http_adapter::{HttpTarget, greet};
use crate::adapters::lockstep::{FIRST_ID, RoundTrip, heard};
use crate::adapters::{AdapterError, Limits, LockstepError};
use crate::implementations::WebAddress;
use crate::protocol::{Hello, MAX_LINE, RequestLine};

/// A server that is asked one thing at a time, over one connection.
#[derive(Debug)]
pub struct HttpLockstep<'a> {
    address: WebAddress,
    limits: Limits,
    interrupt: &'a AtomicBool,
    runtime: Runtime,
    client: Client,
    hello: Hello,
    next_id: u64,
}

impl<'a> HttpLockstep<'a> {
    /// Greets a server over a connection of its own.
    pub fn start(
        target: &HttpTarget,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        let address = target.address.of_protocol();
        address.check(target.reach)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let client = Client::new(target.reach, limits.start_up)?;
        let hello = runtime.block_on(greet(&client, &address, limits, interrupt))?;
        Ok(Self {
            address,
            limits,
            interrupt,
            runtime,
            client,
            hello,
            next_id: FIRST_ID,
        })
    }

    /// What it says of itself.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Asks, and waits for the answer.
    pub fn round_trip(&mut self, request: &RequestLine) -> Result<RoundTrip, LockstepError> {
        let id = self.next_id;
        self.next_id += 1;
        let mut body = Vec::new();
        request.write(id, &mut body);
        body.pop();
        let client = self.client.over(Connection::Kept);
        let request = client
            .post(self.address.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .build()
            .map_err(|error| lost(&Loss::of(&error)))?;
        let mut patience = Patience::new(self.limits.answer);
        let start = Instant::now();
        let (line, elapsed) = self.runtime.block_on(async {
            let answer = answer(client, request);
            tokio::pin!(answer);
            loop {
                if let Ok(line) = timeout(TICK, &mut answer).await {
                    let elapsed = start.elapsed();
                    return line.map(|line| (line, elapsed)).map_err(|loss| lost(&loss));
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
        })?;
        heard(line.trim_ascii(), id, elapsed)
    }
}

async fn answer(client: &reqwest::Client, request: reqwest::Request) -> Result<Vec<u8>, Loss> {
    let response = client.execute(request).await;
    let response = response.map_err(|error| Loss::of(&error))?;
    let mut response = expect_plain_200(response).await?;
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| Loss::of(&error))? {
        body.extend_from_slice(&piece);
        if body.len() > MAX_LINE {
            let what = format!("its answer is longer than {MAX_LINE} bytes");
            return Err(Loss::Unusable(what));
        }
    }
    Ok(body)
}

fn lost(loss: &Loss) -> LockstepError {
    LockstepError::Lost(loss.to_string())
}
