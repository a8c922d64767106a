//! Runs for the report tests.

use crate::report::fuzz::fixture::{campaign, versus};
use crate::report::{ReadError, json, read};
use crate::results::fixture::{
    accept, circumstances, expect_token, not_accepted, reject, run, suite, threw, token,
};
use crate::results::{
    Account, Causes, Diagnosis, Document, DocumentFormat, Failure, FuzzPoint, FuzzResult,
    KnownFailures, LikelyCause, MistakeMention, Observation, Observed, RunResult, Runs, ScopeNote,
    TimingResult, VersusResult, conclude,
};
use crate::signature::{Fields, Op, Outcome, OutcomeKind, Value};
use crate::suite::{Basis, Expect, Level, Suite};

/// Hostile text, as a malicious implementation might send it.
pub(super) const HOSTILE: &str = "<script>alert(1)</script> ]]> &amp; \u{202e}drawkcab\u{2066} \0 \u{1b}[31mred\u{1b}[0m \u{9b}2J \u{feff}\u{200b} \"quoted\" 'single' \\n \n\r\t \u{fffe} \u{1f600} e\u{301} \u{7f}";

/// A document of each format, those of campaigns with every possible member.
pub(super) fn one_of_each() -> Vec<(DocumentFormat, String)> {
    let text = |format| {
        let text = match format {
            DocumentFormat::Run => json(&rich(1)),
            DocumentFormat::Runs => json(&Runs::new(vec![green(), rich(1)])),
            DocumentFormat::Fuzz => json(&campaign()),
            DocumentFormat::Versus => json(&versus()),
            DocumentFormat::Timing => json(&crate::report::timing::fixture::campaign()),
        };
        (format, text)
    };
    DocumentFormat::ALL.map(text).into()
}

/// Reads a document as that of a format, and writes it again.
pub(super) fn reread(format: DocumentFormat, bytes: &[u8]) -> Result<String, ReadError> {
    Ok(match format {
        DocumentFormat::Run | DocumentFormat::Runs => json(&read::<Document>(bytes)?),
        DocumentFormat::Fuzz => json(&read::<FuzzResult>(bytes)?),
        DocumentFormat::Versus => json(&read::<VersusResult>(bytes)?),
        DocumentFormat::Timing => json(&read::<TimingResult>(bytes)?),
    })
}

fn rejects() -> Expect {
    Expect::Outcomes(vec![OutcomeKind::Reject, OutcomeKind::Refused])
}

/// Four requirements that cover each level and basis.
fn requirements(name: &str) -> Suite {
    suite(name)
        .requires(
            "secret-is-text",
            Level::Must,
            Basis::Document,
            "The secret's characters are the key bytes, even though they look like hex.",
        )
        .requires(
            "no-forgery",
            Level::Must,
            Basis::Security,
            "A token that is not the identity's is not accepted.",
        )
        .requires(
            "rejects-quietly",
            Level::Should,
            Basis::Practice,
            "A malformed token is rejected without throwing.",
        )
        .requires(
            "upper-case",
            Level::May,
            Basis::Practice,
            "Hex digits in upper case.",
        )
}

const DUE: &str = "6a403a1fcfcc866b8917e6e208a553004c54c73846bc4f3f686757e2a5ad588e";
const CAME: &str = "384e0b63cfcc866b8917e6e208a553004c54c73846bc4f3f686757e2a5ad588e";

fn mistake(id: &str, title: &str, remedy: &str) -> MistakeMention {
    MistakeMention {
        id: id.into(),
        title: title.into(),
        detail: String::new(),
        remedy: remedy.into(),
        explained: None,
    }
}

/// Five suites in which every case passes.
pub(super) fn green() -> RunResult {
    let suites: Vec<Suite> = ["acme", "bolt", "crane", "dune", "ember"]
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let mut suite = requirements(name);
            for number in 0..60 + 50 * at {
                let id = format!("signs-{number}");
                suite = suite.shows(&id, &["secret-is-text"], Op::Sign, expect_token(DUE));
            }
            let observe = Expect::Observe("accepts upper-case hex".into());
            suite.shows("upper", &["upper-case"], Op::Verify, observe)
        })
        .collect();
    let observations = suites
        .iter()
        .flat_map(|suite| {
            suite.vectors.iter().map(|vector| {
                let observed = match vector.request.op {
                    Op::Sign | Op::Send => token(DUE),
                    Op::Verify | Op::Identify => reject(),
                };
                suite.observe(vector.id.as_str(), observed)
            })
        })
        .collect();
    run(observations, "")
}

