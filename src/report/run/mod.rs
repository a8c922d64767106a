//! Renders the document of a run, or of several.
//!
//! `view` decides what is shown and in which order, once for all; each format is a file or a folder
//! that decides only how.

mod badge;
mod basis;
pub(super) mod case;
mod causes;
mod changes;
mod difference;
mod difference_markdown;
mod difference_page;
mod fault;
mod finding;
mod format;
mod github;
mod gravity;
mod headline;
mod html;
mod human;
mod junit;
mod markdown;
mod markdown_matrix;
mod markdown_text;
mod matrix;
mod place;
mod presentable;
mod requirements;
mod rerun;
mod sarif;
mod sent;
mod sentence;
mod tokens;
mod triage;
mod verdict_line;
mod view;

pub use badge::{badge, badge_json};
pub use difference::{difference, difference_json};
pub use difference_markdown::difference_markdown;
pub use difference_page::difference_html;
pub use format::{Format, UnknownFormat, render, render_with};
pub use github::github;
pub use html::{html, html_with};
pub use human::{HumanOptions, human};
pub use junit::junit;
pub use markdown::markdown;
pub use rerun::{command_line, rerun_command};
pub use sarif::sarif;
