//! Plays the platform: an HTTP server with the documented outcomes of a suite's policy, for
//! end-to-end tests without the vendor.
//!
//! [`Platform`] is a suite with its settings, secrets and state, independent of HTTP. [`router`]
//! serves several of them, the adapter protocol and a page. [`Listener`] accepts connections. The
//! clock, random names and the log are passed in.
//!
//! [`explain_router`] serves the page of `explain`, which keeps nothing.

mod app_state;
mod call;
mod example_calls;
mod explain_page;
mod host;
mod identified;
mod latest;
mod listener;
mod page;
mod platform;
mod reply;
mod router;
mod settings;
mod state;

pub use app_state::{AppState, Environment, Memory};
pub use example_calls::{ExampleCall, ExampleCalls, Presents};
pub use explain_page::{ExplainPage, Pasted, Told, explain_router};
pub use identified::Identified;
pub use latest::LatestCall;
pub use listener::{Limits, Listener};
pub use platform::Platform;
pub use router::router;
pub use settings::{Settings, SettingsError};
