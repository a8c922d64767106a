//! Verifies certificates.

use std::collections::{BTreeMap, BTreeSet};

use crate::certificate::{
    CertificateLevel, Envelope, EnvelopeError, Hardened, PREDICATE_TYPE, Predicate, PublicKey,
    STATEMENT_TYPE, Statement,
};
use crate::signature::Op;

/// Conditions on a certificate in addition to a valid signature.
#[derive(Clone, Debug, Default)]
pub struct Demands {
    /// The minimum level.
    pub level: Option<CertificateLevel>,
    /// The earliest and the latest time of issue, in Unix seconds.
    pub issued: Option<(i64, i64)>,
    /// The digests of the expected artifact. At least one algorithm must occur in both, and all
    /// common digests must agree.
    pub artifact: Option<BTreeMap<String, String>>,
    /// The allowed suites, as name and SHA-256. The certificate may list no others.
    pub suites: Option<BTreeMap<String, String>>,
    /// The operations that must have been judged for every suite.
    pub ops: Vec<Op>,
    /// The minimum number of fuzzed cases, without a finding.
    pub cases: Option<u64>,
    /// The timing test must have been able to find a leak of this size, in nanoseconds per call.
    pub target_ns: Option<f64>,
}

/// Why a certificate is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The envelope is invalid.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not a valid statement.
    #[error("the payload is not a macproof statement: {0}")]
    Malformed(String),
    /// The certificate's level is too low.
    #[error("it has level {found}, but {wanted} is required")]
    Level {
        /// The certificate's level.
        found: CertificateLevel,
        /// The demanded level.
        wanted: CertificateLevel,
    },
    /// The certificate is too old, or from the future.
    #[error("it was issued {0}, which is too old or in the future")]
    Age(String),
    /// The certificate is about another artifact.
    #[error("it is about a different artefact: {0}")]
    Artifact(String),
    /// The certificate lists another suite.
    #[error("its suite {0} differs from the local one")]
    Suite(String),
    /// The fuzz campaign or timing test covers less than demanded.
    #[error("{0}")]
    Less(String),
}

/// Verifies a certificate and returns its statement. The signature must be by `key`, whatever key
/// the envelope names, and all demands must be met.
pub fn verify(
    certificate: &[u8],
    key: &PublicKey,
    demands: &Demands,
) -> Result<Statement, Invalid> {
    let payload = Envelope::read(certificate)?.opened(key)?;
    let statement: Statement =
        serde_json::from_slice(&payload).map_err(|error| Invalid::Malformed(error.to_string()))?;
    well_formed(&statement)?;
    let certified = &statement.predicate.macproof;
    if let Some(wanted) = demands.level.filter(|&wanted| certified.level < wanted) {
        return Err(Invalid::Level {
            found: certified.level,
            wanted,
        });
    }
    if let Some((earliest, latest)) = demands.issued {
        let issued: Option<jiff::Timestamp> = certified.issued.parse().ok();
        let is_within = |time: jiff::Timestamp| (earliest..=latest).contains(&time.as_second());
        if !issued.is_some_and(is_within) {
            return Err(Invalid::Age(certified.issued.clone()));
        }
    }
    if let Some(artifact) = &demands.artifact {
        is_about(&statement, artifact)?;
    }
    if let Some(suites) = &demands.suites {
        for suite in &statement.predicate.configuration {
            if suites.get(&suite.name) != suite.digest.get("sha256") {
                return Err(Invalid::Suite(suite.name.clone()));
            }
        }
    }
    for (suite, evidence) in &certified.judged {
        let ops = evidence.ops();
        if let Some(missing) = demands.ops.iter().find(|op| !ops.contains(op)) {
            return Err(Invalid::Less(format!(
                "{missing} was not judged by suite {suite}, but is required; judged: {}. \
                 If those suffice, name them with --ops",
                listed(&ops)
            )));
        }
    }
    is_hardened(certified.hardened.as_ref(), demands)?;
    Ok(statement)
}

fn listed(ops: &[Op]) -> String {
    let names: Vec<&str> = ops.iter().map(|op| op.name()).collect();
    names.join(", ")
}

fn is_hardened(hardened: Option<&Hardened>, demands: &Demands) -> Result<(), Invalid> {
    let less = |what: String| Err(Invalid::Less(what));
    if let Some(wanted) = demands.cases {
        let found = hardened.map_or(0, |one| one.fuzz.cases);
        if found < wanted {
            return less(format!(
                "it states {found} fuzzed cases, but {wanted} are required"
            ));
        }
    }
    match (demands.target_ns, hardened) {
        (Some(wanted), Some(one)) if one.timing.detectable_ns() > wanted => less(format!(
            "it states no leak above {} ns, but {wanted} ns is required",
            one.timing.detectable_ns()
        )),
        (Some(_), None) => less("it states no timing test, but one is required".to_owned()),
        _ => Ok(()),
    }
}

