//! What a certificate says, and what has to hold for it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::certificate::Evidence;
use crate::certificate::evidence::evidence;
use crate::protocol::{Hello, HelloChanges};
use crate::results::{Conformance, Restarts, RunResult, Verdict};
use crate::suite::Level;

/// How much was asked. The greater includes the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertificateLevel {
    /// Every `must`.
    Core,
    /// Every `should`, too.
    Strict,
    /// As strict, and a fuzz campaign without a finding and a timing test without a leak.
    Hardened,
}

impl CertificateLevel {
    /// The lowest level of requirements that counts in its run.
    pub fn of_requirements(self) -> Level {
        match self {
            Self::Core => Level::Must,
            Self::Strict | Self::Hardened => Level::Should,
        }
    }

    /// Its word.
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

/// Why there is no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// A case failed that counts, on a list of known failures or not.
    #[error("no certificate of level {level}: {} failed, the first is {}", cases(failed), failed.first().map_or("", String::as_str))]
    Failed {
        /// What was asked for.
        level: CertificateLevel,
        /// The cases.
        failed: Vec<String>,
    },
    /// Not everything that counts was judged.
    #[error(
        "no certificate of level {0}: the run is incomplete; what counts has errors, was skipped, or does not apply"
    )]
    Incomplete(CertificateLevel),
    /// The run was of another level.
    #[error("no certificate of level {0}: the run was of a lower level")]
    OtherLevel(CertificateLevel),
    /// What was tested called itself by two names, or was of two versions.
    #[error("no certificate: it is {one} at one time and {other} at another")]
    OtherImplementation {
        /// The name and the version of one.
        one: String,
        /// Those of the other.
        other: String,
    },
    /// Only a part was run.
    #[error("no certificate of level {0}: only a part of the cases was run")]
    InPart(CertificateLevel),
    /// What was memorised is not known.
    #[error("no certificate of level {level}: {} failed that ran under fresh secrets, so answers may be memorised; the first is {}", cases(failed), failed.first().map_or("", String::as_str))]
    Rekeyed {
        /// What was asked for.
        level: CertificateLevel,
        /// The cases.
        failed: Vec<String>,
    },
    /// Nothing was asked under a fresh secret.
    #[error("no certificate of level {0}: no case could be asked under a fresh secret")]
    NothingRekeyed(CertificateLevel),
    /// Nothing was shown that an implementation which computes nothing would not show as well.
    #[error(
        "no certificate of level {level}: {suites} {} not judged: a certificate needs right tokens made (sign), or right tokens accepted and wrong ones rejected (verify), under fresh secrets as well",
        if suites.contains(' ') { "were" } else { "was" }
    )]
    NotJudged {
        /// What was asked for.
        level: CertificateLevel,
        /// The suites, with commas between them.
        suites: String,
    },
    /// What was tested later may be something else.
    #[error(
        "no certificate of level {level}: {when} the adapter sent another hello than at first ({} changed), so it may not be the same implementation",
        .changes.listed()
    )]
    OtherHello {
        /// What was asked for.
        level: CertificateLevel,
        /// When it did.
        when: &'static str,
        /// What of it changed.
        changes: HelloChanges,
    },
    /// The adapter had to be started again, and no case answers for it.
    #[error("no certificate of level {level}: {restarts}")]
    Restarts {
        /// What was asked for.
        level: CertificateLevel,
        /// How often, and why.
        restarts: String,
    },
    /// The timing test found a leak.
    #[error("no certificate of level hardened: timing, {0}")]
    Leak(String),
    /// The timing test says nothing.
    #[error("no certificate of level hardened: the timing test does not bear it out: {0}")]
    NotTimed(String),
    /// The fuzz campaign found something.
    #[error("no certificate of level hardened: the fuzz campaign has {}, the first is {first}", findings_in_words(*.findings))]
    Found {
        /// How many findings there were.
        findings: usize,
        /// The name of the first.
        first: String,
    },
    /// The fuzz campaign says nothing.
    #[error("no certificate of level hardened: the fuzz campaign does not bear it out: {0}")]
    NotFuzzed(String),
}

impl Refused {
    /// The exit code: 1 where something is wrong with what was tested, 3 where that stays open.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed { .. }
            | Self::OtherLevel(_)
            | Self::OtherImplementation { .. }
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

/// The restarts of both runs that no case answers for. What each run allows is allowed to both
/// together.
pub(super) fn restarts_of(run: &RunResult, rekeyed: &RunResult) -> Restarts {
    let mut restarts = run.restarts.clone();
    restarts.join(&rekeyed.restarts);
    restarts.allowed = run.restarts.allowed.min(rekeyed.restarts.allowed);
    restarts
}

/// What a certificate of that level may state over a run, and the run of the same suites under
/// fresh secrets: the evidence for each suite that was judged. Each suite in `named` has to be
/// among them. The level hardened asks for more; see [`Hardened`](crate::certificate::Hardened).
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
    // At the higher levels none are borne, whatever the runs say.
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

/// Whether the adapter still is what it said it was: one command judges one implementation.
pub fn same_hello(
    level: CertificateLevel,
    first: &Hello,
    later: &Hello,
    when: &'static str,
) -> Result<(), Refused> {
    unchanged(level, &first.changes(later), when)
}

/// Whether it stayed that while it was tested.
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
