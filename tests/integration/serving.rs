//! `macproof serve`: each system's outcomes from end to end, and what it does with bad callers.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use macproof::signature::{Fields, Secret, Secrets};
use macproof::suite::find;
use rustix::process::{Resource, Signal, getrlimit, setrlimit};
use serde_json::{Value as Json, json};

use crate::harness::test;
use crate::served::{Answer, PATIENCE, Served, secret_file};

const SECRET: &str = "a-secret-that-no-log-may-show-0123456789";

fn sign(suite: &str, fields: &Fields) -> String {
    let scheme = find(suite).unwrap().scheme().unwrap();
    let secrets = Secrets::One(Secret::new(SECRET));
    scheme.sign(&secrets, fields).unwrap()
}

fn user(id: &str) -> Fields {
    Fields::new().with("user_id", id)
}

fn identify(served: &Served, suite: &str, body: &Json) -> (u16, Json) {
    let answer = served.post(&format!("/{suite}/identify"), &[], &body.to_string());
    (answer.status, answer.json())
}

/// A server of one suite with the secret.
fn one(suite: &str, arguments: &[&str]) -> Served {
    let secret = secret_file(SECRET);
    let all = [&[suite, "--secret-file", &secret], arguments].concat();
    Served::start(&all)
}

#[test]
fn jotreview_in_its_three_modes() {
    let right = sign("jotreview", &user("user-42"));
    let calls = [
        json!({"user_id": "user-42", "signature": right}),
        json!({"user_id": "user-43", "signature": right, "email": "a@b.example"}),
        json!({"user_id": "user-42"}),
        json!({"user_id": "user-42", "signature": null}),
    ];
    for (mode, expected) in [
        ("off", ["accept"; 4]),
        ("secure", ["accept", "anonymous", "reject", "reject"]),
        ("strict", ["accept", "reject", "reject", "reject"]),
    ] {
        let served = one("jotreview", &["--mode", mode]);
        for (call, outcome) in calls.iter().zip(expected) {
            let (status, answer) = identify(&served, "jotreview", call);
            assert_eq!(answer["outcome"], outcome, "{mode} {call}");
            assert_eq!(status, if outcome == "reject" { 403 } else { 200 });
            let warns = outcome == "anonymous";
            assert_eq!(answer.get("warning").is_some(), warns, "{answer}");
        }
    }
}

/// Prefinery's calls, with what the caller keeps.
struct Browser<'s> {
    served: &'s Served,
    cookie: Option<String>,
}

impl Browser<'_> {
    fn call(
        &mut self,
        method: &str,
        lookup: &str,
        identifier: &str,
        signature: Option<&str>,
    ) -> u16 {
        let mut body = json!({"method": method, "lookup": lookup, "identifier": identifier});
        if let Some(signature) = signature {
            body["signature"] = signature.into();
        }
        let cookie = self
            .cookie
            .as_ref()
            .map(|cookie| format!("cookie: a=b; {cookie}"));
        let headers: Vec<&str> = cookie.iter().map(String::as_str).collect();
        let answer = self
            .served
            .post("/prefinery/identify", &headers, &body.to_string());
        if let Some(set) = answer.header("set-cookie") {
            // It lasts as long as the browser is open: neither an age nor a day of expiry.
            assert!(
                !set.contains("Max-Age") && !set.contains("Expires"),
                "{set}"
            );
            assert!(
                set.contains("HttpOnly") && set.contains("SameSite"),
                "{set}"
            );
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        let expected = if answer.status == 200 {
            "accept"
        } else {
            "reject"
        };
        assert_eq!(answer.json()["outcome"], expected);
        answer.status
    }
}

