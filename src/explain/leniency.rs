//! Mistakes that show in the cases themselves: the ones that do just what a verifier did on all of
//! them.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::explain::suspects::{Input, Presented, Probe};
use crate::explain::verifier::{Asking, Seen, class};
use crate::mistakes::{Mistake, MistakeId, Mistaken, catalogue, loosely};
use crate::results::InquiryResult;
use crate::scheme::{Implementation as _, Reference, Scheme};
use crate::signature::{OutcomeKind, Request, Value};

/// For how many inputs a mistake of signing has to have its token accepted.
const LEAST: usize = 3;

/// How many controls there are for one mistake.
const CONTROLS: usize = 3;

/// How many letters and digits of a MAC have to be exchanged, so that chance does not hit it.
const LEAST_EXCHANGED: usize = 4;

/// Mistakes that nothing tells apart, and the cases that they explain.
pub(super) struct Leniency {
    pub(super) alternatives: Vec<MistakeId>,
    /// Places among the cases.
    pub(super) explains: Vec<usize>,
}

/// What the cases of a suite say by themselves.
#[derive(Default)]
pub(super) struct Lenient {
    pub(super) found: Vec<Leniency>,
    pub(super) tried: HashSet<MistakeId>,
    pub(super) ruled_out: HashSet<MistakeId>,
}

struct Candidate {
    mistake: &'static Mistake,
    /// Places of failed cases in which it does what was seen.
    explains: Vec<usize>,
    is_controlled: bool,
}

/// The fewest mistakes that together explain these cases, `open` of them; what is explained is
/// closed.
///
/// A mistake is ruled out by one case in which it would have done otherwise than the scheme, and
/// that was not seen; and by a control that has the same form with another MAC, and that is
/// accepted although it says that it is not.
pub(super) fn leniencies(
    seen: &[&Seen<'_>],
    open: &mut [bool],
    asking: &mut Asking<'_>,
) -> Result<Lenient, InquiryResult> {
    let mut lenient = Lenient::default();
    if asking.own_tokens_only || !open.contains(&true) {
        return Ok(lenient);
    }
    let Some(scheme) = seen.first().map(|one| one.scheme) else {
        return Ok(lenient);
    };
    let mut candidates = Vec::new();
    let mut reference = Reference::new();
    let right: Vec<OutcomeKind> = seen
        .iter()
        .map(|one| class(&reference.call(&one.request.call(one.scheme))))
        .collect();
    let applicable = catalogue()
        .iter()
        .filter(|mistake| mistake.applies(scheme).is_ok());
    for mistake in applicable {
        lenient.tried.insert(mistake.id);
        match judged(mistake, seen, &right) {
            Some(explains) if explains.is_empty() => {}
            Some(explains) => candidates.push(Candidate {
                mistake,
                explains,
                is_controlled: false,
            }),
            None => {
                lenient.ruled_out.insert(mistake.id);
            }
        }
    }
    loop {
        let chosen = cover(&candidates, open);
        let unsure = |at: &usize| !candidates[*at].is_controlled;
        let Some(at) = chosen.iter().flatten().copied().find(unsure) else {
            for group in chosen {
                let first = &candidates[group[0]];
                let explains: Vec<usize> = first
                    .explains
                    .iter()
                    .copied()
                    .filter(|&at| open[at])
                    .collect();
                for &at in &explains {
                    open[at] = false;
                }
                lenient.found.push(Leniency {
                    alternatives: group.iter().map(|&at| candidates[at].mistake.id).collect(),
                    explains,
                });
            }
            return Ok(lenient);
        };
        if holds(&candidates[at], seen, asking)? {
            candidates[at].is_controlled = true;
        } else {
            lenient.ruled_out.insert(candidates[at].mistake.id);
            candidates.remove(at);
        }
    }
}

/// The failed cases in which a mistake does what was seen; `None` where it would have done in any
/// case what was not seen.
fn judged(
    mistake: &'static Mistake,
    seen: &[&Seen<'_>],
    right: &[OutcomeKind],
) -> Option<Vec<usize>> {
    let mut mistaken = Mistaken::one(mistake);
    let mut would = Vec::with_capacity(seen.len());
    for (one, right) in std::iter::zip(seen, right) {
        let does = class(&mistaken.call(&one.request.call(one.scheme)));
        if does != *right && does != class(one.outcome) {
            return None;
        }
        would.push(does);
    }
    let explains: Vec<usize> = (0..seen.len())
        .filter(|&at| seen[at].failed && would[at] != right[at])
        .filter(|&at| has_contrast(at, seen, &would))
        .collect();
    // A mistake of signing shows itself in the very tokens that are accepted, and nowhere else.
    let accepted = explains.iter().map(|&at| seen[at]);
    let accepted: HashSet<String> = accepted
        .filter(|one| class(one.outcome) == OutcomeKind::Accept)
        .map(|one| format!("{:?}", one.request.fields))
        .collect();
    let is_shown = mistake.is_of_verifying() || accepted.len() >= LEAST;
    Some(if is_shown { explains } else { Vec::new() })
}

/// Whether it is the token that matters: one that throws or rejects whatever is presented for
/// these fields at that time says nothing of tokens.
fn has_contrast(at: usize, seen: &[&Seen<'_>], would: &[OutcomeKind]) -> bool {
    let one = seen[at];
    let done = class(one.outcome);
    let is_other = |(other, would): (&&Seen<'_>, &OutcomeKind)| {
        let is_so = match done {
            OutcomeKind::Threw => class(other.outcome) != OutcomeKind::Threw && *would != done,
            OutcomeKind::Reject => other.is_right && class(other.outcome) == OutcomeKind::Accept,
            _ => true,
        };
        is_so
            && other.request.fields == one.request.fields
            && other.request.secrets == one.request.secrets
            && other.request.now == one.request.now
    };
    done == OutcomeKind::Accept || std::iter::zip(seen, would).any(is_other)
}

/// The fewest that explain the most; those that explain the same together.
fn cover(candidates: &[Candidate], open: &[bool]) -> Vec<Vec<usize>> {
    let mut open = open.to_vec();
    let mut chosen = Vec::new();
    loop {
        let still = |candidate: &Candidate| -> Vec<usize> {
            let explains = candidate.explains.iter().copied();
            explains.filter(|&at| open[at]).collect()
        };
        let all: Vec<Vec<usize>> = candidates.iter().map(still).collect();
        // The catalogue has the more frequent mistake first.
        let best = (0..all.len()).min_by_key(|&at| Reverse(all[at].len()));
        let Some(best) = best.filter(|&at| !all[at].is_empty()) else {
            return chosen;
        };
        chosen.push((0..all.len()).filter(|&at| all[at] == all[best]).collect());
        for &at in &all[best] {
            open[at] = false;
        }
    }
}

/// Whether what was accepted is rejected with another MAC in its place, wherever the mistake says
/// so.
fn holds(
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
