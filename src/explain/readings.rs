//! A token that came with a request which can be read in several ways.

use crate::explain::{Answer, Explanation};

/// Solves the readings of a request one after the other, until the token is right by one. The
/// answer is of the reading that takes the fewest deviations; with its number.
pub fn solve_readings(
    count: usize,
    mut solve: impl FnMut(usize) -> Explanation,
) -> (usize, Explanation) {
    let mut best = (0, solve(0));
    let mut tried = best.1.tried.clone();
    for at in 1..count {
        if best.1.answer == Answer::Right {
            break;
        }
        let explanation = solve(at);
        tried.add(&explanation.tried);
        let rank = |one: &Explanation| one.deviations().unwrap_or(usize::MAX);
        if rank(&explanation) < rank(&best.1) {
            best = (at, explanation);
        }
    }
    let schemes = std::mem::take(&mut best.1.tried.schemes);
    best.1.tried = tried;
    best.1.tried.schemes = schemes;
    best
}
