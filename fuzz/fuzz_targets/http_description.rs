//! Asserts: no value changes the shape of a request that is described: each part of its path, query, headers and body says, once decoded, what the description says with the value in its place; or the value is not carried.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof::implementations::{Call, Implementations, NotCarried, Access, WebCall, WebRequest};
use macproof::signature::{Context, Fields, Op, Request, Secret, Secrets, Value};
use serde_json::{Value as Json, json};

/// Stands for the value. No part of it is its beginning and its end.
const STAND_IN: &str = "zqx7kv";

/// What a server reads of a request.
#[derive(Debug, PartialEq)]
struct Read {
    line: Vec<String>,
    segments: Vec<Vec<u8>>,
    query: Vec<Pair>,
    headers: Vec<(String, Vec<u8>)>,
    json: Option<Json>,
    form: Vec<Pair>,
}

type Pair = (Vec<u8>, Option<Vec<u8>>);

// The input is text: the URL behind the server, a field of the query (name=template), a header
// (name: template), a body (JSON, or the fields of a form), each in its line; the rest is the value.
fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.splitn(5, '\n').collect();
    let &[url, query, header, body, value] = &lines[..] else {
        return;
    };
    if lines[..4].iter().any(|line| line.contains(STAND_IN)) {
        return;
    }
    let Some(call) = described(url, query, header, body) else {
        return;
    };
    let Ok(due) = render(&call, STAND_IN) else {
        return;
    };
    let is_form = !body.is_empty() && serde_json::from_str::<Json>(body).is_err();
    match render(&call, value) {
        Ok(request) => {
            let in_header = due.headers.iter().any(|(_, text)| replaced(text, b"") != *text);
            let is_line = value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
            assert!(is_line || !in_header, "a header holds one line of ASCII");
            assert_eq!(read(&request, is_form), with(read(&due, is_form), value));
        }
        // Letters and digits go anywhere.
        Err(why) => assert!(
            value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{why}"
        ),
    }
});

fn described(url: &str, query: &str, header: &str, body: &str) -> Option<WebCall> {
    let mut sign = json!({
        "url": format!("http://127.0.0.1:1{url}"),
        "token": {"json": "/token"},
    });
    if let Some((name, template)) = query.split_once('=') {
        sign["query"] = json!({ name: template });
    }
    if let Some((name, template)) = header.split_once(": ") {
        sign["headers"] = json!({ name: template });
    }
    match serde_json::from_str::<Json>(body) {
        _ if body.is_empty() => {}
        Ok(body) => sign["json"] = body,
        Err(_) => {
            let fields = body.split('&').map(|field| field.split_once('=').unwrap_or((field, "")));
            sign["form"] = fields.map(|(name, template)| (name.to_owned(), Json::from(template))).collect();
        }
    }
    let file = json!({"implementations": {"server": {"http": {"suites": ["s"], "sign": sign}}}});
    let file = Implementations::parse("macproof.yaml", &file.to_string()).ok()?;
    match &file.find("server")?.way {
        Access::Web(native) => native.call(Op::Sign).cloned(),
        _ => None,
    }
}

fn render(call: &WebCall, value: &str) -> Result<WebRequest, NotCarried> {
    call.render(&Request {
        suite: "s".into(),
        op: Op::Sign,
        secrets: Secrets::One(Secret::new(value)),
        fields: Fields::new().with("user_id", Value::Text(value.to_owned())),
        token: None,
        context: Context::default(),
        now: 5,
    })
}

fn read(request: &WebRequest, is_form: bool) -> Read {
    let url = &request.url;
    Read {
        line: vec![
            request.method.clone(),
            format!("{} {:?} {:?} {:?}", url.scheme(), url.username(), url.host_str(), url.port()),
            url.fragment().unwrap_or("none").to_owned(),
        ],
        segments: url.path().split('/').map(|segment| decoded(segment, false)).collect(),
        query: url.query().map(pairs).unwrap_or_default(),
        headers: request.headers.clone(),
        json: (!is_form && !request.body.is_empty()).then(|| {
            assert!(request.body.is_ascii());
            serde_json::from_slice(&request.body).expect("a body of JSON is JSON")
        }),
        form: if is_form {
            pairs(std::str::from_utf8(&request.body).expect("a form is text"))
        } else {
            Vec::new()
        },
    }
}

fn pairs(text: &str) -> Vec<Pair> {
    let pair = |field: &str| match field.split_once('=') {
        Some((name, value)) => (decoded(name, true), Some(decoded(value, true))),
        None => (decoded(field, true), None),
    };
    text.split('&').map(pair).collect()
}

fn decoded(text: &str, is_form: bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let pair = text.get(at + 1..at + 3).filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()));
        match (bytes[at], pair) {
            (b'%', Some(pair)) => {
                out.extend(u8::from_str_radix(pair, 16));
                at += 2;
            }
            (b'+', _) if is_form => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    out
}

/// The same with the value in place of what stands for it.
fn with(read: Read, value: &str) -> Read {
    let bytes = |text: Vec<u8>| replaced(&text, value.as_bytes());
    let pairs = |pairs: Vec<Pair>| pairs.into_iter().map(|(name, value)| (bytes(name), value.map(bytes))).collect();
    Read {
        line: read.line,
        segments: read.segments.into_iter().map(bytes).collect(),
        query: pairs(read.query),
        headers: read.headers.into_iter().map(|(name, value)| (name, bytes(value))).collect(),
        json: read.json.map(|json| in_json(json, value)),
        form: pairs(read.form),
    }
}

fn in_json(json: Json, value: &str) -> Json {
    match json {
        Json::String(text) => text.replace(STAND_IN, value).into(),
        Json::Array(items) => items.into_iter().map(|item| in_json(item, value)).collect(),
        Json::Object(entries) => entries.into_iter().map(|(key, item)| (key, in_json(item, value))).collect(),
        other => other,
    }
}

fn replaced(text: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(STAND_IN.len()).position(|window| window == STAND_IN.as_bytes()) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(value);
        rest = &rest[at + STAND_IN.len()..];
    }
    out.extend_from_slice(rest);
    out
}
