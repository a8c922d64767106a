//! Parses the text of a suite file into a stream of scalars with positions and paths.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_yaml::granit_parser::{Event, Marker, Parser, ScalarStyle};

use crate::suite::Position;

/// A scalar in the file.
#[derive(Clone, Debug)]
pub(super) struct Scalar<'t> {
    pub(super) text: Cow<'t, str>,
    /// Whether the scalar is unquoted.
    pub(super) plain: bool,
    /// Whether it has a tag such as `!!str`.
    pub(super) tagged: bool,
    pub(super) at: Position,
}

/// The scalars of a file, and the positions of its nodes.
pub(super) struct SourceMap<'t> {
    /// All scalars, including keys, in file order.
    pub(super) scalars: Vec<Scalar<'t>>,
    /// For each path, the positions of its key and its value; list items have no key.
    places: HashMap<String, (Position, Position)>,
}

impl<'t> SourceMap<'t> {
    /// Reads a text that was loaded before and is therefore known to be bounded and well-formed.
    pub(super) fn read(text: &'t str) -> Self {
        let mut walk = Walk {
            map: Self {
                scalars: Vec::new(),
                places: HashMap::new(),
            },
            path: Vec::new(),
        };
        for event in Parser::new_from_str(text) {
            // A text that loads has no errors; for any other, keep what precedes the error.
            let Ok((event, span)) = event else { break };
            walk.step(event, position(span.start));
        }
        walk.map
    }

    /// The position of the value at a path such as `scheme/message` or `vectors/12/expect/token`;
    /// if there is none, that of its nearest ancestor.
    pub(super) fn place(&self, path: &str) -> Position {
        self.key_and_value(path).1
    }

    /// The position of the key of a path.
    pub(super) fn key_place(&self, path: &str) -> Position {
        self.key_and_value(path).0
    }

    fn key_and_value(&self, path: &str) -> (Position, Position) {
        let mut path = path;
        loop {
            if let Some(places) = self.places.get(path) {
                return *places;
            }
            match path.rsplit_once('/') {
                Some((outer, _)) => path = outer,
                None => return (Position::START, Position::START),
            }
        }
    }
}

fn position(marker: Marker) -> Position {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Position {
        line: number(marker.line()),
        column: number(marker.col() + 1),
    }
}

/// Maximum depth of recorded paths: `vectors/12/expect/token`.
const DEPTH: usize = 4;

enum Level {
    /// In a map; `key` is `None` before a key and `Some` before its value.
    Map { key: Option<(String, Position)> },
    /// In a list; `next` is the index of the next item.
    List { next: usize },
}

struct Walk<'t> {
    map: SourceMap<'t>,
    /// The open maps and lists, outermost first.
    path: Vec<Level>,
}

impl<'t> Walk<'t> {
    fn step(&mut self, event: Event<'t>, at: Position) {
        match event {
            Event::Scalar(text, style, _, tag) => {
                self.map.scalars.push(Scalar {
                    text: text.clone(),
                    plain: style == ScalarStyle::Plain,
                    tagged: tag.is_some(),
                    at,
                });
                if !self.takes_key(&text, at) {
                    self.begin(at);
                    self.end();
                }
            }
            Event::Alias(_) if self.takes_key("*", at) => {}
            Event::Alias(_) => {
                self.begin(at);
                self.end();
            }
            Event::MappingStart(..) => {
                self.begin(at);
                self.path.push(Level::Map { key: None });
            }
            Event::SequenceStart(..) => {
                self.begin(at);
                self.path.push(Level::List { next: 0 });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.path.pop();
                self.end();
            }
            _ => {}
        }
    }

    /// Whether a scalar is a key of the current map; if so, records it.
    fn takes_key(&mut self, text: &str, at: Position) -> bool {
        match self.path.last_mut() {
            Some(Level::Map { key: key @ None }) => {
                *key = Some((text.to_owned(), at));
                true
            }
            _ => false,
        }
    }

    /// Handles the start of a value.
    fn begin(&mut self, at: Position) {
        if self.path.len() > DEPTH {
            return;
        }
        let mut key_at = at;
        let mut path = String::new();
        for level in &self.path {
            if !path.is_empty() {
                path.push('/');
            }
            match level {
                Level::Map {
                    key: Some((key, at)),
                } => {
                    path.push_str(key);
                    key_at = *at;
                }
                Level::Map { key: None } => {}
                Level::List { next } => {
                    path.push_str(&next.to_string());
                    key_at = at;
                }
            }
        }
        self.map.places.insert(path, (key_at, at));
    }

    /// Handles the end of a value.
    fn end(&mut self) {
        match self.path.last_mut() {
            Some(Level::Map { key }) => *key = None,
            Some(Level::List { next }) => *next += 1,
            None => {}
        }
    }
}
