//! What is signed: the message template, compiled.

use crate::scheme::{FieldSet, FieldTexts, Filter, PARAMS, Refusal, UnknownFilter, filtered};
use crate::signature::{Segment, Template, TemplateError};

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessagePart {
    /// Bytes that stand as they are.
    Literal(Vec<u8>),
    /// A field's bytes, changed by the filters in order.
    Field {
        /// The field's index.
        field: usize,
        /// What is done to it first.
        filters: Vec<Filter>,
    },
}

/// A compiled message template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message(Vec<MessagePart>);

/// Why a text is no message template of these fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// It is no template at all.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// It names a field that the scheme does not have.
    #[error("the message names {{{0}}}, which is not a field of the scheme")]
    UnknownField(String),
    /// It names a filter that does not exist.
    #[error(transparent)]
    UnknownFilter(#[from] UnknownFilter),
    /// The filter of parameters stands behind a field that says nothing of them.
    #[error("{{{0}|params}} needs to know how: say it by `params:` in the field {0}")]
    WithoutParams(String),
    /// A placeholder has an encoding, which only a MAC has.
    #[error("{{{0}:…}} has an encoding, but only {{mac:…}} in a token has one")]
    Encoded(String),
    /// It has no field: every message would be the same.
    #[error("the message contains no field, so one signature would be valid for everyone")]
    Constant,
}

impl Message {
    /// Compiles a template over the scheme's fields.
    pub fn compile(text: &str, fields: &FieldSet) -> Result<Self, MessageError> {
        let part = |segment: &Segment| match segment {
            Segment::Literal(text) => Ok(MessagePart::Literal(text.clone().into_bytes())),
            Segment::Placeholder {
                name,
                spec: Some(_),
                ..
            } => Err(MessageError::Encoded(name.clone())),
            Segment::Placeholder {
                name,
                spec: None,
                filters,
            } => {
                let field = fields
                    .index(name)
                    .ok_or_else(|| MessageError::UnknownField(name.clone()))?;
                let params = |name: &String| {
                    let params = fields.at(field).params.clone();
                    let missing = || MessageError::WithoutParams(fields.at(field).name.clone());
                    (name == PARAMS).then(|| params.map(Filter::Params).ok_or_else(missing))
                };
                let filter =
                    |name: &String| params(name).unwrap_or_else(|| Ok(Filter::parse(name)?));
                let filters = filters.iter().map(filter).collect::<Result<_, _>>()?;
                Ok(MessagePart::Field { field, filters })
            }
        };
        let parts = Template::parse(text)?
            .segments()
            .iter()
            .map(part)
            .collect::<Result<Vec<_>, _>>()?;
        if parts
            .iter()
            .any(|part| matches!(part, MessagePart::Field { .. }))
        {
            Ok(Self(parts))
        } else {
            Err(MessageError::Constant)
        }
    }

    /// The pieces, in order.
    pub fn parts(&self) -> &[MessagePart] {
        &self.0
    }

    /// The indices of the fields it is built from, in the order of the template.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        self.0.iter().filter_map(|part| match part {
            MessagePart::Field { field, .. } => Some(*field),
            MessagePart::Literal(_) => None,
        })
    }

    /// The bytes to be signed.
    pub fn render(&self, set: &FieldSet, texts: &FieldTexts<'_>) -> Result<Vec<u8>, Refusal> {
        let mut message = Vec::with_capacity(96);
        for part in &self.0 {
            match part {
                MessagePart::Literal(bytes) => message.extend_from_slice(bytes),
                MessagePart::Field { field, filters } => {
                    let bytes = texts
                        .bytes(*field)
                        .ok_or_else(|| Refusal::MissingField(set.at(*field).name.clone()))?;
                    message.extend_from_slice(&filtered(bytes, filters));
                }
            }
        }
        Ok(message)
    }
}
