//! Values as a suite file spells them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::signature::MAX_NUMBER;
use crate::suite::error::{Fault, Problem, Unusable};
use crate::suite::position::At;

/// The value of a field, a secret or a presented token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// A string.
    Text(String),
    /// A whole number that every JSON parser represents exactly.
    Number(i64),
    /// A number with a fraction or an exponent; only within a list or a map.
    Fraction(serde_json::Number),
    /// `{base64: "…"}`.
    Bytes(Vec<u8>),
    /// `{repeat: "a", times: 65536}`.
    Repeated { text: String, times: u64 },
    /// Null, a boolean, a list or a map; only for JSON input.
    Json(serde_json::Value),
    /// A value that no suite can contain, kept until its place is known.
    Unusable(Unusable),
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralVisitor)
    }
}

struct LiteralVisitor;

fn whole(number: i64) -> Literal {
    if number.unsigned_abs() <= MAX_NUMBER.unsigned_abs() {
        Literal::Number(number)
    } else {
        Literal::Unusable(Unusable::Number)
    }
}

impl<'de> Visitor<'de> for LiteralVisitor {
    type Value = Literal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Literal, E> {
        Ok(Literal::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Literal, E> {
        Ok(Literal::Text(text))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Literal, E> {
        Ok(whole(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Literal, E> {
        Ok(i64::try_from(number).map_or_else(|_| Literal::Unusable(Unusable::Number), whole))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Literal, E> {
        let finite = serde_json::Number::from_f64(number);
        Ok(finite.map_or(Literal::Unusable(Unusable::Number), Literal::Fraction))
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Literal, E> {
        Ok(Literal::Json(truth.into()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Literal, E> {
        Ok(Literal::Json(serde_json::Value::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Literal, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Literal, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Literal, A::Error> {
        let mut items = Vec::new();
        let mut unusable = None;
        while let Some(item) = seq.next_element::<Literal>()? {
            match item.into_json() {
                Ok(json) => items.push(json),
                Err(problem) => unusable = unusable.or(Some(problem)),
            }
        }
        Ok(unusable.map_or(Literal::Json(items.into()), Literal::Unusable))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Literal, A::Error> {
        let mut entries = serde_json::Map::new();
        let mut unusable = None;
        while let Some((key, value)) = map.next_entry::<String, Literal>()? {
            match value.into_json() {
                Ok(json) => drop(entries.insert(key, json)),
                Err(problem) => unusable = unusable.or(Some(problem)),
            }
        }
        Ok(unusable.map_or_else(|| from_entries(entries), Literal::Unusable))
    }
}

/// Recognises the two maps with a special meaning; any other map is itself.
fn from_entries(entries: serde_json::Map<String, serde_json::Value>) -> Literal {
    let text = |key: &str| entries.get(key).and_then(serde_json::Value::as_str);
    let times = entries.get("times").and_then(serde_json::Value::as_u64);
    match (entries.len(), text("base64"), text("repeat"), times) {
        (1, Some(base64), ..) => match STANDARD.decode(base64) {
            Ok(bytes) => Literal::Bytes(bytes),
            Err(error) => Literal::Unusable(Unusable::Base64(error.to_string())),
        },
        (2, _, Some(text), Some(times)) => Literal::Repeated {
            text: text.to_owned(),
            times,
        },
        _ => Literal::Json(entries.into()),
    }
}

impl At<Literal> {
    /// The value as a whole number of at least 0.
    pub(super) fn whole(&self) -> Result<u64, Fault> {
        let number = match self.value {
            Literal::Number(number) => u64::try_from(number).ok(),
            _ => None,
        };
        number.ok_or_else(|| Fault::new(self.at, Problem::NoWhole))
    }
}

impl At<Literal> {
    /// The value as the HTTP status of a rejection.
    pub(super) fn status(&self) -> Result<u16, Fault> {
        let status = self.whole().ok().and_then(|n| u16::try_from(n).ok());
        status
            .filter(|status| (400..=599).contains(status))
            .ok_or_else(|| Fault::new(self.at, Problem::Status))
    }
}

impl Literal {
    /// The value inside a list or a map, where every literal stands for itself.
    fn into_json(self) -> Result<serde_json::Value, Unusable> {
        match self {
            Self::Text(text) => Ok(text.into()),
            Self::Number(number) => Ok(number.into()),
            Self::Fraction(number) => Ok(number.into()),
            Self::Json(json) => Ok(json),
            Self::Bytes(bytes) => Ok(serde_json::json!({"base64": STANDARD.encode(bytes)})),
            Self::Repeated { text, times } => {
                Ok(serde_json::json!({"repeat": text, "times": times}))
            }
            Self::Unusable(problem) => Err(problem),
        }
    }
}
