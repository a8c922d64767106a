//! The result of a fuzz campaign, for people.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::fuzz::FuzzProgress;
use crate::protocol::to_ascii;
use crate::report::{self, count, grouped};
use crate::results::{FuzzEnd, FuzzFinding, FuzzResult, JUDGED_ITSELF, VersusAnswer, VersusResult};
use crate::suite::Level;

/// How many requests of a sequence are shown.
const SHOWN: usize = 8;

/// Printed first and last if only the second of two implementations was named.
pub(crate) const FIRST_IS_OURS: &str =
    "the first implementation is the built-in reference, because none was named";

/// A campaign against one implementation, with the files that hold its findings, and the arguments
/// that select the same implementation.
pub(crate) fn campaign_in_words(
    result: &FuzzResult,
    saved_as: &[PathBuf],
    reach: &[String],
) -> String {
    let mut out = String::new();
    let elapsed = Duration::from_millis(result.duration_ms);
    for finding in &result.findings {
        finding_in_words(finding, &mut out);
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
        let _ = writeln!(out, "replay: {}", report::command_line(&words));
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
        let _ = writeln!(out, "note: {}", report::visible(note));
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
pub(crate) fn finding_in_words(finding: &FuzzFinding, out: &mut String) {
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
    let _ = writeln!(
        out,
        "  expected:     {}",
        report::excerpt(&finding.expected, 300)
    );
    let _ = writeln!(
        out,
        "  actual:       {}",
        report::excerpt(&finding.actual, 300)
    );
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
fn cropped(text: String, columns: usize) -> String {
    if text.len() <= columns {
        return text;
    }
    let half = columns / 2;
    let (head, tail) = (&text[..half], &text[text.len() - half..]);
    format!("{head}…{tail} ({} characters)", text.len())
}

/// The comparison of two implementations.
pub(crate) fn versus_in_words(result: &VersusResult) -> String {
    let mut out = String::new();
    let name = |at: usize| {
        let side = &result.sides[at];
        let named = &side.implementation.name;
        report::visible(if named.trim().is_empty() {
            &side.adapter
        } else {
            named
        })
    };
    for difference in &result.differences {
        let _ = writeln!(
            out,
            "DIFFERENCE {} ({}; shrunk from {} to {})\n  request: {}",
            difference.suite,
            count(difference.cases, "case", "cases"),
            grouped(difference.length_before),
            count(difference.length, "character", "characters"),
            cropped(to_ascii(&difference.request), 600)
        );
        for (at, answer) in difference.answers.iter().enumerate() {
            let side = ["first: ", "second:"][at];
            let _ = writeln!(out, "  {side}  {}: {}", name(at), said(answer));
        }
        out.push('\n');
    }
    for cell in &result.matrix {
        let side = |at: u64| {
            let at = usize::from(at > 0);
            format!("the {} ({})", ["first", "second"][at], name(at))
        };
        let _ = writeln!(
            out,
            "{}: signed by {}, verified by {}: {} of {} accepted",
            cell.suite,
            side(cell.signer),
            side(cell.verifier),
            grouped(cell.accepted),
            count(cell.tokens, "token", "tokens")
        );
        if let Some(example) = &cell.example {
            let request = cropped(to_ascii(&example.request), 600);
            let _ = writeln!(out, "  not accepted: {request}: {}", said(&example.answer));
        }
    }
    for note in &result.notes {
        let _ = writeln!(out, "note: {}", report::visible(note));
    }
    if result.unanswered > 0 {
        let _ = writeln!(
            out,
            "{} got no valid answer from either implementation and could not be compared",
            count(result.unanswered, "request", "requests")
        );
    }
    let troubles =
        std::iter::zip(["the first", "the second"], &result.sides).flat_map(|(name, side)| {
            let troubles = side.troubles().into_iter();
            troubles.map(move |words| format!("{name}: {words}; "))
        });
    let elapsed = Duration::from_millis(result.duration_ms);
    let _ = writeln!(
        out,
        "{}{}; {}{} sent to both in {:.1} s, {} per second; seed {}",
        if_interrupted(result.ended),
        count(result.differences.len() as u64, "difference", "differences"),
        troubles.collect::<String>(),
        count(result.cases, "case", "cases"),
        elapsed.as_secs_f64(),
        grouped(per_second(result.cases, elapsed)),
        result.seed
    );
    if result.sides[0].judged_itself {
        let _ = writeln!(out, "{FIRST_IS_OURS}");
    }
    out
}

/// The beginning of the last line, so that an interrupted campaign is not mistaken for a complete
/// one.
fn if_interrupted(ended: FuzzEnd) -> &'static str {
    match ended {
        FuzzEnd::Interrupted => "interrupted: ",
        FuzzEnd::Whole | FuzzEnd::Findings | FuzzEnd::Broken => "",
    }
}

fn said(answer: &VersusAnswer) -> String {
    report::excerpt(&answer.actual, 300)
}

/// The progress of a campaign.
pub(crate) fn progress_in_words(progress: &FuzzProgress) -> String {
    format!(
        "{} s: {}, {} per second, {}, {}",
        progress.elapsed.as_secs(),
        count(progress.cases, "case", "cases"),
        grouped(per_second(progress.cases, progress.elapsed)),
        kinds(progress.kinds),
        count(progress.findings, "finding", "findings")
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
fn per_second(cases: u64, elapsed: Duration) -> u64 {
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
