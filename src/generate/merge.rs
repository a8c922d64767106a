//! Where in a scheme file the generated parts go. The text of the file itself is never changed.

use crate::generate::GenerateError;

/// A key of the file that takes generated entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `requirements:`
    Requirements,
    /// `vectors:`
    Vectors,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Requirements => "requirements",
            Self::Vectors => "vectors",
        }
    }

    /// What an empty one looks like.
    fn empty(self) -> &'static str {
        match self {
            Self::Requirements => "requirements: {}\n",
            Self::Vectors => "vectors: []\n",
        }
    }
}

/// A scheme file, and where its two keys stand.
#[derive(Debug)]
pub(super) struct Outline<'t> {
    text: &'t str,
    requirements: Option<Block>,
    vectors: Option<Block>,
}

/// A key at the beginning of a line, with its entries.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Where its line begins.
    start: usize,
    /// Behind its last line, blank lines and comments before the next key not counted.
    end: usize,
    /// By how many blanks its entries are indented.
    indent: usize,
    /// Whether another key follows.
    is_last: bool,
}

impl<'t> Outline<'t> {
    /// Finds the keys.
    pub(super) fn of(path: &str, text: &'t str) -> Result<Self, GenerateError> {
        let block = |key: Key| {
            Block::find(text, key).map_err(|()| GenerateError::NotBlockStyle {
                path: path.to_owned(),
                key: key.name(),
            })
        };
        let outline = Self {
            text,
            requirements: block(Key::Requirements)?,
            vectors: block(Key::Vectors)?,
        };
        match outline.vectors {
            Some(vectors) if !vectors.is_last => Err(GenerateError::NotLast {
                path: path.to_owned(),
                key: Key::Vectors.name(),
            }),
            _ => Ok(outline),
        }
    }

    /// The file with empty entries for the keys that it lacks, so that it is a suite.
    pub(super) fn completed(&self) -> String {
        let mut text = self.ended();
        if self.requirements.is_none() {
            text.push_str(Key::Requirements.empty());
        }
        if self.vectors.is_none() {
            text.push_str(Key::Vectors.empty());
        }
        text
    }

    /// By how many blanks the entries of a key are indented.
    pub(super) fn indent(&self, key: Key) -> usize {
        let block = match key {
            Key::Requirements => self.requirements,
            Key::Vectors => self.vectors,
        };
        block.map_or(2, |block| block.indent)
    }

    /// The file with generated requirements and vectors.
    pub(super) fn merge(&self, requirements: &str, vectors: &str) -> String {
        let mut text = self.ended();
        match self.vectors {
            Some(_) => text.push_str(vectors),
            None => {
                text.push_str("\nvectors:");
                text.push_str(vectors);
            }
        }
        if requirements.is_empty() {
            return text;
        }
        match self.requirements {
            Some(block) => text.insert_str(block.end.min(text.len()), requirements),
            None => {
                let at = self
                    .vectors
                    .map_or(self.ended().len(), |vectors| vectors.start);
                let gap = if self.vectors.is_some() { "\n" } else { "" };
                let before = if self.vectors.is_some() { "" } else { "\n" };
                text.insert_str(at, &format!("{before}requirements:{requirements}{gap}"));
            }
        }
        text
    }

    /// The text, its last line ended.
    fn ended(&self) -> String {
        let end = if self.text.ends_with('\n') || self.text.is_empty() {
            ""
        } else {
            "\n"
        };
        format!("{}{end}", self.text)
    }
}

impl Block {
    fn find(text: &str, key: Key) -> Result<Option<Self>, ()> {
        let mut found: Option<Self> = None;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            let bare = line.trim_end();
            let is_blank = bare.trim_start().is_empty() || bare.trim_start().starts_with('#');
            let at_margin = !line.starts_with([' ', '\t']);
            match &mut found {
                _ if is_blank => {}
                None => {
                    let rest = bare
                        .strip_prefix(key.name())
                        .and_then(|rest| rest.strip_prefix(':'));
                    if let Some(rest) = rest {
                        let rest = rest.trim_start();
                        if !(rest.is_empty() || rest.starts_with('#')) {
                            return Err(());
                        }
                        found = Some(Self {
                            start,
                            end,
                            indent: usize::MAX,
                            is_last: true,
                        });
                    }
                }
                // The items of a list may stand at the margin, too.
                Some(_) if at_margin && !bare.starts_with('-') => {
                    if let Some(block) = &mut found {
                        block.is_last = false;
                    }
                    break;
                }
                Some(block) => {
                    block.end = end;
                    let indent = bare.len() - bare.trim_start_matches(' ').len();
                    if block.indent == usize::MAX {
                        block.indent = indent;
                    }
                }
            }
        }
        Ok(found.map(|block| Self {
            indent: if block.indent == usize::MAX {
                2
            } else {
                block.indent
            },
            ..block
        }))
    }
}
