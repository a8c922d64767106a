//! Names: of suites, requirements, vectors, and of the case that a vector makes.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A kebab-case name, `[a-z0-9]` and single hyphens between: of a suite, requirement or vector.
///
/// Such a name is safe in a path, a shell pattern, a URL and an XML attribute, so that no report
/// has to escape it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Arc<str>);

/// Why a text is no [`Slug`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid name {0:?}: use lower-case letters, digits and single hyphens between them, at most {max} characters",
    max = Slug::MAX_LENGTH
)]
pub struct SlugError(String);

impl Slug {
    /// The longest name that is accepted, in characters.
    pub const MAX_LENGTH: usize = 120;

    /// Checks and keeps a name.
    pub fn new(text: &str) -> Result<Self, SlugError> {
        let well_formed = !text.is_empty()
            && text.len() <= Self::MAX_LENGTH
            && text.split('-').all(|part| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            });
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(SlugError(text.chars().take(Self::MAX_LENGTH + 1).collect()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&Slug> for Arc<str> {
    fn from(slug: &Slug) -> Self {
        Self::clone(&slug.0)
    }
}

impl std::borrow::Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for Slug {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// `suite/vector-id`: the one name of a case, in every report and in every list of known failures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(String);

impl CaseId {
    /// The id of `vector` in `suite`.
    pub fn new(suite: &Slug, vector: &Slug) -> Self {
        Self(format!("{suite}/{vector}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Slug;

    #[test]
    fn names_are_kebab_case() {
        for good in ["a", "jimo", "rfc-4231-1", "54-bytes"] {
            assert_eq!(Slug::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "-",
            "a-",
            "-a",
            "a--b",
            "A",
            "a_b",
            "a/b",
            "é",
            &"a".repeat(121),
        ] {
            assert!(Slug::new(bad).is_err(), "{bad:?}");
        }
    }
}
