//! Timing tests: whether a comparison is timing-safe, in any language.
//!
//! [`Measuring`] measures one suite after the other; `session` makes the campaigns of it. [`record`]
//! sends pairs of requests to an implementation and records how long they took. [`judge`] alone turns
//! a recording into a verdict, so a recording from a file gets the same verdict as when it was made;
//! [`document`] judges all of them. The clock, the seed and the channel are arguments.
//! `docs/timing.md` describes the method and its limits.

mod campaign;
mod channel;
mod document;
mod early_exit;
mod halt;
mod judge;
mod leaky;
mod material;
mod measure;
mod raw;
mod recording;
mod rule;
mod session;
#[cfg(test)]
mod simulation;
mod terms;
mod tuning;
mod words;

pub use campaign::{Options, Progress, record};
pub use channel::{ChannelError, Endpoint, Reach};
pub use document::document;
pub use early_exit::Loop;
pub use judge::judge;
pub use leaky::{Leak, Leaky, UnknownLeak};
pub use material::{Material, MaterialError, Tokens};
pub use measure::{Machine, MeasureError, Measuring, check_measurable};
pub use raw::{RawError, RawHeader, raw_read, raw_write};
pub use recording::{Condition, Recording, Sample, Stage, Trouble};
pub use terms::{Demand, Terms};
