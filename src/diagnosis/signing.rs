//! Which mistakes produce the tokens that differ.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use crate::diagnosis::search::{Search, ids};
use crate::explain::{Answer, Question, explain, signed_at_the_present};
use crate::mistakes::{MistakeId, Mistaken};
use crate::protocol::Clock;
use crate::results::{Causes, Observation, Observed, RunResult, Verdict, is_failure};
use crate::scheme::{Call, Implementation as _, Reference, Scheme};
use crate::signature::{Context, Op, Outcome, Request};

/// How many cases of a suite are searched at most: most searches take milliseconds, some a second.
const MOST_SEARCHES: usize = 512;

/// After how many searches of a suite that found nothing no other case of it is searched.
const MOST_FRUITLESS: usize = 16;

/// How many causes of signing are tried on every failed case.
const MOST_KNOWN: usize = 40;

impl Search<'_> {
    /// Adds to each failed sign case the mistakes that produce its token, and returns how many of
    /// these cases were neither explained nor searched; `None` after an interruption.
    ///
    /// One implementation makes the same mistakes throughout: what explained an earlier case is
    /// tried first, so that hundreds of failures cost one search, and have one cause. Where nothing
    /// explains them, some cases of each suite stand for all.
    pub(super) fn add_token_causes(
        &self,
        result: &mut RunResult,
        by_id: &HashMap<String, &Observation<'_>>,
    ) -> Option<u64> {
        let language = result.implementation.language.clone();
        let mut known: Vec<(String, Causes)> = Vec::new();
        let mut unsearched = 0;
        for failed in failed_by_suite(result, by_id) {
            // The words of a cause are those of its scheme, so each suite has its own.
            let of_suite = known.len();
            let (mut searches, mut fruitless) = (0, 0);
            for at in spread(&failed) {
                // Each search takes a while, and there may be thousands.
                if self.interrupt.load(Ordering::Relaxed) {
                    return None;
                }
                let case = &mut result.cases[at];
                let one = by_id[&case.id];
                let Observed::Outcome(Outcome::Token(token)) = &one.observed else {
                    continue;
                };
                let scheme = &one.suite.scheme;
                let asked = self.signing(one, token);
                let known_causes = known[of_suite..].iter().map(|(_, causes)| causes);
                case.causes = known_causes
                    .filter(|causes| does_any(causes, &asked, scheme, token))
                    .cloned()
                    .collect();
                if !case.causes.is_empty() {
                    continue;
                }
                if searches == MOST_SEARCHES || fruitless == MOST_FRUITLESS {
                    unsearched += 1;
                    continue;
                }
                searches += 1;
                let explained = asked.iter().find_map(|asked| {
                    let explanation = explain(&Question {
                        scheme,
                        secrets: &asked.secrets,
                        fields: &asked.fields,
                        token,
                        now: Some(asked.now),
                    });
                    (explanation.answer == Answer::Explained)
                        .then(|| explanation.causes(language.as_deref()))
                });
                match explained {
                    None => fruitless += 1,
                    Some(causes) => {
                        let suite = case.suite().to_owned();
                        // What holds for this token alone, such as text around it, tells nothing
                        // of another.
                        let general = causes
                            .iter()
                            .filter(|one| does_any(one, &asked, scheme, token));
                        known.extend(general.map(|one| (suite.clone(), one.clone())));
                        case.causes = causes;
                    }
                }
            }
        }
        self.complete(result, by_id, &known)?;
        self.drop_contradicted(result, by_id, &known);
        Some(unsearched)
    }

    /// Adds to each failed sign case what was found for others of its suite, where it does the same
    /// there: the search names no special case beside the general mistake, and no mistake where
    /// there is no token. What is a special case of all that another explains goes.
    fn complete(
        &self,
        result: &mut RunResult,
        by_id: &HashMap<String, &Observation<'_>>,
        known: &[(String, Causes)],
    ) -> Option<()> {
        let mut seen = HashSet::new();
        let known: Vec<&(String, Causes)> = known
            .iter()
            .filter(|(suite, causes)| seen.insert((suite, names(causes))))
            .collect();
        let mut explained: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (at, case) in result.cases.iter_mut().enumerate() {
            if self.interrupt.load(Ordering::Relaxed) {
                return None;
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
        Some(())
    }

    /// Whether an implementation with these mistakes does the same in a sign case.
    fn does(&self, causes: &Causes, one: &Observation<'_>, outcome: &Outcome) -> bool {
        let scheme = &one.suite.scheme;
        let Outcome::Token(token) = outcome else {
            let mistaken = ids(causes).and_then(|ids| Mistaken::new(&ids).ok());
            let kind = mistaken.map(|mut mistaken| mistaken.call(&one.request.call(scheme)).kind());
            return kind == Some(outcome.kind());
        };
        does_any(causes, &self.signing(one, token), scheme, token)
    }

    /// Drops what reproduces a token and is no cause all the same: it would have changed other
    /// tokens as well, and most of these are not what it makes. Few exceptions are borne, for
    /// languages differ in the edges of a mistake. Of several causes of a token, those go that
    /// would have spoilt one that was right, unless all would have.
    fn drop_contradicted(
        &self,
        result: &mut RunResult,
        by_id: &HashMap<String, &Observation<'_>>,
        known: &[(String, Causes)],
    ) {
        let mut contradicted: HashSet<(&str, Vec<String>)> = HashSet::new();
        let mut inexact: HashSet<(&str, Vec<String>)> = HashSet::new();
        for (suite, causes) in known {
            let of_suite = result.cases.iter().filter(|case| case.suite() == suite);
            let mut right = Reference::new();
            let (mut changed, mut seen) = (0, 0);
            for case in of_suite {
                let Some(one) = by_id.get(&case.id).filter(|one| one.request.op == Op::Sign) else {
                    continue;
                };
                let Observed::Outcome(outcome @ Outcome::Token(_)) = &one.observed else {
                    continue;
                };
                let is_made = self.does(causes, one, outcome);
                if case.verdict == Verdict::Pass {
                    changed += u64::from(!is_made);
                    if !is_made {
                        inexact.insert((suite, names(causes)));
                    }
                } else if is_failure(case.verdict) {
                    let due = right.call(&one.request.call(&one.suite.scheme));
                    changed += u64::from(is_made || !self.does(causes, one, &due));
                    seen += u64::from(is_made);
                }
            }
            if 2 * seen <= changed {
                contradicted.insert((suite, names(causes)));
            }
        }
        for case in &mut result.cases {
            let suite = case.suite().to_owned();
            let is_in = |set: &HashSet<(&str, Vec<String>)>, causes: &Causes| {
                set.contains(&(suite.as_str(), names(causes)))
            };
            case.causes.retain(|causes| !is_in(&contradicted, causes));
            if !case.causes.iter().all(|causes| is_in(&inexact, causes)) {
                case.causes.retain(|causes| !is_in(&inexact, causes));
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

/// The failed sign cases that have a token, as places among all cases, suite by suite.
fn failed_by_suite(
    result: &RunResult,
    by_id: &HashMap<String, &Observation<'_>>,
) -> Vec<Vec<usize>> {
    let mut suites: Vec<(&str, Vec<usize>)> = Vec::new();
    for (at, case) in result.cases.iter().enumerate() {
        let has_token = by_id.get(&case.id).is_some_and(|one| {
            one.request.op == Op::Sign
                && matches!(one.observed, Observed::Outcome(Outcome::Token(_)))
        });
        if !is_failure(case.verdict) || !has_token {
            continue;
        }
        match suites.iter_mut().find(|(suite, _)| *suite == case.suite()) {
            Some((_, failed)) => failed.push(at),
            None => suites.push((case.suite(), vec![at])),
        }
    }
    suites.into_iter().map(|(_, failed)| failed).collect()
}

/// All of these, first some from everywhere: neighbours are alike.
fn spread(places: &[usize]) -> impl Iterator<Item = usize> {
    let step = places.len().div_ceil(MOST_FRUITLESS).max(1);
    (0..step).flat_map(move |from| places.iter().skip(from).step_by(step).copied())
}

/// Whether an implementation with these mistakes gives that token for one of the requests.
fn does_any(causes: &Causes, asked: &[Request], scheme: &Scheme, token: &str) -> bool {
    let mut calls = asked.iter().map(|asked| asked.call(scheme));
    calls.any(|call| reproduces(causes, &call, token))
}

/// Whether an implementation with these mistakes gives that token.
fn reproduces(causes: &Causes, call: &Call<'_>, token: &str) -> bool {
    let mistaken = ids(causes).and_then(|ids| Mistaken::new(&ids).ok());
    mistaken.is_some_and(|mut mistaken| mistaken.call(call) == Outcome::Token(token.to_owned()))
}

fn names(causes: &Causes) -> Vec<String> {
    causes.mistakes.iter().map(|one| one.id.clone()).collect()
}
