//! The trimmed mean, which is robust against outliers.

use crate::statistics::quantile::sorted;

/// The mean without the smallest and the largest values, and its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrimmedMean {
    /// The mean of the remaining values.
    pub mean: f64,
    /// Its standard error by Yuen (1974): from the variance after each trimmed value is replaced by
    /// the nearest remaining one.
    pub standard_error: f64,
    /// The number of remaining values.
    pub left: usize,
}

/// Trims `share` of the values off each end. `None` if fewer than two values remain, because the
/// error is undefined then.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of measurements, far below 2^53"
)]
pub fn trimmed_mean(values: impl IntoIterator<Item = f64>, share: f64) -> Option<TrimmedMean> {
    let sorted = sorted(values);
    let count = sorted.len();
    let trimmed = (share * count as f64) as usize;
    let left = sorted.get(trimmed..count.checked_sub(trimmed)?)?;
    let (Some(&lowest), Some(&highest), true) = (left.first(), left.last(), left.len() >= 2) else {
        return None;
    };
    let mean = left.iter().sum::<f64>() / left.len() as f64;
    let ends = trimmed as f64;
    let winsorised = (left.iter().sum::<f64>() + ends * (lowest + highest)) / count as f64;
    let square = |value: f64| (value - winsorised).powi(2);
    let squares =
        left.iter().copied().map(square).sum::<f64>() + ends * (square(lowest) + square(highest));
    let freedom = left.len() as f64;
    Some(TrimmedMean {
        mean,
        standard_error: (squares / (freedom * (freedom - 1.0))).sqrt(),
        left: left.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::trimmed_mean;

    #[test]
    fn mean_and_error_match_the_textbook() {
        // Wilcox (2012), section 3.3: the 20 % trimmed mean is 282.7; its error is 56.1 with n in
        // place of Yuen's number of remaining values.
        let values = [
            77.0, 87.0, 88.0, 114.0, 151.0, 210.0, 219.0, 246.0, 253.0, 262.0, 296.0, 299.0, 306.0,
            376.0, 428.0, 515.0, 666.0, 1310.0, 2611.0,
        ];
        let trimmed = trimmed_mean(values, 0.2).unwrap();
        assert_eq!(trimmed.left, 13);
        assert!((trimmed.mean - 282.692_307).abs() < 1e-3, "{trimmed:?}");
        let wilcox = 56.1;
        let yuen = wilcox * 0.6 * 19.0_f64.sqrt() * (18.0_f64 / (13.0 * 12.0)).sqrt();
        assert!((trimmed.standard_error - yuen).abs() < 0.1, "{trimmed:?}");
    }

    #[test]
    fn without_trimming_it_is_the_plain_mean() {
        let trimmed = trimmed_mean([1.0, 2.0, 3.0, 4.0], 0.0).unwrap();
        assert!((trimmed.mean - 2.5).abs() < 1e-12);
        assert!((trimmed.standard_error - (5.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn outliers_are_trimmed() {
        let calm = trimmed_mean((0..100).map(f64::from), 0.2).unwrap();
        let wild = trimmed_mean(
            (0..100).map(|n| f64::from(n) + if n > 90 { 1e9 } else { 0.0 }),
            0.2,
        );
        assert_eq!(Some(calm), wild);
    }

    #[test]
    fn at_least_two_values_are_needed() {
        assert!(trimmed_mean([1.0], 0.2).is_none());
        assert!(trimmed_mean([], 0.2).is_none());
        assert!(trimmed_mean([1.0, 2.0], 0.5).is_none());
        assert!(trimmed_mean([1.0, 2.0], 0.2).is_some());
    }
}
