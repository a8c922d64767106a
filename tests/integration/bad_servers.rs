//! Servers that misbehave, one way each: the case concerned gets a clear verdict, every other case
//! keeps its own, and nothing hangs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use macproof::adapters::{AdapterError, HttpTarget, Limits};
use macproof::implementations::{Reach, WebAddress};
use macproof::results::{Failure, Observed, RestartKind, Verdict};
use macproof::runner::{Ending, RunError, RunOptions, RunOutput, run};
use macproof::scheme::Algorithm;
use macproof::suite::Suite;

use crate::bad_adapters::{PATIENCE, TROUBLED, numbered, verdicts};
use crate::harness::test;
use crate::web_server::{Asked, Then, WebServer, respond, stay_silent};

/// How many requests a server takes: one at a time, one on each of many connections, batches.
const WINDOWS: [u32; 3] = [1, 16, 4096];

fn target(url: &str) -> HttpTarget {
    HttpTarget {
        address: WebAddress::parse(url).unwrap(),
        reach: Reach::Loopback,
        authorities: None,
    }
}

fn options() -> RunOptions<'static> {
    RunOptions {
        limits: Limits {
            start_up: Duration::from_secs(5),
            answer: PATIENCE,
            ..Limits::default()
        },
        ..RunOptions::default()
    }
}

fn run_against<'s>(suites: &'s [Suite], url: &str) -> Result<RunOutput<'s>, RunError> {
    let never = AtomicBool::new(false);
    run(
        suites,
        &target(url),
        &options(),
        &never,
        &|| 1_741_761_604,
        &|_| {},
    )
}

