//! Timing.

mod leaky;

pub use leaky::{Leak, Leaky, UnknownLeak, spin};
