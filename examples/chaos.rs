//! Chaos: adapters, servers, callers and signals at random by seed, against the real program, and
//! after each what has to be true all the same.
//!
//! ```sh
//! cargo run --release --example chaos -- --minutes 5 [--seed N]
//! ```
//!
//! A round is told again by its own seed: `--seed N --rounds 1`. This file is the program, the
//! adapters and the callers at once; a variable of the environment says which.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use macproof::scheme::Algorithm;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// Says which of its parts this process plays.
const PART: &str = "MACPROOF_CHAOS";

/// How many cases the suite has.
const CASES: usize = 60;

/// How long a command may take: more than its limits together.
const LIMIT: Duration = Duration::from_secs(90);

/// How much memory the program may ever have, in KiB.
const MEMORY: u64 = 512 << 10;

type Fault = Box<dyn Error + Send + Sync>;
type Outcome = Result<(), Fault>;

fn main() -> ExitCode {
    let done = match std::env::var(PART).as_deref() {
        Ok("program") => return macproof::cli::start().into(),
        Ok("adapter") => adapter(),
        Ok("server") => server(),
        Ok("sleeper") => loop {
            thread::sleep(Duration::from_secs(3600));
        },
        _ => campaign(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Rounds until the time is over.
fn campaign() -> Outcome {
    let (mut minutes, mut rounds) = (5, u64::MAX);
    let mut seed = fastrand::u64(..1 << 32);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or("each option has a number")?.parse()?;
        match word.as_str() {
            "--minutes" => minutes = value,
            "--rounds" => rounds = value,
            "--seed" => seed = value,
            _ => return Err(format!("unknown option {word:?}").into()),
        }
    }
    println!("chaos from seed {seed}");
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let mut tally = BTreeMap::<String, u64>::new();
    for round in 0..rounds {
        if Instant::now() >= end {
            break;
        }
        let seed = seed.wrapping_add(round);
        let what = Round::new(seed)?
            .play()
            .map_err(|error| format!("seed {seed}: {error}"))?;
        *tally.entry(what).or_default() += 1;
    }
    for (what, times) in tally {
        println!("{times:6} {what}");
    }
    println!("no breach");
    Ok(())
}

/// One command, in a folder of its own.
struct Round {
    rng: Rng,
    folder: tempfile::TempDir,
    mark: String,
    /// Signals that were sent to the program.
    sent: Vec<Signal>,
}

impl Round {
    fn new(seed: u64) -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("suite.yaml"), suite()?)?;
        fs::write(folder.path().join("secret"), "secret")?;
        Ok(Self {
            rng: Rng::with_seed(seed),
            folder,
            mark: format!("chaos-{}-{seed}", std::process::id()),
            sent: Vec::new(),
        })
    }

    /// What was done, where nothing was breached.
    fn play(mut self) -> Result<String, Fault> {
        let kind = self.rng.u8(..10);
        match kind {
            0..6 => self.run(false),
            6 => self.run(true),
            7 | 8 => self.fuzz(),
            _ => self.serve(),
        }
    }

    fn command(&self, words: &[String]) -> io::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(words)
            .env(PART, "program")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.folder.path().join("stderr"))?);
        Ok(command)
    }

    /// The words that reach a misbehaving implementation; the server itself, if it is one.
    fn implementation(&mut self, over_http: bool) -> Result<(Vec<String>, Option<Child>), Fault> {
        let exe = std::env::current_exe()?;
        let seed = self.rng.u32(..);
        if over_http {
            let mut server = Command::new(exe)
                .args([&self.mark, &seed.to_string()])
                .env(PART, "server")
                .stdout(Stdio::piped())
                .spawn()?;
            let mut port = String::new();
            let stdout = server.stdout.take().ok_or("no stdout")?;
            io::BufReader::new(stdout).read_line(&mut port)?;
            let address = format!("http://127.0.0.1:{}", port.trim());
            return Ok((vec!["--http".to_owned(), address], Some(server)));
        }
        let line = format!("env {PART}=adapter {} {} {seed}", exe.display(), self.mark);
        let line = match self.rng.u8(..6) {
            0 => format!("setsid --wait {line}"),
            1 => format!("sh -c 'set -m; {line} & wait'"),
            2 => format!("sh -c '{line}; true'"),
            _ => line,
        };
        Ok((vec!["--command".to_owned(), line], None))
    }

    fn run(&mut self, over_http: bool) -> Result<String, Fault> {
        let (reach, server) = self.implementation(over_http)?;
        let mut words: Vec<String> = [
            "run",
            "--suite-file",
            "suite.yaml",
            "--timeout",
            "300ms",
            "--events",
            "events",
            "--report",
            "json=document",
            "--report",
            "junit=junit",
        ]
        .map(str::to_owned)
        .into();
        words.extend(["--jobs".to_owned(), self.rng.u8(1..5).to_string()]);
        words.extend(["--repeat".to_owned(), self.rng.u8(1..4).to_string()]);
        if self.rng.u8(..8) == 0 {
            words.push("--fail-fast".to_owned());
        }
        words.extend(reach);
        let status = self.ended(&words, server)?;
        self.check_document(status)?;
        let how = if over_http { "run over HTTP" } else { "run" };
        Ok(format!("{how}: {}", self.named(status)))
    }

    fn fuzz(&mut self) -> Result<String, Fault> {
        let (reach, _) = self.implementation(false)?;
        let mut words: Vec<String> = [
            "fuzz",
            "--suite-file",
            "suite.yaml",
            "--timeout",
            "300ms",
            "--time",
            "3s",
            "--cases",
            "2000",
        ]
        .map(str::to_owned)
        .into();
        words.extend(reach);
        let status = self.ended(&words, None)?;
        Ok(format!("fuzz: {}", self.named(status)))
    }

    /// The platform's side, with callers that mean harm.
    fn serve(&mut self) -> Result<String, Fault> {
        let words = [
            "serve",
            "jotreview",
            "--secret-file",
            "secret",
            "--port",
            "0",
        ];
        let mut program = self
            .command(&words.map(str::to_owned))?
            .stdout(Stdio::piped())
            .spawn()?;
        let mut first = String::new();
        let mut stdout = io::BufReader::new(program.stdout.take().ok_or("no stdout")?);
        stdout.read_line(&mut first)?;
        let port: u16 = first
            .trim()
            .rsplit(':')
            .next()
            .unwrap_or_default()
            .parse()?;
        let callers: Vec<_> = (0..self.rng.u8(1..16))
            .map(|_| {
                let rng = self.rng.fork();
                thread::spawn(move || call(rng, port))
            })
            .collect();
        thread::sleep(Duration::from_millis(self.rng.u64(..1500)));
        self.send(&program, Signal::TERM);
        let status = self.awaited(&mut program)?;
        for caller in callers {
            caller.join().map_err(|_| "a caller panicked")?;
        }
        Ok(format!("serve: {}", self.named(status)))
    }

    fn send(&mut self, program: &Child, signal: Signal) {
        if kill_process(Pid::from_child(program), signal).is_ok() {
            self.sent.push(signal);
        }
    }

    /// Starts the program, perhaps sends signals, and waits for its end.
    fn ended(&mut self, words: &[String], server: Option<Child>) -> Result<ExitStatus, Fault> {
        let mut program = self.command(words)?.spawn()?;
        if self.rng.u8(..3) == 0 {
            for _ in 0..self.rng.u8(1..4) {
                thread::sleep(Duration::from_millis(self.rng.u64(..400)));
                let signals = [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT];
                let signal = signals[self.rng.usize(..signals.len())];
                self.send(&program, signal);
            }
        }
        let status = self.awaited(&mut program);
        if let Some(mut server) = server {
            server.kill()?;
            server.wait()?;
        }
        let status = status?;
        self.check_processes()?;
        self.check_files(status)?;
        Ok(status)
    }

    /// It ends within the limit, in bounded memory, by an exit code of its own or by our signal. An
    /// interrupted run has an exit code that says so.
    fn awaited(&self, program: &mut Child) -> Result<ExitStatus, Fault> {
        let began = Instant::now();
        loop {
            if let Some(status) = program.try_wait()? {
                let by_us = |signal| self.sent.iter().any(|sent| sent.as_raw() == signal);
                let is_orderly = match (status.code(), status.signal()) {
                    (Some(130), _) => by_us(Signal::INT.as_raw()),
                    (Some(143), _) => !self.sent.is_empty(),
                    (Some(code), _) => code <= 4,
                    (None, Some(signal)) => by_us(signal),
                    (None, None) => false,
                };
                return if is_orderly {
                    Ok(status)
                } else {
                    Err(format!("it ended with {status}: {}", self.stderr()).into())
                };
            }
            let status = fs::read_to_string(format!("/proc/{}/status", program.id()));
            let peak = status.unwrap_or_default();
            let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let peak = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok());
            if peak.is_some_and(|peak: u64| peak > MEMORY) {
                program.kill()?;
                return Err(format!("it took {peak:?} KiB").into());
            }
            if began.elapsed() > LIMIT {
                program.kill()?;
                return Err(format!("it did not end: {}", self.stderr()).into());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn stderr(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }

    fn named(&self, status: ExitStatus) -> String {
        let signals = if self.sent.is_empty() {
            ""
        } else {
            ", signalled"
        };
        format!("{status}{signals}")
    }

    /// No process is left.
    fn check_processes(&self) -> Outcome {
        for _ in 0..80 {
            let left = fs::read_dir("/proc")?.flatten().find(|process| {
                let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
                let mut words = command.split(|&byte| byte == 0);
                words.any(|word| word == self.mark.as_bytes())
            });
            if left.is_none() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(25));
        }
        Err(format!("a process with {} is left: {}", self.mark, self.stderr()).into())
    }

    /// No file is half written: what is there is whole, and nothing else is there.
    fn check_files(&self, status: ExitStatus) -> Outcome {
        for entry in fs::read_dir(self.folder.path())? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            let is_known = [
                "suite.yaml",
                "secret",
                "stderr",
                "events",
                "document",
                "junit",
                // Where `fuzz` saves what it found.
                "reports",
            ]
            .contains(&name.as_ref());
            // A second signal ends the program where it stands.
            if !is_known && status.code().is_some() {
                return Err(format!("{name} is left").into());
            }
        }
        let junit = fs::read_to_string(self.folder.path().join("junit")).unwrap_or_default();
        if !junit.is_empty() && !junit.trim_end().ends_with("</testsuites>") {
            return Err("the JUnit report is cut".into());
        }
        Ok(())
    }

    /// One verdict a case, and the events say the same as the document.
    fn check_document(&self, status: ExitStatus) -> Outcome {
        let Ok(document) = fs::read_to_string(self.folder.path().join("document")) else {
            // There is none where nothing could be asked, or a second signal came.
            return match status.code() {
                Some(0..=3) => Err(format!("no document with {status}: {}", self.stderr()).into()),
                _ => Ok(()),
            };
        };
        let document: Value = serde_json::from_str(&document)?;
        let mut verdicts = BTreeMap::new();
        for case in document["cases"].as_array().ok_or("no cases")? {
            if verdicts
                .insert(case["id"].to_string(), case["verdict"].to_string())
                .is_some()
            {
                return Err(format!("{} has two verdicts", case["id"]).into());
            }
        }
        // An adapter that ends before its hello is asked nothing, and the document says why.
        let has_started = !document["did_not_start"].is_string();
        if !has_started && matches!(status.code(), Some(0..=3)) {
            return Err(format!("nothing started, and it ended with {status}").into());
        }
        let due = if has_started { CASES } else { 0 };
        if verdicts.len() != due {
            let stderr = self.stderr();
            return Err(format!("{} cases have a verdict: {stderr}", verdicts.len()).into());
        }
        let mut told = BTreeMap::new();
        let mut is_finished = false;
        for line in fs::read_to_string(self.folder.path().join("events"))?.lines() {
            let event: Value = serde_json::from_str(line)?;
            is_finished |= event["event"] == "finished";
            if event["event"] == "case" {
                told.insert(event["case"].to_string(), event["verdict"].to_string());
            }
        }
        if status.code().is_some() && !is_finished {
            return Err("the events do not end".into());
        }
        let differs = told
            .iter()
            .find(|(case, verdict)| verdicts.get(*case) != Some(*verdict));
        if let (Some((case, verdict)), true) = (differs, is_finished) {
            return Err(format!("{case} was told as {verdict}: {:?}", verdicts.get(case)).into());
        }
        Ok(())
    }
}

