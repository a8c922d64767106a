//! What a certificate states: an in-toto Statement v1 with the predicate `test-result/v0.1`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::certificate::level::restarts_of;
use crate::certificate::{CertificateLevel, Evidence, Hardened};
use crate::protocol::{Hello, ImplementationInfo};
use crate::results::{Case, Counts, Restarts, RunResult, ScopeNote, Verdict};
use crate::suite::{InputKind, Level};

/// The type of an in-toto statement, version 1.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of the predicate.
pub const PREDICATE_TYPE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// The signed statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The statement's type.
    #[serde(rename = "_type")]
    pub form: String,
    /// What was tested.
    pub subject: Vec<Subject>,
    /// The predicate's type.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said of it.
    pub predicate: Predicate,
}

/// Something identified by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Its digests by algorithm.
    pub digest: BTreeMap<String, String>,
}

/// The predicate: the test result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// Always `PASSED`; nothing else is certified.
    pub result: String,
    /// The suites that were used.
    pub configuration: Vec<ResourceDescriptor>,
    /// The requirements whose cases all passed, as `suite/requirement`.
    #[serde(rename = "passedTests")]
    pub passed_tests: Vec<String>,
    /// The requirements with a warning or a known failure.
    #[serde(rename = "warnedTests")]
    pub warned_tests: Vec<String>,
    /// Always empty.
    #[serde(rename = "failedTests")]
    pub failed_tests: Vec<String>,
    /// macproof's additions to the predicate.
    pub macproof: Certified,
}

/// Something that was used in the test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceDescriptor {
    /// Its name.
    pub name: String,
    /// Its digests by algorithm.
    pub digest: BTreeMap<String, String>,
    /// Additional properties.
    pub annotations: BTreeMap<String, String>,
}

/// What a certificate states beyond the standard predicate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    /// The certificate's level.
    pub level: CertificateLevel,
    /// The version of macproof.
    pub version: String,
    /// The seed of the order of cases and of the fresh secrets; it comes from the operating system.
    pub seed: u64,
    /// When the run was made, as RFC 3339 in UTC.
    pub issued: String,
    /// How the implementation describes itself.
    pub implementation: ImplementationInfo,
    /// Whether the built-in reference was tested because no implementation was named; then the
    /// certificate says nothing about the artifact.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// The evidence for each suite in `configuration`, which determines its judged operations.
    /// Absent in certificates of older versions.
    #[serde(default)]
    pub judged: BTreeMap<String, Evidence>,
    /// The kinds of input that the adapter declared.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Number of cases per verdict.
    pub counts: Counts,
    /// Number of cases that were run under fresh secrets; all of them passed.
    pub under_fresh_secrets: u64,
    /// What was not judged: cases that do not apply, skipped cases, suites.
    pub left_out: Vec<ScopeNote>,
    /// Failed cases below the certificate's level, with the reason if a list of known failures
    /// gives one.
    pub known_failures: BTreeMap<String, String>,
    /// The ids of skipped cases.
    pub skipped: Vec<String>,
    /// The unexplained restarts of the adapter in both runs, and how many were allowed.
    #[serde(default)]
    pub restarts: Restarts,
    /// The additional statements of level `hardened`; absent at other levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardened: Option<Hardened>,
}

/// What was proved, and for which implementation.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// The adapter's hello.
    pub hello: &'a Hello,
    /// The evidence by suite, as returned by [`may_certify`](crate::certificate::may_certify).
    pub judged: BTreeMap<String, Evidence>,
    /// The additional statements of level `hardened`.
    pub hardened: Option<Hardened>,
}

/// Creates the statement about a run. The caller has checked that a certificate may be issued. Only
/// judged suites are included.
pub fn statement(
    level: CertificateLevel,
    run: &RunResult,
    rekeyed: &RunResult,
    shown: Shown<'_>,
    subject: Subject,
) -> Statement {
    let (passed, warned) = by_requirement(run, &shown.judged);
    let inputs = |kind: &InputKind| shown.hello.takes(*kind).then(|| kind.name().to_owned());
    Statement {
        form: STATEMENT_TYPE.to_owned(),
        subject: vec![subject],
        predicate_type: PREDICATE_TYPE.to_owned(),
        predicate: Predicate {
            result: "PASSED".to_owned(),
            configuration: run
                .suites
                .iter()
                .filter(|suite| shown.judged.contains_key(&suite.name))
                .map(|suite| ResourceDescriptor {
                    name: suite.name.clone(),
                    digest: BTreeMap::from([("sha256".to_owned(), suite.digest.clone())]),
                    annotations: BTreeMap::from([(
                        "version".to_owned(),
                        suite.version.to_string(),
                    )]),
                })
                .collect(),
            passed_tests: passed,
            warned_tests: warned,
            failed_tests: Vec::new(),
            macproof: Certified {
                level,
                version: run.macproof_version.clone(),
                seed: run.seed,
                issued: run.started.clone(),
                implementation: run.implementation.clone(),
                judged_itself: run.judged_itself,
                inputs: InputKind::ALL.iter().filter_map(inputs).collect(),
                judged: shown.judged,
                counts: run.counts.clone(),
                under_fresh_secrets: rekeyed.counts.of(Verdict::Pass),
                left_out: run.scope.left_out.clone(),
                known_failures: known_failures(run),
                skipped: run
                    .cases
                    .iter()
                    .filter(|case| case.verdict == Verdict::Skipped)
                    .map(|case| case.id.clone())
                    .collect(),
                restarts: restarts_of(run, rekeyed),
                hardened: shown.hardened,
            },
        },
    }
}

fn by_requirement(
    run: &RunResult,
    judged: &BTreeMap<String, Evidence>,
) -> (Vec<String>, Vec<String>) {
    let (mut passed, mut not) = (BTreeSet::new(), BTreeSet::new());
    let counts = |case: &&Case| case.level != Level::May && judged.contains_key(case.suite());
    for case in run.cases.iter().filter(counts) {
        for name in &case.shows {
            let name = format!("{}/{name}", case.suite());
            match case.own_verdict() {
                Verdict::Pass => passed.insert(name),
                Verdict::NotApplicable | Verdict::Observed => false,
                _ => not.insert(name),
            };
        }
    }
    let passed = passed.difference(&not).cloned().collect();
    (passed, not.into_iter().collect())
}

fn known_failures(run: &RunResult) -> BTreeMap<String, String> {
    let failed = run.cases.iter().filter(|case| {
        matches!(
            case.own_verdict(),
            Verdict::Fail | Verdict::Warning | Verdict::Error
        )
    });
    failed
        .map(|case| {
            let why = match &case.known {
                Some(known) => known.reason.clone(),
                None => case.verdict.name().to_owned(),
            };
            (case.id.clone(), why)
        })
        .collect()
}
