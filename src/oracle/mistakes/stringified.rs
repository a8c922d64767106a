//! What is not text, made text as languages do it.

use crate::mistakes::Form;
use crate::signature::Value;

/// The text that is signed for a value that is not text.
pub(super) fn stringified(value: Option<&Value>, words: &Words) -> Form<Vec<u8>> {
    let text = as_a_text(value, words);
    let shown = match &*String::from_utf8_lossy(&text) {
        "" => "the empty text".to_owned(),
        text => format!("{text:?}"),
    };
    Form::new(text, shown)
}

/// The words of a language for what is not text.
pub(super) struct Words {
    absent: &'static str,
    null: &'static str,
    yes: &'static str,
    no: &'static str,
    list: fn(&[serde_json::Value]) -> String,
    map: fn(&serde_json::Map<String, serde_json::Value>) -> String,
}

pub(super) const JAVASCRIPT: Words = Words {
    absent: "undefined",
    null: "null",
    yes: "true",
    no: "false",
    list: |items| {
        let item = |item: &serde_json::Value| match item {
            serde_json::Value::Null => String::new(),
            _ => json_as_a_text(item, &JAVASCRIPT),
        };
        items.iter().map(item).collect::<Vec<_>>().join(",")
    },
    map: |_| "[object Object]".to_owned(),
};

pub(super) const PYTHON: Words = Words {
    absent: "None",
    null: "None",
    yes: "True",
    no: "False",
    list: |items| {
        let items: Vec<String> = items.iter().map(python_literal).collect();
        format!("[{}]", items.join(", "))
    },
    map: |entries| {
        let entry = |(key, value): (&String, &serde_json::Value)| {
            format!("'{key}': {}", python_literal(value))
        };
        let entries: Vec<String> = entries.iter().map(entry).collect();
        format!("{{{}}}", entries.join(", "))
    },
};

pub(super) const PHP: Words = Words {
    absent: "",
    null: "",
    yes: "1",
    no: "",
    list: |_| "Array".to_owned(),
    map: |_| "Array".to_owned(),
};

fn python_literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("'{text}'"),
        other => json_as_a_text(other, &PYTHON),
    }
}

fn as_a_text(value: Option<&Value>, words: &Words) -> Vec<u8> {
    match value {
        None => words.absent.as_bytes().to_vec(),
        Some(Value::Json(json)) => json_as_a_text(json, words).into_bytes(),
        Some(text) => text.to_bytes().unwrap_or_default().into_owned(),
    }
}

fn json_as_a_text(value: &serde_json::Value, words: &Words) -> String {
    match value {
        serde_json::Value::Null => words.null.to_owned(),
        serde_json::Value::Bool(true) => words.yes.to_owned(),
        serde_json::Value::Bool(false) => words.no.to_owned(),
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => (words.list)(items),
        serde_json::Value::Object(entries) => (words.map)(entries),
    }
}

/// A token that is not text, as JavaScript makes it one.
pub(super) fn javascript_text(value: &Value) -> String {
    String::from_utf8_lossy(&as_a_text(Some(value), &JAVASCRIPT)).into_owned()
}
