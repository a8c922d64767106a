//! Renders the document of a fuzz campaign, and that of a comparison.

#[cfg(test)]
pub(super) mod fixture;
pub(super) mod html;
mod human;
mod picture;
pub(super) mod versus_html;
mod versus_human;

pub use human::{finding_human, fuzz_human, fuzz_progress_line};
pub use picture::fuzz_progress;
pub use versus_human::{FIRST_IS_OURS, versus_human};
