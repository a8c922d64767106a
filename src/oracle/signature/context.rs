//! What a call happens in: the settings of the platform, what the caller says of itself, the
//! state of its session.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Named values in the order in which they were given. There are a handful, so looking one up
/// is a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(Vec<(String, ContextValue)>);

/// One value of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextValue {
    /// The value.
    One(String),
    /// A value for each value of a field, such as a switch for each platform.
    Per(Vec<(String, String)>),
}

static NONE: Context = Context(Vec::new());

impl Context {
    /// No context: what signing and verifying have.
    pub fn none() -> &'static Self {
        &NONE
    }

    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<&ContextValue> {
        self.0
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }

    /// Sets a key, in its place if it is there already, else behind the others.
    pub fn set(&mut self, key: impl Into<String>, value: ContextValue) {
        let key = key.into();
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some(entry) => entry.1 = value,
            None => self.0.push((key, value)),
        }
    }

    /// The same context with a key set to one value; for building one in an expression.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.set(key, ContextValue::One(value.into()));
        self
    }

    /// The texts of all values.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.0.iter_mut().flat_map(|(_, value)| {
            let (one, per): (Option<&mut String>, &mut [(String, String)]) = match value {
                ContextValue::One(one) => (Some(one), &mut []),
                ContextValue::Per(values) => (None, values),
            };
            one.into_iter().chain(per.iter_mut().map(|(_, is)| is))
        })
    }

    /// The keys and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Serialize for ContextValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(value) => serializer.serialize_str(value),
            Self::Per(values) => serializer.collect_map(values.iter().map(|(of, is)| (of, is))),
        }
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ContextVisitor;

        impl<'de> Visitor<'de> for ContextVisitor {
            type Value = Context;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a context map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Context, A::Error> {
                let mut context = Context::default();
                while let Some((key, value)) = map.next_entry::<String, ContextValue>()? {
                    if context.value(&key).is_some() {
                        return Err(de::Error::custom(format_args!(
                            "duplicate context key {key:?}"
                        )));
                    }
                    context.0.push((key, value));
                }
                Ok(context)
            }
        }

        deserializer.deserialize_map(ContextVisitor)
    }
}

impl<'de> Deserialize<'de> for ContextValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;

        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = ContextValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a map of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ContextValue, E> {
                Ok(ContextValue::One(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ContextValue, A::Error> {
                let mut values = Vec::new();
                while let Some((of, is)) = map.next_entry::<String, String>()? {
                    if values.iter().any(|(known, _)| *known == of) {
                        return Err(de::Error::custom(format_args!("duplicate key {of:?}")));
                    }
                    values.push((of, is));
                }
                Ok(ContextValue::Per(values))
            }
        }

        deserializer.deserialize_any(ValueVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::Context;

    #[test]
    fn contexts_round_trip() {
        for json in [
            "{}",
            r#"{"mode":"off"}"#,
            r#"{"switch":{"ios":"on","android":"off"},"user":"visitor"}"#,
        ] {
            let context: Context = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&context).unwrap(), json);
        }
        for wrong in [
            "[]",
            r#"{"mode":true}"#,
            r#"{"mode":"a","mode":"b"}"#,
            r#"{"mode":{"a":1}}"#,
            r#"{"mode":{"a":"b","a":"c"}}"#,
        ] {
            assert!(serde_json::from_str::<Context>(wrong).is_err(), "{wrong}");
        }
    }
}
