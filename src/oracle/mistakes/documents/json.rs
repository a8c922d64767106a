//! JSON as programs hold it: names in their order, numbers as they were spelt.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::scheme::Content;

/// A value of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    /// As it is spelt.
    Number(&'a str),
    Text(String),
    List(Vec<Self>),
    /// Names in their order, each once.
    Map(Vec<(String, Self)>),
}

/// Deeper values are not taken for documents.
const DEEPEST: usize = 64;

impl<'a> Json<'a> {
    /// What a text holds that is [`Content::Json`]. One that is too deep, or in which half of a
    /// surrogate pair stands, is left alone.
    pub(super) fn document(text: &'a str) -> Option<Self> {
        let raw = Content::Json
            .holds(text.as_bytes())
            .then(|| serde_json::from_str(text).ok())?;
        Self::of(raw?, DEEPEST)
    }

    fn of(raw: &'a RawValue, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let text = raw.get();
        Some(match text.as_bytes().first()? {
            b'{' => {
                let Names(names) = serde_json::from_str(text).ok()?;
                let mut map: Vec<(String, Self)> = Vec::with_capacity(names.len());
                for (name, raw) in names {
                    let value = Self::of(raw, depth)?;
                    // The last of several values counts, in the place of the first.
                    match map.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = value,
                        None => map.push((name, value)),
                    }
                }
                Self::Map(map)
            }
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                let items = items.into_iter().map(|raw| Self::of(raw, depth));
                Self::List(items.collect::<Option<_>>()?)
            }
            b'"' => Self::Text(serde_json::from_str(text).ok()?),
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'n' => Self::Null,
            _ => Self::Number(text),
        })
    }

    /// With the names of its maps sorted: in all of them, or in the outermost only.
    pub(super) fn sorted(self, in_all: bool) -> Self {
        let inside = |value: Self| if in_all { value.sorted(true) } else { value };
        match self {
            Self::Map(map) => {
                let mut map: Vec<_> = map
                    .into_iter()
                    .map(|(name, value)| (name, inside(value)))
                    .collect();
                map.sort_by(|(one, _), (other, _)| one.cmp(other));
                Self::Map(map)
            }
            Self::List(items) => Self::List(items.into_iter().map(inside).collect()),
            other => other,
        }
    }

    /// With names that are indices first in each map, by their size, as JavaScript keeps them.
    pub(super) fn indices_first(self) -> Self {
        match self {
            Self::Map(map) => {
                let mut map: Vec<_> = map
                    .into_iter()
                    .map(|(name, value)| (name, value.indices_first()))
                    .collect();
                map.sort_by_key(|(name, _)| index(name).map_or(u64::MAX, u64::from));
                Self::Map(map)
            }
            Self::List(items) => Self::List(items.into_iter().map(Self::indices_first).collect()),
            other => other,
        }
    }
}

/// The index that a name of JavaScript is.
fn index(name: &str) -> Option<u32> {
    let index: u32 = name.parse().ok()?;
    (index < u32::MAX && index.to_string() == name).then_some(index)
}

/// The text without the blanks that JSON allows between its tokens.
pub(super) fn without_blanks(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let (mut in_string, mut is_escaped) = (false, false);
    for c in text.chars() {
        if in_string || !matches!(c, ' ' | '\t' | '\n' | '\r') {
            written.push(c);
        }
        if c == '"' && !is_escaped {
            in_string = !in_string;
        }
        is_escaped = in_string && c == '\\' && !is_escaped;
    }
    written
}

/// The names of an object with their values, in its order.
struct Names<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Names<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut names = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    names.push(entry);
                }
                Ok(names)
            }
        }
        deserializer.deserialize_map(InOrder).map(Names)
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, without_blanks};

    #[test]
    fn names_numbers_and_their_order_are_kept() {
        let text = r#" {"b": 1.0, "a": [1e2, -0, "\u00e9"], "b": 12345678901234567890123} "#;
        let number = Json::Number;
        let expected = Json::Map(vec![
            ("b".into(), number("12345678901234567890123")),
            (
                "a".into(),
                Json::List(vec![number("1e2"), number("-0"), Json::Text("é".into())]),
            ),
        ]);
        assert_eq!(Json::document(text), Some(expected));
        for other in ["12", "\"a\"", "{", "{} {}", "", "{\"a\":\"\\ud83d\"}"] {
            assert_eq!(Json::document(other), None, "{other}");
        }
    }

    #[test]
    fn blanks_inside_texts_stay() {
        let text = "{ \"a b\" : \"\\\" x\\\\\" , \"c\":\t[ ]\n}";
        assert_eq!(without_blanks(text), "{\"a b\":\"\\\" x\\\\\",\"c\":[]}");
    }

    #[test]
    fn deep_values_are_not_taken_for_documents() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Json::document(&deep(60)).is_some());
        assert_eq!(Json::document(&deep(100_000)), None);
    }
}
