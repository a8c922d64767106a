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

impl MessagePart {
    /// The field that it is.
    pub fn field(&self) -> Option<usize> {
        match self {
            Self::Field { field, .. } => Some(*field),
            Self::Literal(_) => None,
        }
    }

    /// Its bytes, with this text for the field that it may be.
    pub fn of(&self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Literal(bytes) => bytes.clone(),
            Self::Field { filters, .. } => filtered(text, filters).into_owned(),
        }
    }
}

/// A compiled message template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    parts: Vec<MessagePart>,
    /// For each piece, the field without which it does not stand.
    hanging: Vec<Option<usize>>,
}

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
    /// A part in brackets has no field whose absence could be told, or several.
    #[error("a part in brackets stands if its field is given, so it has one field, not {0}")]
    OptionalFields(usize),
    /// A part in brackets of which nothing is left where its field is empty.
    #[error(
        "{{{0}}} stands alone in brackets, so that an absent one would be the same as an empty one; put the text beside it into the brackets"
    )]
    OptionalAlone(String),
    /// A part in brackets that hangs on a time.
    #[error("{{{0}}} stands in brackets, but a time is always given")]
    OptionalTime(String),
    /// A field in brackets that stands without them, too.
    #[error("{{{0}}} stands in brackets and outside of them, where it has to be given")]
    OptionalAndRequired(String),
    /// Every part stands in brackets.
    #[error(
        "every field of the message may be absent, so one signature would be valid for everyone without them"
    )]
    NothingRequired,
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
        let template = Template::with_brackets(text)?;
        let parts = template
            .segments()
            .iter()
            .map(part)
            .collect::<Result<Vec<_>, _>>()?;
        if !parts.iter().any(|part| part.field().is_some()) {
            return Err(MessageError::Constant);
        }
        let mut hanging = vec![None; parts.len()];
        for brackets in 0..template.bracketed() {
            let within = |at: &usize| template.brackets()[*at] == Some(brackets);
            let places: Vec<usize> = (0..parts.len()).filter(within).collect();
            let named: Vec<usize> = places.iter().filter_map(|&at| parts[at].field()).collect();
            let [field] = named[..] else {
                return Err(MessageError::OptionalFields(named.len()));
            };
            if places.iter().all(|&at| parts[at].of(b"").is_empty()) {
                let name = fields.at(field).name.clone();
                return Err(MessageError::OptionalAlone(name));
            }
            for at in places {
                hanging[at] = Some(field);
            }
        }
        let message = Self { parts, hanging };
        for field in message.hanging.iter().flatten() {
            let known = fields.at(*field);
            if known.kind.is_time() {
                return Err(MessageError::OptionalTime(known.name.clone()));
            }
            if message.required().any(|required| required == *field) {
                return Err(MessageError::OptionalAndRequired(known.name.clone()));
            }
        }
        if message.required().next().is_none() {
            return Err(MessageError::NothingRequired);
        }
        Ok(message)
    }

    /// The pieces, in order; of some inputs [not all stand](Self::stands) in the message.
    pub fn parts(&self) -> &[MessagePart] {
        &self.parts
    }

    /// The field without which a piece does not stand in the message.
    pub fn hangs_on(&self, part: usize) -> Option<usize> {
        self.hanging[part]
    }

    /// Whether a piece stands in the message of these fields.
    pub fn stands(&self, part: usize, texts: &FieldTexts<'_>) -> bool {
        self.hangs_on(part)
            .is_none_or(|field| texts.bytes(field).is_some())
    }

    /// Whether a field may be absent: it stands in brackets.
    pub fn is_optional(&self, field: usize) -> bool {
        self.hanging.contains(&Some(field))
    }

    /// The fields that may be absent, each once.
    pub fn optional(&self) -> impl Iterator<Item = usize> {
        let mut fields: Vec<usize> = self.hanging.iter().flatten().copied().collect();
        fields.sort_unstable();
        fields.dedup();
        fields.into_iter()
    }

    /// The indices of the fields it is built from, in the order of the template.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(MessagePart::field)
    }

    /// The same without those that may be absent.
    fn required(&self) -> impl Iterator<Item = usize> {
        let places = std::iter::zip(&self.parts, &self.hanging);
        let required = places.filter(|(_, hangs_on)| hangs_on.is_none());
        required.filter_map(|(part, _)| part.field())
    }

    /// The bytes to be signed.
    pub fn render(&self, set: &FieldSet, texts: &FieldTexts<'_>) -> Result<Vec<u8>, Refusal> {
        let mut message = Vec::with_capacity(96);
        for (at, part) in self.parts.iter().enumerate() {
            if !self.stands(at, texts) {
                continue;
            }
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
