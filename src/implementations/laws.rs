//! No value changes the shape of a request: it arrives intact where it was put, or is not carried.

use hyper::header::HeaderValue;
use proptest::prelude::*;
use url::Url;

use crate::implementations::{
    Access, Call, ExecCall, ExecRequest, Implementations, NotCarried, WebCall, WebRequest,
};
use crate::signature::{Context, Fields, Op, Request, Secret, Secrets, Value};

/// A description that uses every context.
const DESCRIPTION: &str = r#"
implementations:
  command:
    exec:
      suites: [s]
      sign:
        command: [sign, "--user", "{fields.user_id}", "--user={fields.user_id}!"]
        env: {USER_ID: "<{fields.user_id}>"}
        stdin: "[{fields.user_id}]\n{secret}"
        token: {regex: "x"}
  server:
    http:
      suites: [s]
      sign:
        url: "http://127.0.0.1:1/users/{fields.user_id}/signature?fixed=1&id={fields.user_id}"
        query: {"na me": "a {fields.user_id} b"}
        json: {user: {id: "{fields.user_id}", list: ["<{fields.user_id}>", 5]}, whole: "{fields.user_id:json}", "{{}}": "{{}}"}
        token: {json: /t}
  form:
    http:
      suites: [s]
      sign:
        url: "http://127.0.0.1:1/form"
        headers: {x-user: "user {fields.user_id}."}
        form: {user: "{fields.user_id}", other: "a=b&{fields.user_id}"}
        token: {header: x-token}
  raw:
    http:
      suites: [s]
      sign:
        url: "http://127.0.0.1:1/raw"
        body: "<{fields.user_id}>"
        token: {header: x-token}
"#;

fn described(name: &str) -> Access {
    let file = Implementations::parse("macproof.yaml", DESCRIPTION);
    let file = file.unwrap_or_else(|error| panic!("{error}"));
    file.find(name).unwrap().way.clone()
}

fn render<C: Call>(call: &C, value: &Value) -> Result<C::Request, NotCarried> {
    call.render(&request(Fields::new().with("user_id", value.clone())))
}

fn request(fields: Fields) -> Request {
    Request {
        suite: "s".into(),
        op: Op::Sign,
        secrets: Secrets::One(Secret::new("key")),
        fields,
        token: None,
        context: Context::default(),
        now: 5,
    }
}

fn exec_call() -> ExecCall {
    match described("command") {
        Access::Exec(native) => native.call(Op::Sign).unwrap().clone(),
        other => panic!("{other:?}"),
    }
}

fn web_call(name: &str) -> WebCall {
    match described(name) {
        Access::Web(native) => native.call(Op::Sign).unwrap().clone(),
        other => panic!("{other:?}"),
    }
}

/// Texts that have a special meaning wherever they are inserted unescaped.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\"",
            "&",
            "\r",
            "\n",
            "\r\nx-evil: 1",
            "=",
            "%",
            "%2f",
            "/",
            "..",
            ".",
            "?",
            "#",
            "\\",
            "+",
            " ",
            "\0",
            "-",
            "'",
            ";",
            "{",
            "}",
            "{secret}",
            "$(id)",
            "`",
            "|",
            "\u{e9}",
            "é",
            "\u{2028}",
            "\u{feff}",
            "<",
            ">",
            ":",
            "@",
            "[",
            "]",
            "\t",
            "a",
            "1",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let pair = [bytes.next().unwrap(), bytes.next().unwrap()];
            out.extend(hex::decode(pair).unwrap());
        } else {
            out.push(byte);
        }
    }
    out
}

