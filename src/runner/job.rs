//! One adapter process at work on its share of the cases.

use std::ops::Range;

use crate::adapters::{Exchange, Ticket};
use crate::protocol::{Hello, Reply, RequestLine};
use crate::results::{Failure, Observed, ObservedKind, Verdict, judge};
use crate::runner::plan::{Case, Fate, line};
use crate::runner::schedule::Schedule;
use crate::runner::seen::{Seen, same};
use crate::runner::{CaseEvent, FailFast, Watcher};
use crate::suite::Expect;

/// After how many answers the others are told how far we are.
const REPORTED: u64 = 256;

/// What all jobs share.
pub(super) struct Work<'w, 's> {
    pub(super) cases: &'w [Case<'s>],
    pub(super) schedule: &'w Schedule,
    pub(super) hello: &'w Hello,
    pub(super) now: &'w (dyn Fn() -> u64 + Sync),
    pub(super) fail_fast: Option<FailFast<'w>>,
    pub(super) watcher: Option<Watcher<'w>>,
}

/// One process's share.
pub(super) struct Job<'w, 's> {
    work: &'w Work<'w, 's>,
    lot: Range<u64>,
    seen: Vec<Seen>,
    /// The latest request of each case that is asked afresh, and its second.
    afresh: Vec<Option<(u64, RequestLine)>>,
    began: u64,
    unreported: u64,
}

impl<'w, 's> Job<'w, 's> {
    pub(super) fn new(work: &'w Work<'w, 's>) -> Self {
        Self {
            work,
            lot: 0..0,
            seen: vec![Seen::default(); work.cases.len()],
            afresh: vec![None; work.cases.len()],
            began: (work.now)(),
            unreported: 0,
        }
    }

    /// What it has seen of each case.
    pub(super) fn into_seen(self) -> Vec<Seen> {
        self.work.schedule.add_done(self.unreported);
        self.seen
    }

    fn count(&mut self) {
        self.unreported += 1;
        if self.unreported == REPORTED {
            self.work.schedule.add_done(REPORTED);
            self.unreported = 0;
        }
    }

    fn keep(&mut self, at: usize, observed: Observed, expect: Option<Expect>) {
        let round = Seen {
            observed: Some(observed),
            expect,
        };
        let due = &self.work.cases[at].vector.expect;
        let seen = &mut self.seen[at];
        *seen = std::mem::take(seen).and(round, due);
        self.tell(at);
        self.stop_at_failure(at);
    }

    fn tell(&self, at: usize) {
        let Some(watcher) = self.work.watcher else {
            return;
        };
        let Case { suite, vector, .. } = &self.work.cases[at];
        let Seen { observed, expect } = &self.seen[at];
        let Some(observed) = observed else { return };
        let expect = expect.as_ref().unwrap_or(&vector.expect);
        let op = vector.request.op;
        (watcher.tell)(&CaseEvent {
            suite,
            vector,
            verdict: judge(op, vector.level, expect, observed, watcher.level),
            outcome: ObservedKind::of(op, observed),
        });
    }

    fn stop_at_failure(&self, at: usize) {
        let Some(fail_fast) = self.work.fail_fast else {
            return;
        };
        let Case {
            suite,
            vector,
            asked,
            ..
        } = &self.work.cases[at];
        let Seen { observed, expect } = &self.seen[at];
        let Some(observed) = observed else { return };
        let expect = expect.as_ref().unwrap_or(&asked.expect);
        let op = vector.request.op;
        let verdict = judge(op, vector.level, expect, observed, fail_fast.level);
        if matches!(verdict, Verdict::Fail | Verdict::Error)
            && !(fail_fast.tolerated)(&suite.case_id(vector))
        {
            self.work.schedule.stop();
        }
    }

    /// What is to be expected of a case that was asked with the time of the asking.
    fn expect(&self, ticket: Ticket, reply: &Reply) -> Option<Expect> {
        match (&self.work.cases[case_of(ticket)].fate, reply) {
            (Fate::AskedAfresh(afresh), Reply::Outcome(outcome)) => {
                let asked = self.began + (ticket.0 >> 32);
                afresh.expect(outcome, asked, (self.work.now)())
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
        if self.lot.is_empty() {
            self.lot = self.work.schedule.take_lot();
        }
        let place = self.lot.next()?;
        let case = self.work.schedule.case_at(place);
        let at = case as usize;
        let Fate::AskedAfresh(afresh) = &self.work.cases[at].fate else {
            return Some(Ticket(u64::from(case)));
        };
        let now = (self.work.now)();
        if self.afresh[at]
            .as_ref()
            .is_none_or(|(second, _)| *second != now)
        {
            let line = line(self.work.cases[at].suite, &afresh.request(now));
            self.afresh[at] = Some((now, line));
        }
        let since_began = now.saturating_sub(self.began).min(u64::from(u32::MAX));
        Some(Ticket(since_began << 32 | u64::from(case)))
    }

    fn request(&self, ticket: Ticket) -> &RequestLine {
        let at = case_of(ticket);
        match &self.afresh[at] {
            Some((_, line)) => line,
            None => &self.work.cases[at].line,
        }
    }

    fn answered(&mut self, ticket: Ticket, reply: Reply) {
        self.count();
        let at = case_of(ticket);
        let expect = self.expect(ticket, &reply);
        let observed = match reply {
            Reply::Outcome(outcome) => {
                // Every round but the first ends here.
                if expect.is_none()
                    && let Some(Observed::Outcome(earlier)) = &self.seen[at].observed
                    && same(earlier, &outcome, &self.work.cases[at].vector.expect)
                {
                    return;
                }
                Observed::Outcome(outcome)
            }
            Reply::Unsupported(reason) => {
                let Case { suite, vector, .. } = &self.work.cases[at];
                let declared = self
                    .work
                    .hello
                    .declared(suite.name.as_str(), vector.request.op);
                Observed::Unsupported { reason, declared }
            }
        };
        self.keep(at, observed, expect);
    }

    fn failed(&mut self, ticket: Ticket, failure: Failure) {
        self.count();
        self.keep(case_of(ticket), Observed::Failed(failure), None);
    }

    fn inapplicable(&mut self, ticket: Ticket, reason: String) {
        self.count();
        self.keep(case_of(ticket), Observed::NotApplicable(reason), None);
    }

    fn revoked(&mut self, ticket: Ticket, failure: Failure) {
        self.keep(case_of(ticket), Observed::Failed(failure), None);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower half is the case"
)]
fn case_of(ticket: Ticket) -> usize {
    ticket.0 as u32 as usize
}
