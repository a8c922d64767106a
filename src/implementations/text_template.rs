//! Text templates whose values are escaped for their context.

use crate::implementations::inputs::{InputName, NotCarried};
use crate::signature::Request;
use crate::signature::{Segment, Template, TemplateError};

/// Text with placeholders: `{secret}`, `{fields.user_id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextTemplate(Vec<TemplatePart>);

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TemplatePart {
    /// Text of the description itself.
    Literal(String),
    /// A value of the request.
    Value(InputName),
}

/// Why a template is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextTemplateError {
    /// The braces are malformed.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A placeholder names an unknown value.
    #[error(
        "unknown placeholder {{{0}}}; expected one of {{secret}}, {{secrets.NAME}}, {{fields.NAME}}, {{token}}, {{now}} and {{suite}}"
    )]
    UnknownValue(String),
}

/// Escapes a value for its context, or fails if it cannot be carried there.
pub(super) type Escape = fn(&InputName, &[u8]) -> Result<Vec<u8>, NotCarried>;

impl TextTemplate {
    /// Parses a template; `{{` and `}}` stand for the braces themselves. Fails on malformed braces
    /// and unknown placeholders.
    pub fn parse(text: &str) -> Result<Self, TextTemplateError> {
        let piece = |segment: &Segment| match segment {
            Segment::Literal(text) => Ok(TemplatePart::Literal(text.clone())),
            Segment::Placeholder {
                name,
                spec: None,
                filters,
            } if filters.is_empty() => InputName::parse(name)
                .map(TemplatePart::Value)
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

    pub(super) fn pieces(&self) -> &[TemplatePart] {
        &self.0
    }

    pub(super) fn from_pieces(pieces: Vec<TemplatePart>) -> Self {
        Self(pieces)
    }

    /// The values that the template uses.
    pub fn names(&self) -> impl Iterator<Item = &InputName> {
        self.0.iter().filter_map(|piece| match piece {
            TemplatePart::Value(name) => Some(name),
            TemplatePart::Literal(_) => None,
        })
    }

    /// The text of a template without placeholders; `None` if it has any.
    pub(super) fn as_literal(&self) -> Option<String> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                TemplatePart::Literal(literal) => text.push_str(literal),
                TemplatePart::Value(_) => return None,
            }
        }
        Some(text)
    }

    /// Renders the template with escaped values. Fails if a value cannot be carried.
    pub(super) fn render(&self, request: &Request, escape: Escape) -> Result<Vec<u8>, NotCarried> {
        let mut out = Vec::new();
        for piece in &self.0 {
            match piece {
                TemplatePart::Literal(text) => out.extend_from_slice(text.as_bytes()),
                TemplatePart::Value(name) => out.extend(escape(name, &name.bytes(request)?)?),
            }
        }
        Ok(out)
    }
}

/// The escape for standard input, which can carry everything.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it is one way to escape of several"
)]
pub(super) fn verbatim(_: &InputName, value: &[u8]) -> Result<Vec<u8>, NotCarried> {
    Ok(value.to_vec())
}

/// The escape for arguments and environment variables, which cannot contain a NUL.
pub(super) fn without_nul(name: &InputName, value: &[u8]) -> Result<Vec<u8>, NotCarried> {
    if value.contains(&0) {
        Err(NotCarried(format!(
            "{name} contains a NUL, which would end an argument or a variable"
        )))
    } else {
        Ok(value.to_vec())
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is one way to escape of several"
)]
/// The escape for URLs and forms: everything but unreserved characters is percent-encoded.
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

/// The escape for headers, which carry visible ASCII only, because servers decode other characters
/// differently.
pub(super) fn header_text(name: &InputName, value: &[u8]) -> Result<Vec<u8>, NotCarried> {
    if value.iter().all(|byte| (0x20..0x7f).contains(byte)) {
        Ok(value.to_vec())
    } else {
        Err(NotCarried(format!(
            "{name} contains a control character or non-ASCII text, which a header cannot contain"
        )))
    }
}

/// The escape for cookies, whose values end at a semicolon, a comma or a blank, and which servers
/// unquote.
pub(super) fn cookie_text(name: &InputName, value: &[u8]) -> Result<Vec<u8>, NotCarried> {
    let is_carried = |byte: &u8| byte.is_ascii_graphic() && !b"\";,\\".contains(byte);
    if value.iter().all(is_carried) {
        Ok(value.to_vec())
    } else {
        Err(NotCarried(format!(
            "{name} contains what a cookie cannot contain: a blank, a quote, a comma, a semicolon, a backslash, a control character or non-ASCII text"
        )))
    }
}

/// Renders the fields of a form; their names are already encoded.
pub(super) fn form(
    fields: &[(String, TextTemplate)],
    request: &Request,
) -> Result<Vec<u8>, NotCarried> {
    let mut out = Vec::new();
    for (name, template) in fields {
        if !out.is_empty() {
            out.push(b'&');
        }
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        // Literals are encoded as well, because they are part of a value.
        for piece in template.pieces() {
            match piece {
                TemplatePart::Literal(text) => out.extend(percent_encoded(text.as_bytes())),
                TemplatePart::Value(name) => out.extend(percent(name, &name.bytes(request)?)?),
            }
        }
    }
    Ok(out)
}
