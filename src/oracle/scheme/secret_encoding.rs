//! How the text of a secret spells the key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the text of a secret spells the key.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum SecretEncoding {
    /// The text's UTF-8 bytes are the key.
    Utf8,
    /// The text is hexadecimal, in either case.
    Hex,
    /// The text is standard base64, padded.
    Base64,
    /// The text is URL-safe base64, padded.
    Base64url,
}