/// A suite that asks for tokens, and for the verdict on them.
fn suite() -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        r#"macproof: 1
suite: chaos
version: 1
title: Chaos
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}}
  message: "{user_id}"
  token: "{mac:hex}"
requirements:
  exact: {level: must, basis: practice, text: "The token is exact."}
vectors:
"#,
    );
    for number in 0..CASES {
        let token = token("secret", &format!("user-{number}"));
        let common = format!(
            "id: user-{number}, shows: [exact], secret: secret, fields: {{user_id: user-{number}}}"
        );
        if number % 2 == 0 {
            writeln!(
                text,
                "  - {{{common}, op: sign, expect: {{token: {token:?}}}}}"
            )?;
        } else {
            writeln!(
                text,
                "  - {{{common}, op: verify, token: {token:?}, now: 0, expect: {{outcome: accept}}}}"
            )?;
        }
    }
    Ok(text)
}

fn token(secret: &str, user: &str) -> String {
    hex::encode(Algorithm::HmacSha256.mac(secret.as_bytes(), user.as_bytes()))
}

fn honest(request: &Value) -> Value {
    let right = token(
        request["secret"].as_str().unwrap_or_default(),
        request["fields"]["user_id"].as_str().unwrap_or_default(),
    );
    match request["op"].as_str() {
        Some("hello") => json!({
            "protocol": 1,
            "implementation": {"name": "chaos"},
            "ops": ["sign", "verify"],
            "inputs": ["text"],
            "max_in_flight": 16,
        }),
        Some("sign") => json!({"id": request["id"], "token": right}),
        _ if request["token"] == right => json!({"id": request["id"], "outcome": "accept"}),
        _ => json!({"id": request["id"], "outcome": "reject"}),
    }
}

