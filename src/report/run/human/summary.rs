//! The summary: each suite, the failed requirements, and the likely causes.

use std::fmt::Write as _;

use crate::report::digits::{count, grouped};
use crate::report::run::causes::{causes, remarks};
use crate::report::run::human::canvas::Canvas;
use crate::report::run::human::groups::Group;
use crate::report::visible::beginning;
use crate::results::{RunResult, Verdict};

/// Maximum number of failed requirements listed.
const REQUIREMENTS: usize = 20;

/// Maximum number of causes named.
const CAUSES: usize = 3;

/// Writes one line per suite: how many cases got which verdict.
pub(super) fn suites(page: &mut Canvas, result: &RunResult) {
    page.gap();
    let shown: Vec<Verdict> = Verdict::ALL
        .into_iter()
        .filter(|verdict| result.counts.of(*verdict) > 0)
        .collect();
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
pub(super) fn requirements(page: &mut Canvas, failures: &[Group<'_>]) {
    if failures.len() < 3 {
        return;
    }
    let figure = |group: &Group<'_>| {
        format!(
            "{} of {}",
            grouped(group.cases.len() as u64),
            grouped(group.tried as u64)
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
                group.name(),
                beginning(&group.requirement.text, 100),
                width = width.unwrap_or_default()
            )
        })
        .collect();
    page.list_up_to(REQUIREMENTS, &lines);
}

/// Writes the likely causes.
pub(super) fn likely_causes(page: &mut Canvas, result: &RunResult) {
    let Some(diagnosis) = &result.diagnosis else {
        return;
    };
    let (causes, remarks) = (causes(diagnosis), remarks(diagnosis));
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
