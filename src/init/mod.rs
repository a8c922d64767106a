//! What a project needs to be tested: an adapter in its language, `macproof.yaml`, and a CI job.
//!
//! [`Project`] writes them from the templates in `templates/init/`. The adapter works as it
//! stands: its code is made from the schemes of the chosen suites ([`SuiteCode`]), so a suite of
//! one's own gets one, too. A scheme that is written in no few lines is left to be filled in, and
//! says so when it is asked. Nothing here touches a file.

mod adapter;
mod dialect;
mod language;
mod project;
mod suite_code;

pub use language::{Language, UnknownLanguage};
pub use project::{Ci, GITLAB_PIPELINE, Job, Project, ProjectFile};
pub use suite_code::{Carried, SuiteCode};
