//! Generates the files that a project needs: an adapter in its language, `macproof.yaml`, and a CI
//! job.
//!
//! [`Project`] renders the templates in `templates/init/`. The adapter works immediately, because
//! its code is generated from the schemes of the chosen suites ([`SuiteCode`]), including the
//! user's own. A scheme that needs more than a few lines is left for the user to fill in, and the
//! adapter says so at run time. Nothing here writes files.

mod adapter;
mod addition;
mod dialect;
mod language;
mod project;
mod suite_code;

pub use addition::{with_implementation, with_lines};
pub use language::{Language, Start, UnknownLanguage};
pub use project::{
    CONFIGURATION, Ci, GITHUB_JOB, GITLAB_JOB, GITLAB_PIPELINE, IGNORED, Job, Project, ProjectFile,
    SENDERS, STARTER, Side,
};
pub use suite_code::{Carried, RequestCode, SuiteCode};