fn well_formed(statement: &Statement) -> Result<(), Invalid> {
    let malformed = |what: String| Err(Invalid::Malformed(what));
    if statement.form != STATEMENT_TYPE {
        return malformed(format!("its type is {}", statement.form));
    }
    if statement.predicate_type != PREDICATE_TYPE {
        return malformed(format!("its predicate is {}", statement.predicate_type));
    }
    let predicate = &statement.predicate;
    if predicate.result != "PASSED" || !predicate.failed_tests.is_empty() {
        return malformed("it states a failure".to_owned());
    }
    let has_digest = |digest: &BTreeMap<String, String>| !digest.is_empty();
    if statement.subject.is_empty()
        || !statement.subject.iter().all(|one| has_digest(&one.digest))
        || predicate.configuration.is_empty()
        || !predicate
            .configuration
            .iter()
            .all(|suite| suite.digest.contains_key("sha256"))
    {
        return malformed("a digest is missing".to_owned());
    }
    has_evidence(predicate).map_err(Invalid::Malformed)?;
    bears_out_its_level(predicate).map_err(Invalid::Malformed)
}

/// Checks that there is evidence for every listed suite and for no other.
fn has_evidence(predicate: &Predicate) -> Result<(), String> {
    let certified = &predicate.macproof;
    if certified.judged.is_empty() {
        return Err(
            "it does not say which operations were judged; it was made by an older macproof, so certify again"
                .to_owned(),
        );
    }
    let listed: BTreeSet<&str> = predicate
        .configuration
        .iter()
        .map(|suite| suite.name.as_str())
        .collect();
    if !listed
        .iter()
        .copied()
        .eq(certified.judged.keys().map(String::as_str))
    {
        return Err("the suites it lists differ from those it states as judged".to_owned());
    }
    for (suite, evidence) in &certified.judged {
        let passes = |test: &String| {
            test.strip_prefix(suite.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        };
        if evidence.ops().is_empty() || !predicate.passed_tests.iter().any(passes) {
            return Err(format!("it states no judged operation for suite {suite}"));
        }
    }
    if certified.under_fresh_secrets == 0 {
        return Err("it states no case under fresh secrets".to_owned());
    }
    Ok(())
}

/// Checks that the additional statements match the level and are consistent.
fn bears_out_its_level(predicate: &Predicate) -> Result<(), String> {
    let certified = &predicate.macproof;
    if let Some(restarts) = certified.restarts.in_words()
        && (certified.level != CertificateLevel::Core || !certified.restarts.are_allowed())
    {
        return Err(format!(
            "it has level {}, but states {restarts}",
            certified.level
        ));
    }
    match (certified.level, &certified.hardened) {
        (CertificateLevel::Core | CertificateLevel::Strict, None) => Ok(()),
        (CertificateLevel::Core | CertificateLevel::Strict, Some(_)) => Err(format!(
            "it has level {}, but states what only level hardened has",
            certified.level
        )),
        (CertificateLevel::Hardened, None) => {
            Err("it has level hardened, but states no fuzz campaign and no timing test".to_owned())
        }
        (CertificateLevel::Hardened, Some(hardened)) => {
            let suites: BTreeSet<String> = predicate
                .passed_tests
                .iter()
                .filter_map(|name| Some(name.split_once('/')?.0.to_owned()))
                .collect();
            let timing = hardened.timing.check(&suites);
            timing.map_err(|why| format!("its timing test does not support its level: {why}"))?;
            let fuzz = hardened.fuzz.check(&suites);
            fuzz.map_err(|why| format!("its fuzz campaign does not support its level: {why}"))
        }
    }
}

fn is_about(statement: &Statement, artifact: &BTreeMap<String, String>) -> Result<(), Invalid> {
    let agrees = |digest: &BTreeMap<String, String>| {
        let common = artifact
            .iter()
            .filter(|(name, _)| digest.contains_key(*name));
        let mut some = false;
        for (name, value) in common {
            if digest.get(name) != Some(value) {
                return false;
            }
            some = true;
        }
        some
    };
    if statement.subject.iter().any(|one| agrees(&one.digest)) {
        return Ok(());
    }
    let subject = statement.subject.first();
    let digests = subject.map(|one| &one.digest).into_iter().flatten();
    let words: Vec<String> = digests
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    Err(Invalid::Artifact(words.join(", ")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Demands, Invalid, verify};
    use crate::certificate::hardened::tests::{hardened, strict_run};
    use crate::certificate::key::tests::{PRIVATE, PUBLIC};
    use crate::certificate::{
        CertificateLevel, Envelope, Hardened, PrivateKey, PublicKey, Refused, Shown, Statement,
        Subject, certificate_markdown, may_certify, statement,
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
        insta::assert_snapshot!("hardened_markdown", certificate_markdown(&shown));
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
}