/// An adapter that decodes the secret as hex: 40 of 300 cases fail, across three requirements.
pub(super) fn forty_of_three_hundred() -> RunResult {
    let mut suite = requirements("acme").requires(
        "utf8",
        Level::Must,
        Basis::Document,
        "The identity is signed as UTF-8.",
    );
    for number in 0..300 {
        let id = format!("case-{number}");
        suite = match number {
            0..32 => suite.shows(&id, &["secret-is-text"], Op::Sign, expect_token(DUE)),
            32..36 => suite.shows(
                &id,
                &["secret-is-text", "utf8"],
                Op::Sign,
                expect_token(DUE),
            ),
            36..200 => suite.shows(&id, &["utf8"], Op::Sign, expect_token(DUE)),
            _ => suite.shows(&id, &["no-forgery"], Op::Verify, not_accepted()),
        };
    }
    let observations = suite
        .vectors
        .iter()
        .enumerate()
        .map(|(number, vector)| {
            let observed = match number {
                0..36 => token(CAME),
                36..200 => token(DUE),
                200..204 => accept(),
                _ => reject(),
            };
            suite.observe(vector.id.as_str(), observed)
        })
        .collect();
    let mut result = run(observations, "");
    let decoded = mistake(
        "secret-hex-decoded",
        "the secret is decoded as hex",
        "Use the characters of the secret as the key, as they are.",
    );
    let trimmed = mistake(
        "secret-trimmed",
        "the secret is trimmed",
        "Leave it as it is.",
    );
    for (number, case) in result.cases.iter_mut().enumerate().take(36) {
        case.causes.push(Causes {
            mistakes: vec![decoded.clone()],
        });
        if number % 2 == 0 {
            case.causes.push(Causes {
                mistakes: vec![decoded.clone(), trimmed.clone()],
            });
        }
    }
    let cause = mistake(
        "accepts-prefix",
        "a token that is cut short is accepted",
        "Compare the whole token.",
    );
    let mut diagnosis = Diagnosis::of_signing(&result.cases, 97);
    diagnosis.add_verifying(Diagnosis {
        causes: vec![LikelyCause {
            alternatives: vec![Causes {
                mistakes: vec![cause],
            }],
            sign: 0,
            verify: 1,
            accepted_tokens: 0,
        }],
        verify: Some(Account {
            failed: 4,
            unexplained: 3,
            tried: 125,
            ..Account::default()
        }),
        ..Diagnosis::default()
    });
    result.diagnosis = Some(diagnosis);
    result
}

/// A run with every verdict, every problem a list of known failures can have, and a hostile
/// implementation. One identity has `length` characters.
pub(super) fn rich(length: usize) -> RunResult {
    let (acme, hostile) = (acme(), hostile(length));
    let observations = observations(&acme, &hostile, length);
    let list = "\
- {case: hostile/known, expect: accept, reason: 'waits for <3.0>', issue: '#1'}
- {case: hostile/passes-now, expect: threw, reason: was broken}
- {case: hostile/changed, expect: threw, reason: was broken}
- {case: hostile/expired, expect: accept, reason: for a while, expires: 2026-10-01}
- {case: 'acme/gone-*', expect: accept, reason: 'TODO: state why this is tolerated'}
";
    let known = KnownFailures::parse("known.yaml", list).unwrap();
    let mut circumstances = circumstances();
    circumstances.implementation.notes = Some(HOSTILE.into());
    circumstances.implementation.name = format!("acme {HOSTILE}");
    (circumstances.repeat, circumstances.rounds) = (3, 3);
    circumstances.left_out.push(ScopeNote {
        what: "the suite bolt was not asked for".into(),
        cases: 120,
    });
    circumstances
        .notes
        .push(format!("the adapter wrote to stdout: {HOSTILE}"));
    let mut result = conclude(circumstances, observations, &known, "2026-11-20");
    result.cases[0].causes = vec![
        Causes {
            mistakes: vec![
                mistake(
                    "secret-hex-decoded",
                    "the secret is decoded as hex",
                    "Use its characters as the key.",
                ),
                mistake(
                    "identity-trimmed",
                    "the identity is trimmed",
                    "Sign it as it is.",
                ),
            ],
        },
        Causes {
            mistakes: vec![mistake(
                "other-secret",
                "another secret is used",
                "Look which secret it is.",
            )],
        },
    ];
    result.diagnosis = Some(Diagnosis::of_signing(&result.cases, 97));
    result
}

