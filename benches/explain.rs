//! How long it takes to say why a token is wrong: the whole search, which ends without an answer.
//!
//! `cargo bench --bench explain` prints, before its figures, how many ways were tried in each.

#![allow(missing_docs, clippy::print_stderr)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use macproof::explain::{Answer, Question, explain};
use macproof::scheme::Scheme;
use macproof::signature::{Fields, Secret, Secrets};
use macproof::suite::find;

const SECRET: &str = "a6c93e058a4ab236449bd321002352483a85138489d2ee4fb2eaa4cfd3ab2ba8";
/// A token of the right form that no pipeline makes.
const MAC: &str = "7777777777777777777777777777777777777777777777777777777777777777";

fn scheme(suite: &str) -> Option<Scheme> {
    Some(find(suite)?.parse().ok()?.scheme)
}

fn searches(criterion: &mut Criterion) {
    let one = Secrets::One(Secret::new(SECRET));
    let odd = " J\u{f6}rg.M\u{fc}ller+\u{20ac}\u{1f600}e\u{301}/<a&b>\"'\\\0x@Example.COM ";
    let timed = format!("{MAC}-1741761604");
    let cases = [
        ("jotreview", "a plain id", "id-c5c178f6", MAC),
        ("jimo", "a plain id", "id-c5c178f6", timed.as_str()),
        (
            "jimo",
            "an id on which every mistake shows",
            odd,
            timed.as_str(),
        ),
    ];
    for (suite, what, identity, token) in cases {
        let Some(scheme) = scheme(suite) else {
            continue;
        };
        let fields = Fields::new().with("user_id", identity);
        let question = Question {
            scheme: &scheme,
            secrets: &one,
            fields: &fields,
            token,
            now: Some(1_741_761_700),
            depth: Question::DEPTH,
            interrupt: None,
        };
        let explanation = explain(&question);
        assert_eq!(explanation.answer, Answer::Unexplained);
        let tried = explanation.tried;
        eprintln!(
            "{suite}, {what}: {} pipelines, {} MACs",
            tried.pipelines, tried.macs
        );
        criterion.bench_function(&format!("explain {suite}, {what}"), |bencher| {
            bencher.iter(|| black_box(explain(black_box(&question))));
        });
    }
}

criterion_group!(benches, searches);
criterion_main!(benches);
