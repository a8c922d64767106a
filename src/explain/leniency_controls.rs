//! What a mistake that may explain cases says of further tokens, and whether that is so.

use std::collections::{HashMap, HashSet};

use crate::explain::asking::{Asking, Seen, class};
use crate::explain::suspects::{Input, Presented, Probe};
use crate::mistakes::{Choice, Mistake, MistakeId, Mistaken, Pipeline, catalogue, loosely};
use crate::results::InquiryResult;
use crate::scheme::{Implementation as _, Reference, Scheme};
use crate::signature::{OutcomeKind, Request, Value};

/// For how many inputs a mistake of signing has to have its token accepted.
const LEAST: usize = 3;

/// How many inputs like those of the cases are thought of, where the cases have too few.
const VARIANTS: u8 = 8;

/// How many controls there are for one mistake.
const CONTROLS: usize = 3;

/// How many letters and digits of a MAC have to be exchanged, so that chance does not hit it.
const LEAST_EXCHANGED: usize = 4;

/// A mistake that may explain cases.
pub(super) struct Candidate {
    /// The mistake.
    pub(super) mistake: &'static Mistake,
    /// Places of failed cases in which it does what was seen.
    pub(super) explains: Vec<usize>,
    /// Places of cases of which each has its token accepted for other fields.
    pub(super) accepted: Vec<usize>,
    /// How many tokens more were accepted when they were asked.
    pub(super) accepted_more: usize,
    /// Whether further tokens were presented for it.
    pub(super) is_controlled: bool,
}

/// What was presented for the candidates, beside the cases.
#[derive(Default)]
pub(super) struct More {
    /// What became of a token, by what was asked.
    answers: HashMap<String, bool>,
}

