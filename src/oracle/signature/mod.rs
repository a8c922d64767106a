//! What a signature is made of: bytes and their spellings, templates, secrets, and the words for
//! what was asked and what came back.
//!
//! Nothing here knows of schemes, suites or processes. Every function is pure.

mod case_id;
mod context;
mod encoding;
mod enumerated;
mod fields;
mod input_kind;
mod outcome;
mod request;
mod secret;
mod sent;
mod template;
mod value;

pub use case_id::{CaseId, Slug, SlugError};
pub use context::{Context, ContextValue};
pub use encoding::{Encoding, Family};
pub use enumerated::enumerated;
pub use fields::Fields;
pub use input_kind::InputKind;
pub use outcome::{Denial, Op, Outcome, OutcomeKind, ReadField, bounded};
pub use request::Request;
pub use request::{SecretsByName, present, read_secrets};
pub use secret::{Secret, Secrets};
pub use sent::{MAX_SENT, Sent};
pub use template::{Segment, Template, TemplateError};
pub use value::{MAX_NUMBER, Value};
