//! The cases with problems: failures and errors in full, warnings in short.

use std::collections::{BTreeMap, HashSet};

use crate::report::HumanOptions;
use crate::report::digits::{count, grouped};
use crate::report::run::case::{LABEL, details};
use crate::report::run::finding::FindingKind;
use crate::report::run::human::canvas::{Canvas, some_of};
use crate::report::run::view::{Group, RunView};
use crate::report::visible::visible;
use crate::results::{Case, ObservedKind, RunResult, Verdict};

pub(super) fn failures(
    page: &mut Canvas,
    result: &RunResult,
    groups: &[Group<'_, '_>],
    options: &HumanOptions,
) {
    let mut mentioned = HashSet::new();
    for group in groups.iter().take(options.requirements) {
        page.gap();
        let requirement = group.requirement;
        let (_, tried) = requirement.passed_of();
        page.line(format_args!(
            "{} {}: {} of {} cases",
            page.paint.bad("FAIL"),
            page.paint.strong(&requirement.name()),
            grouped(group.cases.len() as u64),
            grouped(tried),
        ));
        page.line(format_args!("  {}", visible(&requirement.summary.text)));
        let level = requirement.summary.level;
        let standing = format!("{level}; {}", visible(&group.basis()));
        page.line(format_args!("  {}", page.paint.faint(&standing)));
        let new: Vec<&Case> = group
            .cases
            .iter()
            .copied()
            .filter(|case| mentioned.insert(case.id.as_str()))
            .collect();
        some_in_full(page, result, &new, options);
        let again = group.cases.len() - new.len();
        match again {
            0 => {}
            1 => page.line("  1 of the cases above fails it too"),
            _ => page.line(format_args!(
                "  {} of the cases above fail it too",
                grouped(again as u64)
            )),
        }
    }
    let more = groups.len().saturating_sub(options.requirements);
    if more > 0 {
        let noun = if more == 1 {
            "requirement"
        } else {
            "requirements"
        };
        let hint = page.paint.faint(&format!("({})", options.see_all));
        page.gap();
        page.line(format_args!(
            "{} more {noun} failed, listed below  {hint}",
            grouped(more as u64)
        ));
    }
}

pub(super) fn errors(page: &mut Canvas, view: &RunView<'_>, options: &HumanOptions) {
    let mut by_kind: BTreeMap<Option<ObservedKind>, Vec<&Case>> = BTreeMap::new();
    for finding in &view.findings {
        if finding.kind == FindingKind::Error {
            let of_kind = by_kind.entry(finding.case.outcome).or_default();
            of_kind.push(finding.case);
        }
    }
    for (kind, cases) in by_kind {
        page.gap();
        let what = match kind {
            Some(ObservedKind::Crash) => "the adapter exited before it answered",
            Some(ObservedKind::TimeOut) => "no answer in time",
            _ => "the adapter broke the protocol",
        };
        page.line(format_args!(
            "{} {what}: {}",
            page.paint.bad("ERROR"),
            count(cases.len() as u64, "case", "cases")
        ));
        some_in_full(page, view.run, &cases, options);
    }
}

pub(super) fn warnings(page: &mut Canvas, view: &RunView<'_>) {
    let groups = view.ranked(|case| case.verdict == Verdict::Warning);
    if !groups.is_empty() {
        page.gap();
    }
    for group in groups {
        let requirement = group.requirement;
        let (_, tried) = requirement.passed_of();
        let mut outcomes: BTreeMap<ObservedKind, u64> = BTreeMap::new();
        for kind in group.cases.iter().filter_map(|case| case.outcome) {
            *outcomes.entry(kind).or_default() += 1;
        }
        let outcomes: Vec<_> = outcomes
            .iter()
            .map(|(kind, number)| format!("{} {}", grouped(*number), did(*kind)))
            .collect();
        page.line(format_args!(
            "{} {}: {} of {} cases ({}); {}",
            page.paint.doubtful("warning"),
            requirement.name(),
            grouped(group.cases.len() as u64),
            grouped(tried),
            outcomes.join(", "),
            visible(&requirement.summary.text),
        ));
        let ids: Vec<_> = group.cases.iter().map(|case| case.id.as_str()).collect();
        page.line(format_args!("  {}", page.paint.faint(&some_of(&ids))));
    }
}

/// What a case did instead of the expected.
fn did(kind: ObservedKind) -> &'static str {
    match kind {
        ObservedKind::Token => "gave another token",
        ObservedKind::Accept => "accepted",
        ObservedKind::Reject => "rejected",
        _ => kind.name(),
    }
}

fn some_in_full(page: &mut Canvas, result: &RunResult, cases: &[&Case], options: &HumanOptions) {
    let (in_full, named) = cases.split_at(cases.len().min(options.shown));
    for case in in_full {
        let line = format!("{}:{}", visible(&case.source.path), case.source.line);
        page.line(format_args!(
            "  {}  {}",
            page.paint.strong(&case.id),
            page.paint.faint(&line)
        ));
        for (label, text) in details(result, case) {
            let text = match label {
                "rerun" => page.paint.faint(&text),
                "likely cause" => page.paint.doubtful(&text),
                _ => text,
            };
            page.line(format_args!("    {label:<LABEL$} {text}"));
        }
    }
    if !named.is_empty() {
        let ids: Vec<_> = named.iter().map(|case| case.id.as_str()).collect();
        let hint = page.paint.faint(&format!("({})", options.see_all));
        let more = if in_full.is_empty() { "" } else { "and " };
        page.line(format_args!("  {more}{}  {hint}", some_of(&ids)));
    }
}