/// Answers, and misbehaves now and then.
fn adapter() -> Outcome {
    let mut words = std::env::args().skip(1);
    let mark = words.next().ok_or("no mark")?;
    let seed: u64 = words.next().ok_or("no seed")?.parse()?;
    let mut temper = Rng::with_seed(seed);
    // How often, and in which ways at all: most go wrong in few ways, each life otherwise.
    let (often, first, ways) = (temper.u32(20..4000), temper.u8(..), temper.u8(1..5));
    let mut rng = Rng::new();
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        if rng.u32(..often) < 20 {
            let way = first.wrapping_add(rng.u8(..ways)) % 16;
            misbehave(way, &mark, &request, &mut out)?;
        }
        if request["op"] == "bye" {
            break;
        }
        writeln!(out, "{}", honest(&request))?;
        out.flush()?;
    }
    Ok(())
}

fn misbehave(way: u8, mark: &str, request: &Value, out: &mut impl io::Write) -> Outcome {
    let sleeper = || {
        let mut sleeper = Command::new(std::env::current_exe()?);
        sleeper.arg(mark).env(PART, "sleeper");
        io::Result::Ok(sleeper)
    };
    match way {
        0 => std::process::exit(7),
        1 => std::process::exit(0),
        2 => kill_process(rustix::process::getpid(), Signal::KILL)?,
        3 => thread::sleep(Duration::from_secs(3600)),
        4 => thread::sleep(Duration::from_millis(50)),
        5 => writeln!(out, "DEBUG: {}", request["id"])?,
        6 => writeln!(
            out,
            "{{\"id\":{},\"token\":{:?}}}",
            request["id"],
            "x".repeat(900_000)
        )?,
        7 => write!(out, "{}", "x".repeat(3 << 20))?,
        8 => writeln!(out, "{{\"id\":999999999,\"token\":\"x\"}}")?,
        9 => loop {
            out.write_all(&[b'x'; 1 << 12])?;
        },
        10 => loop {
            io::stderr().write_all(&[b'x'; 1 << 12])?;
        },
        11 => drop(sleeper()?.spawn()?),
        12 => drop(sleeper()?.process_group(0).stdout(Stdio::null()).spawn()?),
        13 => drop(
            Command::new("setsid")
                .arg(std::env::current_exe()?)
                .arg(mark)
                .env_clear()
                .env(PART, "sleeper")
                .spawn()?,
        ),
        14 => {
            let parent =
                rustix::process::getppid().and_then(|pid| rustix::process::getpgid(Some(pid)).ok());
            let _not_allowed = rustix::process::setpgid(None, parent);
        }
        _ => out.write_all(b"\xff\xfe\x00\x1b[31m\n")?,
    }
    Ok(())
}

