//! One adapter process at work on its share of the cases.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError, Exchange, Ticket};
use crate::protocol::{Hello, PreparedRequest, Reply};
use crate::results::{Failure, Observed, Redaction, Verdict, read_sent};
use crate::runner::case::{Case, Disposition};
use crate::runner::live_clock::TOO_LATE;
use crate::runner::schedule::Schedule;
use crate::runner::seen::{Right, Seen, same};
use crate::runner::{FailFast, Watcher};
use crate::signature::{Outcome, bounded};
use crate::suite::Expect;

/// What all jobs share.
pub(super) struct WorkerContext<'w, 's> {
    pub(super) cases: &'w [Case<'s>],
    /// What all of them together have seen of each case: what is told of a case while they run is
    /// what stands in the document in the end.
    pub(super) seen: &'w [Mutex<Seen>],
    pub(super) schedule: &'w Schedule,
    pub(super) hello: &'w Hello,
    pub(super) now: &'w (dyn Fn() -> u64 + Sync),
    pub(super) fail_fast: Option<FailFast<'w>>,
    pub(super) watcher: Option<Watcher<'w>>,
    /// What is kept of an answer shows nothing that this hides.
    pub(super) redaction: Redaction,
}

impl WorkerContext<'_, '_> {
    /// What was seen of a case so far.
    pub(super) fn seen(&self, at: usize) -> MutexGuard<'_, Seen> {
        self.seen[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// In how many steps the cases that sign by the real clock are spread over a second.
const STEPS: usize = 20;

/// How long a step is.
const STEP: Duration = Duration::from_millis(50);

/// One process's share.
pub(super) struct Job<'w, 's> {
    work: &'w WorkerContext<'w, 's>,
    lot: Range<u64>,
    /// The cases that this step of [`Job::spread_over_a_second`] still asks.
    step: Option<Vec<u32>>,
    /// The latest request of each case that is asked live, and its second.
    live: Vec<Option<(u64, PreparedRequest)>>,
    began: u64,
}

impl<'w, 's> Job<'w, 's> {
    pub(super) fn new(work: &'w WorkerContext<'w, 's>) -> Self {
        Self {
            work,
            lot: 0..0,
            step: None,
            live: vec![None; work.cases.len()],
            began: (work.now)(),
        }
    }

    /// Asks some cases that sign by the real clock again, at every part of a second.
    ///
    /// A whole run may be over in a tenth of a second. A signer that rounds the time, or reads the
    /// clock twice, is right for most of each second, so that the moment at which it is started
    /// would decide on its verdict. Whether all of them were asked.
    pub(super) fn spread_over_a_second(
        &mut self,
        adapter: &mut dyn Adapter,
        interrupt: &AtomicBool,
    ) -> Result<bool, AdapterError> {
        let signing = self.signing_by_the_clock();
        if signing.is_empty() {
            return Ok(true);
        }
        for step in 0..STEPS {
            if self.work.schedule.is_stopped() || interrupt.load(Ordering::Relaxed) {
                return Ok(false);
            }
            thread::sleep(STEP);
            let cases = signing.iter().map(|cases| cases[step % cases.len()]);
            self.step = Some(cases.collect());
            adapter.drive(self)?;
        }
        Ok(!self.work.schedule.is_stopped())
    }

    /// Whether a right token depends on the time of the asking.
    pub(super) fn signs_by_the_clock(&self) -> bool {
        !self.signing_by_the_clock().is_empty()
    }

    /// The cases of each suite whose right token depends on the time of the asking.
    fn signing_by_the_clock(&self) -> Vec<Vec<u32>> {
        let mut signing: Vec<Vec<u32>> = Vec::new();
        let mut latest = None;
        for (at, case) in std::iter::zip(0.., self.work.cases) {
            let is_live = matches!(case.fate, Disposition::AskedLive(_));
            let signs = matches!(
                case.asked.expect,
                Expect::Token { .. } | Expect::Sent { .. }
            );
            if !is_live || !signs {
                continue;
            }
            match signing.last_mut() {
                Some(cases) if latest == Some(&case.suite.name) => cases.push(at),
                _ => signing.push(vec![at]),
            }
            latest = Some(&case.suite.name);
        }
        signing
    }

    /// Takes in what happened in one round of a case, and tells it where that is news.
    fn keep(&self, at: usize, observed: Observed, right: Option<Right>) {
        let case = &self.work.cases[at];
        // Held until it is told, so that what is told last is what is so.
        let mut seen = self.work.seen(at);
        let before = seen.observed.clone();
        seen.add(observed, right, &case.asked.expect);
        if seen.observed == before {
            return;
        }
        if let Some(watcher) = self.work.watcher
            && let Some(event) = case.event(&seen, watcher.level)
        {
            (watcher.tell)(&event);
        }
        if let Some(fail_fast) = self.work.fail_fast
            && let Some(Verdict::Fail | Verdict::Error) = case.verdict(&seen, fail_fast.level)
            && !(fail_fast.tolerated)(&case.id())
        {
            self.work.schedule.stop();
        }
    }

    /// A round of a case is over.
    fn count(&self, at: usize) {
        if self.step.is_some() {
            return;
        }
        self.work.seen(at).rounds += 1;
        self.work.schedule.add_done(1);
    }

    /// What is right for this answer, where the suite cannot tell before it comes.
    fn right(&self, ticket: Ticket, reply: &Reply) -> Option<Right> {
        let case = &self.work.cases[case_of(ticket)];
        let Reply::Outcome(outcome) = reply else {
            return None;
        };
        let asked = self.began + (ticket.0 >> 32);
        match (&case.fate, outcome) {
            (fate, Outcome::Sent(sent)) => {
                let request = &case.asked.request;
                let within = match fate {
                    Disposition::AskedLive(_) => asked..=(self.work.now)().max(asked),
                    Disposition::Asked | Disposition::NotApplicable(_) => request.now..=request.now,
                };
                let read = read_sent(&case.suite.scheme, request, &within, sent);
                Some(Right::Sent {
                    is_right: read.is_ok_and(|request| request.is_accepted),
                    within,
                })
            }
            (Disposition::AskedLive(live), outcome) => {
                let right = live.right(outcome, asked, (self.work.now)());
                right.map(Right::Token)
            }
            _ => None,
        }
    }
}

impl Exchange for Job<'_, '_> {
    fn next(&mut self) -> Option<Ticket> {
        if self.work.schedule.is_stopped() {
            return None;
        }
        let case = match &mut self.step {
            Some(cases) => cases.pop()?,
            None => {
                if self.lot.is_empty() {
                    self.lot = self.work.schedule.take_lot();
                }
                self.work.schedule.case_at(self.lot.next()?)
            }
        };
        let at = case as usize;
        let Disposition::AskedLive(live) = &self.work.cases[at].fate else {
            return Some(Ticket(u64::from(case)));
        };
        let now = (self.work.now)();
        if self.live[at]
            .as_ref()
            .is_none_or(|(second, _)| *second != now)
        {
            let case = &self.work.cases[at];
            // It was planned for a second of this run, and there is one for any other.
            let request = live
                .request(now)
                .map_or_else(|| case.request.clone(), PreparedRequest::new);
            self.live[at] = Some((now, request));
        }
        let since_began = now.saturating_sub(self.began).min(u64::from(u32::MAX));
        Some(Ticket(since_began << 32 | u64::from(case)))
    }

    fn request(&self, ticket: Ticket) -> &PreparedRequest {
        let at = case_of(ticket);
        match &self.live[at] {
            Some((_, request)) => request,
            None => &self.work.cases[at].request,
        }
    }

    fn answered(&mut self, ticket: Ticket, reply: Reply) {
        let at = case_of(ticket);
        self.count(at);
        if let Disposition::AskedLive(live) = &self.work.cases[at].fate
            && live.is_late(self.began + (ticket.0 >> 32), (self.work.now)())
        {
            let late = Observed::NotApplicable(TOO_LATE.to_owned());
            return self.keep(at, late, None);
        }
        let right = self.right(ticket, &reply);
        let Case { suite, asked, .. } = &self.work.cases[at];
        let hide = |text: &str| self.work.redaction.text(text);
        let observed = match reply {
            Reply::Outcome(outcome) => {
                let due = match &right {
                    Some(Right::Token(token)) => token.len(),
                    Some(Right::Sent { .. }) | None => longest(&asked.expect),
                };
                let outcome = suite.scheme.compared(&asked.request, outcome);
                let outcome = outcome.bounded(due, &hide);
                // Every round but the first ends here.
                if right.is_none()
                    && let Some(Observed::Outcome(earlier)) = &self.work.seen(at).observed
                    && same(earlier, &outcome, &asked.expect)
                {
                    return;
                }
                Observed::Outcome(outcome)
            }
            Reply::Unsupported(reason) => {
                let declared = self
                    .work
                    .hello
                    .declared(suite.name.as_str(), asked.request.op);
                let reason = bounded(reason, 0, &hide);
                Observed::Unsupported { reason, declared }
            }
        };
        self.keep(at, observed, right);
    }

    fn failed(&mut self, ticket: Ticket, failure: Failure) {
        let at = case_of(ticket);
        self.count(at);
        self.keep(at, Observed::Failed(failure), None);
    }

    fn inapplicable(&mut self, ticket: Ticket, reason: String) {
        let at = case_of(ticket);
        self.count(at);
        self.keep(at, Observed::NotApplicable(reason), None);
    }

    fn revoked(&mut self, ticket: Ticket, failure: Failure) {
        self.keep(case_of(ticket), Observed::Failed(failure), None);
    }
}

/// The longest text that can be right, in bytes.
fn longest(expect: &Expect) -> usize {
    match expect {
        Expect::Token { token, .. } => token.len(),
        Expect::Rejected { codes, .. } => codes.iter().map(String::len).max().unwrap_or_default(),
        Expect::Outcomes(_) | Expect::Sent { .. } | Expect::Observe(_) => 0,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower half is the case"
)]
fn case_of(ticket: Ticket) -> usize {
    ticket.0 as u32 as usize
}
