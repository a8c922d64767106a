//! Requirements and vectors as the lines of a suite file.
//!
//! Every text stands in double quotes, and whatever a reader could not see or could mistake is
//! escaped, so that YAML 1.1 and 1.2, and editors, agree on each byte.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::generate::case::{Case, Expected};
use crate::generate::requirements::Rule;
use crate::signature::{Fields, Op, OutcomeKind, Request, Secrets, Value};
use crate::suite::{Basis, Level};

/// From this length on a text that only repeats one character is written as a repetition.
const LONG: usize = 48;

/// Appends the lines of a requirement, indented by `indent` blanks.
pub(crate) fn write_requirement(
    rule: &Rule,
    level: Level,
    basis: Basis,
    indent: usize,
    out: &mut String,
) {
    let margin = " ".repeat(indent);
    let id = rule.id;
    let text = quoted(rule.text);
    let _ = write!(
        out,
        "{margin}{id}:\n{margin}  level: {level}\n{margin}  basis: {basis}\n{margin}  text: {text}\n"
    );
}

/// Appends the lines of a vector whose requirement stands at `level`.
pub(crate) fn write_vector(case: &Case, level: Level, indent: usize, out: &mut String) {
    let entry = Entry {
        id: &case.id,
        shows: case.rule.id,
        note: &case.note,
        request: &Request {
            // The file names it once.
            suite: "".into(),
            op: case.op,
            secrets: case.secrets.clone(),
            fields: case.fields.clone(),
            token: case.token.clone(),
            now: case.now,
            context: crate::signature::Context::default(),
        },
        needs_json: needs_json(case),
        expected: case.expected(level),
    };
    write_entry(&entry, indent, out);
}

/// A vector as its lines say it.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Its name in the suite.
    pub(crate) id: &'a str,
    /// The requirement that it shows.
    pub(crate) shows: &'a str,
    /// Which bug it catches.
    pub(crate) note: &'a str,
    /// The operation.
    pub(crate) request: &'a Request,
    /// Whether it is for adapters that take any JSON.
    pub(crate) needs_json: bool,
    /// What is expected.
    pub(crate) expected: Expected<'a>,
}

/// Appends the lines of a vector.
pub(crate) fn write_entry(entry: &Entry<'_>, indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(out, "{margin}{key}: {value}");
    };
    let request = entry.request;
    line("- id", entry.id);
    line("  shows", &format!("[{}]", entry.shows));
    line("  note", &quoted(entry.note));
    line("  op", request.op.name());
    if entry.needs_json {
        line("  input", "json");
    }
    match &request.secrets {
        Secrets::One(secret) => line("  secret", &value(&secret.to_value())),
        Secrets::Rotated { newest, previous } => {
            line("  secret", &value(&newest.to_value()));
            let previous: Vec<String> = previous.iter().map(|one| value(&one.to_value())).collect();
            line("  previous", &format!("[{}]", previous.join(", ")));
        }
        Secrets::Per(secrets) => {
            let entries = secrets
                .iter()
                .map(|(name, secret)| format!("{}: {}", key(name), value(&secret.to_value())));
            line("  secrets", &braced(entries));
        }
    }
    line("  fields", &fields(&request.fields));
    if let Some(token) = request.token.as_ref().filter(|_| request.op.verifies()) {
        line("  token", &value(token));
    }
    if request.op.has_now() {
        line("  now", &request.now.to_string());
    }
    match &entry.expected {
        Expected::Token { token, or: [] } => {
            line("  expect", &format!("{{token: {}}}", quoted(token)));
        }
        Expected::Token { token, or } => {
            let or = kinds(or);
            line(
                "  expect",
                &format!("{{token: {}, or: {or}}}", quoted(token)),
            );
        }
        Expected::Outcomes(several) => {
            line("  expect", &format!("{{outcome: {}}}", kinds(several)));
        }
        Expected::Observe(what) => line("  observe", &quoted(what)),
    }
}

/// One outcome, or a list of several.
fn kinds(kinds: &[OutcomeKind]) -> String {
    match kinds {
        [only] => only.to_string(),
        several => {
            let names: Vec<&str> = several.iter().copied().map(OutcomeKind::name).collect();
            format!("[{}]", names.join(", "))
        }
    }
}

/// Whether an adapter must take more than texts, bytes and numbers for this vector.
fn needs_json(case: &Case) -> bool {
    let is_json = |value: &Value| matches!(value, Value::Json(_));
    // What is to be sent is an object for every adapter.
    let is_sent = case.op == Op::Send;
    case.lacks_something
        || (!is_sent && case.fields.iter().any(|(_, value)| is_json(value)))
        || case
            .token
            .as_ref()
            .is_some_and(|token| !matches!(token, Value::Text(_)))
}

