//! One case in words: request, expected and actual outcome, and likely causes.

use crate::report::request::sentence;
use crate::report::rerun_command;
use crate::report::run::sent::{edges, sent_lines, token_in_words};
use crate::report::visible::excerpt;
use crate::results::{Case, Causes, MistakeMention, ObservedKind, RunResult};

/// Longest outcome that is shown in full: fits a 64-byte token in hex followed by a time.
const COLUMNS: usize = 150;

/// Longest reason that is shown in full: fits what was wrong and the last lines of what the adapter
/// wrote.
pub(super) const REASON: usize = 4000;

/// Maximum number of explanations shown for one outcome.
const CAUSES: usize = 3;

/// The width of the longest label in [`details`].
pub(super) const LABEL: usize = 12;

/// The details of a case as aligned lines.
pub(super) fn details_text(result: &RunResult, case: &Case) -> String {
    let mut text = String::new();
    for (label, line) in details(result, case) {
        text.push_str(format!("{label:<LABEL$} {line}").trim_end());
        text.push('\n');
    }
    text
}

/// The details of a case, as pairs of a label and a line.
pub(super) fn details(result: &RunResult, case: &Case) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("request", sentence(&case.request)),
        ("expected", excerpt(&case.expected, COLUMNS)),
    ];
    let labels = std::iter::once("actual").chain(std::iter::repeat(""));
    lines.extend(labels.zip(actual_lines(case)));
    lines.extend(remarks(case).into_iter().map(|line| ("", line)));
    lines.extend(sent_lines(case));
    lines.extend(causes(case));
    if let Some(note) = &case.note {
        lines.push(("note", excerpt(note, COLUMNS)));
    }
    lines.push(("rerun", rerun_command(result, &case.id)));
    lines
}

/// How the tokens of a case differ, and what else is said of its outcome.
pub(super) fn remarks(case: &Case) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(expected), Some(actual)) = (&case.expected_token, &case.actual_token) {
        lines.extend(difference(expected, actual));
    }
    lines.extend(reason_beside(case).into_iter().flat_map(reason_lines));
    lines
}

/// The likely causes of a case with their remedies, as pairs of a label and a line.
pub(super) fn causes(case: &Case) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for (at, cause) in case.causes.iter().take(CAUSES).enumerate() {
        let label = if at == 0 { "likely cause" } else { "or" };
        lines.push((label, excerpt(&titles(cause), COLUMNS)));
        for remedy in remedies(cause) {
            lines.push(("fix", excerpt(remedy, COLUMNS)));
        }
    }
    if let Some(more) = case.causes.len().checked_sub(CAUSES).filter(|&n| n > 0) {
        lines.push((
            "or",
            format!("{more} more that this case does not distinguish"),
        ));
    }
    lines
}

/// `TITLE`, or `TITLE, and TITLE`.
pub(in crate::report) fn titles(cause: &Causes) -> String {
    let title = |mistake: &MistakeMention| mistake.clause();
    cause
        .mistakes
        .iter()
        .map(title)
        .collect::<Vec<_>>()
        .join(", and ")
}

/// The remedies, without repetitions.
pub(super) fn remedies(cause: &Causes) -> impl Iterator<Item = &str> {
    let all = cause.mistakes.iter().map(|mistake| mistake.remedy.as_str());
    all.enumerate()
        .filter(|&(at, remedy)| cause.mistakes[..at].iter().all(|m| m.remedy != remedy))
        .map(|(_, remedy)| remedy)
}

/// What the list of known failures says of a case; `None` if it is not on the list.
pub(super) fn known(case: &Case) -> Option<String> {
    let known = case.known.as_ref()?;
    Some(format!(
        "{} expects {}: {}",
        excerpt(known.place(), COLUMNS),
        known.expect,
        excerpt(&known.reason, COLUMNS)
    ))
}

/// A reason in lines: those that an adapter wrote are lines of their own.
pub(super) fn reason_lines(reason: &str) -> Vec<String> {
    reason.lines().map(|line| excerpt(line, REASON)).collect()
}

