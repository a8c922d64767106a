//! Timing tests: whether a comparison is timing-safe, in any language.
//!
//! A [`Session`] measures one suite after the other. [`record`] sends pairs of requests to an implementation and records how long they took.
//! [`judge`] alone turns a recording into a verdict, so a recording from a file gets the same
//! verdict as when it was made. The clock, the seed and the channel are arguments. `docs/timing.md`
//! describes the method and its limits.

mod campaign;
mod channel;
mod judge;
mod leaky;
mod material;
mod raw;
mod recording;
mod rule;
mod session;
#[cfg(test)]
mod simulation;
mod tuning;
mod words;

pub use campaign::{Options, Progress, record};
pub use channel::{ChannelError, Endpoint, Reach};
pub use judge::judge;
pub use leaky::{Leak, Leaky, UnknownLeak};
pub use material::{Material, MaterialError, Tokens};
pub use raw::{RawError, RawHeader, raw_read, raw_write};
pub use recording::{Condition, Recording, Sample, Stage, Trouble};
pub use session::{Measured, Session};
pub use words::limits;
