//! Requests as people save them.

use proptest::prelude::*;

use crate::received::{Received, RequestError};
use crate::scheme::Place;

fn read(saved: &str) -> Received {
    Received::parse(saved.as_bytes()).unwrap()
}

fn at(received: &Received, place: &Place) -> Vec<String> {
    let found = received.at(place).into_iter();
    found
        .map(|one| String::from_utf8(one.value).unwrap())
        .collect()
}

fn body(saved: &str) -> (Vec<String>, Vec<String>) {
    let received = read(saved);
    (at(&received, &Place::Body), received.notes)
}

#[test]
fn a_raw_request_is_read() {
    let saved = "POST /hook?a=1&user+id=J%C3%BCrgen+M HTTP/1.1\r\nHost: a.example\r\nX-Sig:  t=1 \r\nCookie: a=b; sid=42\r\n\r\n{\"data\":[{\"id\":1.0},\"\\u00fc\"]}";
    let received = read(saved);
    for (place, found) in [
        (Place::Header("x-sIG".into()), vec!["t=1"]),
        (Place::Header("x-none".into()), vec![]),
        (Place::Query("user id".into()), vec!["Jürgen M"]),
        (Place::Query("b".into()), vec![]),
        (Place::Cookie("sid".into()), vec!["42"]),
        (Place::Json("/data/0/id".into()), vec!["1.0"]),
        (Place::Json("/data/1".into()), vec!["ü"]),
        (Place::Json("/data".into()), vec![]),
        (Place::Json("/data/9".into()), vec![]),
        (Place::Form("data".into()), vec![]),
        (
            Place::Url,
            vec![
                "https://a.example/hook?a=1&user+id=J%C3%BCrgen+M",
                "http://a.example/hook?a=1&user+id=J%C3%BCrgen+M",
            ],
        ),
        (Place::Body, vec!["{\"data\":[{\"id\":1.0},\"\\u00fc\"]}"]),
    ] {
        assert_eq!(at(&received, &place), found, "{place}");
    }
    let form = read("POST / HTTP/1.1\n\na=1&b=x+y%21\n");
    assert_eq!(at(&form, &Place::Form("b".into())), ["x y!"]);
}

#[test]
fn the_end_of_a_body_is_where_its_length_says() {
    assert_eq!(body("POST / HTTP/1.1\n\n{}").0, ["{}"]);
    assert_eq!(body("POST / HTTP/1.1\n\n{}\n").0, ["{}\n", "{}", "{}\r\n"]);
    let (bodies, notes) = body("POST / HTTP/1.1\nContent-Length: 2\n\n{}\n");
    assert_eq!(bodies, ["{}"]);
    assert!(notes[0].contains("line end"), "{notes:?}");
    let (bodies, notes) = body("POST / HTTP/1.1\nContent-Length: 2\n\n{}abc");
    assert_eq!(bodies, ["{}"]);
    assert!(notes[0].contains("the 3 behind them"), "{notes:?}");
    let (bodies, notes) = body("POST / HTTP/1.1\nContent-Length: 4\n\na\nb\n");
    assert_eq!(bodies, ["a\nb\n"]);
    assert!(notes.is_empty());
    let (bodies, notes) = body("POST / HTTP/1.1\nContent-Length: 6\n\na\nb\n");
    assert_eq!(bodies, ["a\r\nb\r\n"]);
    assert!(notes[0].contains("CRLF"), "{notes:?}");
    let (bodies, notes) = body("POST / HTTP/1.1\nContent-Length: 9\n\nab");
    assert_eq!(bodies, ["ab"]);
    assert!(notes[0].contains("not whole"), "{notes:?}");
}

#[test]
fn chunks_are_put_together_if_they_are_some() {
    let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (bodies, notes) = body(&format!(
        "{head}3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
    ));
    assert_eq!(bodies, ["abc0123456789"]);
    assert!(notes[0].contains("chunks"), "{notes:?}");
    assert_eq!(body(&format!("{head}{{}}")).0, ["{}"]);
    assert_eq!(
        body(&format!("{head}ffffffffffffffff\r\nabc")).0[0],
        "ffffffffffffffff\r\nabc"
    );
}

#[test]
fn a_compressed_body_is_told_of() {
    let saved = b"POST / HTTP/1.1\nContent-Encoding: gzip\n\n\x1f\x8b\xff";
    let received = Received::parse(saved).unwrap();
    assert_eq!(received.bodies[0].value, b"\x1f\x8b\xff");
    assert!(received.notes[0].contains("compressed"), "{received:?}");
    let (_, notes) = body("POST / HTTP/1.1\nContent-Encoding: gzip\n\n{}");
    assert!(notes[0].contains("it was decoded"), "{notes:?}");
}

