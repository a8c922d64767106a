//! A request as people save it: raw from a proxy, printed by `curl -v`, or copied as a `curl`
//! command from a browser; and what stands at each place of it.
//!
//! What was saved may not be what was sent to the byte: an editor adds a line end, a proxy decodes
//! a body. A [`Received`] therefore has several readings where that is possible, and each names
//! what it takes for granted.

mod body;
mod curl;
mod error;
mod lookup;
mod raw;
mod readings;
mod request;
mod shell_words;
#[cfg(test)]
mod tests;

pub use error::RequestError;
pub use lookup::Found;
pub use readings::{Reading, Readings};
pub use request::{Received, Variant};
