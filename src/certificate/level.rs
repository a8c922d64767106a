//! Certificate levels, and the conditions for issuing a certificate.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::certificate::Evidence;
use crate::certificate::evidence::evidence;
use crate::init::STARTER;
use crate::protocol::{Hello, HelloChanges};
use crate::results::{Conformance, Restarts, RunResult, Verdict};
use crate::suite::Level;

/// How much was tested. A higher level includes the lower ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertificateLevel {
    /// All `must` cases.
    Core,
    /// All `should` cases, too.
    Strict,
    /// As `Strict`, plus a fuzz campaign without findings and a timing test without a leak.
    Hardened,
}

impl CertificateLevel {
    /// The lowest requirement level that counts in the run.
    pub fn of_requirements(self) -> Level {
        match self {
            Self::Core => Level::Must,
            Self::Strict | Self::Hardened => Level::Should,
        }
    }

    /// The name used on the command line and in certificates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Strict => "strict",
            Self::Hardened => "hardened",
        }
    }
}

impl fmt::Display for CertificateLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why no certificate is issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// A case that counts failed, whether or not it is a known failure.
    #[error("no certificate of level {level}: {} failed, the first is {}", cases(failed), failed.first().map_or("", String::as_str))]
    Failed {
        /// The requested level.
        level: CertificateLevel,
        /// The ids of the failed cases.
        failed: Vec<String>,
    },
    /// A case that counts has no verdict.
    #[error(
        "no certificate of level {0}: the run is incomplete; what counts has errors, was skipped, or does not apply"
    )]
    Incomplete(CertificateLevel),
    /// The run was made at another level.
    #[error("no certificate of level {0}: the run used a lower level")]
    OtherLevel(CertificateLevel),
    /// The implementation reported two names or versions.
    #[error("no certificate: the implementation identified itself as {one} and later as {other}")]
    OtherImplementation {
        /// One name and version.
        one: String,
        /// The other name and version.
        other: String,
    },
    /// The adapter that `macproof init` wrote still has the name that it was given there.
    #[error(
        "no certificate: {0} is the adapter as macproof init wrote it; call your own code in it, and write your implementation's name and version into its hello"
    )]
    Starter(String),
    /// Only a part of the cases was run.
    #[error("no certificate of level {0}: only some of the cases were run")]
    InPart(CertificateLevel),
    /// Cases failed under fresh secrets, so their answers may have been memorised.
    #[error("no certificate of level {level}: {} failed that ran under fresh secrets, so answers may be memorised; the first is {}", cases(failed), failed.first().map_or("", String::as_str))]
    Rekeyed {
        /// The requested level.
        level: CertificateLevel,
        /// The ids of the failed cases.
        failed: Vec<String>,
    },
    /// No case could be run under a fresh secret.
    #[error("no certificate of level {0}: no case could run under a fresh secret")]
    NothingRekeyed(CertificateLevel),
    /// The run proves nothing that a trivial baseline would not achieve.
    #[error(
        "no certificate of level {level}: {suites} {} not judged: a certificate needs right tokens made (sign), or right tokens accepted and wrong ones rejected (verify), also under fresh secrets",
        if suites.contains(' ') { "were" } else { "was" }
    )]
    NotJudged {
        /// The requested level.
        level: CertificateLevel,
        /// The suites, separated by commas.
        suites: String,
    },
    /// A later hello differs, so another implementation may have been tested.
    #[error(
        "no certificate of level {level}: the adapter's hello changed {when} ({}), so it may not be the same implementation",
        .changes.listed()
    )]
    OtherHello {
        /// The requested level.
        level: CertificateLevel,
        /// When the hello changed.
        when: &'static str,
        /// The parts of it that changed.
        changes: HelloChanges,
    },
    /// The adapter was restarted, and no case accounts for it.
    #[error("no certificate of level {level}: {restarts}")]
    Restarts {
        /// The requested level.
        level: CertificateLevel,
        /// The number of restarts and their reasons.
        restarts: String,
    },
    /// The timing test found a leak.
    #[error("no certificate of level hardened: timing, {0}")]
    Leak(String),
    /// The timing test is inconclusive or could not be made.
    #[error("no certificate of level hardened: the timing test does not support it: {0}")]
    NotTimed(String),
    /// The fuzz campaign has findings.
    #[error("no certificate of level hardened: the fuzz campaign has {}, the first is {first}", findings_in_words(*.findings))]
    Found {
        /// Number of findings.
        findings: usize,
        /// The name of the first one.
        first: String,
    },
    /// The fuzz campaign proves nothing.
    #[error("no certificate of level hardened: the fuzz campaign does not support it: {0}")]
    NotFuzzed(String),
}

