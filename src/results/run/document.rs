//! The JSON document of a run, from which all reports are rendered.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::{HelloChanges, ImplementationInfo};
use crate::results::{
    BaselineScore, Causes, Diagnosis, MistakeMention, ObservedKind, Restarts, Verdict,
};
use crate::signature::{Request, Sent};
use crate::suite::{Basis, Level, Source};

/// The version of the document's schema.
pub const SCHEMA_VERSION: u32 = 1;

/// Shown wherever the built-in reference was tested because no implementation was named.
pub const JUDGED_ITSELF: &str = "the built-in reference; your code was not tested";

/// What a note about unselected suites begins with.
pub(super) const SUITES_NOT_SELECTED: &str = "suites not selected: ";

/// The note of a run that could not be compared with the oracle.
pub const WITHOUT_ORACLE: &str = "the comparison with the oracle, because the implementation's secret is unknown: its tokens were compared only with each other, and its verifier was given its own tokens";

/// What the notes about cases of the run begin with.
pub(super) const NOT_APPLICABLE: &str = "not applicable: ";
pub(super) const SKIPPED: &str = "skipped: ";

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunResult {
    /// The schema version of this document: 1.
    pub macproof_result: u32,
    /// The version of macproof that wrote it.
    pub macproof_version: String,
    /// The start time, as RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The verdict.
    pub conformance: Conformance,
    /// Why the implementation could not be built, reached or started: untrusted text. In that case
    /// there are no cases, and the name is the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_not_start: Option<String>,
    /// What was left out.
    pub scope: Scope,
    /// The gate, which determines the exit code.
    pub gate: Gate,
    /// What was tested, as it identifies itself: untrusted text.
    pub implementation: ImplementationInfo,
    /// `reference`, or the adapter's command.
    pub adapter: String,
    /// Whether the built-in reference was tested because no implementation was named; the user's
    /// code was not tested then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// The arguments of `macproof run` that select the same implementation and suites: `--command`,
    /// `--suite-file`; without filter, level and repetition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// The lowest level that counts as a failure.
    pub level: Level,
    /// The seed for the order of the cases.
    pub seed: u64,
    /// How many times each case ran: the number of completed rounds.
    pub repeat: u64,
    /// How many times each case should have run, if the run ended earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_asked: Option<u64>,
    /// Whether the run was interrupted by a signal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// The unattributed restarts of the adapter.
    #[serde(default)]
    pub restarts: Restarts,
    /// Which parts of the adapter's hello differed between starts. The requests depend on them, and
    /// another name may mean another implementation. Absent if none changed.
    #[serde(default, skip_serializing_if = "HelloChanges::is_empty")]
    pub hello_changes: HelloChanges,
    /// Which part of a run this is; absent for a complete run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardSummary>,
    /// The suites that took part.
    pub suites: Vec<SuiteSummary>,
    /// The number of cases by verdict.
    pub counts: Counts,
    /// Every case, in the order of its suite.
    pub cases: Vec<Case>,
    /// Implementation-defined behavior that the `may` vectors observed.
    pub profile: Vec<Trait>,
    /// Why cases failed, as far as there is evidence; absent if none failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Diagnosis>,
    /// What older documents have instead of `diagnosis`; read, but no longer written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verifier_causes: Vec<MistakeMention>,
    /// How many of the judged `must` and `should` cases each trivial baseline passes; absent in
    /// older documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baselines: Vec<BaselineScore>,
    /// What the harness noticed apart from the cases: restarts, unexpected output.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl RunResult {
    /// Takes over what another conclusion of the same observations found out about the failures.
    pub fn take_causes(&mut self, other: Self) {
        self.diagnosis = other.diagnosis;
        for (case, searched) in std::iter::zip(&mut self.cases, other.cases) {
            case.causes = searched.causes;
        }
    }

    /// The best baseline that passes at least as many judged cases as the implementation; if there
    /// is one, the passes prove nothing.
    pub fn unbeaten_baseline(&self) -> Option<BaselineScore> {
        let passes = |case: &&Case| case.level != Level::May && case.own_verdict() == Verdict::Pass;
        let passed = self.cases.iter().filter(passes).count() as u64;
        let best = self.baselines.iter().max_by_key(|score| score.passed);
        best.filter(|best| passed > 0 && best.passed >= passed)
            .copied()
    }

    /// The name that the user gave the implementation in `macproof.yaml`.
    pub fn named(&self) -> Option<&str> {
        let mut pairs = self.arguments.windows(2);
        let pair = pairs.find(|pair| pair[0] == "--implementation")?;
        Some(&pair[1])
    }

    /// Migrates a document of an older program version to its current form.
    pub(in crate::results) fn bring_up_to_date(&mut self) {
        if self.diagnosis.is_none() {
            self.diagnosis = Diagnosis::of_older(self);
        }
        self.verifier_causes.clear();
        for case in &mut self.cases {
            case.bring_up_to_date();
        }
        if self.scope.cases == 0 {
            (self.scope.cases, self.scope.asked) = cases_and_asked(&self.counts);
        }
    }
}

