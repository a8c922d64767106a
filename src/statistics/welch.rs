//! The rule of dudect, for comparison with ours on the same data.

use crate::statistics::quantile::{quantile, sorted};

/// The largest |t| that dudect finds: Welch's t of the two complete classes, and of both cropped at
/// each of a hundred quantiles of their union. dudect reports "probably" above 10; TVLA fails above
/// 4.5 (for the uncropped t).
pub fn welch_t(one: &[f64], two: &[f64]) -> f64 {
    let all = sorted(one.iter().chain(two).copied());
    // dudect's percentiles: 1 - 0.5^(10 (i + 1) / 100).
    let crops = (1..=100).map(|crop| 1.0 - 0.5_f64.powf(10.0 * f64::from(crop) / 100.0));
    let mut largest = welch(one, two);
    for share in crops {
        let threshold = quantile(&all, share);
        let below = |class: &[f64]| -> Vec<f64> {
            class
                .iter()
                .copied()
                .filter(|value| *value < threshold)
                .collect()
        };
        largest = largest.max(welch(&below(one), &below(two)));
    }
    largest
}

fn welch(one: &[f64], two: &[f64]) -> f64 {
    let (Some((mean_one, square_one)), Some((mean_two, square_two))) = (error(one), error(two))
    else {
        return 0.0;
    };
    let error = (square_one + square_two).sqrt();
    if error > 0.0 {
        ((mean_one - mean_two) / error).abs()
    } else {
        0.0
    }
}

/// The mean, and its squared standard error.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of measurements, far below 2^53"
)]
fn error(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>();
    Some((mean, squares / (count - 1.0) / count))
}

#[cfg(test)]
mod tests {
    use super::{welch, welch_t};

    #[test]
    fn t_matches_the_textbook() {
        // Means 2.5 and 6; squared errors 5/12 and 2.
        let t = welch(&[1.0, 2.0, 3.0, 4.0], &[2.0, 4.0, 6.0, 8.0, 10.0]);
        assert!((t - 3.5 / (29.0_f64 / 12.0).sqrt()).abs() < 1e-12, "{t}");
    }

    #[test]
    fn cropping_reveals_what_outliers_hide() {
        let class = |shift: f64| -> Vec<f64> {
            (0..1000)
                .map(|n| {
                    f64::from(n % 10)
                        + shift
                        + if n % 50 == 0 {
                            1e6 * f64::from(n % 3)
                        } else {
                            0.0
                        }
                })
                .collect()
        };
        let (one, two) = (class(0.0), class(2.0));
        assert!(welch(&one, &two) < 1.0);
        assert!(welch_t(&one, &two) > 10.0);
        assert!(welch_t(&one, &one).abs() < 1e-9);
    }
}
