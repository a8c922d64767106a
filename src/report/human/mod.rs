//! The report for a person at a terminal.
//!
//! What matters most stands last, where the eye is when the run ends: how each suite came out, what
//! most likely is wrong, and the verdict.

mod beside;
mod failed;
mod groups;
mod options;
mod page;
mod paint;
mod sentence;
mod several;
mod summary;

pub use options::HumanOptions;
pub use page::human;
pub(super) use sentence::{gate as gate_sentence, verdict_sentence};
