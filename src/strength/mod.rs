//! How many mistakes a suite catches.

mod nulls;
mod search;
mod strength;
mod trial;

pub use nulls::NullScore;
pub use strength::{Fate, Pairs, Planted, Strength, strength};
pub use trial::Catch;
