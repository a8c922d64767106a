//! The JSON Schemas of the texts in a suite file.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::signature::Slug;

/// Implements [`JsonSchema`] for a type from a name and an expression over the generator.
macro_rules! json_schema_of {
    ($type:ty, $name:literal, |$generator:pat_param| $schema:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

pub(super) use json_schema_of;

/// A kebab-case name.
pub(super) struct SlugText;
json_schema_of!(SlugText, "Name", |_| slug());

/// The schema of a kebab-case name.
pub(super) fn slug() -> Schema {
    json_schema!({
        "description": "A kebab-case name.",
        "type": "string",
        "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
        "maxLength": Slug::MAX_LENGTH,
    })
}

/// The schema of a field's name.
pub(super) fn field_name() -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[a-z0-9]+(_[a-z0-9]+)*$",
        "maxLength": Slug::MAX_LENGTH,
        "not": {"const": "mac"},
    })
}

/// A span of time.
pub(super) struct DurationText;
json_schema_of!(DurationText, "Duration", |_| json_schema!({
    "description": "Whole seconds, minutes or hours: 300s, 5m, 24h.",
    "type": "string",
    "pattern": "^[0-9]+[smh]$",
}));

/// A secret: text or bytes.
pub(super) struct SecretText;
json_schema_of!(SecretText, "Secret", |generator| json_schema!({
    "description": "A secret as it is configured: a text, bytes or a long text.",
    "anyOf": [
        {"type": "string"},
        generator.subschema_for::<Base64>(),
        generator.subschema_for::<Repeated>(),
    ],
}));

/// Bytes, in base64.
pub(super) struct Base64;
json_schema_of!(Base64, "Bytes", |_| json_schema!({
    "description": "Bytes, in standard padded base64.",
    "type": "object",
    "properties": {"base64": {
        "type": "string",
        "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    }},
    "required": ["base64"],
    "additionalProperties": false,
}));

/// A text, repeated.
pub(super) struct Repeated;
json_schema_of!(Repeated, "LongText", |_| json_schema!({
    "description": "A text, repeated.",
    "type": "object",
    "properties": {
        "repeat": {"type": "string"},
        "times": {"type": "integer", "minimum": 0, "maximum": 1_048_576},
    },
    "required": ["repeat", "times"],
    "additionalProperties": false,
}));
