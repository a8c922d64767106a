//! What can be demanded of an implementation for any request: which outcomes are sound, which are
//! a matter of taste, and which break a requirement that a suite could state.
//!
//! It says of made-up requests what the generator's requirements say of the catalogue's. Where a
//! requirement could not be stated with certainty it is a matter of taste: to blame an
//! implementation wrongly is worse than to pass over one of its oddities.

mod carried;
mod malformed;
mod ordinary;
mod ruling;
mod signing;
mod times;
mod token_shape;
mod verifying;

pub(crate) use ruling::{Bounds, Ruling};
