//! Descriptions of implementations: what is wrong with one is said with its place, and what is
//! right reaches real programs and servers.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use macproof::adapters::{ExecTarget, Transport, WebTarget};
use macproof::generate::whole;
use macproof::implementations::{Access, Implementations, Reach, schema};
use macproof::results::{Failure, Observed, Verdict};
use macproof::runner::{Ending, RunError, RunOptions, RunOutput, WhoseSecret, run};
use macproof::scheme::Algorithm;
use macproof::signature::Secret;
use macproof::suite::{Suite, find};

use crate::bad_adapters::verdicts;
use crate::harness::test;
use crate::web_server::{Asked, Then, WebServer, respond, stay_silent};

const NOW: u64 = 1_741_761_604;

fn target(yaml: &str) -> Box<dyn Transport> {
    let file = Implementations::parse("macproof.yaml", yaml);
    let file = file.unwrap_or_else(|error| panic!("{error}"));
    let directory = Path::new(".").to_owned();
    match file.all()[0].way.clone() {
        Access::Exec(native) => {
            let native = *native;
            Box::new(ExecTarget { native, directory })
        }
        Access::Web(native) => Box::new(WebTarget {
            native: *native,
            reach: Reach::Loopback,
            authorities: None,
        }),
        other => panic!("{other:?}"),
    }
}

fn suites(name: &str) -> Vec<Suite> {
    vec![whole(&find(name).unwrap()).unwrap()]
}

fn run_with<'s>(
    suites: &'s [Suite],
    yaml: &str,
    options: &RunOptions<'_>,
) -> Result<RunOutput<'s>, RunError> {
    let never = AtomicBool::new(false);
    run(suites, &*target(yaml), options, &never, &|| NOW, &|_| {})
}

/// How many cases came to each verdict, and why cases do not apply.
fn tally(output: &RunOutput<'_>) -> (BTreeMap<Verdict, usize>, BTreeMap<String, usize>) {
    assert!(
        matches!(output.ending, Ending::Whole),
        "{:?}",
        output.ending
    );
    let (mut counts, mut reasons) = (BTreeMap::new(), BTreeMap::new());
    for (one, verdict) in output.observations.iter().zip(verdicts(output)) {
        *counts.entry(verdict).or_default() += 1;
        if let Observed::NotApplicable(reason) = &one.observed {
            *reasons.entry(reason.clone()).or_default() += 1;
        }
        if verdict == Verdict::Error {
            eprintln!("{}: {:?}", one.vector.id, one.observed);
        }
    }
    (counts, reasons)
}

const OPENSSL: &str = r#"
implementations:
  openssl:
    exec:
      suites: [jotreview]
      inputs: [text, bytes]
      sign: {command: [openssl, dgst, -sha256, -hmac, "{secret}"], stdin: "{fields.user_id}", token: {regex: "= ([0-9a-f]{64})"}}
"#;

#[test(needs(OPENSSL))]
fn openssl_signs_as_the_suite_says() {
    let suites = suites("jotreview");
    let options = RunOptions {
        jobs: 2,
        filter: Some("jotreview/[a-n]*".parse().unwrap()),
        ..RunOptions::default()
    };
    let output = run_with(&suites, OPENSSL, &options).unwrap();
    let (counts, _) = tally(&output);
    assert!(counts[&Verdict::Pass] > 50, "{counts:?}");
    assert!(!counts.contains_key(&Verdict::Error), "{counts:?}");
    assert!(!counts.contains_key(&Verdict::Fail), "{counts:?}");
}

#[test(needs(OPENSSL))]
fn a_planted_fault_in_a_command_is_detected() {
    let suites = suites("jotreview");
    let options = RunOptions {
        filter: Some("jotreview/published*".parse().unwrap()),
        ..RunOptions::default()
    };
    let options = RunOptions {
        filter: Some("jotreview/identity-a*".parse().unwrap()),
        ..options
    };
    let wrong = OPENSSL
        .replace("-sha256", "-sha512")
        .replace("{64}", "{128}");
    let output = run_with(&suites, &wrong, &options).unwrap();
    let (counts, _) = tally(&output);
    assert!(counts[&Verdict::Fail] >= 1, "{counts:?}");
    assert!(!counts.contains_key(&Verdict::Pass), "{counts:?}");
}

