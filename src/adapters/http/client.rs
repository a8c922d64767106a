//! The one HTTP client: no redirects, no proxies, no cookies, no machine but this one unless that
//! is allowed.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{ACCEPT, CONTENT_ENCODING, COOKIE, HeaderMap, HeaderValue, LOCATION};
use hyper::{Method, StatusCode, Uri, Version};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use url::Url;

use crate::adapters::http::connector::{Connecting, Connector, OurEnd};
use crate::adapters::http::tls::TlsTrouble;
use crate::adapters::stderr_tail::shown;

/// How long the body of an answer that is not wanted is waited for, to be shown.
const EXCERPT_PATIENCE: Duration = Duration::from_millis(200);

/// How an attempt to connect is repeated, and for how long, when it is no matter of the request.
const RECONNECT_EVERY: Duration = Duration::from_millis(50);
const RECONNECT_FOR: Duration = Duration::from_secs(1);

/// A client that keeps connections, and one that opens a fresh one for each request.
#[derive(Clone, Debug)]
pub(super) struct Client {
    kept: Arc<Pool>,
    fresh: Arc<Pool>,
}

type Pool = legacy::Client<Connector, Full<Bytes>>;

/// A request as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Request {
    /// Adds cookies to those that it has: a request has one header of them.
    pub(super) fn add_cookies(&mut self, cookies: HeaderValue) {
        let both = self.headers.get(COOKIE).and_then(|own| {
            let both = [own.as_bytes(), cookies.as_bytes()].join(&b"; "[..]);
            HeaderValue::from_bytes(&both).ok()
        });
        self.headers.insert(COOKIE, both.unwrap_or(cookies));
    }
}

/// An answer whose head has come.
#[derive(Debug)]
pub(super) struct Response {
    response: hyper::Response<Incoming>,
    connecting: Duration,
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
pub(super) enum TransportError {
    /// No connection came about; the request never left.
    Unconnected(String),
    /// The server speaks TLS where it should not, or not as it should. It says what to do.
    Tls(String),
    /// The connection was lost, or what came over it is no HTTP.
    Lost(String),
    /// A whole answer came, and it cannot be used.
    Unusable(String),
}

impl Client {
    pub(super) fn new(connector: &Connector) -> Self {
        let build = |kept: usize| {
            let mut builder = legacy::Client::builder(TokioExecutor::new());
            builder.pool_max_idle_per_host(kept);
            Arc::new(builder.build(connector.clone()))
        };
        Self {
            kept: build(usize::MAX),
            fresh: build(0),
        }
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn execute(
        &self,
        request: Request,
        connection: Connection,
    ) -> Result<Response, TransportError> {
        let pool = match connection {
            Connection::Kept => &self.kept,
            Connection::Fresh { .. } => &self.fresh,
        };
        match pool.request(request.into_hyper()?).await {
            Ok(response) => Ok(Response::new(response)),
            Err(error) if error.is_connect() && TlsTrouble::in_chain(&error).is_none() => {
                Err(TransportError::Unconnected(reason(&error)))
            }
            Err(error) => Err(TransportError::of_connection(&error)),
        }
    }

    /// The same; `was_down` is called before it is tried again because nobody is there.
    pub(super) async fn send(
        &self,
        request: Request,
        connection: Connection,
        mut was_down: impl FnMut(String),
    ) -> Result<Response, TransportError> {
        let began = tokio::time::Instant::now();
        loop {
            match self.execute(request.clone(), connection).await {
                Err(TransportError::Unconnected(why))
                    if connection == (Connection::Fresh { patient: true })
                        && began.elapsed() < RECONNECT_FOR =>
                {
                    was_down(why);
                    tokio::time::sleep(RECONNECT_EVERY).await;
                }
                sent => return sent,
            }
        }
    }
}

impl Request {
    pub(super) fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    fn into_hyper(self) -> Result<hyper::Request<Full<Bytes>>, TransportError> {
        let Self {
            method,
            mut url,
            mut headers,
            body,
        } = self;
        let unsent =
            |error: &dyn Error| TransportError::Lost(format!("cannot send the request: {error}"));
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("*/*"));
        // Without a host these do nothing, and there always is one.
        let _no_host = (url.set_username(""), url.set_password(None));
        let uri = Uri::try_from(url.as_str()).map_err(|error| unsent(&error))?;
        let mut request = hyper::Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

/// The user name and the password in an address, as they are sent; `None` without either.
pub(super) fn basic(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let (name, password) = (
        decoded(url.username()),
        decoded(url.password().unwrap_or("")),
    );
    let both = STANDARD.encode([&name[..], b":", &password].concat());
    // Base64 is always a valid header value.
    let mut value = HeaderValue::from_str(&format!("Basic {both}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl Response {
    fn new(response: hyper::Response<Incoming>) -> Self {
        let connecting = response.extensions().get().map(Connecting::take);
        Self {
            response,
            connecting: connecting.unwrap_or_default(),
        }
    }

    /// How long it took to open the connection, where this is the first answer over it.
    pub(super) fn connecting(&self) -> Duration {
        self.connecting
    }

    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(super) fn version(&self) -> Version {
        self.response.version()
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// From which end of ours it was asked for.
    pub(super) fn our_end(&self) -> Option<OurEnd> {
        self.response.extensions().get().copied()
    }

    /// The next piece of the body.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        while let Some(frame) = self.response.body_mut().frame().await {
            let frame = frame.map_err(|error| TransportError::of_connection(&error))?;
            // The others are trailers.
            if let Ok(piece) = frame.into_data() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }
}

impl TransportError {
    fn of_connection(error: &(dyn Error + 'static)) -> Self {
        if let Some(TlsTrouble(what)) = TlsTrouble::in_chain(error) {
            return Self::Tls(what);
        }
        Self::Lost(format!("the connection was lost: {}", reason(error)))
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unconnected(reason) => write!(f, "cannot connect: {reason}"),
            Self::Tls(what) | Self::Lost(what) | Self::Unusable(what) => f.write_str(what),
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
pub(super) async fn expect_plain_200(mut response: Response) -> Result<Response, TransportError> {
    check_plain(&response)?;
    let status = response.status();
    if status == StatusCode::OK {
        return Ok(response);
    }
    let what = format!("unexpected status {status}");
    if let Some(location) = response.headers().get(LOCATION) {
        let location = shown(location.as_bytes());
        let what = format!("{what} to {location}; redirects are not followed");
        return Err(TransportError::Unusable(what));
    }
    let body = tokio::time::timeout(EXCERPT_PATIENCE, response.chunk()).await;
    let what = match body {
        Ok(Ok(Some(body))) => {
            // What more of it is still to come is not waited for; that there is more is to be seen.
            let is_whole = response.response.body().is_end_stream();
            let cut = if is_whole { "" } else { "…" };
            let body = [body.trim_ascii(), cut.as_bytes()].concat();
            format!("{what}: {}", shown(&body))
        }
        _ => what,
    };
    Err(TransportError::Unusable(what))
}

/// A compressed answer might be a bomb, and nobody asked for it.
pub(super) fn check_plain(response: &Response) -> Result<(), TransportError> {
    match response.headers().get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(TransportError::Unusable(format!(
            "its answer is compressed ({}), but the request does not accept that",
            shown(encoding.as_bytes())
        ))),
        _ => Ok(()),
    }
}
