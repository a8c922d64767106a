//! Templates: literal text with `{name}` or `{name:spec}` or `{name|filter}` between, and in those
//! of a scheme parts in brackets, which may be absent.

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
/// other are one. Where brackets mean something, `[[` and `]]` stand for these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
    /// For each piece, the brackets in which it stands, counted from 0.
    brackets: Vec<Option<usize>>,
    /// How many brackets there are.
    bracketed: usize,
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
    /// `[` without `]`, or inside of other brackets.
    #[error("unclosed bracket at byte {at}; write [[ for a literal bracket")]
    UnclosedBracket {
        /// Where the bracket stands.
        at: usize,
    },
    /// `]` without `[`.
    #[error("unmatched closing bracket at byte {at}; write ]] for a literal bracket")]
    UnopenedBracket {
        /// Where the bracket stands.
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

    /// Takes a template apart in which brackets are text.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Self::parse_at(text, &['{', '}'])
    }

    /// Takes a template apart in which brackets enclose [parts](Self::bracketed).
    pub fn with_brackets(text: &str) -> Result<Self, TemplateError> {
        Self::parse_at(text, &['{', '}', '[', ']'])
    }

    fn parse_at(text: &str, marks: &[char]) -> Result<Self, TemplateError> {
        if text.len() > Self::MAX_BYTES {
            return Err(TemplateError::TooLong(text.len()));
        }
        let mut template = Self {
            segments: Vec::new(),
            brackets: Vec::new(),
            bracketed: 0,
        };
        let mut literal = String::new();
        let mut opened = None;
        let mut rest = text;
        while let Some(found) = rest.find(marks) {
            let at = text.len() - rest.len() + found;
            let (mark, behind) = (rest.as_bytes()[found], &rest[found + 1..]);
            literal.push_str(&rest[..found]);
            if behind.as_bytes().first() == Some(&mark) {
                literal.push(char::from(mark));
                rest = &behind[1..];
                continue;
            }
            rest = behind;
            match (mark, opened) {
                (b'{', _) => {
                    let end = behind
                        .find(['{', '}'])
                        .filter(|&end| behind.as_bytes()[end] == b'}')
                        .ok_or(TemplateError::Unclosed { at })?;
                    let inside = &behind[..end];
                    template.push_literal(&mut literal, opened.is_some());
                    let segment = placeholder(inside).ok_or_else(|| {
                        let text = inside.to_owned();
                        TemplateError::BadPlaceholder { at, text }
                    })?;
                    template.push(segment, opened.is_some());
                    rest = &behind[end + 1..];
                }
                (b'[', None) => {
                    template.push_literal(&mut literal, false);
                    opened = Some(at);
                }
                (b'[', Some(_)) => return Err(TemplateError::UnclosedBracket { at }),
                (b']', Some(_)) => {
                    template.push_literal(&mut literal, true);
                    template.bracketed += 1;
                    opened = None;
                }
                (b']', None) => return Err(TemplateError::UnopenedBracket { at }),
                _ => return Err(TemplateError::Unopened { at }),
            }
        }
        if let Some(at) = opened {
            return Err(TemplateError::UnclosedBracket { at });
        }
        literal.push_str(rest);
        template.push_literal(&mut literal, false);
        if template.segments.len() > Self::MAX_SEGMENTS {
            return Err(TemplateError::TooManySegments);
        }
        for segment in &template.segments {
            if let Segment::Placeholder { name, filters, .. } = segment
                && filters.len() > Self::MAX_FILTERS
            {
                return Err(TemplateError::TooManyFilters(name.clone()));
            }
        }
        Ok(template)
    }

    fn push(&mut self, segment: Segment, is_bracketed: bool) {
        self.segments.push(segment);
        self.brackets.push(is_bracketed.then_some(self.bracketed));
    }

    fn push_literal(&mut self, literal: &mut String, is_bracketed: bool) {
        if !literal.is_empty() {
            self.push(Segment::Literal(std::mem::take(literal)), is_bracketed);
        }
    }

    /// How many parts stand in brackets.
    pub fn bracketed(&self) -> usize {
        self.bracketed
    }

    /// For each piece, in which brackets it stands, counted from 0.
    pub fn brackets(&self) -> &[Option<usize>] {
        &self.brackets
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

    #[test]
    fn brackets_enclose_parts() {
        let template = Template::with_brackets("{a}[:{b}];[[1]][[[{c}]]]").unwrap();
        assert_eq!(
            template.segments(),
            [
                named("a", None, &[]),
                literal(":"),
                named("b", None, &[]),
                literal(";[1]["),
                named("c", None, &[]),
                literal("]"),
            ]
        );
        let brackets = [None, Some(0), Some(0), None, Some(1), Some(1)];
        assert_eq!(template.brackets(), brackets);
        assert_eq!(template.bracketed(), 2);
        assert_eq!(Template::with_brackets("[]").unwrap().bracketed(), 1);
        assert_eq!(Template::parse("[{a}").unwrap().bracketed(), 0);
        for (text, error) in [
            ("a[b", TemplateError::UnclosedBracket { at: 1 }),
            ("[a[b]]", TemplateError::UnclosedBracket { at: 2 }),
            ("a]b", TemplateError::UnopenedBracket { at: 1 }),
        ] {
            assert_eq!(Template::with_brackets(text), Err(error), "{text}");
        }
    }
}
