//! A request as a sentence.

use serde_json::{Map, Value};

use crate::report::visible::{excerpt, quoted};
use crate::results::CaseRequest;

/// The longest value that is shown whole: 32 bytes in hex with a time behind them fit.
const COLUMNS: usize = 80;

/// `sign user_id "id-1", timestamp 1741761604 with the secret "a6c9…"`. Whatever the request holds
/// is in it: from the sentence the same can be asked again.
pub(super) fn sentence(request: &CaseRequest) -> String {
    let Value::Object(members) = &request.0 else {
        return value(&request.0);
    };
    let map = |name: &str| match members.get(name) {
        Some(Value::Object(map)) if !map.is_empty() => Some(named(map)),
        _ => None,
    };
    let op = op(request);
    let mut words = excerpt(op, COLUMNS);
    match members.get("token") {
        Some(token) => words += &format!(" the token {} for", value(token)),
        None if op != "sign" => words += " no token for",
        None => {}
    }
    words += &format!(
        " {}",
        map("fields").unwrap_or_else(|| "no fields".to_owned())
    );
    if let Some(now) = members.get("now") {
        words += &format!(" at {}", value(now));
    }
    words += &match (members.get("secret"), map("secrets")) {
        (Some(secret), _) => format!(" with the secret {}", value(secret)),
        (None, Some(secrets)) => format!(" with the secrets {secrets}"),
        (None, None) => " with no secret".to_owned(),
    };
    if let Some(context) = map("context") {
        words += &format!(" in the context {context}");
    }
    words
}

/// The operation that was asked: `sign`, `verify` or `identify`.
fn op(request: &CaseRequest) -> &str {
    let op = request.0.get("op").and_then(Value::as_str);
    op.unwrap_or_default()
}

fn named(values: &Map<String, Value>) -> String {
    let one = |(name, v): (&String, &Value)| format!("{} {}", excerpt(name, COLUMNS), value(v));
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn value(json: &Value) -> String {
    match json {
        Value::String(text) => quoted(text, COLUMNS),
        Value::Object(map) if map.len() == 1 => match map.get("base64") {
            Some(Value::String(bytes)) => format!("the bytes base64 {}", quoted(bytes, COLUMNS)),
            _ => excerpt(&json.to_string(), COLUMNS),
        },
        _ => excerpt(&json.to_string(), COLUMNS),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::sentence;
    use crate::results::CaseRequest;

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
                json!({"op": "identify", "secret": "s", "fields": {"user_id": "a"}, "context": {"verification": "off", "user": "known"}, "now": 7}),
                r#"identify no token for user_id "a" at 7 with the secret "s" in the context verification "off", user "known""#,
            ),
        ] {
            assert_eq!(sentence(&CaseRequest(request)), words);
        }
    }

    /// Two requests that differ anywhere read differently, so that each can be asked again.
    #[test]
    fn whatever_differs_is_in_the_sentence() {
        for op in ["sign", "verify", "identify"] {
            let full = json!({
                "op": op, "suite": "x", "secret": "s", "fields": {"user_id": "id-1"},
                "token": "ab", "now": 7, "context": {"mode": "strict"},
            });
            let said = sentence(&CaseRequest(full.clone()));
            for (member, other) in [
                ("op", json!("other")),
                ("secret", json!("t")),
                ("fields", json!({"user_id": "id-2"})),
                ("token", json!("cd")),
                ("now", json!(8)),
                ("context", json!({"mode": "lax"})),
            ] {
                let mut without = full.clone();
                without.as_object_mut().unwrap().shift_remove(member);
                let mut changed = full.clone();
                changed[member] = other;
                for one in [without, changed] {
                    assert_ne!(sentence(&CaseRequest(one.clone())), said, "{member}: {one}");
                }
            }
        }
    }
}
