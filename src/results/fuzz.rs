//! The JSON document of a fuzz campaign.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::{HelloChanges, ImplementationInfo};
use crate::results::{Causes, FuzzPoint, ObservedKind, Restarts, ShardSummary};
use crate::signature::Request;
use crate::suite::{Basis, Level};

/// The version of the document's schema.
pub const FUZZ_SCHEMA_VERSION: u32 = 1;

/// What a fuzz campaign came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzResult {
    /// The version of this document's form: 1.
    pub macproof_fuzz: u32,
    /// The version of the program that wrote it.
    pub macproof_version: String,
    /// When the campaign began, as RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How it ended.
    pub ended: FuzzEnd,
    /// The seed of its inputs.
    pub seed: u64,
    /// How many processes worked at once.
    pub jobs: u64,
    /// Which part of a campaign this is; absent if it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardSummary>,
    /// The lowest level whose breach is a finding.
    pub level: Level,
    /// What was tested, in its own words: untrusted text.
    pub implementation: ImplementationInfo,
    /// How it was reached: `reference`, or the adapter's command.
    pub adapter: String,
    /// Whether this program tested its own reference implementation because nobody named another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// The arguments that reach it again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// The suites whose schemes took part.
    pub suites: Vec<FuzzedSuite>,
    /// How many cases were answered, those of shrinking aside.
    pub cases: u64,
    /// How many of them were not as is demanded.
    pub disagreements: u64,
    /// How many requests the adapter called unsupported.
    pub unsupported: u64,
    /// How many kinds of answers there were. Each process counts its own: what two of them saw
    /// counts twice.
    pub kinds: u64,
    /// How far it was when, at most 200 points in the order of time; the first is where it began,
    /// the last where it ended.
    pub progress: Vec<FuzzPoint>,
    /// How often the adapter had to be started again without a request that is to blame for it.
    #[serde(default)]
    pub restarts: Restarts,
    /// Which parts of the adapter's hello were not the same each time it was said.
    #[serde(default, skip_serializing_if = "HelloChanges::is_empty")]
    pub hello_changes: HelloChanges,
    /// Everything that was found, one entry a cause.
    pub findings: Vec<FuzzFinding>,
    /// Matters of taste, with how often each was seen.
    pub profile: Vec<FuzzTrait>,
    /// Requirements below the level that counts, and how often each was broken.
    pub warnings: Vec<FuzzWarning>,
    /// What the harness noticed besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How a campaign ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FuzzEnd {
    /// As much was asked, or as long, as was wished.
    Whole,
    /// Enough was found.
    Findings,
    /// It was interrupted.
    Interrupted,
    /// The adapter no longer worked.
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

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzFinding {
    /// Its name: that of the vector under which it is saved, behind the suite's.
    pub id: String,
    /// The suite.
    pub suite: String,
    /// What the implementation did, in one word.
    pub outcome: ObservedKind,
    /// The requirement that it breaks.
    pub requirement: String,
    /// How much that matters.
    pub level: Level,
    /// On what it rests.
    pub basis: Basis,
    /// The statement.
    pub text: String,
    /// The smallest request that shows it.
    pub request: Request,
    /// What was expected.
    pub expected: String,
    /// What happened.
    pub actual: String,
    /// How many characters its secrets, its texts and a literal token have; numbers do not count.
    pub length: u64,
    /// That length before it was shrunk.
    pub length_before: u64,
    /// How many requests shrinking took.
    pub asked: u64,
    /// The requests that lead to it, in order and the last among them, where one alone does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequence: Vec<Request>,
    /// Which mistakes do the same, the likeliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Causes>,
    /// How many cases it accounts for.
    pub cases: u64,
    /// After how many cases it was found.
    pub found_after_cases: u64,
    /// After how many milliseconds.
    pub found_after_ms: u64,
}

/// A matter of taste.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzTrait {
    /// The suite.
    pub suite: String,
    /// What it does.
    pub what: String,
    /// How often that was seen.
    pub cases: u64,
    /// A request that shows it.
    pub request: Request,
    /// What happened there.
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
    /// How often it was broken.
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
