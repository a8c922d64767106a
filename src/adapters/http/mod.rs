//! Reaching an implementation over HTTP.
//!
//! [`HttpAdapter`] speaks the protocol with a server, or asks it as a description says;
//! [`HttpRequestResponse`] and [`WebRequestResponse`] do so one request at a time, and tell how long it took.
//! A server over TLS is trusted by [`Authorities`] and by nothing else.
//! Everything happens in the thread of the caller, in a runtime that they own.

mod authorities;
mod client;
mod connect;
mod connector;
mod described;
mod doubts;
mod head;
mod http_adapter;
mod lockstep;
mod round_trip;
mod target;
mod tls;
mod transport;
mod witness;

pub use authorities::{Authorities, AuthoritiesError};
pub use target::{HttpTarget, WebTarget};
