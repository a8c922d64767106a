//! The raw form of a suite file, before validation.
//!
//! Both the loader and `vectors/suite.schema.json` are derived from these types.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use crate::scheme::{Algorithm, SecretEncoding};
use crate::signature::Op;
use crate::suite::forms::{Entries, OneOf, present};
use crate::suite::literal::Literal;
use crate::suite::position::At;
use crate::suite::schema::{DurationText, SecretText, SlugText, field_name, slug};
use crate::suite::{Basis, InputKind, Level};

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
    /// Raised whenever an expectation changes.
    #[schemars(with = "u32", range(min = 1))]
    pub(super) version: At<Literal>,
    /// What a person calls it.
    pub(super) title: String,
    /// The document that the suite is made from.
    pub(super) source: SourceFile,
    /// How signatures are made and checked.
    pub(super) scheme: SchemeFile,
    /// What becomes of calls that identify somebody.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "PolicyFile")]
    pub(super) policy: Option<PolicyFile>,
    /// What an implementation has to do, by name.
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

/// The document that a suite is made from.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceFile {
    /// What it is called.
    pub(super) title: String,
    /// Where it is published.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", regex(pattern = "^https?://"))]
    pub(super) url: Option<At<String>>,
    /// The day on which it was read, as `2026-11-20`.
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
    /// How many bytes of the MAC are kept, from its start; all if left out.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "u32", range(min = 1, max = 64))]
    pub(super) mac_bytes: Option<At<Literal>>,
    /// How the secret becomes key bytes.
    pub(super) secret: SecretFile,
    /// The named inputs.
    #[schemars(extend("minProperties" = 1, "propertyNames" = field_name()))]
    pub(super) fields: At<Entries<FieldFile>>,
    /// What is signed: text with `{field}` or `{field|filter}`; `{{` and `}}` are the braces.
    pub(super) message: At<String>,
    /// What is handed over.
    pub(super) token: At<TokenFile>,
    /// How old a token may be.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "FreshnessFile")]
    pub(super) freshness: Option<At<FreshnessFile>>,
}

/// How the secret becomes key bytes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretFile {
    /// How its text spells the key.
    pub(super) encoding: SecretEncoding,
    /// A prefix that is taken off when it is there.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) strip_prefix: Option<At<String>>,
    /// The form of its text, prefix included: a regular expression in the syntax of the `regex`
    /// crate that the whole of it matches.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1, max = 1000))]
    pub(super) pattern: Option<At<String>>,
    /// The field whose value selects the secret, where there is one for each.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) per: Option<At<String>>,
}

/// A named input.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldFile {
    /// What it holds.
    pub(super) r#type: At<FieldType>,
    /// The values of an enum.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1), extend("uniqueItems" = true))]
    pub(super) values: Option<At<Vec<At<String>>>>,
    /// The form of a text: a regular expression in the syntax of the `regex` crate that the whole
    /// of it matches.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", length(min = 1, max = 1000))]
    pub(super) pattern: Option<At<String>>,
}

/// What a field holds.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FieldType {
    /// Any text.
    Text,
    /// Whole seconds since 1970.
    UnixSeconds,
    /// Whole milliseconds since 1970.
    UnixMillis,
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

/// In which order the pairs of a token may stand; signing always gives that of the scheme.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum OrderFile {
    /// In that of the scheme, as if this were left out.
    Given,
    /// In any: each is found by its key.
    Any,
}

/// What becomes of a part of a token that the scheme does not know.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum UnknownFile {
    /// The token is malformed.
    #[default]
    Reject,
    /// It is passed over.
    Ignore,
}

/// How old a token may be.
pub(super) enum FreshnessFile {
    Word(String),
    Limited(LimitsFile),
}

/// The time in the token may differ from the present by so much, limits included.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["max_age"]}, {"required": ["max_skew"]}]))]
pub(super) struct LimitsFile {
    /// The field that holds the time.
    #[schemars(with = "String")]
    pub(super) of: At<String>,
    /// The greatest age: `300s`, `5m` or `24h`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "DurationText")]
    pub(super) max_age: Option<At<String>>,
    /// How far it may lie in the future: `300s`, `5m` or `24h`.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "DurationText")]
    pub(super) max_skew: Option<At<String>>,
}

/// What becomes of calls that identify somebody: the first rule that matches decides.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    /// What the caller calls the token that it presents: `userSignature`; `token` if left out.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String", regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"))]
    pub(super) token: Option<At<String>>,
    /// What calls differ in beside the signature, and the values of each; the first holds where
    /// nothing was said.
    #[schemars(extend("propertyNames" = field_name()))]
    pub(super) context: Entries<At<KeyFile>>,
    /// The table. It decides every combination of the context with a signature that is `valid`,
    /// `invalid` or `absent`.
    #[schemars(with = "Vec<RuleFile>", length(min = 1))]
    pub(super) rules: At<Vec<At<RuleFile>>>,
}

