//! How old or how new a token may be.

use crate::scheme::{FieldSet, FieldTexts};

/// What a scheme says of a token's age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// There is no time in it, or there is one and its document sets no limit.
    Unspecified,
    /// The time in the token may differ from the present by so much, limits included.
    Limited {
        /// The field that holds the time.
        of: usize,
        /// The greatest age, in seconds.
        max_age: u64,
        /// How far it may lie in the future, in seconds.
        max_skew: u64,
    },
}

/// Why a token's time is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FreshnessProblem {
    /// It is older than the scheme allows.
    #[error("its time is more than the allowed {max_age} s in the past")]
    Stale {
        /// The limit, in seconds.
        max_age: u64,
    },
    /// It lies farther in the future than the scheme allows.
    #[error("its time is more than the allowed {max_skew} s in the future")]
    Future {
        /// The limit, in seconds.
        max_skew: u64,
    },
}

impl Freshness {
    /// Judges the time among `texts` at `now` (Unix seconds). Both limits are inclusive, and hold
    /// in the time's own unit: at a limit of 300 s, 300 000 ms pass and 300 001 ms do not.
    pub fn check(
        self,
        fields: &FieldSet,
        texts: &FieldTexts<'_>,
        now: u64,
    ) -> Result<(), FreshnessProblem> {
        let Self::Limited {
            of,
            max_age,
            max_skew,
        } = self
        else {
            return Ok(());
        };
        let per_second = u128::from(fields.at(of).kind.per_second());
        let time = texts
            .text(of)
            .and_then(|text| text.parse::<u64>().ok())
            .map(u128::from);
        let now = u128::from(now) * per_second;
        let Some(time) = time else {
            return Err(FreshnessProblem::Stale { max_age });
        };
        if time.saturating_add(u128::from(max_age) * per_second) < now {
            Err(FreshnessProblem::Stale { max_age })
        } else if time > now + u128::from(max_skew) * per_second {
            Err(FreshnessProblem::Future { max_skew })
        } else {
            Ok(())
        }
    }
}
