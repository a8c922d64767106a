//! How a configured secret becomes key bytes.

use std::borrow::Cow;

use crate::scheme::{KeyStep, Pattern, Refusal, SecretEncoding};
use crate::signature::{Encoding, Secret};

/// How a configured secret becomes key bytes, and which of several it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRule {
    /// How its text encodes the key.
    pub encoding: SecretEncoding,
    /// A prefix that is removed if present.
    pub strip_prefix: Option<String>,
    /// What is done to the decoded bytes until they are the key; nothing in most schemes.
    pub derive: Vec<KeyStep>,
    /// The form of its text, prefix included, where the scheme states one. It does not bind the
    /// oracle.
    pub pattern: Option<Pattern>,
    /// The field whose value selects the secret, if there is one secret per value.
    pub per: Option<usize>,
    /// Whether secrets may hold beside the newest while it replaces them.
    pub rotates: bool,
}

impl SecretRule {
    /// The secret that spells these bytes, prefix included: what [`decode`](Self::decode) takes
    /// apart.
    pub fn spell(&self, key: &[u8]) -> Secret {
        let text: Cow<'_, [u8]> = match self.encoding {
            SecretEncoding::Utf8 => key.into(),
            SecretEncoding::Hex => Encoding::Hex.encode(key).into_bytes().into(),
            SecretEncoding::Base64 => Encoding::Base64.encode(key).into_bytes().into(),
            SecretEncoding::Base64url => Encoding::Base64url.encode(key).into_bytes().into(),
        };
        let prefix = self.strip_prefix.as_deref().unwrap_or_default();
        Secret::new([prefix.as_bytes(), &text].concat())
    }

    /// Whether a secret is of the form that the scheme states. One that spells no key has
    /// requirements of its own, and is not what a form is about.
    pub fn is_of_its_form(&self, secret: &Secret) -> bool {
        let fits = |pattern: &Pattern| pattern.matches(secret.reveal());
        self.pattern.as_ref().is_none_or(fits) || self.decode(secret).is_err()
    }

    /// The bytes of a secret, which are the key where nothing is derived from them. They are never
    /// empty: with an empty key anybody can sign.
    pub fn decode<'s>(&self, secret: &'s Secret) -> Result<Cow<'s, [u8]>, Refusal> {
        let configured = secret.reveal();
        let text = self
            .strip_prefix
            .as_ref()
            .and_then(|prefix| configured.strip_prefix(prefix.as_bytes()))
            .unwrap_or(configured);
        let read = |spell: &dyn Fn(&str) -> Option<Vec<u8>>| {
            let decoded = std::str::from_utf8(text).ok().and_then(spell);
            decoded
                .map(Cow::Owned)
                .ok_or(Refusal::UndecodableSecret(self.encoding))
        };
        let key = match self.encoding {
            SecretEncoding::Utf8 => Cow::Borrowed(text),
            SecretEncoding::Hex => read(&|t| hex::decode(t).ok())?,
            SecretEncoding::Base64 => read(&|t| Encoding::Base64.decode(t))?,
            SecretEncoding::Base64url => read(&|t| Encoding::Base64url.decode(t))?,
        };
        if key.is_empty() {
            Err(Refusal::EmptySecret)
        } else {
            Ok(key)
        }
    }
}
