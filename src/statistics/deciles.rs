//! The rule of RTLF (Dunsche et al., 2024), for comparison with ours on the same data.

use fastrand::Rng;

use crate::statistics::quantile::{quantile, sorted};

/// Whether any of the nine deciles of two classes differs by more than chance explains. Each
/// difference is compared with the differences between two resamples of the same class, at level
/// `alpha` / 9. Resampling within a class captures its spread without the difference between
/// classes.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of resamples, far below 2^53"
)]
pub fn deciles_differ(
    one: &[f64],
    two: &[f64],
    alpha: f64,
    resamples: usize,
    rng: &mut Rng,
) -> bool {
    let (one, two) = (sorted(one.iter().copied()), sorted(two.iter().copied()));
    if one.is_empty() || two.is_empty() || resamples == 0 {
        return false;
    }
    let mut by_chance = vec![Vec::new(); 9];
    for class in [&one, &two] {
        for _ in 0..resamples {
            let (first, second) = (
                deciles(&resampled(class, rng)),
                deciles(&resampled(class, rng)),
            );
            for (chance, (first, second)) in by_chance.iter_mut().zip(first.into_iter().zip(second))
            {
                chance.push((first - second).abs());
            }
        }
    }
    let differences = deciles(&one).into_iter().zip(deciles(&two));
    differences.zip(by_chance).any(|((one, two), chance)| {
        let beyond = chance
            .iter()
            .filter(|chance| **chance >= (one - two).abs())
            .count();
        (beyond as f64) < alpha / 9.0 * chance.len() as f64
    })
}

fn deciles(sorted: &[f64]) -> [f64; 9] {
    std::array::from_fn(|at| quantile(sorted, f64::from(u8::try_from(at + 1).unwrap_or(9)) / 10.0))
}

fn resampled(class: &[f64], rng: &mut Rng) -> Vec<f64> {
    sorted((0..class.len()).map(|_| class[rng.usize(..class.len())]))
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::deciles_differ;

    #[test]
    fn a_shift_is_detected_and_its_absence_is_not() {
        let mut rng = Rng::with_seed(7);
        let class = |rng: &mut Rng, shift: f64| -> Vec<f64> {
            (0..400).map(|_| rng.f64() * 100.0 + shift).collect()
        };
        let (one, two, far) = (
            class(&mut rng, 0.0),
            class(&mut rng, 0.0),
            class(&mut rng, 40.0),
        );
        assert!(!deciles_differ(&one, &two, 0.09, 300, &mut rng));
        assert!(deciles_differ(&one, &far, 0.09, 300, &mut rng));
        assert!(!deciles_differ(&[], &far, 0.09, 300, &mut rng));
    }
}
