//! Expected and actual outcomes in the words of the reports.

use crate::results::Observed;
use crate::signature::{Denial, Encoding, Op, Outcome, OutcomeKind, ReadField};
use crate::suite::Expect;

/// `token 6a40…`, `token 6a40…, or refused`, `token 6a40…, refused or threw`, `reject, refused or
/// threw`; for a `may` vector, the name of the trait it observes.
pub fn expected(expect: &Expect) -> String {
    match expect {
        Expect::Token { token, or, .. } => format!("token {token}{}", or_declined(or)),
        Expect::Sent { or, .. } => format!("sent with a right signature{}", or_declined(or)),
        Expect::Outcomes(kinds) => {
            let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
            one_of(&names)
        }
        Expect::Rejected { codes, status } => {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            let code = (!codes.is_empty()).then(|| format!("the code {}", one_of(&codes)));
            denied(code, *status)
        }
        Expect::Observe(what) => what.clone(),
    }
}

/// The suffix of an expected token where declining is acceptable, too.
fn or_declined(or: &[OutcomeKind]) -> &'static str {
    match (
        or.contains(&OutcomeKind::Refused),
        or.contains(&OutcomeKind::Threw),
    ) {
        (true, true) => ", refused or threw",
        (true, false) => ", or refused",
        (false, true) => ", or threw",
        (false, false) => "",
    }
}

/// An outcome with its reasons.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Token(token) => format!("token {token}"),
        Outcome::Accept => "accept".to_owned(),
        Outcome::Read(fields) => {
            let read: Vec<String> = fields.iter().map(misread).collect();
            format!("accept, but it reads {}", read.join(" and "))
        }
        Outcome::Reject(Denial { code, status }) => denied(
            code.as_ref().map(|code| format!("the code {code}")),
            *status,
        ),
        Outcome::Anonymous => "anonymous".to_owned(),
        Outcome::Sent(sent) => {
            // The headers hold the token, which is shown by itself.
            format!("sent the body {}", String::from_utf8_lossy(&sent.body))
        }
        Outcome::Refused(why) => format!("refused: {why}"),
        Outcome::Threw(what) => format!("threw: {what}"),
    }
}

/// `payload as "a" where the token carries "b"`.
fn misread(field: &ReadField) -> String {
    let shown = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("the bytes {}", Encoding::Hex.encode(bytes)),
    };
    let due = field.due.as_deref().map(shown).unwrap_or_default();
    let ReadField { name, read, .. } = field;
    format!("{name} as {} where the token carries {due}", shown(read))
}

/// `one`, `one or two`, `one, two or three`.
fn one_of(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// `reject with the code X and the status 403`.
fn denied(code: Option<String>, status: Option<u16>) -> String {
    let status = status.map(|status| format!("the status {status}"));
    let with: Vec<String> = code.into_iter().chain(status).collect();
    if with.is_empty() {
        "reject".to_owned()
    } else {
        format!("reject with {}", with.join(" and "))
    }
}

/// The actual outcome, if there is one; for differing rounds, that of the first.
pub(super) fn actual(observed: &Observed) -> Option<String> {
    match observed {
        Observed::Outcome(first) | Observed::Unstable(first, _) => Some(outcome(first)),
        Observed::Unsupported { reason, .. } => Some(format!("unsupported: {reason}")),
        Observed::Failed(_) | Observed::Skipped(_) | Observed::NotApplicable(_) => None,
    }
}

/// Why a case has no verdict of its own, or a verdict that the outcome alone does not explain.
pub(super) fn reason(op: Op, observed: &Observed) -> Option<String> {
    match observed {
        Observed::Outcome(outcome) if !op.is_answered_by(outcome.kind()) => Some(format!(
            "{} is not a valid answer to {op}; fix the adapter",
            outcome.kind()
        )),
        Observed::Outcome(_) => None,
        Observed::Unstable(..) => Some("rounds of the same case differ".to_owned()),
        Observed::Unsupported {
            reason,
            declared: false,
        }
        | Observed::Skipped(reason)
        | Observed::NotApplicable(reason) => Some(reason.clone()),
        Observed::Unsupported { declared: true, .. } => Some(
            "its hello declares the suite and the operation, but its answer is unsupported"
                .to_owned(),
        ),
        Observed::Failed(failure) => Some(failure.to_string()),
    }
}