/// The candidate, if what it says of further tokens is so; else its mistake.
pub(super) fn held(
    mut candidate: Candidate,
    seen: &[&Seen<'_>],
    asking: &mut Asking<'_>,
    more: &mut More,
) -> Result<Result<Candidate, MistakeId>, InquiryResult> {
    let holds = is_rejected_otherwise(&candidate, seen, asking)?
        && is_accepted_for_the_first_time(&candidate, seen, asking)?
        && is_accepted_elsewhere(&mut candidate, seen, asking, more)?
        && is_accepted_where_it_differs(&candidate, seen, asking)?;
    candidate.is_controlled = true;
    Ok(if holds {
        Ok(candidate)
    } else {
        Err(candidate.mistake.id)
    })
}

/// Whether what was accepted is rejected with another MAC in its place, wherever the mistake says
/// so.
fn is_rejected_otherwise(
    candidate: &Candidate,
    seen: &[&Seen<'_>],
    asking: &mut Asking<'_>,
) -> Result<bool, InquiryResult> {
    let mut mistaken = Mistaken::one(candidate.mistake);
    let accepted = candidate
        .explains
        .iter()
        .map(|&at| seen[at])
        .filter(|one| class(one.outcome) == OutcomeKind::Accept);
    let mut probes = Vec::new();
    for one in accepted {
        if probes.len() == CONTROLS.min(asking.left) {
            break;
        }
        let Some(token) = exchanged(one, asking) else {
            continue;
        };
        let request = Request {
            token: Some(token.clone()),
            ..one.request.clone()
        };
        let kind = mistaken.call(&request.call(one.scheme)).kind();
        if kind != OutcomeKind::Accept {
            probes.push(Probe {
                input: Input::bare(one.scheme, one.suite, one.request),
                presented: Presented::Literal(token),
                mistakes: vec![vec![candidate.mistake.id]],
            });
        }
    }
    Ok(!asking.ask(&probes)?.contains(&Some(true)))
}

/// Whether right tokens that only their circumstances make wrong, such as their age, are accepted
/// for other fields, too. A verifier that remembers the tokens that it accepted does not check those
/// any more, and its cases present the same token in several circumstances.
fn is_accepted_for_the_first_time(
    candidate: &Candidate,
    seen: &[&Seen<'_>],
    asking: &mut Asking<'_>,
) -> Result<bool, InquiryResult> {
    let mut mistaken = Mistaken::one(candidate.mistake);
    let mut reference = Reference::new();
    let wrong = candidate
        .explains
        .iter()
        .map(|&at| seen[at])
        .filter(|one| class(one.outcome) == OutcomeKind::Accept && !one.real_time);
    let mut others: Vec<(&Scheme, &str, Request)> = Vec::new();
    for (one, by) in std::iter::zip(wrong, 1..=u8::MAX) {
        if others.len() == CONTROLS.min(asking.left) {
            break;
        }
        let input = Input::of(one.scheme, one.suite, one.request, false, false);
        let other = input.and_then(|input| input.like(by, 0, false)?.signed());
        let Some(request) = other.map(|other| other.request.into_owned()) else {
            continue;
        };
        let call = request.call(one.scheme);
        if reference.call(&call).kind() != OutcomeKind::Accept
            && mistaken.call(&call).kind() == OutcomeKind::Accept
        {
            others.push((one.scheme, one.suite, request));
        }
    }
    let probes = others.iter().filter_map(|(scheme, suite, request)| {
        let token = request.token.clone()?;
        Some(Probe {
            input: Input::bare(scheme, suite, request),
            presented: Presented::Literal(token),
            mistakes: vec![vec![candidate.mistake.id]],
        })
    });
    let probes: Vec<Probe<'_>> = probes.collect();
    Ok(!asking.ask(&probes)?.contains(&Some(false)))
}

/// Whether a mistake of signing, for which the cases have too few tokens that are accepted, has
/// its token accepted for other inputs of the same kind, and a control beside each rejected.
fn is_accepted_elsewhere(
    candidate: &mut Candidate,
    seen: &[&Seen<'_>],
    asking: &mut Asking<'_>,
    more: &mut More,
) -> Result<bool, InquiryResult> {
    if candidate.mistake.is_of_verifying() || candidate.accepted.len() >= LEAST {
        return Ok(true);
    }
    let pipeline = Pipeline::right().with(Choice::usual(candidate.mistake));
    let missing = LEAST - candidate.accepted.len();
    let mistakes = vec![vec![candidate.mistake.id]];
    let mut tokens: HashSet<String> = seen
        .iter()
        .filter_map(|one| one.request.token.as_ref()?.as_text())
        .map(str::to_owned)
        .collect();
    let inputs = candidate.accepted.iter().filter_map(|&at| {
        let one = seen[at];
        Input::of_wrong(one.scheme, one.suite, one.request, one.real_time)
    });
    let inputs: Vec<Input<'_>> = inputs.collect();
    let mut asked: Vec<(Input<'_>, String)> = Vec::new();
    for by in 1..=VARIANTS {
        for input in &inputs {
            // Another secret only where other fields make no other token.
            for other_secret in [false, true] {
                let is_new = asked.len() < missing && !(other_secret && asking.own_secret);
                let variant = input.like(by, u64::from(by), other_secret);
                let Some(variant) = variant.filter(|_| is_new) else {
                    continue;
                };
                let Some(token) = variant.made_by(&pipeline) else {
                    continue;
                };
                if tokens.insert(token.clone()) {
                    asked.push((variant, token));
                    break;
                }
            }
        }
    }
    if asked.len() < missing || asking.left < 2 * missing {
        return Ok(false);
    }
    for (variant, token) in asked {
        let key = format!("{:?} {token}", variant.request.fields);
        let accepted = match more.answers.get(&key) {
            Some(accepted) => *accepted,
            None => {
                let hash = pipeline.hash(variant.scheme);
                let mac = hash.prepare(&asking.random_key()).mac(&[]);
                let presented = [
                    Presented::By(pipeline.clone()),
                    Presented::Control(pipeline.clone(), mac.bytes().to_vec()),
                ];
                let probes = presented.map(|presented| Probe {
                    input: variant.clone(),
                    presented,
                    mistakes: mistakes.clone(),
                });
                let answers = asking.ask(&probes)?;
                let accepted = answers == [Some(true), Some(false)];
                more.answers.insert(key, accepted);
                accepted
            }
        };
        if !accepted {
            return Ok(false);
        }
        candidate.accepted_more += 1;
    }
    Ok(true)
}

/// Whether a mistake of signing has its token accepted for an input for which others make another.
///
/// Several mistakes, known and unknown, may make the tokens that were accepted: every program that
/// writes an object with one name again makes the same text, whether it sorts names or not. So the
/// token is presented for inputs whose right token was rejected, and at least one has to be accepted.
/// Where there is no such input, nothing is known, and the mistake stands.
fn is_accepted_where_it_differs(
    candidate: &Candidate,
    seen: &[&Seen<'_>],
    asking: &mut Asking<'_>,
) -> Result<bool, InquiryResult> {
    let mistake = candidate.mistake;
    if mistake.is_of_verifying() {
        return Ok(true);
    }
    let makes_all = |other: &&'static Mistake| {
        let mut mistaken = Mistaken::one(other);
        let mut accepted = candidate.accepted.iter().map(|&at| seen[at]);
        accepted
            .all(|one| mistaken.call(&one.request.call(one.scheme)).kind() == OutcomeKind::Accept)
    };
    let usual = |mistake| Pipeline::right().with(Choice::usual(mistake));
    let Some(scheme) = seen.first().map(|one| one.scheme) else {
        return Ok(true);
    };
    let rivals: Vec<Pipeline> = catalogue()
        .iter()
        .filter(|other| other.stage == mistake.stage && other.id != mistake.id)
        .filter(|other| !other.is_of_verifying() && other.applies(scheme).is_ok())
        .filter(makes_all)
        .map(usual)
        .collect();
    if rivals.is_empty() {
        return Ok(true);
    }
    let pipeline = usual(mistake);
    let rejected = seen
        .iter()
        .filter(|one| one.is_right && one.failed && class(one.outcome) == OutcomeKind::Reject);
    let mut known = Vec::new();
    let mut probes = Vec::new();
    let mut presented: HashSet<String> = seen
        .iter()
        .filter_map(|one| one.request.token.as_ref()?.as_text())
        .map(str::to_owned)
        .collect();
    for one in rejected {
        let input = Input::of(one.scheme, one.suite, one.request, one.real_time, false);
        let Some((input, token)) = input.and_then(|input| {
            let token = input.made_by(&pipeline)?;
            Some((input, token))
        }) else {
            continue;
        };
        if rivals
            .iter()
            .any(|rival| input.made_by(rival).is_some_and(|made| made == token))
        {
            continue;
        }
        match asking.was_accepted(&token) {
            Some(accepted) => known.push(accepted),
            None if probes.len() < CONTROLS.min(asking.left) && presented.insert(token) => {
                probes.push(Probe {
                    input,
                    presented: Presented::By(pipeline.clone()),
                    mistakes: vec![vec![mistake.id]],
                });
            }
            None => {}
        }
    }
    if known.contains(&true) {
        return Ok(true);
    }
    let answers = asking.ask(&probes)?;
    let is_refuted = known.contains(&false) || answers.contains(&Some(false));
    Ok(answers.contains(&Some(true)) || !is_refuted)
}

/// The presented token with other letters and digits for each MAC that it may offer.
fn exchanged(one: &Seen<'_>, asking: &mut Asking<'_>) -> Option<Value> {
    let text = one.request.token.as_ref()?.as_text()?;
    let scheme: &Scheme = one.scheme;
    let mut other = text.to_owned();
    for loose in loosely(scheme, text) {
        let count = loose
            .mac
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .count();
        if count < LEAST_EXCHANGED {
            return None;
        }
        let exchanged: String = loose.mac.chars().map(|c| asking.another(c)).collect();
        other = other.replacen(&loose.mac, &exchanged, 1);
    }
    (other != text).then_some(Value::Text(other))
}