proptest! {
    #[test]
    fn arguments_variables_and_standard_input(bytes in prop_oneof![
        any_text().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..9),
    ]) {
        let rendered = render(&exec_call(), &Value::Bytes(bytes.clone()));
        if bytes.contains(&0) || bytes.starts_with(b"-") {
            prop_assert!(rendered.is_err());
            return Ok(());
        }
        let around = |before: &str, after: &str| [before.as_bytes(), &bytes, after.as_bytes()].concat();
        let expected = ExecRequest {
            words: vec![
                b"sign".to_vec(),
                b"--user".to_vec(),
                bytes.clone(),
                around("--user=", "!"),
            ],
            env: vec![("USER_ID".to_owned(), around("<", ">"))],
            stdin: around("[", "]\nkey"),
        };
        prop_assert_eq!(rendered, Ok(expected));
    }

    #[test]
    fn urls_and_json(text in any_text()) {
        let rendered = render(&web_call("server"), &Value::Text(text.clone()));
        if text.is_empty() || text == "." || text == ".." {
            prop_assert!(rendered.is_err());
            return Ok(());
        }
        let WebRequest { method, url, headers, body } = rendered.unwrap();
        prop_assert_eq!(method, "POST");
        prop_assert_eq!(url.host_str(), Some("127.0.0.1"));
        prop_assert_eq!(url.fragment(), None);
        let segments: Vec<_> = url.path().split('/').skip(1).map(percent_decoded).collect();
        prop_assert_eq!(
            segments,
            [&b"users"[..], text.as_bytes(), b"signature"]
        );
        let query: Vec<_> = url.query_pairs().into_owned().collect();
        let expected = [
            ("fixed".to_owned(), "1".to_owned()),
            ("id".to_owned(), text.clone()),
            ("na me".to_owned(), format!("a {text} b")),
        ];
        prop_assert_eq!(query, expected);
        let expected = [("content-type".to_owned(), b"application/json".to_vec())];
        prop_assert_eq!(headers, expected);
        prop_assert!(body.is_ascii());
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let expected = serde_json::json!({
            "user": {"id": text, "list": [format!("<{text}>"), 5]},
            "whole": text,
            "{{}}": "{}",
        });
        prop_assert_eq!(json, expected);
    }

    #[test]
    fn forms_and_headers(text in any_text()) {
        let rendered = render(&web_call("form"), &Value::Text(text.clone()));
        if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            prop_assert!(rendered.is_err());
            return Ok(());
        }
        let WebRequest { headers, body, .. } = rendered.unwrap();
        let value = format!("user {text}.");
        prop_assert_eq!(&headers[0], &("x-user".to_owned(), value.clone().into_bytes()));
        let sent = HeaderValue::from_bytes(&headers[0].1).unwrap();
        prop_assert_eq!(sent.to_str().unwrap(), value);
        prop_assert_eq!(headers.len(), 2);
        // A form is parsed like a query.
        let mut url = Url::parse("http://a/").unwrap();
        url.set_query(Some(&String::from_utf8(body).unwrap()));
        let fields: Vec<_> = url.query_pairs().into_owned().collect();
        let expected = [
            ("user".to_owned(), text.clone()),
            ("other".to_owned(), format!("a=b&{text}")),
        ];
        prop_assert_eq!(fields, expected);
    }
}

#[test]
fn a_raw_body_carries_every_byte_and_adds_no_header() {
    let every: Vec<u8> = (0..=u8::MAX).collect();
    let rendered = render(&web_call("raw"), &Value::Bytes(every.clone())).unwrap();
    assert_eq!(rendered.method, "POST");
    assert_eq!(rendered.body, [b"<", &every[..], b">"].concat());
    assert_eq!(rendered.headers, []);
}

#[test]
fn a_number_stays_a_number_where_the_description_says_so() {
    let request = render(&web_call("server"), &Value::Number(620)).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(json["whole"], 620);
    assert_eq!(json["user"]["id"], "620");
}

#[test]
fn values_that_are_not_text_are_not_carried() {
    let null = Value::Json(serde_json::Value::Null);
    assert!(render(&exec_call(), &null).is_err());
    let bytes = Value::Bytes(vec![0xff]);
    assert!(render(&web_call("server"), &bytes).is_err());
    assert!(render(&web_call("form"), &bytes).is_err());
    let nothing = exec_call().render(&request(Fields::new()));
    let why = nothing.unwrap_err().to_string();
    assert_eq!(
        why,
        "the description cannot carry it: there is no {fields.user_id} in this request"
    );
}
