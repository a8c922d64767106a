//! Connects macproof to your code: `macproof run` builds and starts it, as macproof.yaml says.
//! Each line on stdin and stdout is one JSON object: print nothing else to stdout.

use std::collections::HashMap;
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind{% if left %}, panic_any{% endif %}};

{% if base64 -%}
use base64::{Engine, engine::general_purpose::STANDARD};
{% endif -%}
{% if computed -%}
use hmac::{Hmac, KeyInit, Mac};
{% endif -%}
use serde_json::{Value, json};
{% if computed -%}
use sha2::Sha256;
{% endif -%}
use subtle::ConstantTimeEq;

// ---- Yours: fill in ----------------------------------------------------------------------------
// It works as generated, so the first run passes, but it tests none of your crate until sign and
// verify call it. Then remove token_of.

/// Return this if your code refuses an input with a documented error.
struct Refused(String);
{%- if left %}

/// Not implemented yet: the adapter catches this panic.
struct FillIn(&'static str);
{%- endif %}

type Fields = HashMap<String, String>;

/// The token of these fields. Fill in, as in: `acme::sign(secret, &fields["{{ field }}"])`.
fn sign(suite: &str, secret: &str, fields: &Fields) -> Result<String, Refused> {
    token_of(suite, secret, fields)
}

/// Whether the token is accepted for these fields, at the time `now` in Unix seconds. False if your
/// code returns its documented error for a bad signature; panic on any other error.
fn verify(
    suite: &str,
    secret: &str,
    fields: &Fields,
    token: &str,
    _now: u64,
) -> Result<bool, Refused> {
{%- if times %}
    let mut fields = fields.clone();
{%- for s in suites %}{% if let Some(carried) = s.carried %}
    if suite == "{{ s.name }}" {
        let time = token.rsplit("{{ carried.separator }}").next().unwrap_or(token);
        if !is_unix_seconds(time) {
            return Ok(false);
        }
        fields.insert("{{ carried.field }}".into(), time.into());
    }
{%- endif %}{% endfor %}
    let expected = token_of(suite, secret, &fields)?;
{%- else %}
    let expected = token_of(suite, secret, fields)?;
{%- endif %}
    Ok(expected.as_bytes().ct_eq(token.as_bytes()).into())
}
{% if times %}
/// The time stays text: `parse` also takes "+7" and "007".
fn is_unix_seconds(time: &str) -> bool {
    let digits = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    digits && (time == "0" || !time.starts_with('0'))
}
{% endif %}
fn token_of(suite: &str, secret: &str, {% if !computed %}_{% endif %}fields: &Fields) -> Result<String, Refused> {
    if secret.is_empty() {
        return Err(Refused("there is no secret".into()));
    }
    Ok(match suite {
{%- for s in suites %}
{%- if let Some(token) = s.token %}
        "{{ s.name }}" => {{ token|indent(8) }},
{%- else %}
        "{{ s.name }}" => panic_any(FillIn("fill in sign and verify of {{ s.name }} in {{ path }}")),
{%- endif %}{% endfor %}
        _ => unreachable!("{suite}"),
    })
}
{% if computed %}
fn mac(secret: &str, message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
{% endif %}
// ---- The adapter: set your name and version, and keep the rest ---------------------------------

fn hello() -> Value {
    json!({
        "protocol": 1,
        "implementation": {"name": "{{ implementation }}", "version": "0", "language": "rust"},
        "suites": [{{ names }}],
        "ops": ["sign", "verify"], // take out what your code does not do
        "inputs": ["text"], // not "number": the fields here are strings
        "max_in_flight": 64,
    })
}

fn answer(request: &Value) -> Result<Value, Refused> {
    let text = |name: &str| request[name].as_str().unwrap_or_default();
    let members = request["fields"].as_object().into_iter().flatten();
    let fields: Fields = members
        .map(|(name, value)| {
            let text = value.as_str().map_or(value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect();
    let {% if per %}mut {% endif %}secret = text("secret");
{%- for s in suites %}{% if let Some(per) = s.per %}
    if text("suite") == "{{ s.name }}" {
        secret = request["secrets"][fields["{{ per }}"].as_str()].as_str().unwrap_or_default();
    }
{%- endif %}{% endfor %}
    if text("op") == "sign" {
        return Ok(json!({"token": sign(text("suite"), secret, &fields)?}));
    }
    let now = request["now"].as_u64().unwrap_or_default();
    let (mut accepted, mut last) = (0, false);
    for _ in 0..request["repeat"].as_u64().unwrap_or(1) {
        last = verify(black_box(text("suite")), secret, &fields, text("token"), now)?;
        accepted += u64::from(last);
    }
    Ok(json!({"outcome": if last { "accept" } else { "reject" }, "accepted": accepted}))
}

fn main() -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let mut answer = match request["op"].as_str() {
            Some("bye") => break,
            Some("hello") => hello(),
            _ => match catch_unwind(AssertUnwindSafe(|| answer(&request))) {
                Ok(Ok(result)) => result,
                Ok(Err(Refused(reason))) => json!({"refused": reason}),
{%- if left %}
                Err(panic) if panic.is::<FillIn>() => {
                    let missing = panic.downcast::<FillIn>();
                    json!({"unsupported": missing.map_or("", |missing| missing.0)})
                }
{%- endif %}
                Err(panic) => json!({"threw": format!("panic: {}", said(&*panic))}),
            },
        };
        if let Some(id) = request.get("id") {
            answer["id"] = id.clone();
        }
        writeln!(io::stdout(), "{answer}")?; // a line is flushed when it ends
    }
    Ok(())
}

fn said(panic: &dyn std::any::Any) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("see standard error")
}
