//! Pairs of measurements, and the effect estimated from them.

use crate::statistics::estimate::Estimate;
use crate::statistics::trimmed::{TrimmedMean, trimmed_mean};
use crate::statistics::wilcoxon::signed_rank;

/// Which measurement of a pair came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The minuend, that is, the one expected to be larger.
    Forward,
    /// The subtrahend.
    Backward,
}

/// The difference between two consecutive measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Which of the two came first.
    pub order: Order,
    /// The difference, first class minus second, whatever the order.
    pub difference: f64,
}

/// The shares that may be trimmed off each end: a fifth, as usual, and more for a busy machine.
const SHARES: [f64; 3] = [0.2, 0.3, 0.4];

/// The share to trim off each end: the one with the smallest error on these pairs, or a fifth if
/// there are too few. Pass other pairs than those to be judged, such as a control, so that the
/// choice is independent of the effect.
pub fn steadiest_share(pairs: &[Paired]) -> f64 {
    let errors = SHARES.map(|share| {
        let estimate = estimate(pairs, share);
        estimate.map_or(f64::INFINITY, |estimate| estimate.standard_error)
    });
    // Keep the smaller share unless another is clearly better.
    let mut best = 0;
    for at in 1..SHARES.len() {
        if errors[at] < 0.95 * errors[best] {
            best = at;
        }
    }
    SHARES[best]
}

/// Estimates the effect: the average of the trimmed means for each order, so that any influence of
/// being measured second cancels out. `share` is trimmed off each end. `None` if either order has
/// fewer than two pairs.
pub fn estimate(pairs: &[Paired], share: f64) -> Option<Estimate> {
    let of = |order: Order| {
        let those = pairs.iter().filter(move |pair| pair.order == order);
        trimmed_mean(those.map(|pair| pair.difference), share)
    };
    let (forward, backward) = (of(Order::Forward)?, of(Order::Backward)?);
    Some(Estimate {
        effect: f64::midpoint(forward.mean, backward.mean),
        standard_error: forward.standard_error.hypot(backward.standard_error) / 2.0,
        freedom: freedom(&forward, &backward),
        // If the orders are not equally frequent, the shift due to order would look like a
        // difference.
        signed_rank: {
            let shift = (forward.mean - backward.mean) / 2.0;
            signed_rank(pairs.iter().map(|pair| match pair.order {
                Order::Forward => pair.difference - shift,
                Order::Backward => pair.difference + shift,
            }))
        },
        pairs: pairs.len(),
    })
}

/// Degrees of freedom by Welch and Satterthwaite.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of measurements, far below 2^53"
)]
fn freedom(one: &TrimmedMean, other: &TrimmedMean) -> f64 {
    let squares = [one, other].map(|mean| mean.standard_error.powi(2));
    let weighed = |at: usize, mean: &TrimmedMean| squares[at].powi(2) / (mean.left as f64 - 1.0);
    let below = weighed(0, one) + weighed(1, other);
    if below > 0.0 {
        (squares[0] + squares[1]).powi(2) / below
    } else {
        // There is no spread at all.
        (one.left + other.left - 2) as f64
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::{Order, Paired, estimate, steadiest_share};

    fn pair(order: Order, difference: f64) -> Paired {
        Paired { order, difference }
    }

    #[test]
    fn order_effects_cancel_out() {
        // An effect of 3; whichever is second takes 100 longer; three of four pairs are forward.
        let pairs: Vec<Paired> = (0..400)
            .map(|n| {
                let noise = f64::from(n % 7) - 3.0;
                if n % 4 == 0 {
                    pair(Order::Backward, 3.0 + 100.0 + noise)
                } else {
                    pair(Order::Forward, 3.0 - 100.0 + noise)
                }
            })
            .collect();
        let found = estimate(&pairs, 0.2).unwrap();
        assert!((found.effect - 3.0).abs() < 0.1, "{found:?}");
        assert!(found.standard_error < 0.2, "{found:?}");
        assert!(found.signed_rank > 4.42, "{found:?}");
    }

    #[test]
    fn more_outliers_are_trimmed_more() {
        let mut rng = Rng::with_seed(5);
        let mut share_with = |wild: f64| {
            let pairs: Vec<Paired> = (0..2000)
                .map(|n| {
                    let order = [Order::Forward, Order::Backward][n % 2];
                    let calm = (0..4).map(|_| rng.f64() - 0.5).sum::<f64>();
                    let jump = if rng.f64() < wild {
                        1000.0 * (rng.f64() - 0.5)
                    } else {
                        0.0
                    };
                    pair(order, calm + jump)
                })
                .collect();
            steadiest_share(&pairs)
        };
        let found = [0.0, 0.1, 0.5, 0.7].map(&mut share_with);
        assert!(
            (found[0] - 0.2).abs() < 1e-9 && (found[1] - 0.2).abs() < 1e-9,
            "{found:?}"
        );
        assert!(
            found[2] > 0.25 && (found[3] - 0.4).abs() < 1e-9,
            "{found:?}"
        );
        assert!((steadiest_share(&[]) - 0.2).abs() < 1e-9);
    }

    #[test]
    fn both_orders_are_needed() {
        let forward = [pair(Order::Forward, 1.0); 10];
        assert!(estimate(&forward, 0.2).is_none());
        assert!(estimate(&[], 0.2).is_none());
    }
}
