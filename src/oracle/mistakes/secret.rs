//! Mistakes from the configured secret to the key.

use std::borrow::Cow;

use crate::mistakes::applicability::{
    always, secret_depends_on_a_field, secret_has_no_prefix, secret_has_prefix, secret_is_encoded,
    secret_is_not_base64, secret_is_not_base64url, secret_is_not_hex,
};
use crate::mistakes::lenient::{
    base64_as_node, base64_as_php, hex_as_node, hex_as_php, hex_as_ruby,
};
use crate::mistakes::{
    Change, Form, Forms, Hash, Mistake, MistakeId, SecretText, SelectedSecret, Stage,
};
use crate::scheme::{SecretEncoding, SecretRule};
use crate::signature::{Encoding, Secret};

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "",
    hints: &[],
    seen: "",
    stage: Stage::Secret,
    case_of: None,
    applies: always,
    change: Change::Key(|key| Form::only(key.to_vec())),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("secret-hex-decoded"),
        title: "the secret is decoded from hex",
        wrong: "A secret whose characters are the key is taken for hex, because it looks like it.",
        remedy: "Use the secret's characters as they stand, in UTF-8; do not hex-decode it.",
        seen: "origin#2883; JotReview calls a secret of 33 characters a 32-byte hex string",
        applies: secret_is_not_hex,
        change: Change::Decoding(|secret| strictly(hex::decode(secret.stripped).ok())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-line-feed-added"),
        title: "the secret ends with {form:a line feed}",
        wrong: "What stands behind the secret in the file or variable that holds it is part of the key.",
        remedy: "Take it off when the secret is read.",
        hints: &[
            ("shell", "echo -n"),
            ("python", ".strip()"),
            ("javascript", ".trim()"),
            ("php", "trim"),
            ("ruby", ".strip"),
        ],
        seen: "doco-cd#545, stripe-node#1812",
        change: Change::SecretText(|text| {
            vec![
                Form::new([text, b"\n"].concat(), "a line feed"),
                Form::new(
                    [text, b"\r\n"].concat(),
                    "a carriage return and a line feed",
                ),
                Form::new([text, b" "].concat(), "a space"),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-trimmed"),
        title: "blanks around the secret are taken off",
        wrong: "The secret begins or ends with a blank that belongs to it, and the blank is lost.",
        remedy: "Use the secret exactly as it is configured; if its blanks are an accident, correct the configuration.",
        change: Change::SecretText(|text| Form::only(text.trim_ascii().to_vec())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-as-text"),
        title: "the secret is used as text",
        wrong: "The secret spells the key, but its characters are taken for the key itself.",
        remedy: "Decode the secret as the scheme says before it is used as the key.",
        applies: secret_is_encoded,
        change: Change::Decoding(|secret| Form::only(secret.stripped.to_vec())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-base64-decoded"),
        title: "the secret is decoded from base64",
        wrong: "A secret that is no base64, or need not be decoded, is taken for base64.",
        remedy: "Use the secret as the scheme says; do not base64-decode it.",
        seen: "bifrost#726",
        applies: secret_is_not_base64,
        change: Change::Decoding(|secret| strictly(decode(secret, Encoding::Base64))),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-of-another-platform"),
        title: "another {per}'s secret is used",
        wrong: "Each {per} has a secret of its own, and that of another one makes the key.",
        remedy: "Select the secret by the {per} that is given.",
        seen: "intercom-android#391",
        applies: secret_depends_on_a_field,
        change: Change::WhichSecret(of_another),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-prefix-kept"),
        title: "the prefix of the secret is kept",
        wrong: "{prefix} only marks the secret, and becomes part of the key.",
        remedy: "Take {prefix} off before the secret becomes the key.",
        applies: secret_has_prefix,
        change: Change::Decoding(with_prefix),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-prefix-stripped"),
        title: "the beginning of the secret is taken off",
        wrong: "What stands before an underscore belongs to the key and is lost.",
        remedy: "Use the whole secret, with all that stands before the underscore.",
        applies: secret_has_no_prefix,
        change: Change::SecretText(without_prefix),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-given-with-more-before"),
        title: "the secret is used without what stands before it",
        wrong: "The key is made without what stands before the secret, so an implementation that uses the secret as it was given has another key.",
        remedy: "Give the secret as it is issued, beginning with {prefix}.",
        applies: secret_has_prefix,
        change: Change::Decoding(from_its_prefix),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-hex-decoded-as-node"),
        title: "the secret is decoded from hex as Node.js does",
        wrong: "Node.js's Buffer.from(secret, 'hex') stops silently at the first pair that is not hex, so that a part of the secret is the key.",
        remedy: "Do not hex-decode the secret; where the scheme wants that, check that it is hex of even length first.",
        seen: "JotReview's sample secret of 33 characters gives 16 bytes",
        case_of: Some("secret-hex-decoded"),
        change: Change::Decoding(|secret| Form::only(hex_as_node(secret.stripped))),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-hex-decoded-as-ruby"),
        title: "the secret is decoded from hex as Ruby does",
        wrong: "Ruby's [secret].pack('H*') makes a byte of any two characters and pads an odd one, so that rubbish is the key.",
        remedy: "Do not hex-decode the secret; where the scheme wants that, check that it is hex of even length first.",
        seen: "JotReview's sample secret of 33 characters gives 17 bytes",
        case_of: Some("secret-hex-decoded"),
        change: Change::Decoding(|secret| Form::only(hex_as_ruby(secret.stripped))),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-hex-decoded-as-php"),
        title: "the secret is decoded from hex as PHP does",
        wrong: "PHP's hex2bin gives false for a text that is not hex, and false is the empty key: anybody can sign.",
        remedy: "Do not hex-decode the secret; where the scheme wants that, check for false.",
        case_of: Some("secret-hex-decoded"),
        change: Change::Decoding(|secret| Form::only(hex_as_php(secret.stripped))),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-base64-decoded-leniently"),
        title: "the secret is decoded from base64, whatever it holds",
        wrong: "The decoder passes over foreign characters, so that any text becomes some key.",
        remedy: "Do not base64-decode the secret; where the scheme wants that, decode strictly.",
        case_of: Some("secret-base64-decoded"),
        change: Change::Decoding(|secret| {
            vec![
                Form::new(
                    base64_as_node(secret.stripped),
                    "either alphabet, up to the first =",
                ),
                Form::new(
                    base64_as_php(secret.stripped),
                    "one alphabet, and on behind a =",
                ),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-base64url-decoded"),
        title: "the secret is decoded from base64url",
        wrong: "A secret that is no base64url, or need not be decoded, is taken for base64url.",
        remedy: "Use the secret as the scheme says; do not base64url-decode it.",
        applies: secret_is_not_base64url,
        change: Change::Decoding(|secret| strictly(decode(secret, Encoding::Base64url))),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-quoted"),
        title: "quotes stand around the secret",
        wrong: "The quotes of a configuration file or JSON are part of the key.",
        remedy: "Take the quotes off when the secret is read.",
        change: Change::SecretText(|text| {
            vec![
                Form::new([b"\"", text, b"\""].concat(), "double quotes"),
                Form::new([b"'", text, b"'"].concat(), "single quotes"),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-empty"),
        title: "the key is empty",
        wrong: "A variable that is not set makes the empty key, with which anybody can sign.",
        remedy: "Check that the secret is configured and reaches the code that signs.",
        seen: "stripe-node#2841, standard-webhooks#286, CVE-2026-86080 (n8n)",
        change: Change::Key(|_| Form::only(Vec::new())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-empty-allowed"),
        title: "an empty secret is taken for a key",
        wrong: "Nothing is wrong while a secret is set; without one everybody can sign.",
        remedy: "Refuse to start without a secret, and with one that decodes to nothing.",
        seen: "librefang#3472, go-githubauth#61, corsair#587, node-bigcommerce#10",
        change: Change::Key(|key| Form::only(key.to_vec())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-lower-cased"),
        title: "the secret is lower-cased",
        wrong: "Capital letters of the secret are lost.",
        remedy: "Use the secret as it stands; case counts.",
        applies: |scheme| secret_is_not_hex(scheme).map_err(|_| "case does not count in hex"),
        change: Change::SecretText(|text| Form::only(text.to_ascii_lowercase())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-hashed"),
        title: "the SHA-256 of the secret is the key",
        wrong: "The secret is hashed first, as for a password or a cipher's key.",
        remedy: "Give the secret itself to HMAC.",
        change: Change::Key(|key| {
            let digest = Hash::Sha256.digest(key);
            vec![
                Form::new(digest.bytes().to_vec(), "as bytes"),
                Form::new(hex::encode(digest.bytes()).into_bytes(), "as hex"),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-cut-to-64-bytes"),
        title: "the key is cut to 64 bytes",
        wrong: "A longer key is cut to the block of the hash function instead of being hashed.",
        remedy: "Give the whole key to HMAC; it takes any length (RFC 2104, section 3).",
        change: Change::Key(|key| Form::only(key[..key.len().min(64)].to_vec())),
        ..ENTRY
    },
];

/// An exception comes out where there is nothing decoded.
fn strictly(decoded: Option<Vec<u8>>) -> Forms<Vec<u8>> {
    decoded.map(Form::only).unwrap_or_default()
}

/// Base64 with its padding; where the secret is text to the scheme, without it too.
fn decode(secret: &SecretText<'_>, encoding: Encoding) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(secret.stripped).ok()?;
    let is_text = secret.rule.encoding == SecretEncoding::Utf8;
    let unpadded = || is_text.then(|| encoding.unpadded().decode(text)).flatten();
    encoding.decode(text).or_else(unpadded)
}

fn of_another(secrets: &SelectedSecret<'_>) -> Forms<Vec<u8>> {
    if secrets.others.is_empty() {
        return Form::only(secrets.selected.to_vec());
    }
    let form = |(name, text): &(&str, &[u8])| Form::new(text.to_vec(), format!("that of {name}"));
    secrets.others.iter().map(form).collect()
}

fn with_prefix(secret: &SecretText<'_>) -> Forms<Vec<u8>> {
    let decoded = match secret.rule.encoding {
        SecretEncoding::Utf8 => secret.configured.to_vec(),
        SecretEncoding::Hex => hex_as_node(secret.configured),
        SecretEncoding::Base64 | SecretEncoding::Base64url => base64_as_node(secret.configured),
    };
    vec![
        Form::new(decoded, "and decoded with it"),
        Form::new(secret.configured.to_vec(), "and the whole used as text"),
    ]
}

/// Without what stands before the scheme's prefix; where that is not there, before an underscore.
fn from_its_prefix(secret: &SecretText<'_>) -> Forms<Vec<u8>> {
    let text = secret.configured;
    if let Some(right) = right_key_of(secret.rule, text) {
        return Form::only(right);
    }
    let key = |from: usize| right_key_of(secret.rule, &text[from..]);
    let prefix = secret.rule.strip_prefix.as_deref().unwrap_or_default();
    let at_prefix = (!prefix.is_empty())
        .then(|| {
            text.windows(prefix.len())
                .position(|at| at == prefix.as_bytes())
        })
        .flatten();
    let from = match at_prefix {
        Some(at) => Some((at, String::from_utf8_lossy(&text[..at]).into_owned())),
        None => text
            .iter()
            .rposition(|&b| b == b'_')
            .map(|at| (at + 1, String::from_utf8_lossy(&text[..=at]).into_owned())),
    };
    let form = from.and_then(|(from, before)| Some(Form::new(key(from)?, before)));
    form.map_or_else(Vec::new, |form| vec![form])
}

/// The key of a text by a rule.
fn right_key_of(rule: &SecretRule, text: &[u8]) -> Option<Vec<u8>> {
    rule.decode(&Secret::new(text)).ok().map(Cow::into_owned)
}

/// Up to the first underscore, or to the last: `whsec_…`, `sk_live_…`.
fn without_prefix(text: &[u8]) -> Forms<Vec<u8>> {
    let behind = |at: Option<usize>| at.map(|at| text[at + 1..].to_vec());
    let first = behind(text.iter().position(|&b| b == b'_'));
    let last = behind(text.iter().rposition(|&b| b == b'_'));
    match (first, last) {
        (Some(first), Some(last)) if first == last => {
            vec![Form::new(first, "up to the underscore")]
        }
        (Some(first), Some(last)) => vec![
            Form::new(first, "up to the first underscore"),
            Form::new(last, "up to the last underscore"),
        ],
        _ => Form::only(text.to_vec()),
    }
}
