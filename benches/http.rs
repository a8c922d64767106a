//! What the protocol over HTTP achieves against a server of the same machine, and what `wrk` gets
//! from the same server.
//!
//! `cargo bench --bench http` prints cases and requests a second, single requests on 16 kept
//! connections and batches. Server and client share the machine's cores.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use macproof::adapters::{HttpTarget, Served, serve};
use macproof::implementations::{Reach, WebAddress};
use macproof::protocol::Hello;
use macproof::runner::{Ending, RunOptions, run};
use macproof::scheme::Reference;
use macproof::suite::{Suite, default_suites};

/// How many requests a run asks, more or less.
const SINGLES: u64 = 200_000;
const BATCHED: u64 = 3_000_000;

fn main() {
    let suites: Arc<Vec<Suite>> = Arc::new(default_suites().unwrap());
    for (name, window, requests) in [
        ("single requests on 16 connections", 16, SINGLES),
        ("batches of 256 on 16 connections", 4096, BATCHED),
    ] {
        let address = start(Arc::clone(&suites), window);
        measure(name, address, &suites, requests);
        if window == 16 {
            wrk(address);
        }
    }
}

/// A server in threads of its own. It ends with the process.
fn start(suites: Arc<Vec<Suite>>, window: u32) -> SocketAddr {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let answer = move |body: Bytes| {
                let answers = answers(&suites, window, &body);
                async { answers }
            };
            let router = Router::new().route("/macproof", post(answer));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

fn answers(suites: &[Suite], window: u32, body: &[u8]) -> Vec<u8> {
    let hello =
        format!(r#"{{"protocol":1,"implementation":{{"name":"bench"}},"max_in_flight":{window}}}"#);
    let mut served = Served {
        hello: Hello::parse(hello.as_bytes()).unwrap(),
        scheme: &|name| {
            let found = suites.iter().find(|suite| suite.name.as_str() == name);
            found.map(|suite| &suite.scheme)
        },
        implementation: &mut Reference::new(),
        repetitions: None,
    };
    let mut out = Vec::new();
    // One object alone has no line feed.
    let mut body = body.to_vec();
    if !body.ends_with(b"\n") {
        body.push(b'\n');
    }
    serve(body.as_slice(), &mut out, &mut served).unwrap();
    out
}

fn measure(name: &str, address: SocketAddr, suites: &[Suite], requests: u64) {
    let target = HttpTarget {
        address: WebAddress::parse(&format!("http://{address}")).unwrap(),
        reach: Reach::Loopback,
        authorities: None,
    };
    let never = AtomicBool::new(false);
    let cases: usize = suites.iter().map(|suite| suite.vectors.len()).sum();
    let options = RunOptions {
        repeat: requests / cases as u64 + 1,
        limits: macproof::adapters::Limits {
            answer: Duration::from_secs(30),
            ..macproof::adapters::Limits::default()
        },
        ..RunOptions::default()
    };
    let began = Instant::now();
    let output = run(
        suites,
        &target,
        &options,
        &never,
        &|| 1_741_761_604,
        &|_| {},
    )
    .unwrap();
    assert!(
        matches!(output.ending, Ending::Whole),
        "{:?}",
        output.ending
    );
    let seconds = began.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = output.progress.done as f64 / seconds;
    say(&format!("{name}: {rate:.0} cases a second"));
}

/// The same server, asked by `wrk`: 16 connections, one thread, one request of the suite.
fn wrk(address: SocketAddr) {
    let script = std::env::temp_dir().join(format!("macproof-{}.lua", std::process::id()));
    let body = r#"{"id":7,"op":"sign","suite":"jimo","secret":"a6c93e058a4ab236449bd321002352483a85138489d2ee4fb2eaa4cfd3ab2ba8","fields":{"user_id":"id-c5c178f6","timestamp":1741761604}}"#;
    let lua = format!(
        "wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\nwrk.body = '{body}'\n"
    );
    std::fs::write(&script, lua).unwrap();
    let output = Command::new("wrk")
        .args(["-t1", "-c16", "-d4s", "-s"])
        .arg(&script)
        .arg(format!("http://{address}/macproof"))
        .output();
    let _gone = std::fs::remove_file(&script);
    match output {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let line = text.lines().find(|line| line.starts_with("Requests/sec"));
            say(&format!("wrk, the same server: {}", line.unwrap_or(&text)));
        }
        Err(_) => say("wrk is not on this machine"),
    }
}

fn say(text: &str) {
    let _gone = writeln!(std::io::stdout(), "{text}");
}
