//! Connections to a server: its name resolved to what may be contacted, and nothing delayed.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;
use std::time::Duration;

use hyper::Uri;
use hyper::rt::ReadBufCursor;
use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tower_service::Service;

use crate::implementations::Reach;

/// How much is read at once, and how often in a row, before whatever else is to be done has its
/// turn: a server may send interim answers without end, and the same thread looks at the clock.
const READ_AT_ONCE: usize = 16 << 10;
const READS_IN_A_ROW: u32 = 4;

/// Opens connections.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    reach: Reach,
    /// How long it may take.
    patience: Duration,
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    buffer: Box<[u8]>,
    in_a_row: u32,
}

/// Our end of the connection over which an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OurEnd(SocketAddr);

impl Connector {
    pub(super) fn new(reach: Reach, patience: Duration) -> Self {
        Self { reach, patience }
    }

    async fn connect(self, uri: Uri) -> io::Result<Wire> {
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(80);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = match bare.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.allowed(host, port).await?,
        };
        let mut last = io::Error::new(
            ErrorKind::NotFound,
            "the name does not resolve to an address",
        );
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => return Wire::new(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
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
    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        acknowledge_at_once(&stream);
        Ok(Self {
            stream,
            buffer: vec![0; READ_AT_ONCE].into(),
            in_a_row: 0,
        })
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
        let polled = Pin::new(&mut this.stream).poll_read(context, &mut read);
        if polled.is_pending() {
            this.in_a_row = 0;
        }
        ready!(polled)?;
        cursor.put_slice(read.filled());
        acknowledge_at_once(&this.stream);
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, slices)
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        match self.stream.local_addr() {
            Ok(end) => Connected::new().extra(OurEnd(end)),
            Err(_) => Connected::new(),
        }
    }
}