fn fields(fields: &Fields) -> String {
    braced(
        fields
            .iter()
            .map(|(name, field)| format!("{}: {}", key(name), value(field))),
    )
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => match repetition(text) {
            Some((unit, times)) => format!("{{repeat: {}, times: {times}}}", quoted(unit)),
            None => quoted(text),
        },
        Value::Bytes(bytes) => format!("{{base64: \"{}\"}}", STANDARD.encode(bytes)),
        Value::Number(number) => number.to_string(),
        Value::Json(json) => json_value(json),
    }
}

/// What a suite file has at its top under one key, on one line.
pub(crate) fn entry_line(name: &str, json: &serde_json::Value) -> String {
    format!("{}: {}\n", key(name), json_value(json))
}

fn json_value(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::String(text) => quoted(text),
        serde_json::Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(json_value).collect::<Vec<_>>().join(", ")
            )
        }
        serde_json::Value::Object(entries) => braced(
            entries
                .iter()
                .map(|(name, entry)| format!("{}: {}", key(name), json_value(entry))),
        ),
        scalar => scalar.to_string(),
    }
}

fn braced(entries: impl Iterator<Item = String>) -> String {
    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
}

/// The one character that a long text repeats, and how often.
fn repetition(text: &str) -> Option<(&str, usize)> {
    let unit = &text[..text.chars().next()?.len_utf8()];
    let times = text.len() / unit.len();
    (times >= LONG && unit.repeat(times) == text).then_some((unit, times))
}

/// A key of a flow map: bare where nothing could read it as anything but a text.
fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    // What one version of YAML or the other takes for a boolean or for nothing.
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(&name);
    if plain && !reserved {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A text in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            // In the log of a CI job `##[word]` is a command.
            '#' if out.ends_with('#') => out.push_str("\\u0023"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_visible(c) => out.push(c),
            c if u32::from(c) <= 0xffff => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// Whether a reader sees this character as itself: no control, no mark upon another, nothing that
/// turns the line around.
fn is_visible(character: char) -> bool {
    matches!(character, ' ' | '\'') || character.escape_debug().eq(std::iter::once(character))
}

#[cfg(test)]
mod tests {
    use super::{key, quoted, repetition, value};
    use crate::signature::Value;

    #[test]
    fn invisible_characters_are_escaped() {
        assert_eq!(quoted("a \"b\" \\ 'ü' 名 😀"), r#""a \"b\" \\ 'ü' 名 😀""#);
        assert_eq!(
            quoted("\0\t\n\r\u{1b}\u{7f}\u{85}"),
            r#""\u0000\t\n\r\u001b\u007f\u0085""#
        );
        assert_eq!(
            quoted("e\u{301}\u{a0}\u{200d}\u{200f}\u{202e}\u{2028}\u{feff}\u{fe0f}"),
            r#""e\u0301\u00a0\u200d\u200f\u202e\u2028\ufeff\ufe0f""#
        );
        assert_eq!(quoted("a # ##[b]"), r#""a # #\u0023[b]""#);
        assert_eq!(quoted("\u{ffff}\u{10ffff}"), r#""\uffff\U0010ffff""#);
    }

    #[test]
    fn values_keep_their_type() {
        assert_eq!(value(&Value::from("620")), "\"620\"");
        assert_eq!(value(&Value::from(620)), "620");
        assert_eq!(value(&Value::Bytes(vec![255])), "{base64: \"/w==\"}");
        assert_eq!(
            value(&Value::from("é".repeat(300))),
            "{repeat: \"é\", times: 300}"
        );
        let json = serde_json::json!({"id": ["a", null, true], "on": {}});
        assert_eq!(
            value(&Value::Json(json)),
            "{id: [\"a\", null, true], \"on\": {}}"
        );
    }

    #[test]
    fn only_full_repetitions_are_abbreviated() {
        assert_eq!(repetition(&"a".repeat(48)), Some(("a", 48)));
        assert_eq!(repetition(&"a".repeat(47)), None);
        assert_eq!(repetition(&format!("{}b", "a".repeat(60))), None);
        assert_eq!(repetition(""), None);
    }

    #[test]
    fn keys_that_yaml_could_misread_are_quoted() {
        assert_eq!(key("user_id"), "user_id");
        assert_eq!(key("smart-tv"), "smart-tv");
        for odd in ["no", "on", "null", "3ds", "iOS", "a b", ""] {
            assert_eq!(key(odd), format!("\"{odd}\""));
        }
    }
}
