//! The report for a person at a terminal.
//!
//! The most important part comes last, where the reader looks when the run ends: the result of each
//! suite, the likely causes, and the verdict.

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
