//! The vectors of {{ name }}, asked of `{{ snake }}_vectors/implementation.rs`; each test is
//! about one requirement.
//!
//! Generated; do not edit. To bring it up to date:
//! {{ again }}
//! A failed `must` fails, a failed `should` is a warning on standard error; `MACPROOF_LEVEL=should`
//! lets it fail. It needs `serde_json` among the dev-dependencies{% if let Some(_) = code.token %}, and for the generated
//! implementation `hmac`, `sha2`, `subtle`{% if code.is_hex %} and `hex`{% endif %}{% endif %}.

use std::collections::HashMap;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use implementation::{OPS, Refused, sign, verify};
use serde_json::Value;

#[path = "{{ snake }}_vectors/implementation.rs"]
mod implementation;

static VECTORS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("{{ snake }}_vectors/vectors.json")).expect("JSON")
});

macro_rules! requirements {
    ($($test:ident: $id:literal,)*) => {
        $(#[test] fn $test() { hold($id) })*
    };
}

requirements! {
{%- for (test, id) in requirements %}
    {{ test }}: "{{ id }}",
{%- endfor %}
}

#[test]
fn something_is_asked() {
    let file = "{{ snake }}_vectors/implementation.rs";
    assert!(
        !OPS.is_empty(),
        "fill in sign and verify in {file}, and name them in its OPS"
    );
}

/// Asks the cases of a requirement.
fn hold(requirement: &str) {
    let cases = VECTORS["cases"].as_array().into_iter().flatten();
    let (mut failures, mut warnings, mut skipped) = (Vec::new(), Vec::new(), 0);
    for case in cases.filter(|case| case["shows"][0] == requirement && case["level"] != "may") {
        let op = case["request"]["op"].as_str().unwrap_or_default();
        if !["sign", "verify"].contains(&op) || !OPS.contains(&op) {
            continue;
        }
        if case["input"] != "text" {
            skipped += 1;
            continue;
        }
        let (outcome, what) = ask(&case["request"]);
        let expect = &case["expect"];
        let due = expect["outcomes"].as_array();
        let expected = due.is_some_and(|due| due.contains(&outcome.into()));
        if expected && (outcome != "token" || is_due(&what, expect)) {
            continue;
        }
        let is_strict = std::env::var("MACPROOF_LEVEL").is_ok_and(|level| level == "should");
        let fails = case["level"] == "must" || is_strict;
        if fails { &mut failures } else { &mut warnings }.push(because(case, outcome, &what));
    }
    let mut said: String = warnings.iter().map(|why| format!("warning: {why}\n")).collect();
    if skipped > 0 {
        said += &format!("skipped: {skipped} cases of {requirement}, which a &str cannot state\n");
    }
    // Not by eprintln!, which the harness hides where a test passes.
    let _ = std::io::stderr().write_all(said.as_bytes());
    assert!(failures.is_empty(), "{requirement}\n{}", listed(&failures));
}

/// The first of them in full.
fn listed(found: &[String]) -> String {
    let rest = found.iter().skip(5).filter_map(|why| why.lines().next());
    let shown = found.iter().take(5).map(String::as_str).chain(rest);
    shown.collect::<Vec<_>>().join("\n")
}

/// The outcome of a request, and what comes with it.
fn ask(request: &Value) -> (&'static str, String) {
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let texts = |value: &Value| -> HashMap<String, String> {
        let members = value.as_object().into_iter().flatten();
        members.map(|(name, value)| (name.clone(), text(value))).collect()
    };
    let fields = texts(&request["fields"]);
{%- if let Some(_) = code.per %}
    let secrets = texts(&request["secrets"]);
{%- else %}
    let secrets = text(&request["secret"]);
{%- endif %}
    let now = request["now"].as_u64().unwrap_or_default();
    let call = || {
        if request["op"] == "sign" {
            return sign(&secrets, &fields).map(|token| ("token", token));
        }
        let accepted = verify(&secrets, &fields, &text(&request["token"]), now)?;
        Ok((if accepted { "accept" } else { "reject" }, String::new()))
    };
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(Refused(why))) => ("refused", why),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            ("threw", format!("panic: {text}"))
        }
    }
}

fn is_due(token: &str, expect: &Value) -> bool {
    let due = expect["token"].as_str().unwrap_or_default();
{%- if has_items %}
    if let Some(separator) = expect["items_in_any_order"].as_str() {
        let sorted = |token: &str| {
            let mut items: Vec<String> = token.split(separator).map(str::to_owned).collect();
            items.sort();
            items
        };
        return sorted(token) == sorted(due);
    }
{%- endif %}
    token == due
}

/// What went wrong, and which requirement says so.
fn because(case: &Value, outcome: &str, what: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let due = case["expect"]["outcomes"].as_array().into_iter().flatten();
    let due = due.map(text).collect::<Vec<_>>().join(" or ");
    let id = text(&case["id"]);
    let mut why = format!("{{ name }}/{id}: expected {due}, got {outcome}");
    if !what.is_empty() {
        why += &format!(": {what:.400}");
    }
    if let Some(token) = case["expect"]["token"].as_str() {
        why += &format!("\n  the token is: {token:.400}");
    }
    let visible = |c: char| match c {
        _ if c.is_ascii() => c.to_string(),
        _ => c.escape_unicode().to_string(),
    };
    let asked: String = case["request"].to_string().chars().map(visible).collect();
    why += &format!("\n  asked: {asked:.400}");
    for id in case["shows"].as_array().into_iter().flatten().map(text) {
        let said = &VECTORS["requirements"][&id];
        let (level, basis) = (text(&said["level"]), text(&said["basis"]));
        why += &format!("\n  {level} ({basis}) {id}: {}", text(&said["text"]));
        if let Some(place) = said["where"].as_str() {
            why += &format!("\n    {place}");
        }
    }
    if let Some(note) = case["note"].as_str() {
        why += &format!("\n  note: {note}");
    }
    why
}