/// The right answer to an object of the protocol.
fn right_answer(request: &str) -> String {
    let request: serde_json::Value = serde_json::from_str(request).unwrap();
    let user = request["fields"]["user_id"].as_str().unwrap();
    let token = hex::encode(Algorithm::HmacSha256.mac(b"secret", user.as_bytes()));
    format!(r#"{{"id":{},"token":"{token}"}}"#, request["id"])
}

fn right_answers(asked: &Asked) -> String {
    asked
        .text()
        .lines()
        .map(|line| right_answer(line) + "\n")
        .collect()
}

fn hello(window: u32) -> String {
    format!(r#"{{"protocol":1,"implementation":{{"name":"test"}},"max_in_flight":{window}}}"#)
}

fn is_troubled(asked: &Asked) -> bool {
    asked.text().contains(&format!("\"user-{TROUBLED}\""))
}

/// A server that answers as it should, but for requests that hold the troubled case.
fn troubled(
    window: u32,
    trouble: impl Fn(&Asked, &mut TcpStream) -> Then + Send + Sync + 'static,
) -> WebServer {
    WebServer::start(move |asked, stream| {
        assert_eq!(asked.line, "POST /macproof HTTP/1.1");
        assert_eq!(asked.header("accept-encoding"), None);
        if asked.text().contains("\"hello\"") {
            respond(stream, "200 OK", "", &hello(window))
        } else if is_troubled(asked) {
            trouble(asked, stream)
        } else {
            respond(stream, "200 OK", "", &right_answers(asked))
        }
    })
}

/// A server may be restarted meanwhile, and no connection shows it.
#[test]
fn a_replaced_server_is_noticed() {
    for later in [
        r#""implementation":{"name":"test"}"#,
        r#""implementation":{"name":"other"},"ops":["sign"]"#,
    ] {
        let greeted = AtomicU32::new(0);
        let server = WebServer::start(move |asked, stream| {
            if !asked.text().contains("\"hello\"") {
                return respond(stream, "200 OK", "", &right_answers(asked));
            }
            match greeted.fetch_add(1, Ordering::Relaxed) {
                0 => respond(stream, "200 OK", "", &hello(16)),
                _ => respond(stream, "200 OK", "", &format!("{{\"protocol\":1,{later}}}")),
            }
        });
        let suites = [numbered(0)];
        let output = run_against(&suites, &server.url()).unwrap();
        let is_another = later.contains("other");
        let listed = if is_another { "name, ops" } else { "" };
        assert_eq!(output.hello_changes.listed(), listed);
    }
}

/// Runs against it; every case but the troubled one passes.
fn observed(server: &WebServer) -> Observed {
    let suites = [numbered(0)];
    let output = run_against(&suites, &server.url()).unwrap();
    assert!(
        matches!(output.ending, Ending::Whole),
        "{:?}",
        output.ending
    );
    for (number, verdict) in verdicts(&output).into_iter().enumerate() {
        let observed = &output.observations[number].observed;
        assert!(
            number == TROUBLED || verdict == Verdict::Pass,
            "{number}: {observed:?}"
        );
    }
    output.observations[TROUBLED].observed.clone()
}

/// What the troubled case fails by, the same however many requests the server takes.
fn failure(
    trouble: impl Fn(&Asked, &mut TcpStream) -> Then + Clone + Send + Sync + 'static,
) -> Failure {
    let failures = WINDOWS.map(|window| {
        let server = troubled(window, trouble.clone());
        match observed(&server) {
            Observed::Failed(failure) => failure,
            other => panic!("{window}: {other:?}"),
        }
    });
    assert!(
        failures.iter().all(|failure| *failure == failures[0]),
        "{failures:?}"
    );
    failures[0].clone()
}

fn no_answer(
    trouble: impl Fn(&Asked, &mut TcpStream) -> Then + Clone + Send + Sync + 'static,
) -> String {
    match failure(trouble) {
        Failure::NoAnswer(why) => why,
        other => panic!("{other:?}"),
    }
}

fn breach(
    trouble: impl Fn(&Asked, &mut TcpStream) -> Then + Clone + Send + Sync + 'static,
) -> String {
    match failure(trouble) {
        Failure::Protocol(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_server_passes_with_any_concurrency() {
    for (window, most) in [(1, 1), (7, 7), (16, 16), (100, 16), (4096, 16)] {
        let largest = std::sync::Arc::new(AtomicU32::new(0));
        let seen = std::sync::Arc::clone(&largest);
        let server = WebServer::start(move |asked, stream| {
            let text = asked.text();
            if text.contains("\"hello\"") {
                return respond(stream, "200 OK", "", &hello(window));
            }
            let lines = u32::try_from(text.lines().count()).unwrap();
            seen.fetch_max(lines, Ordering::Relaxed);
            // One object is no line; a batch is lines.
            assert_eq!(text.ends_with('\n'), lines > 1);
            respond(stream, "200 OK", "", &right_answers(asked))
        });
        let observed = observed(&server);
        assert!(matches!(observed, Observed::Outcome(_)), "{observed:?}");
        assert!(server.connections() <= most, "{}", server.connections());
        assert_eq!(
            largest.load(Ordering::Relaxed),
            window.div_ceil(16).min(window / most)
        );
    }
}

#[test(needs(PYTHON))]
fn a_server_that_never_answers() {
    let failure = failure(|_, stream| stay_silent(stream));
    assert_eq!(failure, Failure::TimedOut(1000));
}

#[test]
fn a_server_that_sends_headers_forever() {
    let why = no_answer(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream
            .write_all(b"x-more: and more and more and more\r\n")
            .is_ok()
        {}
        Then::Close
    });
    assert!(why.starts_with("the connection was lost: "), "{why}");
}

#[test(needs(PYTHON))]
fn a_server_that_drips_headers_forever() {
    let failure = failure(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"x: y\r\n").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
        Then::Close
    });
    assert_eq!(failure, Failure::TimedOut(1000));
}

/// Interim answers are no answers, however fast they come.
#[test(needs(PYTHON))]
fn a_server_that_sends_interim_answers_forever() {
    const INTERIM: &str = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    for (many, pause) in [(1000, 0), (1, 100)] {
        let failure = failure(move |_, stream| {
            let piece = INTERIM.repeat(many);
            while stream.write_all(piece.as_bytes()).is_ok() {
                thread::sleep(Duration::from_millis(pause));
            }
            Then::Close
        });
        assert_eq!(failure, Failure::TimedOut(1000));
    }
}

/// The limit and the interrupt are kept where the server sends them without a pause.
#[test]
fn interim_answers_to_a_hello_do_not_extend_the_limit() {
    let server = WebServer::start(|_, stream| {
        let interim = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000);
        while stream.write_all(&interim).is_ok() {}
        Then::Close
    });
    let mut options = options();
    options.limits.start_up = Duration::from_millis(300);
    let never = AtomicBool::new(false);
    let suites = [numbered(0)];
    let target = target(&server.url());
    let error = run(&suites, &target, &options, &never, &|| 0, &|_| {});
    assert_eq!(
        error.unwrap_err().to_string(),
        "cannot use the adapter: it sent no hello within 300 ms"
    );
}

#[test]
fn a_server_whose_body_never_ends() {
    let why = breach(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let piece = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        while stream.write_all(piece.as_bytes()).is_ok() {}
        Then::Close
    });
    assert_eq!(why, "its answer is longer than 1048576 bytes");
}

