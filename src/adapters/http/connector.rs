//! Connections to a server: its name resolved to what may be contacted, and nothing delayed.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::thread;
use std::time::{Duration, Instant};

use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper::rt::ReadBufCursor;
use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

use crate::adapters::http::authorities::Authorities;
use crate::adapters::http::tls::{TlsTrouble, after_handshake, handshake};
use crate::implementations::Reach;

/// How much is read at once, and how often in a row, before whatever else is to be done has its
/// turn: a server may send interim answers without end, and the same thread looks at the clock.
const READ_AT_ONCE: usize = 16 << 10;
const READS_IN_A_ROW: u32 = 4;

/// Opens connections.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    reach: Reach,
    /// By whom servers over TLS are trusted.
    authorities: Option<Authorities>,
    /// How long it may take.
    patience: Duration,
    /// How long the handshake of TLS may take.
    of_handshake: Duration,
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    buffer: Box<[u8]>,
    in_a_row: u32,
    is_read: bool,
    connecting: Connecting,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// How long it took to open a connection, in nanoseconds, until that is asked for once.
#[derive(Clone, Debug)]
pub(super) struct Connecting(Arc<AtomicU64>);

impl Connecting {
    fn since(began: Instant) -> Self {
        let took = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Self(Arc::new(AtomicU64::new(took)))
    }

    /// It, the first time, which is when the first answer comes over the connection.
    pub(super) fn take(&self) -> Duration {
        Duration::from_nanos(self.0.swap(0, Ordering::Relaxed))
    }
}

/// Our end of the connection over which an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OurEnd(SocketAddr);

impl Connector {
    /// One that takes no longer than that until a connection is open, or its handshake ends.
    pub(super) fn new(
        reach: Reach,
        authorities: Option<Authorities>,
        patience: Duration,
        of_handshake: Duration,
    ) -> Self {
        Self {
            reach,
            authorities,
            patience,
            of_handshake,
        }
    }

    /// The same, that takes no longer than that.
    pub(super) fn with_patience(&self, patience: Duration) -> Self {
        Self {
            patience,
            ..self.clone()
        }
    }

    async fn connect(self, uri: Uri) -> io::Result<Wire> {
        let began = Instant::now();
        let is_tls = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = match bare.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.allowed(host, port).await?,
        };
        let stream = first_to_connect(addresses).await?;
        stream.set_nodelay(true)?;
        acknowledge_at_once(&stream);
        if !is_tls {
            return Ok(Wire::new(Stream::Plain(stream), began));
        }
        let Some(authorities) = &self.authorities else {
            return Err(TlsTrouble::no_authorities().into());
        };
        let stream = handshake(stream, bare, authorities, self.of_handshake).await?;
        Ok(Wire::new(Stream::Tls(Box::new(stream)), began))
    }

    /// The addresses of a name that may be contacted.
    async fn allowed(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let found = resolved(name.to_owned(), port).await?;
        let allowed: Vec<_> = found
            .iter()
            .copied()
            .filter(|address| self.reach.includes(address.ip()))
            .collect();
        match (found.first(), allowed.is_empty()) {
            (Some(other), true) => Err(io::Error::other(format!(
                "{name} is {}, which is not on this machine; allow it with --allow-remote",
                other.ip()
            ))),
            _ => Ok(allowed),
        }
    }
}

async fn first_to_connect(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut last = io::Error::new(
        ErrorKind::NotFound,
        "the name does not resolve to an address",
    );
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Asks the system for the addresses of a name. It may take as long as it likes, and cannot be
/// told to stop: in a thread that nobody waits for it outlasts no time limit.
async fn resolved(name: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    let (sender, receiver) = oneshot::channel();
    thread::Builder::new().spawn(move || {
        let found = (name.as_str(), port).to_socket_addrs().map(Vec::from_iter);
        // Nobody listens only where nobody waits any more.
        let _unheard = sender.send(found);
    })?;
    receiver.await.map_err(io::Error::other)?
}

impl Service<Uri> for Connector {
    type Response = Wire;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Wire>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connector, patience) = (self.clone(), self.patience);
        Box::pin(async move {
            match tokio::time::timeout(patience, connector.connect(uri)).await {
                Ok(connected) => connected,
                Err(_) => Err(io::Error::new(ErrorKind::TimedOut, "operation timed out")),
            }
        })
    }
}

impl Wire {
    fn new(stream: Stream, began: Instant) -> Self {
        Self {
            stream,
            buffer: vec![0; READ_AT_ONCE].into(),
            in_a_row: 0,
            is_read: false,
            connecting: Connecting::since(began),
        }
    }

    fn writer<'w>(self: Pin<&'w mut Self>) -> Pin<&'w mut (dyn AsyncWrite + Unpin + 'w)> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream),
            Stream::Tls(stream) => Pin::new(&mut **stream),
        }
    }
}

impl Stream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        }
    }

    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        read: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, read),
            Self::Tls(stream) => {
                let polled = Pin::new(&mut **stream).poll_read(context, read);
                polled.map(|read| read.or_else(after_handshake))
            }
        }
    }
}

/// A server that writes the head and the body of an answer one after the other may wait for our
/// acknowledgement in between, which Linux delays by 40 ms. The kernel clears the option, so it is set again after
/// each read.
fn acknowledge_at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    // Where it is not to be had, answers take longer.
    let _slower = rustix::net::sockopt::set_tcp_quickack(stream, true);
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.in_a_row == READS_IN_A_ROW {
            this.in_a_row = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.in_a_row += 1;
        let length = cursor.remaining().min(this.buffer.len());
        let mut read = ReadBuf::new(&mut this.buffer[..length]);
        let polled = this.stream.poll_read(context, &mut read);
        if polled.is_pending() {
            this.in_a_row = 0;
        }
        ready!(polled)?;
        let is_first = !std::mem::replace(&mut this.is_read, true);
        if let (true, Stream::Plain(_)) = (is_first, &this.stream)
            && let Some(trouble) = TlsTrouble::of_plain(read.filled())
        {
            return Poll::Ready(Err(trouble.into()));
        }
        cursor.put_slice(read.filled());
        acknowledge_at_once(this.stream.tcp());
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writer().poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writer().poll_write_vectored(context, slices)
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        let connected = Connected::new().extra(self.connecting.clone());
        match self.stream.tcp().local_addr() {
            Ok(end) => connected.extra(OurEnd(end)),
            Err(_) => connected,
        }
    }
}
