//! How near a run comes to the limit of the pipe: `cargo bench --bench pipe`.
//!
//! The limit is a program that judges nothing: it writes the same request lines without waiting,
//! and its child makes the MAC of what stands at fixed places, without reading JSON. Beside it, in
//! turns, the same requests are a run against the built-in adapter. The ratio is that of the
//! medians, so that a busy machine slows down both.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people"
)]

use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use macproof::adapters::AdapterCommand;
use macproof::protocol::PreparedRequest;
use macproof::runner::{RunOptions, run};
use macproof::signature::Secrets;
use macproof::suite::{Suite, find};
use sha2::Sha256;

/// How many requests each program answers in a turn.
const REQUESTS: u64 = 500_000;

/// How many turns each has.
const TURNS: usize = 5;

/// All ids have as many digits, so that everything in a line keeps its place.
const FIRST_ID: u64 = 1_000_000_000;

/// Tells the child where the secret and the message stand.
const PLACES: &str = "MACPROOF_BENCH_PLACES";

fn main() {
    if let Ok(places) = std::env::var(PLACES) {
        let places: Vec<usize> = places.split(',').map(|one| one.parse().unwrap()).collect();
        return child(&places);
    }
    let suite = find("jotreview").unwrap().parse().unwrap();
    let suites = [suite];
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..TURNS {
        times[0].push(limit(&suites[0]));
        times[1].push(ran(&suites));
    }
    let per_second = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "a number of six digits")]
        let requests = REQUESTS as f64;
        requests / times[times.len() / 2].as_secs_f64()
    };
    let [limit, run] = times.each_mut().map(per_second);
    println!("limit: {limit:>10.0} requests a second");
    println!("run:   {run:>10.0} requests a second");
    println!("ratio: {:.2}", run / limit);
}

/// The requests that are written without waiting, and answered without reading JSON.
fn limit(suite: &Suite) -> Duration {
    let vector = suite.vectors.iter().find(|one| one.id.as_str() == "plain");
    let request = vector.unwrap().request.clone();
    let message = request.fields.value("user_id").unwrap();
    let message = String::from_utf8(message.to_bytes().unwrap().into_owned()).unwrap();
    let Secrets::One(secret) = &request.secrets else {
        panic!("one secret");
    };
    let secret = String::from_utf8(secret.reveal().to_vec()).unwrap();
    let request = PreparedRequest::new(request);
    let mut line = Vec::new();
    request.write(FIRST_ID, &mut line);
    let text = String::from_utf8(line.clone()).unwrap();
    let place = |text: &str, part: &str| {
        let at = text.find(&format!("\"{part}\"")).unwrap() + 1;
        format!("{at},{}", at + part.len())
    };
    let places = [
        place(&text, &secret),
        place(&text, &message),
        line.len().to_string(),
    ];
    let began = Instant::now();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env(PLACES, places.join(","))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut requests = BufWriter::with_capacity(1 << 16, child.stdin.take().unwrap());
    let answers = BufReader::with_capacity(1 << 16, child.stdout.take().unwrap());
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut line = Vec::new();
            for id in FIRST_ID..FIRST_ID + REQUESTS {
                line.clear();
                request.write(id, &mut line);
                requests.write_all(&line).unwrap();
            }
        });
        assert_eq!(lines(answers), REQUESTS);
    });
    assert!(child.wait().unwrap().success());
    began.elapsed()
}

fn lines(mut answers: impl io::BufRead) -> u64 {
    let mut count = 0;
    loop {
        let read = answers.fill_buf().unwrap();
        if read.is_empty() {
            return count;
        }
        count += memchr::memchr_iter(b'\n', read).count() as u64;
        let length = read.len();
        answers.consume(length);
    }
}

/// Answers with the MAC of what stands at these places.
fn child(places: &[usize]) {
    let &[secret, secret_end, message, message_end, length] = places else {
        panic!("five places");
    };
    let mut stdin = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut stdout = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = vec![0; length];
    let mut known: Option<(Vec<u8>, Hmac<Sha256>)> = None;
    let mut answer = Vec::new();
    while !stdin.fill_buf().unwrap().is_empty() {
        io::Read::read_exact(&mut stdin, &mut line).unwrap();
        let secret = &line[secret..secret_end];
        let keyed = match &known {
            Some((last, keyed)) if last == secret => keyed.clone(),
            _ => {
                let keyed = Hmac::<Sha256>::new_from_slice(secret).unwrap();
                known = Some((secret.to_vec(), keyed.clone()));
                keyed
            }
        };
        let mac = keyed.chain_update(&line[message..message_end]).finalize();
        let mut digits = [0; 64];
        hex::encode_to_slice(mac.into_bytes(), &mut digits).unwrap();
        answer.clear();
        answer.extend_from_slice(b"{\"id\":");
        answer.extend_from_slice(&line[6..16]);
        answer.extend_from_slice(b",\"token\":\"");
        answer.extend_from_slice(&digits);
        answer.extend_from_slice(b"\"}\n");
        stdout.write_all(&answer).unwrap();
    }
}

/// The same requests as a run against the built-in adapter.
fn ran(suites: &[Suite]) -> Duration {
    let command = AdapterCommand::new(env!("CARGO_BIN_EXE_macproof"), ["adapter"]);
    let options = RunOptions {
        filter: Some("jotreview/plain".parse().unwrap()),
        repeat: REQUESTS,
        ..RunOptions::default()
    };
    let never = AtomicBool::new(false);
    let began = Instant::now();
    let output = run(suites, &command, &options, &never, &|| 0, &|_| {}).unwrap();
    let elapsed = began.elapsed();
    assert_eq!(output.progress.done, REQUESTS);
    elapsed
}
