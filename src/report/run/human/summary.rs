//! The summary: each suite, the failed requirements, the likely causes, and the verdict.

use std::fmt::Write as _;

use crate::report::digits::{count, grouped};
use crate::report::run::headline::of_conformance;
use crate::report::run::human::canvas::Canvas;
use crate::report::run::sentence::{gate_sentence, particulars, said};
use crate::report::run::view::{Group, RunView};
use crate::report::visible::beginning;
use crate::results::{JUDGED_ITSELF, RunResult, Verdict};

/// Maximum number of failed requirements listed.
const REQUIREMENTS: usize = 20;

/// Maximum number of causes named.
const CAUSES: usize = 3;

/// Writes one line per suite: how many cases got which verdict.
pub(super) fn suites(page: &mut Canvas, result: &RunResult) {
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

/// Writes one line per failed requirement, if their details above fill a screen.
pub(super) fn requirements(page: &mut Canvas, failures: &[Group<'_, '_>]) {
    if failures.len() < 3 {
        return;
    }
    let figure = |group: &Group<'_, '_>| {
        let (_, tried) = group.requirement.passed_of();
        format!(
            "{} of {}",
            grouped(group.cases.len() as u64),
            grouped(tried)
        )
    };
    let width = failures.iter().map(|group| figure(group).len()).max();
    let lines: Vec<_> = failures
        .iter()
        .map(|group| {
            format!(
                "{} {:>width$}  {}: {}",
                page.paint.bad("FAIL"),
                figure(group),
                group.requirement.name(),
                beginning(&group.requirement.summary.text, 100),
                width = width.unwrap_or_default()
            )
        })
        .collect();
    page.list_up_to(REQUIREMENTS, &lines);
}

/// Writes the likely causes.
pub(super) fn likely_causes(page: &mut Canvas, view: &RunView<'_>) {
    let (causes, remarks) = (&view.causes, &view.remarks);
    if causes.is_empty() && remarks.is_empty() {
        return;
    }
    page.gap();
    for cause in causes.iter().take(CAUSES) {
        let label = page
            .paint
            .doubtful(&format!("likely cause ({})", cause.explains));
        page.line(format_args!("{label}: {}", cause.title));
        if let Some(line) = &cause.evidence {
            page.line(format_args!("  {line}"));
        }
        for remedy in &cause.remedies {
            page.line(format_args!("  fix: {remedy}"));
        }
    }
    if let Some(more) = causes.len().checked_sub(CAUSES).filter(|&more| more > 0) {
        let more = count(more as u64, "more cause", "more causes");
        page.line(format_args!("and {more} in the JSON and HTML reports"));
    }
    for remark in remarks {
        page.line(remark);
    }
}

/// Writes the run's result, and the gate's result if it does not follow from that.
pub(super) fn verdict(page: &mut Canvas, result: &RunResult) {
    page.gap();
    if let Some(line) = gate_sentence(result) {
        page.line(line);
    }
    let tone = of_conformance(result.conformance);
    let word = page.paint.tone(tone, result.conformance.name());
    let (said, particulars) = (said(result), particulars(result));
    page.line(format_args!("{word}: {said} ({particulars})"));
}

/// Warns that nothing of the user's was tested because no implementation was named. Written first
/// and last, so that it is not missed.
pub(super) fn judged_itself(page: &mut Canvas, result: &RunResult) {
    if result.judged_itself {
        page.line(page.paint.doubtful(JUDGED_ITSELF));
    }
}
