//! Which mistakes produce the tokens that differ.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use crate::diagnosis::search::Search;
use crate::explain::{
    Answer, Cause, Question, Signed, Standing, Support, explain, retain_supported,
    signed_at_the_present,
};
use crate::mistakes::{MistakeId, Pipeline};
use crate::protocol::Clock;
use crate::results::{Causes, Observation, Observed, RunResult, Verdict, is_failure, read_sent};
use crate::signature::{Context, Op, Outcome, Request};
use crate::suite::Expect;

/// How many cases of a suite are searched at most: most searches take milliseconds, some a second.
const MOST_SEARCHES: usize = 512;

/// After how many searches of a suite that found nothing new no other case of it is searched.
const MOST_FRUITLESS: usize = 16;

/// How many forms of one cause are tried on every failed case.
const MOST_FORMS: usize = 6;

/// How many causes of signing are tried on every failed case.
const MOST_KNOWN: usize = 40;

/// A sign case that passed or failed.
struct SignCase<'a> {
    /// Its index among the cases of the run.
    index: usize,
    signed: Signed<'a>,
    found: Vec<Found>,
}

/// A request that was sent, as the signature in it.
struct SentSignature {
    /// What was signed.
    request: Request,
    /// The token.
    outcome: Outcome,
}

impl SentSignature {
    /// What a case sent, where it can be read.
    fn of(one: &Observation<'_>) -> Option<Self> {
        let (Expect::Sent { within, .. }, Observed::Outcome(Outcome::Sent(sent))) =
            (&*one.expect, &one.observed)
        else {
            return None;
        };
        let read = read_sent(&one.suite.scheme, &one.request, within, sent).ok()?;
        Some(Self {
            request: Request {
                op: Op::Sign,
                fields: read.fields,
                ..one.request.clone().into_owned()
            },
            outcome: Outcome::Token(read.token),
        })
    }
}

/// Mistakes that together produce an answer.
#[derive(Clone)]
struct Known {
    mistakes: Vec<MistakeId>,
    /// With their forms, of which the answer supports each; none for the text around the MAC.
    pipelines: Vec<Pipeline>,
}

/// The same, in the words of a report.
struct Found {
    mistakes: Vec<MistakeId>,
    words: Causes,
}

impl Known {
    fn of(pipelines: Vec<Pipeline>) -> Self {
        let choices = pipelines.first().into_iter().flat_map(Pipeline::choices);
        Self {
            mistakes: choices.map(|choice| choice.mistake.id).collect(),
            pipelines,
        }
    }

    /// This cause, and each of its mistakes alone.
    fn with_parts(self) -> Vec<Self> {
        let first = self.pipelines.first();
        let parts: Vec<Self> = first
            .filter(|_| self.mistakes.len() > 1)
            .into_iter()
            .flat_map(Pipeline::choices)
            .map(|choice| Self::of(vec![Pipeline::right().with(choice)]))
            .collect();
        std::iter::once(self).chain(parts).collect()
    }

    fn causes(&self, signed: &Signed<'_>, language: Option<&str>) -> Option<Causes> {
        if self.pipelines.is_empty() {
            return signed.caused_by_text_around(language);
        }
        let mut pipelines = self.pipelines.iter();
        pipelines.find_map(|pipeline| signed.caused_by(pipeline, language))
    }
}

