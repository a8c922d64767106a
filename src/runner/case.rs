//! A case of a run: what is asked for its sake, and what is expected of the answer.

use std::borrow::Cow;

use crate::protocol::PreparedRequest;
use crate::results::{Expectation, Observation, Observed, ObservedKind, Verdict};
use crate::runner::CaseEvent;
use crate::runner::live_clock::LiveCase;
use crate::runner::seen::{Right, Seen};
use crate::signature::{CaseId, Op};
use crate::suite::{Expect, Level, Suite, Vector};

/// A chosen vector, and what this adapter is to be asked for its sake.
///
/// A case has one expectation, that of what is asked. Events, fail-fast and the document all have
/// it from [`due`](Self::due); the vector of the suite, which may name another token, only lends
/// its name.
#[derive(Debug)]
pub(super) struct Case<'s> {
    pub(super) suite: &'s Suite,
    /// The vector as the suite has it, which is what reports show.
    origin: &'s Vector,
    /// The vector as it is asked: signed with another secret, where the implementation has its own.
    pub(super) asked: Cow<'s, Vector>,
    /// The request as it was planned.
    pub(super) request: PreparedRequest,
    pub(super) fate: Disposition<'s>,
}

/// What becomes of a case.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "most are of the large one where there is any"
)]
pub(super) enum Disposition<'s> {
    /// It is asked as it stands.
    Asked,
    /// It is asked with the time of the asking.
    AskedLive(LiveCase<'s>),
    /// It does not apply to this adapter, with the reason.
    NotApplicable(String),
}

impl<'s> Case<'s> {
    pub(super) fn new(
        suite: &'s Suite,
        origin: &'s Vector,
        asked: Cow<'s, Vector>,
        request: PreparedRequest,
        fate: Disposition<'s>,
    ) -> Self {
        Self {
            suite,
            origin,
            asked,
            request,
            fate,
        }
    }

    pub(super) fn id(&self) -> CaseId {
        self.suite.case_id(self.origin)
    }

    pub(super) fn op(&self) -> Op {
        self.asked.request.op
    }

    /// What is expected. `right` is what was right for the answer, where that decides.
    pub(super) fn due(&self, right: Option<&Right>) -> Cow<'_, Expect> {
        let Some(right) = right else {
            return Cow::Borrowed(&self.asked.expect);
        };
        let mut due = self.asked.expect.clone();
        match (&mut due, right) {
            (Expect::Token { token, .. }, Right::Token(right)) => right.clone_into(token),
            (
                Expect::Sent { within, .. },
                Right::Sent {
                    within: seconds, ..
                },
            ) => {
                within.clone_from(seconds);
            }
            _ => {}
        }
        Cow::Owned(due)
    }

    /// What it came to so far; `None` where nothing happened yet.
    pub(super) fn verdict(&self, seen: &Seen, level: Level) -> Option<Verdict> {
        let observed = seen.observed.as_ref()?;
        let due = self.due(seen.right.as_ref());
        let expectation = Expectation {
            expect: &due,
            ..Expectation::of(&self.suite.scheme, &self.asked)
        };
        Some(expectation.verdict(observed, level))
    }

    /// The same, to be told.
    pub(super) fn event(&self, seen: &Seen, level: Level) -> Option<CaseEvent<'_>> {
        Some(CaseEvent {
            suite: self.suite,
            vector: &self.asked,
            verdict: self.verdict(seen, level)?,
            outcome: seen
                .observed
                .as_ref()
                .and_then(|observed| ObservedKind::of(self.op(), observed)),
        })
    }

    /// What happens to a case that nobody asked; `undone` says why.
    pub(super) fn unasked(&self, undone: &str) -> Observed {
        match &self.fate {
            Disposition::NotApplicable(reason) => Observed::NotApplicable(reason.clone()),
            Disposition::Asked | Disposition::AskedLive(_) => Observed::Skipped(undone.to_owned()),
        }
    }

    /// For the document. `has_oracle`: whether anybody can tell the right token.
    pub(super) fn observation(&self, seen: Seen, has_oracle: bool) -> Observation<'s> {
        let Seen {
            observed, right, ..
        } = seen;
        let expect = self.due(right.as_ref()).into_owned();
        let right = match right {
            Some(Right::Token(token)) => Some(token),
            Some(Right::Sent { .. }) | None => None,
        };
        let planned = || {
            let request = &self.asked.request;
            let scheme = &self.suite.scheme;
            (request.op == Op::Sign && has_oracle)
                .then(|| scheme.sign(&request.secrets, &request.fields).ok())
                .flatten()
        };
        Observation {
            suite: self.suite,
            vector: self.origin,
            request: Cow::Owned(self.request.request().clone()),
            right: match &expect {
                Expect::Observe(_) => right.or_else(planned),
                Expect::Token { .. }
                | Expect::Sent { .. }
                | Expect::Outcomes(_)
                | Expect::Rejected { .. } => None,
            },
            expect: Cow::Owned(expect),
            observed: observed.unwrap_or_else(|| self.unasked("it never ran")),
        }
    }
}

/// A vector of a suite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen<'s> {
    pub(super) suite: &'s Suite,
    pub(super) vector: &'s Vector,
}
