//! Errors in suite files, and how they are displayed.

use std::fmt;
use std::sync::Arc;

use crate::scheme::{KeyStepError, MessageError, PatternError, TokenError};
use crate::signature::{Op, OutcomeKind, Slug, SlugError};
use crate::suite::excerpt::{Excerpt, push_visible};
use crate::suite::{InputKind, Level, Position};

/// Why a suite cannot be loaded: the problem, the vector concerned, and the place with the line
/// itself.
///
/// `Display` gives several lines: `path:line:column: …`, then the line with a marker below it.
#[derive(Debug)]
pub struct SuiteError {
    path: Arc<str>,
    position: Option<Position>,
    vector: Option<String>,
    problem: Box<Problem>,
    excerpt: Option<Excerpt>,
}

impl SuiteError {
    /// The path as the user gave it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The place of the error, if the file could be read.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The id of the vector concerned, or `number 7` if it has no id.
    pub fn vector(&self) -> Option<&str> {
        self.vector.as_deref()
    }

    /// The problem.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl SuiteError {
    pub(super) fn unread(path: Arc<str>, problem: Problem) -> Self {
        Self {
            path,
            position: None,
            vector: None,
            problem: Box::new(problem),
            excerpt: None,
        }
    }

    pub(super) fn at(path: Arc<str>, text: &str, fault: Fault) -> Self {
        Self {
            path,
            position: Some(fault.at),
            vector: fault.vector,
            problem: Box::new(fault.problem),
            excerpt: Excerpt::of(text, fault.at),
        }
    }
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        f.write_str(": ")?;
        if let Some(vector) = &self.vector {
            write!(f, "vector {}: ", printable(vector, Slug::MAX_LENGTH))?;
        }
        f.write_str(&printable(&self.problem.to_string(), MAX_MESSAGE))?;
        match &self.excerpt {
            Some(excerpt) => write!(f, "\n{excerpt}"),
            None => Ok(()),
        }
    }
}

/// Maximum length of a displayed message, in characters: it may quote the file, which is untrusted.
const MAX_MESSAGE: usize = 600;

fn printable(text: &str, most: usize) -> String {
    let mut characters = text.chars();
    let mut shown = String::new();
    for character in characters.by_ref().take(most) {
        push_visible(&mut shown, character);
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

impl std::error::Error for SuiteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.problem)
    }
}

/// A problem and its place, while the text is still available.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: Position,
    pub(super) vector: Option<String>,
    pub(super) problem: Problem,
}

impl Fault {
    pub(super) fn new(at: Position, problem: impl Into<Problem>) -> Self {
        Self {
            at,
            vector: None,
            problem: problem.into(),
        }
    }

    pub(super) fn of_vector(mut self, vector: &str) -> Self {
        self.vector.get_or_insert_with(|| vector.to_owned());
        self
    }
}

