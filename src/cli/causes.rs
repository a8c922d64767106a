//! Causes for the failed cases of a run.

use std::collections::HashMap;

use crate::explain::{Answer, Question, explain};
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::{Causes, Observation, Observed, RunResult, Verdict};
use crate::scheme::{Call, Implementation as _};
use crate::signature::{Op, Outcome};

/// Adds to each failed sign case the mistakes that produce its token.
///
/// One implementation makes the same mistakes throughout: what explained an earlier case is tried
/// first, so that hundreds of failures cost one search, and have one cause.
pub(crate) fn add_causes(result: &mut RunResult, observations: &[Observation<'_>]) {
    let by_id: HashMap<String, &Observation<'_>> = observations
        .iter()
        .map(|observation| {
            (
                observation.suite.case_id(observation.vector).to_string(),
                observation,
            )
        })
        .collect();
    let mut known: Vec<Causes> = Vec::new();
    for case in &mut result.cases {
        if !matches!(
            case.verdict,
            Verdict::Fail | Verdict::Warning | Verdict::KnownFailure
        ) {
            continue;
        }
        let Some(Observation {
            suite,
            vector,
            observed,
            ..
        }) = by_id.get(&case.id)
        else {
            continue;
        };
        let Observed::Outcome(Outcome::Token(token)) = observed else {
            continue;
        };
        let request = &vector.request;
        let call = Call {
            op: Op::Sign,
            scheme: &suite.scheme,
            secrets: &request.secrets,
            fields: &request.fields,
            token: None,
            now: request.now,
        };
        let same: Vec<Causes> = known
            .iter()
            .filter(|causes| reproduces(causes, &call, token))
            .cloned()
            .collect();
        if !same.is_empty() {
            case.causes = same;
            continue;
        }
        let explanation = explain(&Question {
            scheme: &suite.scheme,
            secrets: &request.secrets,
            fields: &request.fields,
            token,
            now: Some(request.now),
        });
        if explanation.answer == Answer::Explained {
            case.causes = explanation.causes();
            known.extend(case.causes.iter().cloned());
        }
    }
}

/// Whether an implementation with these mistakes gives that token.
fn reproduces(causes: &Causes, call: &Call<'_>, token: &str) -> bool {
    let ids = causes
        .mistakes
        .iter()
        .map(|mention| MistakeId::named(&mention.id));
    let Ok(ids) = ids.collect::<Result<Vec<_>, _>>() else {
        return false;
    };
    Mistaken::new(&ids)
        .is_ok_and(|mut mistaken| mistaken.call(call) == Outcome::Token(token.to_owned()))
}
