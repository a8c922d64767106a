//! Causes for the failed cases of a run: of each token that differs, and of all that a verifier
//! misjudges. For these it is asked once more.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::adapters::{Adapter, Limits, Transport, ask_made};
use crate::cli::clock::unix_now;
use crate::explain::{
    Answer, Asking, Probe, Question, Seen, explain, explain_verifier, signed_at_the_present,
    signing_mistakes,
};
use crate::mistakes::{MistakeId, Mistaken};
use crate::protocol::{Clock, Hello};
use crate::results::{
    Causes, Diagnosis, Inquiry, InquiryRequest, InquiryToken, Observation, Observed, ObservedKind,
    Redaction, RunResult, Verdict, is_failure,
};
use crate::runner::WhoseSecret;
use crate::scheme::{Call, Implementation as _};
use crate::signature::{Context, Op, Outcome, OutcomeKind, Request};
use crate::suite::{Expect, Suite};

/// How many causes of signing are tried on every failed case.
const MOST_KNOWN: usize = 40;

/// Where the causes of a run are looked for.
pub(crate) struct Search<'a> {
    pub(crate) target: &'a dyn Transport,
    pub(crate) hello: &'a Hello,
    pub(crate) limits: Limits,
    pub(crate) interrupt: &'a AtomicBool,
    pub(crate) secret: &'a WhoseSecret,
    pub(crate) redaction: &'a Redaction,
    pub(crate) seed: u64,
    /// How many requests the verifier may be asked.
    pub(crate) most: usize,
}

