//! Connects the vectors of {{ name }} to your code. This file is yours: it stays as it is.
//!
{%- if let Some(_) = code.token %}
//! It works as generated, so the first run passes, but it tests none of your code until sign and
//! verify call it. Then remove `token_of`.
{%- else %}
//! Fill in sign and verify, and name them in OPS. How tokens are made, this says:
//! macproof suite show {{ name }}
{%- endif %}

use std::collections::HashMap;
{%- if let Some(_) = code.token %}
{% if !code.is_hex %}
use base64::{Engine, engine::general_purpose::STANDARD};
{%- endif %}
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

pub const OPS: &[&str] = &["sign", "verify"]; // take out what your code does not do
{%- else %}

pub const OPS: &[&str] = &[]; // "sign", "verify": what you have filled in
{%- endif %}

/// Return this if your code refuses an input with a documented error.
pub struct Refused(pub String);

type Fields = HashMap<String, String>;

/// The token of these fields. Fill in, as in: `acme::sign(secret, &fields["{{ field }}"])`.
{%- if let Some(per) = code.per %}
pub fn sign(secrets: &HashMap<String, String>, fields: &Fields) -> Result<String, Refused> {
    let secret = secret_of(secrets, fields);
{%- else %}
pub fn sign({% if let None = code.token %}_{% endif %}secret: &str, {% if let None = code.token %}_{% endif %}fields: &Fields) -> Result<String, Refused> {
{%- endif %}
{%- if let Some(_) = code.token %}
    token_of(secret, fields)
{%- else %}
    {% if let Some(_) = code.per %}let _ = secret;
    {% endif %}unimplemented!()
{%- endif %}
}

/// Whether the token is accepted for these fields, at the time `now` in Unix seconds. False if your
/// code returns its documented error for a bad signature; panic on any other error.
pub fn verify(
{%- if let Some(_) = code.per %}
    secrets: &HashMap<String, String>,
    fields: &Fields,
{%- else if let None = code.token %}
    _secret: &str,
    _fields: &Fields,
{%- else %}
    secret: &str,
    fields: &Fields,
{%- endif %}
    {% if let None = code.token %}_{% endif %}token: &str,
    _now: u64,
) -> Result<bool, Refused> {
{%- if let Some(_) = code.per %}
    let secret = secret_of(secrets, fields);
{%- endif %}
{%- if let Some(_) = code.token %}
{%- if let Some(carried) = code.carried %}
    // The time stays text: `parse` also takes "+7" and "007".
    let time = token.rsplit("{{ carried.separator }}").next().unwrap_or(token);
    let is_number = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || (time != "0" && time.starts_with('0')) {
        return Ok(false);
    }
    let mut fields = fields.clone();
    fields.insert("{{ carried.field }}".into(), time.into());
    let expected = token_of(secret, &fields)?;
{%- else %}
    let expected = token_of(secret, fields)?;
{%- endif %}
    Ok(expected.as_bytes().ct_eq(token.as_bytes()).into())
{%- else %}
    {% if let Some(_) = code.per %}let _ = secret;
    {% endif %}unimplemented!()
{%- endif %}
}
{%- if let Some(per) = code.per %}

fn secret_of<'s>(secrets: &'s HashMap<String, String>, fields: &Fields) -> &'s str {
    secrets.get(&fields["{{ per }}"]).map_or("", String::as_str)
}
{%- endif %}
{%- if let Some(token) = code.token %}

fn token_of(secret: &str, fields: &Fields) -> Result<String, Refused> {
    if secret.is_empty() {
        return Err(Refused("there is no secret".into()));
    }
    Ok({{ token|indent(4) }})
}

fn mac(secret: &str, message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
{%- endif %}