#[test(needs(CHROMIUM))]
fn prefinery_with_sessions_of_their_users() {
    let served = one("prefinery", &[]);
    let (bruce, alfred) = ("bruce@wayne.example", "alfred@wayne.example");
    let by = |lookup: &str, value: &str| {
        let fields = Fields::new()
            .with("identifier", value)
            .with("lookup", lookup);
        sign("prefinery", &fields)
    };
    let browser = || Browser {
        served: &served,
        cookie: None,
    };
    let mut first = browser();
    // Nobody is known yet: the first may be added without a signature, and has a session then.
    assert_eq!(first.call("getUser", "email", bruce, None), 403);
    assert_eq!(first.call("addUser", "email", bruce, None), 200);
    assert!(first.cookie.is_some());
    assert_eq!(first.call("getUser", "email", bruce, None), 200);
    // Another browser has none, and the email exists now.
    let mut second = browser();
    assert_eq!(second.call("addUser", "email", bruce, None), 403);
    assert_eq!(second.call("getUser", "email", bruce, None), 403);
    assert_eq!(
        second.call("authenticateUser", "email", bruce, Some("00")),
        403
    );
    assert!(second.cookie.is_none());
    assert_eq!(
        second.call(
            "authenticateUser",
            "email",
            bruce,
            Some(&by("email", bruce))
        ),
        200
    );
    assert_eq!(second.call("getUser", "email", bruce, None), 200);
    assert_eq!(second.call("addUser", "email", bruce, None), 200);
    // A session is its user's; and a signature is for the value that is looked up.
    assert_eq!(second.call("getUser", "email", alfred, None), 403);
    assert_eq!(
        second.call("getUser", "email", alfred, Some(&by("email", alfred))),
        200
    );
    for (lookup, value) in [("referral_code", "r7xK2p"), ("id", "1024")] {
        assert_eq!(second.call("getUser", lookup, value, None), 403);
        assert_eq!(
            second.call("getUser", lookup, value, Some(&by("email", bruce))),
            403
        );
        assert_eq!(
            second.call("getUser", lookup, value, Some(&by(lookup, value))),
            200
        );
    }
    // Nobody can name a session into being.
    let mut forger = browser();
    forger.cookie = Some("macproof_session=0123456789abcdef0123456789abcdef".to_owned());
    assert_eq!(forger.call("getUser", "email", bruce, None), 403);
}

#[test(needs(CHROMIUM))]
fn prefinery_not_enforced() {
    let served = one("prefinery", &["--context", "enforcement=off"]);
    let mut browser = Browser {
        served: &served,
        cookie: None,
    };
    for method in ["getUser", "addUser", "addUser", "authenticateUser"] {
        assert_eq!(browser.call(method, "email", "a@b.example", None), 200);
    }
}

#[test]
fn jimo_and_engagespot_off_and_on() {
    let secret = secret_file(SECRET);
    let (jimo, engagespot) = (format!("jimo={secret}"), format!("engagespot={secret}"));
    let files = [
        "jimo",
        "engagespot",
        "--secret-file",
        &jimo,
        "--secret-file",
        &engagespot,
    ];
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let at = |id: &str| user(id).with("timestamp", i64::try_from(now).unwrap());
    let calls = [
        (
            "jimo",
            json!({"user_id": "id-1", "signedIdentifier": sign("jimo", &at("id-1"))}),
            true,
        ),
        (
            "jimo",
            json!({"user_id": "id-2", "signedIdentifier": sign("jimo", &at("id-1"))}),
            false,
        ),
        ("jimo", json!({"user_id": "id-2"}), false),
        (
            "engagespot",
            json!({"user_id": "a@b.c", "userSignature": sign("engagespot", &user("a@b.c"))}),
            true,
        ),
        (
            "engagespot",
            json!({"user_id": "b@b.c", "userSignature": sign("engagespot", &user("a@b.c"))}),
            false,
        ),
        ("engagespot", json!({"user_id": "b@b.c"}), false),
    ];
    let off = Served::start(&files);
    let on = Served::start(&[&files[..], &["--mode", "on"]].concat());
    for (suite, call, is_right) in calls {
        assert_eq!(identify(&off, suite, &call).1["outcome"], "accept");
        let (status, answer) = identify(&on, suite, &call);
        assert_eq!(
            answer["outcome"],
            if is_right { "accept" } else { "reject" },
            "{call}"
        );
        assert_eq!(status, if is_right { 200 } else { 403 });
        let code = answer.get("code").and_then(Json::as_str);
        let documented = "IDENTIFY_VERIFICATION_SIGNATURE_SIGNIN_FAILED";
        assert_eq!(code, (suite == "jimo" && !is_right).then_some(documented));
    }
}

