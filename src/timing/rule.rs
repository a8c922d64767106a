//! The constants and predicates of the decision rule.

use crate::results::Subject;
use crate::statistics::{Estimate, boundary};

/// The probability of a false alarm at a single look.
pub(super) const ALPHA: f64 = 1e-5;

/// The smallest difference that counts, in nanoseconds per call.
const FLOOR_A_CALL: f64 = 5.0;

/// The smallest difference that counts, in nanoseconds per request: parsing two different tokens
/// takes different times, once per request regardless of the number of calls.
const FLOOR_A_REQUEST: f64 = 100.0;

/// The factor by which two times that should be equal may differ.
const ALIKE: f64 = 2.0;

/// Minimum time to hash a byte, in nanoseconds; no known processor is that fast. An implementation
/// that caches its answer and has the message at hand is far below.
const LEAST_A_BYTE: f64 = 0.25;

/// Parameters of the control of work: an identity of this many characters, and this many calls
/// compared with one. The first that the implementation accepts is used.
pub(super) const WORK: [(usize, u32); 2] = [(16 << 10, 5), (1 << 10, 65)];

/// Number of pairs without a difference after which they become rarer, so that most of the time
/// goes to the pairs that are judged.
pub(super) const PAIRS_OF_NULL: usize = 500;

/// How many times one additional call is compared: it is found within far fewer pairs, or never.
pub(super) const PAIRS_OF_MORE: usize = 500;

/// How many times all calls are compared with one.
pub(super) const PAIRS_OF_ALL: usize = 100;

/// The smallest difference that counts at this number of calls per request, in nanoseconds per
/// call.
pub(super) fn floor(repeat: u32) -> f64 {
    FLOOR_A_CALL.max(FLOOR_A_REQUEST / f64::from(repeat))
}

/// The number of standard errors from 0 that [`ALPHA`] corresponds to.
pub(super) fn beyond() -> f64 {
    boundary(ALPHA)
}

/// Whether an effect per call is a leak at this number of calls per request.
pub(super) fn is_leak(effect: &Estimate, repeat: u32) -> bool {
    effect.exceeds(ALPHA, floor(repeat))
}

/// Whether the signed-rank statistic agrees with the trimmed mean.
pub(super) fn ranks_agree(effect: &Estimate) -> bool {
    effect.signed_rank * effect.effect.signum() > beyond()
}

/// How many additional calls the positive control uses. A comparison takes less time than a whole
/// verification, so a single additional one would be lost in the noise.
pub(super) fn more_of(subject: &Subject, repeat: u32) -> u32 {
    match subject {
        Subject::Verify(_) => 1,
        Subject::Compare => repeat.div_ceil(8),
    }
}

/// Whether two times have the same sign and are equal within the tolerance.
pub(super) fn alike(one: f64, other: f64) -> bool {
    one * other > 0.0 && one.abs() <= ALIKE * other.abs() && other.abs() <= ALIKE * one.abs()
}

/// Minimum time of a call with an identity of this many characters, in nanoseconds.
#[expect(clippy::cast_precision_loss, reason = "thousands of characters")]
pub(super) fn least_work(characters: usize) -> f64 {
    LEAST_A_BYTE * characters as f64
}
