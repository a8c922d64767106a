//! The raw form of a suite file, before validation.
//!
//! Both the loader and `vectors/suite.schema.json` are derived from these types.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use crate::scheme::{Algorithm, Content, SecretEncoding, Sort, Written};
use crate::signature::Op;
use crate::suite::forms::{Entries, OneOf, present};
use crate::suite::literal::Literal;
use crate::suite::position::At;
use crate::suite::schema_texts::{DurationText, SecretText, SlugText, field_name, slug};
use crate::suite::{Basis, InputKind, Level, SuiteKind};

/// A suite of test vectors for one HMAC identity signature scheme.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SuiteFile {
    /// The version of this file format: 1.
    #[schemars(with = "u64", range(min = 1, max = 1))]
    pub(super) macproof: At<Literal>,
    /// The suite's name, in kebab case: the first half of every case id.
    #[schemars(with = "SlugText")]
    pub(super) suite: At<String>,
    /// The version of the suite, incremented whenever an expectation changes.
    #[schemars(with = "u32", range(min = 1))]
    pub(super) version: At<Literal>,
    /// Its title.
    pub(super) title: String,
    /// What is signed, as people would look for it.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "SuiteKind")]
    pub(super) kind: Option<SuiteKind>,
    /// The document that the suite is based on.
    pub(super) source: SourceFile,
    /// How signatures are made and checked.
    pub(super) scheme: SchemeFile,
    /// The outcome of calls that identify a user.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "PolicyFile")]
    pub(super) policy: Option<PolicyFile>,
    /// The requirements on implementations, by name.
    #[schemars(extend("propertyNames" = slug()))]
    pub(super) requirements: Entries<RequirementFile>,
    /// Literal inputs and what is expected of them.
    pub(super) vectors: Vec<At<VectorFile>>,
}

/// A suite file of which only the scheme and the policy are read.
#[derive(Deserialize)]
pub(super) struct SchemeOnly {
    pub(super) scheme: SchemeFile,
    #[serde(default, deserialize_with = "present")]
    pub(super) policy: Option<PolicyFile>,
}

/// The document that a suite is based on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceFile {
    /// Its title.
    pub(super) title: String,
    /// Where it is published.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", regex(pattern = "^https?://"))]
    pub(super) url: Option<At<String>>,
    /// The day on which it was retrieved, such as `2026-11-20`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub(super) retrieved: Option<At<String>>,
}

/// How signatures are made and checked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemeFile {
    /// The keyed hash function.
    pub(super) algorithm: Algorithm,
    /// How many leading bytes of the MAC are kept; defaults to all.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "u32", range(min = 1, max = 64))]
    pub(super) mac_bytes: Option<At<Literal>>,
    /// How the secret becomes key bytes.
    pub(super) secret: SecretFile,
    /// The named inputs.
    #[schemars(extend("minProperties" = 1, "propertyNames" = field_name()))]
    pub(super) fields: At<Entries<FieldFile>>,
    /// What is signed: text with `{field}` or `{field|filter}`; `[…{field}…]` stands only if its
    /// field is given. `{{`, `}}`, `[[` and `]]` are literal braces and brackets.
    pub(super) message: At<String>,
    /// The token.
    pub(super) token: At<TokenFile>,
    /// How old a token may be.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "FreshnessFile")]
    pub(super) freshness: Option<At<FreshnessFile>>,
    /// Where the token and fields stand in an HTTP request: `token` and names of fields, each with
    /// a place.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<PlaceFile>", extend("required" = ["token"]))]
    pub(super) places: Option<At<PlacesFile>>,
}

/// How the secret becomes key bytes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretFile {
    /// How its text encodes the key.
    pub(super) encoding: SecretEncoding,
    /// A prefix that is removed if present.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) strip_prefix: Option<At<String>>,
    /// How the key is derived from the decoded secret, step by step; by default it is the key.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<KeyStepFile>", length(min = 1, max = 8))]
    pub(super) derive: Option<At<Vec<At<KeyStepFile>>>>,
    /// The form of its text, including the prefix: a regular expression in the syntax of the
    /// `regex` crate that must match all of it.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1, max = 1000))]
    pub(super) pattern: Option<At<String>>,
    /// The field whose value selects the secret, if there is one secret per value.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) per: Option<At<String>>,
    /// Whether secrets may hold beside the newest while it replaces them.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "bool")]
    pub(super) rotates: Option<At<bool>>,
}

/// A step from the secret to the key: a template such as `{key|sha256}`, or an HMAC. `{key}` stands
/// for the bytes so far.
pub(super) enum KeyStepFile {
    Text(String),
    Mac(KeyMacFile),
}

