//! Implementations that are described and not programmed: `macproof.yaml`.
//!
//! [`Implementations`] is what such a file says; all that can be wrong with it is said while it is
//! read. A [`Call`] puts the values of a request into what is started or sent, each
//! escaped for where it stands, and its [`AnswerRules`] tell from the [`Output`] what the
//! implementation did. Who starts and sends is no business of this module.

mod answer_rules;
mod calls;
mod described;
mod error;
mod inputs;
mod json_template;
#[cfg(test)]
mod laws;
mod raw;
mod read;
mod schema;
mod text_template;
mod url_template;
mod web_address;

pub use answer_rules::{AnswerRules, Output};
pub use calls::{Call, ExecCall, ExecRequest, WebCall, WebRequest};
pub use described::{Described, Implementations, Native, REFERENCE, SecretSource, Way};
pub use error::{DescriptionProblem, ImplementationsError};
pub use inputs::{InputName, NotCarried};
pub use schema::schema;
pub use text_template::{TextTemplate, TextTemplateError};
pub use url_template::UrlError;
pub use web_address::{Reach, WebAddress, WebAddressError};
