//! Templates: literal text with `{name}` or `{name:spec}` or `{name|filter}` between.

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text that stands as it is.
    Literal(String),
    /// `{name}`, `{name:spec}`, `{name|filter|filter}`.
    Placeholder {
        /// What stands first.
        name: String,
        /// What stands behind a colon: the encoding of a MAC.
        spec: Option<String>,
        /// What stands behind vertical bars, in order.
        filters: Vec<String>,
    },
}

/// A template taken apart. `{{` and `}}` stand for the braces themselves; literals next to each
/// other are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
}

/// Why a text is no template. Positions are byte offsets into the template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// `{` without `}`.
    #[error("unclosed brace at byte {at}; write {{{{ for a literal brace")]
    Unclosed {
        /// Where the brace stands.
        at: usize,
    },
    /// `}` without `{`.
    #[error("unmatched closing brace at byte {at}; write }}}} for a literal brace")]
    Unopened {
        /// Where the brace stands.
        at: usize,
    },
    /// `{}` or a name with characters that no name has.
    #[error(
        "invalid placeholder {text:?} at byte {at}; write {{name}}, {{name:encoding}} or {{name|filter}}"
    )]
    BadPlaceholder {
        /// Where its brace stands.
        at: usize,
        /// What stands between the braces.
        text: String,
    },
    /// It is longer than any scheme needs.
    #[error("a template has at most {most} bytes, but this one has {0}", most = Template::MAX_BYTES)]
    TooLong(usize),
    /// It has more pieces than any scheme needs.
    #[error("a template has at most {most} pieces, but this one has more", most = Template::MAX_SEGMENTS)]
    TooManySegments,
    /// A placeholder has more filters than any scheme needs.
    #[error("a placeholder has at most {most} filters, but {{{0}|…}} has more", most = Template::MAX_FILTERS)]
    TooManyFilters(String),
}

impl Template {
    /// How many bytes a template has at most. Suites come from strangers, and what a search tries
    /// grows with the square of a template.
    pub const MAX_BYTES: usize = 4096;
    /// How many pieces it has at most.
    pub const MAX_SEGMENTS: usize = 48;
    /// How many filters a placeholder has at most.
    pub const MAX_FILTERS: usize = 4;

    /// Takes a template apart.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.len() > Self::MAX_BYTES {
            return Err(TemplateError::TooLong(text.len()));
        }
        let mut segments: Vec<Segment> = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            let at = text.len() - rest.len() + brace;
            literal.push_str(&rest[..brace]);
            let doubled = rest[brace + 1..].starts_with(&rest[brace..=brace]);
            if doubled {
                literal.push_str(&rest[brace..=brace]);
                rest = &rest[brace + 2..];
                continue;
            }
            if rest.as_bytes()[brace] == b'}' {
                return Err(TemplateError::Unopened { at });
            }
            let inside = &rest[brace + 1..];
            let Some(end) = inside
                .find(['{', '}'])
                .filter(|&end| inside.as_bytes()[end] == b'}')
            else {
                return Err(TemplateError::Unclosed { at });
            };
            if !literal.is_empty() {
                segments.push(Segment::Literal(std::mem::take(&mut literal)));
            }
            segments.push(placeholder(&inside[..end]).ok_or_else(|| {
                TemplateError::BadPlaceholder {
                    at,
                    text: inside[..end].to_owned(),
                }
            })?);
            rest = &inside[end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal));
        }
        if segments.len() > Self::MAX_SEGMENTS {
            return Err(TemplateError::TooManySegments);
        }
        for segment in &segments {
            if let Segment::Placeholder { name, filters, .. } = segment
                && filters.len() > Self::MAX_FILTERS
            {
                return Err(TemplateError::TooManyFilters(name.clone()));
            }
        }
        Ok(Self { segments })
    }

    /// The pieces, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

fn placeholder(text: &str) -> Option<Segment> {
    let mut parts = text.split('|');
    let head = parts.next()?;
    let filters: Vec<String> = parts.map(str::to_owned).collect();
    let (name, spec) = match head.split_once(':') {
        Some((name, spec)) => (name, Some(spec.to_owned())),
        None => (head, None),
    };
    let is_name = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    };
    let well_formed =
        is_name(name) && spec.as_deref().is_none_or(is_name) && filters.iter().all(|f| is_name(f));
    well_formed.then(|| Segment::Placeholder {
        name: name.to_owned(),
        spec,
        filters,
    })
}

#[cfg(test)]
mod tests {
    use super::{Segment, Template, TemplateError};

    fn literal(text: &str) -> Segment {
        Segment::Literal(text.to_owned())
    }

    fn named(name: &str, spec: Option<&str>, filters: &[&str]) -> Segment {
        Segment::Placeholder {
            name: name.to_owned(),
            spec: spec.map(str::to_owned),
            filters: filters.iter().map(|&f| f.to_owned()).collect(),
        }
    }

    #[test]
    fn templates_are_parsed() {
        let template = Template::parse("a{{b}}{mac:hex}-{email|trim|lower}é").unwrap();
        assert_eq!(
            template.segments(),
            [
                literal("a{b}"),
                named("mac", Some("hex"), &[]),
                literal("-"),
                named("email", None, &["trim", "lower"]),
                literal("é"),
            ]
        );
    }

    #[test]
    fn brace_errors_have_positions() {
        assert_eq!(
            Template::parse("ab{c"),
            Err(TemplateError::Unclosed { at: 2 })
        );
        assert_eq!(
            Template::parse("ab{c{d}"),
            Err(TemplateError::Unclosed { at: 2 })
        );
        assert_eq!(
            Template::parse("ab}c"),
            Err(TemplateError::Unopened { at: 2 })
        );
        assert!(matches!(
            Template::parse("é{}"),
            Err(TemplateError::BadPlaceholder { at: 2, .. })
        ));
        assert!(Template::parse("{a b}").is_err());
    }
}
