//! Timing: is the comparison timing-safe, in any language, with an honest answer?
//!
//! [`record`] asks an implementation again and again in pairs and records how long it took;
//! [`judge`] turns a recording into a verdict, and nothing else does: so a recording from a file
//! is judged as it was when it was made. The clock, the seed and the way to the implementation
//! come in as arguments. `docs/timing.md` has the method and its limits.

mod campaign;
mod channel;
mod judge;
mod leaky;
mod material;
mod raw;
mod recording;
mod rule;
#[cfg(test)]
mod simulation;
mod tuning;
mod words;

pub use campaign::{Options, Progress, record};
pub use channel::{Channel, ChannelError, Command, Operation, Reach, Server, Site};
pub use judge::judge;
pub use leaky::{Leak, Leaky, UnknownLeak};
pub use material::{Material, MaterialError, Tokens};
pub use raw::{RawError, RawHeader, raw_read, raw_write};
pub use recording::{Condition, Recording, Sample, Stage, Trouble};
pub use words::limits;
