//! Secrets, which are never printed by accident.

use std::fmt;

use crate::signature::Value;

/// A secret as it is configured, before a scheme turns it into key bytes.
///
/// Its `Debug` shows nothing of it and it has no `Display`: the only way to the text is
/// [`reveal`](Secret::reveal), which is easy to search for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// A secret of these bytes; for a text, its UTF-8.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into().into_boxed_slice())
    }

    /// The bytes of the secret as it was configured.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// The secret as a value of a request: text where it is UTF-8, bytes elsewhere.
    pub fn to_value(&self) -> Value {
        Value::of_bytes(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a request carries: one secret, or one for each value of the field that selects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// The scheme has one secret.
    One(Secret),
    /// The scheme has a secret for each value of a field (a platform, say), in the order given.
    Per(Vec<(String, Secret)>),
}

impl Secrets {
    /// The secret that counts where the selecting field has `value`; `None` selects the only one.
    pub fn select(&self, value: Option<&str>) -> Option<&Secret> {
        match (self, value) {
            (Self::One(secret), _) => Some(secret),
            (Self::Per(secrets), Some(value)) => secrets
                .iter()
                .find(|(name, _)| name == value)
                .map(|(_, secret)| secret),
            (Self::Per(_), None) => None,
        }
    }

    /// Every secret.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Secret> {
        let (one, per): (Option<&mut Secret>, &mut [(String, Secret)]) = match self {
            Self::One(secret) => (Some(secret), &mut []),
            Self::Per(secrets) => (None, secrets),
        };
        one.into_iter()
            .chain(per.iter_mut().map(|(_, secret)| secret))
    }

    /// Every secret with the value that selects it, if any.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&str>, &Secret)> {
        let (one, per): (Option<&Secret>, &[(String, Secret)]) = match self {
            Self::One(secret) => (Some(secret), &[]),
            Self::Per(secrets) => (None, secrets),
        };
        one.map(|secret| (None, secret)).into_iter().chain(
            per.iter()
                .map(|(name, secret)| (Some(name.as_str()), secret)),
        )
    }
}
