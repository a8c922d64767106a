//! The document of a fuzz campaign as text.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::protocol::to_ascii;
use crate::report::digits::{count, grouped};
use crate::report::run::command_line;
use crate::report::visible::{excerpt, visible};
use crate::results::{FuzzEnd, FuzzFinding, FuzzResult, JUDGED_ITSELF};
use crate::suite::Level;

/// How many requests of a sequence are shown.
const SHOWN: usize = 8;

/// A campaign against one implementation, with the files that hold its findings, and the arguments
/// that select the same implementation.
pub fn fuzz_human(result: &FuzzResult, saved_as: &[PathBuf], reach: &[String]) -> String {
    let mut out = String::new();
    let elapsed = Duration::from_millis(result.duration_ms);
    for finding in &result.findings {
        finding_human(finding, &mut out);
    }
    for path in saved_as {
        let _ = writeln!(out, "saved: {}", path.display());
    }
    let replayed = saved_as
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    for path in replayed {
        let mut words = ["macproof", "run", "--suite-file"]
            .map(str::to_owned)
            .to_vec();
        words.push(path.display().to_string());
        if result.level == Level::Should {
            words.extend(["--level", "should"].map(str::to_owned));
        }
        words.extend_from_slice(reach);
        let _ = writeln!(out, "replay: {}", command_line(&words));
    }
    for warning in &result.warnings {
        let _ = writeln!(
            out,
            "warning: {}/{} is violated by {}; --level should makes it a finding",
            warning.suite,
            warning.requirement,
            count(warning.cases, "case", "cases")
        );
    }
    for note in &result.notes {
        let _ = writeln!(out, "note: {}", visible(note));
    }
    for seen in &result.profile {
        let _ = writeln!(
            out,
            "profile: {} {} ({})",
            seen.suite,
            seen.what,
            count(seen.cases, "case", "cases")
        );
    }
    let beside = [result.restarts.in_words(), result.hello_changes.in_words()];
    let beside: String = beside
        .into_iter()
        .flatten()
        .map(|words| words + "; ")
        .collect();
    let _ = writeln!(
        out,
        "{}{}; {}{} in {:.1} s, {} per second; {}; seed {}",
        if_interrupted(result.ended),
        count(result.findings.len() as u64, "finding", "findings"),
        beside,
        count(result.cases, "case", "cases"),
        elapsed.as_secs_f64(),
        grouped(per_second(result.cases, elapsed)),
        kinds(result.kinds),
        result.seed
    );
    if result.judged_itself {
        let _ = writeln!(out, "{JUDGED_ITSELF}");
    }
    out
}

/// Writes a finding in a form that can be copied.
pub fn finding_human(finding: &FuzzFinding, out: &mut String) {
    let _ = writeln!(
        out,
        "FINDING {}/{}\n  {} ({}, {})",
        finding.suite, finding.id, finding.text, finding.level, finding.basis
    );
    let unshown = finding.sequence.len().saturating_sub(SHOWN);
    if unshown > 0 {
        let _ = writeln!(
            out,
            "  request:      … {}",
            count(unshown as u64, "earlier request", "earlier requests")
        );
    }
    for request in &finding.sequence[unshown..] {
        let _ = writeln!(out, "  request:      {}", cropped(to_ascii(request), 300));
    }
    let request = cropped(to_ascii(&finding.request), 600);
    let _ = writeln!(out, "  request:      {request}");
    let _ = writeln!(out, "  expected:     {}", excerpt(&finding.expected, 300));
    let _ = writeln!(out, "  actual:       {}", excerpt(&finding.actual, 300));
    for (at, cause) in finding.causes.iter().enumerate() {
        // Several causes are alternatives that the answers do not distinguish.
        let label = if at == 0 { "likely cause:" } else { "or:" };
        for mistake in &cause.mistakes {
            let _ = writeln!(out, "  {label:<13} {} ({})", mistake.clause(), mistake.id);
            let _ = writeln!(out, "  fix:          {}", mistake.remedy);
        }
    }
    let _ = writeln!(
        out,
        "  found after {} and {} ms; shrunk from {} to {} with {}; accounts for {}\n",
        count(finding.found_after_cases, "case", "cases"),
        grouped(finding.found_after_ms),
        grouped(finding.length_before),
        count(finding.length, "character", "characters"),
        count(finding.asked, "request", "requests"),
        count(finding.cases, "case", "cases")
    );
}

/// Shortens ASCII text to about `columns` characters: its beginning and its end. Requests are shown
/// as they go over the wire: in ASCII nothing is invisible, and each escape can be copied.
pub(super) fn cropped(text: String, columns: usize) -> String {
    if text.len() <= columns {
        return text;
    }
    let half = columns / 2;
    let (head, tail) = (&text[..half], &text[text.len() - half..]);
    format!("{head}…{tail} ({} characters)", text.len())
}

/// The beginning of the last line, so that an interrupted campaign is not mistaken for a complete
/// one.
pub(super) fn if_interrupted(ended: FuzzEnd) -> &'static str {
    match ended {
        FuzzEnd::Interrupted => "interrupted: ",
        FuzzEnd::Whole | FuzzEnd::Findings | FuzzEnd::Broken => "",
    }
}

/// The progress of a campaign.
pub fn fuzz_progress_line(elapsed: Duration, cases: u64, kinds_seen: u64, findings: u64) -> String {
    format!(
        "{} s: {}, {} per second, {}, {}",
        elapsed.as_secs(),
        count(cases, "case", "cases"),
        grouped(per_second(cases, elapsed)),
        kinds(kinds_seen),
        count(findings, "finding", "findings")
    )
}

fn kinds(number: u64) -> String {
    count(number, "kind of answer", "kinds of answers")
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a figure for people, rounded"
)]
pub(super) fn per_second(cases: u64, elapsed: Duration) -> u64 {
    (cases as f64 / elapsed.as_secs_f64().max(0.001)).round() as u64
}

#[cfg(test)]
mod tests {
    use super::cropped;
    use crate::protocol::to_ascii;

    #[test]
    fn a_request_is_shown_in_a_form_that_can_be_copied() {
        let request = serde_json::json!({"user_id": "\t\u{202e}"});
        assert_eq!(to_ascii(&request), r#"{"user_id":"\t\u202e"}"#);
        assert_eq!(cropped("abcdef".into(), 4), "ab…ef (6 characters)");
    }
}
