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

/// The mistakes that make just this token, and more than half of the other tokens that they would
/// have changed; where some make all of these, only they.
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
    // How many tokens each would have changed, and how many of these are what it makes.
    let weighed = |ids: &Vec<MistakeId>| -> (u64, u64) {
        let Ok(mut planted) = Mistaken::new(ids) else {
            return (1, 0);
        };
        let compared = samples.iter().flat_map(|kept| {
            let signed = kept.iter().filter(|one| one.request.op == Op::Sign);
            signed.take(COMPARED)
        });
        // The token in question is one of them.
        let (mut changed, mut made) = (1, 1);
        for sample in compared {
            let call = sample.request.call(scheme);
            let predicted = planted.call(&call);
            let is_made = is_alike(&predicted, &sample.outcome);
            if !sample.failed {
                changed += u64::from(!is_made);
            } else if predicted != Reference::new().call(&call) {
                changed += 1;
                made += u64::from(is_made);
            }
        }
        (changed, made)
    };
    let is_likely = |ids: &&Vec<MistakeId>| {
        let (changed, made) = weighed(ids);
        2 * made > changed
    };
    let likely: Vec<Vec<MistakeId>> = sets.iter().filter(is_likely).cloned().collect();
    let is_exact = |ids: &&Vec<MistakeId>| {
        let (changed, made) = weighed(ids);
        made == changed
    };
    let exact: Vec<Vec<MistakeId>> = likely.iter().filter(is_exact).cloned().collect();
    if exact.is_empty() { likely } else { exact }
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
