//! A secret that is not what the scheme's secrets are.

use crate::scheme::{FieldTexts, Refusal, Scheme, SecretEncoding, SecretRule};
use crate::signature::{Fields, Secret, Secrets};

/// What is wrong with the secret that counts for these fields; it is told of as `subject`.
pub(super) fn remarks(
    subject: &str,
    scheme: &Scheme,
    secrets: &Secrets,
    fields: &Fields,
) -> Vec<String> {
    let texts = FieldTexts::read(&scheme.fields, fields);
    let selected = texts.and_then(|texts| scheme.select_secret(secrets, &texts));
    let said = selected.map_or_else(|_| Vec::new(), |secret| of_secret(&scheme.secret, secret));
    let remark = |said: String| format!("{subject} {said}");
    said.into_iter().map(remark).collect()
}

/// What is wrong with a secret, as what is said of it, in words that do not repeat it.
fn of_secret(rule: &SecretRule, secret: &Secret) -> Vec<String> {
    let text = String::from_utf8_lossy(secret.reveal());
    if text.is_empty() {
        return vec!["is empty".to_owned()];
    }
    let bare = text.trim();
    let around = [
        end(&text[..text.len() - text.trim_start().len()])
            .map(|what| format!("begins with {what}")),
        end(&text[text.trim_end().len()..]).map(|what| format!("ends with {what}")),
    ];
    let around: Vec<String> = around.into_iter().flatten().collect();
    let mut remarks = Vec::new();
    if !around.is_empty() {
        remarks.push(around.join(" and "));
    }
    // Of what stands around it is told already.
    let bare = if around.is_empty() {
        secret.clone()
    } else {
        Secret::new(bare)
    };
    remarks.extend(of_form(rule, &bare));
    remarks
}

/// What blanks at an end are.
fn end(blanks: &str) -> Option<&'static str> {
    if blanks.is_empty() {
        None
    } else if blanks.contains(['\n', '\r']) {
        Some("a line end")
    } else {
        Some("a blank")
    }
}

/// In which respect a secret is not of the scheme's form.
fn of_form(rule: &SecretRule, secret: &Secret) -> Option<String> {
    let encoding = match rule.encoding {
        SecretEncoding::Utf8 => "text",
        SecretEncoding::Hex => "hex",
        SecretEncoding::Base64 => "base64",
        SecretEncoding::Base64url => "base64url",
    };
    let due = match &rule.strip_prefix {
        None => encoding.to_owned(),
        Some(prefix) => format!("{prefix} followed by {encoding}"),
    };
    match (rule.decode(secret), &rule.pattern) {
        (Err(Refusal::EmptySecret), _) => Some(format!("is empty; the scheme's secrets are {due}")),
        (Err(_), _) => Some(format!("is not {due}, as the scheme's secrets are")),
        (Ok(_), Some(pattern)) if !pattern.matches(secret.reveal()) => Some(format!(
            "does not have the form of the scheme's secrets, {}",
            pattern.as_str()
        )),
        (Ok(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::of_secret;
    use crate::scheme::{Pattern, SecretEncoding, SecretRule};
    use crate::signature::Secret;

    #[test]
    fn a_secret_that_does_not_fit_is_remarked() {
        let text = SecretRule {
            encoding: SecretEncoding::Utf8,
            derive: Vec::new(),
            strip_prefix: None,
            pattern: None,
            per: None,
            rotates: false,
        };
        let prefixed = SecretRule {
            encoding: SecretEncoding::Base64,
            strip_prefix: Some("wh_".to_owned()),
            ..text.clone()
        };
        let formed = SecretRule {
            pattern: Some(Pattern::compile("sk_[a-z]{4}").unwrap()),
            ..text.clone()
        };
        let hex = SecretRule {
            encoding: SecretEncoding::Hex,
            ..text.clone()
        };
        let not_prefixed = "is not wh_ followed by base64, as the scheme's secrets are";
        let not_formed = "does not have the form of the scheme's secrets, sk_[a-z]{4}";
        for (rule, secret, expected) in [
            (&text, "abc", &[][..]),
            (&text, "", &["is empty"]),
            (&text, "abc\n", &["ends with a line end"]),
            (
                &text,
                "\tabc ",
                &["begins with a blank and ends with a blank"],
            ),
            (&prefixed, "wh_QUJD", &[]),
            (&prefixed, "QUJD", &[]),
            (&prefixed, "wh_QUJD ", &["ends with a blank"]),
            (&prefixed, "v1,wh_QUJD", &[not_prefixed]),
            (&prefixed, "wh_!", &[not_prefixed]),
            (
                &prefixed,
                " wh_! ",
                &["begins with a blank and ends with a blank", not_prefixed],
            ),
            (
                &prefixed,
                "wh_",
                &["is empty; the scheme's secrets are wh_ followed by base64"],
            ),
            (&formed, "sk_abcd", &[]),
            (&formed, "pk_abcd", &[not_formed]),
            (&hex, "xyz", &["is not hex, as the scheme's secrets are"]),
        ] {
            assert_eq!(
                of_secret(rule, &Secret::new(secret)),
                expected,
                "{secret:?}"
            );
        }
    }
}
