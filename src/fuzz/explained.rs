//! Why: the mistake of the catalogue that would have done what was seen, judged over many answers.

use crate::explain::{Answer, Question, explain};
use crate::fuzz::grow::Bed;
use crate::fuzz::input::call;
use crate::fuzz::known::is_alike;
use crate::fuzz::seen::{Disagreement, Sample, What};
use crate::mistakes::{MistakeId, Mistaken, catalogue};
use crate::results::{Causes, MistakeMention};
use crate::scheme::{Implementation as _, Reference, Scheme};
use crate::signature::{Op, Outcome};

/// How many causes are told.
const MOST_CAUSES: usize = 3;

/// How many answers are compared with what a mistake would have given.
const COMPARED: usize = 96;

/// The mistakes that account for a disagreement, the likeliest set first.
pub(super) fn causes(
    bed: &Bed<'_>,
    disagreement: &Disagreement,
    samples: &[Vec<Sample>; 2],
) -> Vec<Vec<MistakeId>> {
    let What::Broken(_, outcome) = &disagreement.what else {
        return Vec::new();
    };
    let scheme = &bed.suite().scheme;
    let request = &disagreement.request;
    let mut sets: Vec<Vec<MistakeId>> = catalogue()
        .iter()
        .filter(|mistake| mistake.applies(scheme).is_ok())
        .map(|mistake| vec![mistake.id])
        .collect();
    if let (Op::Sign, Outcome::Token(token)) = (request.op, outcome) {
        let explanation = explain(&Question {
            scheme,
            secrets: &request.secrets,
            fields: &request.fields,
            token,
            now: Some(request.now),
        });
        if explanation.answer == Answer::Explained {
            let ids = explanation.causes.iter().map(|cause| {
                let ids = cause.mistakes.iter().map(|finding| finding.id);
                ids.collect::<Vec<_>>()
            });
            sets.extend(ids.filter(|ids| ids.len() > 1));
        }
    }
    let mut scored: Vec<(i64, Vec<MistakeId>)> = sets
        .into_iter()
        .filter_map(|ids| {
            let mut planted = Mistaken::new(&ids).ok()?;
            if !is_alike(&planted.call(&call(scheme, request)), outcome) {
                return None;
            }
            Some((
                score(bed, &mut planted, ids.len(), request.op, samples),
                ids,
            ))
        })
        .collect();
    scored.sort_by_key(|(score, _)| -score);
    let best = scored.first().map_or(0, |(score, _)| *score);
    scored
        .into_iter()
        .filter(|(score, _)| *score > 0 && *score * 2 >= best)
        .map(|(_, ids)| ids)
        .take(MOST_CAUSES)
        .collect()
}

/// How well a planted mistake fits what was seen: what it explains, less what it would have done
/// and was not done.
fn score(
    bed: &Bed<'_>,
    planted: &mut Mistaken,
    mistakes: usize,
    op: Op,
    samples: &[Vec<Sample>; 2],
) -> i64 {
    let scheme = &bed.suite().scheme;
    let mut reference = Reference::new();
    let mut score = 8;
    // Signing and verifying are often different code: what the one does says nothing of the other.
    let comparable = |sample: &&Sample| sample.request.op == op;
    let compared = samples
        .iter()
        .flat_map(|kept| kept.iter().filter(comparable).take(COMPARED));
    for sample in compared {
        let call = call(scheme, &sample.request);
        let would = planted.call(&call);
        let agrees = is_alike(&would, &sample.outcome);
        let changes = !is_alike(&would, &reference.call(&call));
        score += match (sample.failed, agrees, changes) {
            (true, true, _) => 2,
            (_, false, true) => -4,
            _ => 0,
        };
    }
    score - i64::try_from(mistakes).unwrap_or(8)
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
