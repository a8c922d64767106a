//! The summary: each suite, what remains to be said of the causes, and the verdict.

use std::fmt::Write as _;

use crate::report::HumanOptions;
use crate::report::beside::Tone;
use crate::report::digits::{count, grouped};
use crate::report::run::headline::of_conformance;
use crate::report::run::human::canvas::Canvas;
use crate::report::run::sentence::{details, gate_sentence};
use crate::report::run::verdict_line::verdict_line;
use crate::report::run::view::RunView;
use crate::results::{JUDGED_ITSELF, RunResult, Verdict};

/// Warns that nothing of the user's was tested because no implementation was named.
pub(super) fn judged_itself(page: &mut Canvas, result: &RunResult) {
    if result.judged_itself {
        page.line(page.paint.doubtful(JUDGED_ITSELF));
    }
}

/// Writes one line per suite: how many cases got which verdict.
pub(super) fn suites(page: &mut Canvas, result: &RunResult) {
    if result.suites.is_empty() {
        return;
    }
    page.gap();
    let shown: Vec<Verdict> = result.counts.each().map(|(verdict, _)| verdict).collect();
    let cell = |number: u64, word: &str| match number {
        0 => String::new(),
        _ => format!("{} {word}", grouped(number)),
    };
    let rows: Vec<Vec<String>> = result
        .suites
        .iter()
        .map(|suite| {
            let mut row = vec![count(suite.counts.total(), "case", "cases")];
            row.extend(shown.iter().map(|v| cell(suite.counts.of(*v), v.name())));
            row
        })
        .collect();
    let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
    let name_width = widest(&mut result.suites.iter().map(|suite| suite.name.len()));
    for (suite, row) in result.suites.iter().zip(&rows) {
        let mut line = format!("{:<name_width$}", suite.name);
        for (column, text) in row.iter().enumerate() {
            let width = widest(&mut rows.iter().map(|row| row[column].len()));
            let padded = format!("{text:>width$}");
            let painted = match column.checked_sub(1).map(|at| shown[at]) {
                _ if text.is_empty() => padded,
                Some(Verdict::Fail | Verdict::Error | Verdict::UnexpectedPass) => {
                    page.paint.bad(&padded)
                }
                Some(Verdict::Warning | Verdict::Skipped) => page.paint.doubtful(&padded),
                _ => padded,
            };
            let _ = write!(line, "   {painted}");
        }
        page.line(line);
    }
}

/// Writes the causes that explain none of the cases above, and the remarks on all of them.
pub(super) fn remarks(page: &mut Canvas, view: &RunView<'_>) {
    let mut lines = Vec::new();
    for cause in &view.further_causes {
        let label = page.paint.doubtful("likely cause:");
        lines.push(format!("{label} {} ({})", cause.title, cause.explains));
        lines.extend(cause.evidence.iter().map(|line| format!("  {line}")));
        lines.extend(cause.remedies.iter().map(|it| format!("  fix: {it}")));
    }
    lines.extend(view.remarks.iter().cloned());
    if !lines.is_empty() {
        page.gap();
    }
    for line in lines {
        page.line(line);
    }
}

/// Writes the run's result in one line, after what it rests on and the gate's result if that does
/// not follow from it.
pub(super) fn verdict(page: &mut Canvas, result: &RunResult, options: &HumanOptions) {
    page.gap();
    let gate = gate_sentence(result).filter(|_| result.did_not_start.is_none());
    for line in details(result).into_iter().chain(gate) {
        page.line(line);
    }
    let word = result.conformance.name();
    let columns = options.columns.saturating_sub(word.len() + 2);
    let line = verdict_line(result, columns);
    let mut tone = of_conformance(result.conformance);
    if result.judged_itself {
        tone = tone.max(Tone::Doubtful);
    }
    let word = page.paint.tone(tone, word);
    page.line(format_args!("{word}: {line}"));
}
