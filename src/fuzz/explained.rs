//! Why: the mistake of the catalogue that would have done what was seen, judged over many answers.

use crate::adapters::{Adapter, ask_made};
use crate::explain::{
    Answer, Asking, Probe, Question, Seen, explain, explain_verifier, signed_at_the_present,
};
use crate::fuzz::coverage::{Disagreement, Sample, What};
use crate::fuzz::dedup::is_alike;
use crate::fuzz::mutate::SeedPool;
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::{Causes, MistakeMention};
use crate::scheme::{Implementation as _, Reference, Scheme};
use crate::signature::{Op, Outcome, OutcomeKind, Request};

/// How many requests it may take to find the cause of one disagreement.
const MOST_REQUESTS: usize = 200;

/// How many answers are compared with what a mistake would have given.
const COMPARED: usize = 96;

/// The mistakes that account for a disagreement. Several sets are a choice: nothing that was seen
/// tells them apart.
///
/// For a token that was signed the evidence is the token. A verifier is asked, as after a run.
pub(super) fn causes(
    adapter: &mut dyn Adapter,
    pool: &SeedPool<'_>,
    disagreement: &Disagreement,
    samples: &[Vec<Sample>; 2],
) -> Vec<Vec<MistakeId>> {
    let What::Broken(_, outcome) = &disagreement.what else {
        return Vec::new();
    };
    match (disagreement.request.op, outcome) {
        (Op::Sign, Outcome::Token(token)) => of_token(pool, &disagreement.request, token, samples),
        (Op::Verify, _) => of_verifying(adapter, pool, disagreement, outcome, samples),
        // An exception, or a refusal, has nothing in it that would speak for one mistake.
        _ => Vec::new(),
    }
}

/// The mistakes that make just this token; of several those go that would have spoilt a token that
/// was right, unless all would have.
fn of_token(
    pool: &SeedPool<'_>,
    request: &Request,
    token: &str,
    samples: &[Vec<Sample>; 2],
) -> Vec<Vec<MistakeId>> {
    let scheme = &pool.suite().scheme;
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
        })
    });
    let mut explained = explanations.filter(|one| one.answer == Answer::Explained);
    let Some(explanation) = explained.next() else {
        return Vec::new();
    };
    let sets: Vec<Vec<MistakeId>> = explanation
        .causes
        .iter()
        .map(|cause| cause.mistakes.iter().map(|finding| finding.id).collect())
        .collect();
    let is_sound = |ids: &Vec<MistakeId>| {
        let Ok(mut planted) = Mistaken::new(ids) else {
            return false;
        };
        samples
            .iter()
            .flat_map(|kept| kept.iter().take(COMPARED))
            .filter(|sample| sample.request.op == Op::Sign && !sample.failed)
            .all(|sample| is_alike(&planted.call(&sample.request.call(scheme)), &sample.outcome))
    };
    let sound: Vec<Vec<MistakeId>> = sets.iter().filter(|ids| is_sound(ids)).cloned().collect();
    if sound.is_empty() { sets } else { sound }
}

/// The mistakes for which the verifier's acceptances speak, and that do here what was seen.
fn of_verifying(
    adapter: &mut dyn Adapter,
    pool: &SeedPool<'_>,
    disagreement: &Disagreement,
    outcome: &Outcome,
    samples: &[Vec<Sample>; 2],
) -> Vec<Vec<MistakeId>> {
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
            .filter(|one| one.request.op == Op::Verify)
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
    let mut presented = |probes: &[Probe<'_>]| {
        let make = |at: usize| {
            let probe = &probes[at];
            let now = pool.present.now().unwrap_or(disagreement.request.now);
            probe.request(now)
        };
        ask_made(adapter, probes.len(), false, &make).ok()
    };
    let mut asking = Asking::new(MOST_REQUESTS, disagreement.number, &mut presented);
    asking.usual_forms_only = true;
    let (diagnosis, _) = explain_verifier(&seen, &[], &mut asking);
    let mut sets: Vec<Vec<MistakeId>> = Vec::new();
    for cause in diagnosis.causes {
        let alternatives: Vec<Vec<MistakeId>> = cause
            .alternatives
            .iter()
            .filter_map(|one| {
                let ids = one.mistakes.iter().map(|m| MistakeId::named(&m.id));
                ids.collect::<Result<_, _>>().ok()
            })
            .collect();
        let does = |ids: &Vec<MistakeId>| {
            let planted = Mistaken::new(ids);
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

/// The causes as a report has them.
pub(super) fn as_mentions(scheme: &Scheme, sets: &[Vec<MistakeId>]) -> Vec<Causes> {
    let mention = |id: &MistakeId| {
        let mistake = id.mistake();
        let words = mistake.words_of(scheme);
        MistakeMention {
            id: id.to_string(),
            title: words.title,
            remedy: words.remedy,
            explained: None,
        }
    };
    sets.iter()
        .map(|ids| Causes {
            mistakes: ids.iter().map(mention).collect(),
        })
        .collect()
}
