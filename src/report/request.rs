//! A request as a sentence.

use serde_json::{Map, Value};

use crate::report::visible::{excerpt, quoted};
use crate::results::CaseRequest;

/// The longest value that is shown whole: 32 bytes in hex with a time behind them fit.
const COLUMNS: usize = 80;

/// `sign user_id "id-1", timestamp 1741761604 with the secret "a6c9…"`.
pub(super) fn sentence(request: &CaseRequest) -> String {
    let Value::Object(request) = &request.0 else {
        return value(&request.0);
    };
    let fields = match request.get("fields") {
        Some(Value::Object(fields)) if !fields.is_empty() => named(fields),
        _ => "no fields".to_owned(),
    };
    let secrets = match (request.get("secret"), request.get("secrets")) {
        (Some(secret), _) => format!("the secret {}", value(secret)),
        (None, Some(Value::Object(secrets))) => format!("the secrets {}", named(secrets)),
        _ => "no secret".to_owned(),
    };
    let op = request
        .get("op")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if op != "verify" {
        return format!("{} {fields} with {secrets}", excerpt(op, COLUMNS));
    }
    let token = match request.get("token") {
        Some(token) => format!("the token {}", value(token)),
        None => "no token".to_owned(),
    };
    let now = request.get("now").map(value).unwrap_or_default();
    format!("verify {token} for {fields} at {now} with {secrets}")
}

/// The operation that was asked: `sign` or `verify`.
pub(super) fn op(request: &CaseRequest) -> &str {
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
        ] {
            assert_eq!(sentence(&CaseRequest(request)), words);
        }
    }
}
