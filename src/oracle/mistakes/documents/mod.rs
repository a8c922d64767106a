//! Mistakes by which a document is parsed and written again: JSON, a form, a URL.
//!
//! What a sender signs are the bytes of a body or an address. A receiver that has them as values only
//! writes them again, and hardly ever as they were. Each kind of document has a reader, and a table
//! of the ways in which it is written again. Any other text stays as it is.

mod catalogue;
mod form;
mod json;
mod json_numbers;
mod json_printing;
mod json_writers;
mod json_writing;
mod url;

pub(super) use catalogue::MISTAKES;