/// A problem in a suite file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// The file is a pipe.
    #[error("it is a named pipe, which may block; give a file, or /dev/stdin")]
    NamedPipe,
    /// The file exceeds the size limit.
    #[error("larger than the limit of {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file is not valid UTF-8.
    #[error("not UTF-8; write other bytes as {{base64: \"…\"}}")]
    NotUtf8,
    /// The text is not valid YAML, or does not match the schema.
    #[error("{0}")]
    Form(String),
    /// The format version is unknown.
    #[error("unsupported suite format {0}; this macproof reads format 1")]
    Format(u64),
    /// A whole number was expected.
    #[error("expected a whole number from 0 to 9007199254740991 (2^53-1)")]
    NoWhole,
    /// The version is 0.
    #[error("a version is between 1 and 4294967295")]
    Version,
    /// A name is not a valid slug.
    #[error(transparent)]
    Name(#[from] SlugError),
    /// A web address is invalid.
    #[error("invalid web address {0:?}; it begins with https:// or http://")]
    Url(String),
    /// A date is invalid.
    #[error("invalid date {0:?}; write for example \"2026-11-20\"")]
    Day(String),
    /// A text is empty.
    #[error("{0} is empty; {1}")]
    Empty(&'static str, &'static str),

    /// The scheme has no fields.
    #[error("a scheme has at least one field")]
    NoFields,
    /// There is too much of something.
    #[error("at most {most} {of} are allowed here, but there are {found}")]
    TooMany {
        /// What there is too much of, as a plural noun.
        of: &'static str,
        /// The limit.
        most: usize,
        /// The number found.
        found: usize,
    },
    /// A field name is invalid.
    #[error(
        "invalid field name {0:?}: use lower-case letters, digits and single underscores between them; mac is reserved"
    )]
    FieldName(String),
    /// An enum has no values, or a field of another type has some.
    #[error(
        "values: [one, two, …] is required for an enum, with distinct values, and allowed for nothing else"
    )]
    EnumValues,
    /// Only a text field can have a pattern.
    #[error("a pattern is allowed only for a text; a time or an enum has a fixed form")]
    PatternOfNoText,
    /// Only a text field can have a content.
    #[error("a content is allowed only for a text; a time or an enum has a fixed form")]
    ContentOfNoText,
    /// A pattern is invalid.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A field is not declared.
    #[error("unknown field {0:?}; {1}")]
    UnknownField(String, String),
    /// The field that selects the secret has an unsuitable type.
    #[error("{0:?} is a time, so it cannot select the secret; use a text or an enum")]
    PerTime(String),
    /// The field that selects the secret may be absent.
    #[error("{0:?} stands in brackets, so it may be absent and cannot select the secret")]
    PerOptional(String),
    /// `params` belongs to texts.
    #[error("only a text has parameters")]
    ParamsOfNoText,
    /// The value of `repeated` is unknown.
    #[error("unknown value {0:?}; expected kept, unique, or {{join: …}}")]
    RepeatedWord(String),
    /// A field has the name that stands for the secret in `derive`.
    #[error(
        "a step of `derive` reads {{key}} as the secret, so no field can have that name; rename the field"
    )]
    FieldNamedKey,
    /// A step from the secret to the key is invalid.
    #[error(transparent)]
    KeyStep(#[from] KeyStepError),
    /// A MAC length is less than one byte, or more than the hash provides.
    #[error("mac_bytes must lie between 1 and {0} for this algorithm")]
    MacBytes(usize),
    /// The message template is invalid.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The token grammar is invalid.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token is neither a text nor a map.
    #[error(
        "a token is a template in quotes, {{pairs: …, separator: …}} or {{list: …, separator: …}}"
    )]
    TokenForm,
    /// A token has both `pairs` and `list`, or neither.
    #[error("a token of several items has either pairs or list")]
    PairsOrList,
    /// `repeat` is given together with `list`.
    #[error("repeat is allowed only with pairs; items of a list may always repeat")]
    RepeatInList,
    /// `order` is given together with `list`.
    #[error("order is allowed only with pairs; items of a list may always be in any order")]
    OrderInList,
    /// `repeat` names an unknown pair.
    #[error("repeat names {0:?}, which is not one of the pairs")]
    RepeatUnknown(String),
    /// `places` names no place of the token.
    #[error("places says where the token stands, for example token: {{header: X-Signature}}")]
    NoPlaceOfToken,
    /// A place is not one of the known ones.
    #[error(
        "unknown place {0:?}; a place is body, url, {{header: NAME}}, {{query: NAME}}, {{cookie: NAME}}, {{form: NAME}} or {{json: /POINTER}}"
    )]
    PlaceWord(String),
    /// A place has no key, or several.
    #[error("a place has exactly one of header, query, cookie, form and json")]
    NotOnePlace,
    /// The name at a place is invalid.
    #[error("{0:?} is not the name of a {1}")]
    PlaceName(String, &'static str),
    /// A header has a place of its own kind.
    #[error("write {{cookie: NAME}} for a cookie")]
    PlaceOfCookies,
    /// A JSON pointer is invalid.
    #[error("invalid JSON pointer {0:?}; it begins with /, for example /data/id")]
    Pointer(String),
    /// Two names have one place.
    #[error("{what} cannot be in {place}: {other} is there")]
    PlaceTaken {
        /// The token, or the field.
        what: String,
        /// The place.
        place: String,
        /// What else is there.
        other: String,
    },
    /// A body would be a form and JSON.
    #[error("a body is a form or JSON, not both")]
    PlacesInTwoBodies,
    /// A field that the token carries has a place of its own.
    #[error("{0:?} is carried by the token, so it has no place of its own")]
    PlaceInToken(String),
    /// The field of `freshness` is not a time.
    #[error(
        "freshness refers to {0:?}, which is not a time; use a field of type unix-seconds, unix-millis, iso-8601 or http-date"
    )]
    FreshnessOfNoTime(String),
    /// The value of `freshness` is unknown.
    #[error("a freshness is unspecified, or {{of: …, max_age: 300s, max_skew: 300s}}")]
    FreshnessWord,
    /// `freshness` has no limits.
    #[error(
        "a freshness has max_age, max_skew or both; without limits write freshness: unspecified"
    )]
    FreshnessWithoutLimit,
    /// A duration is invalid.
    #[error("invalid duration {0:?}; write whole seconds, minutes or hours: 300s, 5m, 24h")]
    Duration(String),

    /// The caller's name for the token is invalid, or that of a field.
    #[error(
        "invalid name {0:?} for the token: use letters, digits and underscores, and not the name of a field"
    )]
    PolicyToken(String),
    /// A context key is invalid, or already in use.
    #[error(
        "invalid context key {0:?}: use lower-case letters, digits and single underscores between them, and not the name of a field, of the token, or signature"
    )]
    ContextName(String),
    /// A context key has fewer than two values.
    #[error("a context key has at least two values, distinct and not empty: [one, two]")]
    ContextValues,
    /// A property of a context key belongs to another kind of key.
    #[error("{0}")]
    ContextOnly(&'static str),
    /// The policy has too many combinations to check.
    #[error("the context has more than the limit of {limit} combinations")]
    PolicyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// A rule or a vector uses an undeclared context key.
    #[error("unknown context key {0:?}; the policy has {1}")]
    ContextUnknown(String, String),
    /// A rule or a vector uses a value that its context key does not have.
    #[error("invalid value {value:?} of {key}; expected one of {known}")]
    ContextValue {
        /// The key.
        key: String,
        /// The value given.
        value: String,
        /// The possible values.
        known: String,
    },
    /// A rule lists a value twice, or none.
    #[error("a rule names one value of a key, or a list of distinct ones")]
    WhenValues,
    /// A code or status is given for an outcome other than `reject`.
    #[error("code and status are allowed only with outcome: reject")]
    CodeOfOther,
    /// A code or status is expected of an operation other than `identify`.
    #[error("code and status can be expected only for identify")]
    CodeOfIdentify,
    /// A code is listed twice, or there is none.
    #[error("code is one code or a list of distinct ones, not empty")]
    Codes,
    /// A status is not valid for a rejection.
    #[error("the status of a rejection is between 400 and 599")]
    Status,
    /// A call that is not accepted changes state.
    #[error("sets is allowed only with outcome: accept; other calls change nothing")]
    SetsUnaccepted,
    /// A rule sets a key that rules cannot set.
    #[error("{0:?} cannot be set by a rule: only what is from: session or from: user can")]
    SetsFixed(String),
    /// No rule decides this call.
    #[error("no rule covers a call with {0}; add one, or a last rule without when")]
    Undecided(String),
    /// A rule never decides a call.
    #[error("this rule never applies: earlier rules cover all of its calls")]
    NeverDecides,

    /// Two vectors have the same id.
    #[error("duplicate id {id}, first used on line {line}")]
    IdTwice {
        /// The id.
        id: String,
        /// The line of the first one.
        line: u32,
    },
    /// A vector shows no requirement.
    #[error("a vector shows at least one requirement")]
    ShowsNothing,
    /// A vector shows an unknown requirement.
    #[error("it shows the unknown requirement {0:?}")]
    ShowsUnknown(String),
    /// A vector shows a requirement twice.
    #[error("it shows {0:?} twice")]
    ShowsTwice(String),
    /// A vector shows requirements of different levels.
    #[error(
        "it shows {one} ({one_level}) and {other} ({other_level}), but a vector has a single level; split it into two vectors"
    )]
    MixedLevels {
        /// One requirement.
        one: String,
        /// Its level.
        one_level: Level,
        /// The other requirement.
        other: String,
        /// Its level.
        other_level: Level,
    },
    /// A `may` vector has an expectation.
    #[error(
        "a vector of level may has no expectation; state what to observe: observe: \"accepts …\""
    )]
    MayExpects,
    /// A `must` or `should` vector has no expectation.
    #[error("a vector of level {0} needs expect: {{token: …}} or {{outcome: …}}")]
    NoExpect(Level),
    /// `observe` is used at a level other than `may`.
    #[error("observe is allowed only for requirements of level may; this vector has level {0}")]
    Observes(Level),
    /// An expectation is empty or ambiguous.
    #[error("expect has either a token (with or: refused if that conforms) or an outcome")]
    ExpectShape,
    /// The operation cannot have the expected outcome.
    #[error("{op} cannot expect {kind}; {hint}")]
    ExpectOfOther {
        /// The operation.
        op: Op,
        /// The outcome.
        kind: OutcomeKind,
        /// What to write.
        hint: &'static str,
    },
    /// An outcome is listed twice, or there is none.
    #[error("outcome is one outcome or a list of distinct ones")]
    OutcomeList,
    /// An outcome is unknown.
    #[error("unknown outcome {0:?}; expected accept, anonymous, reject, sent, refused or threw")]
    OutcomeWord(String),

    /// `secret` is given where `secrets` is needed, or the reverse.
    #[error("{0}")]
    SecretShape(&'static str),
    /// A secret has an invalid type.
    #[error("a secret is a text in quotes, {{base64: …}} or {{repeat: …, times: …}}")]
    SecretType,
    /// A suite cannot contain this value.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// A long value exceeds the limit.
    #[error("{{repeat, times}} makes more than {limit} bytes")]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// All long values together exceed the limit.
    #[error("the values of all vectors together make more than {limit} bytes")]
    TooLongTogether {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The token already carries this field.
    #[error("{0:?} is carried by the token, so it is not given at verify")]
    FieldInToken(String),
    /// A required field is missing.
    #[error("the field {0:?} is missing; if that is intended, add input: json")]
    FieldMissing(String),
    /// A key is allowed only for operations that take a token.
    #[error("{0} is allowed only for verify and identify")]
    OnlyVerify(&'static str),
    /// `send` is used in a suite whose places do not say what is sent.
    #[error("send needs places that put the token into a header and a field into the body")]
    NothingToSend,
    /// A time is given to `send`.
    #[error("the field {0:?} is a time, which a sender takes from its clock; write now: … instead")]
    TimeToSend(String),
    /// A secret per value of a field cannot rotate.
    #[error("rotates is for a scheme with one secret, not for one per value of a field")]
    RotatesPer,
    /// Previous secrets are given where none can hold.
    #[error("{0}")]
    Previous(&'static str),
    /// `identify` is used in a suite without a policy.
    #[error("the suite has no policy, so identify is not possible")]
    NoPolicy,
    /// An `identify` vector has no context.
    #[error("identify needs context: {{key: value, …}}")]
    NoContext,
    /// Only `identify` vectors have a context.
    #[error("context is allowed only for identify")]
    ContextElsewhere,
    /// A context key has no value.
    #[error("the context lacks {0}; every vector states the whole context")]
    ContextMissing(String),
    /// A context key needs one value per field value and has a single one, or the reverse.
    #[error("{}", if *.is_per {
        "expected one for each value of a field: write {value: …, value: …}"
    } else {
        "this key has one value, not one for each of several"
    })]
    ContextShape {
        /// Whether it needs one value per field value.
        is_per: bool,
    },

    /// The token is missing.
    #[error("the token is missing; if that is intended, add input: json")]
    TokenMissing,
    /// The time of verification is missing.
    #[error("the scheme has a time, so verify needs now: (Unix seconds)")]
    NowMissing,
    /// A signed time must be a number.
    #[error(
        "{0:?} is a time: give it as a whole number when it is signed; for another type add input: json"
    )]
    TimeAtSign(String),
    /// A time next to the token must be a text.
    #[error(
        "{0:?} is a time beside the token: give it as the text of its header, in quotes; for another type add input: json"
    )]
    TimeAtVerify(String),
    /// A value is allowed only with `input: json`.
    #[error("{what} is {found}, expected a text; if that is intended, add input: json")]
    NeedsJson {
        /// The field or the token concerned.
        what: String,
        /// What was found.
        found: &'static str,
    },
    /// `input` contradicts the values.
    #[error("input is {stated}, but the values of this vector are {found}; remove input")]
    InputStated {
        /// The stated input.
        stated: InputKind,
        /// The actual input.
        found: InputKind,
    },
    /// A vector contains two kinds of values.
    #[error(
        "one vector contains {one} and {other}, which no adapter declares together; split it into two vectors"
    )]
    InputMixed {
        /// One kind.
        one: InputKind,
        /// The other kind.
        other: InputKind,
    },
}

/// Why a value cannot occur in a suite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// JSON parsers disagree about the number.
    #[error(
        "a number here is whole, without leading zeros, and at most 9007199254740991 (2^53-1) in size; write it in quotes if it is a text"
    )]
    Number,
    /// `{base64: …}` with invalid base64.
    #[error("invalid base64 (standard alphabet, padded): {0}")]
    Base64(String),
}
