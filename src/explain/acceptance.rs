//! Wrong tokens that a verifier accepts: what is wrong with them, and more that are nearly right.

use std::collections::HashSet;

use crate::explain::asking::{Asking, Seen, class};
use crate::explain::suspects::{Input, Presented, Probe};
use crate::mistakes::loosely;
use crate::results::InquiryResult;
use crate::scheme::{Refusal, Rejection, Verification};
use crate::signature::{Outcome, OutcomeKind, Request, Value};

/// What is wrong with a request that is not to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Token,
    Time,
    Field,
    Secret,
}

/// What is wrong with a request; `None` where the scheme accepts it.
fn wrong(one: &Seen<'_>) -> Option<Wrong> {
    Some(match verified(one) {
        Verification::Accepted => return None,
        Verification::Rejected(Rejection::Time(_)) => Wrong::Time,
        Verification::Rejected(Rejection::Field(_)) => Wrong::Field,
        Verification::Rejected(_) => Wrong::Token,
        Verification::Refused(
            Refusal::EmptySecret | Refusal::NoSecret(_) | Refusal::UndecodableSecret(_),
        ) => Wrong::Secret,
        Verification::Refused(_) => Wrong::Field,
    })
}

/// What was wrong with a request that was accepted.
pub(super) fn accepted_although(one: &Seen<'_>) -> Option<Wrong> {
    let is_accepted = one.failed && class(one.outcome) == OutcomeKind::Accept;
    is_accepted.then(|| wrong(one)).flatten()
}

fn verified(one: &Seen<'_>) -> Verification {
    let request = one.request;
    let token = request.token.as_ref();
    let scheme = one.scheme;
    scheme.verify(&request.secrets, &request.fields, token, request.now)
}

/// What a verifier makes of tokens that differ from a right one at one place. Where comparisons
/// differ, they differ here: cases alone may hold what a wrong explanation fits by chance.
pub(super) fn nearly_right(
    seen: &[&Seen<'_>],
    asking: &mut Asking<'_>,
) -> Result<Vec<(Request, Outcome)>, InquiryResult> {
    // In real time nothing is the same when it is asked again.
    let is_ground = |one: &&&Seen<'_>| {
        one.is_right
            && !one.real_time
            && class(one.outcome) == OutcomeKind::Accept
            && verified(one) == Verification::Accepted
    };
    let text = |one: &Seen<'_>| one.request.token.as_ref()?.as_text().map(str::to_owned);
    let ground = seen.iter().find(is_ground).copied();
    let Some((ground, right)) = ground.and_then(|one| Some((one, text(one)?))) else {
        return Ok(Vec::new());
    };
    let presented: HashSet<String> = seen.iter().filter_map(|one| text(one)).collect();
    let loose = loosely(ground.scheme, &right).into_iter().next();
    let tokens: Vec<Value> = loose
        .iter()
        .flat_map(|loose| edits(&loose.mac).into_iter().map(|mac| (&loose.mac, mac)))
        .map(|(mac, edited)| right.replacen(mac, &edited, 1))
        .filter(|token| !presented.contains(token))
        .map(Value::Text)
        .collect();
    if tokens.len() > asking.left {
        return Ok(Vec::new());
    }
    let probe = |token: &Value| Probe {
        input: Input::bare(ground.scheme, ground.suite, ground.request),
        presented: Presented::Literal(token.clone()),
        mistakes: Vec::new(),
    };
    let probes: Vec<Probe<'_>> = tokens.iter().map(probe).collect();
    let outcomes = asking.outcomes(&probes)?;
    let request = |token: Value| Request {
        token: Some(token),
        ..ground.request.clone()
    };
    Ok(std::iter::zip(tokens, outcomes)
        .filter_map(|(token, outcome)| Some((request(token), outcome?)))
        .collect())
}

/// A MAC with one letter or digit exchanged, at its ends and between, at even places and odd ones;
/// with two in the other order; one shorter, and one longer.
fn edits(mac: &str) -> Vec<String> {
    let letters: Vec<char> = mac.chars().collect();
    let count = letters.len();
    let mut edits: Vec<Vec<char>> = Vec::new();
    if let (Some((_, behind_the_first)), Some((_, before_the_last))) =
        (letters.split_first(), letters.split_last())
    {
        edits.extend([behind_the_first.to_vec(), before_the_last.to_vec()]);
        edits.push([&letters[..], &letters[..1]].concat());
        let places = [0, 1, count / 4 + 1, count / 2, count * 3 / 4 + 1, count - 1];
        for at in places.into_iter().filter(|&at| at < count) {
            let is_another = |c: &&char| c.is_ascii_alphanumeric() && **c != letters[at];
            let mut edited = letters.clone();
            if let Some(another) = letters.iter().find(is_another)
                && letters[at].is_ascii_alphanumeric()
            {
                edited[at] = *another;
                edits.push(edited);
            }
        }
        let pair = (count / 2..count - 1).find(|&at| letters[at] != letters[at + 1]);
        if let Some(at) = pair {
            let mut edited = letters.clone();
            edited.swap(at, at + 1);
            edits.push(edited);
        }
    }
    let mut known = HashSet::new();
    let texts = edits.into_iter().map(String::from_iter);
    texts.filter(|text| known.insert(text.clone())).collect()
}
