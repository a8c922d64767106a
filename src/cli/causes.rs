//! Causes for the failed cases of a run: of each token that differs, and of all that a verifier
//! misjudges.

use std::collections::HashMap;

use crate::explain::{Answer, Question, Seen, explain, explain_verifier};
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::{Causes, MistakeMention, Observation, Observed, RunResult, Verdict};
use crate::scheme::{Call, Implementation as _};
use crate::signature::{Context, Op, Outcome};

/// Adds to the result which mistakes its failures come from.
pub(crate) fn add_causes(result: &mut RunResult, observations: &[Observation<'_>]) {
    let by_id: HashMap<String, &Observation<'_>> = observations
        .iter()
        .map(|one| (one.suite.case_id(one.vector).to_string(), one))
        .collect();
    add_token_causes(result, &by_id);
    add_verifier_causes(result, &by_id);
}

/// Adds to each failed sign case the mistakes that produce its token.
///
/// One implementation makes the same mistakes throughout: what explained an earlier case is tried
/// first, so that hundreds of failures cost one search, and have one cause.
fn add_token_causes(result: &mut RunResult, by_id: &HashMap<String, &Observation<'_>>) {
    let mut known: Vec<Causes> = Vec::new();
    for case in &mut result.cases {
        if !is_failure(case.verdict) {
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
            context: Context::none(),
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

/// Adds the mistakes that would make a verifier behave as this one did on all cases.
fn add_verifier_causes(result: &mut RunResult, by_id: &HashMap<String, &Observation<'_>>) {
    let seen: Vec<Seen<'_>> = result
        .cases
        .iter()
        .filter_map(|case| {
            let observation = by_id.get(&case.id)?;
            let request = &observation.vector.request;
            let Observed::Outcome(outcome) = &observation.observed else {
                return None;
            };
            let call = request.call(&observation.suite.scheme);
            let failed = is_failure(case.verdict);
            (request.op == Op::Verify).then_some(Seen {
                call,
                outcome,
                failed,
            })
        })
        .collect();
    if !seen.iter().any(|seen| seen.failed) {
        return;
    }
    result.verifier_causes = explain_verifier(&seen)
        .iter()
        .map(|cause| {
            let mistake = cause.mistake.mistake();
            MistakeMention {
                id: mistake.id.to_string(),
                title: mistake.title.to_owned(),
                remedy: mistake.remedy.to_owned(),
                explained: Some(cause.explained as u64),
            }
        })
        .collect();
}

fn is_failure(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Fail | Verdict::Warning | Verdict::KnownFailure
    )
}