#[test(needs(PYTHON))]
fn a_process_failure_is_an_error_of_its_case() {
    // A shell stands for any program: the description passes it no value as a script.
    let exec = |script: &str| {
        format!(
            r#"
implementations:
  shell:
    exec:
      suites: [jotreview]
      sign: {{command: [sh, -c, "{script}"], stdin: "{{fields.user_id}} {{secret}}", token: {{regex: "^[0-9a-f]{{64}}$"}}, refused: {{exit: 3}}}}
"#
        )
        .replace("{64}", "{64}")
    };
    let suites = suites("jotreview");
    let mut options = RunOptions {
        filter: Some("jotreview/identity-a*".parse().unwrap()),
        ..RunOptions::default()
    };
    options.limits.answer = std::time::Duration::from_millis(700);
    options.limits.grace = std::time::Duration::from_millis(100);
    let failure = |script: &str| match run_with(&suites, &exec(script), &options) {
        Err(RunError::NoAnswer(failure)) => failure,
        Err(error) => panic!("{error}"),
        Ok(output) => panic!("{:?}", output.observations[0].observed),
    };
    assert_eq!(
        failure("echo oh >&2; exit 7"),
        Failure::NoAnswer(
            "the answer contains no token (it is searched only in a successful answer): status 7, no output; its stderr ends: \"oh\"".into()
        )
    );
    assert_eq!(
        failure("echo hello"),
        Failure::NoAnswer(
            "the answer contains no token (nothing matches ^[0-9a-f]{64}$): status 0, \"hello\""
                .into()
        )
    );
    assert_eq!(failure("sleep 100"), Failure::TimedOut(700));
    assert_eq!(
        failure("sleep 100 & exec sleep 100"),
        Failure::TimedOut(700)
    );
    assert!(matches!(failure("kill -9 $$"), Failure::Crashed(_)));
    assert_eq!(
        failure("yes"),
        Failure::NoAnswer("it wrote more than a mebibyte".into())
    );
    // Its own child may hold the pipe open; nobody waits for that one.
    let held = failure("sleep 3 & echo none");
    assert!(matches!(held, Failure::NoAnswer(_)), "{held:?}");
    let output = run_with(&suites, &exec("exit 3"), &options).unwrap();
    assert!(matches!(
        output.observations[0].observed,
        Observed::Outcome(macproof::signature::Outcome::Refused(_))
    ));
    let error = run_with(
        &suites,
        &exec("x").replace("[sh,", "[no-such-program,"),
        &options,
    );
    assert!(error.unwrap_err().to_string().contains("was not found"));
}

/// A back end that signs and verifies with a secret of its own, as its documents say.
fn back_end(secret: &'static str, requests: Arc<AtomicU32>) -> WebServer {
    WebServer::start(move |asked, stream| {
        requests.fetch_add(1, Ordering::Relaxed);
        let mac =
            |user: &str| hex::encode(Algorithm::HmacSha256.mac(secret.as_bytes(), user.as_bytes()));
        let body: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
        let user = body["user"].as_str().unwrap();
        if asked.line.starts_with("POST /sign ") {
            let answer = serde_json::json!({"data": {"signature": mac(user)}});
            return respond(stream, "200 OK", "", &answer.to_string());
        }
        assert!(asked.line.starts_with("POST /identify "));
        if body["signature"] == mac(user) {
            respond(stream, "200 OK", "", "{}")
        } else {
            respond(stream, "403 Forbidden", "", "{}")
        }
    })
}

fn back_end_description(url: &str) -> String {
    format!(
        r#"
implementations:
  back-end:
    secret: {{env: THE_SECRET}}
    http:
      suites: [jotreview]
      max_in_flight: 8
      sign: {{url: "{url}/sign", json: {{user: "{{fields.user_id}}"}}, token: {{json: /data/signature}}}}
      verify: {{method: POST, url: "{url}/identify", json: {{user: "{{fields.user_id}}", signature: "{{token}}"}}, accept: {{status: 200}}, reject: {{status: 403}}}}
"#
    )
}

#[test]
fn a_backend_with_its_own_secret_is_judged_with_it() {
    const SECRET: &str = "The-Back-End-Own-Secret-77";
    let requests = Arc::new(AtomicU32::new(0));
    let server = back_end(SECRET, Arc::clone(&requests));
    let suites = suites("jotreview");
    let options = RunOptions {
        secret: WhoseSecret::Own(Secret::new(SECRET)),
        filter: Some("jotreview/[i-z]*".parse().unwrap()),
        ..RunOptions::default()
    };
    let output = run_with(&suites, &back_end_description(&server.url()), &options).unwrap();
    let (counts, reasons) = tally(&output);
    assert!(counts[&Verdict::Pass] > 100, "{counts:?} {reasons:#?}");
    for bad in [Verdict::Fail, Verdict::Error, Verdict::Warning] {
        assert!(!counts.contains_key(&bad), "{counts:?}");
    }
    // Told another secret than the one it has, nothing but rejections is right.
    let options = RunOptions {
        secret: WhoseSecret::Own(Secret::new("Another-Secret-Than-That-1")),
        ..options
    };
    let output = run_with(&suites, &back_end_description(&server.url()), &options).unwrap();
    let (counts, _) = tally(&output);
    assert!(counts[&Verdict::Fail] > 20, "{counts:?}");
    assert!(requests.load(Ordering::Relaxed) > 200);
}

