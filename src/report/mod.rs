//! Reports. Each is a pure function of a document, so an old result can be rendered again.
//!
//! `run` renders the document of a run in every format, `fuzz` those of a fuzz campaign and of a
//! comparison, `timing` that of a timing campaign; what they share stands beside them.
//!
//! Text from an implementation is untrusted. Reports escape invisible characters wherever a person
//! or a parser reads it.

mod beside;
mod campaign_page;
mod campaigns;
mod chart;
mod digits;
mod file;
#[cfg(test)]
mod fixture;
mod fuzz;
mod json;
mod layout;
mod read;
mod request;
mod run;
mod schema;
mod style;
mod timing;
mod visible;

pub use campaign_page::campaign_html;
pub use campaigns::{Campaigns, OtherImplementation};
pub(crate) use digits::{count, grouped};
pub use file::{WriteError, create, probe, write};
pub use fuzz::{
    FIRST_IS_OURS, finding_human, fuzz_human, fuzz_progress, fuzz_progress_line, versus_human,
};
pub use json::json;
pub use layout::wrapped;
pub use read::{ReadError, declared, read};
pub use run::{
    Format, HumanOptions, UnknownFormat, badge, badge_json, command_line, difference,
    difference_html, difference_json, difference_markdown, github, html, html_with, human, junit,
    markdown, render, render_with, rerun_command, sarif,
};
pub use schema::schema;
pub use style::styled;
pub use timing::{subject_title, timing_distributions, timing_human, timing_running_effect};
pub use visible::{disarmed, excerpt, harmless, visible};
