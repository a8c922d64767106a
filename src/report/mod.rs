//! Reports. Each is a pure function of the document of a run, so an old result can be rendered
//! again.
//!
//! Text from an implementation is untrusted. Reports escape invisible characters wherever a person
//! or a parser reads it.

mod badge;
mod beside;
mod campaigns;
mod case;
mod causes;
mod chart;
mod difference;
mod digits;
mod file;
#[cfg(test)]
mod fixture;
mod format;
mod fuzz_document;
mod fuzz_picture;
mod github;
mod headline;
mod html;
mod human;
mod json;
mod junit;
mod known;
mod markdown;
mod matrix;
mod presentable;
mod request;
mod requirements;
mod rerun;
mod sarif;
mod schema;
mod timing;
mod visible;

pub use badge::{badge, badge_json};
pub use campaigns::{Campaigns, OtherImplementation};
pub use difference::{difference, difference_json};
pub(crate) use digits::{count, grouped};
pub use file::{WriteError, create, probe, write};
pub use format::{Format, UnknownFormat, render, render_with};
pub use fuzz_document::{
    ReadFuzzError, fuzz_schema, is_fuzz, read_fuzz, read_versus, versus_schema,
};
pub use fuzz_picture::fuzz_progress;
pub use github::github;
pub use html::{html, html_with};
pub use human::{HumanOptions, human};
pub use json::{ReadError, json, read};
pub use junit::junit;
pub use markdown::markdown;
pub use rerun::{command_line, rerun_command};
pub use sarif::sarif;
pub use schema::{result_schema, runs_schema};
pub use timing::{
    ReadTimingError, read_timing, subject_title, timing_distributions, timing_human,
    timing_running_effect, timing_schema,
};
pub use visible::{disarmed, excerpt, harmless, visible};
