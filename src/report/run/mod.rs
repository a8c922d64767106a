//! Renders the document of a run, or of several: one file or folder per format.

mod badge;
pub(super) mod case;
mod causes;
mod difference;
mod format;
mod github;
mod headline;
mod html;
mod human;
mod junit;
mod known;
mod markdown;
mod matrix;
mod presentable;
mod requirements;
mod rerun;
mod sarif;

pub use badge::{badge, badge_json};
pub use difference::{difference, difference_json};
pub use format::{Format, UnknownFormat, render, render_with};
pub use github::github;
pub use html::{html, html_with};
pub use human::{HumanOptions, human};
pub use junit::junit;
pub use markdown::markdown;
pub use rerun::{command_line, rerun_command};
pub use sarif::sarif;
