//! The JSON document of a run, from which all reports are rendered.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::{HelloChanges, ImplementationInfo};
use crate::results::{BaselineScore, Diagnosis, ObservedKind, Restarts, Verdict};
use crate::signature::Request;
use crate::suite::{Basis, Level, Source};

/// The version of the document's schema.
pub const SCHEMA_VERSION: u32 = 1;

/// Shown wherever the built-in reference was tested because no implementation was named.
pub const JUDGED_ITSELF: &str = "the built-in reference; nothing of yours was tested";

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunResult {
    /// The version of this document's form: 1.
    pub macproof_result: u32,
    /// The version of the program that wrote it.
    pub macproof_version: String,
    /// When the run began, as RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What it came to.
    pub conformance: Conformance,
    /// Why the implementation could not be built, reached or greeted, where that was so: untrusted
    /// text. There are no cases then, and its name is only what it is called here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_not_start: Option<String>,
    /// What was left out of it.
    pub scope: Scope,
    /// What sets the exit code.
    pub gate: Gate,
    /// What was tested, in its own words: untrusted text.
    pub implementation: ImplementationInfo,
    /// How it was reached: `reference`, or the adapter's command.
    pub adapter: String,
    /// Whether this program tested its own reference implementation because nobody named another:
    /// nothing of the user's was tested then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// The arguments of `macproof run` that reach the same implementation and the same suites
    /// again: `--command`, `--suite-file`; no filter, level or repetition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// The lowest level that counts as a failure.
    pub level: Level,
    /// The seed of the order of the cases.
    pub seed: u64,
    /// How often each case ran: the rounds of all cases that were completed.
    pub repeat: u64,
    /// How often each case was to run, where the run ended before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_asked: Option<u64>,
    /// Whether a signal ended the run before its time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// How often the adapter had to be started again without a case that answers for it.
    #[serde(default)]
    pub restarts: Restarts,
    /// Which parts of the adapter's hello were not the same each time it was said: what is asked
    /// depends on them, and another name may be another implementation. Absent where none changed.
    #[serde(default, skip_serializing_if = "HelloChanges::is_empty")]
    pub hello_changes: HelloChanges,
    /// Which part of a run this is; absent if it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardSummary>,
    /// The suites that took part.
    pub suites: Vec<SuiteSummary>,
    /// How many cases came to each verdict.
    pub counts: Counts,
    /// Every case, in the order of its suite.
    pub cases: Vec<Case>,
    /// What was observed of matters of taste: the `may` vectors.
    pub profile: Vec<Trait>,
    /// Why cases failed, as far as there is evidence; absent where none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Diagnosis>,
    /// What older documents have in the place of `diagnosis`; it is read, and no longer written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verifier_causes: Vec<MistakeMention>,
    /// How many of the judged `must` and `should` cases each trivial baseline passes; none in
    /// documents of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baselines: Vec<BaselineScore>,
    /// What the harness noticed beside the cases: restarts, output where none is due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl RunResult {
    /// The best baseline that passes at least as many judged cases as the implementation; if there
    /// is one, the passes prove nothing.
    pub fn unbeaten_baseline(&self) -> Option<BaselineScore> {
        let passes = |case: &&Case| case.level != Level::May && case.own_verdict() == Verdict::Pass;
        let passed = self.cases.iter().filter(passes).count() as u64;
        let best = self.baselines.iter().max_by_key(|score| score.passed);
        best.filter(|best| passed > 0 && best.passed >= passed)
            .copied()
    }

    /// Migrates a document of an older program version to its current form.
    #[must_use]
    pub fn brought_up_to_date(mut self) -> Self {
        if self.diagnosis.is_none() {
            self.diagnosis = Diagnosis::of_older(&self);
        }
        self.verifier_causes.clear();
        if self.scope.cases == 0 {
            (self.scope.cases, self.scope.asked) = cases_and_asked(&self.counts);
        }
        self
    }
}

/// The total number of cases, and how many of them were run.
pub(super) fn cases_and_asked(counts: &Counts) -> (u64, u64) {
    let unasked = counts.of(Verdict::NotApplicable) + counts.of(Verdict::Skipped);
    (counts.total(), counts.total() - unasked)
}

/// One of several parts of a run, which together are the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShardSummary {
    /// Which part, from 1.
    pub number: u64,
    /// How many there are.
    pub count: u64,
}

/// What a run says of the implementation, known failures or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Conformance {
    /// Every case that counts passed.
    Conformant,
    /// At least one failed.
    Nonconformant,
    /// None failed, but not all were judged.
    Incomplete,
}

/// What was left out of a run; its conformance holds for the rest only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Whether nothing was left out.
    pub whole: bool,
    /// How many cases the run had, those aside that were left out before it began.
    #[serde(default)]
    pub cases: u64,
    /// How many of them were asked: neither not applicable nor skipped.
    #[serde(default)]
    pub asked: u64,
    /// What was, and why.
    pub left_out: Vec<ScopeNote>,
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeNote {
    /// What and why, in words.
    pub what: String,
    /// How many cases that concerns.
    pub cases: u64,
}

/// What sets the exit code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Whether the run may be relied on.
    pub passed: bool,
    /// The exit code of the run.
    pub exit_code: u8,
    /// Everything that keeps the gate shut.
    pub failed: Vec<GateFailure>,
}

/// One thing that keeps the gate shut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateFailure {
    /// The case, or the pattern of the known failure, that is concerned; empty if it is the run.
    pub case: String,
    /// Of which kind it is.
    pub kind: GateFailureKind,
    /// Why, in words.
    pub reason: String,
}

