//! What a text holds, where that is more than a name.

use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// What a text field holds. As a pattern, it does not bind the oracle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Any text.
    #[default]
    Text,
    /// An object or a list of JSON.
    Json,
    /// A form, `application/x-www-form-urlencoded`.
    Form,
    /// An absolute URL, `http` or `https`.
    Url,
}

impl Content {
    /// Whether some bytes are of it.
    pub fn holds(self, bytes: &[u8]) -> bool {
        let is_printed = || bytes.iter().all(u8::is_ascii_graphic);
        match self {
            Self::Text => true,
            Self::Json => {
                let first = bytes.trim_ascii_start().first();
                first.is_some_and(|byte| b"{[".contains(byte))
                    && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
            }
            Self::Form => is_printed() && bytes.contains(&b'='),
            Self::Url => {
                let host = [&b"https://"[..], b"http://"]
                    .into_iter()
                    .find_map(|scheme| bytes.strip_prefix(scheme));
                is_printed()
                    && host
                        .and_then(<[u8]>::first)
                        .is_some_and(u8::is_ascii_alphanumeric)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Content;

    #[test]
    fn each_content_knows_its_own() {
        for (content, text, holds) in [
            (Content::Text, "\0", true),
            (Content::Json, " {\"a\": [1.0]}\n", true),
            (Content::Json, "[]", true),
            (Content::Json, "42", false),
            (Content::Json, "{", false),
            (Content::Form, "a=1&b=%20", true),
            (Content::Form, "a = 1", false),
            (Content::Form, "user-42", false),
            (Content::Url, "https://a.example/h?b=1", true),
            (Content::Url, "https://", false),
            (Content::Url, "/h", false),
        ] {
            assert_eq!(content.holds(text.as_bytes()), holds, "{content:?} {text}");
        }
    }
}
