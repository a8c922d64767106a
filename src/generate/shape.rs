//! What the texts of a field look like, as far as its author's own vectors tell.
//!
//! An implementation may know that its identities are emails, or that the bodies it verifies are
//! JSON, and decline all else. Only the vectors by hand can say so.

use crate::generate::fixture::IDENTITY;
use crate::signature::{OutcomeKind, Value};
use crate::suite::{Expect, Suite, Vector};

/// What the texts of a field look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Anything.
    Any,
    /// Email addresses.
    Email,
    /// Objects or lists of JSON.
    Json,
}

impl Shape {
    /// The shape that all texts have which the vectors by hand sign or accept.
    pub(crate) fn of(suite: &Suite, field: &str) -> Self {
        let texts: Vec<&str> = suite
            .vectors
            .iter()
            .filter(|vector| is_ordinary(vector))
            .filter_map(|vector| vector.request.fields.value(field)?.as_text())
            .collect();
        let all = |is: fn(&str) -> bool| !texts.is_empty() && texts.iter().all(|text| is(text));
        if all(is_email) {
            Self::Email
        } else if all(is_json) {
            Self::Json
        } else {
            Self::Any
        }
    }

    /// Whether a value is of this shape.
    pub(crate) fn fits(self, value: &Value) -> bool {
        match (self, value.as_text()) {
            (Self::Any, _) => true,
            (_, None) => false,
            (Self::Email, Some(text)) => is_email(text),
            (Self::Json, Some(text)) => is_json(text),
        }
    }

    /// A text of this shape with a name in it.
    pub(crate) fn with_name(self, name: &str) -> String {
        match self {
            Self::Any => name.to_owned(),
            Self::Email => format!("{name}@example.com"),
            Self::Json => format!("{{\"id\":\"{name}\"}}"),
        }
    }

    /// The ordinary text of this shape.
    pub(crate) fn ordinary(self) -> String {
        self.with_name(IDENTITY)
    }
}

/// Whether a vector binds implementations to take its values.
pub(crate) fn is_ordinary(vector: &Vector) -> bool {
    match &vector.expect {
        Expect::Token { or, .. } => or.is_empty(),
        Expect::Outcomes(kinds) => kinds == &[OutcomeKind::Accept],
        Expect::Rejected { .. } | Expect::Observe(_) => false,
    }
}

fn is_email(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-+_".contains(c);
    text.split_once('@').is_some_and(|(name, domain)| {
        let domain_is_sound = domain.contains('.') && domain.chars().all(is_plain);
        !name.is_empty() && domain_is_sound && name.chars().all(is_plain)
    })
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{Shape, is_email, is_json};

    #[test]
    fn shapes_are_told() {
        for email in ["a@b.c", "jane+news@example.com", &Shape::Email.ordinary()] {
            assert!(is_email(email), "{email}");
        }
        for other in ["a", "a@b", "@b.c", "a b@c.d", "a@b.c\n", "zoë@example.com"] {
            assert!(!is_email(other), "{other}");
        }
        for json in ["{}", " [1] ", "{\"a\": \"é\"}\n", &Shape::Json.ordinary()] {
            assert!(is_json(json), "{json}");
        }
        for other in ["", "1", "null", "{", "{}\0", "\u{feff}{}", "{'a': 1}"] {
            assert!(!is_json(other), "{other:?}");
        }
    }
}
