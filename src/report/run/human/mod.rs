//! The report for a person at a terminal.
//!
//! The most important part comes last, where the reader looks when the run ends: the result of each
//! suite, the likely causes, and the verdict.

mod beside;
mod canvas;
mod failed;
mod groups;
mod options;
mod page;
mod paint;
mod sentence;
mod several;
mod summary;

use crate::results::Document;

pub use options::HumanOptions;
pub(super) use sentence::{gate as gate_sentence, verdict_sentence};

/// Renders the document for a person.
pub fn human(document: &Document, options: &HumanOptions) -> String {
    match document {
        Document::Run(result) => page::one(result, options),
        Document::Runs(_) => several::several(document, options),
    }
}
