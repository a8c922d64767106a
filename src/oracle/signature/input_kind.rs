//! What kind of values a request holds.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::signature::enumerated;

enumerated! {
    /// What kind of values an adapter must take for a vector to apply to it.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
    )]
    #[serde(rename_all = "lowercase")]
    pub enum InputKind {
        /// Strings.
        Text,
        /// `{"base64": "…"}`.
        Bytes,
        /// JSON numbers where a text is due.
        Number,
        /// Secrets that hold beside the newest, while it replaces them.
        Rotation,
        /// Null, booleans, lists, maps, and fields or tokens that are absent or no strings.
        Json,
    }
}

impl InputKind {
    /// The word of the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Number => "number",
            Self::Rotation => "rotation",
            Self::Json => "json",
        }
    }
}

impl fmt::Display for InputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