impl SignCase<'_> {
    /// The token, where the case failed with one.
    fn wrong_token(&self) -> Option<&str> {
        match self.signed.outcome {
            Outcome::Token(token) if self.signed.failed => Some(token),
            _ => None,
        }
    }

    /// Adds those of the causes that produce its answer and are not yet among what was found.
    fn add_known(&mut self, known: &[Known], language: Option<&str>) {
        for one in known {
            if self
                .found
                .iter()
                .any(|found| found.mistakes == one.mistakes)
            {
                continue;
            }
            if let Some(words) = one.causes(&self.signed, language) {
                let mistakes = one.mistakes.clone();
                self.found.push(Found { mistakes, words });
            }
        }
    }
}

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
        let mut unsearched = 0;
        let sent: HashMap<&str, SentSignature> = by_id
            .iter()
            .filter_map(|(id, one)| Some((id.as_str(), SentSignature::of(one)?)))
            .collect();
        for mut cases in self.sign_cases_by_suite(result, by_id, &sent) {
            let (mut known, left) = self.search_tokens(&mut cases, language.as_deref())?;
            unsearched += left;
            known.truncate(MOST_KNOWN);
            // The search names no special case beside the general mistake, and no mistake where
            // there is no token.
            for case in cases.iter_mut().filter(|case| case.signed.failed) {
                self.unless_interrupted()?;
                case.add_known(&known, language.as_deref());
            }
            drop_special(&mut cases);
            self.drop_contradicted(&mut cases, &known)?;
            for case in cases {
                let judged = &mut result.cases[case.index];
                let words = case.found.into_iter().map(|found| found.words);
                judged.causes = words.collect();
                if judged.request.op == Op::Send {
                    advise_sender(&mut judged.causes, language.as_deref());
                }
            }
        }
        Some(unsearched)
    }

    /// Searches the wrong tokens of a suite. Returns what may explain further cases of it, and how
    /// many were neither explained nor searched.
    fn search_tokens(
        &self,
        cases: &mut [SignCase<'_>],
        language: Option<&str>,
    ) -> Option<(Vec<Known>, u64)> {
        let has_wrong_token = |at: &usize| cases[*at].wrong_token().is_some();
        let wrong: Vec<usize> = (0..cases.len()).filter(has_wrong_token).collect();
        let mut known: Vec<Known> = Vec::new();
        let (mut searches, mut fruitless, mut unsearched) = (0, 0, 0);
        for at in spread(&wrong) {
            // Each search takes a while, and there may be thousands.
            self.unless_interrupted()?;
            let case = &mut cases[at];
            case.add_known(&known, language);
            if !case.found.is_empty() {
                continue;
            }
            if searches == MOST_SEARCHES || fruitless == MOST_FRUITLESS {
                unsearched += 1;
                continue;
            }
            searches += 1;
            let causes = self.causes_of_token(case);
            self.unless_interrupted()?;
            let mut is_fruitless = true;
            for mut one in causes.into_iter().flat_map(Known::with_parts) {
                let mut others = known.iter_mut();
                match others.find(|other| other.mistakes == one.mistakes) {
                    Some(other) => {
                        other.pipelines.append(&mut one.pipelines);
                        other.pipelines.truncate(MOST_FORMS);
                    }
                    None => {
                        is_fruitless = false;
                        known.push(one);
                    }
                }
            }
            case.add_known(&known, language);
            if is_fruitless {
                fruitless += 1;
            }
        }
        Some((known, unsearched))
    }

    /// Drops what reproduces a token and is no cause all the same: other answers contradict it, or
    /// it explains no more answers beside a better supported cause than contradict it.
    fn drop_contradicted(&self, cases: &mut [SignCase<'_>], known: &[Known]) -> Option<()> {
        let signed = cases.iter().map(|case| &case.signed);
        let tokens: Vec<&Signed<'_>> = signed
            .filter(|one| matches!(one.outcome, Outcome::Token(_)))
            .collect();
        let mut standings: Vec<(&Known, Standing)> = Vec::new();
        for one in known {
            self.unless_interrupted()?;
            standings.push((one, Standing::of(&one.pipelines, &tokens)));
        }
        let is_outdone = |one: &Standing| {
            let mut others = standings.iter();
            others.any(|(_, other)| one.is_outdone_by(other))
        };
        let supports: HashMap<&[MistakeId], Support> = standings
            .iter()
            .filter(|(_, standing)| !is_outdone(standing))
            .map(|(one, standing)| (one.mistakes.as_slice(), standing.support))
            .collect();
        for case in cases {
            retain_supported(&mut case.found, |found| {
                let support = supports.get(found.mistakes.as_slice());
                support.copied().unwrap_or_default()
            });
        }
        Some(())
    }

    /// The mistakes that the token of a case shows.
    fn causes_of_token(&self, case: &SignCase<'_>) -> Vec<Known> {
        let Some(token) = case.wrong_token() else {
            return Vec::new();
        };
        let explanations = case.signed.requests.iter().map(|request| {
            explain(&Question {
                scheme: case.signed.scheme,
                secrets: &request.secrets,
                fields: &request.fields,
                token,
                now: Some(request.now),
                depth: Question::DEPTH,
                interrupt: Some(self.interrupt),
            })
        });
        let mut explained = explanations.filter(|one| one.answer == Answer::Explained);
        let causes = explained.next().map(|explanation| explanation.causes);
        let known = |cause: Cause| Known {
            mistakes: cause.mistake_ids(),
            pipelines: cause.pipelines,
        };
        causes.into_iter().flatten().map(known).collect()
    }

    /// The sign and send cases that passed or failed, suite by suite.
    fn sign_cases_by_suite<'o>(
        &self,
        result: &RunResult,
        by_id: &HashMap<String, &'o Observation<'o>>,
        sent: &'o HashMap<&str, SentSignature>,
    ) -> Vec<Vec<SignCase<'o>>> {
        let mut suites: Vec<(&str, Vec<SignCase<'o>>)> = Vec::new();
        for (index, case) in result.cases.iter().enumerate() {
            let failed = is_failure(case.verdict);
            let observation = by_id.get(&case.id).filter(|one| one.request.op.signs());
            let Some(&one) = observation.filter(|_| failed || case.verdict == Verdict::Pass) else {
                continue;
            };
            let Observed::Outcome(outcome) = &one.observed else {
                continue;
            };
            let (requests, outcome) = match sent.get(case.id.as_str()) {
                Some(sent) => (vec![sent.request.clone()], &sent.outcome),
                None => (self.signing(one, outcome), outcome),
            };
            let case_of_suite = SignCase {
                index,
                signed: Signed {
                    scheme: &one.suite.scheme,
                    requests,
                    outcome,
                    failed,
                },
                found: Vec::new(),
            };
            match suites.iter_mut().find(|(suite, _)| *suite == case.suite()) {
                Some((_, cases)) => cases.push(case_of_suite),
                None => suites.push((case.suite(), vec![case_of_suite])),
            }
        }
        suites.into_iter().map(|(_, cases)| cases).collect()
    }

    /// What a sign case asked, as its token shows it: one that uses the real clock signs at the
    /// second that its token carries, or else at one that is near.
    fn signing(&self, one: &Observation<'_>, outcome: &Outcome) -> Vec<Request> {
        let request = Request {
            token: None,
            context: Context::default(),
            ..one.request.clone().into_owned()
        };
        match outcome {
            Outcome::Token(token) if self.hello.clock() == Clock::System => {
                signed_at_the_present(&one.suite.scheme, &request, token)
            }
            _ => vec![request],
        }
    }

    fn unless_interrupted(&self) -> Option<()> {
        (!self.interrupt.load(Ordering::Relaxed)).then_some(())
    }
}

