//! Reports: each a pure function of the document of a run, so that an old result can be rendered
//! again.
//!
//! All that an implementation said is untrusted text. Wherever a person or a parser meets it,
//! what cannot be seen is spelt out.

mod case;
mod digits;
mod file;
#[cfg(test)]
mod fixture;
mod format;
mod human;
mod json;
mod junit;
mod request;
mod rerun;
mod schema;
mod timing;
mod visible;

pub use file::{WriteError, write};
pub use format::{Format, UnknownFormat, render};
pub use human::{HumanOptions, human};
pub use json::{ReadError, json, read};
pub use junit::junit;
pub use rerun::rerun_command;
pub use schema::result_schema;
pub use timing::{
    ReadTimingError, read_timing, subject_title, timing_distributions, timing_human,
    timing_running_effect, timing_schema,
};
pub use visible::{excerpt, visible};
