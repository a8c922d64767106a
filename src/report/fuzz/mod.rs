//! Renders the document of a fuzz campaign, and that of a comparison.

mod document;
pub(super) mod html;
mod picture;
pub(super) mod versus_html;

pub use document::{ReadFuzzError, fuzz_schema, is_fuzz, read_fuzz, read_versus, versus_schema};
pub use picture::fuzz_progress;
