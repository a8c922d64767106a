//! Reaching an implementation over HTTP.
//!
//! [`HttpAdapter`] speaks the protocol with a server. Everything happens in the thread of the
//! caller, in a runtime that it owns.

mod client;
mod flight;
mod http_adapter;
mod lockstep;

pub use http_adapter::{HttpAdapter, HttpTarget};
pub use lockstep::HttpLockstep;