/// Writes remedies for who sends a body where those for who receives one are others.
fn advise_sender(causes: &mut [Causes], language: Option<&str>) {
    let mentions = causes.iter_mut().flat_map(|causes| &mut causes.mistakes);
    for mention in mentions {
        let id = MistakeId::named(&mention.id).ok();
        let remedy = id.and_then(|id| id.mistake().remedy_of_sender(language));
        if let Some(remedy) = remedy {
            mention.remedy = remedy;
        }
    }
}

/// Drops what is a special case of all that a general mistake explains.
fn drop_special(cases: &mut [SignCase<'_>]) {
    let mut explained: HashMap<Vec<MistakeId>, Vec<usize>> = HashMap::new();
    for case in &*cases {
        for found in &case.found {
            let mistakes = found.mistakes.clone();
            explained.entry(mistakes).or_default().push(case.index);
        }
    }
    let is_special = |found: &Found| {
        let general = found.mistakes.iter().map(|id| id.general());
        let general: Vec<MistakeId> = general.collect();
        general != found.mistakes && explained.get(&general) == explained.get(&found.mistakes)
    };
    for case in cases {
        case.found.retain(|found| !is_special(found));
    }
}

/// All of these, first some from everywhere: neighbours are alike.
fn spread(places: &[usize]) -> impl Iterator<Item = usize> {
    let step = places.len().div_ceil(MOST_FRUITLESS).max(1);
    (0..step).flat_map(move |from| places.iter().skip(from).step_by(step).copied())
}
