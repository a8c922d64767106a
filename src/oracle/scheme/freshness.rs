//! How old or how new a token may be.

use crate::scheme::{FieldSet, FieldTexts};

/// What a scheme says of a token's age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// There is no time in it, or there is one and its document sets no limit.
    Unspecified,
    /// How much the time in the token may differ from the current time, limits included.
    Limited {
        /// The field that holds the time.
        of: usize,
        /// The greatest age, in seconds; `None` where the document limits the future only.
        max_age: Option<u64>,
        /// How far it may lie in the future, in seconds; `None` where the document limits the
        /// age only.
        max_skew: Option<u64>,
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
    /// It has more digits than any clock will ever show.
    #[error("its time is beyond any clock")]
    Beyond,
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
        let kind = &fields.at(of).kind;
        let per_second = u128::from(kind.per_second());
        let now = u128::from(now) * per_second;
        let form = kind.time_form();
        let time = texts.text(of).and_then(|text| form?.read(text));
        let Some(time) = time.map(u128::from) else {
            return Err(FreshnessProblem::Beyond);
        };
        let in_its_unit = |limit: u64| u128::from(limit) * per_second;
        match (max_age, max_skew) {
            (Some(max_age), _) if time + in_its_unit(max_age) < now => {
                Err(FreshnessProblem::Stale { max_age })
            }
            (_, Some(max_skew)) if time > now + in_its_unit(max_skew) => {
                Err(FreshnessProblem::Future { max_skew })
            }
            _ => Ok(()),
        }
    }
}