/// Of which kind a thing is that keeps the gate shut.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum GateFailureKind {
    /// A case failed that counts.
    Fail,
    /// A case passed of which the list says that it fails.
    UnexpectedPass,
    /// A case failed in another way than the list says.
    ChangedOutcome,
    /// An entry of the list has expired.
    ExpiredEntry,
    /// An entry of the list matches or decides nothing.
    UnmatchedEntry,
    /// An entry of the list gives no reason yet.
    UnexplainedEntry,
    /// No valid answer came to a case.
    Error,
    /// A case was skipped, and the list does not allow it.
    Skipped,
    /// The run judged and observed nothing at all.
    NothingJudged,
    /// The adapter had to be started again more often than is allowed, and no case answers for it.
    Restarts,
    /// The adapter's hello changed while it ran.
    HelloChanged,
    /// A signal ended the run before its time.
    Interrupted,
    /// The implementation did not start.
    DidNotStart,
}

/// A suite that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuiteSummary {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// What a person calls it.
    pub title: String,
    /// The SHA-256 of its file, in lower-case hex.
    pub digest: String,
    /// The file, as it was named.
    pub path: String,
    /// The document that it is made from.
    pub source: Source,
    /// Its requirements, in the order of the file.
    pub requirements: Vec<RequirementSummary>,
    /// How many of its cases came to each verdict.
    pub counts: Counts,
}

/// A requirement of a suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementSummary {
    /// Its name in the suite.
    pub id: String,
    /// How much it matters.
    pub level: Level,
    /// On what it rests.
    pub basis: Basis,
    /// The statement.
    pub text: String,
    /// Where the document says so.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// How many cases came to each verdict; those to which none came are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("propertyNames" = {"enum": Verdict::ALL}))]
pub struct Counts(pub BTreeMap<Verdict, u64>);

impl Counts {
    /// Counts one case.
    pub fn add(&mut self, verdict: Verdict) {
        *self.0.entry(verdict).or_default() += 1;
    }

    /// The number of cases with this verdict.
    pub fn of(&self, verdict: Verdict) -> u64 {
        self.0.get(&verdict).copied().unwrap_or_default()
    }

    /// The total number of cases.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

impl FromIterator<Verdict> for Counts {
    fn from_iter<I: IntoIterator<Item = Verdict>>(verdicts: I) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            counts.add(verdict);
        }
        counts
    }
}

/// One case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// `suite/vector-id`.
    pub id: String,
    /// How much it matters.
    pub level: Level,
    /// On what it rests.
    pub basis: Basis,
    /// The requirements that it shows.
    pub shows: Vec<String>,
    /// What it came to.
    pub verdict: Verdict,
    /// What was asked.
    pub request: Request,
    /// What was expected, in words: `token 6a40…`, `reject or refused`; for a `may` vector what is
    /// observed.
    pub expected: String,
    /// What happened, in one word; absent where the case was not tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ObservedKind>,
    /// What happened, in the words of `expected`; absent where no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// What happened in another round of the same case, where that differed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_in_another_round: Option<String>,
    /// The token that was expected, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_token: Option<String>,
    /// The token that came, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_token: Option<String>,
    /// Why it is skipped, not applicable or an error, or what its outcome alone does not explain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the list of known failures says of it, where that counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownMention>,
    /// Which bug the vector catches, in the words of its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the vector stands.
    pub source: SourceLine,
    /// Why it differs, where that could be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Causes>,
}

impl Case {
    /// The name of the case's suite.
    pub fn suite(&self) -> &str {
        self.id.split_once('/').map_or("", |(suite, _)| suite)
    }

    /// The case's verdict without the list of known failures.
    pub fn own_verdict(&self) -> Verdict {
        self.known
            .as_ref()
            .map_or(self.verdict, |known| known.own_verdict)
    }

    /// Whether reports may say that the implementation departs from the vendor's document: the case
    /// failed, the document states everything that the case shows, and the implementation itself
    /// failed, not its adapter.
    pub fn departs_from_document(&self) -> bool {
        matches!(self.own_verdict(), Verdict::Fail | Verdict::Warning)
            && self.basis == Basis::Document
            && self
                .outcome
                .is_some_and(ObservedKind::is_of_the_implementation)
    }
}

/// What the list of known failures says of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownMention {
    /// What the case came to, as if there were no list.
    pub own_verdict: Verdict,
    /// What the list expects to happen.
    pub expect: ObservedKind,
    /// The reason that the list gives.
    pub reason: String,
    /// Where it is being dealt with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// The last day on which the entry holds, as `2027-01-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// What was observed of a matter of taste.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trait {
    /// The case that showed it.
    pub case: String,
    /// What is observed: `accepts upper-case hex`.
    pub what: String,
    /// Whether it does, where the words say what to look for: they begin with `accepts` and it
    /// was asked to verify, or with `signs` and it was asked to sign. It signs something if its
    /// token is the scheme's; absent where nobody can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<bool>,
    /// What happened, in one word.
    pub outcome: ObservedKind,
}

/// Where a vector stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceLine {
    /// The suite file.
    pub path: String,
    /// The line on which the vector begins, from 1.
    pub line: u32,
}

/// One way to come to what an implementation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Causes {
    /// The mistakes that together produce it. Several that this one case cannot tell apart are
    /// several `Causes`.
    pub mistakes: Vec<MistakeMention>,
}

/// A mistake of the catalogue, with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MistakeMention {
    /// Its id in the catalogue.
    pub id: String,
    /// What goes wrong.
    pub title: String,
    /// What to do.
    pub remedy: String,
    /// How many of the failed cases it explains; only older documents have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<u64>,
}