/// An HMAC that makes the next key.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyMacFile {
    /// Its algorithm.
    pub(super) algorithm: Algorithm,
    /// Its key: a template.
    #[schemars(with = "String")]
    pub(super) key: At<String>,
    /// Its message: a template.
    #[schemars(with = "String")]
    pub(super) message: At<String>,
}

/// A named input.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldFile {
    /// Its type.
    pub(super) r#type: At<FieldType>,
    /// The values of an enum.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1), extend("uniqueItems" = true))]
    pub(super) values: Option<At<Vec<At<String>>>>,
    /// The form of a text: a regular expression in the syntax of the `regex` crate that must match
    /// all of it.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1, max = 1000))]
    pub(super) pattern: Option<At<String>>,
    /// How the parameters of a form or a query are put together to be signed, by `{name|params}`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ParamsFile")]
    pub(super) params: Option<At<ParamsFile>>,
    /// What a text holds; any text by default.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Content")]
    pub(super) content: Option<At<Content>>,
}

/// How parameters are put together to be signed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ParamsFile {
    /// The names of those that are left out, such as the one that holds the signature.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1), extend("uniqueItems" = true))]
    pub(super) omit: Option<At<Vec<At<String>>>>,
    /// Only parameters whose names begin so are signed.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) prefix: Option<At<String>>,
    /// In which order; by name by default.
    #[serde(default)]
    pub(super) sort: Sort,
    /// What stands between a name and its value.
    pub(super) pair: String,
    /// What stands between two parameters.
    pub(super) join: String,
    /// How names and values are written; decoded by default.
    #[serde(default)]
    pub(super) encode: Written,
    /// What becomes of several values of one name.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "RepeatedFile")]
    pub(super) repeated: Option<At<RepeatedFile>>,
}

/// What becomes of several values of one name: `kept`, `unique`, or `{join: ","}`.
pub(super) enum RepeatedFile {
    Word(String),
    Joined(JoinedFile),
}

/// Several values of one name become one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinedFile {
    /// What stands between them.
    pub(super) join: String,
}

/// The type of a field.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FieldType {
    /// Any text.
    Text,
    /// Whole seconds since 1970.
    UnixSeconds,
    /// Whole milliseconds since 1970.
    UnixMillis,
    /// A date with a zone, as in `2026-11-21T08:00:00Z`: `date-time` of RFC 3339, in capitals.
    #[serde(rename = "iso-8601")]
    Iso8601,
    /// The same without a zone, which is that of Greenwich: `2026-11-21T08:00:00`.
    #[serde(rename = "iso-8601-without-zone")]
    Iso8601WithoutZone,
    /// A date as HTTP headers have it, as in `Sat, 21 Nov 2026 08:00:00 GMT`.
    HttpDate,
    /// One of `values`.
    Enum,
}

/// What is handed over: a template such as `{mac:hex}-{timestamp}`, pairs, or a list.
pub(super) enum TokenFile {
    Template(String),
    Several(SeveralFile),
    /// A number or the like. It is kept until its place is known.
    Other,
}

/// A token of several items. It has either `pairs` or `list`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeveralFile {
    #[serde(default, deserialize_with = "present")]
    pub(super) pairs: Option<Entries<At<String>>>,
    #[serde(default, deserialize_with = "present")]
    pub(super) list: Option<At<String>>,
    pub(super) separator: String,
    #[serde(default, deserialize_with = "present")]
    pub(super) repeat: Option<At<Vec<At<String>>>>,
    #[serde(default)]
    pub(super) unknown: UnknownFile,
    #[serde(default, deserialize_with = "present")]
    pub(super) order: Option<At<OrderFile>>,
}

/// The accepted order of a token's pairs; signing always uses that of the scheme.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum OrderFile {
    /// The order of the scheme; the default.
    Given,
    /// Any order: each pair is found by its key.
    Any,
}

/// How a part of a token that the scheme does not know is treated.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum UnknownFile {
    /// The token is malformed.
    #[default]
    Reject,
    /// It is ignored.
    Ignore,
}

/// How old a token may be.
pub(super) enum FreshnessFile {
    Word(String),
    Limited(LimitsFile),
}

/// How much the time in the token may differ from the current time, limits included.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["max_age"]}, {"required": ["max_skew"]}]))]
pub(super) struct LimitsFile {
    /// The field that holds the time.
    #[schemars(with = "String")]
    pub(super) of: At<String>,
    /// The maximum age, such as `300s`, `5m` or `24h`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "DurationText")]
    pub(super) max_age: Option<At<String>>,
    /// How far it may be in the future, such as `300s`, `5m` or `24h`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "DurationText")]
    pub(super) max_skew: Option<At<String>>,
}

