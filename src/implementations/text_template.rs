//! Text with values put in, each escaped for where it stands.

use crate::implementations::inputs::{InputName, NotCarried};
use crate::signature::Request;
use crate::signature::{Segment, Template, TemplateError};

/// Text with placeholders: `{secret}`, `{fields.user_id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextTemplate(Vec<Piece>);

/// A piece of such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// As it is written in the description.
    Literal(String),
    /// A value of the request.
    Value(InputName),
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextTemplateError {
    /// Its braces are wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// There is no such value.
    #[error(
        "{{{0}}} is no value of a request; there are {{secret}}, {{secrets.NAME}}, {{fields.NAME}}, {{token}}, {{now}} and {{suite}}"
    )]
    UnknownValue(String),
}

/// What becomes of a value where it stands.
pub(super) type Escape = fn(&InputName, &[u8]) -> Result<Vec<u8>, NotCarried>;

impl TextTemplate {
    /// Reads a template; `{{` and `}}` are the braces themselves.
    pub fn parse(text: &str) -> Result<Self, TextTemplateError> {
        let piece = |segment: &Segment| match segment {
            Segment::Literal(text) => Ok(Piece::Literal(text.clone())),
            Segment::Placeholder {
                name,
                spec: None,
                filters,
            } if filters.is_empty() => InputName::parse(name)
                .map(Piece::Value)
                .ok_or_else(|| TextTemplateError::UnknownValue(name.clone())),
            Segment::Placeholder {
                name,
                spec,
                filters,
            } => {
                let mut text = name.clone();
                text.extend(spec.iter().map(|spec| format!(":{spec}")));
                text.extend(filters.iter().map(|filter| format!("|{filter}")));
                Err(TextTemplateError::UnknownValue(text))
            }
        };
        let segments = Template::parse(text)?;
        let pieces = segments.segments().iter().map(piece);
        Ok(Self(pieces.collect::<Result<_, _>>()?))
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.0
    }

    pub(super) fn from_pieces(pieces: Vec<Piece>) -> Self {
        Self(pieces)
    }

    /// The values that it needs.
    pub fn names(&self) -> impl Iterator<Item = &InputName> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(name) => Some(name),
            Piece::Literal(_) => None,
        })
    }

    /// The text without a placeholder; `None` if it has one.
    pub(super) fn as_literal(&self) -> Option<String> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Value(_) => return None,
            }
        }
        Some(text)
    }

    /// The text with the values in it, each escaped.
    pub(super) fn render(&self, request: &Request, escape: Escape) -> Result<Vec<u8>, NotCarried> {
        let mut out = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Value(name) => out.extend(escape(name, &name.bytes(request)?)?),
            }
        }
        Ok(out)
    }
}

/// Standard input takes everything.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it is one way to escape of several"
)]
pub(super) fn verbatim(_: &InputName, value: &[u8]) -> Result<Vec<u8>, NotCarried> {
    Ok(value.to_vec())
}

/// Arguments and environment variables end at a NUL.
pub(super) fn without_nul(name: &InputName, value: &[u8]) -> Result<Vec<u8>, NotCarried> {
    if value.contains(&0) {
        Err(NotCarried(format!(
            "{name} holds a NUL, at which an argument or a variable would end"
        )))
    } else {
        Ok(value.to_vec())
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is one way to escape of several"
)]
/// In a URL or a form only what can mean nothing stands for itself.
pub(super) fn percent(_: &InputName, value: &[u8]) -> Result<Vec<u8>, NotCarried> {
    Ok(percent_encoded(value))
}

pub(super) fn percent_encoded(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for &byte in value {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

/// A header holds visible ASCII: of other characters servers make different things.
pub(super) fn header_text(name: &InputName, value: &[u8]) -> Result<Vec<u8>, NotCarried> {
    if value.iter().all(|byte| (0x20..0x7f).contains(byte)) {
        Ok(value.to_vec())
    } else {
        Err(NotCarried(format!(
            "{name} holds a control character or is not ASCII, and stands in a header"
        )))
    }
}
