//! A macproof adapter for Rust: the SDK first, the adapter below it. Its crates are what a vendor would use.

use std::io::{self, BufRead, BufReader, Write};
use std::panic::catch_unwind;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

// ---- The SDK: replace this part by yours -------------------------------------------------------

/// The documented error for a configuration or an identity that cannot be signed.
struct Refused(&'static str);

fn sign(system: &str, secret: &[u8], id: &[u8], timestamp: u64) -> Result<String, Refused> {
    let mac = mac_of(system, secret, id, &timestamp.to_string())?;
    let text = encode(system, &mac.finalize().into_bytes());
    match system {
        "jimo" => Ok(format!("{text}-{timestamp}")),
        _ => Ok(text),
    }
}

fn verify(system: &str, secret: &[u8], id: &[u8], token: &str) -> Result<bool, Refused> {
    let (text, time) = match system {
        "jimo" => token.rsplit_once('-').unwrap_or((token, "")),
        _ => (token, "0"),
    };
    let mac = mac_of(system, secret, id, time)?;
    let presented = decode(system, text).unwrap_or_default();
    // Decoders forgive (upper-case hex, for one): only what comes back the same is the canonical text.
    let canonical = is_unix_seconds(time) && encode(system, &presented) == text;
    Ok(canonical && mac.verify_slice(&presented).is_ok())
}

/// The time stays text: `parse` would take "+7" and "007".
fn is_unix_seconds(time: &str) -> bool {
    let digits = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    digits && (time == "0" || !time.starts_with('0'))
}

fn mac_of(system: &str, secret: &[u8], id: &[u8], time: &str) -> Result<Hmac<Sha256>, Refused> {
    if secret.is_empty() {
        return Err(Refused("the secret is empty"));
    }
    let mut mac = Hmac::new_from_slice(secret).map_err(|_| Refused("the secret is no key"))?;
    mac.update(id);
    if system == "jimo" {
        mac.update(format!("-{time}").as_bytes());
    }
    Ok(mac)
}

fn encode(system: &str, mac: &[u8]) -> String {
    match system {
        "engagespot" => STANDARD.encode(mac),
        _ => hex::encode(mac),
    }
}

fn decode(system: &str, text: &str) -> Option<Vec<u8>> {
    match system {
        "engagespot" => STANDARD.decode(text).ok(),
        _ => hex::decode(text).ok(),
    }
}

// ---- The adapter: one JSON object a line, on stdin and stdout ----------------------------------

const SUITES: [&str; 5] = ["jotreview", "prefinery", "jimo", "engagespot", "mtribes"];

fn main() -> io::Result<()> {
    let mut requests = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut answers = io::BufWriter::new(io::stdout().lock());
    let mut line = String::new();
    while requests.read_line(&mut line)? > 0 {
        let request: Value = serde_json::from_str(&line)?;
        let mut answer = match request["op"].as_str() {
            Some("bye") => break,
            Some("hello") => hello(),
            _ => match catch_unwind(|| result(&request)) {
                Ok(Ok(result)) => result,
                Ok(Err(Refused(reason))) => json!({"refused": reason}),
                Err(_) => json!({"threw": "panic: see stderr"}),
            },
        };
        if let Some(id) = request.get("id") {
            answer["id"] = id.clone();
        }
        writeln!(answers, "{answer}")?;
        if !requests.buffer().contains(&b'\n') {
            answers.flush()?; // no answer waits for the next request
        }
        line.clear();
    }
    answers.flush()
}

fn hello() -> Value {
    json!({
        "protocol": 1,
        "implementation": {"name": "macproof-example-rust", "version": "1.0.0", "language": "rust"},
        "suites": SUITES, "ops": ["sign", "verify"], "clock": "injected",
        "inputs": ["text", "bytes", "number", "json"], "max_in_flight": 256,
    })
}

fn result(request: &Value) -> Result<Value, Refused> {
    let op = request["op"].as_str().unwrap_or_default();
    let suite = request["suite"].as_str().unwrap_or_default();
    if !SUITES.contains(&suite) || !["sign", "verify"].contains(&op) {
        return Ok(json!({"unsupported": format!("{op} for {suite}")}));
    }
    let fields = &request["fields"];
    let secret = match request.get("secrets") {
        Some(secrets) => &secrets[fields["platform"].as_str().unwrap_or_default()],
        None => &request["secret"],
    };
    let identity = match suite {
        "prefinery" => &fields["identifier"],
        _ => &fields["user_id"],
    };
    let (secret, id) = (bytes_of(secret)?, bytes_of(identity)?);
    if op == "verify" {
        let token = request["token"].as_str().unwrap_or_default(); // no text: empty, never accepted
        let accepted = verify(suite, &secret, &id, token)?;
        return Ok(json!({"outcome": if accepted { "accept" } else { "reject" }}));
    }
    let timestamp = fields["timestamp"].as_u64();
    if suite == "jimo" && timestamp.is_none() {
        return Err(Refused("the timestamp is not a whole number of seconds"));
    }
    Ok(json!({"token": sign(suite, &secret, &id, timestamp.unwrap_or_default())?}))
}

/// Text as UTF-8, `{"base64": "..."}` as its bytes, a whole number as its decimal text.
fn bytes_of(value: &Value) -> Result<Vec<u8>, Refused> {
    match (value, value["base64"].as_str()) {
        (Value::String(text), _) => Some(text.clone().into_bytes()),
        (Value::Number(number), _) => number.as_i64().map(|n| n.to_string().into_bytes()),
        (_, Some(base64)) => STANDARD.decode(base64).ok(),
        _ => None,
    }
    .ok_or(Refused("the secret or the identity is missing or not text"))
}
