//! The report for a person at a terminal.
//!
//! What is wrong comes worst first, with its cause, its remedy and an example. The verdict comes
//! last, where the reader looks when the run ends, in one line.

mod beside;
mod canvas;
mod faults;
mod options;
mod page;
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