fn acme() -> Suite {
    requirements("acme")
        .shows(
            "wrong-token",
            &["secret-is-text"],
            Op::Sign,
            expect_token(DUE),
        )
        .shows(
            "cut-token",
            &["secret-is-text"],
            Op::Sign,
            expect_token(DUE),
        )
        .shows(
            "right-token",
            &["secret-is-text"],
            Op::Sign,
            expect_token(DUE),
        )
        .shows(
            "unsupported",
            &["secret-is-text"],
            Op::Sign,
            expect_token(DUE),
        )
        .shows("forged", &["no-forgery"], Op::Verify, not_accepted())
        .shows(
            "mixed",
            &["secret-is-text", "no-forgery"],
            Op::Verify,
            rejects(),
        )
        .shows("malformed", &["rejects-quietly"], Op::Verify, rejects())
        .shows(
            "upper",
            &["upper-case"],
            Op::Verify,
            Expect::Observe("accepts upper-case hex".into()),
        )
        .shows(
            "odd",
            &["upper-case"],
            Op::Verify,
            Expect::Observe("what a token of blanks gets".into()),
        )
}

fn hostile(length: usize) -> Suite {
    let mut hostile = requirements("hostile")
        .shows("hostile", &["no-forgery"], Op::Verify, rejects())
        .shows("long", &["secret-is-text"], Op::Sign, expect_token(DUE))
        .shows("crashes", &["secret-is-text"], Op::Sign, expect_token(DUE))
        .shows("late", &["secret-is-text"], Op::Sign, expect_token(DUE))
        .shows("unstable", &["secret-is-text"], Op::Sign, expect_token(DUE))
        .shows("known", &["no-forgery"], Op::Verify, rejects())
        .shows("passes-now", &["no-forgery"], Op::Verify, rejects())
        .shows("changed", &["no-forgery"], Op::Verify, rejects())
        .shows("expired", &["no-forgery"], Op::Verify, rejects())
        .shows("skipped", &["no-forgery"], Op::Verify, rejects())
        .shows("bytes", &["no-forgery"], Op::Verify, rejects());
    hostile.vectors[0].note = Some("catches <b>the \u{202e}bug</b>".into());
    hostile.vectors[0].request.token = Some(Value::from(HOSTILE));
    hostile.vectors[1].request.fields = Fields::new().with("user_id", "a".repeat(length));
    hostile.vectors[10].request.fields =
        Fields::new().with("user_id", Value::Bytes(vec![0xff, 0xfe]));
    hostile
}

fn observations<'s>(acme: &'s Suite, hostile: &'s Suite, length: usize) -> Vec<Observation<'s>> {
    vec![
        acme.observe("wrong-token", token(CAME)),
        acme.observe("cut-token", token(&DUE[..40])),
        acme.observe("right-token", token(DUE)),
        acme.observe(
            "unsupported",
            Observed::Unsupported {
                reason: "the clock cannot be set".into(),
                declared: true,
            },
        ),
        acme.observe("forged", accept()),
        acme.observe("mixed", accept()),
        acme.observe(
            "malformed",
            threw("ValueError: non-hexadecimal number found"),
        ),
        acme.observe("upper", accept()),
        acme.observe("odd", threw("TypeError")),
        hostile.observe("hostile", threw(HOSTILE)),
        hostile.observe("long", token(&format!("{HOSTILE}{}", "a".repeat(length)))),
        hostile.observe(
            "crashes",
            Observed::Failed(Failure::Crashed(format!("exit status 139: {HOSTILE}"))),
        ),
        hostile.observe("late", Observed::Failed(Failure::TimedOut(5000))),
        hostile.observe(
            "unstable",
            Observed::Unstable(Outcome::Token(DUE.into()), Outcome::Threw(HOSTILE.into())),
        ),
        hostile.observe("known", accept()),
        hostile.observe("passes-now", reject()),
        hostile.observe("changed", accept()),
        hostile.observe("expired", accept()),
        hostile.observe(
            "skipped",
            Observed::Unsupported {
                reason: HOSTILE.into(),
                declared: false,
            },
        ),
        hostile.observe(
            "bytes",
            Observed::NotApplicable("the adapter takes no bytes".into()),
        ),
    ]
}

