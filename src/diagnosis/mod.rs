//! Why cases of a run failed: the mistakes that produce each token that differs, and what makes a
//! verifier misjudge. For the latter the verifier is asked once more, with the tokens of mistakes;
//! `explain` plans these requests and judges the answers.

mod search;
mod signing;
mod verifying;

use std::collections::HashMap;

pub use search::Search;

use crate::explain::signing_mistakes;
use crate::mistakes::MistakeId;
use crate::results::{
    Circumstances, Diagnosis, Interruption, KnownFailures, Observation, RunResult, conclude,
};
use crate::runner::WhoseSecret;
use crate::suite::Suite;
use search::ids;

impl Search<'_> {
    /// Concludes a run as [`conclude`] does, with the causes of its failures. `interruption` tells
    /// the signal that has come, if any: where it came only after the cases, while causes were
    /// searched for, the run is interrupted all the same.
    pub fn conclude(
        &self,
        circumstances: Circumstances,
        observations: &[Observation<'_>],
        known: &KnownFailures,
        today: &str,
        interruption: &dyn Fn() -> Option<Interruption>,
    ) -> RunResult {
        let concluded =
            |circumstances| conclude(circumstances, observations.to_vec(), known, today);
        let mut result = concluded(circumstances.clone());
        self.add_causes(&mut result, observations);
        let Some(late) = interruption().filter(|_| !result.interrupted) else {
            return result;
        };
        let mut interrupted = concluded(Circumstances {
            interruption: Some(late),
            ..circumstances
        });
        interrupted.diagnosis = result.diagnosis;
        for (case, searched) in std::iter::zip(&mut interrupted.cases, result.cases) {
            case.causes = searched.causes;
        }
        interrupted
    }

    /// Adds to the result what its failures come from; after an interruption, nothing.
    fn add_causes(&self, result: &mut RunResult, observations: &[Observation<'_>]) {
        let by_id: HashMap<String, &Observation<'_>> = observations
            .iter()
            .map(|one| (one.suite.case_id(one.vector).to_string(), one))
            .collect();
        let mut unsearched = 0;
        if *self.secret != WhoseSecret::Unknown {
            match self.add_token_causes(result, &by_id) {
                Some(count) => unsearched = count,
                // Half a search says nothing of what it did not reach.
                None => {
                    result.cases.iter_mut().for_each(|case| case.causes.clear());
                    return;
                }
            }
        }
        let schemes = suites(observations).map(|suite| &suite.scheme);
        let tried = match self.secret {
            WhoseSecret::Unknown => 0,
            WhoseSecret::Request | WhoseSecret::Own(_) => signing_mistakes(schemes),
        };
        let mut diagnosis = Diagnosis::of_signing(&result.cases, tried);
        if let Some(sign) = diagnosis.sign.as_mut().filter(|_| unsearched > 0) {
            sign.searched = Some(sign.failed - unsearched);
        }
        let signed: Vec<Vec<MistakeId>> = diagnosis
            .causes
            .iter()
            .flat_map(|cause| &cause.alternatives)
            .filter_map(ids)
            .collect();
        diagnosis.add_verifying(self.of_verifying(result, &by_id, &signed));
        diagnosis.settle(&mut result.cases);
        let causes = result.cases.iter_mut().flat_map(|case| &mut case.causes);
        for mention in causes.flat_map(|causes| &mut causes.mistakes) {
            mention.title = self.redaction.text(&mention.title);
            mention.detail = self.redaction.text(&mention.detail);
        }
        self.redaction.diagnosis(&mut diagnosis);
        result.diagnosis = (diagnosis != Diagnosis::default()).then_some(diagnosis);
    }
}

/// The suites of these observations, each once.
fn suites<'s>(observations: &[Observation<'s>]) -> impl Iterator<Item = &'s Suite> {
    let mut last: Option<&'s Suite> = None;
    let suites: Vec<&'s Suite> = observations
        .iter()
        .map(|one| one.suite)
        .filter(|suite| {
            let is_new = last.is_none_or(|last| !std::ptr::eq(last, *suite));
            last = Some(suite);
            is_new
        })
        .collect();
    suites.into_iter()
}
