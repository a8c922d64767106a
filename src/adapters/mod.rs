//! How an implementation is reached: as a subprocess or a server that speaks the protocol. And the
//! other side of it, which serves an implementation of ours to whoever asks.
//!
//! A [`Target`] says where it is, an [`Adapter`] is there to answer, [`Exchange`] is whoever has
//! requests for it. [`Subprocess`] owns a process, [`HttpAdapter`] its connections to a server,
//! [`ExecAdapter`] starts a process for each request.
//! Everything happens in the thread of the caller, over pipes and sockets that never block.

mod ask;
mod build;
mod children;
mod command;
mod connection;
mod conversation;
mod error;
mod exchange;
mod exec_adapter;
mod http;
mod in_flight;
#[cfg(test)]
mod laws;
mod limits;
mod line_buffer;
mod lockstep;
mod notes;
mod outgoing;
mod per_call;
mod pinning;
mod process_group;
mod process_table;
mod serve;
mod stderr_tail;
mod subprocess;
mod target;

pub use ask::{ask, ask_made};
pub use build::build;
pub use children::{Unended, end_all};
pub use command::{AdapterCommand, CommandError};
pub use error::AdapterError;
pub use exchange::{Exchange, Ticket};
pub use exec_adapter::{ExecAdapter, ExecTarget};
pub use http::{HttpAdapter, HttpRequestResponse, HttpTarget, WebRequestResponse, WebTarget};
pub use in_flight::MAX_IN_FLIGHT;
pub use limits::Limits;
pub use lockstep::{LockstepError, RequestResponse, RoundTrip};
pub use pinning::Pinned;
pub use serve::{ServeError, Served, serve};
pub use subprocess::{ShutdownReport, Subprocess};
pub use target::{Adapter, Target};

use notes::Notes;
