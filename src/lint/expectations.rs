//! Recomputes every expected value.

use crate::lint::source::SourceMap;
use crate::lint::{Finding, Severity, Subject};
use crate::results::{Expectation, outcome_in_words};
use crate::scheme::{Decision, Identification, Implementation as _, Reference, Scheme};
use crate::signature::{Denial, Op, Outcome, OutcomeKind, Request};
use crate::suite::{Basis, Expect, Suite, Vector};

pub(super) fn lint_expectations(suite: &Suite, source: &SourceMap<'_>) -> Vec<Finding> {
    let mut oracle = Reference::new();
    let mut findings = Vec::new();
    for (index, vector) in suite.vectors.iter().enumerate() {
        // A rule may allow several codes; the vector has to accept each of them.
        let found = sound_outcomes(suite, vector, &mut oracle)
            .iter()
            .find_map(|actual| contradiction(&suite.scheme, vector, actual));
        if let Some((severity, part, message)) = found {
            findings.push(Finding {
                severity,
                position: source.place(&format!("vectors/{index}/expect/{part}")),
                subject: Subject::Vector(vector.id.to_string()),
                message,
            });
        }
    }
    findings
}

/// The oracle's outcome, and every other outcome that is correct as well.
fn sound_outcomes(suite: &Suite, vector: &Vector, oracle: &mut Reference) -> Vec<Outcome> {
    let Request {
        suite: _,
        op,
        secrets,
        fields,
        token,
        context,
        now,
    } = &vector.request;
    if op.has_context()
        && let Some(Identification::Decided { rule, .. }) =
            (suite.scheme).identify(secrets, fields, token.as_ref(), context, *now)
        && let Decision::Reject { codes, status } = &rule.decision
        && codes.len() > 1
    {
        let denial = |code: &String| Denial {
            code: Some(code.clone()),
            status: *status,
        };
        return codes.iter().map(denial).map(Outcome::Reject).collect();
    }
    vec![oracle.call(&vector.request.call(&suite.scheme))]
}

/// How the oracle contradicts an expectation, if it does.
fn contradiction(
    scheme: &Scheme,
    vector: &Vector,
    actual: &Outcome,
) -> Option<(Severity, &'static str, String)> {
    match (&vector.expect, actual) {
        (Expect::Observe(_), _) => None,
        (Expect::Token { token, .. }, Outcome::Token(right)) if token == right => None,
        (Expect::Token { .. }, Outcome::Token(right)) => {
            let message =
                format!("the oracle's token is {right:?}; write it here, or fix the input");
            Some((Severity::Error, "token", message))
        }
        (Expect::Token { .. }, other) => {
            let message = format!(
                "no token can be expected: the oracle refuses, because {}; write {{outcome: refused}}, or fix the input",
                reason(other)
            );
            Some((Severity::Error, "token", message))
        }
        (Expect::Rejected { .. } | Expect::Sent { .. }, actual)
            if Expectation::of(scheme, vector).is_met_by(actual) =>
        {
            None
        }
        (Expect::Rejected { .. } | Expect::Sent { .. }, actual) => Some((
            Severity::Error,
            "outcome",
            format!(
                "{}; fix the input or the expectation",
                describe(vector.request.op, actual)
            ),
        )),
        (Expect::Outcomes(kinds), actual) if kinds.contains(&actual.kind()) => None,
        (Expect::Outcomes(kinds), actual) => {
            let does = describe(vector.request.op, actual);
            // Declining what the scheme allows is a stricter policy. A requirement may demand it,
            // but not on the basis of the vendor's document.
            let may_be_meant =
                kinds.contains(&OutcomeKind::Refused) && vector.basis != Basis::Document;
            Some(if may_be_meant {
                let message = format!(
                    "{does}; keep this only if the requirement demands more than the scheme"
                );
                (Severity::Warning, "outcome", message)
            } else {
                (
                    Severity::Error,
                    "outcome",
                    format!("{does}; fix the input or the outcome"),
                )
            })
        }
    }
}

fn describe(op: Op, actual: &Outcome) -> String {
    match (op, actual) {
        (_, Outcome::Token(token)) => format!("the oracle signs this with the token {token:?}"),
        (Op::Identify, Outcome::Accept | Outcome::Anonymous | Outcome::Reject(_)) => {
            format!("the policy decides: {}", outcome_in_words(actual))
        }
        (_, Outcome::Accept) => "the oracle accepts this token".to_owned(),
        (_, Outcome::Reject(_)) => "the oracle rejects this token".to_owned(),
        (_, other) => format!("the oracle refuses, because {}", reason(other)),
    }
}

fn reason(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Refused(reason) | Outcome::Threw(reason) => reason,
        _ => "this operation has no such outcome",
    }
}