#[test]
fn a_server_that_sends_a_compression_bomb() {
    let why = no_answer(|_, stream| {
        respond(stream, "200 OK", "content-encoding: gzip\r\n", "\u{1f}bomb")
    });
    assert_eq!(
        why,
        "its answer is compressed (\"gzip\"), but the request does not accept that"
    );
}

#[test]
fn a_server_that_sends_half_a_body() {
    let why = no_answer(|asked, stream| {
        let body = right_answers(asked);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            2 * body.len()
        );
        let _ = stream.write_all((head + "{\"id\":").as_bytes());
        Then::Close
    });
    assert!(why.starts_with("the connection was lost: "), "{why}");
}

#[test]
fn a_server_that_closes_the_connection() {
    let why = no_answer(|_, _| Then::Close);
    assert!(why.starts_with("the connection was lost: "), "{why}");
}

#[test]
fn a_connection_lost_once_costs_nothing() {
    for window in WINDOWS {
        let lost = AtomicBool::new(false);
        let server = troubled(window, move |asked, stream| {
            if lost.swap(true, Ordering::Relaxed) {
                respond(stream, "200 OK", "", &right_answers(asked))
            } else {
                Then::Close
            }
        });
        let observed = observed(&server);
        assert!(matches!(observed, Observed::Outcome(_)), "{observed:?}");
    }
}

/// What is counted of a server that does this the first time that it is asked the troubled case,
/// and never again; every case passes.
fn counted(
    window: u32,
    trouble: impl Fn(&Asked, &mut TcpStream) -> Then + Send + Sync + 'static,
) -> Vec<(RestartKind, u64)> {
    let is_first = AtomicBool::new(true);
    let server = troubled(window, move |asked, stream| {
        if is_first.swap(false, Ordering::Relaxed) {
            trouble(asked, stream)
        } else {
            respond(stream, "200 OK", "", &right_answers(asked))
        }
    });
    let suites = [numbered(0)];
    let output = run_against(&suites, &server.url()).unwrap();
    assert!(matches!(output.ending, Ending::Whole));
    assert!(verdicts(&output).iter().all(|&v| v == Verdict::Pass));
    let reasons = output.unanswered.reasons.iter();
    reasons.map(|one| (one.kind, one.count)).collect()
}