#[test]
fn mtribes_with_a_switch_and_a_secret_for_each_platform() {
    let (ios, android) = (
        secret_file(SECRET),
        secret_file("another-secret-0123456789"),
    );
    let served = Served::start(&[
        "mtribes",
        "--secret-file",
        &format!("mtribes/ios={ios}"),
        "--secret-file",
        &format!("mtribes/android={android}"),
        "--context",
        "trusted_identity.ios=on",
        "--context",
        "mtribes/trusted_identity.tv=on",
    ]);
    let scheme = find("mtribes").unwrap().scheme().unwrap();
    let secrets = Secrets::Per(vec![("ios".into(), Secret::new(SECRET))]);
    let right = scheme
        .sign(&secrets, &user("u").with("platform", "ios"))
        .unwrap();
    let outcome = |body: Json| identify(&served, "mtribes", &body);
    let call = |platform: &str, token: &str| {
        outcome(json!({"user_id": "u", "platform": platform, "token": token})).1["outcome"].clone()
    };
    assert_eq!(call("ios", &right), "accept");
    assert_eq!(call("ios", "00"), "reject");
    assert_eq!(call("ios", ""), "reject");
    // Its switch is off, whatever is presented; of the web there is not even a secret.
    assert_eq!(call("android", &right), "accept");
    assert_eq!(call("web", ""), "accept");
    // Switched on without a secret: nothing can be said, and nobody is let in.
    let (status, answer) = outcome(json!({"user_id": "u", "platform": "tv", "token": right}));
    assert_eq!((status, &answer["outcome"]), (422, &json!("refused")));
    let visitor = outcome(json!({"user": "visitor", "platform": "ios"}));
    assert_eq!(
        (visitor.0, &visitor.1["outcome"]),
        (200, &json!("anonymous"))
    );
    assert_eq!(outcome(json!({"user": "king", "platform": "ios"})).0, 400);
}

#[test]
fn without_a_secret_only_calls_that_need_none_are_decided() {
    let served = Served::start(&["jotreview", "--mode", "strict"]);
    let (status, answer) = identify(
        &served,
        "jotreview",
        &json!({"user_id": "a", "signature": "b"}),
    );
    assert_eq!((status, &answer["outcome"]), (422, &json!("refused")));
    assert!(answer["why"].as_str().unwrap().contains("--secret-file"));
    assert_eq!(
        identify(&served, "jotreview", &json!({"user_id": "a"})).0,
        403
    );
}

#[test]
fn it_is_a_conforming_implementation_over_http() {
    let served = Served::start(&[]);
    let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args([
            "run",
            "--level",
            "should",
            "--report",
            "json=-",
            "--http",
            &served.url(),
        ])
        .output()
        .unwrap();
    let result: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["conformance"], "conformant");
    assert_eq!(result["scope"]["whole"], true, "{}", result["scope"]);
    assert!(result["counts"]["pass"].as_u64().unwrap() > 2000);
}

