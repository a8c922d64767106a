//! One request over HTTP that is under way: an object of the protocol, a batch of them, or what a
//! description makes of one.

use hyper::header::{HeaderValue, SET_COOKIE};
use tokio::sync::mpsc::Sender;
use tokio::task::AbortHandle;

use crate::adapters::conversation::Line;
use crate::adapters::http::client::{
    Client, Connection, Request, Response, TransportError, check_plain, expect_plain_200,
};
use crate::adapters::http::head::Head;
use crate::adapters::http::witness::{Ordinary, Size, Witness};
use crate::adapters::in_flight::Addressee;
use crate::adapters::{Exchange, Ticket};
use crate::implementations::AnswerRules;
use crate::protocol::{MAX_LINE, Reply};
use crate::results::Failure;
use crate::signature::Op;

/// What has become of a flight.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) flight: u64,
    pub(super) kind: ResponseEvent,
}

/// What is new.
#[derive(Debug)]
pub(super) enum ResponseEvent {
    /// Nobody was there, and it is tried again.
    Down(String),
    /// The head of an answer that is read by a description.
    Head(Head),
    /// A piece of the body came.
    Piece(Vec<u8>),
    /// It is over.
    Over(Result<(), TransportError>),
}

/// How what comes back is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading<'a> {
    /// As answers of the protocol.
    Protocol,
    /// As the description of an implementation says.
    Described { op: Op, rules: &'a AnswerRules },
}

/// Requests that went out together, and what has come back.
#[derive(Debug)]
pub(super) struct Flight<'a> {
    /// The id of the first; the others follow.
    first: u64,
    requests: Vec<Addressee>,
    waiting: usize,
    reading: Reading<'a>,
    head: Option<Head>,
    /// What has come of a line that is not whole, or of a single answer.
    rest: Vec<u8>,
    received: usize,
    /// Which doubt the last attempt is to settle, alone and over a fresh connection; `None` if
    /// this is no last attempt.
    pub(super) trial_of: Option<u64>,
    /// How large its request is.
    pub(super) size: Size,
    /// What it asks, where that may serve as an ordinary request later on.
    pub(super) ordinary: Option<Ordinary<'a>>,
    /// The connection by which it can be told that the server lived on, where that may be in doubt.
    pub(super) witness: Option<Witness>,
    /// Whether its answer was one of those that the description knows.
    pub(super) is_answered: bool,
    abort: AbortHandle,
}

/// What is wrong with what came.
#[derive(Debug)]
pub(super) struct Breach(pub(super) Failure);

/// What a whole answer held.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// How many answers.
    pub(super) answers: u64,
    /// The status by which the server did not take a request, for its size.
    pub(super) refused: Option<u16>,
}

impl<'a> Flight<'a> {
    pub(super) fn new(
        first: u64,
        tickets: &[Ticket],
        reading: Reading<'a>,
        trial_of: Option<u64>,
        abort: AbortHandle,
    ) -> Self {
        Self {
            first,
            requests: tickets.iter().copied().map(Addressee::Waiting).collect(),
            waiting: tickets.len(),
            reading,
            head: None,
            rest: Vec::new(),
            received: 0,
            trial_of,
            size: Size::default(),
            ordinary: None,
            witness: None,
            is_answered: false,
            abort,
        }
    }

    /// Those that wait for an answer.
    pub(super) fn tickets(&self) -> Vec<Ticket> {
        self.requests
            .iter()
            .filter_map(|request| match request {
                Addressee::Waiting(ticket) => Some(*ticket),
                _ => None,
            })
            .collect()
    }

