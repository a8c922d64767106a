//! A self-contained HTML page: it makes no requests.
//!
//! The verdict, what failed and the first example of each finding stand there as HTML. All the rest,
//! of which there is much, is drawn by the page's one script from the document inside the page.
//!
//! The template escapes by default, the script writes nothing but text, and untrusted text is made
//! visible before it gets to either.

mod anchors;
mod card;
mod data;
mod findings;
mod matrix;
mod page;
mod run;
mod strip;
mod suite;
mod tone;

pub use page::{html, html_with};
