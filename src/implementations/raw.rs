//! The raw form of `macproof.yaml`, before validation.
//!
//! Both the reader and `macproof.schema.json` are derived from these types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::protocol::Clock;
use crate::suite::{At, Entries, InputKind, OneOf, present};

/// Implementations that `macproof run` tests, all or by name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImplementationsFile {
    /// The suites to run where the command line names none, by name or as the path of a file from
    /// the folder of this one; the five systems if left out.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) suites: Option<At<Vec<At<String>>>>,
    /// The implementations by name, in kebab case.
    pub(super) implementations: Entries<ImplementationFile>,
}

/// An implementation: exactly one of `command`, `http` and `exec`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["command"]}, {"required": ["http"]}, {"required": ["exec"]}
], "dependentRequired" = {"build": ["command"]}))]
pub(super) struct ImplementationFile {
    /// A program that speaks the protocol, and its arguments. No shell sees them.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) command: Option<At<Vec<At<String>>>>,
    /// What builds that program, and its arguments. It is run to its end before the program is
    /// started.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) build: Option<At<Vec<At<String>>>>,
    /// A server: its address if it speaks the protocol, or how it is asked.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "HttpFile")]
    pub(super) http: Option<At<HttpFile>>,
    /// A process that is started for each case.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecFile")]
    pub(super) exec: Option<At<ExecFile>>,
    /// Where the secret is the implementation's own: `{env: VARIABLE}`, or `unknown`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "SecretFile")]
    pub(super) secret: Option<At<SecretFile>>,
}

/// A server.
#[expect(clippy::large_enum_variant, reason = "there are a few of them")]
pub(super) enum HttpFile {
    Address(String),
    Calls(WebFile),
}

/// Whose secret it is.
pub(super) enum SecretFile {
    Word(String),
    Env(SecretEnvFile),
}

/// A secret in an environment variable of macproof.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretEnvFile {
    /// The variable's name.
    pub(super) env: At<String>,
}

/// A process that is started for each case.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["sign"]}, {"required": ["verify"]}]))]
pub(super) struct ExecFile {
    /// The suites whose schemes it implements, by name.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) suites: At<Vec<At<String>>>,
    /// Whose time it uses: `injected` (the default) or `system`.
    #[serde(default)]
    #[schemars(with = "Option<ClockWord>")]
    pub(super) clock: Option<Clock>,
    /// The kinds of values it takes; `text` if left out.
    #[serde(default)]
    pub(super) inputs: Option<Vec<InputKind>>,
    /// How it signs.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecCallFile")]
    pub(super) sign: Option<At<ExecCallFile>>,
    /// How it verifies.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecCallFile")]
    pub(super) verify: Option<At<ExecCallFile>>,
}

/// A server that is asked as it is used.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["sign"]}, {"required": ["verify"]}]))]
pub(super) struct WebFile {
    /// The suites whose schemes it implements, by name.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) suites: At<Vec<At<String>>>,
    /// Whose time it uses: `injected` (the default) or `system`.
    #[serde(default)]
    #[schemars(with = "Option<ClockWord>")]
    pub(super) clock: Option<Clock>,
    /// The kinds of values it takes; `text` if left out.
    #[serde(default)]
    pub(super) inputs: Option<Vec<InputKind>>,
    /// How many requests it takes at once; 1 if left out.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "u32", range(min = 1, max = 256))]
    pub(super) max_in_flight: Option<At<u32>>,
    /// A request that is sent before each case; the cookies that it sets are sent with the case.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "SessionFile")]
    pub(super) session: Option<At<SessionFile>>,
    /// How it signs.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebCallFile")]
    pub(super) sign: Option<At<WebCallFile>>,
    /// How it verifies.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebCallFile")]
    pub(super) verify: Option<At<WebCallFile>>,
}

/// One process. Its texts are templates: `{secret}`, `{secrets.NAME}`, `{fields.NAME}`, `{token}`,
/// `{now}`, `{suite}`; `{{` and `}}` are the braces themselves.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExecCallFile {
    /// The program, and its arguments as templates. No shell sees them.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) command: At<Vec<At<String>>>,
    /// What it reads: a template.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) stdin: Option<At<String>>,
    /// What is set in its environment: templates by name.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) env: Option<Entries<At<String>>>,
    /// Whether a value that begins with `-` may stand where an argument begins.
    #[serde(default)]
    pub(super) leading_hyphens: bool,
    /// Where the token stands; of `sign`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExtractFile")]
    pub(super) token: Option<At<ExtractFile>>,
    /// When it has accepted; of `verify`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecConditionFile")]
    pub(super) accept: Option<At<ExecConditionFile>>,
    /// When it has rejected; of `verify`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecConditionFile")]
    pub(super) reject: Option<At<ExecConditionFile>>,
    /// When it has declined by its own documented error.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecConditionFile")]
    pub(super) refused: Option<At<ExecConditionFile>>,
    /// When an exception came out of it.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecConditionFile")]
    pub(super) threw: Option<At<ExecConditionFile>>,
}

