//! Why the oracle declines.

use crate::scheme::SecretEncoding;

/// Why the oracle declines to sign, or to say anything of a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A field that the message or the token needs is not given.
    #[error("the field {0} is missing")]
    MissingField(String),
    /// A field holds what never is a text.
    #[error("the field {field} is {found}; expected a text")]
    NotText {
        /// The field.
        field: String,
        /// What was found.
        found: &'static str,
    },
    /// A time that is not a non-negative integer, or a value outside its enum.
    #[error("the field {0} has a value of the wrong type")]
    BadField(String),
    /// The value that selects the secret selects none.
    #[error("there is no secret for {0:?}")]
    NoSecret(String),
    /// With an empty key anybody can sign.
    #[error("the secret is empty")]
    EmptySecret,
    /// The secret does not spell a key.
    #[error("the secret is not {0:?}")]
    UndecodableSecret(SecretEncoding),
}
