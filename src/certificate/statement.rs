//! What a certificate states: an in-toto Statement v1 with the predicate `test-result/v0.1`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::certificate::level::restarts_of;
use crate::certificate::{CertificateLevel, Evidence, Hardened};
use crate::protocol::{Hello, ImplementationInfo};
use crate::results::{Case, Counts, Restarts, RunResult, ScopeNote, Verdict};
use crate::suite::{InputKind, Level};

/// The type of every in-toto statement of that version.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of the predicate.
pub const PREDICATE_TYPE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// What is signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Which form it has.
    #[serde(rename = "_type")]
    pub form: String,
    /// What was tested.
    pub subject: Vec<Subject>,
    /// Which form the predicate has.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said of it.
    pub predicate: Predicate,
}

/// Something that can be told by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Its digests by their algorithms.
    pub digest: BTreeMap<String, String>,
}

/// The result of tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// `PASSED`; nothing else is certified.
    pub result: String,
    /// What was tested with: the suites.
    pub configuration: Vec<ResourceDescriptor>,
    /// The requirements of which every case passed, as `suite/requirement`.
    #[serde(rename = "passedTests")]
    pub passed_tests: Vec<String>,
    /// The requirements of which a case was a warning or a known failure.
    #[serde(rename = "warnedTests")]
    pub warned_tests: Vec<String>,
    /// None.
    #[serde(rename = "failedTests")]
    pub failed_tests: Vec<String>,
    /// What this program adds.
    pub macproof: Certified,
}

/// Something that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceDescriptor {
    /// Its name.
    pub name: String,
    /// Its digests by their algorithms.
    pub digest: BTreeMap<String, String>,
    /// What else is known of it.
    pub annotations: BTreeMap<String, String>,
}

/// What a certificate says beyond the predicate's form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    /// How much was asked.
    pub level: CertificateLevel,
    /// The version of this program.
    pub version: String,
    /// The seed of the order of the cases and of the fresh secrets. It comes from the operating
    /// system.
    pub seed: u64,
    /// When it was run, as RFC 3339 in UTC.
    pub issued: String,
    /// What was tested, in its own words.
    pub implementation: ImplementationInfo,
    /// Whether that is the reference implementation of this program, because nobody named another:
    /// then nothing is said of the artifact.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// What was judged, for each suite in `configuration`: its operations are those that this
    /// bears out. A certificate of an older version does not say so.
    #[serde(default)]
    pub judged: BTreeMap<String, Evidence>,
    /// The kinds of inputs that the adapter declared.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// How many cases came to each verdict.
    pub counts: Counts,
    /// How many cases ran under fresh secrets, all of them right.
    pub under_fresh_secrets: u64,
    /// What was not judged: cases that do not apply, skipped ones, suites.
    pub left_out: Vec<ScopeNote>,
    /// Cases below the level that failed, with the reason where a list of known failures gives one.
    pub known_failures: BTreeMap<String, String>,
    /// Cases that were skipped.
    pub skipped: Vec<String>,
    /// How often the adapter had to be started again in both runs without a case that answers for
    /// it, and how many were borne.
    #[serde(default)]
    pub restarts: Restarts,
    /// What the level hardened asks beside the cases; absent at the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardened: Option<Hardened>,
}

/// What was shown, and by which implementation.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// What the adapter says of itself.
    pub hello: &'a Hello,
    /// What was judged, suite by suite, as [`may_certify`](crate::certificate::may_certify) found.
    pub judged: BTreeMap<String, Evidence>,
    /// What the level hardened asks beside the cases.
    pub hardened: Option<Hardened>,
}

/// States what a run came to. That a certificate may be given is known before. Only suites that
/// were judged stand in it.
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
