//! Whether two answers to one request differ.

use crate::fuzz::seed_pool::SeedPool;
use crate::results::{Observed, ObservedKind};
use crate::scheme::{Implementation as _, Reference};
use crate::signature::{Op, Outcome, Request};

/// In which way two answers differ: the suite, the operation, and the kind of each answer.
pub(super) type DifferenceKey = (usize, Op, ObservedKind, ObservedKind);

/// How two answers to one request compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// They agree, or differ only in how they decline.
    Alike,
    /// They differ.
    Unlike(DifferenceKey),
    /// One implementation does not answer such requests.
    Unsupported,
    /// The answers were given at different times, and that alone may be why they differ.
    AtOtherTimes,
}

/// Compares the answers of two implementations to one request. `place` is that of the suite.
pub(super) fn compared(
    pool: &SeedPool<'_>,
    place: usize,
    request: &Request,
    outcomes: &[Observed; 2],
) -> Compared {
    let op = request.op;
    let [Some(one), Some(other)] = outcomes.each_ref().map(|one| ObservedKind::of(op, one)) else {
        return Compared::Alike;
    };
    if [one, other].contains(&ObservedKind::Unsupported) {
        return Compared::Unsupported;
    }
    let is_time_the_reason = match outcomes {
        [
            Observed::Outcome(Outcome::Token(one)),
            Observed::Outcome(Outcome::Token(other)),
        ] => {
            if one == other {
                return Compared::Alike;
            }
            match [one, other].map(|token| is_right_for_its_time(pool, request, token)) {
                _ if !pool.present.is_real() => false,
                [true, true] => return Compared::Alike,
                // What two faulty signers made in different seconds cannot be told apart.
                [false, false] => true,
                _ => false,
            }
        }
        _ => {
            if class(one) == class(other) {
                return Compared::Alike;
            }
            op.verifies() && passes_a_limit(pool, request)
        }
    };
    if is_time_the_reason {
        Compared::AtOtherTimes
    } else {
        Compared::Unlike((place, op, one, other))
    }
}

/// Whether an implementation with a clock of its own made the right token for a time between
/// request and answer.
fn is_right_for_its_time(pool: &SeedPool<'_>, request: &Request, token: &str) -> bool {
    let scheme = &pool.suite().scheme;
    let outcome = Outcome::Token(token.to_owned());
    let signed = pool.present.answered(scheme, request.clone(), &outcome);
    scheme.sign(&signed.secrets, &signed.fields).as_deref() == Ok(token)
}

/// Whether the token passes a limit of its age while the answers may still come.
fn passes_a_limit(pool: &SeedPool<'_>, request: &Request) -> bool {
    let right = |request: &Request| Reference::default().call(&request.call(&pool.suite().scheme));
    pool.present
        .at_latest(request)
        .is_some_and(|late| right(&late).kind() != right(request).kind())
}

/// What counts of an answer: how something is declined does not.
fn class(kind: ObservedKind) -> u8 {
    match kind {
        ObservedKind::Token => 0,
        ObservedKind::Accept => 1,
        ObservedKind::Reject | ObservedKind::Refused | ObservedKind::Threw => 2,
        _ => 3,
    }
}
