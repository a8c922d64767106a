//! The values that templates can use.

use std::borrow::Cow;
use std::fmt;

use crate::signature::{Request, Secrets, Value};

/// The value that a placeholder refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InputName {
    /// `{secret}`: the secret of a scheme with a single one.
    Secret,
    /// `{secrets.NAME}`: one of several secrets.
    SecretOf(String),
    /// `{fields.NAME}`: a field.
    Field(String),
    /// `{token}`: the presented token.
    Token,
    /// `{now}`: the time of verification.
    Now,
    /// `{suite}`: the name of the suite.
    Suite,
}

impl InputName {
    /// Parses the text between the braces; `None` if there is no such value.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match (text, text.split_once('.')) {
            ("secret", _) => Some(Self::Secret),
            ("token", _) => Some(Self::Token),
            ("now", _) => Some(Self::Now),
            ("suite", _) => Some(Self::Suite),
            (_, Some(("fields", name))) => Some(Self::Field(name.to_owned())),
            (_, Some(("secrets", name))) => Some(Self::SecretOf(name.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret => f.write_str("{secret}"),
            Self::SecretOf(name) => write!(f, "{{secrets.{name}}}"),
            Self::Field(name) => write!(f, "{{fields.{name}}}"),
            Self::Token => f.write_str("{token}"),
            Self::Now => f.write_str("{now}"),
            Self::Suite => f.write_str("{suite}"),
        }
    }
}

/// Why a value cannot be carried where the description puts it. The case then does not apply; it is
/// not a failure of the implementation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the description cannot carry it: {0}")]
pub struct NotCarried(pub(super) String);

impl InputName {
    /// The value in a request. Fails if the request has none.
    pub(super) fn value<'r>(&self, request: &'r Request) -> Result<Cow<'r, Value>, NotCarried> {
        let absent = || NotCarried(format!("there is no {self} in this request"));
        match self {
            Self::Secret => match &request.secrets {
                Secrets::One(secret) => Ok(Cow::Owned(secret.to_value())),
                Secrets::Rotated { .. } => Err(NotCarried(
                    "several secrets hold, and a description names one".to_owned(),
                )),
                Secrets::Per(_) => Err(NotCarried(
                    "the scheme has several secrets; {secrets.NAME} is one of them".to_owned(),
                )),
            },
            Self::SecretOf(of) => request
                .secrets
                .iter()
                .find(|(name, _)| *name == Some(of.as_str()))
                .map(|(_, secret)| Cow::Owned(secret.to_value()))
                .ok_or_else(absent),
            Self::Field(field) => request
                .fields
                .value(field)
                .map(Cow::Borrowed)
                .ok_or_else(absent),
            Self::Token => request.token.as_ref().map(Cow::Borrowed).ok_or_else(absent),
            Self::Now => {
                let now = i64::try_from(request.now).unwrap_or(i64::MAX);
                Ok(Cow::Owned(Value::Number(now)))
            }
            Self::Suite => Ok(Cow::Owned(Value::Text(request.suite.to_string()))),
        }
    }

    /// The bytes of a value that is a text, bytes or a number. Fails for any other value.
    pub(super) fn bytes<'r>(&self, request: &'r Request) -> Result<Cow<'r, [u8]>, NotCarried> {
        let bytes = match self.value(request)? {
            Cow::Borrowed(value) => value.to_bytes(),
            Cow::Owned(value) => value.to_bytes().map(|bytes| bytes.into_owned().into()),
        };
        bytes.ok_or_else(|| NotCarried(format!("{self} is neither a text nor a number")))
    }
}
