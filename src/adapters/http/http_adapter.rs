//! The protocol over HTTP: batches or single objects out, answers in, and nobody else pays for a
//! lost connection.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::{self, Sender};
use tokio::time::timeout;

use crate::adapters::connection::{Deadline, TICK, in_millis};
use crate::adapters::http::client::{Connection, TransportError};
use crate::adapters::http::described::{Prepared, as_described, in_protocol};
use crate::adapters::http::doubts::Doubts;
use crate::adapters::http::round_trip::{
    Breach, Event, Flight, OutgoingRequest, Reading, ResponseEvent,
};
use crate::adapters::http::target::{EVENTS, HttpTarget, WebTarget};
use crate::adapters::http::transport::{HttpTransport, no_server};
use crate::adapters::http::witness::{Ordinary, SURELY_TAKEN, Size, Witness};
use crate::adapters::in_flight::MAX_IN_FLIGHT;
use crate::adapters::transport::Adapter;
use crate::adapters::{AdapterError, Exchange, Limits, ShutdownReport, Ticket};
use crate::implementations::{Native, WebAddress, WebCall};
use crate::protocol::Hello;
use crate::results::Failure;

/// How many connections are open at once, at most. A server that takes more requests than that
/// gets them in batches.
const MAX_CONNECTIONS: usize = 16;

/// How long the body of a batch may be, in bytes, before nothing more is put into it.
const BATCH_BYTES: usize = 256 << 10;

/// How many attempts in a row may come to nothing before a server is given up.
const MAX_FAILED_ATTEMPTS: u32 = 20;

/// How long an ordinary request is waited for that only shows whether a server lives.
const LONGEST_PROBE: Duration = Duration::from_secs(2);

/// A server.
///
/// When a connection is lost, or what comes over it is no answer, what was under way there is
/// asked again, each request alone and over a fresh connection; only what fails then is blamed.
#[derive(Debug)]
pub(super) struct HttpAdapter<'a> {
    format: RequestFormat<'a>,
    transport: HttpTransport<'a>,
    hello: Hello,
    next_id: u64,
    /// Whether it has ever answered anything.
    has_answered: bool,
    /// Attempts since the last answer.
    failed_attempts: u32,
    /// A described request that was answered.
    ordinary: Option<Ordinary<'a>>,
    doubts: Doubts,
}

/// How a server is spoken to.
#[derive(Debug)]
enum RequestFormat<'a> {
    /// In the protocol, at that address.
    Protocol(WebAddress),
    /// As its description says.
    Described(&'a Native<WebCall>),
}

/// What is under way.
struct PendingCalls<'a> {
    sender: Sender<Event>,
    flights: BTreeMap<u64, Flight<'a>>,
}

impl<'a> HttpAdapter<'a> {
    /// Greets a server. It ends within 100 ms of `interrupt`.
    pub(super) fn start(
        target: &HttpTarget,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        let (transport, address, hello) = HttpTransport::to_protocol(target, limits, interrupt)?;
        Ok(Self {
            format: RequestFormat::Protocol(address),
            transport,
            hello,
            next_id: 1,
            has_answered: true,
            failed_attempts: 0,
            ordinary: None,
            doubts: Doubts::default(),
        })
    }

    /// A server that speaks no protocol is asked nothing yet.
    pub(super) fn described(
        target: &'a WebTarget,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Self, AdapterError> {
        Ok(Self {
            format: RequestFormat::Described(&target.native),
            transport: HttpTransport::to_described(target, limits, interrupt)?,
            hello: target.native.hello(),
            next_id: 1,
            has_answered: false,
            failed_attempts: 0,
            ordinary: None,
            doubts: Doubts::default(),
        })
    }

