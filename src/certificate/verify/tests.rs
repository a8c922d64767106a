//! What is accepted as a certificate, and what is not.

use std::collections::BTreeMap;

use super::{Demands, Invalid, verify};
use crate::certificate::hardened::tests::{hardened, strict_run};
use crate::certificate::key::tests::{PRIVATE, PUBLIC};
use crate::certificate::{
    CertificateLevel, Envelope, Hardened, PrivateKey, PublicKey, Refused, Sentences, Shown,
    Statement, Subject, certificate_markdown, may_certify, statement,
};
use crate::protocol::Hello;
use crate::results::fixture::{accept, reject, run, small_suite, threw, token};
use crate::results::{RunResult, TimingVerdict};
use crate::suite::Level;

fn good() -> RunResult {
    let suite = small_suite();
    run(
        vec![
            suite.observe("signs", token("aa")),
            suite.observe("forged", reject()),
            suite.observe("throws", threw("x")),
            suite.observe("upper", accept()),
        ],
        "- {case: acme/throws, expect: threw, reason: later}",
    )
}

fn hello() -> Hello {
    Hello::parse(br#"{"protocol":1,"implementation":{"name":"acme-identity"}}"#).unwrap()
}

fn subject(digest: &str) -> Subject {
    Subject {
        name: "sdk.tgz".into(),
        digest: BTreeMap::from([("sha256".into(), digest.into())]),
    }
}

fn stated() -> Statement {
    let run = good();
    let judged = may_certify(CertificateLevel::Core, &run, &run, &[]).unwrap();
    let shown = Shown {
        hello: &hello(),
        judged,
        hardened: None,
    };
    statement(CertificateLevel::Core, &run, &run, shown, subject("11"))
}

fn signed(statement: &Statement) -> Vec<u8> {
    let payload = serde_json::to_vec(statement).unwrap();
    let key = PrivateKey::from_pem(PRIVATE).unwrap();
    serde_json::to_vec(&Envelope::sign(&payload, &key)).unwrap()
}

fn check(statement: &Statement, demands: &Demands) -> Result<Statement, Invalid> {
    let key = PublicKey::from_pem(PUBLIC).unwrap();
    verify(&signed(statement), &key, demands)
}

#[test]
fn a_certificate_states_what_it_leaves_out() {
    let statement = stated();
    let mut shown = statement.clone();
    shown.predicate.macproof.version = "0.0.0".into();
    insta::assert_json_snapshot!("statement", shown);
    assert_eq!(check(&statement, &Demands::default()).unwrap(), statement);
}

#[test]
fn a_failing_must_prevents_a_certificate_even_if_listed() {
    let suite = small_suite();
    let listed = run(
        vec![
            suite.observe("signs", token("ab")),
            suite.observe("forged", reject()),
        ],
        "- {case: acme/signs, expect: token, reason: x}",
    );
    assert!(listed.gate.passed);
    let refused = may_certify(CertificateLevel::Core, &listed, &good(), &[]).unwrap_err();
    assert!(matches!(refused, Refused::Failed { .. }));
    assert!(
        refused
            .to_string()
            .contains("1 case failed, the first is acme/signs")
    );
    let memorised = may_certify(CertificateLevel::Core, &good(), &listed, &[]).unwrap_err();
    assert!(memorised.to_string().contains("memorised"), "{memorised}");
    let strict = may_certify(CertificateLevel::Strict, &good(), &good(), &[]);
    assert_eq!(strict, Err(Refused::OtherLevel(CertificateLevel::Strict)));
    let mut nothing = good();
    nothing.conformance = crate::results::Conformance::Incomplete;
    assert!(may_certify(CertificateLevel::Core, &nothing, &good(), &[]).is_err());
    assert!(may_certify(CertificateLevel::Core, &good(), &nothing, &[]).is_err());
    let mut part = good();
    part.shard = Some(crate::results::ShardSummary {
        number: 1,
        count: 2,
    });
    assert!(may_certify(CertificateLevel::Core, &part, &good(), &[]).is_err());
    assert_eq!(CertificateLevel::Strict.of_requirements(), Level::Should);
}

#[test]
fn requirements_are_checked() {
    let statement = stated();
    let fits = |demands: Demands| check(&statement, &demands).is_ok();
    let digest = |value: &str| Some(BTreeMap::from([("sha256".to_owned(), value.to_owned())]));
    let suites = |value: String| Some(BTreeMap::from([("acme".to_owned(), value)]));
    let issued = 1_795_176_000; // 2026-11-20T12:00:00Z
    for (demands, is_met) in [
        (
            Demands {
                level: Some(CertificateLevel::Core),
                ..Demands::default()
            },
            true,
        ),
        (
            Demands {
                level: Some(CertificateLevel::Strict),
                ..Demands::default()
            },
            false,
        ),
        (
            Demands {
                issued: Some((issued, issued)),
                ..Demands::default()
            },
            true,
        ),
        (
            Demands {
                issued: Some((issued + 1, i64::MAX)),
                ..Demands::default()
            },
            false,
        ),
        (
            Demands {
                issued: Some((0, issued - 1)),
                ..Demands::default()
            },
            false,
        ),
        (
            Demands {
                artifact: digest("11"),
                ..Demands::default()
            },
            true,
        ),
        (
            Demands {
                artifact: digest("12"),
                ..Demands::default()
            },
            false,
        ),
        (
            Demands {
                artifact: Some(BTreeMap::new()),
                ..Demands::default()
            },
            false,
        ),
        (
            Demands {
                suites: suites("5f".repeat(32)),
                ..Demands::default()
            },
            true,
        ),
        (
            Demands {
                suites: suites("00".into()),
                ..Demands::default()
            },
            false,
        ),
        (
            Demands {
                suites: Some(BTreeMap::new()),
                ..Demands::default()
            },
            false,
        ),
    ] {
        let said = format!("{demands:?}");
        assert_eq!(fits(demands), is_met, "{said}");
    }
}

#[test]
fn wrong_keys_and_wrong_types_are_rejected() {
    let other = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    let key = PublicKey::from_pem(other).unwrap();
    let error = verify(&signed(&stated()), &key, &Demands::default()).unwrap_err();
    assert!(matches!(error, Invalid::Envelope(_)));
    let changes: [fn(&mut Statement); 6] = [
        |one| one.form = "https://in-toto.io/Statement/v0.1".into(),
        |one| one.predicate_type = "https://slsa.dev/provenance/v1".into(),
        |one| one.predicate.result = "FAILED".into(),
        |one| one.predicate.failed_tests.push("acme/layout".into()),
        |one| one.subject.clear(),
        |one| one.predicate.configuration.clear(),
    ];
    for change in changes {
        let mut statement = stated();
        change(&mut statement);
        assert!(matches!(
            check(&statement, &Demands::default()),
            Err(Invalid::Malformed(_))
        ));
    }
}
fn hardened_statement() -> Statement {
    let run = strict_run();
    let judged = may_certify(CertificateLevel::Hardened, &run, &run, &[]).unwrap();
    let shown = Shown {
        hello: &hello(),
        judged,
        hardened: Some(hardened()),
    };
    statement(CertificateLevel::Hardened, &run, &run, shown, subject("11"))
}

#[test]
fn a_hardened_certificate_states_its_fuzzing_and_timing() {
    let statement = hardened_statement();
    let mut shown = statement.clone();
    shown.predicate.macproof.version = "0.0.0".into();
    insta::assert_json_snapshot!("hardened", shown);
    insta::assert_snapshot!(
        "hardened_markdown",
        certificate_markdown(&shown, &Sentences::new())
    );
    let demands = |cases, target_ns| Demands {
        level: Some(CertificateLevel::Hardened),
        cases,
        target_ns,
        ..Demands::default()
    };
    assert_eq!(check(&statement, &demands(None, None)).unwrap(), statement);
    assert!(check(&statement, &demands(Some(1000), Some(12.25))).is_ok());
    for (demands, words) in [
        (
            demands(Some(1001), None),
            "it states 1000 fuzzed cases, but 1001 are required",
        ),
        (
            demands(None, Some(12.0)),
            "it states no leak above 12.25 ns, but 12 ns is required",
        ),
    ] {
        let said = check(&statement, &demands).unwrap_err().to_string();
        assert_eq!(said, words);
    }
    // Certificates of other levels state neither.
    for (cases, target_ns) in [(Some(1), None), (None, Some(1e9))] {
        let demands = Demands {
            cases,
            target_ns,
            ..Demands::default()
        };
        let less = check(&stated(), &demands).unwrap_err();
        assert!(matches!(less, Invalid::Less(_)), "{less}");
    }
}

fn of(statement: &mut Statement) -> &mut Hardened {
    statement.predicate.macproof.hardened.as_mut().unwrap()
}

#[test]
fn hardened_certificates_need_evidence() {
    type Change = fn(&mut Statement);
    let changes: [(&str, Change); 9] = [
        ("no fuzz campaign and no timing test", |one| {
            one.predicate.macproof.hardened = None;
        }),
        ("it has level strict, but states", |one| {
            one.predicate.macproof.level = CertificateLevel::Strict;
        }),
        ("it has findings", |one| {
            of(one).fuzz.findings = 1;
        }),
        ("it sent no requests", |one| of(one).fuzz.cases = 0),
        ("it left out acme", |one| of(one).fuzz.suites.clear()),
        ("verify by acme was not measured", |one| {
            of(one).timing.subjects.remove(0);
        }),
        ("verify by acme: inconclusive", |one| {
            of(one).timing.subjects[0].verdict = TimingVerdict::Inconclusive;
        }),
        ("might have been missed", |one| {
            of(one).timing.target_ns = 1.0;
        }),
        ("no control with", |one| {
            of(one).timing.subjects[1].controls.clear();
        }),
    ];
    for (words, change) in changes {
        let mut statement = hardened_statement();
        change(&mut statement);
        let invalid = check(&statement, &Demands::default()).unwrap_err();
        assert!(matches!(invalid, Invalid::Malformed(_)), "{words}");
        assert!(invalid.to_string().contains(words), "{words}: {invalid}");
    }
}