/// What one case came to, of a server that answers so.
/// A receiver of webhooks takes its body as it comes; one that parses it first is told what it
/// does.
#[test]
fn a_receiver_of_raw_bodies_is_judged() {
    const SECRET: &str = "the-secret-of-the-hook-0123456789";
    let receiver = |reads: fn(&[u8]) -> Option<Vec<u8>>| {
        WebServer::start(move |asked, stream| {
            let mac =
                |body: Vec<u8>| hex::encode(Algorithm::HmacSha256.mac(SECRET.as_bytes(), &body));
            let due = reads(&asked.body).map(|body| format!("sha256={}", mac(body)));
            let shown = asked.header("x-hub-signature-256");
            let is_right = shown.is_some() && shown == due.as_deref();
            let status = if is_right {
                "200 OK"
            } else {
                "401 Unauthorized"
            };
            respond(stream, status, "", "")
        })
    };
    let judged = |server: &WebServer| {
        let yaml = format!(
            r#"
implementations:
  receiver:
    secret: {{env: HOOK_SECRET}}
    http:
      suites: [github-webhook]
      inputs: [text, bytes]
      verify:
        url: "{}/hook"
        headers: {{x-hub-signature-256: "{{token}}", content-type: "application/json"}}
        body: "{{fields.payload}}"
        accept: {{status: 200}}
        reject: {{status: [400, 401]}}
"#,
            server.url()
        );
        let suites = suites("github-webhook");
        let options = options_with(WhoseSecret::Own(Secret::new(SECRET)));
        let (counts, _) = tally(&run_with(&suites, &yaml, &options).unwrap());
        (counts.get(&Verdict::Pass).copied(), bad_verdicts(&counts))
    };
    let sound = receiver(|body| Some(body.to_vec()));
    let (passed, bad) = judged(&sound);
    assert!(
        passed.is_some_and(|passed| passed > 100) && bad == 0,
        "{passed:?} {bad}"
    );
    let parses = receiver(|body| {
        let value: serde_json::Value = serde_json::from_slice(body).ok()?;
        Some(value.to_string().into_bytes())
    });
    assert!(judged(&parses).1 > 10);
}

