//! Accepts connections, each in its own task, until shutdown.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

/// Time limits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Maximum time for the head of a request, including idle time on the connection.
    pub head: Duration,
    /// How long running requests may take to finish after shutdown begins.
    pub farewell: Duration,
}

/// A listening socket.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
}

impl Listener {
    /// Binds an address; port 0 selects a free one. Fails if the address cannot be bound.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener })
    }

    /// The address it listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `end` completes, then waits for running requests, at most [`Limits::farewell`].
    pub async fn serve(self, router: Router, limits: Limits, end: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let mut end = pin!(end);
        loop {
            let stream = tokio::select! {
                () = &mut end => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    // The peer closed the connection, or file descriptors ran out: keep serving
                    // others.
                    Err(_) => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        continue;
                    }
                },
            };
            tokio::spawn(connection(stream, router.clone(), limits, &graceful));
        }
        drop(self.listener);
        let _late = tokio::time::timeout(limits.farewell, graceful.shutdown()).await;
    }
}

/// Serves one connection to its end. Errors on it concern only the caller, so they are ignored.
fn connection(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    let _slower = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let watched = graceful.watch(connection);
    async move {
        let _ended = watched.await;
    }
}
