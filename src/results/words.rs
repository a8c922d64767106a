//! What is expected and what happened, in the words of the reports.

use crate::results::{Case, Observed, ObservedKind};
use crate::signature::{Denial, Op, Outcome, OutcomeKind};
use crate::suite::Expect;

/// `token 6a40…`, `token 6a40…, or refused`, `token 6a40…, refused or threw`, `reject, refused or
/// threw`; for a `may` vector the words under which it is observed.
pub fn expected(expect: &Expect) -> String {
    match expect {
        Expect::Token { token, or } => format!("token {token}{}", or_declined(or)),
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

/// What follows an expected token where declining is as good.
pub(super) const OR_DECLINED: [&str; 3] = [", refused or threw", ", or refused", ", or threw"];

fn or_declined(or: &[OutcomeKind]) -> &'static str {
    let [both, refused, threw] = OR_DECLINED;
    match (
        or.contains(&OutcomeKind::Refused),
        or.contains(&OutcomeKind::Threw),
    ) {
        (true, true) => both,
        (true, false) => refused,
        (false, true) => threw,
        (false, false) => "",
    }
}

/// What an implementation did, with its reasons.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Token(token) => format!("token {token}"),
        Outcome::Accept => "accept".to_owned(),
        Outcome::Reject(Denial { code, status }) => denied(
            code.as_ref().map(|code| format!("the code {code}")),
            *status,
        ),
        Outcome::Anonymous => "anonymous".to_owned(),
        Outcome::Refused(why) => format!("refused: {why}"),
        Outcome::Threw(what) => format!("threw: {what}"),
    }
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

/// What an implementation did, read from a document's words; `None` where it did nothing, or not
/// one thing.
pub fn read_outcome(case: &Case) -> Option<Outcome> {
    let words = case.actual.as_deref()?;
    let after = |start: &str| words.strip_prefix(start).unwrap_or_default().to_owned();
    Some(match case.outcome? {
        ObservedKind::Token => Outcome::Token(case.actual_token.clone()?),
        ObservedKind::Accept => Outcome::Accept,
        ObservedKind::Reject => Outcome::Reject(read_denial(words)),
        ObservedKind::Anonymous => Outcome::Anonymous,
        ObservedKind::Refused => Outcome::Refused(after("refused: ")),
        ObservedKind::Threw => Outcome::Threw(after("threw: ")),
        _ => return None,
    })
}

/// What [`denied`] wrote.
fn read_denial(words: &str) -> Denial {
    let with = words.strip_prefix("reject with ").unwrap_or_default();
    let (code, status) = match with.rsplit_once("the status ") {
        Some((code, status)) if status.parse::<u16>().is_ok() => (
            code.strip_suffix(" and ").unwrap_or(code),
            status.parse().ok(),
        ),
        _ => (with, None),
    };
    Denial {
        code: code.strip_prefix("the code ").map(str::to_owned),
        status,
    }
}

/// What happened, where anything did; of several rounds, what the first did.
pub(super) fn actual(observed: &Observed) -> Option<String> {
    match observed {
        Observed::Outcome(first) | Observed::Unstable(first, _) => Some(outcome(first)),
        Observed::Unsupported { reason, .. } => Some(format!("unsupported: {reason}")),
        Observed::Failed(_) | Observed::Skipped(_) | Observed::NotApplicable(_) => None,
    }
}

/// Why a case has no verdict of its own, or a verdict that its outcome alone does not explain.
pub(super) fn reason(op: Op, observed: &Observed) -> Option<String> {
    match observed {
        Observed::Outcome(outcome) if !op.is_answered_by(outcome.kind()) => Some(format!(
            "{} is no answer to {op}; correct the adapter",
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
        Observed::Unsupported { declared: true, .. } => {
            Some("its hello declares the suite and the operation, its answer says that it is unsupported".to_owned())
        }
        Observed::Failed(failure) => Some(failure.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{outcome, read_outcome};
    use crate::results::Observed;
    use crate::results::fixture::{run, small_suite};
    use crate::signature::{Denial, Outcome};

    fn rejected(code: Option<&str>, status: Option<u16>) -> Outcome {
        let code = code.map(str::to_owned);
        Outcome::Reject(Denial { code, status })
    }

    #[test]
    fn words_are_read_back() {
        let suite = small_suite();
        for (vector, done) in [
            ("signs", Outcome::Token("ab".into())),
            ("signs", Outcome::Refused("no: really".into())),
            ("forged", Outcome::Accept),
            ("forged", Outcome::REJECT),
            ("forged", rejected(Some("E1"), None)),
            ("forged", rejected(None, Some(403))),
            ("forged", rejected(Some("the status E"), Some(401))),
            ("forged", Outcome::Threw("x".into())),
        ] {
            let result = run(
                vec![suite.observe(vector, Observed::Outcome(done.clone()))],
                "",
            );
            assert_eq!(
                read_outcome(&result.cases[0]),
                Some(done.clone()),
                "{}",
                outcome(&done)
            );
        }
        let none = Observed::NotApplicable("x".into());
        let result = run(vec![suite.observe("signs", none)], "");
        assert_eq!(read_outcome(&result.cases[0]), None);
    }
}
