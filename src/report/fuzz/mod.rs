//! Renders the document of a fuzz campaign, and that of a comparison.

#[cfg(test)]
pub(super) mod fixture;
pub(super) mod html;
mod picture;
pub(super) mod versus_html;

pub use picture::fuzz_progress;
