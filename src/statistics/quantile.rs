//! Sample quantiles.

/// Sorts numbers in ascending order; `NaN` goes last.
pub fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The quantile of sorted numbers for `share` in 0 to 1, with linear interpolation (type 7, R's
/// default). `NaN` if there are no numbers.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions in a slice, far below 2^53"
)]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place as usize;
    let above = (below + 1).min(last);
    let rest = place - below as f64;
    sorted[below] + rest * (sorted[above] - sorted[below])
}

/// The median of numbers in any order. `NaN` if there are none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(&sorted(values), 0.5)
}

/// The interquartile range of numbers in any order. `NaN` if there are none.
pub fn interquartile_range(values: impl IntoIterator<Item = f64>) -> f64 {
    let sorted = sorted(values);
    quantile(&sorted, 0.75) - quantile(&sorted, 0.25)
}

#[cfg(test)]
mod tests {
    use super::{interquartile_range, median, quantile};

    #[test]
    fn quantiles_match_r() {
        let values = [1.0, 2.0, 4.0, 8.0];
        // quantile(c(1, 2, 4, 8), c(0, .1, .25, .5, .75, 1))
        for (share, expected) in [
            (0.0, 1.0),
            (0.1, 1.3),
            (0.25, 1.75),
            (0.5, 3.0),
            (0.75, 5.0),
            (1.0, 8.0),
        ] {
            assert!((quantile(&values, share) - expected).abs() < 1e-12);
        }
        assert!((median([8.0, 1.0, 4.0, 2.0]) - 3.0).abs() < 1e-12);
        assert!((interquartile_range([8.0, 1.0, 4.0, 2.0]) - 3.25).abs() < 1e-12);
        assert!((median([5.0]) - 5.0).abs() < 1e-12);
        assert!(median([]).is_nan());
    }
}