/// The total number of cases, and how many of them were run.
pub(super) fn cases_and_asked(counts: &Counts) -> (u64, u64) {
    let unasked = counts.of(Verdict::NotApplicable) + counts.of(Verdict::Skipped);
    (counts.total(), counts.total() - unasked)
}

/// One of several parts that make up a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShardSummary {
    /// The number of the part, from 1.
    pub number: u64,
    /// The number of parts.
    pub count: u64,
}

/// What a run shows about the implementation, regardless of known failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Conformance {
    /// Every case that counts passed.
    Conformant,
    /// At least one failed.
    Nonconformant,
    /// None failed, but not all could be judged.
    Incomplete,
}

/// What was left out of a run; its conformance covers only the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Whether nothing was left out.
    pub whole: bool,
    /// How many cases the run had, without those left out before it started.
    #[serde(default)]
    pub cases: u64,
    /// How many of them ran: neither not applicable nor skipped.
    #[serde(default)]
    pub asked: u64,
    /// What was left out, and why.
    pub left_out: Vec<ScopeNote>,
}

impl Scope {
    /// What was left out of the suites that were asked for. Naming some suites leaves nothing out of
    /// these.
    pub fn left_out_of_asked(&self) -> impl Iterator<Item = &ScopeNote> {
        let notes = self.left_out.iter();
        notes.filter(|note| !note.what.starts_with(SUITES_NOT_SELECTED))
    }

    /// What was left out of these suites before the run: by a filter, or as another part of it.
    pub fn left_out_before(&self) -> impl Iterator<Item = &ScopeNote> {
        self.left_out_of_asked().filter(|note| {
            let is_of_a_case = [NOT_APPLICABLE, SKIPPED]
                .iter()
                .any(|it| note.what.starts_with(it));
            !is_of_a_case && note.what != WITHOUT_ORACLE
        })
    }

    /// Whether the implementation's tokens were compared with those of the oracle.
    pub fn is_by_the_oracle(&self) -> bool {
        self.left_out.iter().all(|note| note.what != WITHOUT_ORACLE)
    }
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeNote {
    /// What and why, in words.
    pub what: String,
    /// The number of affected cases.
    pub cases: u64,
}

/// The gate, which determines the exit code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Whether the gate passed.
    pub passed: bool,
    /// The exit code of the run.
    pub exit_code: u8,
    /// Every reason why the gate failed.
    pub failed: Vec<GateFailure>,
}

/// One reason why the gate failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateFailure {
    /// The affected case, or the pattern of the known failure; empty for the run as a whole.
    pub case: String,
    /// Its kind.
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
    /// Its title.
    pub title: String,
    /// The SHA-256 of its file, in lower-case hex.
    pub digest: String,
    /// The path of the file, as given.
    pub path: String,
    /// The document that it is based on.
    pub source: Source,
    /// Its requirements, in the order of the file.
    pub requirements: Vec<RequirementSummary>,
    /// The number of its cases by verdict.
    pub counts: Counts,
}

