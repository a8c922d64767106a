//! What came of a fuzz campaign, in words.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::fuzz::FuzzProgress;
use crate::protocol::to_ascii;
use crate::report;
use crate::results::{FuzzEnd, FuzzFinding, FuzzResult, JUDGED_ITSELF, VersusAnswer, VersusResult};
use crate::suite::Level;

/// How many requests of a sequence are shown.
const SHOWN: usize = 8;

/// What is said first and last where only the second of two implementations was named.
pub(crate) const FIRST_IS_OURS: &str =
    "the first of the two is the built-in reference, because no implementation was named for it";

/// A campaign of one implementation, with the files in which its findings were saved, and the
/// arguments that reach it again.
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
            "warning: {} {} is broken by {} cases; it counts with --level should",
            warning.suite, warning.requirement, warning.cases
        );
    }
    for note in &result.notes {
        let _ = writeln!(out, "note: {}", report::visible(note));
    }
    for seen in &result.profile {
        let _ = writeln!(
            out,
            "profile: {} {} ({} cases)",
            seen.suite, seen.what, seen.cases
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
        "{}{} findings; {}{} cases in {:.1} s, {} a second; {} kinds of answers; seed {}",
        if_interrupted(result.ended),
        result.findings.len(),
        beside,
        result.cases,
        elapsed.as_secs_f64(),
        a_second(result.cases, elapsed),
        result.kinds,
        result.seed
    );
    if result.judged_itself {
        let _ = writeln!(out, "{JUDGED_ITSELF}");
    }
    out
}

/// A finding, as it can be copied.
pub(crate) fn finding_in_words(finding: &FuzzFinding, out: &mut String) {
    let _ = writeln!(
        out,
        "FINDING {}/{}\n  {} ({}, {})",
        finding.suite, finding.id, finding.text, finding.level, finding.basis
    );
    let unshown = finding.sequence.len().saturating_sub(SHOWN);
    if unshown > 0 {
        let _ = writeln!(out, "  asked:    {unshown} more before these");
    }
    for request in &finding.sequence[unshown..] {
        let _ = writeln!(out, "  asked:    {}", cropped(to_ascii(request), 300));
    }
    let request = cropped(to_ascii(&finding.request), 600);
    let _ = writeln!(out, "  asked:    {request}");
    let _ = writeln!(
        out,
        "  expected: {}",
        report::excerpt(&finding.expected, 300)
    );
    let _ = writeln!(out, "  actual:   {}", report::excerpt(&finding.actual, 300));
    for (at, cause) in finding.causes.iter().enumerate() {
        // Several are a choice: nothing that was seen tells them apart.
        let label = if at == 0 { "cause:" } else { "or:" };
        for mistake in &cause.mistakes {
            let _ = writeln!(out, "  {label:<9} {} ({})", mistake.title, mistake.id);
            let _ = writeln!(out, "  remedy:   {}", mistake.remedy);
        }
    }
    let _ = writeln!(
        out,
        "  found after {} cases and {} ms; shrunk from {} characters to {} by {} requests; accounts for {} cases\n",
        finding.found_after_cases,
        finding.found_after_ms,
        finding.length_before,
        finding.length,
        finding.asked,
        finding.cases
    );
}

/// JSON as it goes over the wire: in ASCII nothing is invisible, and what is escaped is escaped
/// once, so that it can be copied.
/// A text of ASCII in at most about so many characters: its beginning and its end.
fn cropped(text: String, columns: usize) -> String {
    if text.len() <= columns {
        return text;
    }
    let half = columns / 2;
    let (head, tail) = (&text[..half], &text[text.len() - half..]);
    format!("{head}…{tail} ({} characters)", text.len())
}

/// Two implementations against each other.
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
            "DIFFERENCE {} ({} cases; shrunk from {} characters to {})\n  asked:  {}",
            difference.suite,
            difference.cases,
            difference.length_before,
            difference.length,
            cropped(to_ascii(&difference.request), 600)
        );
        for (at, answer) in difference.answers.iter().enumerate() {
            let side = ["first ", "second"][at];
            let _ = writeln!(out, "  {side} {}: {}", name(at), said(answer));
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
            "{}: signed by {}, verified by {}: {} of {} tokens accepted",
            cell.suite,
            side(cell.signer),
            side(cell.verifier),
            cell.accepted,
            cell.tokens
        );
        if let Some(example) = &cell.example {
            let request = cropped(to_ascii(&example.request), 600);
            let _ = writeln!(out, "  not: {request}: {}", said(&example.answer));
        }
    }
    for note in &result.notes {
        let _ = writeln!(out, "note: {}", report::visible(note));
    }
    if result.unanswered > 0 {
        let _ = writeln!(
            out,
            "{} requests had no valid answer from either, so nothing could be compared",
            result.unanswered
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
        "{}{} differences; {}{} cases asked of both in {:.1} s, {} a second; seed {}",
        if_interrupted(result.ended),
        result.differences.len(),
        troubles.collect::<String>(),
        result.cases,
        elapsed.as_secs_f64(),
        a_second(result.cases, elapsed),
        result.seed
    );
    if result.sides[0].judged_itself {
        let _ = writeln!(out, "{FIRST_IS_OURS}");
    }
    out
}

/// What the last line begins with: nobody takes a campaign for a whole one that was interrupted.
fn if_interrupted(ended: FuzzEnd) -> &'static str {
    match ended {
        FuzzEnd::Interrupted => "interrupted: ",
        FuzzEnd::Whole | FuzzEnd::Findings | FuzzEnd::Broken => "",
    }
}

fn said(answer: &VersusAnswer) -> String {
    report::excerpt(&answer.actual, 300)
}

/// How far a campaign is.
pub(crate) fn progress_in_words(progress: &FuzzProgress) -> String {
    format!(
        "{} s: {} cases, {} a second, {} kinds of answers, {} findings",
        progress.elapsed.as_secs(),
        progress.cases,
        a_second(progress.cases, progress.elapsed),
        progress.kinds,
        progress.findings
    )
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a figure for people, rounded"
)]
fn a_second(cases: u64, elapsed: Duration) -> u64 {
    (cases as f64 / elapsed.as_secs_f64().max(0.001)).round() as u64
}

#[cfg(test)]
mod tests {
    use super::cropped;
    use crate::protocol::to_ascii;

    #[test]
    fn a_request_is_shown_as_it_can_be_copied() {
        let request = serde_json::json!({"user_id": "\t\u{202e}"});
        assert_eq!(to_ascii(&request), r#"{"user_id":"\t\u202e"}"#);
        assert_eq!(cropped("abcdef".into(), 4), "ab…ef (6 characters)");
    }
}