#[test]
fn what_curl_prints_is_read() {
    let printed = "$ curl -v http://a.example\n* Connected\n> POST /h HTTP/1.1\r\n> Host: a.example\r\n> X-Sig: s\n> Content-Length: 2\n> \n} [2 bytes data]\n* sent\n< HTTP/1.1 401 Unauthorized\n< x-sig: not this\n<\nno such key\n* done\n";
    let received = read(printed);
    assert_eq!(at(&received, &Place::Header("X-Sig".into())), ["s"]);
    // That is the body of the response.
    assert_eq!(at(&received, &Place::Body), [""; 0]);
    assert!(received.no_body.is_some());
    let received = read(&printed.replace("no such key\n", ""));
    assert_eq!(at(&received, &Place::Body), [""; 0]);
    let received = read(&printed.replace("no such key\n", "{}\n"));
    assert_eq!(at(&received, &Place::Body), ["{}"]);
    assert!(
        received.notes[0].contains("behind the response"),
        "{received:?}"
    );
    let before = printed
        .replace("> \n}", ">\n{ \"a\": 1 }\n}")
        .replace(": 2\n", ": 10\n");
    assert_eq!(at(&read(&before), &Place::Body), ["{ \"a\": 1 }"]);
    let quoted = "POST / HTTP/1.1\n\n> GET / HTTP/1.1";
    assert_eq!(at(&read(quoted), &Place::Body), ["> GET / HTTP/1.1"]);
    let get = "> GET / HTTP/1.1\n> X-Sig: s\n>\n< HTTP/1.1 200 OK\n<\nhello\n";
    assert_eq!(at(&read(get), &Place::Body), [""]);
    // Of a redirect the last request counts.
    let two = format!("{get}> GET /2 HTTP/1.1\n> X-Sig: t\n>\n");
    assert_eq!(at(&read(&two), &Place::Header("X-Sig".into())), ["t"]);
}

#[test]
fn a_copied_command_is_read() {
    let copied = "curl 'https://a.example/h?a=1' \\\n  -X POST -H 'X-Sig: s' -H 'X-Empty;' -b 'sid=4' --compressed -H'Accept: *' --data-raw $'{\"a\":\"it\\'s\"}'";
    let received = read(copied);
    assert_eq!(at(&received, &Place::Header("x-sig".into())), ["s"]);
    assert_eq!(at(&received, &Place::Header("accept".into())), ["*"]);
    assert_eq!(at(&received, &Place::Header("x-empty".into())), [""]);
    assert_eq!(at(&received, &Place::Cookie("sid".into())), ["4"]);
    assert_eq!(at(&received, &Place::Url), ["https://a.example/h?a=1"]);
    assert_eq!(at(&received, &Place::Body), ["{\"a\":\"it's\"}"]);
    let data = read("curl a.example -d a=1 -d b=2 --data-urlencode 'c=x y'");
    assert_eq!(at(&data, &Place::Body), ["a=1&b=2&c=x%20y"]);
    let get = read("curl a.example -G -d a=1");
    assert_eq!(at(&get, &Place::Query("a".into())), ["1"]);
    for (command, error) in [
        ("curl a -d @file", RequestError::BodyInFile),
        ("curl a -F a=b", RequestError::Multipart),
        ("curl a -H", RequestError::OptionWithoutValue),
        ("curl 'a", RequestError::OpenQuote),
        (
            "curl ^\"https://a.example^\" ^\n  -H ^\"a: b^\"",
            RequestError::OtherShell,
        ),
    ] {
        assert_eq!(Received::parse(command.as_bytes()), Err(error));
    }
}

#[test]
fn heads_of_browsers_and_of_none_are_read() {
    let received =
        read(":authority: a.example\n:method: POST\n:path: /h\n:scheme: https\nx-sig: s\n\n{}");
    assert_eq!(at(&received, &Place::Url), ["https://a.example/h"]);
    assert_eq!(at(&received, &Place::Body), ["{}"]);
    let received = read("\u{feff}\nX-Sig: s\n\n{}");
    assert_eq!(at(&received, &Place::Header("X-Sig".into())), ["s"]);
}

#[test]
fn what_is_no_request_is_refused() {
    for (saved, error) in [
        ("", RequestError::Empty),
        ("\n \n", RequestError::Empty),
        ("HTTP/1.1 200 OK\n\n", RequestError::Response),
        ("{\"a\": 1}", RequestError::Line(1)),
        ("POST / HTTP/1.1\nno header\n\n", RequestError::Line(2)),
    ] {
        assert_eq!(Received::parse(saved.as_bytes()), Err(error), "{saved}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(saved in any::<Vec<u8>>(), head in "(curl |> POST / HTTP/1.1\n|POST / HTTP/1.1\n)[ -~\n]{0,80}") {
        let _ = Received::parse(&saved);
        let mut all = head.into_bytes();
        all.extend(saved);
        if let Ok(received) = Received::parse(&all) {
            for place in [Place::Body, Place::Url, Place::Json("/a/0".into()), Place::Form("a".into()), Place::Query("a".into()), Place::Cookie("a".into())] {
                let _ = received.at(&place);
            }
        }
    }
}
