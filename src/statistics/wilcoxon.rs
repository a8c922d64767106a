//! Wilcoxon's signed-rank statistic: a second opinion that has little in common with a mean.

/// The standardised signed-rank statistic of differences: how many standard deviations the sum of
/// signed ranks is away from 0, by the normal approximation with correction for ties. Zero
/// differences are dropped; the result is 0 if none remain.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of measurements, far below 2^53"
)]
pub fn signed_rank(differences: impl IntoIterator<Item = f64>) -> f64 {
    let mut differences: Vec<f64> = differences
        .into_iter()
        .filter(|difference| *difference != 0.0)
        .collect();
    differences.sort_unstable_by(|one, two| one.abs().total_cmp(&two.abs()));
    let (mut sum, mut variance) = (0.0, 0.0);
    let mut ranked = 0;
    for tie in differences.chunk_by(|one, two| one.abs().total_cmp(&two.abs()).is_eq()) {
        let length = tie.len() as f64;
        let rank = f64::midpoint(2.0 * ranked as f64 + 1.0, length);
        sum += rank
            * tie
                .iter()
                .map(|difference| difference.signum())
                .sum::<f64>();
        // The variance of a random sign is 1.
        variance += length * rank * rank;
        ranked += tie.len();
    }
    if variance > 0.0 {
        sum / variance.sqrt()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::signed_rank;

    #[test]
    fn the_statistic_matches_the_textbook() {
        // The depression scores of R's ?wilcox.test: V = 40 of 45, so sum of signed ranks = 35,
        // variance 9 * 10 * 19 / 6 = 285.
        let differences = [
            0.952, -0.147, 1.022, 0.430, 0.620, 0.590, 0.490, -0.080, 0.010,
        ];
        let z = signed_rank(differences);
        assert!((z - 35.0 / 285.0_f64.sqrt()).abs() < 1e-12, "{z}");
    }

    #[test]
    fn ties_share_their_rank_and_zeros_are_dropped() {
        // |1| and |1| share 1.5, 3 has 3: 1.5 - 1.5 + 3 = 3; variance 2.25 + 2.25 + 9.
        let z = signed_rank([1.0, -1.0, 3.0, 0.0, -0.0]);
        assert!((z - 3.0 / 13.5_f64.sqrt()).abs() < 1e-12, "{z}");
        assert!(signed_rank([]).abs() < 1e-12);
        assert!(signed_rank([0.0, 0.0]).abs() < 1e-12);
    }

    #[test]
    fn the_statistic_changes_sign_with_the_data() {
        let differences = [3.0, -1.0, 2.0, 7.0, -2.5];
        let turned = differences.map(|difference: f64| -difference);
        assert!((signed_rank(differences) + signed_rank(turned)).abs() < 1e-12);
    }
}
