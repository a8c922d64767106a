//! A campaign: one implementation, asked again and again.
//!
//! What an answer teaches counts only from a fixed number of inputs later on, and in the order of
//! the inputs: so the same seed grows the same inputs whenever the answers come.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::adapters::{Exchange, Ticket};
use crate::fuzz::coverage::{Disagreement, ImplementationDefined, Sample, What};
use crate::fuzz::dedup::Known;
use crate::fuzz::demand::Judged;
use crate::fuzz::epochs::Epochs;
use crate::fuzz::input::{Input, Token};
use crate::fuzz::latency::Latency;
use crate::fuzz::masked::kind;
use crate::fuzz::plan::{Bounded, Counters, Plan};
use crate::fuzz::seed_pool::SeedPool;
use crate::fuzz::source::{Slot, Source};
use crate::protocol::{PreparedRequest, Reply, to_ascii};
use crate::results::Failure;
use crate::signature::{Op, Outcome, Request, Value};
use crate::suite::Level;

/// How many kinds of answers are told apart.
const MOST_KINDS: usize = 1 << 16;

/// How many answers of each sort are kept to tell causes apart.
const SAMPLES: usize = 128;

/// The campaign of one process.
pub(super) struct Campaign<'c, 's> {
    pub(super) pools: &'c [SeedPool<'s>],
    source: Source<'c, 's>,
    bounded: Bounded,
    clock: &'c (dyn Fn() -> Duration + Sync),
    level: Level,
    epochs: Epochs,
    slots: VecDeque<Option<Slot>>,
    /// The number of the first slot.
    first: u64,
    events: Vec<(u64, Event)>,
    kinds: HashSet<u64>,
    pub(super) behaviors: BTreeMap<(usize, &'static str), ImplementationDefined>,
    pub(super) known: Known,
    pub(super) samples: Vec<[Vec<Sample>; 2]>,
    /// What is to be looked into before the campaign goes on.
    open: VecDeque<Disagreement>,
    pub(super) pace: Latency,
    /// What is to be timed again before the campaign goes on.
    slow: VecDeque<Slow>,
    /// How many have been.
    timed: usize,
    pub(super) cases: u64,
    /// How many of them got a valid answer.
    pub(super) answers: u64,
    pub(super) disagreements: u64,
    pub(super) unsupported: u64,
    pub(super) notes: Vec<String>,
    /// What was sent last, in order, for whatever depends on it.
    sent: VecDeque<PreparedRequest>,
    /// What broke without a culprit.
    unexplained: Option<(Failure, Vec<Request>)>,
    progress: &'c Counters,
    nothing: PreparedRequest,
}

#[derive(Debug)]
enum Event {
    New(u64, Input),
    Slow(Slow),
    Open(Box<Disagreement>),
}

/// An input whose answer took much longer than is usual.
#[derive(Clone, Debug)]
pub(super) struct Slow {
    pub(super) input: Input,
    kind: u64,
}

/// How many slow answers are timed again: each costs its time twice more.
const TIMED: usize = 64;

/// How many lines are remembered for what depends on the case before.
const REMEMBERED: usize = 3 * 4096;

