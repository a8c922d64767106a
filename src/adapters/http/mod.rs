//! Reaching an implementation over HTTP.
//!
//! [`HttpAdapter`] speaks the protocol with a server, or asks it as a description says;
//! [`HttpLockstep`] and [`WebLockstep`] do so one request at a time, and tell how long it took.
//! Everything happens in the thread of the caller, in a runtime that they own.

mod client;
mod connector;
mod described;
mod doubts;
mod flight;
mod http_adapter;
mod lockstep;
mod road;
mod witness;

pub use http_adapter::{HttpAdapter, HttpTarget, WebTarget};
pub use lockstep::{HttpLockstep, WebLockstep};
