//! Merges the parts of a run into a whole, and runs of several implementations into one document.

use std::collections::BTreeMap;

use crate::results::run::conclude::{scope, under_the_list};
use crate::results::run::conformance::{Disturbances, conformance, gate};
use crate::results::run::known_failure_matcher::KnownFailureMatcher;
use crate::results::run::not_started::{self, NOT_STARTED};
use crate::results::{
    BaselineScore, Case, Conformance, Counts, Diagnosis, Document, GateFailure, Interruption,
    KnownFailures, RunResult, Runs, ScopeNote, ShardSummary, SuiteSummary,
};

/// Why results cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// A part of a run is missing.
    #[error("only {here} of {count} parts of {implementation} given; missing: {}", listed(.missing))]
    Missing {
        /// The implementation of the run.
        implementation: String,
        /// How many parts were given.
        here: usize,
        /// The total number of parts.
        count: u64,
        /// The numbers of missing parts; only the first few if there are many.
        missing: Vec<u64>,
    },
    /// A part was given more than once.
    #[error("duplicate part {number}/{count} of {implementation}")]
    Twice {
        /// The implementation of the run.
        implementation: String,
        /// The number of the part.
        number: u64,
        /// The total number of parts.
        count: u64,
    },
    /// Two parts are about different implementations.
    #[error("the parts are from different implementations: {one} and {other}")]
    OtherImplementation {
        /// The name and version of one implementation.
        one: String,
        /// The name and version of the other.
        other: String,
    },
    /// Two parts were run with different suites.
    #[error("the parts of {implementation} used different versions of the suite {suite}")]
    OtherSuite {
        /// The implementation of the run.
        implementation: String,
        /// The suite's name.
        suite: String,
    },
    /// The parts do not belong to the same campaign.
    #[error("these are not parts of one campaign: {what} is {one} in one and {other} in another")]
    Unlike {
        /// The property that differs.
        what: &'static str,
        /// Its value in one part.
        one: String,
        /// Its value in another part.
        other: String,
    },
    /// One of several campaigns is not a part.
    #[error("the campaign of {0} is not a part: only campaigns of fuzz --shard can be merged")]
    NotAPart(String),
    /// No result was given.
    #[error("nothing to merge")]
    Nothing,
}

