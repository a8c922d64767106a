//! What is right, and the known ways to get it wrong: schemes as data, the oracle that signs and
//! verifies by them, and the catalogue of mistakes.
//!
//! A crate of its own, so that it is optimized in the tests, too: they sign and verify millions of
//! times. `macproof` re-exports its modules under their own names.

pub mod mistakes;
pub mod scheme;
pub mod signature;
