//! The raw form of `macproof.yaml`, before validation.
//!
//! Both the reader and `macproof.schema.json` are derived from these types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::protocol::Clock;
use crate::suite::{At, Entries, InputKind, OneOf, present};

/// The implementations that `macproof run` tests.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImplementationsFile {
    /// The suites to run if the command line names none: names, or paths relative to this file.
    /// By default those that the tested implementations name, or the five of the program.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) suites: Option<At<Vec<At<String>>>>,
    /// The lowest level whose failures count: `must` (the default) or `should`.
    #[serde(default)]
    pub(super) level: Option<LevelWord>,
    /// The list of known failures: a path relative to this file.
    #[serde(default, rename = "known-failures")]
    pub(super) known_failures: Option<String>,
    /// How long to wait for an answer, for example `500ms`, `10s` or `2m`; defaults to 10s.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) timeout: Option<At<String>>,
    /// How long to wait for the hello of a program that has been started; defaults to 10s.
    #[serde(default, rename = "start-timeout", deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) start_timeout: Option<At<String>>,
    /// How many adapter processes to run in parallel; defaults to 1.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "u32", range(min = 1, max = 256))]
    pub(super) jobs: Option<At<u32>>,
    /// Reports to write, as FORMAT=PATH; the paths are relative to this file.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) reports: Vec<At<String>>,
    /// The implementations, by kebab-case name.
    pub(super) implementations: Entries<ImplementationFile>,
}

/// A level whose failures can count.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum LevelWord {
    /// Only failures of `must` requirements count.
    Must,
    /// Failures of `should` requirements count, too.
    Should,
}

/// An implementation: exactly one of `command`, `http` and `exec`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["command"]}, {"required": ["http"]}, {"required": ["exec"]}
], "dependentRequired" = {"build": ["command"], "ca_file": ["http"]}))]
pub(super) struct ImplementationFile {
    /// A program that speaks the protocol, with its arguments. No shell is involved.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) command: Option<At<Vec<At<String>>>>,
    /// The command that builds the program, with its arguments. It runs to completion before the
    /// program starts.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) build: Option<At<Vec<At<String>>>>,
    /// A server: its address if it speaks the protocol, or how to call it.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "HttpFile")]
    pub(super) http: Option<At<HttpFile>>,
    /// For https: the certificate of the server or of its issuer, a PEM file relative to this one.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) ca_file: Option<At<String>>,
    /// A process that is started for each case.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecFile")]
    pub(super) exec: Option<At<ExecFile>>,
    /// If the implementation has its own secret: `{env: VARIABLE}`, or `unknown`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "SecretFile")]
    pub(super) secret: Option<At<SecretFile>>,
}

/// A server.
#[expect(clippy::large_enum_variant, reason = "there are only a few")]
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
    /// Which clock it uses: `injected` (the default) or `system`.
    #[serde(default)]
    #[schemars(with = "Option<ClockWord>")]
    pub(super) clock: Option<Clock>,
    /// The kinds of values it accepts; defaults to `text`.
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

/// A server that is called through its own API.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["sign"]}, {"required": ["verify"]}]))]
pub(super) struct WebFile {
    /// The suites whose schemes it implements, by name.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) suites: At<Vec<At<String>>>,
    /// Which clock it uses: `injected` (the default) or `system`.
    #[serde(default)]
    #[schemars(with = "Option<ClockWord>")]
    pub(super) clock: Option<Clock>,
    /// The kinds of values it accepts; defaults to `text`.
    #[serde(default)]
    pub(super) inputs: Option<Vec<InputKind>>,
    /// How many requests it accepts at once; defaults to 1.
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
/// `{now}`, `{suite}`; `{{` and `}}` are literal braces.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExecCallFile {
    /// The program, with its arguments as templates. No shell is involved.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) command: At<Vec<At<String>>>,
    /// Its standard input: a template.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) stdin: Option<At<String>>,
    /// Its environment variables: templates by name.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) env: Option<Entries<At<String>>>,
    /// Whether an argument may begin with a value that begins with `-`.
    #[serde(default)]
    pub(super) leading_hyphens: bool,
    /// Where to find the token; only for `sign`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExtractFile")]
    pub(super) token: Option<At<ExtractFile>>,
    /// The condition for an accepted token; only for `verify`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecConditionFile")]
    pub(super) accept: Option<At<ExecConditionFile>>,
    /// The condition for a rejected token; only for `verify`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecConditionFile")]
    pub(super) reject: Option<At<ExecConditionFile>>,
    /// The condition for a refusal by its own documented error.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecConditionFile")]
    pub(super) refused: Option<At<ExecConditionFile>>,
    /// The condition for an exception.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExecConditionFile")]
    pub(super) threw: Option<At<ExecConditionFile>>,
}

/// One HTTP request. Its texts are templates: `{secret}`, `{secrets.NAME}`, `{fields.NAME}`,
/// `{token}`, `{now}`, `{suite}`; `{{` and `}}` are literal braces.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebCallFile {
    /// Defaults to GET without a body, and to POST with one.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) method: Option<At<String>>,
    /// The address: a template, with values only in its path and query.
    pub(super) url: At<String>,
    /// Query parameters: templates by name.
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
    /// A raw body: a template whose values are sent byte for byte.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) body: Option<At<String>>,
    /// Where to find the token; only for `sign`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExtractFile")]
    pub(super) token: Option<At<ExtractFile>>,
    /// The condition for an accepted token; only for `verify`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebConditionFile")]
    pub(super) accept: Option<At<WebConditionFile>>,
    /// The condition for a rejected token; only for `verify`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebConditionFile")]
    pub(super) reject: Option<At<WebConditionFile>>,
    /// The condition for a refusal by its own documented error.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebConditionFile")]
    pub(super) refused: Option<At<WebConditionFile>>,
    /// The condition for an exception.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "WebConditionFile")]
    pub(super) threw: Option<At<WebConditionFile>>,
}

/// A request that is sent before each case.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionFile {
    /// Defaults to GET without a body, and to POST with one.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) method: Option<At<String>>,
    /// The address: a template, with values only in its path and query.
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
    /// A raw body: a template whose values are sent byte for byte.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) body: Option<At<String>>,
}

/// Where to find a token: exactly one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(super) struct ExtractFile {
    /// A regular expression: the token is its first group, or the whole match.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) regex: Option<At<String>>,
    /// A JSON pointer, such as `/data/signature`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", regex(pattern = "^(/.*)?$"))]
    pub(super) json: Option<At<String>>,
    /// A header of the HTTP response.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) header: Option<At<String>>,
}

/// Conditions on the output of a process; all must hold.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(super) struct ExecConditionFile {
    /// Its exit status, or a list of them.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "StatusesFile")]
    pub(super) exit: Option<At<StatusesFile>>,
    /// A regular expression that its standard output matches.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) regex: Option<At<String>>,
    /// Values by their JSON pointers.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<serde_json::Value>")]
    pub(super) json: Option<Entries<serde_json::Value>>,
}

/// Conditions on an HTTP response; all must hold.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(super) struct WebConditionFile {
    /// Its status, or a list of them.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "StatusesFile")]
    pub(super) status: Option<At<StatusesFile>>,
    /// A regular expression that its body matches.
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

/// Which clock an implementation uses.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "it is the schema of another type")]
enum ClockWord {
    /// The `now` of the request.
    Injected,
    /// Its own clock.
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
                "pattern": "^https?://",
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
            {"description": "The secret is unknown: tokens are judged without an oracle.", "const": "unknown"},
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
