//! A request as a sentence.

use std::borrow::Borrow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use crate::report::visible::{excerpt, quoted};
use crate::signature::{ContextValue, Request, Secrets, Value};

/// Longest value that is shown in full: fits 32 bytes in hex followed by a time.
const COLUMNS: usize = 80;

/// Maximum number of characters whose code points are told.
const POINTS: usize = 8;

/// Describes a request: `sign user_id "id-1", timestamp 1741761604 with the secret "a6c9…"`. The
/// sentence includes every member of the request, so that the request can be reproduced from it.
pub(super) fn sentence(request: &Request) -> String {
    let mut words = request.op.to_string();
    match &request.token {
        Some(token) => words += &format!(" the token {} for", value(token)),
        None if request.op.presents_a_token() => words += " no token for",
        None => {}
    }
    words += &match named(request.fields.iter()) {
        Some(fields) => format!(" {fields}"),
        None => " no fields".to_owned(),
    };
    if request.op.presents_a_token() {
        words += &format!(" at {}", request.now);
    }
    words += &match &request.secrets {
        Secrets::One(secret) => format!(" with the secret {}", value(&secret.to_value())),
        Secrets::Rotated { newest, previous } => {
            let previous: Vec<String> = previous.iter().map(|one| value(&one.to_value())).collect();
            format!(
                " with the secret {}, and before it {}",
                value(&newest.to_value()),
                previous.join(", ")
            )
        }
        Secrets::Per(_) => {
            let secrets = request.secrets.iter();
            let secrets = secrets.map(|(of, one)| (of.unwrap_or_default(), one.to_value()));
            match named(secrets) {
                Some(secrets) => format!(" with the secrets {secrets}"),
                None => " with no secret".to_owned(),
            }
        }
    };
    let context = request.context.iter().map(|(key, is)| match is {
        ContextValue::One(one) => (key, Value::from(one.as_str())),
        ContextValue::Per(values) => {
            let values = values
                .iter()
                .map(|(of, is)| (of.clone(), is.as_str().into()));
            (key, Value::Json(Json::Object(values.collect())))
        }
    });
    if let Some(context) = named(context) {
        words += &format!(" in the context {context}");
    }
    words
}

/// The characters of a text outside ASCII, with their code points, because some look like others:
/// `K is U+212A`. `None` if there are none.
pub(super) fn code_points(shown: &str) -> Option<String> {
    let mut others: Vec<char> = Vec::new();
    for c in shown.chars().filter(|c| !c.is_ascii() && *c != '…') {
        if !others.contains(&c) {
            others.push(c);
        }
    }
    let left = others.len().saturating_sub(POINTS);
    let told = others.iter().take(POINTS);
    let told = told.map(|&c| format!("{c} is U+{:04X}", u32::from(c)));
    let more = (left > 0).then(|| format!("and {left} more"));
    let told: Vec<String> = told.chain(more).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// Names with their values; `None` if there are none.
fn named<'v, V: Borrow<Value>>(values: impl Iterator<Item = (&'v str, V)>) -> Option<String> {
    let one = |(name, v): (&str, V)| format!("{} {}", excerpt(name, COLUMNS), value(v.borrow()));
    let all: Vec<String> = values.map(one).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text, COLUMNS),
        Value::Bytes(bytes) => {
            let base64 = STANDARD.encode(bytes);
            format!("the bytes base64 {}", quoted(&base64, COLUMNS))
        }
        Value::Number(number) => number.to_string(),
        Value::Json(json) => excerpt(&json.to_string(), COLUMNS),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{code_points, sentence};
    use crate::signature::Request;

    fn read(json: serde_json::Value) -> Request {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn characters_that_look_like_others_are_told() {
        assert_eq!(code_points("sign user_id \"K\""), None);
        let told = code_points("sign user_id \"\u{212a}\u{212a}é…\"").unwrap();
        assert_eq!(told, "\u{212a} is U+212A, é is U+00E9");
        let many = code_points("абвгдежзик").unwrap();
        assert!(many.ends_with("з is U+0437, and 2 more"), "{many}");
    }

    #[test]
    fn a_request_reads_as_a_sentence() {
        for (request, words) in [
            (
                json!({"op": "sign", "suite": "x", "secret": "s", "fields": {"user_id": "id-1", "timestamp": 5}}),
                r#"sign user_id "id-1", timestamp 5 with the secret "s""#,
            ),
            (
                json!({"op": "verify", "secrets": {"ios": "a", "web": {"base64": "/w=="}}, "fields": {"user_id": null}, "token": "t\u{202e}", "now": 7}),
                r#"verify the token "t\u{202e}" for user_id null at 7 with the secrets ios "a", web the bytes base64 "/w==""#,
            ),
            (
                json!({"op": "verify", "secret": "s", "fields": {}, "now": 7}),
                r#"verify no token for no fields at 7 with the secret "s""#,
            ),
            (
                json!({"op": "verify", "secret": "s", "fields": {"user_id": ["a"]}, "token": 5, "now": 7}),
                r#"verify the token 5 for user_id ["a"] at 7 with the secret "s""#,
            ),
            (
                json!({"op": "identify", "secret": "s", "fields": {"user_id": "a"}, "context": {"verification": "off", "switch": {"ios": "on"}}, "now": 7}),
                r#"identify no token for user_id "a" at 7 with the secret "s" in the context verification "off", switch {"ios":"on"}"#,
            ),
        ] {
            assert_eq!(sentence(&read(request)), words);
        }
    }

    /// Different requests have different sentences, so each can be reproduced.
    #[test]
    fn different_requests_have_different_sentences() {
        for op in ["verify", "identify"] {
            let full = json!({
                "op": op, "suite": "x", "secret": "s", "fields": {"user_id": "id-1"},
                "token": "ab", "now": 7, "context": {"mode": "strict"},
            });
            let said = sentence(&read(full.clone()));
            for (member, other) in [
                ("op", json!("sign")),
                ("secret", json!("t")),
                ("fields", json!({"user_id": "id-2"})),
                ("token", json!("cd")),
                ("now", json!(8)),
                ("context", json!({"mode": "lax"})),
            ] {
                let mut changed = full.clone();
                changed[member] = other;
                let mut others = vec![changed];
                if !matches!(member, "op" | "secret") {
                    let mut without = full.clone();
                    without.as_object_mut().unwrap().shift_remove(member);
                    others.push(without);
                }
                for one in others {
                    assert_ne!(sentence(&read(one.clone())), said, "{member}: {one}");
                }
            }
        }
    }
}
