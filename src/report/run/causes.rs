//! The likely causes of a run's failures in words, the same in every report.

use crate::report::digits::{count, grouped};
use crate::report::run::finding::Finding;
use crate::report::visible::visible;
use crate::results::{
    Account, Causes, InquiryResult, LikelyCause, MistakeMention, RunResult, Verdict,
};
use crate::signature::Op;

/// A likely cause in words.
pub(super) struct CauseInWords {
    /// How many cases the cause explains: `164 of 172 failed sign cases`.
    pub(super) explains: String,
    /// What is wrong.
    pub(super) title: String,
    /// What the verifier's answers showed, if it was queried.
    pub(super) evidence: Option<String>,
    /// The remedies, without repetitions.
    pub(super) remedies: Vec<String>,
}

/// The causes, starting with the one that explains the most cases.
pub(super) fn causes(run: &RunResult) -> Vec<CauseInWords> {
    let Some(diagnosis) = &run.diagnosis else {
        return Vec::new();
    };
    let signing = signing(run);
    let in_words = |cause: &LikelyCause| {
        let mut explains = Vec::new();
        if let Some(sign) = diagnosis.sign.as_ref().filter(|_| cause.sign > 0) {
            explains.push(of(cause.sign, sign, &failed_cases(sign, signing)));
        }
        if let Some(verify) = diagnosis.verify.as_ref().filter(|_| cause.verify > 0) {
            explains.push(of(cause.verify, verify, &misjudged_verify_cases(verify)));
        }
        let titles: Vec<String> = cause.alternatives.iter().map(titles).collect();
        let title = match &titles[..] {
            [only] => only.clone(),
            several => format!(
                "one of these, which the results do not distinguish: {}",
                several.join("; or ")
            ),
        };
        let mut remedies: Vec<String> = Vec::new();
        for mistake in cause.alternatives.iter().flat_map(|one| &one.mistakes) {
            let remedy = visible(&mistake.remedy);
            if !remedies.contains(&remedy) {
                remedies.push(remedy);
            }
        }
        CauseInWords {
            explains: explains.join(" and "),
            title,
            evidence: evidence(cause),
            remedies,
        }
    };
    diagnosis.causes.iter().map(in_words).collect()
}

/// Remarks on the diagnosis: the cases that no cause explains, and the queries sent to the
/// verifier.
pub(super) fn remarks(run: &RunResult) -> Vec<String> {
    let mut remarks = Vec::new();
    let Some(diagnosis) = &run.diagnosis else {
        return remarks;
    };
    if let Some(sign) = &diagnosis.sign {
        remarks.extend(unexplained(sign, &failed_cases(sign, signing(run))));
    }
    let result = diagnosis.inquiry.as_ref().map(|inquiry| inquiry.result);
    if let Some(verify) = &diagnosis.verify
        && result.is_none_or(|result| result == InquiryResult::Consistent)
    {
        remarks.extend(unexplained(verify, &misjudged_verify_cases(verify)));
    }
    let Some(inquiry) = &diagnosis.inquiry else {
        return remarks;
    };
    match inquiry.result {
        InquiryResult::Consistent => {}
        InquiryResult::Changed => {
            remarks.push(
                "verifier: its answers changed while it was queried, so no cause is named"
                    .to_owned(),
            );
        }
        InquiryResult::AcceptsWrongTokens => remarks.push(
            "verifier: it accepts wrong tokens made with a random key, so no cause is named"
                .to_owned(),
        ),
        InquiryResult::Interrupted => {
            remarks.push("verifier: the queries were interrupted, so no cause is named".to_owned());
        }
    }
    let requests = count(
        inquiry.requests.len() as u64,
        "more request",
        "more requests",
    );
    let whose = if inquiry.own_tokens_only {
        "; its secret is unknown, so they present only changes of its own tokens"
    } else {
        ""
    };
    remarks.push(format!(
        "sent the verifier {requests} to find the cause; they do not affect any verdict{whose}"
    ));
    remarks
}

fn unexplained(account: &Account, all: &str) -> Option<String> {
    if account.unexplained == 0 || account.tried == 0 {
        return None;
    }
    let how = if account.in_pairs {
        ", alone or in pairs,"
    } else {
        ""
    };
    let tried = match account.tried {
        1 => "the one known mistake tried does not explain".to_owned(),
        tried => format!(
            "none of the {} known mistakes tried{how} explains",
            grouped(tried)
        ),
    };
    let sentence = match (account.unexplained, account.failed) {
        (_, 1) => format!("{tried} {all}"),
        (unexplained, failed) if unexplained == failed => format!("{tried} these {all}"),
        (unexplained, _) => format!("{tried} the other {} of {all}", grouped(unexplained)),
    };
    Some(match account.searched {
        None => sentence,
        Some(searched) => format!("{sentence}; {} of them were searched", grouped(searched)),
    })
}

