//! YAML nodes that may take one of several forms.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use crate::suite::position::At;

/// The entries of a map in file order. The YAML reader rejects duplicate keys.
pub(crate) struct Entries<V>(pub(crate) Vec<(At<String>, V)>);

/// Deserializes a member that is present, so that null counts as a value, and usually as a wrong
/// one.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    d: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(d).map(Some)
}

/// A node that is built from a text, a number, a map like `M` or a list of `I`, whichever has a
/// constructor. Any other node is an error that names what was expected.
pub(crate) struct OneOf<T, M = IgnoredAny, I = IgnoredAny> {
    due: &'static str,
    text: Option<fn(String) -> T>,
    number: Option<fn(u64) -> T>,
    map: Option<fn(M) -> T>,
    list: Option<fn(Vec<I>) -> T>,
}

impl<T> OneOf<T> {
    /// `due` continues the phrase "expected ".
    pub(crate) fn new(due: &'static str) -> Self {
        Self {
            due,
            text: None,
            number: None,
            map: None,
            list: None,
        }
    }
}

impl<T, M, I> OneOf<T, M, I> {
    pub(crate) fn text(self, text: fn(String) -> T) -> Self {
        Self {
            text: Some(text),
            ..self
        }
    }

    pub(crate) fn number(self, number: fn(u64) -> T) -> Self {
        Self {
            number: Some(number),
            ..self
        }
    }

    pub(crate) fn map<N>(self, map: fn(N) -> T) -> OneOf<T, N, I> {
        OneOf {
            due: self.due,
            text: self.text,
            number: self.number,
            map: Some(map),
            list: self.list,
        }
    }

    pub(crate) fn list<N>(self, list: fn(Vec<N>) -> T) -> OneOf<T, M, N> {
        OneOf {
            due: self.due,
            text: self.text,
            number: self.number,
            map: self.map,
            list: Some(list),
        }
    }

    pub(crate) fn read<'de, D: Deserializer<'de>>(self, d: D) -> Result<T, D::Error>
    where
        M: Deserialize<'de>,
        I: Deserialize<'de>,
    {
        d.deserialize_any(self)
    }
}

impl<'de, T, M: Deserialize<'de>, I: Deserialize<'de>> Visitor<'de> for OneOf<T, M, I> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.due)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        match self.text {
            Some(made) => Ok(made(text.to_owned())),
            None => Err(E::invalid_type(Unexpected::Str(text), &self)),
        }
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        match self.number {
            Some(made) => Ok(made(number)),
            None => Err(E::invalid_type(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        match self.map {
            Some(made) => M::deserialize(MapAccessDeserializer::new(map)).map(made),
            None => Err(de::Error::invalid_type(Unexpected::Map, &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T, A::Error> {
        let Some(made) = self.list else {
            return Err(de::Error::invalid_type(Unexpected::Seq, &self));
        };
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(made(items))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
            type Value = Entries<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<V>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}
