//! The one HTTP client: no redirects, no proxies, no cookies, no machine but this one unless that
//! is allowed.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_ENCODING, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use tokio::sync::oneshot;

use crate::adapters::AdapterError;
use crate::adapters::stderr_tail::shown;
use crate::implementations::Reach;

/// How long the body of an answer that is not wanted is waited for, to be shown.
const EXCERPT_PATIENCE: Duration = Duration::from_millis(200);

/// How an attempt to connect is repeated, and for how long, when it is no matter of the request.
const RECONNECT_EVERY: Duration = Duration::from_millis(50);
const RECONNECT_FOR: Duration = Duration::from_secs(1);

/// A client that keeps connections, and one that opens a fresh one for each request.
#[derive(Clone, Debug)]
pub(super) struct Client {
    kept: reqwest::Client,
    fresh: reqwest::Client,
}

/// Which connection a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// One that is open, or another.
    Kept,
    /// One that has never been used.
    Fresh {
        /// Whether to wait for a server that is not there: it may have just been started again.
        patient: bool,
    },
}

/// Why there is no answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// No connection came about; the request never left.
    Unconnected(String),
    /// The connection was lost, or what came over it is no HTTP.
    Lost(String),
    /// A whole answer came, and it cannot be used.
    Unusable(String),
}

impl Client {
    pub(super) fn new(reach: Reach, connect: Duration) -> Result<Self, AdapterError> {
        let build = |kept: usize| {
            reqwest::Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .http1_only()
                .connect_timeout(connect)
                .pool_max_idle_per_host(kept)
                .dns_resolver(Arc::new(Resolver(reach)))
                .build()
                .map_err(|error| AdapterError::Io(io::Error::other(error)))
        };
        Ok(Self {
            kept: build(usize::MAX)?,
            fresh: build(0)?,
        })
    }

    pub(super) fn over(&self, connection: Connection) -> &reqwest::Client {
        match connection {
            Connection::Kept => &self.kept,
            Connection::Fresh { .. } => &self.fresh,
        }
    }

    /// Sends a request and waits for the head of the answer; `was_down` is called before it is
    /// tried again because nobody is there.
    pub(super) async fn send(
        &self,
        request: reqwest::Request,
        connection: Connection,
        mut was_down: impl FnMut(String),
    ) -> Result<Response, Loss> {
        let began = tokio::time::Instant::now();
        loop {
            // A body of bytes can always be copied.
            let Some(copy) = request.try_clone() else {
                return Err(Loss::Lost("its request cannot be sent".to_owned()));
            };
            match self.over(connection).execute(copy).await {
                Ok(response) => return Ok(response),
                Err(error) => match Loss::of(&error) {
                    Loss::Unconnected(why)
                        if connection == (Connection::Fresh { patient: true })
                            && began.elapsed() < RECONNECT_FOR =>
                    {
                        was_down(why);
                        tokio::time::sleep(RECONNECT_EVERY).await;
                    }
                    loss => return Err(loss),
                },
            }
        }
    }
}

impl Loss {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let reason = reason(error);
        if error.is_connect() {
            Self::Unconnected(reason)
        } else {
            Self::Lost(format!("the connection was lost: {reason}"))
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unconnected(reason) => write!(f, "it cannot be connected to: {reason}"),
            Self::Lost(what) | Self::Unusable(what) => f.write_str(what),
        }
    }
}

/// The innermost cause: the outer ones say only that a request failed.
fn reason(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// What is wrong with an answer of another status than 200, or in an encoding that nobody asked
/// for.
pub(super) async fn expect_plain_200(mut response: Response) -> Result<Response, Loss> {
    check_plain(&response)?;
    let status = response.status();
    if status == StatusCode::OK {
        return Ok(response);
    }
    let what = format!("it answered with the status {status}");
    if let Some(location) = response.headers().get(LOCATION) {
        let location = shown(location.as_bytes());
        let what = format!("{what} to {location}, and redirects are not followed");
        return Err(Loss::Unusable(what));
    }
    let body = tokio::time::timeout(EXCERPT_PATIENCE, response.chunk()).await;
    let what = match body {
        Ok(Ok(Some(body))) => format!("{what}: {}", shown(body.trim_ascii())),
        _ => what,
    };
    Err(Loss::Unusable(what))
}

/// A compressed answer might be a bomb, and nobody asked for it.
pub(super) fn check_plain(response: &Response) -> Result<(), Loss> {
    match response.headers().get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(Loss::Unusable(format!(
            "it answered compressed ({}), which it was not asked to",
            shown(encoding.as_bytes())
        ))),
        _ => Ok(()),
    }
}

/// Asks the system for the addresses of a name. It may take as long as it likes, and cannot be
/// told to stop: in a thread that nobody waits for it outlasts no time limit.
async fn resolved(name: String) -> io::Result<Vec<SocketAddr>> {
    let (sender, receiver) = oneshot::channel();
    thread::Builder::new().spawn(move || {
        let found = (name.as_str(), 0).to_socket_addrs().map(Vec::from_iter);
        // Nobody listens only where nobody waits any more.
        let _unheard = sender.send(found);
    })?;
    receiver.await.map_err(io::Error::other)?
}

/// Resolves a name to the addresses that may be contacted, and to no other.
struct Resolver(Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = resolved(name.clone()).await?;
            let allowed: Vec<_> = found
                .iter()
                .copied()
                .filter(|address| reach.includes(address.ip()))
                .collect();
            match (found.first(), allowed.is_empty()) {
                (Some(other), true) => Err(format!(
                    "{name} is {}, which is not on this machine; --allow-remote allows that",
                    other.ip()
                )
                .into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}
