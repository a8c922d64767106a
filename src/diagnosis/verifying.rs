//! What the verifier accepts when it is asked once more.

use std::collections::HashMap;

use crate::adapters::{Adapter, ask_made};
use crate::diagnosis::search::Search;
use crate::explain::{Asking, Probe, Seen, explain_verifier};
use crate::mistakes::MistakeId;
use crate::protocol::Clock;
use crate::results::{
    Diagnosis, Inquiry, InquiryRequest, InquiryToken, Observation, Observed, ObservedKind,
    RunResult, is_failure,
};
use crate::runner::WhoseSecret;
use crate::signature::{Op, OutcomeKind};
use crate::suite::Expect;

impl Search<'_> {
    /// Why the verifier misjudged. Each case that a cause explains gets that cause.
    pub(super) fn of_verifying(
        &self,
        result: &mut RunResult,
        by_id: &HashMap<String, &Observation<'_>>,
        signed: &[Vec<MistakeId>],
    ) -> Diagnosis {
        let real_time = self.hello.clock() == Clock::System;
        let mut places = Vec::new();
        let seen = result.cases.iter().enumerate().filter_map(|(at, case)| {
            let one = by_id.get(&case.id)?;
            let Observed::Outcome(outcome) = &one.observed else {
                return None;
            };
            if !one.request.op.verifies() {
                return None;
            }
            places.push(at);
            Some(Seen {
                suite: one.suite.name.as_str(),
                scheme: &one.suite.scheme,
                request: &one.request,
                is_right: is_right(&one.expect),
                real_time,
                outcome,
                failed: is_failure(case.verdict),
            })
        });
        let seen: Vec<Seen<'_>> = seen.collect();
        // Nothing can be told of one that does not decide the same way twice.
        let mut asked = Asked {
            search: self,
            adapter: None,
            requests: Vec::new(),
        };
        let mut ask = |probes: &[Probe<'_>]| asked.ask(probes);
        let mut asking = Asking::new(self.most, self.seed, &mut ask);
        asking.own_tokens_only = *self.secret == WhoseSecret::Unknown;
        asking.interrupt = Some(self.interrupt);
        asking.own_secret = *self.secret != WhoseSecret::Request;
        let own_tokens_only = asking.own_tokens_only;
        let explained = explain_verifier(&seen, signed, &mut asking);
        let requests = asked.done();
        let mut diagnosis = explained.diagnosis;
        for (at, causes) in std::iter::zip(places, explained.causes) {
            result.cases[at].causes = causes;
        }
        if !requests.is_empty() {
            diagnosis.inquiry = Some(Inquiry {
                result: explained.result,
                own_tokens_only,
                requests,
            });
        }
        diagnosis
    }
}

/// A conversation with the verifier, begun when there is something to ask.
struct Asked<'s> {
    search: &'s Search<'s>,
    adapter: Option<Box<dyn Adapter + 's>>,
    requests: Vec<InquiryRequest>,
}

impl Asked<'_> {
    /// What becomes of these; `None` where the adapter no longer works.
    fn ask(&mut self, probes: &[Probe<'_>]) -> Option<Vec<Observed>> {
        let search = self.search;
        if self.adapter.is_none() {
            self.adapter = search.target.connect(search.limits, search.interrupt).ok();
        }
        let adapter = self.adapter.as_mut()?;
        let sent = std::cell::RefCell::new(Vec::with_capacity(probes.len()));
        let make = |at: usize| {
            let probe: &Probe<'_> = &probes[at];
            let request = probe.request((search.now)());
            sent.borrow_mut().push(request.clone());
            request
        };
        let answers = ask_made(&mut **adapter, probes.len(), false, &make).ok()?;
        for ((probe, request), answer) in
            std::iter::zip(std::iter::zip(probes, sent.into_inner()), &answers)
        {
            let names = |ids: &Vec<MistakeId>| ids.iter().map(ToString::to_string).collect();
            self.requests.push(InquiryRequest {
                token: if probe.is_right() {
                    InquiryToken::Right
                } else if probe.is_control() {
                    InquiryToken::Control
                } else {
                    InquiryToken::Mistaken
                },
                mistakes: probe.mistakes.iter().map(names).collect(),
                request,
                outcome: ObservedKind::of(Op::Verify, answer),
            });
        }
        Some(answers)
    }

    /// Says goodbye. Restarts of this conversation are none of the run's.
    fn done(self) -> Vec<InquiryRequest> {
        if let Some(adapter) = self.adapter {
            adapter.finish();
        }
        self.requests
    }
}

/// Whether what is presented is the right token: it may be declined where the input is odd, but is
/// not wrong.
fn is_right(expect: &Expect) -> bool {
    matches!(expect, Expect::Outcomes(kinds)
        if kinds.contains(&OutcomeKind::Accept) && !kinds.contains(&OutcomeKind::Reject))
}