/// `164 of 172 failed sign cases`; where there is one, `the only failed sign case`.
fn of(cases: u64, account: &Account, all: &str) -> String {
    match account.failed {
        1 => all.to_owned(),
        _ => format!("{} of {all}", grouped(cases)),
    }
}

/// The operations that make tokens of which cases failed.
fn signing(run: &RunResult) -> &'static str {
    let has_failed = |op: Op| {
        let mut cases = run.cases.iter().filter(|case| case.request.op == op);
        cases.any(|case| Finding::of(case).is_some() || case.verdict == Verdict::KnownFailure)
    };
    match (has_failed(Op::Sign), has_failed(Op::Send)) {
        (true, true) => "sign and send",
        (false, true) => "send",
        _ => "sign",
    }
}

fn failed_cases(account: &Account, signing: &str) -> String {
    match account.failed {
        1 => format!("the only failed {signing} case"),
        failed => count(
            failed,
            &format!("failed {signing} case"),
            &format!("failed {signing} cases"),
        ),
    }
}

fn misjudged_verify_cases(account: &Account) -> String {
    match account.failed {
        1 => "the only misjudged verify case".to_owned(),
        failed => count(failed, "misjudged verify case", "misjudged verify cases"),
    }
}

/// `TITLE`, or `TITLE, and TITLE`.
fn titles(causes: &Causes) -> String {
    let title = |mistake: &MistakeMention| visible(&mistake.clause());
    let titles: Vec<String> = causes.mistakes.iter().map(title).collect();
    titles.join(", and ")
}

/// The tokens that the verifier accepted.
fn evidence(cause: &LikelyCause) -> Option<String> {
    if cause.accepted_tokens == 0 {
        return None;
    }
    let [only] = &cause.alternatives[..] else {
        return Some("it accepts the token made with each of them".to_owned());
    };
    let with: Vec<String> = only
        .mistakes
        .iter()
        .map(|mistake| participle(&visible(&mistake.clause())))
        .collect();
    Some(format!(
        "it accepts the token made with {}",
        with.join(", and ")
    ))
}

/// Turns a clause into what follows `with`: "the secret is decoded from hex" becomes "the secret
/// decoded from hex".
fn participle(clause: &str) -> String {
    let words: Vec<&str> = clause.split(' ').collect();
    let is_of_a_relative_clause =
        |at: usize| at > 0 && ["that", "which", "who"].contains(&words[at - 1]);
    for (at, word) in words.iter().enumerate().skip(1) {
        let participle = match *word {
            "is" | "are" => "",
            "stands" | "stand" => "standing",
            "ends" | "end" => "ending",
            "begins" | "begin" => "beginning",
            "has" | "have" => "having",
            "carries" | "carry" => "carrying",
            _ => continue,
        };
        if is_of_a_relative_clause(at) {
            continue;
        }
        let before = words[..at].join(" ");
        let behind = words[at + 1..].join(" ");
        let parts = [before.as_str(), participle, behind.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        return parts.join(" ");
    }
    format!("this mistake: {clause}")
}

#[cfg(test)]
mod tests {
    use super::{failed_cases, of, participle, unexplained};
    use crate::results::Account;

    #[test]
    fn a_single_case_is_in_the_singular() {
        let account = |failed, unexplained| Account {
            failed,
            unexplained,
            tried: 113,
            ..Account::default()
        };
        let said =
            |account: &Account| unexplained(account, &failed_cases(account, "sign")).unwrap();
        let said_of_both = |account: &Account| {
            unexplained(account, &failed_cases(account, "sign and send")).unwrap()
        };
        let none = "none of the 113 known mistakes tried explains";
        assert_eq!(
            said(&account(1, 1)),
            format!("{none} the only failed sign case")
        );
        assert_eq!(
            said(&account(3, 3)),
            format!("{none} these 3 failed sign cases")
        );
        assert_eq!(
            said(&account(3, 1)),
            format!("{none} the other 1 of 3 failed sign cases")
        );
        assert_eq!(
            said_of_both(&account(3, 3)),
            format!("{none} these 3 failed sign and send cases")
        );
        for (failed, told) in [
            (1, "the only failed sign case"),
            (3, "1 of 3 failed sign cases"),
        ] {
            let account = account(failed, 0);
            assert_eq!(of(1, &account, &failed_cases(&account, "sign")), told);
        }
    }

    #[test]
    fn clauses_become_participles() {
        for (clause, with) in [
            (
                "the secret is decoded from hex",
                "the secret decoded from hex",
            ),
            ("key and message are swapped", "key and message swapped"),
            (
                "a line feed stands behind the signature",
                "a line feed standing behind the signature",
            ),
            (
                "the secret ends with a line feed",
                "the secret ending with a line feed",
            ),
            (
                "a value that is not a string is converted to one and signed",
                "a value that is not a string converted to one and signed",
            ),
            (
                "a field that is not signed stands in the message",
                "a field that is not signed standing in the message",
            ),
            ("it does so", "this mistake: it does so"),
        ] {
            assert_eq!(participle(clause), with);
        }
    }
}
