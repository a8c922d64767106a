//! Being the platform: an HTTP server with the documented outcomes of a suite's policy, for tests
//! from end to end without the vendor.
//!
//! [`Platform`] is a suite with its settings, secrets and state, and knows nothing of HTTP;
//! [`router`] puts several of them, the adapter protocol and a page behind one door; [`Listener`]
//! takes connections. The clock, random names and the log come from outside.

mod call;
mod latest;
mod listener;
mod page;
mod platform;
mod reply;
mod router;
mod settings;
mod state;

pub use latest::LatestCall;
pub use listener::{Limits, Listener};
pub use platform::{Identified, Platform};
pub use router::{Door, Memory, Surroundings, router};
pub use settings::{Settings, SettingsError};