#[test]
fn a_single_server_failure_counts_unless_a_connection_was_lost() {
    for window in WINDOWS {
        // Closed, or lost on the way, and answered on the second try.
        assert_eq!(counted(window, |_, _| Then::Close), [], "{window}");
        let half = |_: &Asked, stream: &mut TcpStream| {
            let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{");
            Then::Close
        };
        assert_eq!(counted(window, half), [], "{window}");
    }
    // With others under way nobody can tell whose fault it is, until each is asked alone.
    let rubbish = |_: &Asked, stream: &mut TcpStream| respond(stream, "200 OK", "", "<html>\n");
    assert_eq!(counted(4096, rubbish), [(RestartKind::Protocol, 1)]);
    let error = |_: &Asked, stream: &mut TcpStream| respond(stream, "500 Oops", "", "");
    assert_eq!(counted(4096, error), [(RestartKind::NoAnswer, 1)]);
    let late = |_: &Asked, stream: &mut TcpStream| stay_silent(stream);
    assert_eq!(counted(4096, late), [(RestartKind::TimeOut, 1)]);
}

/// A server that is started again while it is asked was down, and somebody may want to know.
#[test]
fn a_server_that_was_down_counts_once() {
    // One request at a time, for this server takes one connection after the other.
    let window = 1;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let mut listener = Some(listener);
        let mut answered = 0;
        // Each life takes one connection at a time; the first ends after a few answers.
        loop {
            let (stream, _) = match &listener {
                Some(listener) => listener.accept().unwrap(),
                None => return,
            };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut stream = stream;
            while let Some(body) = body_of(&mut reader) {
                if body == "end" {
                    listener = None;
                    break;
                }
                let answer = if body.contains("\"hello\"") {
                    hello(window)
                } else {
                    body.lines().map(|l| right_answer(l) + "\n").collect()
                };
                answered += 1;
                if answered == 3 {
                    // The answer is lost, and so is the server, for a while.
                    listener = None;
                    break;
                }
                respond(&mut stream, "200 OK", "", &answer);
            }
            drop((stream, reader));
            if answered == 3 {
                answered = 4;
                thread::sleep(Duration::from_millis(300));
                listener = Some(TcpListener::bind(address).unwrap());
            }
        }
    });
    let suites = [numbered(0)];
    let output = run_against(&suites, &format!("http://{address}")).unwrap();
    assert!(
        matches!(output.ending, Ending::Whole),
        "{:?}",
        output.ending
    );
    assert!(verdicts(&output).iter().all(|&v| v == Verdict::Pass));
    let reasons = output.unanswered.reasons.iter();
    let reasons: Vec<_> = reasons.map(|one| (one.kind, one.count)).collect();
    assert_eq!(reasons, [(RestartKind::Down, 1)], "{window}");
    let mut last = TcpStream::connect(address).unwrap();
    last.write_all(b"POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nend")
        .unwrap();
    thread.join().unwrap();
}

/// The body of the next request; `None` where none comes.
fn body_of(reader: &mut impl std::io::BufRead) -> Option<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    String::from_utf8(body).ok()
}

#[test]
fn a_server_that_redirects_to_another_host() {
    let followed = std::sync::Arc::new(AtomicBool::new(false));
    let flag = std::sync::Arc::clone(&followed);
    let other = WebServer::start(move |_, stream| {
        flag.store(true, Ordering::Relaxed);
        respond(stream, "200 OK", "", "")
    });
    let headers = format!("location: {}/elsewhere\r\n", other.url());
    let expected = format!(
        "unexpected status 307 Temporary Redirect to \"{}/elsewhere\"; redirects are not followed",
        other.url()
    );
    let why = no_answer(move |_, stream| respond(stream, "307 Temporary Redirect", &headers, ""));
    assert_eq!(why, expected);
    assert!(!followed.load(Ordering::Relaxed));
}

#[test]
fn a_server_with_an_internal_error() {
    let why = no_answer(|_, stream| respond(stream, "500 Oh", "", "a stack\ntrace\n"));
    assert_eq!(
        why,
        "unexpected status 500 Internal Server Error: \"a stack\ntrace\""
    );
}

#[test]
fn a_server_with_another_success_status() {
    let why = no_answer(|_, stream| respond(stream, "204 No Content", "", ""));
    assert_eq!(why, "unexpected status 204 No Content");
}

