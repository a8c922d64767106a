//! What a verdict is asked for: which leak has to be seen, and what there was to see it.

/// Which leak must be ruled out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Demand {
    /// One of so many nanoseconds per call.
    Leak(f64),
    /// One of 20 ns per call, or 500 where a request carries one call.
    Small,
    /// What an early-exit loop takes in the implementation's language; as [`Demand::Small`] where
    /// that is unknown, where a request carries one call, and for the adapter's comparison.
    EarlyExit,
}

/// What there was to see a leak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// The leak that must be ruled out, in nanoseconds per call, unless the recording says which
    /// loop it is.
    pub target_ns: f64,
    /// Maximum time to measure each subject, in seconds.
    pub time_s: f64,
    /// How many subjects share the time.
    pub subjects: usize,
}

/// Longer times are not proposed, in seconds.
const LONGEST: f64 = 3600.0;

/// A proposed time has this much to spare.
const SPARE: f64 = 1.1;

impl Terms {
    /// The `--time` with which pairs so many times as many should be measured, as it is written on
    /// the command line; `None` if it would be longer than an hour.
    pub(super) fn time_for(&self, times: f64) -> Option<String> {
        // Half of the time is kept to confirm what is found.
        #[expect(clippy::cast_precision_loss, reason = "a few subjects")]
        let all = SPARE * times * 2.0 * self.time_s * self.subjects.max(1) as f64;
        // NaN is not less.
        let is_short = all < LONGEST;
        if !is_short {
            return None;
        }
        Some(if all > 120.0 {
            format!("{}m", (all / 60.0).ceil())
        } else {
            format!("{}s", 5.0 * (all / 5.0).ceil())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Terms;

    #[test]
    fn a_proposed_time_is_that_of_the_command_line() {
        let terms = Terms {
            target_ns: 20.0,
            time_s: 10.0,
            subjects: 1,
        };
        assert_eq!(terms.time_for(1.0).unwrap(), "25s");
        assert_eq!(terms.time_for(2.0).unwrap(), "45s");
        assert_eq!(terms.time_for(6.0).unwrap(), "3m");
        assert_eq!(terms.time_for(1000.0), None);
        assert_eq!(terms.time_for(f64::INFINITY), None);
        let several = Terms {
            subjects: 3,
            ..terms
        };
        assert_eq!(several.time_for(1.5).unwrap(), "100s");
        for time in ["25s", "3m", "100s"] {
            assert!(crate::implementations::duration(time).is_ok());
        }
    }
}
