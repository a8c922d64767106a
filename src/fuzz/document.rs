//! The document of a campaign.

use std::time::Duration;

use crate::fuzz::drive::{FuzzEnding, FuzzOutput};
use crate::fuzz::save::names;
use crate::fuzz::worker_report::{Breach, Finding};
use crate::results::{
    FUZZ_SCHEMA_VERSION, FuzzEnd, FuzzFinding, FuzzResult, FuzzTrait, FuzzWarning, FuzzedSuite,
    Observed, ObservedKind, Restarts, ShardSummary, expected_in_words, outcome_in_words,
};
use crate::signature::Request;
use crate::suite::{Level, Suite};

/// What is known of a campaign beside its outcome.
#[derive(Clone, Debug)]
pub struct FuzzCircumstances {
    /// The start time, as RFC 3339 in UTC.
    pub started: String,
    /// The seed.
    pub seed: u64,
    /// The number of parallel processes.
    pub jobs: u64,
    /// Which part it is, where it is not the whole.
    pub shard: Option<ShardSummary>,
    /// The lowest level whose violation is a finding.
    pub level: Level,
    /// How many restarts are allowed for which no request is to blame.
    pub allow_restarts: u64,
    /// How the implementation was reached.
    pub adapter: String,
    /// Whether it is our own reference implementation, because nobody named another.
    pub judged_itself: bool,
    /// The arguments that select it again.
    pub arguments: Vec<String>,
}

/// The document of a campaign over these suites.
pub fn document(
    suites: &[Suite],
    output: &FuzzOutput,
    circumstances: FuzzCircumstances,
) -> FuzzResult {
    let name = |at: usize| suites[at].name.to_string();
    let names = names(&output.findings);
    let findings = std::iter::zip(&output.findings, names)
        .map(|(found, id)| finding(&suites[found.suite], found, &id))
        .collect();
    FuzzResult {
        macproof_fuzz: FUZZ_SCHEMA_VERSION,
        macproof_version: env!("CARGO_PKG_VERSION").to_owned(),
        started: circumstances.started,
        duration_ms: millis(output.elapsed),
        ended: ended(&output.ending),
        seed: circumstances.seed,
        jobs: circumstances.jobs,
        shard: circumstances.shard,
        level: circumstances.level,
        implementation: output.hello.implementation.clone(),
        adapter: circumstances.adapter,
        judged_itself: circumstances.judged_itself,
        arguments: circumstances.arguments,
        suites: fuzzed_suites(suites, &output.taken),
        cases: output.cases,
        disagreements: output.disagreements,
        unsupported: output.unsupported,
        kinds: output.kinds,
        progress: output.progress.clone(),
        restarts: Restarts {
            allowed: circumstances.allow_restarts,
            ..output.restarts.clone()
        },
        hello_changes: output.hello_changes.clone(),
        findings,
        profile: output
            .behaviors
            .iter()
            .map(|((at, what), behavior)| FuzzTrait {
                suite: name(*at),
                what: (*what).to_owned(),
                cases: behavior.cases,
                request: behavior.example.as_sent(),
                actual: outcome_in_words(&behavior.outcome),
            })
            .collect(),
        warnings: output
            .warnings
            .iter()
            .map(|((at, requirement), cases)| FuzzWarning {
                suite: name(*at),
                requirement: requirement.clone(),
                cases: *cases,
            })
            .collect(),
        notes: output.notes.clone(),
    }
}

fn finding(suite: &Suite, found: &Finding, id: &str) -> FuzzFinding {
    let observed = match &found.what {
        Breach::Answered(outcome) => Observed::Outcome(outcome.clone()),
        Breach::Failed(failure) => Observed::Failed(failure.clone()),
    };
    let actual = match &found.what {
        Breach::Answered(outcome) => outcome_in_words(outcome),
        Breach::Failed(failure) => failure.to_string(),
    };
    FuzzFinding {
        id: id.to_owned(),
        suite: suite.name.to_string(),
        outcome: ObservedKind::of(found.request.op, &observed).unwrap_or(ObservedKind::Protocol),
        requirement: found.demand.requirement.clone(),
        level: found.demand.level,
        basis: found.demand.basis,
        text: found.demand.text.clone(),
        request: found.request.as_sent(),
        expected: expected_in_words(&found.demand.expect),
        actual,
        length: found.length as u64,
        length_before: found.length_before as u64,
        asked: found.asked,
        sequence: found.sequence.iter().map(Request::as_sent).collect(),
        causes: found.causes.iter().map(|one| one.words.clone()).collect(),
        cases: found.cases,
        found_after_cases: found.after_cases,
        found_after_ms: millis(found.after),
    }
}

/// The suites that took part, by their places.
pub(super) fn fuzzed_suites(suites: &[Suite], taken: &[usize]) -> Vec<FuzzedSuite> {
    let fuzzed = |&at: &usize| FuzzedSuite {
        name: suites[at].name.to_string(),
        version: suites[at].version,
        digest: suites[at].digest.clone(),
    };
    taken.iter().map(fuzzed).collect()
}

pub(super) fn ended(ending: &FuzzEnding) -> FuzzEnd {
    match ending {
        FuzzEnding::Whole => FuzzEnd::Whole,
        FuzzEnding::Findings => FuzzEnd::Findings,
        FuzzEnding::Interrupted => FuzzEnd::Interrupted,
        FuzzEnding::Broken(_) => FuzzEnd::Broken,
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
