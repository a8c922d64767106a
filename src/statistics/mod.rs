//! Statistics of paired measurements: how large a difference is, how sure that is, and how small
//! a difference would have been found.
//!
//! Pure functions over numbers. Distributions and their quantiles come from `statrs`. A measure
//! without a name here is in nanoseconds, but nothing depends on it.

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
pub use estimate::Estimate;
pub use looks::{boundary, is_look};
pub use order::{Order, Paired, estimate, steadiest_share};
pub use proportion::wilson;
pub use quantile::{interquartile_range, median, quantile, sorted};
pub use trimmed::{TrimmedMean, trimmed_mean};
pub use welch::welch_t;
pub use wilcoxon::signed_rank;