    /// Sends what may be sent now. What is suspected runs when nothing else does.
    fn launch(&mut self, exchange: &mut dyn Exchange, pending: &mut PendingCalls<'a>) {
        let window = self.hello.max_in_flight().min(MAX_IN_FLIGHT);
        let (connections, batch) = match self.format {
            RequestFormat::Described(_) => (window, 1),
            RequestFormat::Protocol(_) => {
                let connections = window.min(MAX_CONNECTIONS);
                (connections, window / connections)
            }
        };
        // With an ordinary request that was answered more can be told of one that is too long.
        let is_free = |this: &Self| {
            this.doubts.is_empty() || this.ordinary.is_none() && this.doubts.can_wait()
        };
        while is_free(self) && pending.flights.len() < connections {
            let mut body = Vec::new();
            let mut tickets = Vec::new();
            while tickets.len() < batch && body.len() < BATCH_BYTES {
                let Some(ticket) = exchange.next() else { break };
                let id = self.next_id + tickets.len() as u64;
                exchange.request(ticket).write(id, &mut body);
                tickets.push(ticket);
            }
            if tickets.is_empty() {
                break;
            }
            self.send(body, &tickets, (Connection::Kept, None), exchange, pending);
        }
        while pending.flights.is_empty()
            && let Some((suspect, doubt)) = self.doubts.next()
        {
            let mut body = Vec::new();
            exchange.request(suspect).write(self.next_id, &mut body);
            let patient = self.failed_attempts == 0 && self.has_answered;
            let connection = Connection::Fresh { patient };
            let trial = (connection, Some(doubt));
            self.send(body, &[suspect], trial, exchange, pending);
        }
    }

    fn send(
        &mut self,
        mut body: Vec<u8>,
        tickets: &[Ticket],
        (connection, trial_of): (Connection, Option<u64>),
        exchange: &mut dyn Exchange,
        pending: &mut PendingCalls<'a>,
    ) {
        let prepared = match (&self.format, tickets) {
            (RequestFormat::Protocol(address), _) => {
                let is_batch = tickets.len() > 1;
                if !is_batch {
                    // One object, no line.
                    body.pop();
                }
                Prepared {
                    request: in_protocol(address, body, is_batch),
                    session: None,
                    reading: Reading::Protocol,
                }
            }
            (RequestFormat::Described(native), [ticket]) => {
                match as_described(native, exchange.request(*ticket).request()) {
                    Ok(prepared) => prepared,
                    Err(why) => {
                        if let Some(doubt) = trial_of {
                            self.doubts.settle(doubt, false);
                        }
                        return exchange.inapplicable(*ticket, why);
                    }
                }
            }
            (RequestFormat::Described(_), _) => return,
        };
        let is_trial = connection != Connection::Kept;
        let is_of_size = trial_of.is_some_and(|doubt| self.doubts.is_of_size(doubt));
        let size = Size::of(&prepared.request);
        let is_large = size.has_long_head();
        let ordinary = match prepared.reading {
            Reading::Described { op, rules }
                if self.ordinary.is_none() && !is_large && prepared.session.is_none() =>
            {
                let request = prepared.request.clone();
                Some(Ordinary { request, op, rules })
            }
            _ => None,
        };
        let witness = self
            .ordinary
            .as_ref()
            .filter(|_| is_trial && (is_large || is_of_size))
            .and_then(|ordinary| {
                let opening = Witness::open(ordinary, &self.transport.connector, self.patience());
                self.transport.runtime.block_on(opening)
            });
        let outgoing = OutgoingRequest {
            client: self.transport.client.clone(),
            request: prepared.request,
            session: prepared.session,
            connection,
            is_protocol: matches!(prepared.reading, Reading::Protocol),
        };
        let first = self.next_id;
        self.next_id += tickets.len() as u64;
        let task = self
            .transport
            .runtime
            .spawn(outgoing.send(first, pending.sender.clone()));
        let abort = task.abort_handle();
        let mut flight = Flight::new(first, tickets, prepared.reading, trial_of, abort);
        flight.size = size;
        flight.ordinary = ordinary;
        flight.witness = witness;
        pending.flights.insert(first, flight);
    }

