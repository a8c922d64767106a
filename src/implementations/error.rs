//! What can be wrong with a `macproof.yaml`.

use std::fmt;

use crate::implementations::text_template::TextTemplateError;
use crate::implementations::url_template::UrlError;
use crate::implementations::web_address::WebAddressError;
use crate::signature::SlugError;
use crate::suite::{Excerpt, MAX_FILE_BYTES, Position};

/// Why a text describes no implementations: what is wrong, of which one, and where, with the line
/// itself.
#[derive(Debug)]
pub struct ImplementationsError {
    path: String,
    at: Position,
    implementation: Option<String>,
    problem: Box<DescriptionProblem>,
    excerpt: Option<Excerpt>,
}

impl ImplementationsError {
    pub(super) fn new(path: &str, text: &str, fault: Fault) -> Self {
        Self {
            path: path.to_owned(),
            at: fault.at,
            implementation: fault.implementation,
            problem: Box::new(fault.problem),
            excerpt: Excerpt::of(text, fault.at),
        }
    }

    /// What is wrong.
    pub fn problem(&self) -> &DescriptionProblem {
        &self.problem
    }
}

impl fmt::Display for ImplementationsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.at;
        write!(f, "{}:{line}:{column}: ", self.path)?;
        if let Some(name) = &self.implementation {
            write!(f, "implementation {name}: ")?;
        }
        write!(f, "{}", self.problem)?;
        match &self.excerpt {
            Some(excerpt) => write!(f, "\n{excerpt}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ImplementationsError {}

/// A problem and its place.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: Position,
    pub(super) implementation: Option<String>,
    pub(super) problem: DescriptionProblem,
}

impl Fault {
    pub(super) fn new(at: Position, problem: impl Into<DescriptionProblem>) -> Self {
        Self {
            at,
            implementation: None,
            problem: problem.into(),
        }
    }
}

/// What is wrong with a description.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptionProblem {
    /// It is no YAML, or not of that form.
    #[error("{0}")]
    Form(String),
    /// It is larger than any description.
    #[error("larger than {MAX_FILE_BYTES} bytes, which no description needs")]
    TooLarge,
    /// A name is no name.
    #[error(transparent)]
    Name(#[from] SlugError),
    /// The name has a meaning of its own.
    #[error("all means every implementation of the file; choose another name")]
    NameAll,
    /// The name is that of our own.
    #[error("reference means the built-in reference implementation; choose another name")]
    NameReference,
    /// There is nothing in it.
    #[error("it describes no implementation")]
    Nothing,
    /// None or several ways.
    #[error("an implementation has exactly one of command, http and exec")]
    NotOneWay,
    /// A command without a program.
    #[error("the command is empty; name a program, as in [python3, adapter.py]")]
    NoProgram,
    /// Something is to be built that is started by nobody.
    #[error("build belongs to command: it builds the program that is started")]
    NothingToBuild,
    /// A value where the program is named.
    #[error("the program is always the same; a value has its place behind it")]
    ValueAsProgram,
    /// Neither sign nor verify.
    #[error("it has neither sign nor verify")]
    NoCall,
    /// No suite.
    #[error("suites names none; name those whose schemes it implements")]
    NoSuite,
    /// A template.
    #[error(transparent)]
    Template(#[from] TextTemplateError),
    /// A URL.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// An address.
    #[error(transparent)]
    Address(#[from] WebAddressError),
    /// A method that is none.
    #[error("{0:?} is no method; there are GET, POST, PUT and so on")]
    Method(String),
    /// A header that is none, or that the client sets.
    #[error("{0:?} is no header that a description can set")]
    Header(String),
    /// A variable that is none.
    #[error("{0:?} is no name of an environment variable")]
    Variable(String),
    /// JSON and form.
    #[error("a request has one body: json or form")]
    TwoBodies,
    /// An expression that does not compile.
    #[error("this expression does not compile: {0}")]
    Regex(String),
    /// More than one group.
    #[error("an expression has one group, the token; (?:…) groups without being one")]
    Groups,
    /// A pointer that is none.
    #[error("{0:?} is no JSON pointer; it begins with /, as in /data/signature")]
    Pointer(String),
    /// A status that is none.
    #[error("a status lies between {least} and {most}")]
    Status {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// The token has no or several places.
    #[error("a token has exactly one of regex, json and header")]
    NotOneExtract,
    /// A header of a process.
    #[error("a process has no headers; a token of its output has regex or json")]
    HeaderOfProcess,
    /// A condition of nothing.
    #[error("this holds of every output; name what it has to be")]
    EmptyCondition,
    /// No token.
    #[error("sign needs token: {{regex: …}} or {{json: /pointer}}, and neither accept nor reject")]
    SignRules,
    /// No verdict.
    #[error(
        "verify needs accept: … and reject: …, and no token: an answer that matches neither is an error"
    )]
    VerifyRules,
    /// The token does not get there.
    #[error("verify passes no {{token}}")]
    TokenNotPassed,
    /// Sign has no token.
    #[error("sign has no {0}: it belongs to verify")]
    NotOfSign(String),
    /// The secret gets to one and not to the other.
    #[error("{0} passes the secret and {1} does not; pass it to both, or say secret: {{env: …}}")]
    SecretPassedOnce(&'static str, &'static str),
    /// The secret is unknown and passed on.
    #[error("the secret is unknown, so that it cannot be passed on")]
    UnknownSecretPassed,
    /// Another word.
    #[error("{0:?} says nothing of a secret; it is unknown or {{env: VARIABLE}}")]
    SecretWord(String),
    /// How many.
    #[error("max_in_flight lies between 1 and 256")]
    InFlight,
}
