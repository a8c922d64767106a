//! What a template can put in: the values of one request.

use std::borrow::Cow;
use std::fmt;

use crate::signature::{Fields, Secrets, Value};

/// The values of one request.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The name of the suite.
    pub suite: &'a str,
    /// The secret or secrets.
    pub secrets: &'a Secrets,
    /// The fields that are given.
    pub fields: &'a Fields,
    /// The token presented; `None` where it is absent, and when signing.
    pub token: Option<&'a Value>,
    /// The time of verification in Unix seconds.
    pub now: u64,
}

/// What a placeholder stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InputName {
    /// `{secret}`: the secret, where the scheme has one.
    Secret,
    /// `{secrets.NAME}`: one of several.
    SecretOf(String),
    /// `{fields.NAME}`: a field.
    Field(String),
    /// `{token}`: the token that is presented.
    Token,
    /// `{now}`: the time of verification.
    Now,
    /// `{suite}`: the name of the suite.
    Suite,
}

impl InputName {
    /// Reads what stands between the braces; `None` if there is no such value.
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

/// Why a value cannot be put where the description wants it. It is no fault of the
/// implementation: the case does not apply to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the description cannot carry it: {0}")]
pub struct NotCarried(pub(super) String);

impl<'a> Inputs<'a> {
    /// The value of a placeholder.
    pub(super) fn value(&self, name: &InputName) -> Result<Cow<'a, Value>, NotCarried> {
        let absent = || NotCarried(format!("there is no {name} in this request"));
        match name {
            InputName::Secret => match self.secrets {
                Secrets::One(secret) => Ok(Cow::Owned(secret.to_value())),
                Secrets::Per(_) => Err(NotCarried(
                    "the scheme has several secrets; {secrets.NAME} is one of them".to_owned(),
                )),
            },
            InputName::SecretOf(of) => self
                .secrets
                .iter()
                .find(|(name, _)| *name == Some(of.as_str()))
                .map(|(_, secret)| Cow::Owned(secret.to_value()))
                .ok_or_else(absent),
            InputName::Field(field) => self
                .fields
                .value(field)
                .map(Cow::Borrowed)
                .ok_or_else(absent),
            InputName::Token => self.token.map(Cow::Borrowed).ok_or_else(absent),
            InputName::Now => {
                let now = i64::try_from(self.now).unwrap_or(i64::MAX);
                Ok(Cow::Owned(Value::Number(now)))
            }
            InputName::Suite => Ok(Cow::Owned(Value::Text(self.suite.to_owned()))),
        }
    }

    /// The bytes of a value, where it is a text, bytes, or a number.
    pub(super) fn bytes(&self, name: &InputName) -> Result<Cow<'a, [u8]>, NotCarried> {
        let bytes = match self.value(name)? {
            Cow::Borrowed(value) => value.to_bytes(),
            Cow::Owned(value) => value.to_bytes().map(|bytes| bytes.into_owned().into()),
        };
        bytes.ok_or_else(|| NotCarried(format!("{name} is neither a text nor a number")))
    }
}