#[test]
fn a_server_that_answers_garbage() {
    let why = breach(|_, stream| respond(stream, "200 OK", "", "<html>\n"));
    assert!(why.starts_with("not a valid protocol message: "), "{why}");
    assert!(why.contains(r#"; it wrote "<html>"#), "{why}");
}

#[test]
fn a_server_that_answers_nothing() {
    let why = breach(|_, stream| respond(stream, "200 OK", "", ""));
    assert_eq!(why, "its answer is empty");
}

#[test]
fn a_server_that_answers_another_request() {
    let why = breach(|_, stream| respond(stream, "200 OK", "", r#"{"id":99999,"token":"a"}"#));
    assert_eq!(
        why,
        r#"it answered a request that was not sent, with the id 99999: "{"id":99999,"token":"a"}""#
    );
}

#[test]
fn a_server_that_answers_twice_in_a_batch() {
    let server = troubled(4096, |asked, stream| {
        let mut answers = right_answers(asked);
        for line in asked.text().lines() {
            if line.contains(&format!("\"user-{TROUBLED}\"")) {
                answers.push_str(&right_answer(line));
            }
        }
        respond(stream, "200 OK", "", &answers)
    });
    assert_eq!(
        observed(&server),
        Observed::Failed(Failure::Protocol(
            "it answered this request twice".to_owned()
        ))
    );
}

#[test]
fn a_server_that_omits_an_answer_in_a_batch() {
    let server = troubled(4096, |asked, stream| {
        let text = asked.text();
        let others = text
            .lines()
            .filter(|line| !line.contains(&format!("\"user-{TROUBLED}\"")));
        let answers: String = others.map(|line| right_answer(line) + "\n").collect();
        respond(stream, "200 OK", "", &answers)
    });
    let expected = Failure::Protocol("its answer is empty".to_owned());
    assert_eq!(observed(&server), Observed::Failed(expected));
}

#[test]
fn a_server_that_goes_away_for_good() {
    let suites = [numbered(0)];
    for window in WINDOWS {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let thread = thread::spawn(move || {
            // One connection, the hello and a few answers; then nobody listens any more.
            let (stream, _) = listener.accept().unwrap();
            drop(listener);
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut stream = stream;
            for number in 0..3 {
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap() == 0 {
                        return;
                    }
                    let line = line.trim_end().to_ascii_lowercase();
                    if let Some(text) = line.strip_prefix("content-length:") {
                        length = text.trim().parse().unwrap();
                    }
                    if line.is_empty() {
                        break;
                    }
                }
                let mut body = vec![0; length];
                std::io::Read::read_exact(&mut reader, &mut body).unwrap();
                let answer = match number {
                    0 => hello(window),
                    _ => String::from_utf8(body)
                        .unwrap()
                        .lines()
                        .map(|l| right_answer(l) + "\n")
                        .collect(),
                };
                respond(&mut stream, "200 OK", "", &answer);
            }
        });
        let output = run_against(&suites, &url).unwrap();
        thread.join().unwrap();
        let Ending::Broken(error) = &output.ending else {
            panic!("{:?}", output.ending)
        };
        assert!(matches!(
            error,
            AdapterError::FallenSilent { attempts: 20, .. }
        ));
        assert!(error.to_string().contains("refused"), "{error}");
    }
}

/// Why there was no run, in one line.
fn refusal(url: &str) -> String {
    let suites = [numbered(0)];
    let error = run_against(&suites, url).unwrap_err().to_string();
    assert!(error.starts_with("cannot use the adapter: "), "{error}");
    assert!(!error.contains('\n'), "{error}");
    error
}

#[test]
fn a_missing_server_is_reported_in_one_line() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{closed}");
    assert_eq!(
        refusal(&url),
        format!(
            "cannot use the adapter: no usable answer from {url}/macproof: cannot connect: Connection refused (os error 111); check that the server is running and speaks plain HTTP at this address"
        )
    );
}

#[test]
fn a_missing_hello_is_reported_in_one_line() {
    let answers: [(&'static [u8], &str); 6] = [
        // What a TLS server says to plain HTTP.
        (
            b"\x15\x03\x03\x00\x02\x02\x46",
            "the server speaks TLS at this port; write https://",
        ),
        (b"", "speaks plain HTTP at this address"),
        (
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone",
            "404 Not Found: \"none\";",
        ),
        (
            b"HTTP/1.1 302 Found\r\nlocation: https://a/\r\ncontent-length: 0\r\n\r\n",
            "302 Found to \"https://a/\"; redirects are not followed;",
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhey",
            "is not a valid hello",
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 3\r\n\r\nhey",
            "its answer is compressed (\"br\")",
        ),
    ];
    for (bytes, expected) in answers {
        let server = WebServer::start(move |_, stream| {
            let _ = stream.write_all(bytes);
            Then::Close
        });
        let words = refusal(&server.url());
        assert!(words.contains(expected), "{words}");
    }
}

#[test]
fn a_hello_that_never_comes_is_not_waited_for() {
    let server = WebServer::start(|_, stream| stay_silent(stream));
    let suites = [numbered(0)];
    let mut options = options();
    options.limits.start_up = Duration::from_millis(300);
    let never = AtomicBool::new(false);
    let error = run(
        &suites,
        &target(&server.url()),
        &options,
        &never,
        &|| 0,
        &|_| {},
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "cannot use the adapter: it sent no hello within 300 ms"
    );
}

#[test]
fn other_machines_are_not_contacted() {
    // 192.0.2.0/24 is nobody's.
    let words = refusal("http://192.0.2.1:4000");
    assert_eq!(
        words,
        "cannot use the adapter: 192.0.2.1 is not on this machine; allow it with --allow-remote"
    );
}

#[test]
fn names_are_checked_when_resolved() {
    let server = troubled(1, |asked, stream| {
        respond(stream, "200 OK", "", &right_answers(asked))
    });
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    let suites = [numbered(0)];
    assert!(run_against(&suites, &format!("http://localhost:{port}")).is_ok());
}

#[test]
fn an_interrupt_is_handled_while_waiting() {
    let (asked, was_asked) = mpsc::channel();
    let server = troubled(1, move |_, stream| {
        let _known = asked.send(());
        stay_silent(stream)
    });
    let suites = [numbered(0)];
    let interrupt = AtomicBool::new(false);
    let mut options = options();
    options.limits.answer = Duration::from_secs(600);
    thread::scope(|scope| {
        let interrupt = &interrupt;
        scope.spawn(move || {
            was_asked.recv().unwrap();
            interrupt.store(true, Ordering::Relaxed);
        });
        let output = run(
            &suites,
            &target(&server.url()),
            &options,
            interrupt,
            &|| 0,
            &|_| {},
        );
        // Either way it is over before the 600 s are.
        match output {
            Ok(output) => assert!(!matches!(output.ending, Ending::Broken(_))),
            Err(error) => assert!(error.to_string().contains("interrupted")),
        }
    });
}

/// A process that is ended with its test.
struct Running(Mutex<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        let mut child = self.0.lock().unwrap();
        let _gone = child.kill();
        let _gone = child.wait();
    }
}

#[test(needs(PYTHON))]
fn a_real_server_in_python_passes() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_servers/honest.py");
    for window in ["1", "16", "512"] {
        let mut child = Command::new("python3")
            .arg(&script)
            .arg(window)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        let _running = Running(Mutex::new(child));
        let suites = [numbered(0)];
        let url = format!("http://127.0.0.1:{}", port.trim());
        let output = run_against(&suites, &url).unwrap();
        let all_pass = verdicts(&output)
            .iter()
            .all(|verdict| *verdict == Verdict::Pass);
        assert!(all_pass, "{window}");
    }
}