/// A fuzz campaign with two findings, in which all text from outside is `said`.
pub(crate) fn fuzz_campaign(said: &str) -> FuzzResult {
    let finding = |id: &str, at: u64| {
        serde_json::json!({
            "id": id, "suite": "acme", "outcome": "accept", "requirement": "bound",
            "level": "must", "basis": "security", "text": "A forgery is not accepted.",
            "request": {"op": "verify", "suite": "acme", "secret": "s", "fields": {"user_id": said}, "token": said, "now": 1},
            "sequence": [], "expected": "reject", "actual": said, "length": 1, "length_before": 900,
            "asked": 30, "causes": [], "cases": 4000, "found_after_cases": at * 10, "found_after_ms": at,
        })
    };
    let document = serde_json::json!({
        "macproof_fuzz": 1, "macproof_version": "0.0.0", "started": "2026-11-20T12:00:00Z",
        "duration_ms": 9000, "ended": "whole", "seed": 42, "jobs": 2, "level": "must",
        "implementation": {"name": said}, "adapter": said,
        "suites": [{"name": "acme", "version": 1, "digest": "5f"}],
        "cases": 108_000, "disagreements": 8000, "unsupported": 0, "kinds": 93,
        "progress": progress(),
        "findings": [finding("takes-anything", 500), finding("takes-a-prefix", 4000)],
        "profile": [{"suite": "acme", "what": "accepts upper-case hex", "cases": 12, "request": {"op": "sign", "secret": "s"}, "actual": "accept"}],
        "warnings": [{"suite": "acme", "requirement": "no-throw", "cases": 3}],
        "notes": [said],
    });
    serde_json::from_value(document).unwrap()
}

/// A campaign's progress, sampled every half second.
fn progress() -> Vec<FuzzPoint> {
    let point = |at: u64| FuzzPoint {
        at_ms: at * 500,
        cases: at * 6000,
        kinds: 40 + at.isqrt() * 13,
        findings: u64::from(at > 0) + u64::from(at > 7),
    };
    (0..=18).map(point).collect()
}

/// A comparison of two implementations in which all text from outside is `said`: they differ once,
/// and one rejects every token of the other.
pub(crate) fn versus_campaign(said: &str) -> VersusResult {
    let request = || serde_json::json!({"op": "verify", "suite": "acme", "secret": "s", "fields": {"user_id": said}, "token": said, "now": 1});
    let answer = |outcome: &str| serde_json::json!({"outcome": outcome, "actual": said});
    let cell = |signer: u64, verifier: u64, accepted: u64| {
        let mut cell = serde_json::json!({
            "suite": "acme", "signer": signer, "verifier": verifier, "tokens": 1200, "accepted": accepted,
        });
        if accepted < 1200 {
            cell["example"] = serde_json::json!({"request": request(), "answer": answer("reject")});
        }
        cell
    };
    let side =
        || serde_json::json!({"implementation": {"name": said, "version": said}, "adapter": said});
    let document = serde_json::json!({
        "macproof_versus": 1, "macproof_version": "0.0.0", "started": "2026-11-20T12:00:00Z",
        "duration_ms": 9000, "ended": "whole", "seed": 42, "sides": [side(), side()],
        "suites": [{"name": "acme", "version": 1, "digest": "5f"}],
        "cases": 54_000, "kinds": 31, "progress": progress(),
        "differences": [{
            "suite": "acme", "request": request(), "answers": [answer("accept"), answer("threw")],
            "length": 2, "length_before": 300, "cases": 77,
        }],
        "matrix": [cell(0, 0, 1200), cell(0, 1, 0), cell(1, 0, 1199), cell(1, 1, 1200)],
        "notes": [said], "exit_code": 1,
    });
    serde_json::from_value(document).unwrap()
}
