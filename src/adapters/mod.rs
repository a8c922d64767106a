//! How an implementation is reached: as a subprocess or a server that speaks the protocol. And the
//! other side of it, which serves an implementation of ours.
//!
//! A [`Transport`] says how it is reached, an [`Adapter`] is there to answer, an [`Exchange`] has the
//! requests. `subprocess` owns a process; `http` owns its connections to a server; `exec_adapter`
//! starts a process for each request. A [`Lockstep`] is asked one thing at a time, to measure it.
//! Everything happens in the thread of the caller, over pipes and sockets that never block.

mod ask;
mod build;
mod children;
mod command;
mod connection;
mod conversation;
mod described;
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
#[cfg(test)]
mod mock;
mod notes;
mod outgoing;
mod per_call;
mod pinning;
mod pool;
mod process_group;
mod process_table;
mod serve;
mod shutdown;
mod stderr_tail;
mod subprocess;
mod transport;

#[cfg(test)]
pub(crate) use mock::{MockTransport, Treatment};

pub use ask::{ask, ask_made};
pub use build::build;
pub use children::{Unended, end_all};
pub use command::{AdapterCommand, CommandError};
pub use described::transport_to;
pub use error::{AdapterError, LockstepError};
pub use exchange::{Exchange, Ticket};
pub use exec_adapter::ExecTarget;
pub use http::{Authorities, AuthoritiesError, HttpTarget, WebTarget};
pub use in_flight::MAX_IN_FLIGHT;
pub use limits::Limits;
pub use pinning::Pinned;
pub use pool::side_by_side;
pub use serve::{ServeError, Served, serve};
pub use shutdown::ShutdownReport;
pub use transport::{Adapter, Lifetime, Lockstep, Operation, RoundTrip, Transport};

use notes::Notes;
