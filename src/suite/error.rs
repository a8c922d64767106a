//! What can be wrong with a suite file, and how it is shown.

use std::fmt;
use std::sync::Arc;

use crate::scheme::{MessageError, PatternError, TokenError};
use crate::signature::{Op, OutcomeKind, Slug, SlugError};
use crate::suite::excerpt::{Excerpt, push_visible};
use crate::suite::literal::Unusable;
use crate::suite::{InputKind, Level, Position};

/// Why a file is no suite: what is wrong, in which vector, and where, with the line itself.
///
/// Its `Display` has several lines: `path:line:column: …`, then the line with a mark under it.
#[derive(Debug)]
pub struct SuiteError {
    path: Arc<str>,
    position: Option<Position>,
    vector: Option<String>,
    problem: Box<Problem>,
    excerpt: Option<Excerpt>,
}

impl SuiteError {
    /// The file, as it was named.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The place, where the file could be read.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The id of the vector in which it stands, or `number 7` where it has no id.
    pub fn vector(&self) -> Option<&str> {
        self.vector.as_deref()
    }

    /// What is wrong.
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

/// How many characters of a message are shown: it may quote the file, which may say anything.
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

/// A problem and its place, while the text is still at hand.
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

/// What is wrong with a suite file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// The file is a pipe.
    #[error("it is a named pipe, which would be waited for; give a file, or /dev/stdin")]
    NamedPipe,
    /// The file is larger than any suite.
    #[error("larger than {limit} bytes, which no suite needs")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file is no UTF-8.
    #[error("not UTF-8; write other bytes as {{base64: \"…\"}}")]
    NotUtf8,
    /// It is no YAML, or not of the form of a suite.
    #[error("{0}")]
    Form(String),
    /// A format of the future.
    #[error("suite format {0} is unknown here; this program reads format 1")]
    Format(u64),
    /// A number that is none, or negative.
    #[error("a whole number is due here, at least 0 and at most 9007199254740991 (2^53-1)")]
    NoWhole,
    /// Versions count from 1.
    #[error("a version is at least 1 and at most 4294967295")]
    Version,
    /// A name is no name.
    #[error(transparent)]
    Name(#[from] SlugError),
    /// A web address that is none.
    #[error("{0:?} is no web address; it begins with https:// or http://")]
    Url(String),
    /// A day that is none.
    #[error("{0:?} is no day; write it as \"2026-11-20\"")]
    Day(String),
    /// A text that says nothing.
    #[error("{0} is empty; {1}")]
    Empty(&'static str, &'static str),

    /// There are no fields.
    #[error("a scheme has at least one field")]
    NoFields,
    /// There is more of something than any suite needs.
    #[error("at most {most} {of} are allowed here, and there are {found}")]
    TooMany {
        /// What there is too much of, in the plural.
        of: &'static str,
        /// How many are allowed.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// A field's name is none.
    #[error(
        "{0:?} is no field name: use lower-case letters, digits and single underscores between them; mac is taken"
    )]
    FieldName(String),
    /// An enum without values, or values without an enum.
    #[error("an enum, and nothing else, has values: [one, two, …], all different")]
    EnumValues,
    /// A pattern of what has a form already.
    #[error("a pattern belongs to a text; a time or an enum has its form already")]
    PatternOfNoText,
    /// A pattern that does not work.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// Something names a field that is not declared.
    #[error("{0:?} is none of the scheme's fields ({1})")]
    UnknownField(String, String),
    /// The field that selects the secret cannot.
    #[error("the secret cannot be selected by {0:?}, which is a time; it needs a text or an enum")]
    PerTime(String),
    /// A MAC that is shorter than a byte or longer than its hash.
    #[error("mac_bytes must lie between 1 and {0} for this algorithm")]
    MacBytes(usize),
    /// The message template.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The token grammar.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It is no text and no map.
    #[error(
        "a token is a template in quotes, {{pairs: …, separator: …}} or {{list: …, separator: …}}"
    )]
    TokenForm,
    /// Both or neither.
    #[error("a token of several items has either pairs or list")]
    PairsOrList,
    /// `repeat` beside `list`.
    #[error("repeat belongs to pairs; every item of a list may stand several times anyway")]
    RepeatInList,
    /// `order` beside `list`.
    #[error("order belongs to pairs; the items of a list may stand in any order anyway")]
    OrderInList,
    /// `repeat` names no pair.
    #[error("repeat names {0:?}, which is none of the pairs")]
    RepeatUnknown(String),
    /// The field of a freshness is no time.
    #[error(
        "freshness is of {0:?}, which is no time; use a field of type unix-seconds or unix-millis"
    )]
    FreshnessOfNoTime(String),
    /// Another word.
    #[error("a freshness is unspecified, or {{of: …, max_age: 300s, max_skew: 300s}}")]
    FreshnessWord,
    /// A freshness without limits.
    #[error(
        "a freshness has max_age, max_skew or both; without limits write freshness: unspecified"
    )]
    FreshnessWithoutLimit,
    /// A duration that is none.
    #[error("{0:?} is no duration; write whole seconds, minutes or hours: 300s, 5m, 24h")]
    Duration(String),

    /// What the caller calls the token is no name, or a field's.
    #[error(
        "the caller cannot call the token {0:?}: use letters, digits and underscores, and no name of a field"
    )]
    PolicyToken(String),
    /// A context key that is called like something else.
    #[error(
        "{0:?} is no context key: use lower-case letters, digits and single underscores between them, and no name of a field, of the token or signature, which is computed"
    )]
    ContextName(String),
    /// A context key that says nothing.
    #[error("a context key has at least two values, all different and none empty: [one, two]")]
    ContextValues,
    /// A key of a context key that belongs to another kind.
    #[error("{0}")]
    ContextOnly(&'static str),
    /// A table that nobody could look through.
    #[error("the context has more than {limit} combinations, which no policy needs")]
    PolicyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// A rule or a vector names a key that is not declared.
    #[error("{0:?} is none of the policy's context ({1})")]
    ContextUnknown(String, String),
    /// A rule or a vector names a value that its key does not have.
    #[error("{value:?} is no value of {key} ({known})")]
    ContextValue {
        /// The key.
        key: String,
        /// What it says.
        value: String,
        /// What it can say.
        known: String,
    },
    /// A value twice in a rule, or none.
    #[error("a rule names one value of a key, or a list of different ones")]
    WhenValues,
    /// A code or status with something else than a rejection.
    #[error("code and status belong to outcome: reject")]
    CodeOfOther,
    /// A code or status expected of another operation.
    #[error("code and status are expected of identify alone")]
    CodeOfIdentify,
    /// A code twice, or none.
    #[error("code is one code or a list of different ones, none empty")]
    Codes,
    /// A status that is none of a rejection.
    #[error("the status of a rejection lies between 400 and 599")]
    Status,
    /// State is changed by a call that is not accepted.
    #[error("sets belongs to outcome: accept; a call that is not the user's changes nothing")]
    SetsUnaccepted,
    /// A rule sets what it cannot.
    #[error("{0:?} cannot be set by a rule: only what is from: session or from: user can")]
    SetsFixed(String),
    /// A call that no rule decides.
    #[error("no rule decides a call with {0}; add one, or a last rule without when")]
    Undecided(String),
    /// A rule that decides no call.
    #[error("this rule never decides: those before it take every call that it is about")]
    NeverDecides,

    /// Two vectors of one id.
    #[error("the id {id} is taken by the vector on line {line}")]
    IdTwice {
        /// The id.
        id: String,
        /// Where it stands first.
        line: u32,
    },
    /// A vector that shows nothing.
    #[error("a vector shows at least one requirement")]
    ShowsNothing,
    /// A requirement that does not exist.
    #[error("it shows {0:?}, which is none of the requirements")]
    ShowsUnknown(String),
    /// A requirement named twice.
    #[error("it shows {0:?} twice")]
    ShowsTwice(String),
    /// Requirements of different levels.
    #[error(
        "it shows {one} ({one_level}) and {other} ({other_level}), but one failure can have one level only; make two vectors of it"
    )]
    MixedLevels {
        /// A requirement.
        one: String,
        /// Its level.
        one_level: Level,
        /// Another.
        other: String,
        /// Its level.
        other_level: Level,
    },
    /// A `may` vector with an expectation.
    #[error("a vector of level may expects nothing; say what to look for: observe: \"accepts …\"")]
    MayExpects,
    /// A `must` or `should` vector without.
    #[error("a vector of level {0} needs expect: {{token: …}} or {{outcome: …}}")]
    NoExpect(Level),
    /// `observe` at another level.
    #[error("observe is for requirements of level may; this one is of level {0}")]
    Observes(Level),
    /// The expectation has no or two meanings.
    #[error("expect has either a token (with or: refused, where that is sound) or an outcome")]
    ExpectShape,
    /// An expectation that the operation cannot meet.
    #[error("{op} cannot end in {kind}; {hint}")]
    ExpectOfOther {
        /// The operation.
        op: Op,
        /// The outcome.
        kind: OutcomeKind,
        /// What to write.
        hint: &'static str,
    },
    /// An outcome twice, or none.
    #[error("outcome is one outcome or a list of different ones")]
    OutcomeList,
    /// Another word.
    #[error("{0:?} is no outcome; there are accept, anonymous, reject, refused and threw")]
    OutcomeWord(String),

    /// `secret` where `secrets` is due, or the reverse.
    #[error("{0}")]
    SecretShape(&'static str),
    /// A secret of another type.
    #[error("a secret is a text in quotes, {{base64: …}} or {{repeat: …, times: …}}")]
    SecretType,
    /// A value that no suite can hold.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// A long value that is too long.
    #[error("{{repeat, times}} makes more than {limit} bytes")]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// All long values together are too long.
    #[error("the values of all vectors together make more than {limit} bytes")]
    TooLongTogether {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A field that the token carries.
    #[error("{0:?} is carried by the token, so it is not given at verify")]
    FieldInToken(String),
    /// A field that is needed and not given.
    #[error("the field {0:?} is not given; if it is left out on purpose, say input: json")]
    FieldMissing(String),
    /// A token where none belongs.
    #[error("{0} belongs to verify and identify")]
    OnlyVerify(&'static str),
    /// `identify` in a suite without a policy.
    #[error("the suite has no policy, so there is nothing to identify by")]
    NoPolicy,
    /// `identify` without a context.
    #[error("identify needs context: {{key: value, …}}")]
    NoContext,
    /// A context where none belongs.
    #[error("context belongs to identify")]
    ContextElsewhere,
    /// A key without a value.
    #[error("the context says nothing of {0}; every vector says it all")]
    ContextMissing(String),
    /// One value where there is one for each, or the reverse.
    #[error("{}", if *.is_per {
        "there is one for each value of a field: write {value: …, value: …}"
    } else {
        "this key has one value, not one for each of several"
    })]
    ContextShape {
        /// Whether there is one for each value of a field.
        is_per: bool,
    },

    /// No token where one is due.
    #[error("no token is presented; if it is left out on purpose, say input: json")]
    TokenMissing,
    /// No time where one is due.
    #[error("the scheme has a time, so verify needs now: (Unix seconds)")]
    NowMissing,
    /// A time that is signed is a number.
    #[error(
        "{0:?} is a time: give it as a whole number when it is signed; for another type say input: json"
    )]
    TimeAtSign(String),
    /// A time beside a token is a text.
    #[error(
        "{0:?} is a time beside the token: give it as the text of its header, in quotes; for another type say input: json"
    )]
    TimeAtVerify(String),
    /// A value that JSON vectors alone may have.
    #[error("{what} is {found}, where a text is due; if that is on purpose, say input: json")]
    NeedsJson {
        /// The field or the token.
        what: String,
        /// What was found.
        found: &'static str,
    },
    /// `input` says something else than the values.
    #[error("input says {stated}, but the values of this vector are {found}; leave input out")]
    InputStated {
        /// What `input` says.
        stated: InputKind,
        /// What is there.
        found: InputKind,
    },
    /// Two kinds of values.
    #[error(
        "one vector holds {one} and {other}, which no adapter declares together; make two vectors of it"
    )]
    InputMixed {
        /// A kind.
        one: InputKind,
        /// Another.
        other: InputKind,
    },
}
