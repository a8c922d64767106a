//! What a case catches: whether a case that was made again still shows what it was made to show.

use crate::mistakes::{Mistake, Mistaken, Stage, catalogue};
use crate::results::{Observed, Verdict, judge};
use crate::scheme::{Implementation as _, Reference, Scheme};
use crate::signature::{Outcome, OutcomeKind};
use crate::suite::{Level, Vector};

/// Whether another case with the same secret catches every mistake that this one does.
pub(super) fn misses_nothing(scheme: &Scheme, one: &Vector, other: &Vector) -> bool {
    missed_among(scheme, one, other, |_| true).is_none()
}

/// A mistake that the case catches and the other one, with another secret, does not.
pub(super) fn missed(scheme: &Scheme, one: &Vector, other: &Vector) -> Option<&'static str> {
    // What this secret does not show, no case shows: that is a matter of the whole run.
    missed_among(scheme, one, other, |mistake| mistake.stage != Stage::Secret)
}

fn missed_among(
    scheme: &Scheme,
    one: &Vector,
    other: &Vector,
    counts: impl Fn(&Mistake) -> bool,
) -> Option<&'static str> {
    catalogue()
        .iter()
        .filter(|mistake| mistake.applies(scheme).is_ok() && counts(mistake))
        .filter(|mistake| one.request.op.presents_a_token() || !mistake.is_of_verifying())
        .find(|mistake| {
            let catches = |vector: &Vector| {
                let outcome = Mistaken::one(mistake).call(&vector.request.call(scheme));
                is_caught(scheme, vector, outcome)
            };
            catches(one) && !catches(other)
        })
        .map(|mistake| mistake.id.as_str())
}

/// What the oracle answers.
pub(super) fn kind(scheme: &Scheme, vector: &Vector) -> OutcomeKind {
    Reference::new().call(&vector.request.call(scheme)).kind()
}

fn is_caught(scheme: &Scheme, vector: &Vector, outcome: Outcome) -> bool {
    let op = vector.request.op;
    if vector.level == Level::May {
        let right = Reference::new().call(&vector.request.call(scheme));
        return match (&right, &outcome) {
            (Outcome::Token(right), Outcome::Token(token)) => right != token,
            _ => right.kind() != outcome.kind(),
        };
    }
    let observed = Observed::Outcome(outcome);
    judge(op, vector.level, &vector.expect, &observed, Level::Should) != Verdict::Pass
}
