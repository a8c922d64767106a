//! Whether a server lived on after a request that it did not take.
//!
//! A server whose limit for the head of a request is passed answers and closes, and its answer may
//! be lost with the connection: so may that of a server which has crashed. An ordinary request
//! tells the two apart, if it is answered before and after over one connection that was open all
//! the time: a process that ends takes its connections along.

use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::Request;
use tokio::time::timeout;

use crate::adapters::AdapterError;
use crate::adapters::http::client::{Client, Connection};
use crate::adapters::http::flight::Head;
use crate::implementations::{AnswerRules, Reach};
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
    local: SocketAddr,
}

/// How long the head of a request is, in bytes, as far as it varies.
pub(super) fn head_length(request: &Request) -> usize {
    let headers = request.headers().iter();
    let headers: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    request.url().as_str().len() + headers
}

impl Witness {
    /// Opens a connection and asks over it.
    pub(super) async fn open(
        ordinary: &Ordinary<'_>,
        reach: Reach,
        patience: Duration,
    ) -> Result<Option<Self>, AdapterError> {
        let client = Client::new(reach, patience)?;
        let answered = timeout(patience, ordinary.answered(&client)).await;
        Ok(answered.ok().flatten().map(|local| Self { client, local }))
    }

    /// Whether the same is answered again, over the same connection.
    pub(super) async fn is_answered(&self, ordinary: &Ordinary<'_>, patience: Duration) -> bool {
        let answered = timeout(patience, ordinary.answered(&self.client)).await;
        answered.ok().flatten() == Some(self.local)
    }
}

impl Ordinary<'_> {
    /// Asks, and says from which end it was answered, if it was.
    async fn answered(&self, client: &Client) -> Option<SocketAddr> {
        let client = client.over(Connection::Kept);
        let mut response = client.execute(self.request.try_clone()?).await.ok()?;
        let local = response.extensions().get::<HttpInfo>()?.local_addr();
        let head = Head::of(&response);
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.ok()? {
            body.extend_from_slice(&piece);
            if body.len() > LONGEST_BODY {
                return None;
            }
        }
        self.rules.outcome(self.op, &head.output(&body)).ok()?;
        Some(local)
    }
}
