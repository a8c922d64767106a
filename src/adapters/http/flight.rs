//! One request over HTTP that is under way: an object of the protocol, or a batch of them.

use reqwest::header::CONTENT_TYPE;
use tokio::sync::mpsc::Sender;
use tokio::task::AbortHandle;

use crate::adapters::conversation::Said;
use crate::adapters::http::client::{Client, Connection, Loss, expect_plain_200};
use crate::adapters::in_flight::Addressee;
use crate::adapters::{Exchange, Ticket};
use crate::implementations::WebAddress;
use crate::protocol::MAX_LINE;
use crate::results::Failure;

/// What has become of a flight.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) flight: u64,
    pub(super) news: News,
}

/// What is new.
#[derive(Debug)]
pub(super) enum News {
    /// A piece of the body came.
    Piece(Vec<u8>),
    /// It is over.
    Over(Result<(), Loss>),
}

/// Requests that went out together, and what has come back.
#[derive(Debug)]
pub(super) struct Flight {
    /// The id of the first; the others follow.
    first: u64,
    requests: Vec<Addressee>,
    waiting: usize,
    /// What has come of a line that is not whole, or of a single answer.
    rest: Vec<u8>,
    received: usize,
    /// Whether this is the last attempt, alone and over a fresh connection.
    pub(super) is_trial: bool,
    abort: AbortHandle,
}

/// What is wrong with what came.
#[derive(Debug)]
pub(super) struct Breach(pub(super) String);

impl Flight {
    pub(super) fn new(first: u64, tickets: &[Ticket], is_trial: bool, abort: AbortHandle) -> Self {
        Self {
            first,
            requests: tickets.iter().copied().map(Addressee::Waiting).collect(),
            waiting: tickets.len(),
            rest: Vec::new(),
            received: 0,
            is_trial,
            abort,
        }
    }

    /// Those that wait for an answer.
    pub(super) fn waiting(&self) -> Vec<Ticket> {
        self.requests
            .iter()
            .filter_map(|request| match request {
                Addressee::Waiting(ticket) => Some(*ticket),
                _ => None,
            })
            .collect()
    }

    pub(super) fn is_batch(&self) -> bool {
        self.requests.len() > 1
    }

    /// Takes a piece of the body; how many answers it held.
    pub(super) fn take<E: Exchange>(
        &mut self,
        piece: &[u8],
        exchange: &mut E,
    ) -> Result<u64, Breach> {
        self.received += piece.len();
        if self.received > (self.requests.len() + 1) * MAX_LINE {
            return Err(Breach("its answer has no end".to_owned()));
        }
        if !self.is_batch() {
            if self.rest.len() + piece.len() > MAX_LINE {
                return Err(Breach(format!(
                    "its answer is longer than {MAX_LINE} bytes"
                )));
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
            return Err(Breach(format!(
                "it sent a line longer than {MAX_LINE} bytes"
            )));
        }
        Ok(answers)
    }

    /// The body is complete: how many answers its last line held.
    pub(super) fn end<E: Exchange>(&mut self, exchange: &mut E) -> Result<u64, Breach> {
        let rest = std::mem::take(&mut self.rest);
        let answers = self.hear(&rest, exchange)?;
        match self.waiting {
            0 => Ok(answers),
            1 if !self.is_batch() => Err(Breach("its answer is empty".to_owned())),
            missing => Err(Breach(format!(
                "{missing} of {} requests have no answer in its reply",
                self.requests.len()
            ))),
        }
    }

    fn hear<E: Exchange>(&mut self, line: &[u8], exchange: &mut E) -> Result<u64, Breach> {
        if line.trim_ascii().is_empty() {
            return Ok(0);
        }
        match Said::of(line, |id| self.settle(id)) {
            Said::Answer(ticket, answer) => {
                exchange.answered(ticket, answer.reply);
                Ok(1)
            }
            Said::Malformed(ticket, why) => {
                exchange.failed(ticket, Failure::Protocol(why));
                Ok(1)
            }
            Said::Again(ticket) => {
                let why = "it answered this request twice".to_owned();
                exchange.revoked(ticket, Failure::Protocol(why));
                Ok(0)
            }
            Said::Nonsense(what) => Err(Breach(what)),
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

impl Drop for Flight {
    /// Whatever may still come is of no interest.
    fn drop(&mut self) {
        self.abort.abort();
    }
}

/// A body on its way to a server.
pub(super) struct Departure {
    pub(super) client: Client,
    pub(super) address: WebAddress,
    pub(super) body: Vec<u8>,
    pub(super) is_batch: bool,
    pub(super) connection: Connection,
}

impl Departure {
    /// Sends it, and tells of the answer.
    pub(super) async fn fly(self, flight: u64, sender: Sender<Event>) {
        let over = self.transfer(flight, &sender).await;
        let news = News::Over(over);
        // Nobody listens only where the flight is of no interest any more.
        let _unheard = sender.send(Event { flight, news }).await;
    }

    async fn transfer(self, flight: u64, sender: &Sender<Event>) -> Result<(), Loss> {
        let Self {
            client,
            address,
            body,
            is_batch,
            connection,
        } = self;
        let kind = if is_batch {
            "application/x-ndjson"
        } else {
            "application/json"
        };
        let request = client
            .over(connection)
            .post(address.url().clone())
            .header(CONTENT_TYPE, kind)
            .body(body)
            .build()
            .map_err(|error| Loss::of(&error))?;
        let response = client.send(request, connection).await?;
        let mut response = expect_plain_200(response).await?;
        while let Some(piece) = response.chunk().await.map_err(|error| Loss::of(&error))? {
            let news = News::Piece(piece.into());
            if sender.send(Event { flight, news }).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}