/// A requirement of a suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementSummary {
    /// Its name in the suite.
    pub id: String,
    /// Its level.
    pub level: Level,
    /// Its basis.
    pub basis: Basis,
    /// The statement.
    pub text: String,
    /// The place in the document.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// The number of cases by verdict; verdicts without cases are left out.
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

    /// The verdicts with at least one case and their numbers, in the order in which reports count
    /// them.
    pub fn each(&self) -> impl Iterator<Item = (Verdict, u64)> {
        let all = Verdict::ALL.into_iter();
        all.filter_map(|verdict| Some((verdict, *self.0.get(&verdict)?)))
            .filter(|&(_, number)| number > 0)
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
    /// Its level.
    pub level: Level,
    /// Its basis.
    pub basis: Basis,
    /// The requirements that it shows.
    pub shows: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The request.
    pub request: Request,
    /// What was expected, in words: `token 6a40…`, `reject or refused`; for a `may` vector what is
    /// observed.
    pub expected: String,
    /// The outcomes that are expected; none of a `may` case. A token has to be the expected one, and
    /// a rejection to have the expected code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected_outcomes: Vec<ObservedKind>,
    /// The outcome, in one word; absent if the case did not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ObservedKind>,
    /// The outcomes of two rounds of the case, if these differed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes_of_rounds: Vec<ObservedKind>,
    /// The outcome, in the words of `expected`; absent without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// The outcome of another round of the same case, if it differed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_in_another_round: Option<String>,
    /// The expected token, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_token: Option<String>,
    /// The actual token, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_token: Option<String>,
    /// The request that it would send, if that was asked for: untrusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// Why it is skipped, not applicable or an error, or an addition to its outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its entry in the list of known failures, if it applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownMention>,
    /// Which bug the vector catches, in its author's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The location of the vector.
    pub source: SourceLine,
    /// The likely causes, if any were found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Causes>,
}

impl Case {
    /// Takes what older documents say only in words out of these.
    fn bring_up_to_date(&mut self) {
        let kinds_in = |words: &str| -> Vec<ObservedKind> {
            let words = words.split([',', ' ', ':']);
            words.filter_map(ObservedKind::named).collect()
        };
        if self.expected_outcomes.is_empty() && self.level != Level::May {
            self.expected_outcomes = kinds_in(&self.expected);
        }
        if self.outcomes_of_rounds.is_empty() && self.outcome == Some(ObservedKind::Unstable) {
            let rounds = [&self.actual, &self.actual_in_another_round];
            let rounds = rounds.into_iter().flatten();
            let first = |words: &String| kinds_in(words).first().copied();
            self.outcomes_of_rounds = rounds.filter_map(first).collect();
        }
    }

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

/// The entry of a case in the list of known failures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownMention {
    /// The verdict of the case without the list.
    pub own_verdict: Verdict,
    /// The outcome that the list expects.
    pub expect: ObservedKind,
    /// The reason that the list gives.
    pub reason: String,
    /// Where the entry stands: `known.yaml:4`. Older documents lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The issue that tracks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// The last day on which the entry holds, such as `2027-01-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl KnownMention {
    /// Where the entry stands: `known.yaml:4`, or `the list of known failures`.
    pub fn place(&self) -> &str {
        self.at.as_deref().unwrap_or("the list of known failures")
    }
}

/// An observation of implementation-defined behavior.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trait {
    /// The case that showed it.
    pub case: String,
    /// What is observed: `accepts upper-case hex`.
    pub what: String,
    /// Whether it does, if `what` begins with `accepts` for a verify case, or with `signs` for a
    /// sign case. It signs something if its token is the scheme's. Absent if that is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<bool>,
    /// The outcome, in one word.
    pub outcome: ObservedKind,
}

/// The location of a vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceLine {
    /// The suite file.
    pub path: String,
    /// The line on which the vector begins, from 1.
    pub line: u32,
}
