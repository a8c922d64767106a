//! How the bytes of a secret become the key: by digests and MACs, one after the other.

use std::borrow::Cow;

use crate::scheme::{Algorithm, FieldSet, FieldTexts, Filter, Refusal, UnknownFilter, filtered};
use crate::signature::{Segment, Template, TemplateError};

/// What stands for the bytes so far, as in `{key|sha256}`.
const KEY: &str = "key";

/// One step from the bytes of the secret to the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStep {
    /// The bytes of a template.
    Text(KeyTemplate),
    /// An HMAC.
    Mac {
        /// With which hash function.
        algorithm: Algorithm,
        /// Its key.
        key: KeyTemplate,
        /// Its message.
        message: KeyTemplate,
    },
}

/// A template over the bytes so far and the fields that are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTemplate(Vec<KeyPart>);

/// A piece of a [`KeyTemplate`].
#[derive(Clone, Debug, PartialEq, Eq)]
enum KeyPart {
    Literal(Vec<u8>),
    /// The bytes so far.
    Key(Vec<Filter>),
    Field {
        field: usize,
        filters: Vec<Filter>,
    },
}

/// Why a text is no template of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStepError {
    /// It is no template at all.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// It names a field that the scheme does not have.
    #[error("the step names {{{0}}}, which is neither {{key}} nor a field of the scheme")]
    UnknownField(String),
    /// It names a field that is not signed, or not always: another value would be another key, and
    /// nothing would bind it.
    #[error("the step names {{{0}}}, which not every message contains")]
    UnsignedField(String),
    /// It names a filter that does not exist.
    #[error(transparent)]
    UnknownFilter(#[from] UnknownFilter),
    /// A part in brackets.
    #[error("a key has no part that may be absent; write [[ and ]] for literal brackets")]
    Optional,
    /// A placeholder has an encoding, which only a MAC has.
    #[error("{{{0}:…}} has an encoding; write it as a filter, {{{0}|hex}}")]
    Encoded(String),
    /// The secret does not go into it, so everybody has this key.
    #[error("the step does not contain {{key}}, so the secret would not count")]
    WithoutKey,
}

impl KeyTemplate {
    /// Compiles a template over the scheme's fields, of which `is_signed` says which may be named.
    pub fn compile(
        text: &str,
        fields: &FieldSet,
        is_signed: impl Fn(usize) -> bool,
    ) -> Result<Self, KeyStepError> {
        let filters = |names: &[String]| -> Result<Vec<Filter>, KeyStepError> {
            let parsed = names.iter().map(|name| Filter::parse(name));
            Ok(parsed.collect::<Result<_, _>>()?)
        };
        let part = |segment: &Segment| match segment {
            Segment::Literal(text) => Ok(KeyPart::Literal(text.clone().into_bytes())),
            Segment::Placeholder {
                name,
                spec: Some(_),
                ..
            } => Err(KeyStepError::Encoded(name.clone())),
            Segment::Placeholder {
                name,
                filters: names,
                ..
            } if name == KEY => Ok(KeyPart::Key(filters(names)?)),
            Segment::Placeholder {
                name,
                filters: names,
                ..
            } => {
                let field = fields
                    .index(name)
                    .ok_or_else(|| KeyStepError::UnknownField(name.clone()))?;
                if !is_signed(field) {
                    return Err(KeyStepError::UnsignedField(name.clone()));
                }
                Ok(KeyPart::Field {
                    field,
                    filters: filters(names)?,
                })
            }
        };
        let template = Template::with_brackets(text)?;
        if template.bracketed() > 0 {
            return Err(KeyStepError::Optional);
        }
        template
            .segments()
            .iter()
            .map(part)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the bytes so far stand in it.
    fn has_key(&self) -> bool {
        self.0.iter().any(|part| matches!(part, KeyPart::Key(_)))
    }

    fn render(
        &self,
        key: &[u8],
        set: &FieldSet,
        texts: &FieldTexts<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        for part in &self.0 {
            match part {
                KeyPart::Literal(literal) => bytes.extend_from_slice(literal),
                KeyPart::Key(filters) => bytes.extend_from_slice(&filtered(key, filters)),
                KeyPart::Field { field, filters } => {
                    let missing = || Refusal::MissingField(set.at(*field).name.clone());
                    let text = texts.bytes(*field).ok_or_else(missing)?;
                    bytes.extend_from_slice(&filtered(text, filters));
                }
            }
        }
        Ok(bytes)
    }
}

impl KeyStep {
    /// The step that a template is. Fails where the secret does not go into it.
    pub fn text(template: KeyTemplate) -> Result<Self, KeyStepError> {
        if template.has_key() {
            Ok(Self::Text(template))
        } else {
            Err(KeyStepError::WithoutKey)
        }
    }

    /// The step that an HMAC is. Fails where the secret goes into neither key nor message.
    pub fn mac(
        algorithm: Algorithm,
        key: KeyTemplate,
        message: KeyTemplate,
    ) -> Result<Self, KeyStepError> {
        if key.has_key() || message.has_key() {
            Ok(Self::Mac {
                algorithm,
                key,
                message,
            })
        } else {
            Err(KeyStepError::WithoutKey)
        }
    }

    /// The bytes after this step.
    pub fn apply(
        &self,
        bytes: &[u8],
        set: &FieldSet,
        texts: &FieldTexts<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Text(template) => template.render(bytes, set, texts),
            Self::Mac {
                algorithm,
                key,
                message,
            } => Ok(algorithm.mac(
                &key.render(bytes, set, texts)?,
                &message.render(bytes, set, texts)?,
            )),
        }
    }

    /// The same with the two arguments of its HMAC exchanged; itself, where it has none.
    #[must_use]
    pub fn swapped(&self) -> Self {
        match self {
            Self::Text(_) => self.clone(),
            Self::Mac {
                algorithm,
                key,
                message,
            } => Self::Mac {
                algorithm: *algorithm,
                key: message.clone(),
                message: key.clone(),
            },
        }
    }

    /// The same with another hash function.
    #[must_use]
    pub fn with_hash(&self, hash: Algorithm) -> Self {
        match self {
            Self::Text(KeyTemplate(parts)) => {
                let other = |filter: &Filter| match filter {
                    Filter::Digest(_) => Filter::Digest(hash),
                    other => other.clone(),
                };
                let part = |part: &KeyPart| match part {
                    KeyPart::Key(filters) => KeyPart::Key(filters.iter().map(other).collect()),
                    other => other.clone(),
                };
                Self::Text(KeyTemplate(parts.iter().map(part).collect()))
            }
            Self::Mac { key, message, .. } => Self::Mac {
                algorithm: hash,
                key: key.clone(),
                message: message.clone(),
            },
        }
    }

    /// Whether it is an HMAC.
    pub fn is_mac(&self) -> bool {
        matches!(self, Self::Mac { .. })
    }
}

/// The key of which these bytes are the secret.
pub fn derived<'k>(
    steps: &[KeyStep],
    bytes: Cow<'k, [u8]>,
    set: &FieldSet,
    texts: &FieldTexts<'_>,
) -> Result<Cow<'k, [u8]>, Refusal> {
    steps.iter().try_fold(bytes, |bytes, step| {
        step.apply(&bytes, set, texts).map(Cow::Owned)
    })
}
