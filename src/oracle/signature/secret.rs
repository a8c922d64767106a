//! Secrets, which are never printed by accident.

use std::borrow::Cow;
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
    /// The one secret of the scheme is being replaced: the newest signs, and the tokens of each are
    /// valid.
    Rotated {
        /// The newest.
        newest: Secret,
        /// Those before it, which still hold, the latest first; at least one.
        previous: Vec<Secret>,
    },
}

impl Secrets {
    /// The secret that counts where the selecting field has `value`; `None` selects the only one.
    pub fn select(&self, value: Option<&str>) -> Option<&Secret> {
        match (self, value) {
            (Self::One(secret) | Self::Rotated { newest: secret, .. }, _) => Some(secret),
            (Self::Per(secrets), Some(value)) => secrets
                .iter()
                .find(|(name, _)| name == value)
                .map(|(_, secret)| secret),
            (Self::Per(_), None) => None,
        }
    }

    /// Every secret.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Secret> {
        let (one, previous, per): (_, &mut [Secret], &mut [(String, Secret)]) = match self {
            Self::One(secret) => (Some(secret), &mut [], &mut []),
            Self::Per(secrets) => (None, &mut [], secrets),
            Self::Rotated { newest, previous } => (Some(newest), previous, &mut []),
        };
        one.into_iter()
            .chain(previous)
            .chain(per.iter_mut().map(|(_, secret)| secret))
    }

    /// What is tried in turn when a token is verified: each of several secrets that hold at once.
    pub fn in_turn(&self) -> Vec<Cow<'_, Self>> {
        match self {
            Self::One(_) | Self::Per(_) => vec![Cow::Borrowed(self)],
            Self::Rotated { newest, previous } => {
                let all = std::iter::once(newest).chain(previous);
                all.map(|secret| Cow::Owned(Self::One(secret.clone())))
                    .collect()
            }
        }
    }

    /// Every secret with the value that selects it, if any.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&str>, &Secret)> {
        let (one, previous, per): (_, &[Secret], &[(String, Secret)]) = match self {
            Self::One(secret) => (Some(secret), &[], &[]),
            Self::Per(secrets) => (None, &[], secrets),
            Self::Rotated { newest, previous } => (Some(newest), previous, &[]),
        };
        one.into_iter()
            .chain(previous)
            .map(|secret| (None, secret))
            .chain(
                per.iter()
                    .map(|(name, secret)| (Some(name.as_str()), secret)),
            )
    }
}
