//! Statistics of paired measurements: the size of a difference, its uncertainty, and the smallest
//! difference that would have been found.
//!
//! Pure functions over numbers. Distributions and their quantiles come from `statrs`. The callers
//! measure in nanoseconds, but nothing here depends on the unit.

mod deciles;
mod estimate;
mod looks;
mod order;
mod proportion;
mod quantile;
#[cfg(test)]
mod simulation;
mod trimmed;
mod welch;
mod wilcoxon;

pub use deciles::deciles_differ;
pub use estimate::{DETECTABLE, Estimate};
pub use looks::{boundary, is_look};
pub use order::{Order, Paired, estimate, steadiest_share};
pub use proportion::wilson;
pub use quantile::{interquartile_range, median, quantile, sorted};
pub use trimmed::{TrimmedMean, trimmed_mean};
pub use welch::welch_t;
pub use wilcoxon::signed_rank;