impl<'c, 's> Campaign<'c, 's> {
    pub(super) fn new(pools: &'c [SeedPool<'s>], plan: Plan<'c>) -> Self {
        let Plan {
            seed,
            window,
            seeds,
            corpus,
            level,
            clock,
            bounded,
            progress,
        } = plan;
        Self {
            pools,
            source: Source::new(pools, seed, seeds, corpus),
            bounded,
            clock,
            level,
            epochs: Epochs::new(window),
            slots: VecDeque::new(),
            first: 0,
            events: Vec::new(),
            kinds: HashSet::new(),
            behaviors: BTreeMap::new(),
            known: Known::default(),
            samples: pools.iter().map(|_| [Vec::new(), Vec::new()]).collect(),
            open: VecDeque::new(),
            pace: Latency::default(),
            slow: VecDeque::new(),
            timed: 0,
            cases: 0,
            answers: 0,
            disagreements: 0,
            unsupported: 0,
            notes: Vec::new(),
            sent: VecDeque::new(),
            unexplained: None,
            progress,
            nothing: PreparedRequest::new(Request {
                suite: "".into(),
                op: Op::Sign,
                secrets: crate::signature::Secrets::Per(Vec::new()),
                fields: crate::signature::Fields::new(),
                token: None,
                now: 0,
                context: crate::signature::Context::default(),
            }),
        }
    }

    /// What is to be looked into.
    pub(super) fn open(&mut self) -> Option<Disagreement> {
        self.open.pop_front()
    }

    /// It is still to be looked into: that was cut short.
    pub(super) fn reopen(&mut self, disagreement: Disagreement) {
        self.open.push_front(disagreement);
    }

    /// What is to be timed again.
    pub(super) fn slow(&mut self) -> Option<Slow> {
        self.slow.pop_front()
    }

    /// It was slow again, each time: that is a kind of answer of its own, worth growing from.
    pub(super) fn is_slow_again(&mut self, slow: Slow) {
        self.keep(slow.kind, slow.input);
    }

    /// Says so, the first few times: it is no finding, and somebody may want to know.
    pub(super) fn note_slow(&mut self, request: &Request, took: Duration) {
        const TOLD: usize = 3;
        let start = "an answer takes";
        if self
            .notes
            .iter()
            .filter(|note| note.starts_with(start))
            .count()
            < TOLD
        {
            let asked: String = to_ascii(request).chars().take(300).collect();
            self.notes.push(format!(
                "{start} {} ms each time, and half of the others less than {} ms: {asked}",
                took.as_millis(),
                self.pace.usual().as_millis() + 1
            ));
        }
    }

    fn keep(&mut self, kind: u64, input: Input) {
        if self.kinds.len() < MOST_KINDS && self.kinds.insert(kind) {
            self.source.keep(input);
            self.progress.kinds.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether there is nothing more to ask.
    pub(super) fn is_over(&self) -> bool {
        let spent = self
            .bounded
            .cases
            .is_some_and(|most| self.epochs.handed_out() >= most);
        spent
            || self
                .bounded
                .until
                .is_some_and(|until| (self.clock)() >= until)
    }

    /// Everything that was asked is answered: what is left counts now.
    pub(super) fn settle(&mut self) {
        self.look_back(u64::MAX);
    }

    /// The kinds of answers that were seen, and the inputs kept for them.
    pub(super) fn kinds(&self) -> (usize, &[Input]) {
        (self.kinds.len(), self.source.kept())
    }

    /// The lowest level whose violation is a finding.
    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// What ended the process and depends on what came before, with what was sent last.
    pub(super) fn broken_down(&mut self) -> Option<(Failure, Vec<Request>)> {
        self.unexplained.take()
    }

    /// What had no answer when the adapter stopped working, in the order in which it was asked: the
    /// culprit is among it, and nobody is left to be asked which it is.
    pub(super) fn suspects(&mut self) -> Vec<Disagreement> {
        let mut suspects: Vec<Disagreement> = Vec::new();
        for (_, event) in std::mem::take(&mut self.events) {
            match event {
                Event::Open(one) if matches!(one.what, What::Failed(_)) => suspects.push(*one),
                _ => {}
            }
        }
        let waiting = (self.first..).zip(std::mem::take(&mut self.slots));
        for (number, slot) in waiting {
            let Some(slot) = slot else { continue };
            suspects.push(Disagreement {
                number,
                input: slot.input,
                request: slot.request,
                vector: slot.vector,
                what: What::Failed(Failure::NoAnswer("it never arrived".to_owned())),
            });
        }
        suspects.sort_by_key(|one| one.number);
        suspects
    }

    /// The last requests that were sent, the oldest first.
    pub(super) fn sent(&self) -> Vec<Request> {
        self.sent.iter().map(|one| one.request().clone()).collect()
    }

    fn count(&mut self) {
        self.cases += 1;
        self.progress.cases.fetch_add(1, Ordering::Relaxed);
    }

    fn take(&mut self, ticket: Ticket) -> Option<Slot> {
        let at = usize::try_from(ticket.0.checked_sub(self.first)?).ok()?;
        let slot = self.slots.get_mut(at)?.take();
        while matches!(self.slots.front(), Some(None)) {
            self.slots.pop_front();
            self.first += 1;
        }
        slot
    }

    /// What was learnt of the inputs before this one counts from now on.
    fn look_back(&mut self, end: u64) {
        let (mut past, later) = std::mem::take(&mut self.events)
            .into_iter()
            .partition::<Vec<_>, _>(|(number, _)| *number < end);
        self.events = later;
        past.sort_by_key(|(number, _)| *number);
        for (_, event) in past {
            match event {
                Event::New(kind, input) => self.keep(kind, input),
                Event::Slow(slow) => {
                    if !self.kinds.contains(&slow.kind) && self.timed < TIMED {
                        self.timed += 1;
                        self.slow.push_back(slow);
                    }
                }
                Event::Open(disagreement) => {
                    if self.known.is_new(self.pools, &disagreement) {
                        self.open.push_back(*disagreement);
                    }
                }
            }
        }
    }

    /// The request of an input that was asked, once more.
    pub(super) fn request_again(&mut self, input: &Input) -> Option<Request> {
        self.source.request(input)
    }

    fn sample(&mut self, slot: &Slot, request: &Request, outcome: &Outcome, failed: bool) {
        let kept = &mut self.samples[slot.input.suite][usize::from(failed)];
        if kept.len() < SAMPLES {
            kept.push(Sample {
                request: request.clone(),
                outcome: outcome.clone(),
                failed,
            });
        }
    }

    fn judge(&mut self, ticket: Ticket, slot: Slot, outcome: Outcome) {
        self.count();
        self.answers += 1;
        let op = slot.input.op;
        if slot.vector.is_none() {
            self.learn(ticket, &slot, &outcome);
        }
        let is_sound = slot.vector.is_none()
            && op.is_answered_by(outcome.kind())
            && is_same(&slot.right, &outcome);
        if is_sound && self.samples[slot.input.suite][0].len() >= SAMPLES {
            return;
        }
        let pool = &self.pools[slot.input.suite];
        let scheme = &pool.suite().scheme;
        let request = pool
            .present
            .answered(scheme, slot.request.clone(), &outcome);
        if !op.is_answered_by(outcome.kind()) {
            let why = format!("{} is not a valid answer to {op}", outcome.kind());
            let what = What::Failed(Failure::Protocol(why));
            self.disagrees(ticket, slot, request, what);
            return;
        }
        let judged = if is_sound {
            Judged::Sound
        } else {
            let present = pool.present;
            present.judged(&pool.bounds, &request, slot.vector, &outcome)
        };
        match judged {
            Judged::Sound => self.sample(&slot, &request, &outcome, false),
            Judged::ImplementationDefined(what) => {
                let behavior = self.behaviors.entry((slot.input.suite, what));
                behavior
                    .or_insert_with(|| ImplementationDefined {
                        cases: 0,
                        example: request,
                        outcome,
                    })
                    .cases += 1;
            }
            Judged::Broken(demand) => {
                self.sample(&slot, &request, &outcome, true);
                if demand.level > self.level {
                    self.known.warn(slot.input.suite, &demand);
                } else {
                    self.disagrees(ticket, slot, request, What::Broken(demand, outcome));
                }
            }
        }
    }

    /// Remembers an answer of a new kind, and what it was an answer to.
    fn learn(&mut self, ticket: Ticket, slot: &Slot, outcome: &Outcome) {
        let op = slot.input.op;
        let number = kind(slot.input.suite, op, slot.class, outcome);
        if self.kinds.contains(&number) {
            return;
        }
        let mut kept = slot.input.clone();
        // Its own token is worth presenting, where it is not ours.
        if let Outcome::Token(token) = outcome
            && slot.right != *outcome
        {
            kept.op = Op::Verify;
            kept.token = Token::Literal(Value::Text(token.clone()));
        }
        self.events.push((ticket.0, Event::New(number, kept)));
    }

    /// Remembers an answer that took long, for whatever reason: it is timed again.
    fn was_slow(&mut self, ticket: Ticket, slot: &Slot, outcome: &Outcome) {
        // No class of input has this bit: it is another kind than the same answer in time.
        let class = slot.class ^ 1 << 31;
        let kind = kind(slot.input.suite, slot.input.op, class, outcome);
        let input = slot.input.clone();
        self.events
            .push((ticket.0, Event::Slow(Slow { input, kind })));
    }

    fn disagrees(&mut self, ticket: Ticket, slot: Slot, request: Request, what: What) {
        self.disagreements += 1;
        let disagreement = Disagreement {
            number: ticket.0,
            input: slot.input,
            request,
            vector: slot.vector,
            what,
        };
        self.events
            .push((ticket.0, Event::Open(Box::new(disagreement))));
    }
}

/// Whether both are the same for the caller.
fn is_same(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Token(_), Outcome::Token(_)) | (_, Outcome::Read(_)) => one == other,
        (one, other) => one.kind() == other.kind(),
    }
}

