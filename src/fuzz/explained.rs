//! Why: the mistake of the catalogue that would have done what was seen, judged over many answers.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::adapters::{Adapter, ask, ask_made};
use crate::explain::{
    Answer, Asking, Cause, FORMS_TRIED, Probe, Question, Seen, Signed, Standing, Support, explain,
    explain_verifier, matters, retain_supported, signed_at_the_present,
};
use crate::fuzz::coverage::{Disagreement, Sample, What};
use crate::fuzz::dedup::is_alike;
use crate::fuzz::input::{Input, Signer};
use crate::fuzz::seed_pool::SeedPool;
use crate::generate::is_ordinary;
use crate::mistakes::{Choice, MistakeId, Mistaken, Pipeline, catalogue};
use crate::results::{Causes, Observed};
use crate::scheme::{Implementation, Reference};
use crate::signature::{Op, Outcome, OutcomeKind, Request};
use crate::suite::Vector;

/// How many requests it may take to find the cause of one disagreement.
const MOST_REQUESTS: usize = 200;

/// How many answers are compared with what a mistake would have given.
const COMPARED: usize = 96;

/// How many more tokens are asked for that a mistake would change, before it is named.
const FURTHER_TOKENS: usize = 24;

/// Mistakes that together do what was seen.
#[derive(Clone, Debug)]
pub(super) struct Explained {
    pub(super) mistakes: Vec<MistakeId>,
    /// The same, as a report has them.
    pub(super) words: Causes,
}

/// The mistakes that account for a disagreement. Several sets are a choice: nothing that was seen
/// tells them apart.
///
/// For a token that was signed the evidence is the token. A verifier is asked, as after a run.
pub(super) fn causes(
    adapter: &mut dyn Adapter,
    pool: &SeedPool<'_>,
    disagreement: &Disagreement,
    samples: &[Vec<Sample>; 2],
    interrupt: &AtomicBool,
) -> Vec<Explained> {
    let What::Broken(_, outcome) = &disagreement.what else {
        return Vec::new();
    };
    let seen = (outcome, samples);
    let causes = match (disagreement.request.op, outcome) {
        (Op::Sign, Outcome::Token(token)) => {
            of_token(adapter, pool, disagreement, token, seen, interrupt)
        }
        (Op::Verify, _) => of_verifying(adapter, pool, disagreement, seen, interrupt),
        // An exception, or a refusal, has nothing in it that would speak for one mistake.
        _ => Vec::new(),
    };
    // Half a search says nothing of what it did not reach.
    if interrupt.load(Ordering::Relaxed) {
        Vec::new()
    } else {
        causes
    }
}

/// The mistakes that make just this token, as far as the other tokens support them.
fn of_token(
    adapter: &mut dyn Adapter,
    pool: &SeedPool<'_>,
    disagreement: &Disagreement,
    token: &str,
    (outcome, samples): (&Outcome, &[Vec<Sample>; 2]),
    interrupt: &AtomicBool,
) -> Vec<Explained> {
    let scheme = &pool.suite().scheme;
    let request = &disagreement.request;
    let asked = if pool.present.is_real() {
        signed_at_the_present(scheme, request, token)
    } else {
        vec![request.clone()]
    };
    let explanations = asked.iter().map(|request| {
        explain(&Question {
            scheme,
            secrets: &request.secrets,
            fields: &request.fields,
            token,
            now: Some(request.now),
            depth: Question::DEPTH,
            interrupt: Some(interrupt),
        })
    });
    let mut explained = std::iter::zip(explanations, &asked);
    let explained = explained.find(|(one, _)| one.answer == Answer::Explained);
    let Some((explanation, explained_request)) = explained else {
        return Vec::new();
    };
    let mut causes = explanation.causes;
    let more = further_tokens(adapter, pool, disagreement, &causes);
    // The token in question may be among the samples, or too late for them.
    let mut signed = vec![Signed {
        scheme,
        requests: vec![explained_request.clone()],
        outcome,
        failed: true,
    }];
    let kept = samples.iter().flat_map(|kept| {
        let is_other = |one: &&Sample| one.request != *explained_request || one.outcome != *outcome;
        let signed = kept.iter().filter(|one| one.request.op == Op::Sign);
        signed.filter(is_other).take(COMPARED)
    });
    signed.extend(kept.chain(&more).map(|one| Signed {
        scheme,
        requests: vec![one.request.clone()],
        outcome: &one.outcome,
        failed: one.failed,
    }));
    // Inputs that grew from one another show one character of all that a mistake changes: the
    // tokens of the suite have to support it by themselves, where they can.
    let of_suite: Vec<&Signed<'_>> = signed[signed.len() - more.len()..].iter().collect();
    causes.retain(|cause| {
        let support = Support::of(&cause.pipelines, &of_suite);
        support == Support::default() || support.is_likely()
    });
    let signed: Vec<&Signed<'_>> = signed.iter().collect();
    let standing = |cause: Cause| (Standing::of(&cause.pipelines, &signed), cause);
    let mut standings: Vec<(Standing, Cause)> = causes.into_iter().map(standing).collect();
    let all: Vec<Standing> = standings.iter().map(|(one, _)| one.clone()).collect();
    standings.retain(|(one, _)| !all.iter().any(|other| one.is_outdone_by(other)));
    retain_supported(&mut standings, |(standing, _)| standing.support);
    let explained = |cause: &Cause| {
        let mut words = cause.in_words(None);
        // What was around this token is not around the smallest that shows the same.
        if cause.pipelines.is_empty() {
            words.mistakes.iter_mut().for_each(|one| one.detail.clear());
        }
        Explained {
            mistakes: cause.mistake_ids(),
            words,
        }
    };
    let causes = standings.iter().map(|(_, cause)| cause);
    causes.map(explained).collect()
}