    /// Takes in what has become of a flight; how many answers that brought.
    fn learn(
        &mut self,
        event: Event,
        exchange: &mut dyn Exchange,
        pending: &mut PendingCalls<'a>,
    ) -> Result<u64, AdapterError> {
        let Some(flight) = pending.flights.get_mut(&event.flight) else {
            return Ok(0);
        };
        let before = flight.waiting() as u64;
        let (failure, is_lost) = match event.kind {
            ResponseEvent::Down(why) => {
                self.doubts
                    .is_down(&TransportError::Unconnected(why), event.flight);
                return Ok(0);
            }
            ResponseEvent::Head(head) => {
                flight.begin(head);
                return Ok(0);
            }
            ResponseEvent::Piece(piece) => match flight.take(&piece, exchange) {
                Ok(answers) => {
                    if answers > 0 {
                        self.doubts.is_there(event.flight);
                    }
                    return Ok(answers);
                }
                Err(Breach(failure)) => (failure, false),
            },
            ResponseEvent::Over(Ok(())) => match flight.end(exchange) {
                Ok(ended) => {
                    self.doubts.is_there(event.flight);
                    if let Some(flight) = pending.flights.remove(&event.flight) {
                        self.landed(flight, ended.refused, exchange);
                    }
                    return Ok(ended.answers);
                }
                Err(Breach(failure)) => (failure, false),
            },
            ResponseEvent::Over(Err(loss)) => {
                if let (
                    TransportError::Unconnected(_) | TransportError::Tls(_),
                    RequestFormat::Described(native),
                    false,
                ) = (&loss, &self.format, self.has_answered)
                {
                    return Err(nobody_there(native, &loss));
                }
                if let TransportError::Unconnected(_) = loss {
                    self.doubts.is_down(&loss, self.next_id);
                }
                let is_lost = !matches!(loss, TransportError::Unusable(_));
                (Failure::NoAnswer(loss.to_string()), is_lost)
            }
        };
        let answers = before - flight.waiting() as u64;
        let Some(flight) = pending.flights.remove(&event.flight) else {
            return Ok(answers);
        };
        match flight.tickets().as_slice() {
            [culprit]
                if is_lost && flight.size.has_long_head() && self.lived_on(&flight, false) =>
            {
                let why = format!(
                    "the server closes the connection on a head of more than {SURELY_TAKEN} bytes ({failure}), but answers an ordinary request right after it"
                );
                exchange.inapplicable(*culprit, why);
                if let Some(doubt) = flight.trial_of {
                    self.doubts.settle(doubt, false);
                }
            }
            [culprit] if flight.trial_of.is_some() || (!flight.is_batch() && !is_lost) => {
                exchange.failed(*culprit, failure.clone());
                if let Some(doubt) = flight.trial_of {
                    self.doubts.settle(doubt, true);
                }
                if is_lost {
                    self.doubts.is_told();
                    self.count_barren(&failure)?;
                }
            }
            suspects => {
                // A trial that was answered before its connection broke.
                if let Some(doubt) = flight.trial_of {
                    self.doubts.settle(doubt, false);
                }
                // A connection may be lost: that says nothing of the server.
                let is_of_size = is_lost && flight.size.has_long_head();
                let failure = (!is_lost).then_some(failure);
                self.doubts.raise(suspects, failure, is_of_size);
            }
        }
        Ok(answers)
    }

    /// Takes in that a whole answer came; `refused` is the status by which the server did not take
    /// the request.
    fn landed(
        &mut self,
        mut flight: Flight<'a>,
        refused: Option<u16>,
        exchange: &mut dyn Exchange,
    ) {
        if let (Some(status), [ticket]) = (refused, flight.tickets().as_slice()) {
            return self.refused(&flight, *ticket, status, exchange);
        }
        if let Some(doubt) = flight.trial_of {
            self.doubts.settle(doubt, false);
        }
        if flight.is_answered
            && let Some(ordinary) = flight.ordinary.take()
        {
            self.ordinary.get_or_insert(ordinary);
        }
    }

    /// The server says that a request is too large for it: so it is, if an ordinary one is answered
    /// right after it.
    fn refused(
        &mut self,
        flight: &Flight<'a>,
        ticket: Ticket,
        status: u16,
        exchange: &mut dyn Exchange,
    ) {
        let Some(doubt) = flight.trial_of.filter(|one| self.doubts.is_of_size(*one)) else {
            if let Some(other) = flight.trial_of {
                self.doubts.settle(other, false);
            }
            return self.doubts.raise(&[ticket], None, true);
        };
        let why = format!("the server rejects a request of this size (status {status})");
        let lived_on = self.lived_on(flight, true);
        self.doubts.settle(doubt, !lived_on);
        if lived_on {
            return exchange.inapplicable(ticket, why);
        }
        let why = format!(
            "{why}, but ordinary requests before and right after it were not answered either"
        );
        exchange.failed(ticket, Failure::NoAnswer(why));
    }

