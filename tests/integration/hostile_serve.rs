//! Callers that mean harm: `macproof serve` answers the others all the same, in bounded memory,
//! and ends when it is told to.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::harness::test;
use crate::served::{Served, secret_file};

fn jotreview(arguments: &[&str]) -> Served {
    let secret = secret_file("a-secret-0123456789");
    Served::start(&[&["jotreview", "--secret-file", &secret], arguments].concat())
}

fn repeated(op: &str, repeat: u32) -> String {
    let request = match op {
        "compare" => json!({"id": 1, "op": "compare", "left": "a", "right": "b", "repeat": repeat}),
        _ => json!({"id": 1, "op": op, "suite": "jotreview", "secret": "s",
            "fields": {"user_id": "u"}, "token": "x", "now": 1, "repeat": repeat}),
    };
    request.to_string()
}

/// As many as the machine has cores, and more, froze it.
#[test]
fn a_large_repeat_is_refused_and_a_usual_one_accepted() {
    let served = jotreview(&[]);
    for op in ["verify", "compare"] {
        for _ in 0..8 {
            let answer = served.post("/macproof", &[], &repeated(op, u32::MAX));
            assert_eq!(answer.status, 200);
            assert!(answer.body.contains("unsupported"), "{}", answer.body);
        }
        let answer = served.post("/macproof", &[], &repeated(op, 1000));
        assert!(!answer.body.contains("unsupported"), "{}", answer.body);
    }
    // Many small ones in one body are one large one.
    let lines = vec![repeated("verify", 200_000); 40].join("\n");
    let answer = served.post("/macproof", &["content-type: application/x-ndjson"], &lines);
    assert_eq!(
        answer.body.matches("unsupported").count(),
        35,
        "{}",
        answer.body
    );
    assert_eq!(served.get("/healthz").status, 200);
    served.signal(Signal::TERM);
    assert_eq!(served.ended().0, Some(0));
}

/// Standard error is a pipe that nobody reads, as test harnesses often have it.
#[test]
fn an_unread_log_delays_no_answer() {
    let served = jotreview(&["--mode", "strict"]);
    let call = json!({"user_id": "user-42", "signature": "x"}).to_string();
    for _ in 0..3000 {
        let answer = served.post("/jotreview/identify", &[], &call);
        assert_eq!(answer.status, 403);
    }
    served.signal(Signal::TERM);
    let (code, log) = served.ended();
    assert_eq!(code, Some(0));
    assert!(log.contains("\"event\":\"identify\""), "{log}");
}

#[test]
fn two_signals_always_end_the_server() {
    let ended = || {
        let served = jotreview(&[]);
        let mut stream = served.connect();
        let head = format!(
            "POST /macproof HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n",
            served.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        assert_eq!(served.get("/healthz").status, 200);
        served.signal(Signal::TERM);
        // Once it has heard the first, it lets nobody in; two that are not yet heard are one.
        while TcpStream::connect(served.address).is_ok() {
            thread::sleep(Duration::from_millis(5));
        }
        served.signal(Signal::TERM);
        served.ended().0
    };
    // By the signal, and not after the five seconds that a request under way is given; on a busy
    // machine these may be over before the second comes.
    assert!((0..5).any(|_| ended().is_none()));
}

/// Unfinished bodies together take no more than the server allows all of them.
#[test]
fn unfinished_bodies_are_bounded_together() {
    let served = jotreview(&[]);
    let part = vec![b' '; 12 << 20];
    let mut streams = Vec::new();
    for _ in 0..12 {
        let mut stream = served.connect();
        let head = format!(
            "POST /macproof HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            served.address,
            part.len() + 1
        );
        stream.write_all(head.as_bytes()).unwrap();
        let _refused_early = stream.write_all(&part);
        streams.push(stream);
    }
    let (sender, refusals) = mpsc::channel();
    for mut stream in streams {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut answer = [0; 12];
            if stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"503") {
                // The test may have seen enough.
                let _enough = sender.send(());
            }
        });
    }
    drop(sender);
    assert_eq!(refusals.iter().take(6).count(), 6);
    assert_eq!(served.get("/healthz").status, 200);
}

/// Nothing is waited for that is refused in any case: the answer comes before the first byte.
#[test]
fn a_body_that_announces_too_much_is_refused_at_once() {
    let served = jotreview(&[]);
    for path in ["/macproof", "/jotreview/identify"] {
        for length in ["20000000", "99999999999999"] {
            let mut stream = served.connect();
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n",
                served.address
            );
            stream.write_all(head.as_bytes()).unwrap();
            // Less than the time in which a body has to arrive.
            stream
                .set_read_timeout(Some(Duration::from_secs(8)))
                .unwrap();
            let mut answer = [0; 12];
            let read = stream.read_exact(&mut answer);
            let answer = String::from_utf8_lossy(&answer);
            read.unwrap_or_else(|error| panic!("{path} {length}: {error} {answer}"));
            assert!(answer.ends_with("413"), "{answer}");
        }
    }
    assert_eq!(served.get("/healthz").status, 200);
}

/// What a caller says is shown with its invisible characters spelt out.
#[test]
fn the_page_shows_invisible_characters() {
    let served = jotreview(&["--mode", "strict"]);
    let call =
        json!({"user_id": " u\u{1b}[31m\u{0}\u{200b}\u{202e}", "signature": "\u{1b}\u{200b}"});
    let answer = served.post("/jotreview/identify", &[], &call.to_string());
    assert_eq!(answer.status, 403);
    let page = served.get("/").body;
    for character in ['\u{1b}', '\u{0}', '\u{200b}', '\u{202e}'] {
        assert!(!page.contains(character), "{character:?}");
    }
    assert!(page.contains("u{1b}[31m"), "{page}");
    assert!(page.contains("&#34; u") || page.contains("\" u"), "{page}");
}