/// The places of the token and of fields, by name.
pub(super) type PlacesFile = Entries<At<PlaceFile>>;

/// A place in an HTTP request.
pub(super) enum PlaceFile {
    Word(String),
    Named(NamedPlaceFile),
}

/// A place with a name: exactly one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(super) struct NamedPlaceFile {
    /// A header; its name is compared without case.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) header: Option<At<String>>,
    /// A parameter of the query.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) query: Option<At<String>>,
    /// A cookie.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) cookie: Option<At<String>>,
    /// A parameter of a form in the body.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) form: Option<At<String>>,
    /// A JSON pointer into the body, such as `/data/id`, to a text or a number.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", regex(pattern = "^/"))]
    pub(super) json: Option<At<String>>,
}

/// The outcome of calls that identify a user: the first matching rule decides.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    /// The caller's name for the token, such as `userSignature`; defaults to `token`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"))]
    pub(super) token: Option<At<String>>,
    /// What distinguishes calls apart from the signature, with the values of each; the first is the
    /// default.
    #[schemars(extend("propertyNames" = field_name()))]
    pub(super) context: Entries<At<KeyFile>>,
    /// The rules. They cover every combination of the context with a signature that is `valid`,
    /// `invalid` or `absent`.
    #[schemars(with = "Vec<RuleFile>", length(min = 1))]
    pub(super) rules: At<Vec<At<RuleFile>>>,
}

/// What calls differ in: its values, or these and where they come from.
pub(super) enum KeyFile {
    Values(Vec<At<String>>),
    Declared(DeclaredKeyFile),
}

/// A context key: its values, and where they come from.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredKeyFile {
    /// Its values; the first is the default.
    #[schemars(with = "Vec<String>", length(min = 2), extend("uniqueItems" = true))]
    pub(super) values: Vec<At<String>>,
    /// Who sets the value.
    #[serde(default)]
    pub(super) from: OriginFile,
    /// The field, if each of its values has its own setting.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) per: Option<At<String>>,
    /// The value for other users in the same session; defaults to the first value.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) others: Option<At<String>>,
}

/// Who sets a value of the context.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum OriginFile {
    /// The operator of the platform.
    #[default]
    Setting,
    /// The caller.
    Call,
    /// The browser session, where a rule sets it for the user of the call.
    Session,
    /// The platform, where a rule sets it for the user of the call.
    User,
}

/// One rule.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    /// The values, for keys of the context and for `signature`, to which it applies; a rule without
    /// it applies to all remaining calls.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<TextsFile>")]
    pub(super) when: Option<Entries<At<TextsFile>>>,
    /// The outcome of the call.
    pub(super) outcome: At<DecisionFile>,
    /// The documented code of a rejection, or a list of possible codes.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "TextsFile")]
    pub(super) code: Option<At<TextsFile>>,
    /// The documented HTTP status of a rejection.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "u16", range(min = 400, max = 599))]
    pub(super) status: Option<At<Literal>>,
    /// A warning to the caller, in addition to the outcome.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) warning: Option<String>,
    /// Context values that it sets for the user of the call, in the session or everywhere.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) sets: Option<At<Entries<At<String>>>>,
}

/// The outcome of a call.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum DecisionFile {
    /// The call counts as the user's.
    Accept,
    /// The call continues as anonymous.
    Anonymous,
    /// The call is rejected.
    Reject,
}

/// One statement about implementations.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequirementFile {
    /// Its level.
    pub(super) level: Level,
    /// Its basis.
    pub(super) basis: Basis,
    /// The statement.
    pub(super) text: String,
    /// The place in the document.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) r#where: Option<String>,
}

/// Literal input and what is expected of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = [
    {"oneOf": [{"required": ["secret"]}, {"required": ["secrets"]}]},
    {"oneOf": [{"required": ["expect"]}, {"required": ["observe"]}]},
]))]
pub(super) struct VectorFile {
    /// Its name, in kebab case: the second half of its case id.
    #[schemars(with = "SlugText")]
    pub(super) id: At<String>,
    /// The requirements that it shows, all of the same level.
    #[schemars(with = "Vec<SlugText>", length(min = 1), extend("uniqueItems" = true))]
    pub(super) shows: At<Vec<At<String>>>,
    /// Which bug it catches.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) note: Option<String>,
    /// The operation.
    pub(super) op: Op,
    /// What an adapter must be able to accept. Needed only for `json`; otherwise it follows from
    /// the values.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "InputKind")]
    pub(super) input: Option<At<InputKind>>,
    /// The secret, if the scheme has one.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "SecretText")]
    pub(super) secret: Option<At<Literal>>,
    /// The secrets by the value that selects them, if the scheme has several.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<SecretText>")]
    pub(super) secrets: Option<At<Entries<At<Literal>>>>,
    /// The secrets that hold beside `secret`, while it replaces them, the latest first.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<SecretText>", length(min = 1, max = 8))]
    pub(super) previous: Option<At<Vec<At<Literal>>>>,
    /// The given fields; for verify, without those that the token carries.
    pub(super) fields: At<Entries<At<Literal>>>,
    /// The presented token.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Literal")]
    pub(super) token: Option<At<Literal>>,
    /// The context of the call to identify: a value for each key of the policy's context.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<ContextFile>")]
    pub(super) context: Option<At<Entries<At<ContextFile>>>>,
    /// The time of verification, in Unix seconds.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "u64", range(max = 9_007_199_254_740_991_u64))]
    pub(super) now: Option<At<Literal>>,
    /// What is expected; for requirements of level `must` and `should`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "ExpectFile")]
    pub(super) expect: Option<At<ExpectFile>>,
    /// What is observed, such as `accepts upper-case hex`; for requirements of level `may`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) observe: Option<At<String>>,
}