impl Search<'_> {
    /// Adds to the result what its failures come from.
    pub(crate) fn add_causes(&self, result: &mut RunResult, observations: &[Observation<'_>]) {
        let by_id: HashMap<String, &Observation<'_>> = observations
            .iter()
            .map(|one| (one.suite.case_id(one.vector).to_string(), one))
            .collect();
        if *self.secret != WhoseSecret::Unknown {
            self.add_token_causes(result, &by_id);
        }
        let schemes = suites(observations).map(|suite| &suite.scheme);
        let tried = match self.secret {
            WhoseSecret::Unknown => 0,
            WhoseSecret::Request | WhoseSecret::Own(_) => signing_mistakes(schemes),
        };
        let mut diagnosis = Diagnosis::of_signing(&result.cases, tried);
        let signed: Vec<Vec<MistakeId>> = diagnosis
            .causes
            .iter()
            .flat_map(|cause| &cause.alternatives)
            .filter_map(ids)
            .collect();
        diagnosis.add_verifying(self.of_verifying(result, &by_id, &signed));
        self.redaction.diagnosis(&mut diagnosis);
        result.diagnosis = (diagnosis != Diagnosis::default()).then_some(diagnosis);
    }

    /// Adds to each failed sign case the mistakes that produce its token.
    ///
    /// One implementation makes the same mistakes throughout: what explained an earlier case is
    /// tried first, so that hundreds of failures cost one search, and have one cause.
    fn add_token_causes(&self, result: &mut RunResult, by_id: &HashMap<String, &Observation<'_>>) {
        let mut known: Vec<(String, Causes)> = Vec::new();
        // The words of a cause are those of its scheme, so each suite has its own.
        let mut of_suite = 0;
        let mut suite = String::new();
        let language = result.implementation.language.clone();
        for case in &mut result.cases {
            // Each search takes a while, and there may be thousands.
            if self.interrupt.load(Ordering::Relaxed) {
                return;
            }
            if !is_failure(case.verdict) {
                continue;
            }
            let Some(one) = by_id.get(&case.id) else {
                continue;
            };
            let Observed::Outcome(Outcome::Token(token)) = &one.observed else {
                continue;
            };
            if suite != case.suite() {
                case.suite().clone_into(&mut suite);
                of_suite = known.len();
            }
            for asked in self.signing(one, token) {
                let call = asked.call(&one.suite.scheme);
                let same: Vec<Causes> = known[of_suite..]
                    .iter()
                    .map(|(_, causes)| causes)
                    .filter(|causes| reproduces(causes, &call, token))
                    .cloned()
                    .collect();
                if !same.is_empty() {
                    case.causes = same;
                    break;
                }
                let explanation = explain(&Question {
                    scheme: call.scheme,
                    secrets: call.secrets,
                    fields: call.fields,
                    token,
                    now: Some(call.now),
                });
                if explanation.answer == Answer::Explained {
                    case.causes = explanation.causes(language.as_deref());
                    let of_suite = |causes: &Causes| (suite.clone(), causes.clone());
                    known.extend(case.causes.iter().map(of_suite));
                    break;
                }
            }
        }
        self.complete(result, by_id, &known);
        self.keep_what_passes(result, by_id, &known);
    }

    /// Adds to each failed sign case what was found for others of its suite, where it does the same
    /// there: the search names no special case beside the general mistake, and no mistake where
    /// there is no token. What is a special case of all that another explains goes.
    fn complete(
        &self,
        result: &mut RunResult,
        by_id: &HashMap<String, &Observation<'_>>,
        known: &[(String, Causes)],
    ) {
        let mut seen = HashSet::new();
        let known: Vec<&(String, Causes)> = known
            .iter()
            .filter(|(suite, causes)| seen.insert((suite, names(causes))))
            .collect();
        let mut explained: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (at, case) in result.cases.iter_mut().enumerate() {
            if self.interrupt.load(Ordering::Relaxed) {
                return;
            }
            let Some(one) = by_id.get(&case.id).filter(|_| is_failure(case.verdict)) else {
                continue;
            };
            let Observed::Outcome(outcome) = &one.observed else {
                continue;
            };
            if one.request.op != Op::Sign {
                continue;
            }
            let of_suite = known.iter().filter(|(suite, _)| suite == case.suite());
            let of_suite: Vec<&Causes> = of_suite
                .map(|(_, causes)| causes)
                .take(MOST_KNOWN)
                .collect();
            for causes in of_suite {
                let is_new = case.causes.iter().all(|one| names(one) != names(causes));
                if is_new && self.does(causes, one, outcome) {
                    case.causes.push(causes.clone());
                }
            }
            for causes in &case.causes {
                explained.entry(names(causes)).or_default().push(at);
            }
        }
        let is_special = |causes: &Causes| {
            let general = ids(causes).map(|ids| ids.into_iter().map(MistakeId::general));
            let general: Option<Vec<String>> =
                general.map(|ids| ids.map(|id| id.to_string()).collect());
            general.is_some_and(|general| {
                general != names(causes) && explained.get(&general) == explained.get(&names(causes))
            })
        };
        for case in &mut result.cases {
            case.causes.retain(|causes| !is_special(causes));
        }
    }

    /// Whether an implementation with these mistakes does the same in a sign case.
    fn does(&self, causes: &Causes, one: &Observation<'_>, outcome: &Outcome) -> bool {
        let scheme = &one.suite.scheme;
        let Outcome::Token(token) = outcome else {
            let mistaken = ids(causes).and_then(|ids| Mistaken::new(&ids).ok());
            let kind = mistaken.map(|mut mistaken| mistaken.call(&one.request.call(scheme)).kind());
            return kind == Some(outcome.kind());
        };
        let asked = self.signing(one, token);
        asked
            .iter()
            .any(|asked| reproduces(causes, &asked.call(scheme), token))
    }

    /// Of several causes of one token those go that would have spoilt a token that was right,
    /// unless all would have.
    fn keep_what_passes(
        &self,
        result: &mut RunResult,
        by_id: &HashMap<String, &Observation<'_>>,
        known: &[(String, Causes)],
    ) {
        let passed: Vec<&Observation<'_>> = result
            .cases
            .iter()
            .filter(|case| case.verdict == Verdict::Pass)
            .filter_map(|case| by_id.get(&case.id).copied())
            .collect();
        let is_contradicted = |causes: &Causes| {
            passed.iter().any(|one| match &one.observed {
                Observed::Outcome(outcome @ Outcome::Token(_)) => !self.does(causes, one, outcome),
                _ => false,
            })
        };
        let mut contradicted: Vec<Vec<String>> = known
            .iter()
            .map(|(_, causes)| causes)
            .filter(|causes| is_contradicted(causes))
            .map(names)
            .collect();
        contradicted.sort_unstable();
        contradicted.dedup();
        for case in &mut result.cases {
            let is_sound = |causes: &Causes| !contradicted.contains(&names(causes));
            if case.causes.len() > 1 && case.causes.iter().any(is_sound) {
                case.causes.retain(is_sound);
            }
            for mention in case.causes.iter_mut().flat_map(|one| &mut one.mistakes) {
                mention.title = self.redaction.text(&mention.title);
            }
        }
    }

    /// What a sign case asked, as the token shows it: one that uses the real clock signs at the
    /// second that its token carries, or else at one that is near.
    fn signing(&self, one: &Observation<'_>, token: &str) -> Vec<Request> {
        let request = Request {
            token: None,
            context: Context::default(),
            ..one.request.clone().into_owned()
        };
        if self.hello.clock() == Clock::Injected {
            return vec![request];
        }
        signed_at_the_present(&one.suite.scheme, &request, token)
    }

    /// Why the verifier misjudged.
    fn of_verifying(
        &self,
        result: &RunResult,
        by_id: &HashMap<String, &Observation<'_>>,
        signed: &[Vec<MistakeId>],
    ) -> Diagnosis {
        let real_time = self.hello.clock() == Clock::System;
        let seen = result.cases.iter().filter_map(|case| {
            let one = by_id.get(&case.id)?;
            let Observed::Outcome(outcome) = &one.observed else {
                return None;
            };
            (one.request.op == Op::Verify).then_some(Seen {
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
        asking.own_secret = *self.secret != WhoseSecret::Request;
        let own_tokens_only = asking.own_tokens_only;
        let (mut diagnosis, result) = explain_verifier(&seen, signed, &mut asking);
        let requests = asked.done();
        if !requests.is_empty() {
            diagnosis.inquiry = Some(Inquiry {
                result,
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
            let request = probe.request(unix_now());
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

/// The suites of these observations, each once.
fn suites<'s>(observations: &[Observation<'s>]) -> impl Iterator<Item = &'s Suite> {
    let mut last: Option<&'s Suite> = None;
    let suites: Vec<&'s Suite> = observations
        .iter()
        .map(|one| one.suite)
        .filter(|suite| {
            let is_new = last.is_none_or(|last| !std::ptr::eq(last, *suite));
            last = Some(suite);
            is_new
        })
        .collect();
    suites.into_iter()
}

/// Whether what is presented is the right token: it may be declined where the input is odd, but is
/// not wrong.
fn is_right(expect: &Expect) -> bool {
    matches!(expect, Expect::Outcomes(kinds)
        if kinds.contains(&OutcomeKind::Accept) && !kinds.contains(&OutcomeKind::Reject))
}

/// Whether an implementation with these mistakes gives that token.
fn reproduces(causes: &Causes, call: &Call<'_>, token: &str) -> bool {
    let mistaken = ids(causes).and_then(|ids| Mistaken::new(&ids).ok());
    mistaken.is_some_and(|mut mistaken| mistaken.call(call) == Outcome::Token(token.to_owned()))
}

fn ids(causes: &Causes) -> Option<Vec<MistakeId>> {
    let ids = causes.mistakes.iter().map(|one| MistakeId::named(&one.id));
    ids.collect::<Result<_, _>>().ok()
}

fn names(causes: &Causes) -> Vec<String> {
    causes.mistakes.iter().map(|one| one.id.clone()).collect()
}
