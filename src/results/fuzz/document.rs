//! The JSON document of a fuzz campaign.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::{HelloChanges, ImplementationInfo};
use crate::results::{Causes, FuzzPoint, ObservedKind, Restarts, ShardSummary};
use crate::signature::Request;
use crate::suite::{Basis, Level};

/// The version of the document's schema.
pub const FUZZ_SCHEMA_VERSION: u32 = 1;

/// The result of a fuzz campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzResult {
    /// The schema version of this document: 1.
    pub macproof_fuzz: u32,
    /// The version of macproof that wrote it.
    pub macproof_version: String,
    /// The start time, as RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How it ended.
    pub ended: FuzzEnd,
    /// The seed for the inputs.
    pub seed: u64,
    /// The number of parallel processes.
    pub jobs: u64,
    /// Which part of a campaign this is; absent for a complete campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardSummary>,
    /// The lowest level whose violation is a finding.
    pub level: Level,
    /// What was tested, as it identifies itself: untrusted text.
    pub implementation: ImplementationInfo,
    /// `reference`, or the adapter's command.
    pub adapter: String,
    /// Whether the built-in reference was tested because no implementation was named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// The arguments that select it again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// The suites whose schemes took part.
    pub suites: Vec<FuzzedSuite>,
    /// How many cases were answered, without those of shrinking.
    pub cases: u64,
    /// How many of the answers were wrong.
    pub disagreements: u64,
    /// How many requests the adapter reported as unsupported.
    pub unsupported: u64,
    /// The number of kinds of answers. Each process counts its own, so a kind that two processes
    /// saw counts twice.
    pub kinds: u64,
    /// The progress over time: at most 200 points, including the start and the end.
    pub progress: Vec<FuzzPoint>,
    /// The unattributed restarts of the adapter.
    #[serde(default)]
    pub restarts: Restarts,
    /// Which parts of the adapter's hello differed between starts.
    #[serde(default, skip_serializing_if = "HelloChanges::is_empty")]
    pub hello_changes: HelloChanges,
    /// The findings, one entry per cause.
    pub findings: Vec<FuzzFinding>,
    /// Implementation-defined behavior, with the number of cases for each.
    pub profile: Vec<FuzzTrait>,
    /// Requirements below the level that counts, with the number of violations of each.
    pub warnings: Vec<FuzzWarning>,
    /// What the harness noticed apart from the cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How a campaign ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FuzzEnd {
    /// The requested number of cases or time was completed.
    Whole,
    /// The maximum number of findings was reached.
    Findings,
    /// It was interrupted.
    Interrupted,
    /// The adapter stopped working.
    Broken,
}

/// A suite whose scheme took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzedSuite {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The SHA-256 of its file, in lower-case hex.
    pub digest: String,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzFinding {
    /// Its id: that of the vector under which it is saved, without the suite's name.
    pub id: String,
    /// The suite.
    pub suite: String,
    /// The actual outcome, in one word.
    pub outcome: ObservedKind,
    /// The violated requirement.
    pub requirement: String,
    /// Its level.
    pub level: Level,
    /// Its basis.
    pub basis: Basis,
    /// The statement.
    pub text: String,
    /// The smallest request that reproduces it.
    pub request: Request,
    /// The expected outcome.
    pub expected: String,
    /// The actual outcome.
    pub actual: String,
    /// The number of characters of its secrets, texts and literal token; numbers do not count.
    pub length: u64,
    /// The length before shrinking.
    pub length_before: u64,
    /// How many requests shrinking took.
    pub asked: u64,
    /// The requests that lead to it, in order, including the last; empty if one suffices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequence: Vec<Request>,
    /// The mistakes that explain it, most likely first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Causes>,
    /// How many cases it accounts for.
    pub cases: u64,
    /// The number of cases after which it was found.
    pub found_after_cases: u64,
    /// The number of milliseconds after which it was found.
    pub found_after_ms: u64,
}

/// Implementation-defined behavior.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzTrait {
    /// The suite.
    pub suite: String,
    /// What it does.
    pub what: String,
    /// The number of cases that showed it.
    pub cases: u64,
    /// A request that shows it.
    pub request: Request,
    /// The actual outcome of that request.
    pub actual: String,
}

/// A requirement below the level that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzWarning {
    /// The suite.
    pub suite: String,
    /// The requirement.
    pub requirement: String,
    /// The number of violations.
    pub cases: u64,
}

impl FuzzResult {
    /// The exit code of the command, ignoring interruptions by signal: 1 if something was found;
    /// else 4 if the adapter no longer worked; else 3 if the campaign was interrupted, the adapter
    /// was restarted more often than allowed, or its hello changed; else 2 if nothing was sent;
    /// else 0.
    pub fn exit_code(&self) -> u8 {
        match (self.findings.is_empty(), self.ended, self.cases) {
            (false, ..) => 1,
            (true, FuzzEnd::Broken, _) => 4,
            (true, FuzzEnd::Interrupted, _) => 3,
            (true, ..) if !self.restarts.are_allowed() || !self.hello_changes.is_empty() => 3,
            (true, _, 0) => 2,
            _ => 0,
        }
    }
}
