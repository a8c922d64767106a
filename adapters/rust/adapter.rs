//! A macproof adapter for Rust: the SDK first, the adapter below it. Its crates are what a vendor would use.

use std::env;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Write};
use std::panic::catch_unwind;
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use subtle::ConstantTimeEq;

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
    let expected = mac.finalize().into_bytes();
    Ok(canonical && equal(&expected, &presented))
}

/// Takes as long wherever the two differ; `==` does not.
fn equal(one: &[u8], other: &[u8]) -> bool {
    match LEAK.get() {
        None => one.ct_eq(other).into(),
        Some(leak) => leak.equal(one, other),
    }
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
    let arguments: Vec<String> = env::args().collect();
    if let [_, option, leak] = &arguments[..]
        && option == "--leak"
    {
        let _first = LEAK.set(Leak::named(leak));
    }
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
        "suites": SUITES, "ops": ["sign", "verify", "compare"], "clock": "injected",
        "inputs": ["text", "bytes", "number", "json"], "max_in_flight": 256,
    })
}

fn result(request: &Value) -> Result<Value, Refused> {
    let op = request["op"].as_str().unwrap_or_default();
    let suite = request["suite"].as_str().unwrap_or_default();
    let repeat = request["repeat"].as_u64();
    if op == "compare" {
        let texts = (request["left"].as_str(), request["right"].as_str());
        let (left, right) = (texts.0.unwrap_or_default(), texts.1.unwrap_or_default());
        return Ok(json!({"equal": compare(left, right, repeat.unwrap_or(1))}));
    }
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
        let (mut accepted, mut last) = (0, false);
        for _ in 0..repeat.unwrap_or(1) {
            last = verify(black_box(suite), &secret, &id, token)?;
            accepted += u64::from(last);
        }
        let mut answer = json!({"outcome": if last { "accept" } else { "reject" }});
        if repeat.is_some() {
            answer["accepted"] = accepted.into();
        }
        return Ok(answer);
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

/// Eight copies in turn: one pair that never changes could be compared once.
fn compare(left: &str, right: &str, repeat: u64) -> bool {
    let lefts = [left; 8].map(str::to_owned);
    let equals =
        (0..repeat).filter(|i| equal(lefts[(i % 8) as usize].as_bytes(), right.as_bytes()));
    equals.count() as u64 == repeat
}

// ---- Planted leaks, for `macproof timing` to find; drop this part ------------------------------

static LEAK: OnceLock<Leak> = OnceLock::new();

enum Leak {
    EarlyExit,
    Equality,
    Planted(Mutex<Planted>),
}

#[expect(
    clippy::expect_used,
    reason = "a leak is planted for tests, and whoever names no leak is told by a panic"
)]
impl Leak {
    fn named(name: &str) -> Self {
        match name {
            "early-exit" => return Self::EarlyExit,
            "equality" => return Self::Equality,
            _ => {}
        }
        let (number, unit) = name.split_at(name.len().saturating_sub(2));
        let number: i64 = number.parse().expect("a time such as 20ns");
        let nanoseconds = number * if unit == "us" { 1000 } else { 1 };
        Self::Planted(Mutex::new(Planted {
            nanoseconds,
            owed: 0,
        }))
    }

    fn equal(&self, one: &[u8], other: &[u8]) -> bool {
        match self {
            Self::EarlyExit => {
                for (a, b) in one.iter().zip(other) {
                    if black_box(a) != black_box(b) {
                        return false;
                    }
                }
                one.len() == other.len()
            }
            Self::Equality => one == other,
            Self::Planted(planted) => planted.lock().expect("one thread").equal(one, other),
        }
    }
}

/// A timing-safe comparison that takes so many nanoseconds longer where the first byte is right.
struct Planted {
    nanoseconds: i64,
    owed: i64,
}

impl Planted {
    fn equal(&mut self, one: &[u8], other: &[u8]) -> bool {
        // All wait: what that costs besides is the same for all.
        self.owed += 300;
        if one.first() == other.first() {
            self.owed += self.nanoseconds;
        }
        let (start, mut waited) = (Instant::now(), 0);
        while waited < self.owed {
            waited = i64::try_from(start.elapsed().as_nanos()).unwrap_or(i64::MAX);
        }
        // Too long is made up for, unless the system took the time.
        self.owed = (self.owed - waited).max(-1000);
        one.ct_eq(other).into()
    }
}