/// One request over HTTP. Its texts are templates: `{secret}`, `{secrets.NAME}`, `{fields.NAME}`,
/// `{token}`, `{now}`, `{suite}`; `{{` and `}}` are the braces themselves.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebCallFile {
    /// GET if there is no body, else POST, if left out.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) method: Option<At<String>>,
    /// The address: a template; values stand in its path and query only.
    pub(super) url: At<String>,
    /// What is put behind its `?`: templates by name.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) query: Option<Entries<At<String>>>,
    /// Headers: templates by name.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) headers: Option<Entries<At<String>>>,
    /// A JSON body, whose texts are templates; `{fields.NAME:json}` alone in a text becomes the
    /// value itself.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "serde_json::Value")]
    pub(super) json: Option<At<serde_json::Value>>,
    /// A form: templates by name.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) form: Option<Entries<At<String>>>,
    /// Where the token stands; of `sign`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExtractFile")]
    pub(super) token: Option<At<ExtractFile>>,
    /// When it has accepted; of `verify`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebConditionFile")]
    pub(super) accept: Option<At<WebConditionFile>>,
    /// When it has rejected; of `verify`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebConditionFile")]
    pub(super) reject: Option<At<WebConditionFile>>,
    /// When it has declined by its own documented error.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebConditionFile")]
    pub(super) refused: Option<At<WebConditionFile>>,
    /// When an exception came out of it.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebConditionFile")]
    pub(super) threw: Option<At<WebConditionFile>>,
}

/// A request that is sent before each case.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionFile {
    /// GET if there is no body, else POST, if left out.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) method: Option<At<String>>,
    /// The address: a template; values stand in its path and query only.
    pub(super) url: At<String>,
    /// Headers: templates by name.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) headers: Option<Entries<At<String>>>,
    /// A JSON body, whose texts are templates.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "serde_json::Value")]
    pub(super) json: Option<At<serde_json::Value>>,
    /// A form: templates by name.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) form: Option<Entries<At<String>>>,
}

/// Where a token stands: exactly one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(super) struct ExtractFile {
    /// An expression: its first group, or all that it matches.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) regex: Option<At<String>>,
    /// A JSON pointer, as `/data/signature`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", regex(pattern = "^(/.*)?$"))]
    pub(super) json: Option<At<String>>,
    /// A header of an answer over HTTP.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) header: Option<At<String>>,
}

/// What the output of a process has to be; all of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(super) struct ExecConditionFile {
    /// Its exit status, or each of those that are meant.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "StatusesFile")]
    pub(super) exit: Option<At<StatusesFile>>,
    /// An expression that its standard output matches.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) regex: Option<At<String>>,
    /// Values by their JSON pointers.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<serde_json::Value>")]
    pub(super) json: Option<Entries<serde_json::Value>>,
}

/// What an answer over HTTP has to be; all of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(super) struct WebConditionFile {
    /// Its status, or each of those that are meant.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "StatusesFile")]
    pub(super) status: Option<At<StatusesFile>>,
    /// An expression that its body matches.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) regex: Option<At<String>>,
    /// Values by their JSON pointers.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<serde_json::Value>")]
    pub(super) json: Option<Entries<serde_json::Value>>,
    /// The values of headers.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) header: Option<Entries<At<String>>>,
}

/// A status, or several.
pub(super) struct StatusesFile(pub(super) Vec<u64>);

/// Whose time an implementation uses.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "it is the schema of another type")]
enum ClockWord {
    /// The `now` of the request.
    Injected,
    /// Its own.
    System,
}

impl<'de> Deserialize<'de> for HttpFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("an address in quotes, or {suites: …, sign: …, verify: …}")
            .text(Self::Address)
            .map(Self::Calls)
            .read(deserializer)
    }
}

impl JsonSchema for HttpFile {
    fn schema_name() -> Cow<'static, str> {
        "Http".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {
                "description": "The address of a server that speaks the protocol.",
                "type": "string",
                "pattern": "^http://",
            },
            generator.subschema_for::<WebFile>(),
        ]})
    }
}

impl<'de> Deserialize<'de> for SecretFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("unknown, or {env: VARIABLE}")
            .text(Self::Word)
            .map(Self::Env)
            .read(deserializer)
    }
}

impl JsonSchema for SecretFile {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"description": "Nobody knows it: tokens are judged without an oracle.", "const": "unknown"},
            generator.subschema_for::<SecretEnvFile>(),
        ]})
    }
}

impl<'de> Deserialize<'de> for StatusesFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("a status, or a list of them")
            .number(|status| Self(vec![status]))
            .list(Self)
            .read(deserializer)
    }
}

impl JsonSchema for StatusesFile {
    fn schema_name() -> Cow<'static, str> {
        "Statuses".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let status = serde_json::json!({"type": "integer", "minimum": 0, "maximum": 599});
        json_schema!({"anyOf": [status, {"type": "array", "items": status, "minItems": 1}]})
    }
}