impl Exchange for Campaign<'_, '_> {
    fn next(&mut self) -> Option<Ticket> {
        if let Some(end) = self.epochs.counts_up_to() {
            self.look_back(end);
        }
        let waits = self.epochs.waits()
            || !self.open.is_empty()
            || !self.slow.is_empty()
            || self.unexplained.is_some();
        if waits {
            return None;
        }
        if self.is_over() {
            return None;
        }
        let (slot, prepared) = self.source.next();
        if self.sent.len() == REMEMBERED {
            self.sent.pop_front();
        }
        self.sent.push_back(prepared);
        self.slots.push_back(Some(slot));
        self.pace.asked(self.clock);
        Some(Ticket(self.epochs.hand_out()))
    }

    fn request(&self, ticket: Ticket) -> &PreparedRequest {
        // More are remembered than can be under way.
        let forgotten = self.epochs.handed_out() - self.sent.len() as u64;
        let at = ticket.0.checked_sub(forgotten);
        at.and_then(|at| self.sent.get(usize::try_from(at).ok()?))
            .unwrap_or(&self.nothing)
    }

    fn answered(&mut self, ticket: Ticket, reply: Reply) {
        let took = self.pace.settled((self.clock)());
        if let Some(slot) = self.take(ticket) {
            match reply {
                Reply::Outcome(outcome) => {
                    let due = match &slot.right {
                        Outcome::Token(right) => right.len(),
                        _ => 0,
                    };
                    let scheme = &self.pools[slot.input.suite].suite().scheme;
                    let outcome = scheme.compared(&slot.request, outcome);
                    let outcome = outcome.bounded(due, &str::to_owned);
                    if self.pace.is_slow(took) {
                        self.was_slow(ticket, &slot, &outcome);
                    }
                    self.judge(ticket, slot, outcome);
                }
                Reply::Unsupported(_) => self.unsupported += 1,
            }
        }
        self.epochs.settle(ticket.0);
    }

    fn failed(&mut self, ticket: Ticket, failure: Failure) {
        self.pace.settled((self.clock)());
        if let Some(slot) = self.take(ticket) {
            self.count();
            let request = slot.request.clone();
            self.disagrees(ticket, slot, request, What::Failed(failure));
        }
        self.epochs.settle(ticket.0);
    }

    /// What a description cannot carry says nothing of anybody.
    fn inapplicable(&mut self, ticket: Ticket, _reason: String) {
        self.pace.settled((self.clock)());
        if self.take(ticket).is_some() {
            self.unsupported += 1;
        }
        self.epochs.settle(ticket.0);
    }

    fn broke_down(&mut self, failure: &Failure) {
        let sent = self.sent();
        self.unexplained = Some((failure.clone(), sent));
    }

    fn revoked(&mut self, _ticket: Ticket, failure: Failure) {
        if self.notes.len() < 20 {
            self.notes.push(failure.to_string());
        }
    }
}

#[cfg(test)]
mod tests;
