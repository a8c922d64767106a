//! A self-contained HTML page: it makes no requests, and only the filter needs a script.
//!
//! The template escapes by default, and untrusted text is made visible before it gets there.

mod card;
mod matrix;
mod page;
mod run;
mod suite;
mod tone;

pub use page::{html, html_with};