fn listed(numbers: &[u64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    numbers.join(", ")
}

/// Merges results. The parts of one run become the document that a single run would have produced,
/// except for its times; what remains then forms a document of one or of several runs.
///
/// `known` is the list of known failures that the parts were run with. Without it, unmatched
/// entries of the whole cannot be reported. A cause found by one part applies to the whole unless
/// another part rules it out.
///
/// Fails if a part is missing, given twice, or does not belong to the others.
pub fn merge(runs: Vec<RunResult>, known: Option<&KnownFailures>) -> Result<Document, MergeError> {
    let joined = groups(runs)?
        .into_iter()
        .map(|parts| join(parts, known))
        .collect::<Result<Vec<_>, _>>()?;
    match <[RunResult; 1]>::try_from(joined) {
        Ok([run]) => Ok(run.into()),
        Err(none) if none.is_empty() => Err(MergeError::Nothing),
        Err(several) => Ok(Runs::new(several).into()),
    }
}

/// Groups the parts of each run: those with the same implementation, reached and run in the same
/// way. A run that is not a part forms a group by itself. A part whose implementation did not start
/// joins the group that was reached in the same way.
fn groups(runs: Vec<RunResult>) -> Result<Vec<Vec<RunResult>>, MergeError> {
    let way = |run: &RunResult| {
        let count = run.shard.map(|shard| shard.count)?;
        let (adapter, arguments) = (run.adapter.clone(), run.arguments.clone());
        let repeat = run.repeat_asked.unwrap_or(run.repeat);
        Some((adapter, arguments, run.level, repeat, count))
    };
    let (absent, started): (Vec<_>, Vec<_>) = runs
        .into_iter()
        .partition(|run| run.did_not_start.is_some() && run.shard.is_some());
    let mut groups: Vec<Vec<RunResult>> = Vec::new();
    for run in started {
        let is_of_it = |parts: &&mut Vec<RunResult>| {
            run.shard.is_some()
                && parts.iter().all(|part| {
                    way(part) == way(&run) && part.implementation.is_same_as(&run.implementation)
                })
        };
        match groups.iter_mut().find(is_of_it) {
            Some(parts) => parts.push(run),
            None => groups.push(vec![run]),
        }
    }
    for part in absent {
        let is_of_it = |parts: &&mut Vec<RunResult>| way(&parts[0]) == way(&part);
        match groups.iter_mut().find(is_of_it) {
            Some(parts) => parts.push(part),
            None => groups.push(vec![part]),
        }
    }
    let is_incomplete = |parts: &&Vec<RunResult>| {
        let count = parts[0].shard.map_or(1, |shard| shard.count);
        (parts.len() as u64) < count
    };
    for one in groups.iter().filter(is_incomplete) {
        let is_another = |other: &&Vec<RunResult>| {
            way(&other[0]) == way(&one[0])
                && !other[0].implementation.is_same_as(&one[0].implementation)
        };
        if let Some(other) = groups.iter().find(is_another) {
            return Err(MergeError::OtherImplementation {
                one: one[0].implementation.to_string(),
                other: other[0].implementation.to_string(),
            });
        }
    }
    Ok(groups)
}

/// Merges the parts of one run.
fn join(mut parts: Vec<RunResult>, known: Option<&KnownFailures>) -> Result<RunResult, MergeError> {
    parts.sort_by_key(|part| part.shard.map(|shard| shard.number));
    if let Some(first) = parts.first() {
        let shards: Vec<ShardSummary> = parts.iter().filter_map(|part| part.shard).collect();
        complete(first.implementation.called(), &shards)?;
    }
    let absent = absent_parts(&parts);
    // Parts that started come first, because they know the implementation.
    parts.sort_by_key(|part| part.did_not_start.is_some());
    let mut left_out = before_the_run(&parts);
    if parts.iter().any(|part| part.did_not_start.is_none()) {
        left_out.extend(notes_of_absent(&parts));
    }
    let entries = of_the_lists(&parts);
    let seeds: Vec<u64> = parts.iter().map(|part| part.seed).collect();
    let diagnoses: Vec<Diagnosis> = parts
        .iter()
        .filter_map(|part| part.diagnosis.clone())
        .collect();
    let mut parts = parts.into_iter();
    let Some(mut whole) = parts.next() else {
        return Err(MergeError::Nothing);
    };
    if whole.shard.take().is_none() {
        return Ok(whole);
    }
    let mut interruption = interruption_of(&whole);
    for part in parts {
        // The whole ran as often as every one of its parts did.
        let asked = whole.repeat_asked.unwrap_or(whole.repeat);
        whole.repeat = whole.repeat.min(part.repeat);
        whole.repeat_asked = (whole.repeat < asked).then_some(asked);
        interruption = interruption.or(interruption_of(&part));
        whole.interrupted |= part.interrupted;
        whole.restarts.join(&part.restarts);
        whole.hello_changes.join(&part.hello_changes);
        // The limit applies to the whole; the limits of the parts do not add up.
        whole.restarts.allowed = whole.restarts.allowed.min(part.restarts.allowed);
        if part.started < whole.started {
            whole.started = part.started;
        }
        whole.duration_ms = whole.duration_ms.saturating_add(part.duration_ms);
        for suite in part.suites {
            add_suite(&mut whole, suite)?;
        }
        whole.cases.extend(part.cases);
        whole.profile.extend(part.profile);
        add_baselines(&mut whole, &part.baselines);
        for note in part.notes {
            if !whole.notes.contains(&note) {
                whole.notes.push(note);
            }
        }
    }
    if seeds.iter().any(|&seed| seed != whole.seed) {
        let note = "the parts used different seeds; a seed determines only the order of the cases";
        whole.notes.push(note.to_owned());
    }
    whole.suites.sort_by(|a, b| a.name.cmp(&b.name));
    in_file_order(&mut whole);
    let mut entries = entries;
    if let Some(known) = known {
        let today = whole.started.get(..10).unwrap_or_default();
        let mut matcher = KnownFailureMatcher::new(known, today);
        for case in &mut whole.cases {
            case.verdict = case.own_verdict();
            case.known = None;
            under_the_list(case, &mut matcher);
        }
        if left_out.is_empty() {
            let every_case = whole.cases.iter().map(|case| case.id.clone()).collect();
            entries = matcher.troubles(&every_case, true);
        }
    }
    let diagnoses: Vec<&Diagnosis> = diagnoses.iter().collect();
    let mut diagnosis = Diagnosis::of_parts(&diagnoses, &whole.cases);
    diagnosis.settle(&mut whole.cases);
    whole.diagnosis = (!diagnoses.is_empty()).then_some(diagnosis);
    recount(&mut whole);
    whole.scope = scope(left_out, &whole.cases);
    let disturbances = Disturbances {
        restarts: &whole.restarts,
        hello_changes: &whole.hello_changes,
        interruption,
    };
    whole.conformance = conformance(&whole.cases, whole.level, disturbances);
    if let Some(reason) = absent {
        if whole.conformance == Conformance::Conformant {
            whole.conformance = Conformance::Incomplete;
        }
        whole.did_not_start = Some(reason.clone());
        entries.push(not_started::failure(reason));
    }
    whole.gate = gate(&whole.cases, entries, disturbances);
    Ok(whole)
}

/// The signal that interrupted a run, if any.
fn interruption_of(run: &RunResult) -> Option<Interruption> {
    let of_code = || Interruption::of(run.gate.exit_code).unwrap_or(Interruption::Interrupt);
    run.interrupted.then(of_code)
}

/// The reason of the first part that did not start.
fn absent_parts(parts: &[RunResult]) -> Option<String> {
    let part = parts.iter().find(|part| part.did_not_start.is_some())?;
    let reason = part.did_not_start.as_ref()?;
    Some(match part.shard {
        Some(shard) => format!("part {}/{}: {reason}", shard.number, shard.count),
        None => reason.clone(),
    })
}

/// A note about the cases that did not run because a part did not start.
fn notes_of_absent(parts: &[RunResult]) -> Option<ScopeNote> {
    let notes = parts.iter().flat_map(|part| &part.scope.left_out);
    let cases: u64 = notes
        .filter(|note| note.what == NOT_STARTED)
        .map(|note| note.cases)
        .sum();
    (cases > 0).then(|| ScopeNote {
        what: NOT_STARTED.to_owned(),
        cases,
    })
}

/// Checks that each part is present exactly once, in the order of their numbers.
pub(in crate::results) fn complete(
    implementation: &str,
    shards: &[ShardSummary],
) -> Result<(), MergeError> {
    let Some(count) = shards.first().map(|shard| shard.count) else {
        return Ok(());
    };
    let implementation = || implementation.to_owned();
    if let Some(twice) = shards
        .windows(2)
        .find(|pair| pair[0].number == pair[1].number)
    {
        return Err(MergeError::Twice {
            implementation: implementation(),
            number: twice[0].number,
            count,
        });
    }
    // Bounded, because a hostile file may claim any number of parts.
    let missing: Vec<u64> = (1..=count)
        .filter(|number| shards.iter().all(|shard| shard.number != *number))
        .take(20)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(MergeError::Missing {
        implementation: implementation(),
        here: shards.len(),
        count,
        missing,
    })
}

/// What was excluded from all parts before they began, other than sharding itself. Notes about a
/// part's own cases are computed again for the whole.
fn before_the_run(parts: &[RunResult]) -> Vec<ScopeNote> {
    let Some(first) = parts.first() else {
        return Vec::new();
    };
    let of_its_cases = scope(Vec::new(), &first.cases).left_out.len();
    let noted = &first.scope.left_out;
    let before = &noted[..noted.len().saturating_sub(of_its_cases)];
    let part = first
        .shard
        .map(|shard| format!("not in the part {}/{}", shard.number, shard.count));
    let others = before
        .iter()
        .filter(|note| Some(&note.what) != part.as_ref());
    others.cloned().collect()
}

/// Problems with the list of known failures in any part, without repetitions.
fn of_the_lists(parts: &[RunResult]) -> Vec<GateFailure> {
    let mut failures: Vec<GateFailure> = Vec::new();
    for failure in parts.iter().flat_map(|part| &part.gate.failed) {
        if failure.kind.is_of_an_entry() && !failures.contains(failure) {
            failures.push(failure.clone());
        }
    }
    failures
}

/// Adds the baseline scores, or drops them if a part has none.
fn add_baselines(whole: &mut RunResult, part: &[BaselineScore]) {
    let sum = |whole: &BaselineScore| {
        let same = part.iter().find(|part| part.baseline == whole.baseline)?;
        Some(BaselineScore {
            passed: whole.passed.saturating_add(same.passed),
            ..*whole
        })
    };
    let sums: Option<Vec<BaselineScore>> = whole.baselines.iter().map(sum).collect();
    whole.baselines = sums.unwrap_or_default();
}

fn add_suite(whole: &mut RunResult, suite: SuiteSummary) -> Result<(), MergeError> {
    match whole.suites.iter().find(|known| known.name == suite.name) {
        Some(known) if known.digest == suite.digest => Ok(()),
        Some(_) => Err(MergeError::OtherSuite {
            implementation: whole.implementation.called().to_owned(),
            suite: suite.name,
        }),
        None => {
            whole.suites.push(suite);
            Ok(())
        }
    }
}

/// Sorts suites by name, the cases of each in file order, and the profile like the cases.
fn in_file_order(whole: &mut RunResult) {
    let key = |case: &Case| (case.suite().to_owned(), case.source.line);
    whole.cases.sort_by_cached_key(key);
    let places: BTreeMap<&str, usize> = whole
        .cases
        .iter()
        .enumerate()
        .map(|(at, case)| (case.id.as_str(), at))
        .collect();
    whole
        .profile
        .sort_by_key(|one| places.get(one.case.as_str()).copied());
}

fn recount(whole: &mut RunResult) {
    whole.counts = whole.cases.iter().map(|case| case.verdict).collect();
    for suite in &mut whole.suites {
        let own = whole.cases.iter().filter(|case| case.suite() == suite.name);
        suite.counts = own.map(|case| case.verdict).collect::<Counts>();
    }
}

#[cfg(test)]
mod tests;
