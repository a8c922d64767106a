//! Which mistakes produce the tokens that differ.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use crate::diagnosis::search::{Search, ids};
use crate::explain::{Answer, Question, explain, signed_at_the_present};
use crate::mistakes::{MistakeId, Mistaken};
use crate::protocol::Clock;
use crate::results::{Causes, Observation, Observed, RunResult, Verdict, is_failure};
use crate::scheme::{Call, Implementation as _};
use crate::signature::{Context, Op, Outcome, Request};

/// How many causes of signing are tried on every failed case.
const MOST_KNOWN: usize = 40;

impl Search<'_> {
    /// Adds to each failed sign case the mistakes that produce its token.
    ///
    /// One implementation makes the same mistakes throughout: what explained an earlier case is
    /// tried first, so that hundreds of failures cost one search, and have one cause.
    pub(super) fn add_token_causes(
        &self,
        result: &mut RunResult,
        by_id: &HashMap<String, &Observation<'_>>,
    ) {
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
}

/// Whether an implementation with these mistakes gives that token.
fn reproduces(causes: &Causes, call: &Call<'_>, token: &str) -> bool {
    let mistaken = ids(causes).and_then(|ids| Mistaken::new(&ids).ok());
    mistaken.is_some_and(|mut mistaken| mistaken.call(call) == Outcome::Token(token.to_owned()))
}

fn names(causes: &Causes) -> Vec<String> {
    causes.mistakes.iter().map(|one| one.id.clone()).collect()
}