/// What calls differ in: its values, or these and where they come from.
pub(super) enum KeyFile {
    Values(Vec<At<String>>),
    Declared(DeclaredKeyFile),
}

/// What calls differ in, and where it comes from.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredKeyFile {
    /// Its values; the first holds where nothing was said.
    #[schemars(with = "Vec<String>", length(min = 2), extend("uniqueItems" = true))]
    pub(super) values: Vec<At<String>>,
    /// Who says which of them holds.
    #[serde(default)]
    pub(super) from: OriginFile,
    /// The field for each of whose values there is a setting of its own.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) per: Option<At<String>>,
    /// What holds for other users in the same session; the first value if left out.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) others: Option<At<String>>,
}

/// Who says which value of the context holds.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum OriginFile {
    /// Whoever runs the platform.
    #[default]
    Setting,
    /// The caller.
    Call,
    /// The browser session, in which a rule has set it for the user of the call.
    Session,
    /// The platform, where a rule has set it for the user of the call.
    User,
}

/// One row of the table.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    /// For some keys of the context, and for `signature`, the value or values that it is about; a
    /// rule without it is about all that those before it leave.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<TextsFile>")]
    pub(super) when: Option<Entries<At<TextsFile>>>,
    /// What becomes of the call.
    pub(super) outcome: At<DecisionFile>,
    /// The documented code of a rejection, or those of which one comes with it.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "TextsFile")]
    pub(super) code: Option<At<TextsFile>>,
    /// The documented HTTP status of a rejection.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "u16", range(min = 400, max = 599))]
    pub(super) status: Option<At<Literal>>,
    /// What the caller is told beside the outcome.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) warning: Option<String>,
    /// What holds from now on for the user of the call, in the session or everywhere.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<String>")]
    pub(super) sets: Option<At<Entries<At<String>>>>,
}

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum DecisionFile {
    /// It counts as the user's.
    Accept,
    /// It goes on as nobody's.
    Anonymous,
    /// It does not go on.
    Reject,
}

/// One statement about implementations.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequirementFile {
    /// How much it matters.
    pub(super) level: Level,
    /// On what it rests.
    pub(super) basis: Basis,
    /// The statement.
    pub(super) text: String,
    /// Where the document says so.
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
    /// The requirements that it shows, all of one level.
    #[schemars(with = "Vec<SlugText>", length(min = 1), extend("uniqueItems" = true))]
    pub(super) shows: At<Vec<At<String>>>,
    /// Which bug it catches.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) note: Option<String>,
    /// What is asked.
    pub(super) op: Op,
    /// What an adapter must be able to take in. Needed where it is `json`; otherwise it can be
    /// told from the values.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "InputKind")]
    pub(super) input: Option<At<InputKind>>,
    /// The secret, where the scheme has one.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "SecretText")]
    pub(super) secret: Option<At<Literal>>,
    /// The secrets by the value that selects them, where the scheme has several.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Entries<SecretText>")]
    pub(super) secrets: Option<At<Entries<At<Literal>>>>,
    /// The fields that are given; at verify not those that the token carries.
    pub(super) fields: At<Entries<At<Literal>>>,
    /// The token that is presented.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Literal")]
    pub(super) token: Option<At<Literal>>,
    /// What a call to be identified happens in: a value for each key of the policy's context.
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

/// What is expected: a token to the byte, or one of several outcomes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend(
    "oneOf" = [{"required": ["token"]}, {"required": ["outcome"]}],
    "dependentRequired" = {"or": ["token"], "code": ["outcome"], "status": ["outcome"]},
))]
pub(super) struct ExpectFile {
    /// The token that signing gives, to the byte.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "String")]
    pub(super) token: Option<String>,
    /// Beside `token`: declining the input in this way, or in one of these, is as good.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "DeclinedFile")]
    pub(super) or: Option<At<DeclinedFile>>,
    /// The outcome, or each of the outcomes that are sound.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "OutcomesFile")]
    pub(super) outcome: Option<At<OutcomesFile>>,
    /// Beside `outcome: reject`: the documented code, or those of which one has to come with it.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "TextsFile")]
    pub(super) code: Option<At<TextsFile>>,
    /// Beside `outcome: reject`: the documented HTTP status that has to come with it.
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

impl<'de> Deserialize<'de> for FreshnessFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOf::new("unspecified, or {of: …, max_age: 300s, max_skew: 300s}")
            .text(Self::Word)
            .map(Self::Limited)
            .read(deserializer)
    }
}

impl<'de> Deserialize<'de> for OutcomesFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        texts("accept, reject, anonymous, refused or threw, or a list of them")
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
