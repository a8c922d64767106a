//! A proportion and its uncertainty.

use crate::statistics::looks::boundary;

/// Wilson's score interval (1927) at 95 % for a proportion of `hits` in `trials`. Unlike the normal
/// approximation, it is accurate for few trials and for proportions near 0 and 1. From 0 to 1 if
/// there are no trials.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of trials, far below 2^53"
)]
pub fn wilson(hits: u64, trials: u64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (hits, trials) = (hits as f64, trials as f64);
    let z = boundary(0.05);
    let share = hits / trials;
    let spread = 1.0 + z * z / trials;
    let centre = (share + z * z / (2.0 * trials)) / spread;
    let half =
        z * (share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)).sqrt() / spread;
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn intervals_match_the_tables() {
        // R: prop.test(0, 10, correct = FALSE), prop.test(95, 100, correct = FALSE)
        for ((hits, trials), (low, high)) in [
            ((0, 10), (0.0, 0.2775)),
            ((10, 10), (0.7225, 1.0)),
            ((95, 100), (0.8882, 0.9785)),
            ((0, 0), (0.0, 1.0)),
        ] {
            let (found_low, found_high) = wilson(hits, trials);
            assert!(
                (found_low - low).abs() < 1e-4,
                "{hits} of {trials}: {found_low}"
            );
            assert!(
                (found_high - high).abs() < 1e-4,
                "{hits} of {trials}: {found_high}"
            );
        }
    }
}
