//! A value of a request: of a field, of a secret, of a presented token.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The largest whole number that every JSON reader carries exactly: 2⁵³ − 1.
pub const MAX_NUMBER: i64 = (1 << 53) - 1;

/// One value as it travels: its JSON type is part of it, because `620` is not `"620"`.
///
/// On the wire bytes are `{"base64": "…"}`; everything else is itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string.
    Text(String),
    /// Bytes, for what is no UTF-8.
    Bytes(Vec<u8>),
    /// A whole number of at most [`MAX_NUMBER`] in size.
    Number(i64),
    /// What never is an identity: null, a boolean, a list, a map, a fraction.
    Json(serde_json::Value),
}

impl Value {
    /// Bytes as they travel: a text where they are UTF-8.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    /// The bytes of a text, of bytes, or of a number's decimal text; `None` for any other JSON.
    pub fn to_bytes(&self) -> Option<std::borrow::Cow<'_, [u8]>> {
        match self {
            Self::Text(text) => Some(text.as_bytes().into()),
            Self::Bytes(bytes) => Some(bytes.as_slice().into()),
            Self::Number(number) => Some(number.to_string().into_bytes().into()),
            Self::Json(_) => None,
        }
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("base64", &STANDARD.encode(bytes))?;
                map.end()
            }
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Json(json) => json.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl ValueVisitor {
    fn whole(number: i64) -> Value {
        if number.unsigned_abs() <= MAX_NUMBER.unsigned_abs() {
            Value::Number(number)
        } else {
            Value::Json(number.into())
        }
    }
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Ok(Self::whole(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| Value::Json(number.into()), Self::whole))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Json(number.into()))
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Json(truth.into()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Json(serde_json::Value::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<serde_json::Value>()? {
            items.push(item);
        }
        Ok(Value::Json(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = serde_json::Map::new();
        while let Some((key, value)) = map.next_entry::<String, serde_json::Value>()? {
            if entries.insert(key.clone(), value).is_some() {
                return Err(de::Error::custom(format_args!("duplicate key {key:?}")));
            }
        }
        if entries.len() == 1
            && let Some(serde_json::Value::String(text)) = entries.get("base64")
        {
            return STANDARD
                .decode(text)
                .map(Value::Bytes)
                .map_err(|error| de::Error::custom(format_args!("invalid base64: {error}")));
        }
        Ok(Value::Json(entries.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_NUMBER, Value};

    #[test]
    fn a_value_keeps_its_json_type() {
        for json in [
            r#""620""#,
            "620",
            "-1",
            "null",
            "true",
            "[1,\"a\"]",
            r#"{"a":1}"#,
            r#"{"base64":"/w=="}"#,
            "1.5",
            "9007199254740991",
            "18446744073709551615",
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        assert_eq!(
            serde_json::from_str::<Value>("620").unwrap(),
            Value::Number(620)
        );
        assert_eq!(
            serde_json::from_str::<Value>(r#"{"base64":"/w=="}"#).unwrap(),
            Value::Bytes(vec![255])
        );
        let large = serde_json::from_str::<Value>("9007199254740992").unwrap();
        assert_eq!(large, Value::Json((MAX_NUMBER + 1).into()));
    }
}