fn observed_of(
    answer: impl Fn(&Asked, &mut std::net::TcpStream) -> Then + Send + Sync + 'static,
) -> Result<Observed, String> {
    let server = WebServer::start(answer);
    let suites = suites("jotreview");
    let mut options = RunOptions {
        secret: WhoseSecret::Own(Secret::new("The-Back-End-Own-Secret-77")),
        filter: Some("jotreview/identity-ampersand".parse().unwrap()),
        ..RunOptions::default()
    };
    options.limits.answer = std::time::Duration::from_millis(700);
    match run_with(&suites, &back_end_description(&server.url()), &options) {
        Ok(output) => Ok(output.observations[0].observed.clone()),
        Err(RunError::NoAnswer(failure)) => Ok(Observed::Failed(failure)),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn a_backend_failure_is_an_error_of_its_case() {
    let words = |answer: fn(&Asked, &mut std::net::TcpStream) -> Then| match observed_of(answer) {
        Ok(Observed::Failed(failure)) => failure.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        words(|_, stream| respond(stream, "500 Oh", "", "oops")),
        "no usable answer: the answer contains no token (it is searched only in a successful answer): status 500, \"oops\""
    );
    assert_eq!(
        words(|_, stream| respond(stream, "302 Found", "location: http://a/\r\n", "")),
        "no usable answer: the answer contains no token (it is searched only in a successful answer): status 302, no output"
    );
    assert_eq!(
        words(|_, stream| respond(stream, "200 OK", "", "<html>")),
        "no usable answer: the answer contains no token (it is not valid JSON): status 200, \"<html>\""
    );
    assert_eq!(
        words(|_, stream| respond(stream, "200 OK", "", r#"{"data":{"signature":5}}"#)),
        "no usable answer: the answer contains no token (the value at /data/signature is not a text): status 200, \"{\\\"data\\\":{\\\"signature\\\":5}}\""
    );
    assert_eq!(
        words(|_, stream| respond(stream, "200 OK", "content-encoding: deflate\r\n", "bomb")),
        "no usable answer: its answer is compressed (\"deflate\"), but the request does not accept that"
    );
    assert!(words(|_, _| Then::Close).contains("the connection was lost"));
    assert_eq!(
        words(|_, stream| stay_silent(stream)),
        "no answer within 700 ms"
    );
    let endless = words(|_, stream| {
        use std::io::Write as _;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(" ".repeat(65536).as_bytes()).is_ok() {}
        Then::Close
    });
    assert_eq!(
        endless,
        "no usable answer: its answer is longer than 1048576 bytes"
    );
}

#[test]
fn unsupported_inputs_of_a_backend_are_not_applicable() {
    for (place, status) in TOO_MUCH {
        for after in [After::Keeps, After::ClosesAlways] {
            for (window, seed) in [(1, 1), (1, 2), (8, 3)] {
                let observed = very_long(place, status, after, window, seed);
                let Observed::NotApplicable(reason) = &observed else {
                    panic!("{place} {status} {after:?} {window} {seed}: {observed:?}")
                };
                assert!(
                    reason.starts_with("the server rejects a request of this size (status 4"),
                    "{reason}"
                );
            }
        }
    }
}

/// Nobody knows whether the server lived on: it may have been started again.
#[test]
fn a_backend_that_exits_is_an_error() {
    for (place, status) in TOO_MUCH {
        for after in [After::IsAnother, After::SaysSoAlways] {
            let observed = very_long(place, status, after, 8, 1);
            let Observed::Failed(failure) = &observed else {
                panic!("{place} {status} {after:?}: {observed:?}")
            };
            let words = "ordinary requests before and right after it were not answered either";
            assert!(
                failure.to_string().contains(words) || after == After::SaysSoAlways,
                "{failure}"
            );
        }
    }
}

/// What is no longer than any server takes is not too long.
#[test]
fn a_backend_that_rejects_short_requests_is_an_error() {
    for status in ["413 Too Large", "414 Too Long", "431 Too Large"] {
        let observed = observed_of(move |_, stream| respond(stream, status, "", "no"));
        assert!(matches!(observed, Ok(Observed::Failed(_))), "{observed:?}");
    }
}

/// Where the token stands, and how a server says that it is too long there.
const TOO_MUCH: [(&str, &str); 4] = [
    ("json: {signature: \"{token}\"}", "413 Too Large"),
    ("headers: {x-signature: \"{token}\"}", "414 Too Long"),
    ("headers: {x-signature: \"{token}\"}", "431 Too Large"),
    ("headers: {x-signature: \"{token}\"}", "400 Bad Request"),
];

/// What a server does that was sent too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// It goes on.
    Keeps,
    /// It goes on, and closes every connection after its answer.
    ClosesAlways,
    /// It was started again: no connection of before is open.
    IsAnother,
    /// It says so of everything.
    SaysSoAlways,
}

/// What the case with the very long token came to, of a server that does so.
fn very_long(place: &str, status: &str, after: After, window: u32, seed: u64) -> Observed {
    let status = status.to_owned();
    let (open, gone) = (Mutex::new(HashSet::new()), Mutex::new(HashSet::new()));
    let server = WebServer::start(move |asked, stream| {
        let port = stream.peer_addr().unwrap().port();
        if gone.lock().unwrap().contains(&port) {
            return Then::Close;
        }
        open.lock().unwrap().insert(port);
        let headers = asked
            .headers
            .iter()
            .map(|(name, value)| name.len() + value.len());
        let length = asked.line.len() + headers.sum::<usize>() + asked.body.len();
        let closes = if after == After::ClosesAlways {
            "connection: close\r\n"
        } else {
            ""
        };
        let then = if length > 16_384 || after == After::SaysSoAlways {
            if after == After::IsAnother {
                gone.lock().unwrap().extend(open.lock().unwrap().drain());
            }
            respond(stream, &status, closes, "no")
        } else {
            respond(stream, "403 Forbidden", closes, "{}")
        };
        if closes.is_empty() { then } else { Then::Close }
    });
    let yaml = format!(
        r#"
implementations:
  back-end:
    secret: {{env: THE_SECRET}}
    http:
      suites: [jotreview]
      max_in_flight: {window}
      verify: {{method: POST, url: "{}/identify?user={{fields.user_id}}", {place}, accept: {{status: 200}}, reject: {{status: 403}}}}
"#,
        server.url()
    );
    let suites = suites("jotreview");
    let options = RunOptions {
        secret: WhoseSecret::Own(Secret::new("The-Back-End-Own-Secret-77")),
        filter: Some("jotreview/token-*".parse().unwrap()),
        seed,
        ..RunOptions::default()
    };
    match run_with(&suites, &yaml, &options) {
        Err(RunError::NoAnswer(failure)) => Observed::Failed(failure),
        Err(error) => panic!("{error}"),
        Ok(output) => {
            let mut observations = output.observations.into_iter();
            let very_long = observations.find(|one| one.vector.id.as_str() == "token-very-long");
            very_long.unwrap().observed
        }
    }
}

#[test]
fn a_missing_server_is_one_clear_line() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let suites = suites("jotreview");
    let options = RunOptions {
        secret: WhoseSecret::Own(Secret::new("The-Back-End-Own-Secret-77")),
        ..RunOptions::default()
    };
    let yaml = back_end_description(&format!("http://{closed}"));
    let error = run_with(&suites, &yaml, &options).unwrap_err().to_string();
    assert!(error.contains("Connection refused"), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn each_case_has_its_own_session_and_cookies() {
    let cookies = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&cookies);
    let count = AtomicU32::new(0);
    let server = WebServer::start(move |asked, stream| {
        if asked.line.starts_with("POST /login ") {
            assert_eq!(asked.header("cookie"), None);
            assert_eq!(asked.text(), "user=test%20user");
            let number = count.fetch_add(1, Ordering::Relaxed);
            let set = format!("set-cookie: sid={number}; Path=/; HttpOnly\r\nset-cookie: a=b\r\n");
            return respond(stream, "302 Found", &format!("{set}location: /\r\n"), "");
        }
        seen.lock()
            .unwrap()
            .push(asked.header("cookie").unwrap_or("none").to_owned());
        respond(stream, "200 OK", "x-token: abc\r\n", "")
    });
    let url = server.url();
    let yaml = format!(
        r#"
implementations:
  back-end:
    secret: {{env: X}}
    http:
      suites: [jotreview]
      session: {{url: "{url}/login", form: {{user: "test user"}}}}
      sign: {{url: "{url}/sign/{{fields.user_id}}", token: {{header: X-Token}}}}
"#
    );
    let suites = suites("jotreview");
    let options = RunOptions {
        secret: WhoseSecret::Own(Secret::new("The-Back-End-Own-Secret-77")),
        filter: Some("jotreview/identity-[a-b]*".parse().unwrap()),
        ..RunOptions::default()
    };
    let output = run_with(&suites, &yaml, &options).unwrap();
    let (counts, _) = tally(&output);
    assert!(counts[&Verdict::Fail] >= 2, "{counts:?}");
    let cookies = cookies.lock().unwrap();
    let expected: Vec<String> = (0..cookies.len())
        .map(|n| format!("sid={n}; a=b"))
        .collect();
    assert_eq!(*cookies, expected);
}

#[test]
fn cases_about_values_that_are_not_passed_are_not_applicable() {
    // The time does not reach it, so that nothing can be said of what it does with one.
    let yaml = r#"
implementations:
  one:
    exec:
      suites: [jimo]
      sign: {command: [echo, "{secret} {fields.user_id}"], token: {regex: "x"}}
      verify: {command: [echo, "{secret} {fields.user_id} {token}"], accept: {exit: 0}, reject: {exit: 1}}
"#;
    let suites = suites("jimo");
    let output = run_with(&suites, yaml, &RunOptions::default()).unwrap();
    let (counts, reasons) = tally(&output);
    assert_eq!(counts.keys().collect::<Vec<_>>(), [&Verdict::NotApplicable]);
    for what in ["{fields.timestamp}", "{now}"] {
        let reason = format!(
            "the description does not pass {what}; say clock: system if the implementation uses the real time"
        );
        assert!(reasons.contains_key(&reason), "{reasons:#?}");
    }
}

/// What is wrong, where, and the line.
fn error(yaml: &str) -> String {
    Implementations::parse("macproof.yaml", yaml)
        .unwrap_err()
        .to_string()
}

#[test]
fn errors_have_a_location() {
    let exec = |inside: &str| {
        format!("implementations:\n  one:\n    exec:\n      suites: [a]\n      {inside}\n")
    };
    let sign = |inside: &str| exec(&format!("sign: {{command: [x, \"{{secret}}\"], {inside}}}"));
    let web = |inside: &str| {
        format!(
            "implementations:\n  one:\n    http:\n      suites: [a]\n      sign: {{token: {{json: /t}}, {inside}}}\n"
        )
    };
    let pages = [
        ("key-unknown", exec("sing: {}")),
        (
            "no-way",
            "implementations:\n  one: {secret: unknown}\n".to_owned(),
        ),
        (
            "two-ways",
            "implementations:\n  one: {command: [a], http: \"http://a/\"}\n".to_owned(),
        ),
        ("nothing", "implementations: {}\n".to_owned()),
        (
            "name",
            "implementations:\n  One: {command: [a]}\n".to_owned(),
        ),
        (
            "all",
            "implementations:\n  all: {command: [a]}\n".to_owned(),
        ),
        (
            "twice",
            "implementations:\n  a: {command: [a]}\n  a: {command: [a]}\n".to_owned(),
        ),
        (
            "no-program",
            "implementations:\n  one: {command: []}\n".to_owned(),
        ),
        (
            "nothing-to-build",
            "implementations:\n  one: {build: [make], http: \"http://a/\"}\n".to_owned(),
        ),
        (
            "no-builder",
            "implementations:\n  one: {build: [], command: [a]}\n".to_owned(),
        ),
        (
            "no-suites",
            "suites: []\nimplementations:\n  one: {command: [a]}\n".to_owned(),
        ),
        (
            "suite-name",
            "suites: [Acme]\nimplementations:\n  one: {command: [a]}\n".to_owned(),
        ),
        (
            "value-as-program",
            exec("sign: {command: [\"{secret}\"], token: {regex: x}}"),
        ),
        ("no-call", exec("clock: system")),
        ("value", sign("stdin: \"{fields}\", token: {regex: x}")),
        ("brace", sign("stdin: \"{fields.a\", token: {regex: x}")),
        ("regex", sign("token: {regex: \"(a\"}")),
        ("groups", sign("token: {regex: \"(a)(b)\"}")),
        ("pointer", sign("token: {json: \"a/b\"}")),
        ("header-of-process", sign("token: {header: a}")),
        ("two-places", sign("token: {json: /a, regex: b}")),
        ("no-token", sign("stdin: a")),
        ("status", sign("token: {regex: a}, refused: {exit: 256}")),
        (
            "status-word",
            sign("token: {regex: a}, refused: {exit: zero}"),
        ),
        ("empty-condition", sign("token: {regex: a}, refused: {}")),
        ("variable", sign("token: {regex: a}, env: {\"A=B\": c}")),
        (
            "token-in-sign",
            sign("token: {regex: a}, stdin: \"{token}\""),
        ),
        (
            "no-reject",
            exec("verify: {command: [x, \"{secret}\", \"{token}\"], accept: {exit: 0}}"),
        ),
        (
            "token-not-passed",
            exec("verify: {command: [x, \"{secret}\"], accept: {exit: 0}, reject: {exit: 1}}"),
        ),
        (
            "secret-once",
            exec(
                "sign: {command: [x, \"{secret}\"], token: {regex: x}}\n      verify: {command: [x, \"{token}\"], accept: {exit: 0}, reject: {exit: 1}}",
            ),
        ),
        (
            "unknown-secret-passed",
            format!("{}    secret: unknown\n", sign("token: {regex: x}")),
        ),
        (
            "secret-word",
            "implementations:\n  one: {command: [a], secret: mine}\n".to_owned(),
        ),
        ("url", web("url: \"127.0.0.1/a\"")),
        ("https", web("url: \"https://127.0.0.1/a\"")),
        (
            "https-address",
            "implementations:\n  one: {http: \"https://127.0.0.1/\"}\n".to_owned(),
        ),
        (
            "ca-file-without-https",
            "implementations:\n  one: {http: \"http://127.0.0.1/\", ca_file: a.pem}\n".to_owned(),
        ),
        (
            "value-in-server",
            web("url: \"http://{fields.user_id}.a/\""),
        ),
        ("value-in-port", web("url: \"http://a:{fields.user_id}\"")),
        ("not-normal", web("url: \"http://a/b/../c\"")),
        ("lone-percent", web("url: \"http://a/%4{fields.user_id}\"")),
        ("method", web("url: \"http://a/\", method: get")),
        ("two-bodies", web("url: \"http://a/\", json: {}, form: {}")),
        (
            "form-and-body",
            web("url: \"http://a/\", form: {}, body: \"\""),
        ),
        (
            "length",
            web("url: \"http://a/\", headers: {Content-Length: \"5\"}"),
        ),
        ("header", web("url: \"http://a/\", headers: {\"a b\": c}")),
    ];
    let shown: String = pages
        .iter()
        .map(|(name, yaml)| format!("== {name}\n{}\n", error(yaml)))
        .collect();
    insta::assert_snapshot!(shown);
}

#[test]
fn the_committed_schema_is_current() {
    let mut current = serde_json::to_string_pretty(&schema()).unwrap();
    current.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/macproof.schema.json");
    if std::env::var_os("MACPROOF_UPDATE").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        current,
        "docs/macproof.schema.json is stale; run MACPROOF_UPDATE=1 cargo test"
    );
}

#[test]
fn schema_and_reader_agree() {
    let validator = jsonschema::validator_for(schema().as_value()).unwrap();
    let good = [
        OPENSSL.to_owned(),
        back_end_description("http://127.0.0.1:1"),
        "suites: [acme, suites/acme.yaml]\nimplementations:\n  one: {build: [make], command: [a]}\n".to_owned(),
    ];
    for yaml in good {
        assert!(Implementations::parse("x", &yaml).is_ok());
        let json: serde_json::Value = serde_yaml::from_str(&yaml).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    for bad in [
        "implementations:\n  one: {secret: unknown}\n",
        "implementations:\n  one: {command: [a], http: \"http://a/\"}\n",
        "implementations:\n  one: {command: []}\n",
        "implementations:\n  one: {command: [a], comand: b}\n",
        "implementations:\n  one: {build: [make], exec: {suites: [a]}}\n",
        "implementations:\n  one: {build: [], command: [a]}\n",
        "suites: []\nimplementations:\n  one: {command: [a]}\n",
    ] {
        let json: serde_json::Value = serde_yaml::from_str(bad).unwrap();
        assert!(!validator.is_valid(&json), "{bad}");
        assert!(Implementations::parse("x", bad).is_err(), "{bad}");
    }
}

/// A server that signs and verifies any suite by the oracle, with a secret of its own and perhaps
/// a fault.
fn oracle_server(
    name: &'static str,
    secret: &'static str,
    fault: impl Fn(&str, String) -> String + Send + Sync + 'static,
) -> WebServer {
    let scheme = whole(&find(name).unwrap()).unwrap().scheme;
    let secrets = macproof::signature::Secrets::One(Secret::new(secret));
    WebServer::start(move |asked, stream| {
        let body: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
        let mut fields = macproof::signature::Fields::new();
        for (field, value) in body["fields"].as_object().unwrap() {
            let value: macproof::signature::Value = serde_json::from_value(value.clone()).unwrap();
            fields.set(field.as_str(), value);
        }
        if asked.line.starts_with("POST /sign ") {
            return match scheme.sign(&secrets, &fields) {
                Ok(token) => {
                    let token = fault("sign", token);
                    respond(
                        stream,
                        "200 OK",
                        "",
                        &serde_json::json!({ "token": token }).to_string(),
                    )
                }
                Err(_) => respond(stream, "422 No", "", ""),
            };
        }
        let token: macproof::signature::Value =
            serde_json::from_value(body["token"].clone()).unwrap();
        let now = body["now"].as_u64().unwrap();
        let verdict = match scheme.verify(&secrets, &fields, Some(&token), now) {
            macproof::scheme::Verification::Accepted => "200 OK",
            macproof::scheme::Verification::Rejected(_) => "403 Forbidden",
            macproof::scheme::Verification::Refused(_) => "422 No",
        };
        respond(stream, &fault("verify", verdict.to_owned()), "", "")
    })
}

/// How that is asked: every field of the scheme, `time` beside the token.
fn oracle_description(name: &str, url: &str) -> String {
    let suite = whole(&find(name).unwrap()).unwrap();
    let carried: Vec<usize> = suite.scheme.token.fields().collect();
    let fields = |all: bool| {
        let names = (0..suite.scheme.fields.iter().count())
            .filter(|field| all || !carried.contains(field))
            .map(|field| &suite.scheme.fields.at(field).name);
        // What does not count for the signature may be absent, and then cannot be passed on.
        let counted: Vec<usize> = suite.scheme.message.fields().collect();
        let names = names.filter(|name| {
            counted
                .iter()
                .any(|&field| suite.scheme.fields.at(field).name == **name)
        });
        let pairs: Vec<String> = names
            .map(|n| format!("{n}: \"{{fields.{n}:json}}\""))
            .collect();
        pairs.join(", ")
    };
    format!(
        r#"
implementations:
  oracle:
    http:
      suites: [{name}]
      inputs: [text, number]
      max_in_flight: 4
      sign: {{url: "{url}/sign", json: {{fields: {{{}}}}}, token: {{json: /token}}, refused: {{status: 422}}}}
      verify: {{url: "{url}/verify", json: {{fields: {{{}}}, token: "{{token:json}}", now: "{{now:json}}"}}, accept: {{status: 200}}, reject: {{status: 403}}, refused: {{status: 422}}}}
"#,
        fields(true),
        fields(false)
    )
}

type Fault = Box<dyn Fn(&str, String) -> String + Send + Sync>;

const OWN: &str = "An-Own-Secret-0123456789";

fn options_with(secret: WhoseSecret) -> RunOptions<'static> {
    RunOptions {
        secret,
        ..RunOptions::default()
    }
}

fn bad_verdicts(counts: &BTreeMap<Verdict, usize>) -> usize {
    let bad = [
        Verdict::Fail,
        Verdict::Warning,
        Verdict::Error,
        Verdict::Skipped,
    ];
    bad.iter().filter_map(|verdict| counts.get(verdict)).sum()
}

#[test]
fn a_correct_implementation_with_its_own_secret_never_fails() {
    let own = || WhoseSecret::Own(Secret::new(OWN));
    for (name, secret, least) in [
        ("jotreview", WhoseSecret::Unknown, 200),
        ("jimo", own(), 300),
        ("engagespot", own(), 250),
        ("prefinery", WhoseSecret::Unknown, 200),
        ("jimo", WhoseSecret::Unknown, 200),
    ] {
        let server = oracle_server(name, OWN, |_, answer| answer);
        let suites = suites(name);
        let options = options_with(secret);
        let yaml = oracle_description(name, &server.url());
        let output = run_with(&suites, &yaml, &options).unwrap();
        let (counts, reasons) = tally(&output);
        assert_eq!(bad_verdicts(&counts), 0, "{name}: {counts:?}");
        assert!(
            counts[&Verdict::Pass] > least,
            "{name}: {counts:?} {reasons:#?}"
        );
        let is_weaker = output
            .left_out
            .iter()
            .any(|note| note.what.starts_with("the comparison with the oracle"));
        assert_eq!(is_weaker, options.secret == WhoseSecret::Unknown);
    }
}

#[test]
fn faults_are_detected_without_the_secret() {
    let random = AtomicU32::new(0);
    let on_sign = |change: fn(String) -> String| -> Fault {
        Box::new(move |op, answer| if op == "sign" { change(answer) } else { answer })
    };
    let faults: Vec<(&str, Fault)> = vec![
        ("the same token for everybody", on_sign(|_| "ab".repeat(32))),
        ("capitals", on_sign(|token| token.to_uppercase())),
        ("cut short", on_sign(|token| token[..60].to_owned())),
        ("a line feed", on_sign(|token| token + "\n")),
        (
            "another token each time",
            Box::new(move |op, answer| match op {
                "sign" => format!("{:064x}", random.fetch_add(1, Ordering::Relaxed)),
                _ => answer,
            }),
        ),
        (
            "everything is accepted",
            Box::new(|op, answer| {
                if op == "sign" {
                    answer
                } else {
                    "200 OK".to_owned()
                }
            }),
        ),
        (
            "nothing is accepted",
            Box::new(|op, answer| {
                if op == "sign" {
                    answer
                } else {
                    "403 No".to_owned()
                }
            }),
        ),
    ];
    let suites = suites("jotreview");
    for (name, fault) in faults {
        let server = oracle_server("jotreview", OWN, fault);
        let yaml = oracle_description("jotreview", &server.url());
        let output = run_with(&suites, &yaml, &options_with(WhoseSecret::Unknown)).unwrap();
        let (counts, _) = tally(&output);
        assert!(counts.get(&Verdict::Fail) > Some(&0), "{name}: {counts:?}");
    }
}

#[test]
fn faults_are_detected_with_the_own_secret() {
    let server = oracle_server("jimo", OWN, |op, answer| match op {
        "sign" => answer,
        // It takes what is no token at all for nobody's fault.
        _ if answer.starts_with("403") => "200 OK".to_owned(),
        _ => answer,
    });
    let suites = suites("jimo");
    let yaml = oracle_description("jimo", &server.url());
    let options = options_with(WhoseSecret::Own(Secret::new(OWN)));
    let output = run_with(&suites, &yaml, &options).unwrap();
    let (counts, _) = tally(&output);
    assert!(counts[&Verdict::Fail] > 50, "{counts:?}");
}

/// What a description says of fields and leaves to places is held to the suites that are run.
#[test]
fn descriptions_are_held_to_their_suites() {
    let with = |suites: &str, verify: &str| {
        format!(
            "implementations:\n  it:\n    http:\n      suites: [{suites}]\n      verify: {{url: \"http://127.0.0.1:1/\", accept: {{status: 200}}, reject: {{status: 401}}{verify}}}\n"
        )
    };
    let knowing = |suites: &str, verify: &str| {
        let file = Implementations::parse("macproof.yaml", &with(suites, verify)).unwrap();
        file.knowing(&[]).map_err(|error| error.to_string())
    };
    let token = ", headers: {x-token: \"{token}\"}, json: ";
    for (suites, verify, due) in [
        ("github-webhook", "", Ok(())),
        // Of a suite that is not there nothing is known.
        ("our-own", "", Ok(())),
        (
            "our-own",
            &format!("{token}{{u: \"{{fields.usr}}\"}}"),
            Ok(()),
        ),
        (
            "jotreview",
            &format!("{token}{{u: \"{{fields.user_id}}\"}}"),
            Ok(()),
        ),
        (
            "jotreview",
            "",
            Err("none of its suites states where it stands"),
        ),
        (
            "jotreview",
            &format!("{token}{{u: \"{{fields.userid}}\"}}"),
            Err("unknown field in {fields.userid}; did you mean {fields.user_id}?"),
        ),
        (
            "jotreview, github-webhook",
            &format!("{token}{{u: \"{{fields.colour}}\"}}"),
            Err("unknown field in {fields.colour}; the suites have user_id, payload"),
        ),
    ] {
        match (knowing(suites, verify), due) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(due)) => {
                assert!(error.contains(due), "{error}");
                assert!(error.starts_with("macproof.yaml:5:"), "{error}");
            }
            (found, due) => panic!("{suites} {verify}: {found:?}, {due:?}"),
        }
    }
}
