//! Estimates the entropy of the secret that a document shows.

use std::collections::HashMap;

use crate::scheme::SecretEncoding;
use crate::signature::Secret;
use crate::suite::{Basis, Suite};

/// A document's secret, with an estimate of the number of similar ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DocumentedSecret {
    /// The secret in quotes.
    pub(super) shown: String,
    /// Number of characters that vary.
    pub(super) length: usize,
    /// Number of different characters that each of them could be.
    pub(super) alphabet: usize,
    /// Base-2 logarithm of the number of such secrets, rounded down. An upper bound, because the
    /// secret does not show how it was generated.
    pub(super) bits: usize,
}

/// The document's secret: the one used by most vectors with basis `document`. Vectors that test
/// unusual secrets use each of them only once.
pub(super) fn documented_secret(suite: &Suite) -> Option<DocumentedSecret> {
    let mut uses: HashMap<&[u8], (usize, usize)> = HashMap::new();
    let secrets = suite
        .vectors
        .iter()
        .filter(|vector| vector.basis == Basis::Document)
        .flat_map(|vector| vector.request.secrets.iter());
    for (order, (_, secret)) in secrets.enumerate() {
        uses.entry(secret.reveal()).or_insert((0, order)).0 += 1;
    }
    let (bytes, _) = uses
        .into_iter()
        .max_by_key(|(_, (count, order))| (*count, std::cmp::Reverse(*order)))?;
    estimate(bytes, suite)
}

fn estimate(configured: &[u8], suite: &Suite) -> Option<DocumentedSecret> {
    let text = std::str::from_utf8(configured).ok()?;
    let rule = &suite.scheme.secret;
    let varying = rule
        .strip_prefix
        .as_deref()
        .and_then(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let (length, alphabet) = match rule.encoding {
        SecretEncoding::Utf8 => (varying.chars().count(), alphabet(varying)),
        // An encoded secret varies in the bytes it encodes, not in its characters.
        _ => (rule.decode(&Secret::new(configured)).ok()?.len(), 256),
    };
    Some(DocumentedSecret {
        shown: format!("{text:?}"),
        length,
        alphabet,
        bits: bits(length, alphabet),
    })
}

/// The size of the smallest common alphabet that contains all characters of a text.
fn alphabet(text: &str) -> usize {
    let all = |is: fn(char) -> bool| text.chars().all(is);
    if all(|c| c.is_ascii_digit()) {
        10
    } else if all(|c| c.is_ascii_digit() || matches!(c, 'a'..='f'))
        || all(|c| c.is_ascii_digit() || matches!(c, 'A'..='F'))
    {
        16
    } else if all(|c| c.is_ascii_lowercase()) || all(|c| c.is_ascii_uppercase()) {
        26
    } else if all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        || all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    {
        36
    } else if all(|c| c.is_ascii_alphanumeric()) {
        62
    } else if all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_')) {
        66
    } else if all(|c| c.is_ascii_graphic() || c == ' ') {
        95
    } else {
        // Any character: larger than the alphabet of any real secret.
        1 << 16
    }
}

/// `length * log2(alphabet)`, rounded down.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive number far below 2^52"
)]
fn bits(length: usize, alphabet: usize) -> usize {
    (length as f64 * (alphabet as f64).log2() + 1e-9) as usize
}

#[cfg(test)]
mod tests {
    use super::{alphabet, bits};

    #[test]
    fn the_estimate_uses_the_smallest_common_alphabet() {
        for (text, letters, strength) in [
            ("secret", 26, 28),
            ("1234567890123456789012345678901234567890", 10, 132),
            ("13f2a9c1d8e7b4f6a0c5d2e9b1a4f7e3c", 16, 132),
            ("13F2A9C1", 16, 32),
            ("aBc123DeF456gHi789JkL012mNo345PqR678sTu901Vw", 62, 261),
            ("It's a Secret to Everybody", 95, 170),
            ("g\u{e9}heim", 1 << 16, 96),
        ] {
            assert_eq!(alphabet(text), letters, "{text}");
            assert_eq!(bits(text.chars().count(), letters), strength, "{text}");
        }
    }
}
