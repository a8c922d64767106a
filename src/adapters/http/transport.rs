//! The way to a server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::adapters::connection::{Deadline, TICK, in_millis};
use crate::adapters::http::authorities::Authorities;
use crate::adapters::http::client::{Client, Connection, TransportError};
use crate::adapters::http::connector::Connector;
use crate::adapters::http::described::in_protocol;
use crate::adapters::http::round_trip::{Event, OutgoingRequest, ResponseEvent};
use crate::adapters::http::target::{EVENTS, HttpTarget, WebTarget};
use crate::adapters::stderr_tail::shown;
use crate::adapters::{AdapterError, Limits};
use crate::implementations::{Reach, WebAddress};
use crate::protocol::{Hello, MAX_LINE};

/// What leads to a server, and who waits at this end.
#[derive(Debug)]
pub(super) struct HttpTransport<'a> {
    pub(super) runtime: Runtime,
    pub(super) client: Client,
    pub(super) connector: Connector,
    pub(super) limits: Limits,
    pub(super) interrupt: &'a AtomicBool,
}

impl<'a> HttpTransport<'a> {
    /// To a server that speaks the protocol, and says what it is.
    pub(super) fn to_protocol(
        target: &HttpTarget,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<(Self, WebAddress, Hello), AdapterError> {
        let address = target.address.of_protocol();
        address.check(target.reach)?;
        let transport = Self::new(target.reach, target.authorities.as_ref(), limits, interrupt)?;
        let hello = transport.greet(&address, limits.start_up)?;
        Ok((transport, address, hello))
    }

    /// Asks a server what it is.
    pub(super) fn greet(
        &self,
        address: &WebAddress,
        patience: Duration,
    ) -> Result<Hello, AdapterError> {
        let greeting = greet(&self.client, address, patience, self.interrupt);
        self.runtime.block_on(greeting)
    }

    /// To one that speaks none, and is asked nothing yet.
    pub(super) fn to_described(
        target: &WebTarget,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        for address in target.native.addresses() {
            address?.check(target.reach)?;
        }
        Self::new(target.reach, target.authorities.as_ref(), limits, interrupt)
    }

    fn new(
        reach: Reach,
        authorities: Option<&Authorities>,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        // Less than an answer may take, for else it would only be said that none came in time.
        let of_handshake = limits.start_up.min(limits.answer) / 2;
        let connector = Connector::new(reach, authorities.cloned(), limits.start_up, of_handshake);
        Ok(Self {
            runtime: Builder::new_current_thread().enable_all().build()?,
            client: Client::new(&connector),
            connector,
            limits,
            interrupt,
        })
    }
}

/// There is none, or none that can be used.
pub(super) fn no_server(address: &WebAddress, loss: &TransportError) -> AdapterError {
    let speaks = if address.is_https() {
        "HTTPS"
    } else {
        "plain HTTP"
    };
    let hint = format!("; check that the server is running and speaks {speaks} at this address");
    let hint = match loss {
        TransportError::Tls(_) => String::new(),
        TransportError::Lost(_) if !address.is_https() => {
            format!("{hint}, or write https:// if it speaks TLS")
        }
        _ => hint,
    };
    AdapterError::NoServer {
        address: address.to_string(),
        problem: format!("{loss}{hint}"),
    }
}

/// Asks a server what it is.
async fn greet(
    client: &Client,
    address: &WebAddress,
    waits: Duration,
    interrupt: &AtomicBool,
) -> Result<Hello, AdapterError> {
    let (sender, mut events) = mpsc::channel(EVENTS);
    let mut body = Vec::new();
    Hello::write_greeting(&mut body);
    body.pop();
    let outgoing = OutgoingRequest {
        client: client.clone(),
        request: in_protocol(address, body, false),
        session: None,
        connection: Connection::Kept,
        is_protocol: true,
    };
    // It ends with the runtime, if not before.
    tokio::spawn(outgoing.send(0, sender));
    let mut patience = Deadline::new(waits);
    let mut said = Vec::new();
    loop {
        if interrupt.load(Ordering::Relaxed) {
            return Err(AdapterError::Interrupted);
        }
        match timeout(TICK, events.recv()).await {
            Ok(Some(Event {
                kind: ResponseEvent::Piece(piece),
                ..
            })) => said.extend_from_slice(&piece),
            Ok(Some(Event {
                kind: ResponseEvent::Over(over),
                ..
            })) => {
                over.map_err(|loss| no_server(address, &loss))?;
                break;
            }
            Ok(None) => break,
            Ok(Some(_)) | Err(_) => {}
        }
        if said.len() > MAX_LINE {
            return Err(AdapterError::EndlessHello {
                also: String::new(),
            });
        }
        if patience.is_over() {
            return Err(AdapterError::NoHello {
                waited_ms: in_millis(waits),
                also: String::new(),
            });
        }
    }
    Hello::parse(&said).map_err(|source| AdapterError::BadHello {
        line: shown(&said),
        source,
        also: String::new(),
    })
}