/// A server that answers, and misbehaves now and then.
fn server() -> Outcome {
    let seed: u64 = std::env::args().nth(2).ok_or("no seed")?.parse()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    let mut rng = Rng::with_seed(seed);
    let often = rng.u32(20..2000);
    for stream in listener.incoming() {
        let mut rng = rng.fork();
        let mut stream = stream?;
        thread::spawn(move || -> Outcome {
            while let Some(body) = request_body(&mut stream)? {
                let mut answers = Vec::new();
                for line in body
                    .split(|&byte| byte == b'\n')
                    .filter(|line| !line.is_empty())
                {
                    writeln!(answers, "{}", honest(&serde_json::from_slice(line)?))?;
                }
                if rng.u32(..often) < 20 {
                    match rng.u8(..5) {
                        0 => return Ok(()),
                        1 => thread::sleep(Duration::from_secs(3600)),
                        2 => stream.write_all(b"\xff\x00rubbish\r\n\r\n")?,
                        3 => answers.truncate(answers.len() / 2),
                        _ => answers.extend_from_slice(b"{\"id\":1}\n"),
                    }
                }
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
                    answers.len()
                )?;
                stream.write_all(&answers)?;
            }
            Ok(())
        });
    }
    Ok(())
}

/// The body of the next request of a connection.
fn request_body(stream: &mut TcpStream) -> Result<Option<Vec<u8>>, Fault> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.unwrap_or("0").trim().parse()?];
    stream.read_exact(&mut body)?;
    Ok(Some(body))
}

/// Calls a server in ways that nobody should, and does not care what it says.
fn call(mut rng: Rng, port: u16) {
    for _ in 0..20 {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
            return;
        };
        let _unset = stream.set_read_timeout(Some(Duration::from_millis(300)));
        let body = r#"{"user_id":"user-42","signature":"x"}"#;
        let good = format!(
            "POST /jotreview/identify HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let sent = match rng.u8(..6) {
            0 => good.into_bytes(),
            1 => good.as_bytes()[..rng.usize(..good.len())].to_vec(),
            2 => (0..rng.usize(..2000)).map(|_| rng.u8(..)).collect(),
            3 => good.replace("length: ", "length: 9").into_bytes(),
            4 => [good.as_bytes(), &vec![b'x'; 1 << 20]].concat(),
            _ => good.repeat(50).into_bytes(),
        };
        let _refused = stream.write_all(&sent);
        let mut answer = [0; 512];
        let _silent = stream.read(&mut answer);
    }
}