/// What is expected: an exact token, or one of several outcomes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend(
    "oneOf" = [{"required": ["token"]}, {"required": ["outcome"]}],
    "dependentRequired" = {"or": ["token"], "code": ["outcome"], "status": ["outcome"]},
))]
pub(super) struct ExpectFile {
    /// The exact token that signing returns.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) token: Option<String>,
    /// With `token`: refusing the input in this way, or in one of these ways, also conforms.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "DeclinedFile")]
    pub(super) or: Option<At<DeclinedFile>>,
    /// The outcome, or a list of conforming outcomes.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "OutcomesFile")]
    pub(super) outcome: Option<At<OutcomesFile>>,
    /// With `outcome: reject`: the documented code, or a list of possible codes.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "TextsFile")]
    pub(super) code: Option<At<TextsFile>>,
    /// With `outcome: reject`: the documented HTTP status.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "u16", range(min = 400, max = 599))]
    pub(super) status: Option<At<Literal>>,
}

/// A way to decline, or a list of those that are sound.
pub(super) struct DeclinedFile(pub(super) TextsFile);

/// An outcome, or a list of those that are sound.
pub(super) struct OutcomesFile(pub(super) TextsFile);

/// A text, or a list of texts.
pub(super) enum TextsFile {
    One(String),
    Several(Vec<At<String>>),
}

/// A value of the context, or one for each value of a field.
pub(super) enum ContextFile {
    One(String),
    Per(Entries<String>),
}

impl<'de> Deserialize<'de> for TokenFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("a template in quotes, {pairs: …} or {list: …}")
            .text(Self::Template)
            .map(Self::Several)
            .number(|_| Self::Other)
            .read(deserializer)
    }
}

impl<'de> Deserialize<'de> for RepeatedFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("kept, unique, or {join: …}")
            .text(Self::Word)
            .map(Self::Joined)
            .read(deserializer)
    }
}

impl<'de> Deserialize<'de> for KeyStepFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("a template such as \"{key|sha256}\", or {algorithm: …, key: …, message: …}")
            .text(Self::Text)
            .map(Self::Mac)
            .read(deserializer)
    }
}

impl<'de> Deserialize<'de> for FreshnessFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("unspecified, or {of: …, max_age: 300s, max_skew: 300s}")
            .text(Self::Word)
            .map(Self::Limited)
            .read(deserializer)
    }
}

impl<'de> Deserialize<'de> for PlaceFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("body, url, {header: NAME}, {query: NAME}, {cookie: NAME}, {form: NAME} or {json: /POINTER}")
            .text(Self::Word)
            .map(Self::Named)
            .read(deserializer)
    }
}

impl<'de> Deserialize<'de> for OutcomesFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        texts("accept, reject, anonymous, sent, refused or threw, or a list of them")
            .read(deserializer)
            .map(Self)
    }
}

impl<'de> Deserialize<'de> for DeclinedFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        texts("refused or threw, or a list of both")
            .read(deserializer)
            .map(Self)
    }
}

impl<'de> Deserialize<'de> for TextsFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        texts("a text, or a list of texts").read(deserializer)
    }
}

fn texts(due: &'static str) -> OneOf<TextsFile, IgnoredAny, At<String>> {
    OneOf::new(due)
        .text(TextsFile::One)
        .list(TextsFile::Several)
}

impl<'de> Deserialize<'de> for KeyFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("a list of values, or {values: […], from: …}")
            .list(Self::Values)
            .map(Self::Declared)
            .read(deserializer)
    }
}

impl<'de> Deserialize<'de> for ContextFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("a value, or a map with one for each value of a field")
            .text(Self::One)
            .map(Self::Per)
            .read(deserializer)
    }
}
