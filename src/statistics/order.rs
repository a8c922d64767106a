//! Pairs of measurements, and the effect that they show.

use crate::statistics::estimate::Estimate;
use crate::statistics::trimmed::trimmed_mean;
use crate::statistics::wilcoxon::signed_rank;

/// Which of the two was measured first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The one that is subtracted from.
    Forward,
    /// The one that is subtracted.
    Backward,
}

/// The difference of two measurements, one right after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Which was first.
    pub order: Order,
    /// The difference.
    pub difference: f64,
}

/// How much is trimmed off each end.
const TRIMMED: f64 = 0.2;

/// The effect: the mean of the 20 % trimmed means of the pairs in one order and of those in the
/// other, so that whatever the second measurement of a pair has of the first cancels out. `None`
/// where there are fewer than two pairs in either order.
pub fn estimate(pairs: &[Paired]) -> Option<Estimate> {
    let of = |order: Order| {
        let those = pairs.iter().filter(move |pair| pair.order == order);
        trimmed_mean(those.map(|pair| pair.difference), TRIMMED)
    };
    let (forward, backward) = (of(Order::Forward)?, of(Order::Backward)?);
    Some(Estimate {
        effect: f64::midpoint(forward.mean, backward.mean),
        standard_error: forward.standard_error.hypot(backward.standard_error) / 2.0,
        // The shift that the order makes would look like a difference where the orders are not
        // equally frequent.
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

#[cfg(test)]
mod tests {
    use super::{Order, Paired, estimate};

    fn pair(order: Order, difference: f64) -> Paired {
        Paired { order, difference }
    }

    #[test]
    fn what_the_order_does_cancels_out() {
        // An effect of 3, and whoever is second takes 100 longer; three of four are forward.
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
        let found = estimate(&pairs).unwrap();
        assert!((found.effect - 3.0).abs() < 0.1, "{found:?}");
        assert!(found.standard_error < 0.2, "{found:?}");
        assert!(found.signed_rank > 4.42, "{found:?}");
    }

    #[test]
    fn both_orders_are_needed() {
        let forward = [pair(Order::Forward, 1.0); 10];
        assert!(estimate(&forward).is_none());
        assert!(estimate(&[]).is_none());
    }
}
