//! URLs with values in their path and query.

use url::Url;

use crate::implementations::inputs::{InputName, NotCarried};
use crate::implementations::text_template::{
    TemplatePart, TextTemplate, TextTemplateError, form, percent, percent_encoded,
};
use crate::implementations::web_address::{WebAddress, WebAddressError};
use crate::signature::Request;

/// A URL template. A value stays within the path segment or query value that contains it.
#[derive(Clone, Debug)]
pub(super) struct UrlTemplate {
    url: TextTemplate,
    /// Query parameters to append; their names are already encoded.
    query: Vec<(String, TextTemplate)>,
    /// How many path segments are empty in the description itself.
    empty_segments: usize,
}

/// Why a URL template is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// A placeholder is invalid.
    #[error(transparent)]
    Template(#[from] TextTemplateError),
    /// The address is invalid.
    #[error(transparent)]
    Address(#[from] WebAddressError),
    /// A value would determine the server.
    #[error("a placeholder is not allowed before the path: the server is fixed")]
    ValueInServer,
    /// A lone `%` would combine with the text after it.
    #[error("this % does not begin an escape, but may with the value after it; write %25")]
    LonePercent,
    /// The URL is not in normalized form.
    #[error("invalid address: {0}")]
    NotNormal(String),
}

impl UrlTemplate {
    pub(super) fn parse(text: &str, query: Vec<(String, TextTemplate)>) -> Result<Self, UrlError> {
        let mut pieces = TextTemplate::parse(text)?.pieces().to_vec();
        let is_alone = pieces.len() == 1;
        let Some(TemplatePart::Literal(start)) = pieces.first_mut() else {
            return Err(UrlError::ValueInServer);
        };
        let authority = start.find("://").map(|at| at + 3);
        let path = authority.and_then(|at| start[at..].find(['/', '?']).map(|path| at + path));
        match (authority, path) {
            (Some(_), None) if !is_alone => return Err(UrlError::ValueInServer),
            (Some(_), None) => start.push('/'),
            (Some(_), Some(at)) if start[at..].starts_with('?') => start.insert(at, '/'),
            _ => {}
        }
        let query = query
            .into_iter()
            .map(|(name, template)| {
                let name = percent_encoded(name.as_bytes());
                (String::from_utf8_lossy(&name).into_owned(), template)
            })
            .collect();
        let url = TextTemplate::from_pieces(pieces);
        if url.pieces().iter().any(has_lone_percent) {
            return Err(UrlError::LonePercent);
        }
        let sample: String = url
            .pieces()
            .iter()
            .map(|piece| match piece {
                TemplatePart::Literal(text) => text.as_str(),
                TemplatePart::Value(_) => "x",
            })
            .collect();
        let address = WebAddress::parse(&sample)?;
        if address.url().as_str() != sample {
            return Err(UrlError::NotNormal(address.to_string()));
        }
        Ok(Self {
            url,
            query,
            empty_segments: empty_segments(address.url()),
        })
    }

    /// The address of the server.
    pub(super) fn address(&self) -> Result<WebAddress, WebAddressError> {
        match self.url.pieces().first() {
            Some(TemplatePart::Literal(start)) => WebAddress::parse(start),
            _ => WebAddress::parse(""),
        }
    }

    /// Keeps only such parameters that a description adds to the query.
    pub(super) fn retain_query(&mut self, is_kept: impl Fn(&(String, TextTemplate)) -> bool) {
        self.query.retain(is_kept);
    }

    pub(super) fn render(&self, request: &Request) -> Result<Url, NotCarried> {
        let mut url = self.url.render(request, percent)?;
        if !self.query.is_empty() {
            url.push(if url.contains(&b'?') { b'&' } else { b'?' });
            url.extend(form(&self.query, request)?);
        }
        let text = String::from_utf8_lossy(&url);
        let parsed = Url::parse(&text).ok();
        // URL parsers treat some segments specially, such as `..`, so require that parsing changes
        // nothing.
        let parsed = parsed.filter(|parsed| parsed.as_str() == text);
        let parsed =
            parsed.ok_or_else(|| NotCarried("a path segment cannot consist of dots".to_owned()))?;
        if empty_segments(&parsed) > self.empty_segments {
            let why = "a path segment cannot be empty";
            return Err(NotCarried(why.to_owned()));
        }
        Ok(parsed)
    }

    /// Adds a parameter to the query, where it has none of that name.
    pub(super) fn add_query(&mut self, name: &str, value: TextTemplate) {
        let name = percent_encoded(name.as_bytes());
        let name = String::from_utf8_lossy(&name).into_owned();
        if self.query.iter().all(|(other, _)| *other != name) {
            self.query.push((name, value));
        }
    }

    pub(super) fn names(&self) -> Vec<&InputName> {
        let query = self.query.iter().flat_map(|(_, template)| template.names());
        self.url.names().chain(query).collect()
    }
}

fn has_lone_percent(piece: &TemplatePart) -> bool {
    let TemplatePart::Literal(text) = piece else {
        return false;
    };
    text.match_indices('%').any(|(at, _)| {
        let digits = text.get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

fn empty_segments(url: &Url) -> usize {
    let segments = url.path().split('/').skip(1);
    segments.filter(|segment| segment.is_empty()).count()
}
