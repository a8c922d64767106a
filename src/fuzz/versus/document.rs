//! The document of two implementations against each other.

use crate::fuzz::document::{ended, fuzzed_suites, millis};
use crate::fuzz::versus::output::{Crossing, Difference, Versus};
use crate::results::{
    Observed, ObservedKind, Restarts, VERSUS_SCHEMA_VERSION, VersusAnswer, VersusCell,
    VersusDifference, VersusExample, VersusResult, VersusSide, outcome_in_words,
};
use crate::signature::Op;
use crate::suite::Suite;

/// What is known of two implementations beside what came of them.
#[derive(Clone, Debug)]
pub struct VersusCircumstances {
    /// The start time, as RFC 3339 in UTC.
    pub started: String,
    /// The seed.
    pub seed: u64,
    /// How many restarts of each are allowed for which no request is to blame.
    pub allow_restarts: u64,
    /// How each was reached.
    pub adapters: [String; 2],
    /// Whether it is our own reference implementation, because nobody named another.
    pub judged_itself: [bool; 2],
}

/// The document of what came of two implementations over these suites.
pub fn versus_document(
    suites: &[Suite],
    output: &Versus,
    circumstances: VersusCircumstances,
) -> VersusResult {
    let [one, other] = circumstances.adapters;
    let side = |at: usize, adapter| VersusSide {
        implementation: output.names[at].clone(),
        adapter,
        judged_itself: circumstances.judged_itself[at],
        restarts: Restarts {
            allowed: circumstances.allow_restarts,
            ..output.shutdowns[at].unanswered.clone()
        },
        hello_changes: output.shutdowns[at].hello_changes.clone(),
    };
    let differences: Vec<VersusDifference> = output.differences.iter().map(difference).collect();
    let matrix: Vec<VersusCell> = output.matrix.iter().map(cell).collect();
    let mut result = VersusResult {
        macproof_versus: VERSUS_SCHEMA_VERSION,
        macproof_version: env!("CARGO_PKG_VERSION").to_owned(),
        started: circumstances.started,
        duration_ms: millis(output.elapsed),
        ended: ended(&output.ending),
        seed: circumstances.seed,
        sides: [side(0, one), side(1, other)],
        suites: fuzzed_suites(suites, &output.taken),
        cases: output.cases,
        unanswered: output.unanswered,
        kinds: output.kinds,
        progress: output.progress.clone(),
        differences,
        matrix,
        notes: output.notes.clone(),
        exit_code: 0,
    };
    result.exit_code = result.exit_code_by_itself();
    result
}

fn difference(found: &Difference) -> VersusDifference {
    let op = found.request.op;
    VersusDifference {
        suite: found.suite.clone(),
        request: found.request.as_sent(),
        answers: found.outcomes.each_ref().map(|one| answer(op, one)),
        length: found.length[0] as u64,
        length_before: found.length[1] as u64,
        cases: found.cases,
    }
}

fn cell(crossing: &Crossing) -> VersusCell {
    VersusCell {
        suite: crossing.suite.clone(),
        signer: crossing.signer as u64,
        verifier: crossing.verifier as u64,
        tokens: crossing.tokens,
        accepted: crossing.accepted,
        example: crossing
            .example
            .as_ref()
            .map(|(asked, observed)| VersusExample {
                request: asked.as_sent(),
                answer: answer(asked.op, observed),
            }),
    }
}

fn answer(op: Op, observed: &Observed) -> VersusAnswer {
    let actual = match observed {
        Observed::Outcome(outcome) => outcome_in_words(outcome),
        Observed::Failed(failure) => failure.to_string(),
        Observed::Unsupported { reason, .. } => format!("unsupported: {reason}"),
        Observed::Skipped(reason) | Observed::NotApplicable(reason) => reason.clone(),
        Observed::Unstable(..) => "the answer varies".to_owned(),
    };
    VersusAnswer {
        // What could not be carried to it was not answered either.
        outcome: ObservedKind::of(op, observed).unwrap_or(ObservedKind::Unsupported),
        actual,
    }
}
