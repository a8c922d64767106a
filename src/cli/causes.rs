//! Causes for the failed cases of a run: of each token that differs, and of all that a verifier
//! misjudges.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::explain::{Answer, Question, Seen, explain, explain_verifier};
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::{
    Case, Causes, MistakeMention, Observation, Observed, REDACTED, RunResult, Verdict,
    outcome_of_words,
};
use crate::scheme::{Call, Implementation as _};
use crate::signature::{Context, Op, Outcome};
use crate::suite::Suite;

/// Adds to the result which mistakes its failures come from.
pub(crate) fn add_causes(result: &mut RunResult, observations: &[Observation<'_>]) {
    let by_id: HashMap<String, &Observation<'_>> = observations
        .iter()
        .map(|one| (one.suite.case_id(one.vector).to_string(), one))
        .collect();
    add_token_causes(result, &by_id);
    add_verifier_causes(result, &by_id);
}

/// Tells the causes of a result anew, as far as its suites are at hand and nothing is redacted: what
/// was joined from parts has causes that the parts could not tell.
pub(crate) fn tell_causes_anew(result: &mut RunResult, suites: &[Suite]) {
    let text = |case: &Case| case.request.0.to_string().contains(REDACTED);
    let at_hand = result.suites.iter().all(|summary| {
        let is_it =
            |suite: &Suite| suite.name.as_str() == summary.name && suite.digest == summary.digest;
        suites.iter().any(is_it)
    });
    if !at_hand || result.cases.iter().any(text) {
        return;
    }
    let mut observations = Vec::new();
    for case in &result.cases {
        let vector = suites.iter().find_map(|suite| {
            let vector = suite
                .vectors
                .iter()
                .find(|v| suite.case_id(v).as_str() == case.id)?;
            Some((suite, vector))
        });
        let Some((suite, vector)) = vector else {
            return;
        };
        observations.push(Observation {
            suite,
            vector,
            request: case.request.0.clone(),
            expect: Cow::Borrowed(&vector.expect),
            right: None,
            observed: outcome_of_words(case)
                .map_or_else(|| Observed::Skipped(String::new()), Observed::Outcome),
        });
    }
    for case in &mut result.cases {
        case.causes.clear();
    }
    result.verifier_causes.clear();
    add_causes(result, &observations);
}

/// Adds to each failed sign case the mistakes that produce its token.
///
/// One implementation makes the same mistakes throughout: what explained an earlier case is tried
/// first, so that hundreds of failures cost one search, and have one cause.
fn add_token_causes(result: &mut RunResult, by_id: &HashMap<String, &Observation<'_>>) {
    let mut known: Vec<Causes> = Vec::new();
    let language = result.implementation.language.clone();
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
            case.causes = explanation.causes(language.as_deref());
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
    let language = result.implementation.language.clone();
    let schemes = || {
        seen.iter()
            .filter(|seen| seen.failed)
            .map(|seen| seen.call.scheme)
    };
    result.verifier_causes = explain_verifier(&seen)
        .iter()
        .map(|cause| {
            let mistake = cause.mistake.mistake();
            let words = mistake.words_of_all(schemes().filter(|s| mistake.applies(s).is_ok()));
            MistakeMention {
                id: mistake.id.to_string(),
                remedy: mistake.with_hint(&words.remedy, language.as_deref()),
                title: words.title,
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
