//! The report for a person at a terminal.
//!
//! The most important part comes last, where the reader looks when the run ends: the result of each
//! suite, the likely causes, and the verdict.

mod beside;
mod canvas;
mod failed;
mod options;
mod page;
mod paint;
mod several;
mod summary;

use crate::report::run::view::RunView;
use crate::results::Document;

pub use options::HumanOptions;

/// Renders the document for a person.
pub fn human(document: &Document, options: &HumanOptions) -> String {
    match document {
        Document::Run(run) => page::one(&RunView::of(run), options),
        Document::Runs(_) => several::several(document, options),
    }
}