    /// Whether the server that did not take the request of this flight is the same process still;
    /// `it_answered` where it said so in a whole answer.
    fn lived_on(&self, flight: &Flight<'a>, it_answered: bool) -> bool {
        let (Some(witness), Some(ordinary)) = (&flight.witness, &self.ordinary) else {
            return false;
        };
        let answered = witness.is_answered(ordinary, self.patience(), it_answered);
        self.transport.runtime.block_on(answered)
    }

    /// How long an ordinary request is waited for.
    fn patience(&self) -> Duration {
        self.transport.limits.answer.min(LONGEST_PROBE)
    }

    /// Nothing came in time: a request that was alone is to blame, several are tried one at a time.
    fn give_up(
        &mut self,
        exchange: &mut dyn Exchange,
        pending: &mut PendingCalls<'a>,
    ) -> Result<(), AdapterError> {
        let failure = Failure::TimedOut(in_millis(self.transport.limits.answer));
        let flights = std::mem::take(&mut pending.flights);
        let waiting: Vec<Ticket> = flights.values().flat_map(Flight::tickets).collect();
        match (waiting.as_slice(), flights.values().any(Flight::is_batch)) {
            ([culprit], false) => {
                exchange.failed(*culprit, failure.clone());
                for doubt in flights.values().filter_map(|flight| flight.trial_of) {
                    self.doubts.settle(doubt, true);
                }
                self.doubts.is_told();
                self.count_barren(&failure)
            }
            _ => {
                self.doubts.raise(&waiting, Some(failure), false);
                Ok(())
            }
        }
    }

    fn count_barren(&mut self, latest: &Failure) -> Result<(), AdapterError> {
        self.failed_attempts += 1;
        if self.failed_attempts < MAX_FAILED_ATTEMPTS {
            return Ok(());
        }
        Err(AdapterError::FallenSilent {
            attempts: self.failed_attempts,
            last: latest.to_string(),
        })
    }
}

fn nobody_there(native: &Native<WebCall>, loss: &TransportError) -> AdapterError {
    match native.addresses().next() {
        Some(Ok(address)) => no_server(&address, loss),
        Some(Err(error)) => error.into(),
        None => AdapterError::FallenSilent {
            attempts: 1,
            last: loss.to_string(),
        },
    }
}

impl Adapter for HttpAdapter<'_> {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn drive(&mut self, exchange: &mut dyn Exchange) -> Result<(), AdapterError> {
        let (sender, mut events) = mpsc::channel(EVENTS);
        self.doubts.forget_suspects();
        let mut pending = PendingCalls {
            sender,
            flights: BTreeMap::new(),
        };
        let mut patience = Deadline::new(self.transport.limits.answer);
        loop {
            if self.transport.interrupt.load(Ordering::Relaxed) {
                return Err(AdapterError::Interrupted);
            }
            if pending.flights.is_empty() {
                patience.restart();
            }
            self.launch(exchange, &mut pending);
            if pending.flights.is_empty() {
                return Ok(());
            }
            let mut answers = 0;
            let waited = async { timeout(TICK, events.recv()).await };
            if let Ok(Some(event)) = self.transport.runtime.block_on(waited) {
                answers += self.learn(event, exchange, &mut pending)?;
                while let Ok(event) = events.try_recv() {
                    answers += self.learn(event, exchange, &mut pending)?;
                }
            }
            if answers > 0 {
                self.failed_attempts = 0;
                self.has_answered = true;
                patience.restart();
            } else if patience.is_over() {
                self.give_up(exchange, &mut pending)?;
                patience.restart();
            }
        }
    }

    /// There is nothing to say goodbye to. A server that was greeted is greeted again: it may have
    /// been restarted meanwhile, as something else.
    fn finish(self: Box<Self>) -> ShutdownReport {
        let said_again = match &self.format {
            RequestFormat::Protocol(address) => self.transport.greet(address, self.patience()).ok(),
            RequestFormat::Described(_) => None,
        };
        ShutdownReport {
            unanswered: self.doubts.into_unanswered(),
            hello_changes: said_again
                .map(|later| self.hello.changes(&later))
                .unwrap_or_default(),
            ..ShutdownReport::default()
        }
    }
}
