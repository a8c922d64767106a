//! What one case costs, step by step, on both sides of the pipe: `cargo bench --bench runner`.
//!
//! End to end, one process each side: `macproof run --repeat 100000`, which prints cases a second.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::hint::black_box;
use std::io;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

use macproof::adapters::{Served, serve};
use macproof::protocol::{Answer, Hello, ImplementationInfo, Incoming, Reply, RequestLine};
use macproof::results::{Expectation, Observed};
use macproof::scheme::{Call, Implementation, Reference};
use macproof::signature::{Context, Fields, Op, Outcome, Request, Secret, Secrets, Value};
use macproof::suite::{Expect, Level, Suite};

/// A scheme of the longer kind: the token carries a time.
const TIMED: &str = r#"macproof: 1
suite: timed
version: 1
title: Timed
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}, timestamp: {type: unix-seconds}}
  message: "{user_id}-{timestamp}"
  token: "{mac:hex}-{timestamp}"
requirements:
  exact: {level: must, basis: practice, text: "It is exact."}
vectors:
  - {id: one, shows: [exact], op: sign, secret: s, fields: {user_id: a, timestamp: 5}, expect: {token: "?"}}
"#;

/// A request of each operation, and its answer.
struct Cases {
    suite: Suite,
    secrets: Secrets,
    signed: Fields,
    verified: Fields,
    token: String,
}

impl Cases {
    fn new() -> Self {
        let suite = Suite::parse("timed.yaml", TIMED).unwrap_or_else(|e| panic!("{e}"));
        let secrets = Secrets::One(Secret::new(
            "a6c93e058a4ab236449bd321002352483a85138489d2ee4fb2eaa4cfd3ab2ba8",
        ));
        let verified = Fields::new().with("user_id", "id-c5c178f6");
        let signed = verified.clone().with("timestamp", 1_741_761_604);
        let token = suite.scheme.sign(&secrets, &signed).unwrap();
        Self {
            suite,
            secrets,
            signed,
            verified,
            token,
        }
    }

    fn request(&self, op: Op) -> Request {
        let token = Value::Text(self.token.clone());
        Request {
            suite: "timed".into(),
            op,
            secrets: self.secrets.clone(),
            fields: self.fields(op).clone(),
            token: Some(token),
            context: Context::default(),
            now: 1_741_761_604,
        }
    }

    fn fields(&self, op: Op) -> &Fields {
        match op {
            Op::Sign | Op::Send => &self.signed,
            Op::Verify | Op::Identify => &self.verified,
        }
    }

    fn answer(&self, op: Op) -> Answer {
        let outcome = match op {
            Op::Sign | Op::Send => Outcome::Token(self.token.clone()),
            Op::Verify | Op::Identify => Outcome::Accept,
        };
        Answer {
            id: 1_234_567,
            reply: Reply::Outcome(outcome),
        }
    }
}

fn requests(c: &mut Criterion) {
    let cases = Cases::new();
    for op in [Op::Sign, Op::Verify] {
        let line = RequestLine::new(&cases.request(op));
        let mut written = Vec::new();
        c.bench_function(&format!("request/write/{op}"), |b| {
            b.iter(|| {
                written.clear();
                line.write(black_box(1_234_567), &mut written);
            });
        });
        c.bench_function(&format!("request/read/{op}"), |b| {
            b.iter(|| Incoming::parse(black_box(&written)).unwrap());
        });
    }
}

fn answers(c: &mut Criterion) {
    let cases = Cases::new();
    for op in [Op::Sign, Op::Verify] {
        let answer = cases.answer(op);
        let mut written = Vec::new();
        c.bench_function(&format!("answer/write/{op}"), |b| {
            b.iter(|| {
                written.clear();
                black_box(&answer).write(&mut written);
            });
        });
        c.bench_function(&format!("answer/read/{op}"), |b| {
            b.iter(|| Answer::parse(black_box(&written)).unwrap());
        });
        let expect = Expect::Token {
            token: cases.token.clone(),
            or: Vec::new(),
            pairs: None,
        };
        let Reply::Outcome(outcome) = answer.reply else {
            continue;
        };
        let observed = Observed::Outcome(outcome);
        let asked = cases.request(op);
        let expectation = Expectation {
            scheme: &cases.suite.scheme,
            request: &asked,
            level: Level::Must,
            expect: &expect,
        };
        c.bench_function(&format!("answer/judge/{op}"), |b| {
            b.iter(|| {
                let observed = black_box(&observed);
                expectation.verdict(observed, Level::Must)
            });
        });
    }
}

fn reference(c: &mut Criterion) {
    let cases = Cases::new();
    let token = Value::Text(cases.token.clone());
    let mut reference = Reference::new();
    for op in [Op::Sign, Op::Verify] {
        let call = Call {
            op,
            scheme: &cases.suite.scheme,
            secrets: &cases.secrets,
            fields: cases.fields(op),
            token: Some(&token),
            context: Context::none(),
            now: 1_741_761_604,
        };
        c.bench_function(&format!("reference/{op}"), |b| {
            b.iter(|| reference.call(black_box(&call)));
        });
    }
}

/// The whole adapter, its pipes aside.
fn serving(c: &mut Criterion) {
    const REQUESTS: u64 = 10_000;
    let cases = Cases::new();
    let lines = [Op::Sign, Op::Verify].map(|op| RequestLine::new(&cases.request(op)));
    let mut input = Vec::new();
    for id in 0..REQUESTS {
        lines[usize::from(id % 2 == 1)].write(id, &mut input);
    }
    let mut group = c.benchmark_group("adapter");
    group.throughput(Throughput::Elements(REQUESTS));
    group.bench_function("serve", |b| {
        b.iter_batched(
            Reference::new,
            |mut reference| {
                let mut served = Served {
                    hello: Hello {
                        protocol: 1,
                        implementation: ImplementationInfo::default(),
                        suites: None,
                        ops: None,
                        clock: None,
                        inputs: None,
                        max_in_flight: None,
                    },
                    scheme: &|_| Some(&cases.suite.scheme),
                    implementation: &mut reference,
                    repetitions: None,
                };
                serve(input.as_slice(), io::sink(), &mut served).unwrap();
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, requests, answers, reference, serving);
criterion_main!(benches);
