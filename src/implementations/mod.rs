//! Implementations that are described in `macproof.yaml` instead of programmed.
//!
//! [`Implementations`] is the parsed file; all its errors are reported while it is read. A [`Call`]
//! fills the values of a request into templates, each escaped for its context, and its
//! [`AnswerRules`] turn the [`Output`] into an outcome. Starting processes and sending requests
//! happens elsewhere.

mod answer_rules;
mod calls;
mod described;
mod error;
mod inputs;
mod json_template;
#[cfg(test)]
mod laws;
mod placed;
mod raw;
mod read;
mod read_calls;
mod schema;
mod settings;
mod text_template;
mod time_limit;
mod url_template;
mod web_address;

pub use answer_rules::{AnswerRules, Output};
pub use calls::{Call, ExecCall, ExecRequest, WebCall, WebRequest};
pub use described::{Access, Described, Implementations, Native, REFERENCE, SecretSource};
pub use error::{DescriptionProblem, ImplementationsError};
pub use inputs::{InputName, NotCarried};
pub use schema::schema;
pub use settings::{ReportSetting, Settings};
pub use text_template::{TextTemplate, TextTemplateError};
pub use time_limit::{TimeError, duration, timeout};
pub use url_template::UrlError;
pub use web_address::{Reach, WebAddress, WebAddressError};
