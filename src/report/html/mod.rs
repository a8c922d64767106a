//! One self-contained page: no request to anywhere, and nothing in it that needs a script but the
//! filter.
//!
//! The template escapes by default; what it shows of others was made visible before.

mod campaigns;
mod card;
mod fuzz;
mod matrix;
mod page;
mod run;
mod suite;
mod tone;
mod versus;

pub use page::{html, html_with};
