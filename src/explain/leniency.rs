//! Mistakes that show in the cases themselves: the ones that do just what a verifier did on all of
//! them.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::explain::acceptance::{Wrong, accepted_although, nearly_right};
use crate::explain::asking::{Asking, Seen, class};
use crate::explain::leniency_controls::{Candidate, More, held};
use crate::mistakes::{Mistake, MistakeId, Mistaken, catalogue};
use crate::results::InquiryResult;
use crate::scheme::{Implementation as _, Reference};
use crate::signature::{Fields, OutcomeKind};

/// How many of ten wrong tokens that were accepted have to be explained: where more are left,
/// something unknown lets them through, and whatever fits some of them fits by chance.
const LEAST_OF_TEN: usize = 9;

/// Mistakes that nothing tells apart, and the cases that they explain.
pub(super) struct Leniency {
    pub(super) alternatives: Vec<MistakeId>,
    /// Places among the cases.
    pub(super) explains: Vec<usize>,
    /// How many tokens that it makes were accepted, where it is one of signing.
    pub(super) accepted: usize,
}

/// What the cases of a suite say by themselves.
#[derive(Default)]
pub(super) struct Lenient {
    pub(super) found: Vec<Leniency>,
    pub(super) tried: HashSet<MistakeId>,
    pub(super) ruled_out: HashSet<MistakeId>,
}

