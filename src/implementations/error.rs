//! Errors in a `macproof.yaml`.

use std::fmt;

use crate::implementations::text_template::TextTemplateError;
use crate::implementations::time_limit::TimeError;
use crate::implementations::url_template::UrlError;
use crate::implementations::web_address::WebAddressError;
use crate::signature::SlugError;
use crate::suite::{Excerpt, MAX_FILE_BYTES, Position};

/// Why a file cannot be read as descriptions: the problem, the implementation concerned, and the
/// place with the line itself.
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

    /// The problem.
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

/// A problem in a description.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptionProblem {
    /// The text is not valid YAML, or does not match the schema.
    #[error("{0}")]
    Form(String),
    /// The file exceeds the size limit.
    #[error("larger than the limit of {MAX_FILE_BYTES} bytes")]
    TooLarge,
    /// A name is not a valid slug.
    #[error(transparent)]
    Name(#[from] SlugError),
    /// A time limit is not a time.
    #[error(transparent)]
    Time(TimeError),
    /// `jobs` is out of range.
    #[error("jobs must be between 1 and 256")]
    Jobs,
    /// The name `all` is reserved.
    #[error("the name all is reserved for every implementation of the file; choose another name")]
    NameAll,
    /// The name of the built-in reference is reserved.
    #[error(
        "the name reference is reserved for the built-in reference implementation; choose another name"
    )]
    NameReference,
    /// The file describes nothing.
    #[error("it has no implementations")]
    Nothing,
    /// An implementation has no way to be reached, or several.
    #[error("an implementation has exactly one of command, http and exec")]
    NotOneWay,
    /// A command has no program.
    #[error("the command is empty; name a program, as in [python3, adapter.py]")]
    NoProgram,
    /// There is a build command, but no program to start.
    #[error("build is allowed only with command: it builds the program to start")]
    NothingToBuild,
    /// The program is a placeholder.
    #[error("the program cannot contain a placeholder; put it in an argument")]
    ValueAsProgram,
    /// Neither `sign` nor `verify` is described.
    #[error("it has neither sign nor verify")]
    NoCall,
    /// No suite is named.
    #[error("suites is empty; name the suites whose schemes it implements")]
    NoSuite,
    /// A template is invalid.
    #[error(transparent)]
    Template(#[from] TextTemplateError),
    /// A URL is invalid.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// An address is invalid.
    #[error(transparent)]
    Address(#[from] WebAddressError),
    /// A server over TLS, and nothing by which it is trusted.
    #[error(
        "an https address needs ca_file: a PEM file with the certificate by which its server is trusted, which is its issuer's or its own"
    )]
    NoAuthorities,
    /// Certificates, and no server over TLS.
    #[error("ca_file is for https addresses, and this implementation has none")]
    NotHttps,
    /// The HTTP method is invalid.
    #[error("invalid method {0:?}; expected GET, POST, PUT or another HTTP method")]
    Method(String),
    /// A header is invalid, or is one that the client sets.
    #[error("a description cannot set the header {0:?}")]
    Header(String),
    /// The name of an environment variable is invalid.
    #[error("invalid environment variable name {0:?}")]
    Variable(String),
    /// Several bodies are given.
    #[error("a request has one body: json, form or body")]
    TwoBodies,
    /// A regular expression does not compile.
    #[error("this expression does not compile: {0}")]
    Regex(String),
    /// A regular expression has more than one group.
    #[error("an expression has exactly one group, the token; use (?:…) for other groups")]
    Groups,
    /// A JSON pointer is invalid.
    #[error("invalid JSON pointer {0:?}; it begins with /, for example /data/signature")]
    Pointer(String),
    /// A status is out of range.
    #[error("a status is between {least} and {most}")]
    Status {
        /// The smallest valid status.
        least: u64,
        /// The largest valid status.
        most: u64,
    },
    /// The token has no source, or several.
    #[error("a token has exactly one of regex, json and header")]
    NotOneExtract,
    /// A process has no headers.
    #[error("the output of a process has no headers; use regex or json for the token")]
    HeaderOfProcess,
    /// A condition is empty.
    #[error("this matches every output; state at least one condition")]
    EmptyCondition,
    /// `sign` needs `token`.
    #[error("sign needs token: {{regex: …}} or {{json: /pointer}}, and neither accept nor reject")]
    SignRules,
    /// `verify` needs `accept` and `reject`, and no `token`.
    #[error(
        "verify needs accept: … and reject: …, and no token: an answer that matches neither is an error"
    )]
    VerifyRules,
    /// `verify` does not pass the token on.
    #[error("verify passes no {{token}}")]
    TokenNotPassed,
    /// `verify` leaves the token to the places of schemes that have none.
    #[error("verify passes no {{token}}, and none of its suites states where it stands")]
    TokenNotPlaced,
    /// No suite has a field that a call passes on.
    #[error("unknown field in {{fields.{name}}}; {hint}")]
    UnknownField {
        /// The name that is given.
        name: String,
        /// What may have been meant.
        hint: String,
    },
    /// A key does not belong to `sign`.
    #[error("sign has no {0}; only verify does")]
    NotOfSign(String),
    /// One operation passes the secret on, and the other does not.
    #[error("{0} passes the secret and {1} does not; pass it to both, or say secret: {{env: …}}")]
    SecretPassedOnce(&'static str, &'static str),
    /// The secret is declared unknown, but passed on.
    #[error("the secret is unknown, so {{secret}} cannot be used")]
    UnknownSecretPassed,
    /// The value of `secret` is unknown.
    #[error("invalid secret {0:?}; expected unknown or {{env: VARIABLE}}")]
    SecretWord(String),
    /// `max_in_flight` is out of range.
    #[error("max_in_flight is between 1 and 256")]
    InFlight,
}
