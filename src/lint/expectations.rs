//! Every expected value, computed again.

use crate::lint::source::SourceMap;
use crate::lint::{Finding, Severity, Subject};
use crate::scheme::{Call, Implementation, Reference};
use crate::signature::{Op, Outcome, OutcomeKind};
use crate::suite::{Basis, Expect, Suite, Vector};

pub(super) fn lint_expectations(suite: &Suite, source: &SourceMap<'_>) -> Vec<Finding> {
    let mut oracle = Reference::new();
    let mut findings = Vec::new();
    for (index, vector) in suite.vectors.iter().enumerate() {
        let request = &vector.request;
        let actual = oracle.call(&Call {
            op: request.op,
            scheme: &suite.scheme,
            secrets: &request.secrets,
            fields: &request.fields,
            token: request.token.as_ref(),
            now: request.now,
        });
        if let Some((severity, part, message)) = contradiction(vector, &actual) {
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

/// What the oracle says against an expectation, if anything.
fn contradiction(vector: &Vector, actual: &Outcome) -> Option<(Severity, &'static str, String)> {
    match (&vector.expect, actual) {
        (Expect::Observe(_), _) => None,
        (Expect::Token { token, .. }, Outcome::Token(right)) if token == right => None,
        (Expect::Token { .. }, Outcome::Token(right)) => {
            let message =
                format!("the oracle's token is {right:?}; put it here, or mend the input");
            Some((Severity::Error, "token", message))
        }
        (Expect::Token { .. }, other) => {
            let message = format!(
                "no token can be expected: the oracle declines, because {}; write {{outcome: refused}}, or mend the input",
                reason(other)
            );
            Some((Severity::Error, "token", message))
        }
        (Expect::Outcomes(kinds), actual) if kinds.contains(&actual.kind()) => None,
        (Expect::Outcomes(kinds), actual) => {
            let does = describe(vector.request.op, actual);
            // To decline what the scheme could do is a policy of its own. Whoever demands it says
            // on what it rests; the vendor's document it is not.
            let may_be_meant =
                kinds.contains(&OutcomeKind::Refused) && vector.basis != Basis::Document;
            Some(if may_be_meant {
                let message = format!(
                    "{does}; leave this only if the requirement asks for more than the scheme"
                );
                (Severity::Warning, "outcome", message)
            } else {
                (
                    Severity::Error,
                    "outcome",
                    format!("{does}; mend the input or the outcome"),
                )
            })
        }
    }
}

fn describe(op: Op, actual: &Outcome) -> String {
    match (op, actual) {
        (_, Outcome::Token(token)) => format!("the oracle signs this, and its token is {token:?}"),
        (_, Outcome::Accept) => "the oracle accepts this token".to_owned(),
        (_, Outcome::Reject(_)) => "the oracle rejects this token".to_owned(),
        (_, other) => format!("the oracle declines, because {}", reason(other)),
    }
}

fn reason(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Refused(reason) | Outcome::Threw(reason) => reason,
        _ => "it is no such operation",
    }
}
