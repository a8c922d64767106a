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
mod tests;