/// Asks for tokens of the suite's vectors that each of these mistakes would change: one token may be right
/// for several reasons, and a campaign that has just begun has seen few.
fn further_tokens(
    adapter: &mut dyn Adapter,
    pool: &SeedPool<'_>,
    disagreement: &Disagreement,
    causes: &[Cause],
) -> Vec<Sample> {
    let suite = pool.suite();
    let mut signer = Signer::default();
    let vectors = suite.vectors.iter();
    let signing = vectors.filter(|vector| vector.request.op == Op::Sign);
    let requests = signing.filter_map(|vector| {
        let input = Input::literal(disagreement.input.suite, &vector.request);
        pool.request(&input, &mut signer)
    });
    let possible: Vec<Request> = requests.filter(|request| pool.takes(request)).collect();
    let mut requests: Vec<Request> = Vec::new();
    for pipeline in causes.iter().filter_map(|cause| cause.pipelines.first()) {
        for choice in pipeline.choices() {
            let changed = |request: &&Request| matters(pipeline, choice, &suite.scheme, request);
            let changed: Vec<&Request> = possible.iter().filter(changed).collect();
            let step = changed.len().div_ceil(FURTHER_TOKENS).max(1);
            for request in changed.into_iter().step_by(step) {
                if !requests.contains(request) {
                    requests.push(request.clone());
                }
            }
        }
    }
    requests.truncate(MOST_REQUESTS);
    // If the adapter fails here, what was seen before has to do.
    let answers = ask(adapter, &requests, false).unwrap_or_default();
    let sample = |(request, answer): (Request, Observed)| match answer {
        Observed::Outcome(outcome @ Outcome::Token(_)) => {
            let request = pool.present.answered(&suite.scheme, request, &outcome);
            let failed = Reference::new().call(&request.call(&suite.scheme)) != outcome;
            Some(Sample {
                request,
                outcome,
                failed,
            })
        }
        _ => None,
    };
    std::iter::zip(requests, answers)
        .filter_map(sample)
        .collect()
}

