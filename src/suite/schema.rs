//! The JSON Schema of suite files, for whatever deriving from the raw types cannot express.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::signature::MAX_NUMBER;
use crate::suite::forms::Entries;
use crate::suite::literal::Literal;
use crate::suite::raw::{
    ContextFile, DeclaredKeyFile, DeclinedFile, FreshnessFile, JoinedFile, KeyFile, KeyMacFile,
    KeyStepFile, LimitsFile, NamedPlaceFile, OrderFile, OutcomesFile, PlaceFile, RepeatedFile,
    SuiteFile, TextsFile, TokenFile, UnknownFile,
};
use crate::suite::schema_texts::{Base64, Repeated, json_schema_of};

/// The JSON Schema (2020-12) of suite files. It rejects errors of form; errors of meaning, such as
/// an unknown field or a token that cannot be parsed back, are found only by the loader.
pub fn schema() -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<SuiteFile>();
    schema.insert("title".to_owned(), "macproof suite".into());
    schema
}

struct AnyJson;
json_schema_of!(AnyJson, "Json", |generator| {
    let json = generator.subschema_for::<AnyJson>();
    json_schema!({
        // For JSON Schema 1e21 is an integer like any other: how a number is spelt says the loader.
        "description": "Any JSON. A number without a fraction or an exponent is at most 2^53-1 in size.",
        "type": ["null", "boolean", "number", "string", "array", "object"],
        "items": json,
        "additionalProperties": json,
    })
});

json_schema_of!(Literal, "Value", |generator| json_schema!({
    "description": "A string is text, an integer a JSON number. Bytes are {base64: …}, a long text is {repeat: …, times: …}. Null, booleans, lists and other maps are allowed only in vectors with `input: json`.",
    "anyOf": [
        generator.subschema_for::<Base64>(),
        generator.subschema_for::<Repeated>(),
        {
            "allOf": [generator.subschema_for::<AnyJson>()],
            "minimum": -MAX_NUMBER,
            "maximum": MAX_NUMBER,
            // A map that looks like bytes or a long text is one, or is invalid; a fraction stands
            // only within a list or a map.
            "not": {"anyOf": [
                {"type": "number", "not": {"type": "integer"}},
                {
                    "type": "object",
                    "required": ["base64"],
                    "properties": {"base64": {"type": "string"}},
                    "maxProperties": 1,
                },
                {
                    "type": "object",
                    "required": ["repeat", "times"],
                    "properties": {
                        "repeat": {"type": "string"},
                        "times": {"type": "integer", "minimum": 0},
                    },
                    "maxProperties": 2,
                },
            ]},
        },
    ],
}));

json_schema_of!(OutcomesFile, "Outcomes", |_| {
    let kind =
        serde_json::json!({"enum": ["accept", "anonymous", "reject", "sent", "refused", "threw"]});
    json_schema!({
        "description": "An outcome, or a list of conforming outcomes.",
        "anyOf": [
            kind,
            {"type": "array", "items": kind, "minItems": 1, "uniqueItems": true},
        ],
    })
});

json_schema_of!(DeclinedFile, "Declined", |_| {
    let kind = serde_json::json!({"enum": ["refused", "threw"]});
    json_schema!({
        "description": "A refusal that also conforms, or a list of them.",
        "anyOf": [
            kind,
            {"type": "array", "items": kind, "minItems": 1, "uniqueItems": true},
        ],
    })
});

json_schema_of!(TextsFile, "Texts", |_| json_schema!({
    "description": "A text, or a list of distinct ones.",
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true},
    ],
}));

json_schema_of!(KeyFile, "ContextKey", |generator| json_schema!({
    "description": "Its values, the first of which is the default; or these with who sets them.",
    "anyOf": [
        {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": true},
        generator.subschema_for::<DeclaredKeyFile>(),
    ],
}));

json_schema_of!(ContextFile, "ContextValue", |_| json_schema!({
    "description": "A value, or one for each value of a field.",
    "anyOf": [
        {"type": "string"},
        {"type": "object", "additionalProperties": {"type": "string"}},
    ],
}));

json_schema_of!(PlaceFile, "Place", |generator| json_schema!({
    "description": "A place in an HTTP request: the body byte for byte, the whole URL, or a named place.",
    "anyOf": [{"enum": ["body", "url"]}, generator.subschema_for::<NamedPlaceFile>()],
}));

json_schema_of!(FreshnessFile, "Freshness", |generator| json_schema!({
    "anyOf": [{"const": "unspecified"}, generator.subschema_for::<LimitsFile>()],
}));

json_schema_of!(RepeatedFile, "Repeated", |generator| json_schema!({
    "description": "What becomes of several values of one name: each is a parameter (kept), equal ones are one (unique), or they are joined to one value; by default it is left open.",
    "anyOf": [{"enum": ["kept", "unique"]}, generator.subschema_for::<JoinedFile>()],
}));

json_schema_of!(KeyStepFile, "KeyStep", |generator| json_schema!({
    "description": "A step from the secret to the key: a template such as {key|sha256}, or an HMAC. {key} stands for the bytes so far.",
    "anyOf": [{"type": "string"}, generator.subschema_for::<KeyMacFile>()],
}));

json_schema_of!(TokenFile, "Token", |generator| {
    let separator = serde_json::json!({
        "description": "The separator between two items.",
        "type": "string",
        "minLength": 1,
    });
    let unknown = generator.subschema_for::<UnknownFile>();
    let order = generator.subschema_for::<OrderFile>();
    json_schema!({
        "description": "The token. Its placeholders are the MAC in an encoding, as {mac:hex}, and fields.",
        "anyOf": [
            {"description": "A template, as {mac:hex}-{timestamp}.", "type": "string"},
            {
                "description": "Pairs key=value, written in this order.",
                "type": "object",
                "properties": {
                    "pairs": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
                    "separator": separator,
                    "repeat": {
                        "description": "The key of the MAC, if it may occur several times.",
                        "type": "array",
                        "items": {"type": "string"},
                    },
                    "unknown": unknown,
                    "order": order,
                },
                "required": ["pairs", "separator"],
                "additionalProperties": false,
            },
            {
                "description": "Several tokens of one form, any of which may match.",
                "type": "object",
                "properties": {
                    "list": {"type": "string"},
                    "separator": separator,
                    "unknown": unknown,
                },
                "required": ["list", "separator"],
                "additionalProperties": false,
            },
        ],
    })
});

impl<V: JsonSchema> JsonSchema for Entries<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": generator.subschema_for::<V>(),
        })
    }
}