#[test]
fn another_identity_is_never_accepted() {
    let served = one("jotreview", &["--allow-origin", "http://localhost:3000"]);
    let own = format!("origin: http://{}", served.address);
    let call = |headers: &[&str]| {
        let body = r#"{"user_id":"a"}"#;
        served.post("/jotreview/identify", headers, body)
    };
    assert_eq!(call(&["host: evil.example"]).status, 421);
    assert_eq!(call(&["host: 127.0.0.1.evil.example:4000"]).status, 421);
    assert_eq!(call(&["host: localhost:4000"]).status, 200);
    assert_eq!(call(&[&own]).status, 200);
    for other in [
        "http://evil.example",
        "null",
        "http://localhost:3001",
        "https://localhost:3000",
    ] {
        let answer = call(&[&format!("origin: {other}")]);
        assert_eq!(answer.status, 403, "{other}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let allowed = call(&["origin: http://localhost:3000"]);
    assert_eq!(allowed.status, 200);
    let of = |answer: &Answer| {
        answer
            .header("access-control-allow-origin")
            .map(str::to_owned)
    };
    assert_eq!(of(&allowed).as_deref(), Some("http://localhost:3000"));
    let preflight = |origin: &str| {
        let address = served.address;
        let request = format!(
            "OPTIONS /jotreview/identify HTTP/1.1\r\nhost: {address}\r\norigin: {origin}\r\naccess-control-request-method: POST\r\nconnection: close\r\n\r\n"
        );
        served.raw(request.as_bytes())
    };
    let allowed = preflight("http://localhost:3000");
    assert_eq!(allowed.status, 204);
    assert_eq!(
        allowed.header("access-control-allow-headers"),
        Some("content-type")
    );
    assert_eq!(preflight("http://evil.example").status, 403);
    let nameless = "GET / HTTP/1.0\r\n\r\n";
    assert_eq!(served.raw(nameless.as_bytes()).status, 400);
}

#[test]
fn bad_requests_get_a_clear_answer() {
    let served = one("jotreview", &["--mode", "strict"]);
    let call = |headers: &[&str], body: &str| served.post("/jotreview/identify", headers, body);
    for wrong in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
    ] {
        let answer = call(&[&format!("content-type: {wrong}")], "{}");
        assert_eq!(answer.status, 415, "{wrong}");
        assert!(answer.body.contains("application/json"));
    }
    assert_eq!(
        call(&["content-type: application/json; charset=utf-8"], "{}").status,
        403
    );
    for wrong in [
        "",
        "{",
        "[]",
        "null",
        "\"a\"",
        "{\"user_id\":\"\u{0}\"}",
        "{}{}",
    ] {
        assert_eq!(call(&[], wrong).status, 400, "{wrong}");
    }
    // What is no text is no signature.
    for odd in [
        "5",
        "true",
        "[]",
        "{}",
        "{\"base64\":\"!\"}",
        "1e400",
        "18446744073709551616",
    ] {
        let answer = call(&[], &format!(r#"{{"user_id":"a","signature":{odd}}}"#));
        assert!(matches!(answer.status, 400 | 403), "{odd}: {answer:?}");
        let answer = call(&[], &format!(r#"{{"user_id":{odd},"signature":"aa"}}"#));
        assert!(matches!(answer.status, 400 | 403), "{odd}: {answer:?}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(call(&[], &deep).status, 400);
    let long = format!(r#"{{"user_id":"{}"}}"#, "a".repeat(300_000));
    assert_eq!(call(&[], &long).status, 413);
    assert_eq!(served.post("/macproof", &[], "{}").status, 400);
    assert_eq!(
        served
            .post("/macproof", &["content-type: text/plain"], "{}")
            .status,
        415
    );
    assert_eq!(
        served.post("/macproof", &[], &"a".repeat(17 << 20)).status,
        413
    );
    assert_eq!(served.post("/nowhere/identify", &[], "{}").status, 404);
    assert_eq!(served.post("/nowhere", &[], "{}").status, 404);
    assert_eq!(served.get("/jotreview/identify").status, 405);
    assert_eq!(served.get("/%ff/identify").status / 100, 4);
    assert_eq!(served.get("/healthz").status, 200);
}

#[test]
fn malformed_requests_by_the_thousand_do_no_harm() {
    let served = one("jotreview", &[]);
    let mut random = fastrand::Rng::with_seed(4);
    let good = format!(
        "POST /jotreview/identify HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{{\"user_id\":\"a\"}}",
        served.address
    );
    for _ in 0..3000 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(0..bytes.len());
            match random.u8(0..4) {
                0 => bytes[at] = random.u8(..),
                1 => bytes.truncate(at.max(1)),
                2 => bytes.insert(at, random.u8(..)),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                bytes.push(b'x');
            }
        }
        let mut stream = served.connect();
        let _refused = stream.write_all(&bytes);
        let _closed = stream.shutdown(std::net::Shutdown::Write);
        // Some are waited for on purpose, so that not all are cut off.
        if random.u8(0..8) == 0 {
            let mut answer = Vec::new();
            let _reset = stream.read_to_end(&mut answer);
        }
    }
    assert_eq!(served.get("/healthz").body, "ok\n");
    assert_eq!(
        identify(&served, "jotreview", &json!({"user_id": "a"})).0,
        200
    );
}

#[test(needs(OPEN_FILES))]
fn slow_and_idle_callers_block_no_others() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
    let served = one("jotreview", &[]);
    // One that sends its head byte by byte, and one whose body never comes.
    let mut slow = served.connect();
    slow.write_all(b"POST /jotreview/iden").unwrap();
    let mut bodiless = served.connect();
    let head = format!(
        "POST /jotreview/identify HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{{",
        served.address
    );
    bodiless.write_all(head.as_bytes()).unwrap();
    let idle: Vec<TcpStream> = (0..10_000).map(|_| served.connect()).collect();
    for _ in 0..20 {
        assert_eq!(
            identify(&served, "jotreview", &json!({"user_id": "a"})).0,
            200
        );
    }
    // Every one of the idle ones is still served.
    for mut one in idle.into_iter().step_by(997) {
        let request = format!(
            "GET /healthz HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            served.address
        );
        one.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        one.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // The body that never came has been given up.
    let mut answer = String::new();
    let mut buffer = [0; 1024];
    while !answer.contains("timed out while reading the body") {
        let count = bodiless.read(&mut buffer).unwrap();
        assert!(count > 0, "{answer}");
        answer += &String::from_utf8_lossy(&buffer[..count]);
    }
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn a_signal_ends_the_server() {
    for signal in [Signal::INT, Signal::TERM] {
        let served = one("jotreview", &[]);
        let idle = served.connect();
        // Half of a request is under way.
        let mut busy = served.connect();
        let head = format!(
            "POST /jotreview/identify HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n",
            served.address
        );
        busy.write_all(head.as_bytes()).unwrap();
        assert_eq!(served.get("/healthz").status, 200);
        served.signal(signal);
        // What is under way is still answered; nobody else is let in.
        let began = Instant::now();
        while TcpStream::connect(served.address).is_ok() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
        busy.write_all(br#"{"user_id":"a"}"#).unwrap();
        let mut answer = String::new();
        busy.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(r#"{"outcome":"accept"}"#), "{answer}");
        drop(idle);
        assert_eq!(served.ended().0, Some(0));
    }
}

#[test]
fn the_log_is_json_and_shows_no_secret_and_no_token() {
    let secret = secret_file(&format!("{SECRET}\n"));
    let served = Served::start(&["jotreview", "--mode", "secure", "--secret-file", &secret]);
    let right = sign("jotreview", &user("user-42"));
    let wrong = sign("jotreview", &user("another"));
    for token in [&right, &wrong] {
        identify(
            &served,
            "jotreview",
            &json!({"user_id": "user-42", "signature": token}),
        );
    }
    let cut = format!("{{\"signature\": \"{right}\"");
    // What is no object may be the token itself.
    for body in [cut, format!("\"{right}\"")] {
        served.post("/jotreview/identify", &[], &body);
    }
    served.signal(Signal::TERM);
    let (code, said) = served.ended();
    assert_eq!(code, Some(0));
    for hidden in [SECRET, &right, &wrong] {
        assert!(
            !said.contains(hidden) && !said.contains(&hidden[..16]),
            "{said}"
        );
    }
    let lines: Vec<Json> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events: Vec<&str> = lines
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect();
    let told = ["note", "identify", "identify", "unreadable", "unreadable"];
    assert_eq!(events, told);
    assert_eq!(lines[1]["outcome"], "accept");
    assert_eq!(lines[1]["why"], Json::Null);
    let why = "the MAC does not match this identity and secret";
    assert_eq!(lines[2]["why"], why);
    let cut = "the body is not a JSON object: EOF while parsing an object";
    assert!(lines[3]["why"].as_str().unwrap().starts_with(cut));
    let other = "the body is not a JSON object: it is JSON of another type";
    assert_eq!(lines[4]["why"], other);
    assert_eq!(lines[2]["outcome"], "anonymous");
    assert_eq!(lines[2]["token"], "[redacted, 64 characters]");
}

#[test]
fn invalid_arguments_are_refused() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (good, empty) = (secret_file(SECRET), secret_file(""));
    for (arguments, code, says) in [
        (&["--port", &port][..], 4, "--port 0"),
        (&["nobody"], 2, "unknown suite \"nobody\""),
        (&["--mode", "lax"], 2, "\"lax\""),
        (
            &["jotreview", "--context", "mode=lax"],
            2,
            "off, secure, strict",
        ),
        (
            &["jotreview", "--context", "mood=off"],
            2,
            "expected one of mode",
        ),
        (
            &["jotreview", "--context", "mode.ios=off"],
            2,
            "a single setting",
        ),
        (&["jotreview", "--context", "mode"], 2, "KEY=VALUE"),
        (
            &["jotreview", "--context", "jimo/verification=on"],
            2,
            "jimo",
        ),
        (
            &["prefinery", "--context", "session=open"],
            2,
            "expected one of enforcement",
        ),
        (&["--secret-file", &good], 2, "name the suite of the secret"),
        (
            &["mtribes", "--secret-file", &good],
            2,
            "a secret for each platform",
        ),
        (
            &[
                "jotreview",
                "--secret-file",
                &format!("jotreview/ios={good}"),
            ],
            2,
            "has one secret",
        ),
        (
            &["jotreview", "--secret-file", "/nowhere/at/all"],
            2,
            "/nowhere/at/all",
        ),
        (&["jotreview", "--secret-file", &empty], 2, "empty"),
        (
            &["jotreview", "--secret-env", "MACPROOF_NO_SUCH"],
            2,
            "MACPROOF_NO_SUCH",
        ),
        (&["jotreview", "--allow-origin", "*"], 2, "write an origin"),
        (
            &["jotreview", "--allow-origin", "http://a.example/path"],
            2,
            "write an origin",
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
            .arg("serve")
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(
            said.contains(says) && said.lines().count() == 1,
            "{arguments:?}: {said}"
        );
        assert!(!said.contains(SECRET));
    }
}
