//! Sequential looks at data as it arrives, with bounded probability of a false alarm.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The first look: with fewer pairs, the normal approximation is unreliable.
const FIRST_LOOK: usize = 200;

/// Whether to look at this number of pairs: 200, 500, 1000, 2000, 5000, …
pub fn is_look(pairs: usize) -> bool {
    let mut decade = 100;
    while decade <= pairs / 10 {
        decade *= 10;
    }
    pairs >= FIRST_LOOK && [decade, 2 * decade, 5 * decade].contains(&pairs)
}

/// The threshold in standard errors at which a single two-sided look has a false-alarm probability
/// of `alpha`. For several looks it is at most `alpha` times their number.
pub fn boundary(alpha: f64) -> f64 {
    // The normal approximation; `student_boundary` accounts for an estimated error.
    Normal::standard().inverse_cdf(1.0 - alpha / 2.0)
}

/// The same for Student's t, if the standard error is estimated with this many degrees of freedom.
pub(super) fn student_boundary(alpha: f64, freedom: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, freedom) {
        Ok(student) => student.inverse_cdf(1.0 - alpha / 2.0),
        // Without degrees of freedom nothing is significant.
        Err(_) => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::{boundary, is_look, student_boundary};

    #[test]
    fn looks_are_few_and_fixed() {
        let looks: Vec<usize> = (0..=100_000).filter(|&pairs| is_look(pairs)).collect();
        let expected = [200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
        assert_eq!(looks, expected);
    }

    #[test]
    fn the_boundary_matches_one_in_a_hundred_thousand() {
        assert!((boundary(1e-5) - 4.417).abs() < 1e-3);
        assert!((boundary(0.05) - 1.96).abs() < 1e-3);
        // R: qt(1 - 5e-6, c(38, 1e6))
        assert!((student_boundary(1e-5, 38.0) - 5.10).abs() < 0.02);
        assert!((student_boundary(1e-5, 1e6) - 4.417).abs() < 1e-3);
        assert!(student_boundary(1e-5, 0.0).is_infinite());
    }
}
