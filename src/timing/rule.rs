//! The numbers of the rule: what counts, and what is enough.

use crate::results::Subject;
use crate::statistics::{Estimate, boundary};

/// The chance of a false alarm at one look.
pub(super) const ALPHA: f64 = 1e-5;

/// The smallest difference that counts, in nanoseconds a call.
const FLOOR_A_CALL: f64 = 5.0;

/// The smallest difference that counts, in nanoseconds a request: tokens that differ are read
/// in times that differ, once, however many calls there are.
const FLOOR_A_REQUEST: f64 = 100.0;

/// The factor by which times that ought to be the same may differ.
const ALIKE: f64 = 2.0;

/// The least that a byte takes to hash, in nanoseconds: no processor is known that reaches it.
/// What remembers its answer, and has the message at hand, is far below.
const LEAST_A_BYTE: f64 = 0.25;

/// How to see that every call does the work: an identity of so many characters, and so many calls
/// against one. The first that the implementation takes.
pub(super) const WORK: [(usize, u32); 2] = [(16 << 10, 5), (1 << 10, 65)];

/// How many pairs without a difference there are before they become rarer: from then on, most of
/// the time is for what is judged.
pub(super) const PAIRS_OF_NULL: usize = 500;

/// How often one more call is compared: it is found in far fewer pairs, or never.
pub(super) const PAIRS_OF_MORE: usize = 500;

/// How often all calls are compared with one.
pub(super) const PAIRS_OF_ALL: usize = 100;

/// What counts with so many calls a request, in nanoseconds a call.
pub(super) fn floor(repeat: u32) -> f64 {
    FLOOR_A_CALL.max(FLOOR_A_REQUEST / f64::from(repeat))
}

/// How many standard errors from 0 that is.
pub(super) fn beyond() -> f64 {
    boundary(ALPHA)
}

/// Whether that is a leak, a call.
pub(super) fn is_leak(effect: &Estimate, repeat: u32) -> bool {
    effect.exceeds(ALPHA, floor(repeat))
}

/// Whether the signed ranks say the same as the trimmed mean.
pub(super) fn ranks_agree(effect: &Estimate) -> bool {
    effect.signed_rank * effect.effect.signum() > beyond()
}

/// How many calls the positive control has more. A comparison takes less time than a whole
/// verification, so that one more of them would be lost in the noise.
pub(super) fn more_of(subject: &Subject, repeat: u32) -> u32 {
    match subject {
        Subject::Verify(_) => 1,
        Subject::Compare => repeat.div_ceil(8),
    }
}

/// Whether two times are the same, give or take.
pub(super) fn alike(one: f64, other: f64) -> bool {
    one * other > 0.0 && one.abs() <= ALIKE * other.abs() && other.abs() <= ALIKE * one.abs()
}

/// The least that a call can take with an identity of so many characters.
#[expect(clippy::cast_precision_loss, reason = "thousands of characters")]
pub(super) fn least_work(characters: usize) -> f64 {
    LEAST_A_BYTE * characters as f64
}