/// Presents right tokens of the suite's vectors that the mistakes would reject which do what was
/// seen here: inputs that grew from one another show one character of all that a mistake changes.
fn further_rights(
    adapter: &mut dyn Adapter,
    pool: &SeedPool<'_>,
    disagreement: &Disagreement,
    outcome: &Outcome,
) -> Vec<Sample> {
    let suite = pool.suite();
    let scheme = &suite.scheme;
    let is_accepted = |planted: &mut dyn Implementation, request: &Request| {
        planted.call(&request.call(scheme)).kind() == OutcomeKind::Accept
    };
    let mut reference = Reference::new();
    let possible: Vec<&Vector> = suite
        .vectors
        .iter()
        .filter(|vector| vector.request.op == Op::Verify && pool.takes(&vector.request))
        .filter(|vector| is_accepted(&mut reference, &vector.request))
        .collect();
    let signing = catalogue()
        .iter()
        .filter(|mistake| !mistake.is_of_verifying() && mistake.applies(scheme).is_ok());
    let mut chosen: Vec<&Vector> = Vec::new();
    for mistake in signing {
        // The first of its forms that does what was seen.
        let forms = (0..FORMS_TRIED).map(|form| Pipeline::right().with(Choice { mistake, form }));
        let planted = forms.map(Mistaken::along).find_map(|mut planted| {
            let does = planted.call(&disagreement.request.call(scheme));
            is_alike(&does, outcome).then_some(planted)
        });
        let Some(mut planted) = planted else {
            continue;
        };
        let changed = possible
            .iter()
            .filter(|one| !is_accepted(&mut planted, &one.request));
        let changed: Vec<&Vector> = changed.copied().collect();
        let step = changed.len().div_ceil(FURTHER_TOKENS).max(1);
        for vector in changed.into_iter().step_by(step) {
            if chosen.iter().all(|other| other.id != vector.id) {
                chosen.push(vector);
            }
        }
    }
    chosen.truncate(MOST_REQUESTS);
    if pool.present.is_real() {
        // Their tokens are of another time.
        chosen.clear();
    }
    let requests: Vec<Request> = chosen.iter().map(|one| one.request.clone()).collect();
    let answers = ask(adapter, &requests, false).unwrap_or_default();
    // Where nothing demands that it is accepted, to decline it is no failure and shows nothing.
    let sample = |(vector, answer): (&Vector, Observed)| match answer {
        Observed::Outcome(outcome) => {
            let failed = outcome.kind() != OutcomeKind::Accept;
            (!failed || is_ordinary(vector)).then(|| Sample {
                request: vector.request.clone(),
                outcome,
                failed,
            })
        }
        _ => None,
    };
    std::iter::zip(chosen, answers).filter_map(sample).collect()
}

/// The mistakes for which the verifier's acceptances speak, and that do here what was seen.
fn of_verifying(
    adapter: &mut dyn Adapter,
    pool: &SeedPool<'_>,
    disagreement: &Disagreement,
    (outcome, samples): (&Outcome, &[Vec<Sample>; 2]),
    interrupt: &AtomicBool,
) -> Vec<Explained> {
    let suite = pool.suite();
    let scheme = &suite.scheme;
    let mut reference = Reference::new();
    let mut is_right =
        |request: &Request| reference.call(&request.call(scheme)).kind() == OutcomeKind::Accept;
    let mut seen = vec![Seen {
        suite: suite.name.as_str(),
        scheme,
        request: &disagreement.request,
        is_right: is_right(&disagreement.request),
        real_time: pool.present.is_real(),
        outcome,
        failed: true,
    }];
    let compared = samples.iter().flat_map(|kept| {
        kept.iter()
            .filter(|one| one.request.op.verifies())
            .take(COMPARED)
    });
    for sample in compared {
        seen.push(Seen {
            request: &sample.request,
            is_right: is_right(&sample.request),
            outcome: &sample.outcome,
            failed: sample.failed,
            ..seen[0]
        });
    }
    let further = further_rights(adapter, pool, disagreement, outcome);
    for sample in &further {
        seen.push(Seen {
            request: &sample.request,
            is_right: true,
            outcome: &sample.outcome,
            failed: sample.failed,
            ..seen[0]
        });
    }
    let mut presented = |probes: &[Probe<'_>]| {
        let make = |at: usize| {
            let probe = &probes[at];
            let now = pool.present.now().unwrap_or(disagreement.request.now);
            probe.request(now)
        };
        ask_made(adapter, probes.len(), false, &make).ok()
    };
    let mut asking = Asking::new(MOST_REQUESTS, disagreement.number, &mut presented);
    asking.interrupt = Some(interrupt);
    let diagnosis = explain_verifier(&seen, &[], &mut asking).diagnosis;
    let mut sets: Vec<Explained> = Vec::new();
    for cause in diagnosis.causes {
        let alternatives = cause.alternatives.into_iter();
        let alternatives: Vec<Explained> = alternatives
            .filter_map(|words| {
                let ids = words.mistakes.iter().map(|m| MistakeId::named(&m.id));
                let mistakes = ids.collect::<Result<_, _>>().ok()?;
                Some(Explained { mistakes, words })
            })
            .collect();
        let does = |one: &Explained| {
            let planted = Mistaken::new(&one.mistakes);
            planted.is_ok_and(|mut planted| {
                is_alike(&planted.call(&disagreement.request.call(scheme)), outcome)
            })
        };
        if sets.is_empty() && alternatives.iter().all(does) {
            sets = alternatives;
        }
    }
    sets
}
