//! How many mistakes a suite catches: its mutation score.
//!
//! Every mistake of the catalogue is planted in an implementation in this process, and the suite
//! is run against it. What no vector tells is searched for among the requests of the generator and
//! made-up ones; what nothing tells is equivalent to the scheme.

mod search;
mod strength;
mod table;
mod trial;

pub use search::Witness;
pub use strength::{Fate, Pairs, Planted, Strength, strength};
pub use table::table;