    /// How many wait for an answer.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    pub(super) fn is_batch(&self) -> bool {
        self.requests.len() > 1
    }

    /// Takes the head of an answer.
    pub(super) fn begin(&mut self, head: Head) {
        self.head = Some(head);
    }

    /// Takes a piece of the body; how many answers it held.
    pub(super) fn take(
        &mut self,
        piece: &[u8],
        exchange: &mut dyn Exchange,
    ) -> Result<u64, Breach> {
        self.received += piece.len();
        if self.received > (self.requests.len() + 1) * MAX_LINE {
            return Err(self.breach("its answer does not end".to_owned()));
        }
        if !self.is_batch() {
            if self.rest.len() + piece.len() > MAX_LINE {
                let what = format!("its answer is longer than {MAX_LINE} bytes");
                return Err(self.breach(what));
            }
            self.rest.extend_from_slice(piece);
            return Ok(0);
        }
        let mut answers = 0;
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', piece) {
            let line = &piece[start..end];
            start = end + 1;
            if self.rest.is_empty() {
                answers += self.hear(line, exchange)?;
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.extend_from_slice(line);
                answers += self.hear(&whole, exchange)?;
            }
        }
        self.rest.extend_from_slice(&piece[start..]);
        if self.rest.len() > MAX_LINE {
            let what = format!("it sent a line longer than {MAX_LINE} bytes");
            return Err(self.breach(what));
        }
        Ok(answers)
    }

    /// The body is complete: what its last line held.
    pub(super) fn end(&mut self, exchange: &mut dyn Exchange) -> Result<Ended, Breach> {
        let rest = std::mem::take(&mut self.rest);
        if let Reading::Described { op, rules } = self.reading {
            return Ok(self.read(op, rules, &rest, exchange));
        }
        let answers = self.hear(&rest, exchange)?;
        match self.waiting {
            0 => Ok(Ended {
                answers,
                refused: None,
            }),
            1 if !self.is_batch() => Err(self.breach("its answer is empty".to_owned())),
            missing => Err(self.breach(format!(
                "{missing} of {} requests have no answer in its reply",
                self.requests.len()
            ))),
        }
    }

    fn breach(&self, what: String) -> Breach {
        Breach(match self.reading {
            Reading::Protocol => Failure::Protocol(what),
            Reading::Described { .. } => Failure::NoAnswer(what),
        })
    }

    /// Reads a whole answer as the description says. A request that the server did not take stays
    /// open: the caller has to look whether the server lives.
    fn read(
        &mut self,
        op: Op,
        rules: &AnswerRules,
        body: &[u8],
        exchange: &mut dyn Exchange,
    ) -> Ended {
        let Some(head) = self.head.take() else {
            let why = "its answer has no headers".to_owned();
            if let Addressee::Waiting(ticket) = self.settle(self.first) {
                exchange.failed(ticket, Failure::NoAnswer(why));
            }
            return Ended::one();
        };
        if self.size.explains(head.status) {
            return Ended {
                answers: 1,
                refused: Some(head.status),
            };
        }
        let outcome = rules.outcome(op, &head.output(body));
        // What many servers say of a head that is too long for them.
        if outcome.is_err() && self.size.has_long_head() && matches!(head.status, 400 | 494) {
            return Ended {
                answers: 1,
                refused: Some(head.status),
            };
        }
        let Addressee::Waiting(ticket) = self.settle(self.first) else {
            return Ended::default();
        };
        match outcome {
            Ok(outcome) => {
                self.is_answered = true;
                exchange.answered(ticket, Reply::Outcome(outcome));
            }
            Err(why) => exchange.failed(ticket, Failure::NoAnswer(why)),
        }
        Ended::one()
    }

    fn hear(&mut self, line: &[u8], exchange: &mut dyn Exchange) -> Result<u64, Breach> {
        if line.trim_ascii().is_empty() {
            return Ok(0);
        }
        match Line::of(line, |id| self.settle(id)) {
            Line::Answer(ticket, answer) => {
                exchange.answered(ticket, answer.reply);
                Ok(1)
            }
            Line::Malformed(ticket, why) => {
                exchange.failed(ticket, Failure::Protocol(why));
                Ok(1)
            }
            Line::Again(ticket) => {
                let why = "it answered this request twice".to_owned();
                exchange.revoked(ticket, Failure::Protocol(why));
                Ok(0)
            }
            Line::Nonsense(what) => Err(self.breach(what)),
        }
    }

    fn settle(&mut self, id: u64) -> Addressee {
        let slot = id
            .checked_sub(self.first)
            .and_then(|slot| usize::try_from(slot).ok())
            .and_then(|slot| self.requests.get_mut(slot));
        let Some(slot) = slot else {
            return Addressee::Unknown;
        };
        let was = *slot;
        if let Addressee::Waiting(ticket) = was {
            *slot = Addressee::Settled(ticket);
            self.waiting -= 1;
        }
        was
    }
}

impl Ended {
    fn one() -> Self {
        Self {
            answers: 1,
            refused: None,
        }
    }
}

impl Drop for Flight<'_> {
    /// Whatever may still come is of no interest.
    fn drop(&mut self) {
        self.abort.abort();
    }
}

/// A request on its way to a server.
pub(super) struct OutgoingRequest {
    pub(super) client: Client,
    pub(super) request: Request,
    /// What is sent before it; the cookies that this brings go with the request.
    pub(super) session: Option<Request>,
    pub(super) connection: Connection,
    /// Whether only an answer of the protocol will do.
    pub(super) is_protocol: bool,
}

impl OutgoingRequest {
    /// Sends it, and tells of the answer.
    pub(super) async fn send(self, flight: u64, sender: Sender<Event>) {
        let over = self.transfer(flight, &sender).await;
        let kind = ResponseEvent::Over(over);
        // Nobody listens only where the flight is of no interest any more.
        let _unheard = sender.send(Event { flight, kind }).await;
    }

    async fn transfer(self, flight: u64, sender: &Sender<Event>) -> Result<(), TransportError> {
        let Self {
            client,
            mut request,
            session,
            connection,
            is_protocol,
        } = self;
        let mut down = None;
        let mut was_down = |why| down = Some(why);
        if let Some(session) = session {
            let response = client.send(session, connection, &mut was_down).await?;
            if let Some(cookies) = cookies(&response)? {
                request.add_cookies(cookies);
            }
        }
        let response = client.send(request, connection, &mut was_down).await?;
        if let Some(why) = down {
            let kind = ResponseEvent::Down(why);
            // Nobody listens only where the flight is of no interest any more.
            let _unheard = sender.send(Event { flight, kind }).await;
        }
        let mut response = if is_protocol {
            expect_plain_200(response).await?
        } else {
            check_plain(&response)?;
            let kind = ResponseEvent::Head(Head::of(&response));
            // Nobody listens only where the flight is of no interest any more.
            let _unheard = sender.send(Event { flight, kind }).await;
            response
        };
        while let Some(piece) = response.chunk().await? {
            let kind = ResponseEvent::Piece(piece.into());
            if sender.send(Event { flight, kind }).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// The cookies that an answer sets, as they are sent back.
pub(super) fn cookies(response: &Response) -> Result<Option<HeaderValue>, TransportError> {
    let status = response.status();
    if !status.is_success() && !status.is_redirection() {
        let why = format!("the server did not open a session: status {status}");
        return Err(TransportError::Unusable(why));
    }
    let set = response.headers().get_all(SET_COOKIE).iter();
    let pairs: Vec<&[u8]> = set
        .filter_map(|cookie| cookie.as_bytes().split(|byte| *byte == b';').next())
        .map(<[u8]>::trim_ascii)
        .collect();
    if pairs.is_empty() {
        return Ok(None);
    }
    HeaderValue::from_bytes(&pairs.join(&b"; "[..]))
        .map(Some)
        .map_err(|_| {
            TransportError::Unusable("the session response sets invalid cookies".to_owned())
        })
}
