//! Checks what handwritten vectors demand for values that do not match their field's pattern.

use crate::lint::source::SourceMap;
use crate::lint::{Finding, Severity, Subject};
use crate::results::Expectation;
use crate::scheme::{Pattern, Scheme};
use crate::signature::{Op, Outcome, Value};
use crate::suite::{Level, Suite, Vector};

/// Longest value shown, in characters.
const SHOWN: usize = 60;

/// For values outside a pattern an implementation may decline: refuse to sign, or reject a valid
/// token. A `must` vector that fails such an implementation demands more than the scheme.
pub(super) fn lint_forms(suite: &Suite, source: &SourceMap<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, vector) in suite.vectors.iter().enumerate() {
        if vector.level > Level::Must || may_decline(&suite.scheme, vector) {
            continue;
        }
        let (op, secrets) = (vector.request.op, &vector.request.secrets);
        let mut say = |place: String, what: String, pattern: &Pattern| {
            findings.push(Finding {
                severity: Severity::Warning,
                position: source.place(&place),
                subject: Subject::Vector(vector.id.to_string()),
                message: message(op, &what, pattern),
            });
        };
        for field in suite.scheme.fields.iter() {
            let value = vector.request.fields.value(&field.name);
            let bytes = value.and_then(Value::to_bytes);
            if let (Some(pattern), Some(bytes)) = (&field.pattern, bytes)
                && !pattern.matches(&bytes)
            {
                let what = format!("{} {}", field.name, shown(&bytes));
                say(
                    format!("vectors/{index}/fields/{}", field.name),
                    what,
                    pattern,
                );
            }
        }
        let rule = &suite.scheme.secret;
        if let Some(pattern) = &rule.pattern
            && secrets
                .iter()
                .any(|(_, secret)| !rule.is_of_its_form(secret))
        {
            say(
                format!("vectors/{index}/secret"),
                "the secret".to_owned(),
                pattern,
            );
        }
    }
    findings
}

/// Whether an implementation that declines passes the vector.
fn may_decline(scheme: &Scheme, vector: &Vector) -> bool {
    let op = vector.request.op;
    let declined = match op {
        Op::Sign | Op::Send => vec![
            Outcome::Refused(String::new()),
            Outcome::Threw(String::new()),
        ],
        Op::Verify => vec![
            Outcome::REJECT,
            Outcome::Refused(String::new()),
            Outcome::Threw(String::new()),
        ],
        // For identify calls, the policy decides.
        Op::Identify => Vec::new(),
    };
    let expectation = Expectation::of(scheme, vector);
    declined
        .iter()
        .all(|outcome| expectation.is_met_by(outcome))
}

fn message(op: Op, what: &str, pattern: &Pattern) -> String {
    let (may, or) = match op {
        Op::Sign | Op::Send => (
            "an implementation may refuse to sign",
            "write or: [refused, threw]",
        ),
        Op::Verify | Op::Identify => ("a token may be rejected", "observe it (level may)"),
    };
    format!(
        "{what} does not match the pattern {}, and outside of it {may}; use a matching value, {or}, or widen the pattern",
        pattern.as_str()
    )
}

/// A value in quotes, truncated if it is long.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut beginning: String = text.chars().take(SHOWN).collect();
    if beginning.len() < text.len() {
        beginning.push('…');
    }
    format!("{beginning:?}")
}
