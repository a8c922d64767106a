//! An estimated effect and its uncertainty.

use crate::statistics::looks::student_boundary;

/// The effect estimated from pairs of measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// How much larger the first of the two is, in the unit of the measurements.
    pub effect: f64,
    /// The standard error of the effect, in the same unit.
    pub standard_error: f64,
    /// The degrees of freedom of the error, for Student's t distribution.
    pub freedom: f64,
    /// Wilcoxon's signed-rank statistic of the differences, in standard deviations.
    pub signed_rank: f64,
    /// The number of pairs.
    pub pairs: usize,
}

/// Half the width of a 99.9 % confidence interval, in standard errors.
const HALF_WIDTH: f64 = 3.29;

/// How many standard errors above the floor an effect must lie to be found by nearly every
/// campaign: 3.29 that the rule subtracts, and slightly more than that again for chance.
pub const DETECTABLE: f64 = 6.75;

impl Estimate {
    /// How many standard errors the effect is away from 0.
    pub fn z(&self) -> f64 {
        if self.standard_error > 0.0 {
            self.effect / self.standard_error
        } else if self.effect == 0.0 {
            0.0
        } else {
            f64::INFINITY.copysign(self.effect)
        }
    }

    /// The 99.9 % confidence interval of the effect.
    pub fn interval(&self) -> (f64, f64) {
        let half = HALF_WIDTH * self.standard_error;
        (self.effect - half, self.effect + half)
    }

    /// Whether the effect is significant at level `alpha`, and its whole interval is beyond `floor`
    /// in either direction.
    pub fn exceeds(&self, alpha: f64, floor: f64) -> bool {
        let at_least = self.effect.abs() - HALF_WIDTH * self.standard_error;
        at_least > floor && self.z().abs() > student_boundary(alpha, self.freedom)
    }

    /// The smallest effect above `floor` that a measurement of this precision finds nearly always.
    pub fn detectable(&self, floor: f64) -> f64 {
        floor + DETECTABLE * self.standard_error
    }

    /// The same estimate with effect and error multiplied by `factor`, to convert units.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            effect: self.effect * factor,
            standard_error: self.standard_error * factor.abs(),
            signed_rank: self.signed_rank * factor.signum(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Estimate;

    fn estimate(effect: f64, standard_error: f64) -> Estimate {
        Estimate {
            effect,
            standard_error,
            freedom: 1000.0,
            signed_rank: 0.0,
            pairs: 100,
        }
    }

    #[test]
    fn an_effect_must_be_significant_and_large() {
        assert!(estimate(20.0, 2.0).exceeds(1e-5, 5.0));
        assert!(estimate(-20.0, 2.0).exceeds(1e-5, 5.0));
        // Precise but small; large but imprecise.
        assert!(!estimate(4.0, 0.01).exceeds(1e-5, 5.0));
        assert!(!estimate(20.0, 5.0).exceeds(1e-5, 5.0));
        // A detectable effect is found even if chance takes three standard errors off it.
        for error in [0.1, 1.0, 10.0] {
            let detectable = estimate(0.0, error).detectable(5.0);
            assert!(estimate(detectable - 3.0 * error, error).exceeds(3e-4, 5.0));
        }
    }

    #[test]
    fn few_pairs_need_stronger_evidence() {
        let few = Estimate {
            freedom: 10.0,
            ..estimate(25.0, 5.0)
        };
        assert!(!few.exceeds(1e-5, 0.0));
        assert!(estimate(25.0, 5.0).exceeds(1e-5, 0.0));
    }

    #[test]
    fn without_spread_any_effect_is_significant() {
        assert!(estimate(0.0, 0.0).z().abs() < 1e-12);
        assert!(estimate(-1.0, 0.0).z().is_infinite());
    }
}
