//! The mutation score of a suite: how many mistakes it catches.
//!
//! Each mistake of the catalogue is planted in an in-process implementation, and the suite is run
//! against it. If no vector catches it, a request that would is searched for among the generator's
//! requests and random ones. A mistake that no request reveals is equivalent to the scheme.

#[cfg(test)]
mod laws;
mod mutant;
mod search;
mod strength;
mod table;

pub use search::Witness;
pub use strength::{Detection, Pairs, Planted, Strength, strength};
pub use table::table;