/// A reason in one line.
pub(super) fn reason_line(reason: &str) -> String {
    let lines: Vec<&str> = reason.lines().collect();
    excerpt(&lines.join(" | "), REASON)
}

/// What the implementation did; of a case without an answer the reason, in lines.
pub(super) fn actual_lines(case: &Case) -> Vec<String> {
    match (&case.actual, &case.reason) {
        (None, Some(reason)) => reason_lines(reason),
        _ => vec![actual(case)],
    }
}

/// What the implementation did, in one line.
pub(super) fn actual(case: &Case) -> String {
    let Some(first) = &case.actual else {
        return reason_line(case.reason.as_deref().unwrap_or("no outcome"));
    };
    match &case.actual_in_another_round {
        None => answered(case).unwrap_or_else(|| excerpt(first, COLUMNS)),
        Some(other) => format!(
            "{}; in another round {}",
            excerpt(first, COLUMNS),
            excerpt(other, COLUMNS)
        ),
    }
}

/// A token or a request in words that mark what is not seen; the headers and the body of a request
/// have lines of their own.
fn answered(case: &Case) -> Option<String> {
    let token = case.actual_token.as_ref();
    let token = token.map(|token| token_in_words(token, COLUMNS));
    match (case.outcome?, token) {
        (ObservedKind::Token, token) => token,
        (ObservedKind::Sent, Some(token)) => Some(format!("sent with {}", with_article(&token))),
        (ObservedKind::Sent, None) => {
            case.sent.as_ref()?;
            let why = reason_line(case.reason.as_deref()?);
            Some(format!("sent a request: {why}"))
        }
        _ => None,
    }
}

/// The reason of a case where what the implementation did does not say it already.
pub(super) fn reason_beside(case: &Case) -> Option<&str> {
    let is_said = case.outcome == Some(ObservedKind::Sent)
        && case.sent.is_some()
        && case.actual_token.is_none()
        && case.actual_in_another_round.is_none();
    let reason = case.reason.as_deref()?;
    (case.actual.is_some() && !is_said).then_some(reason)
}

/// What is not seen at the edges of a token that stands beside the expected one.
pub(super) fn token_edges(case: &Case) -> Option<String> {
    let token = case.actual_token.as_ref()?;
    let words = edges(token)?;
    let is = if token.trim_matches(' ').is_empty() {
        "is "
    } else {
        ""
    };
    Some(format!("the actual token {is}{words}"))
}

fn with_article(token: &str) -> String {
    match token.strip_prefix("token ") {
        Some(token) => format!("the token {token}"),
        None => token.to_owned(),
    }
}

/// Where two tokens start to differ; `None` if they differ from the first character on, or one is
/// empty.
pub(super) fn difference(expected: &str, actual: &str) -> Option<String> {
    let same = expected
        .chars()
        .zip(actual.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let (due, came) = (expected.chars().count(), actual.chars().count());
    if expected == actual || came == 0 {
        // That it is empty is told already.
        None
    } else if expected.eq_ignore_ascii_case(actual) {
        Some("differs only in letter case".to_owned())
    } else if same == came {
        Some(format!("ends after {came} of {due} characters"))
    } else if same == due {
        Some(format!("continues after the expected {due} characters"))
    } else if came != due {
        Some(format!("has {came} characters instead of {due}"))
    } else if same > 0 {
        Some(format!("first differs at character {} of {due}", same + 1))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn differences_of_tokens_are_located() {
        for (actual, words) in [
            ("abcd", None),
            ("xbcd", None),
            ("ABCD", Some("differs only in letter case")),
            ("abxd", Some("first differs at character 3 of 4")),
            ("ab", Some("ends after 2 of 4 characters")),
            ("", None),
            ("abcd\n", Some("continues after the expected 4 characters")),
            ("xb", Some("has 2 characters instead of 4")),
        ] {
            assert_eq!(difference("abcd", actual).as_deref(), words, "{actual:?}");
        }
    }
}
