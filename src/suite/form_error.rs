//! Rewords errors of the YAML reader, with their place and vector.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::budget::BudgetBreach;
use serde_yaml::{DefaultMessageFormatter, Error, MessageFormatter};

use crate::suite::error::Unusable;
use crate::suite::error::{Fault, Problem};
use crate::suite::position::{At, Position};
use crate::suite::yaml_options::options;

/// Converts an error of the YAML reader into a [`Fault`].
pub(super) fn form_fault(text: &str, error: &Error) -> Fault {
    let at = error
        .location()
        .and_then(Position::of)
        .unwrap_or(Position::START);
    let mut fault = Fault::new(at, Problem::Form(message(error)));
    fault.vector = vector_at(text, at);
    fault
}

/// The message of a YAML error, in our words.
pub(crate) fn message(error: &Error) -> String {
    let list = |names: &[&str]| names.join(", ");
    match error {
        Error::AliasError { error, .. } | Error::WithSnippet { error, .. } => message(error),
        Error::SerdeUnknownField {
            field, expected, ..
        } => format!("unknown key {field:?}; expected one of {}", list(expected)),
        Error::SerdeMissingField { field, .. } => format!("missing key {field:?}"),
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => format!(
            "unknown value {variant:?}; expected one of {}",
            list(expected)
        ),
        Error::SerdeInvalidType {
            unexpected,
            expected,
            ..
        }
        | Error::SerdeInvalidValue {
            unexpected,
            expected,
            ..
        } => format!("found {unexpected}; expected {expected}"),
        Error::DuplicateMappingKey { key, .. } => match key {
            Some(key) => format!("duplicate key {key:?}"),
            None => "duplicate key".to_owned(),
        },
        Error::QuotingRequired { value, .. } => format!(
            "expected a text, but not every YAML reader reads {value:?} without quotes as one; write it in quotes"
        ),
        Error::NullIntoString { .. } => {
            "expected a text, but the value is empty; remove the key, or write \"\"".to_owned()
        }
        Error::Unexpected { expected, .. } => match *expected {
            "mapping start" => "expected a map".to_owned(),
            "sequence start" => "expected a list".to_owned(),
            "string scalar" => "expected a text".to_owned(),
            other => format!("expected {other}"),
        },
        Error::InvalidScalar { ty, .. } => match *ty {
            "u64" | "u32" => "expected a whole number from 0".to_owned(),
            other => format!("expected a {other}"),
        },
        Error::MultipleDocuments { .. }
        | Error::Budget {
            breach: BudgetBreach::Documents { .. },
            ..
        } => "a file holds one YAML document".to_owned(),
        Error::NonFiniteFloat { .. } => Unusable::Number.to_string(),
        Error::Eof { .. } => "the file ends here, before the suite is complete".to_owned(),
        Error::MergeKeyNotAllowed { .. } => {
            "merge keys (<<) are not supported; write the keys out".to_owned()
        }
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::Budget {
            breach: BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. },
            ..
        } => "too many aliases; write the values out".to_owned(),
        Error::Budget {
            breach: BudgetBreach::Depth { .. },
            ..
        } => DEEP.to_owned(),
        Error::Budget { .. } => "too many values, or values too long".to_owned(),
        Error::ExternalMessage { msg, .. } if msg == "recursion limit exceeded" => DEEP.to_owned(),
        other => format!(
            "not YAML: {}",
            DefaultMessageFormatter.format_message(other)
        ),
    }
}

const DEEP: &str = "nested too deeply";

/// The vector that contains a position: its id, or its number.
///
/// Parses the file again, up to the error, and keeps only where vectors begin.
fn vector_at(text: &str, at: Position) -> Option<String> {
    let mut starts = Vec::new();
    // This fails with the same error as before; only what precedes it matters.
    let _ = serde_yaml::with_deserializer_from_str_with_options(text, options(), |deserializer| {
        deserializer.deserialize_map(FileVisitor(&mut starts))
    });
    let number = starts.iter().rposition(|start| start.at <= at)?;
    let name = starts[number].id.clone();
    Some(name.unwrap_or_else(|| format!("number {}", number + 1)))
}

struct Start {
    at: Position,
    id: Option<String>,
}

struct FileVisitor<'a>(&'a mut Vec<Start>);

impl<'de> Visitor<'de> for FileVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a suite")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "vectors" {
                map.next_value_seed(VectorsSeed(&mut *self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct VectorsSeed<'a>(&'a mut Vec<Start>);

impl<'de> DeserializeSeed<'de> for VectorsSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for VectorsSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of vectors")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(VectorSeed(&mut *self.0))?.is_some() {}
        Ok(())
    }
}

struct VectorSeed<'a>(&'a mut Vec<Start>);

impl<'de> DeserializeSeed<'de> for VectorSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for VectorSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a vector")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut begun = false;
        while let Some(key) = map.next_key::<At<String>>()? {
            if !begun {
                self.0.push(Start {
                    at: key.at,
                    id: None,
                });
                begun = true;
            }
            if key.value == "id" {
                let id = map.next_value::<String>()?;
                if let Some(start) = self.0.last_mut() {
                    start.id = Some(id);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
