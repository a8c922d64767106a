//! Renders the document of a timing campaign: text, pages, pictures and schema.

#[cfg(test)]
pub(crate) mod fixture;
pub(super) mod html;
mod human;
mod picture;

pub use human::{subject_title, timing_human};
pub use picture::{timing_distributions, timing_running_effect};
