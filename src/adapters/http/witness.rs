//! Whether a server lived on after a request that it did not take.
//!
//! A server whose limit for the head of a request is passed answers and closes, and its answer may
//! be lost with the connection: so may that of a server which has crashed. An ordinary request
//! tells the two apart, if it is answered before and after over one connection that was open all
//! the time: a process that ends takes its connections along. Where the server closes every
//! connection after its answer, no more can be shown than that it answers at once.

use std::time::Duration;

use hyper::Version;
use hyper::header::{CONNECTION, HeaderValue};
use tokio::time::timeout;

use crate::adapters::http::client::{Client, Connection, Request};
use crate::adapters::http::connector::{Connector, OurEnd};
use crate::adapters::http::head::Head;
use crate::implementations::AnswerRules;
use crate::signature::Op;

/// How long a head is that every server takes, in bytes.
pub(super) const SURELY_TAKEN: usize = 8 << 10;

/// The longest body that is read, in bytes.
const LONGEST_BODY: usize = 1 << 20;

/// A request that was answered.
#[derive(Debug)]
pub(super) struct Ordinary<'a> {
    pub(super) request: Request,
    pub(super) op: Op,
    pub(super) rules: &'a AnswerRules,
}

/// A connection of its own over which an ordinary request was answered.
#[derive(Debug)]
pub(super) struct Witness {
    client: Client,
    /// Our end of the connection.
    local: OurEnd,
    /// Whether the server kept it open.
    is_kept: bool,
}

/// How large a request is, in bytes, as far as it varies.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    head: usize,
    body: usize,
}

impl Size {
    pub(super) fn of(request: &Request) -> Self {
        let headers = request.headers.iter();
        let headers: usize = headers
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        Self {
            head: request.url.as_str().len() + headers,
            body: request.body.len(),
        }
    }

    /// Whether the head is so long that many servers do not take it.
    pub(super) fn has_long_head(self) -> bool {
        self.head > SURELY_TAKEN
    }

    /// Whether it explains that a server answers with this status: 431 is about nothing else.
    pub(super) fn explains(self, status: u16) -> bool {
        match status {
            431 => true,
            414 => self.has_long_head(),
            413 => self.has_long_head() || self.body > SURELY_TAKEN,
            _ => false,
        }
    }
}

/// From which end a request was answered, and whether the connection stays open.
struct Answered {
    local: OurEnd,
    is_kept: bool,
}

impl Witness {
    /// Opens a connection and asks over it.
    pub(super) async fn open(
        ordinary: &Ordinary<'_>,
        connector: &Connector,
        patience: Duration,
    ) -> Option<Self> {
        let client = Client::new(&connector.with_patience(patience));
        let answered = timeout(patience, ordinary.answered(&client)).await;
        answered.ok().flatten().map(|answered| Self {
            client,
            local: answered.local,
            is_kept: answered.is_kept,
        })
    }

    /// Whether the same is answered again, over the same connection. With `another_suffices`, where the server
    /// keeps none open, over another one.
    pub(super) async fn is_answered(
        &self,
        ordinary: &Ordinary<'_>,
        patience: Duration,
        another_suffices: bool,
    ) -> bool {
        let answered = timeout(patience, ordinary.answered(&self.client)).await;
        let is_any = another_suffices && !self.is_kept;
        let answered = answered.ok().flatten();
        answered.is_some_and(|answered| is_any || answered.local == self.local)
    }
}

impl Ordinary<'_> {
    /// Asks, and says from which end it was answered, if it was.
    async fn answered(&self, client: &Client) -> Option<Answered> {
        let sent = client.execute(self.request.clone(), Connection::Kept);
        let mut response = sent.await.ok()?;
        let local = response.our_end()?;
        let closes = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"close");
        let is_kept = response.version() >= Version::HTTP_11
            && !response.headers().get(CONNECTION).is_some_and(closes);
        let head = Head::of(&response);
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.ok()? {
            body.extend_from_slice(&piece);
            if body.len() > LONGEST_BODY {
                return None;
            }
        }
        self.rules.outcome(self.op, &head.output(&body)).ok()?;
        Some(Answered { local, is_kept })
    }
}