/// The fewest mistakes that together explain these cases, `open` of them; what is explained is
/// closed.
///
/// They also have to explain what the verifier makes of tokens that are nearly right, which are
/// presented where it accepts wrong ones.
pub(super) fn leniencies(
    seen: &[&Seen<'_>],
    open: &mut [bool],
    asking: &mut Asking<'_>,
    first: &[Vec<MistakeId>],
) -> Result<Lenient, InquiryResult> {
    if asking.own_tokens_only || !open.contains(&true) {
        return Ok(Lenient::default());
    }
    let is_loose =
        |(one, open): (&&Seen<'_>, &bool)| *open && accepted_although(one) == Some(Wrong::Token);
    let near = if std::iter::zip(seen, &*open).any(is_loose) {
        nearly_right(seen, asking)?
    } else {
        Vec::new()
    };
    let mut all: Vec<Seen<'_>> = seen.iter().map(|&&one| one).collect();
    for (request, outcome) in &near {
        all.push(Seen {
            request,
            outcome,
            is_right: false,
            failed: class(outcome) == OutcomeKind::Accept,
            ..all[0]
        });
    }
    let all: Vec<&Seen<'_>> = all.iter().collect();
    let mut still = open.to_vec();
    still.extend(all[open.len()..].iter().map(|one| one.failed));
    let mut lenient = explaining(&all, &mut still, asking, first)?;
    take_out_chance(&mut lenient.found, &all, &mut still);
    for one in &mut lenient.found {
        one.explains.retain(|&at| at < open.len());
    }
    lenient.found.retain(|one| !one.explains.is_empty());
    open.copy_from_slice(&still[..open.len()]);
    Ok(lenient)
}

/// Takes out what explains wrong tokens that were accepted while it leaves too many of those
/// unexplained with which the same is wrong; its cases are open again.
fn take_out_chance(found: &mut Vec<Leniency>, seen: &[&Seen<'_>], open: &mut [bool]) {
    let accepted: Vec<Option<Wrong>> = seen.iter().map(|one| accepted_although(one)).collect();
    let is_by_chance = |one: &Leniency, open: &[bool]| {
        let is_left_alone = |at: &usize| {
            let alike = (0..seen.len()).filter(|other| accepted[*other] == accepted[*at]);
            let (left, explained): (Vec<usize>, Vec<usize>) = alike.partition(|&at| open[at]);
            explained.len() * 10 < (explained.len() + left.len()) * LEAST_OF_TEN
        };
        let mut wrong = one.explains.iter().filter(|at| accepted[**at].is_some());
        // The tokens of a mistake of signing speak for themselves.
        one.accepted == 0 && wrong.any(is_left_alone)
    };
    while let Some(at) = found.iter().position(|one| is_by_chance(one, open)) {
        for at in found.remove(at).explains {
            open[at] = true;
        }
    }
}

/// The same, of these cases alone.
///
/// A mistake is ruled out by one case in which it would have done otherwise than the scheme, and
/// that was not seen; and by a control that has the same form with another MAC, and that is
/// accepted although it says that it is not.
fn explaining(
    seen: &[&Seen<'_>],
    open: &mut [bool],
    asking: &mut Asking<'_>,
    first: &[Vec<MistakeId>],
) -> Result<Lenient, InquiryResult> {
    let mut lenient = Lenient::default();
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
        match judged(mistake, seen, &right, asking)? {
            Some(explains) if explains.is_empty() => {}
            Some(explains) => candidates.push(Candidate {
                mistake,
                accepted: accepted(&explains, seen),
                explains,
                accepted_more: 0,
                is_controlled: false,
            }),
            None => {
                lenient.ruled_out.insert(mistake.id);
            }
        }
    }
    let mut more = More::default();
    // What signing has shown is tried before what explains the same, or more.
    let is_first =
        |candidate: &Candidate| first.iter().any(|ids| ids[..] == [candidate.mistake.id]);
    for at in (0..candidates.len()).rev() {
        if !is_first(&candidates[at]) {
            continue;
        }
        let candidate = candidates.remove(at);
        match held(candidate, seen, asking, &mut more)? {
            Ok(candidate) => lenient.found.extend(found(&[&candidate], open)),
            Err(id) => {
                lenient.ruled_out.insert(id);
            }
        }
    }
    loop {
        let chosen = cover(&candidates, open);
        let unsure = |at: &usize| !candidates[*at].is_controlled;
        let Some(at) = chosen.iter().flatten().copied().find(unsure) else {
            for group in chosen {
                let group: Vec<&Candidate> = group.iter().map(|&at| &candidates[at]).collect();
                lenient.found.extend(found(&group, open));
            }
            return Ok(lenient);
        };
        let candidate = candidates.remove(at);
        match held(candidate, seen, asking, &mut more)? {
            Ok(candidate) => candidates.insert(at, candidate),
            Err(id) => {
                lenient.ruled_out.insert(id);
            }
        }
    }
}

/// Candidates that explain the same open cases, which are closed; none where there are none.
fn found(alike: &[&Candidate], open: &mut [bool]) -> Option<Leniency> {
    let first = alike.first()?;
    let explains = first.explains.iter().copied();
    let explains: Vec<usize> = explains.filter(|&at| open[at]).collect();
    for &at in &explains {
        open[at] = false;
    }
    let accepted = |one: &&Candidate| {
        if one.mistake.is_of_verifying() {
            0
        } else {
            one.accepted.len() + one.accepted_more
        }
    };
    (!explains.is_empty()).then(|| Leniency {
        alternatives: alike.iter().map(|one| one.mistake.id).collect(),
        accepted: alike.iter().map(accepted).min().unwrap_or_default(),
        explains,
    })
}

/// The failed cases in which a mistake does what was seen; `None` where it would have done in any
/// case what was not seen.
fn judged(
    mistake: &'static Mistake,
    seen: &[&Seen<'_>],
    right: &[OutcomeKind],
    asking: &Asking<'_>,
) -> Result<Option<Vec<usize>>, InquiryResult> {
    let mut mistaken = Mistaken::one(mistake);
    let mut would = Vec::with_capacity(seen.len());
    for (one, right) in std::iter::zip(seen, right) {
        asking.unless_interrupted()?;
        let does = class(&mistaken.call(&one.request.call(one.scheme)));
        if does != *right && does != class(one.outcome) {
            return Ok(None);
        }
        would.push(does);
    }
    let explains: Vec<usize> = (0..seen.len())
        .filter(|&at| seen[at].failed && would[at] != right[at])
        .filter(|&at| has_contrast(at, seen, &would))
        .collect();
    // A mistake of signing shows itself in the very tokens that are accepted, and nowhere else.
    let is_shown = mistake.is_of_verifying() || !accepted(&explains, seen).is_empty();
    Ok(Some(if is_shown { explains } else { Vec::new() }))
}

/// Of these cases one that was accepted for each of several fields.
fn accepted(explains: &[usize], seen: &[&Seen<'_>]) -> Vec<usize> {
    let mut known: Vec<&Fields> = Vec::new();
    let mut accepted = explains.to_vec();
    accepted.retain(|&at| {
        let fields = &seen[at].request.fields;
        let is_kept = class(seen[at].outcome) == OutcomeKind::Accept && !known.contains(&fields);
        if is_kept {
            known.push(fields);
        }
        is_kept
    });
    accepted
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
