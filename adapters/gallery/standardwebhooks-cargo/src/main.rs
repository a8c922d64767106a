//! `standardwebhooks` for Rust. It looks at the real clock, and takes id, time and signature from
//! HTTP headers only: what no header of visible ASCII carries is not asked of it.

use std::io::{self, BufRead, Write};

use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let mut result = match request["op"].as_str() {
            Some("bye") => return Ok(()),
            Some("hello") => hello(),
            _ => std::panic::catch_unwind(|| answer(&request))
                .unwrap_or_else(|_| json!({"threw": "it panicked"})),
        };
        if let Some(id) = request.get("id") {
            result["id"] = id.clone();
        }
        writeln!(out, "{result}")?;
        out.flush()?;
    }
    Ok(())
}

fn hello() -> Value {
    json!({
        "protocol": 1,
        "max_in_flight": 64,
        "implementation": {
            "name": "standardwebhooks (Cargo)", "version": "1.0.1", "language": "rust",
            "notes": "crate; it looks at the real clock",
        },
        "suites": ["standard-webhooks"],
        "clock": "system",
    })
}

fn answer(request: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fields = &request["fields"];
    let webhook = match Webhook::new(&text(&request["secret"])) {
        Ok(webhook) => webhook,
        Err(error) => return json!({"refused": error.to_string()}),
    };
    let payload = text(&fields["payload"]);
    if request["op"] == "sign" {
        let time = fields["timestamp"].as_i64().unwrap_or_default();
        return match webhook.sign(&text(&fields["msg_id"]), time, payload.as_bytes()) {
            Ok(token) => json!({"token": token}),
            Err(error) => json!({"refused": error.to_string()}),
        };
    }
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("webhook-id", fields.get("msg_id")),
        ("webhook-timestamp", fields.get("timestamp")),
        ("webhook-signature", request.get("token")),
    ] {
        let Some(value) = value.and_then(Value::as_str) else {
            continue;
        };
        match HeaderValue::from_str(value) {
            Ok(value) if value.to_str().is_ok() => headers.insert(name, value),
            _ => return json!({"unsupported": format!("no HTTP header carries this {name}")}),
        };
    }
    match webhook.verify(payload.as_bytes(), &headers) {
        Ok(()) => json!({"outcome": "accept"}),
        Err(error) => json!({"outcome": "reject", "code": error.to_string()}),
    }
}