impl Refused {
    /// The exit code: 1 if the implementation is at fault, 3 if that remains open.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed { .. }
            | Self::OtherLevel(_)
            | Self::OtherImplementation { .. }
            | Self::Starter(_)
            | Self::InPart(_)
            | Self::Rekeyed { .. }
            | Self::OtherHello { .. }
            | Self::Leak(_)
            | Self::Found { .. } => 1,
            Self::Incomplete(_)
            | Self::NotJudged { .. }
            | Self::Restarts { .. }
            | Self::NothingRekeyed(_)
            | Self::NotTimed(_)
            | Self::NotFuzzed(_) => 3,
        }
    }
}

fn findings_in_words(findings: usize) -> String {
    match findings {
        1 => "1 finding".to_owned(),
        several => format!("{several} findings"),
    }
}

fn cases(failed: &[String]) -> String {
    match failed.len() {
        1 => "1 case".to_owned(),
        several => format!("{several} cases"),
    }
}

/// The unexplained restarts of both runs. The limit of each run applies to both together.
pub(super) fn restarts_of(run: &RunResult, rekeyed: &RunResult) -> Restarts {
    let mut restarts = run.restarts.clone();
    restarts.join(&rekeyed.restarts);
    restarts.allowed = run.restarts.allowed.min(rekeyed.restarts.allowed);
    restarts
}

/// Checks that a certificate of this level may be issued for a run and its rerun under fresh
/// secrets, and returns the evidence for each judged suite. Every suite in `named` must be judged.
/// Level `hardened` has further conditions; see [`Hardened`](crate::certificate::Hardened).
pub fn may_certify(
    level: CertificateLevel,
    run: &RunResult,
    rekeyed: &RunResult,
    named: &[String],
) -> Result<BTreeMap<String, Evidence>, Refused> {
    if run.level < level.of_requirements() {
        return Err(Refused::OtherLevel(level));
    }
    if run.shard.is_some() {
        return Err(Refused::InPart(level));
    }
    if !run.implementation.is_same_as(&rekeyed.implementation) {
        return Err(Refused::OtherImplementation {
            one: run.implementation.to_string(),
            other: rekeyed.implementation.to_string(),
        });
    }
    if run.implementation.name.starts_with(STARTER) {
        return Err(Refused::Starter(run.implementation.name.clone()));
    }
    unchanged(level, &run.hello_changes, "during the run")?;
    unchanged(
        level,
        &rekeyed.hello_changes,
        "during the run under fresh secrets",
    )?;
    let failed_in = |run: &RunResult| -> Vec<String> {
        let failed = run.cases.iter().filter(|case| {
            case.own_verdict() == Verdict::Fail && case.level <= level.of_requirements()
        });
        failed.map(|case| case.id.clone()).collect()
    };
    let restarts = restarts_of(run, rekeyed);
    // Only level `core` allows restarts, whatever the runs allow.
    let is_borne =
        restarts.are_allowed() && (level == CertificateLevel::Core || restarts.count == 0);
    let is_wrong = [run, rekeyed]
        .iter()
        .any(|one| one.conformance == Conformance::Nonconformant);
    if let Some(restarts) = restarts.in_words()
        && !is_borne
        && !is_wrong
    {
        return Err(Refused::Restarts { level, restarts });
    }
    match run.conformance {
        Conformance::Conformant => {}
        Conformance::Nonconformant => {
            return Err(Refused::Failed {
                level,
                failed: failed_in(run),
            });
        }
        Conformance::Incomplete => return Err(Refused::Incomplete(level)),
    }
    match rekeyed.conformance {
        Conformance::Conformant => {}
        Conformance::Nonconformant => {
            return Err(Refused::Rekeyed {
                level,
                failed: failed_in(rekeyed),
            });
        }
        Conformance::Incomplete => return Err(Refused::NothingRekeyed(level)),
    }
    let evidence = evidence(run, rekeyed);
    let unjudged = |suite: &&String| !evidence.contains_key(*suite);
    let mut missing: Vec<String> = named.iter().filter(unjudged).cloned().collect();
    if evidence.is_empty() && missing.is_empty() {
        missing = run.suites.iter().map(|suite| suite.name.clone()).collect();
    }
    if missing.is_empty() {
        Ok(evidence)
    } else {
        Err(Refused::NotJudged {
            level,
            suites: missing.join(", "),
        })
    }
}

/// Checks that the adapter sends the same hello as before, because a certificate covers a single
/// implementation.
pub fn same_hello(
    level: CertificateLevel,
    first: &Hello,
    later: &Hello,
    when: &'static str,
) -> Result<(), Refused> {
    unchanged(level, &first.changes(later), when)
}

/// Checks that no hello changed during a run.
pub(super) fn unchanged(
    level: CertificateLevel,
    changes: &HelloChanges,
    when: &'static str,
) -> Result<(), Refused> {
    if changes.is_empty() {
        return Ok(());
    }
    Err(Refused::OtherHello {
        level,
        when,
        changes: changes.clone(),
    })
}
