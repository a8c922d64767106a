//! Conformance and fuzz-testing harness for HMAC identity signatures.
//!
//! `ARCHITECTURE.md` has the map: which module may know which, and the way of one case through
//! them.

pub mod adapters;
pub mod certificate;
pub mod cli;
pub(crate) mod derivation;
pub mod diagnosis;
pub mod explain;
pub mod export;
pub mod fuzz;
pub mod generate;
pub mod implementations;
pub mod init;
pub mod lint;
pub mod protocol;
pub mod received;
pub mod report;
pub mod results;
pub mod runner;
pub mod serve;
pub mod statistics;
pub mod strength;
pub mod suite;
pub mod timing;

pub use macproof_oracle::{mistakes, scheme, signature};
