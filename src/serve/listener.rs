//! Taking connections, each in a task of its own, until it is told to end.

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

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a connection may take for the head of a request, idle time included.
    pub head: Duration,
    /// How long requests that are under way may take to end when the server ends.
    pub farewell: Duration,
}

/// A socket that listens.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
}

impl Listener {
    /// Listens on this address; port 0 is any free one.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `end`, then lets what is under way end.
    pub async fn serve(self, router: Router, limits: Limits, end: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let mut end = pin!(end);
        loop {
            let stream = tokio::select! {
                () = &mut end => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    // One that has gone again, or no file left for it: others may be served.
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

/// One connection, to its end. What goes wrong on it is the caller's affair.
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
