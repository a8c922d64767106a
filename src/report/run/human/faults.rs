//! What is wrong, worst first: the first faults with an example, the rest in a line each.

use std::collections::HashSet;

use crate::report::HumanOptions;
use crate::report::digits::grouped;
use crate::report::request::sentence;
use crate::report::rerun_command;
use crate::report::run::basis;
use crate::report::run::case::{actual_lines, causes, known, remarks, token_edges};
use crate::report::run::fault::{Fault, Ground};
use crate::report::run::human::canvas::{Canvas, some_of};
use crate::report::run::place::Origin;
use crate::report::run::sent::sent_lines;
use crate::report::run::tokens::{Compared, compared};
use crate::report::run::view::RunView;
use crate::report::visible::{excerpt, visible};
use crate::results::{Case, ObservedKind};

/// How many faults are listed in a line each.
const LISTED: usize = 14;

/// Longest text in a line, in columns.
const COLUMNS: usize = 400;

/// The column after the longest label of an example.
const LABEL: usize = 9;

/// The indentation of an example.
const INDENT: usize = 4;

pub(super) fn faults(page: &mut Canvas, view: &RunView<'_>, options: &HumanOptions) {
    let is_shown = |fault: &&Fault<'_>| options.is_in_full() || !fault.is_warning();
    let (in_full, listed): (Vec<&Fault<'_>>, Vec<&Fault<'_>>) =
        view.faults.iter().partition(is_shown);
    let (in_full, more) = in_full.split_at(in_full.len().min(options.faults));
    let mut told = HashSet::new();
    for fault in in_full {
        in_full_words(page, view, fault, options, &mut told);
    }
    let lines = more.iter().chain(&listed).map(|fault| {
        let extent = page.paint.faint(&fault.extent());
        let title = if fault.is_error() {
            String::new()
        } else {
            let says = match fault.ground {
                Ground::Cause | Ground::Answer => ":",
                Ground::Requirement => "; requirement:",
            };
            format!("{says} {}", beginning_of(&fault.title))
        };
        format!("{} {}{title}  {extent}", word(page, fault), does(fault))
    });
    let lines: Vec<String> = lines.collect();
    let shown = if lines.len() > LISTED + 1 {
        LISTED
    } else {
        lines.len()
    };
    if shown > 0 {
        page.gap();
    }
    for line in &lines[..shown] {
        page.line(line);
    }
    if lines.len() > shown {
        let hint = page.paint.faint(&format!("({})", options.see_all));
        let more = grouped((lines.len() - shown) as u64);
        page.line(format_args!("… and {more} more  {hint}"));
    }
}

/// A title is escaped already, so only its end may be cut.
fn beginning_of(title: &str) -> String {
    match title.char_indices().nth(120) {
        None => title.to_owned(),
        Some((at, _)) => format!("{}…", &title[..at]),
    }
}

fn word(page: &Canvas, fault: &Fault<'_>) -> String {
    if fault.is_warning() {
        page.paint.doubtful("warning")
    } else if fault.is_error() {
        page.paint.bad("ERROR")
    } else {
        page.paint.bad("FAIL")
    }
}

/// What the implementation does; of cases without an answer, the title says it.
fn does(fault: &Fault<'_>) -> String {
    if fault.is_error() {
        fault.title.clone()
    } else {
        fault.gravity.words(fault.level)
    }
}

fn in_full_words<'r>(
    page: &mut Canvas,
    view: &RunView<'r>,
    fault: &Fault<'_>,
    options: &HumanOptions,
    told: &mut HashSet<&'r str>,
) {
    page.gap();
    page.line(format_args!(
        "{} {}: {}",
        word(page, fault),
        page.paint.strong(&does(fault)),
        fault.extent()
    ));
    match fault.ground {
        Ground::Cause => page.line(format_args!(
            "  {} {}",
            page.paint.doubtful("likely cause:"),
            fault.title
        )),
        Ground::Answer if !fault.is_error() => page.line(format_args!("  {}", fault.title)),
        // Without a cause, the requirement below is all that is known.
        Ground::Answer | Ground::Requirement => {}
    }
    if let Some(evidence) = &fault.evidence {
        page.line(format_args!("  {evidence}"));
    }
    for remedy in &fault.remedies {
        page.line(format_args!("  fix: {remedy}"));
    }
    if let Some(requirement) = fault.requirement.map(|at| &view.requirements.all[at]) {
        let first: Vec<&Case> = fault.findings.iter().take(1).map(|one| one.case).collect();
        let level = requirement.summary.level;
        let text = excerpt(&requirement.summary.text, COLUMNS);
        let line = format!("{} ({level}): {text}", requirement.name());
        if fault.ground == Ground::Requirement {
            let basis = basis::of_failures(requirement.suite, requirement.summary, &first);
            page.line(format_args!("  {line}"));
            page.line(format_args!("  {}", page.paint.faint(&visible(&basis))));
        } else {
            page.line(format_args!("  {}", page.paint.faint(&line)));
        }
    }
    let findings = &fault.findings;
    let (shown, named) = findings.split_at(findings.len().min(options.shown));
    for finding in shown {
        example(page, view, fault, finding.case, options, told);
    }
    if !named.is_empty() {
        let ids: Vec<&str> = named.iter().map(|one| one.case.id.as_str()).collect();
        let hint = page.paint.faint(&format!("({})", options.see_all));
        page.line(format_args!("  also {}  {hint}", some_of(&ids)));
    }
}

/// A case in full. `told` are the addresses of documents that stand above already.
fn example<'r>(
    page: &mut Canvas,
    view: &RunView<'r>,
    fault: &Fault<'_>,
    case: &Case,
    options: &HumanOptions,
    told: &mut HashSet<&'r str>,
) {
    let origin = Origin::of(view.run, case);
    let place = match &origin {
        Some(origin @ Origin::File(_)) => origin.words(),
        Some(Origin::Document(_)) | None => String::new(),
    };
    page.line(format_args!(
        "  {}  {}",
        page.paint.strong(&visible(&case.id)),
        page.paint.faint(&place)
    ));
    let mut line = |label: &str, text: &str| {
        page.line(format_args!("{:INDENT$}{label:<LABEL$} {text}", ""));
    };
    line("request", &sentence(&case.request));
    match compared(case) {
        Some(tokens) => {
            grid(page, &tokens, options);
            if let Some(edges) = token_edges(case) {
                page.line(format_args!("{:INDENT$}{:<LABEL$} {edges}", "", ""));
            }
            also_right(page, case);
        }
        None => {
            line("expected", &excerpt(&case.expected, COLUMNS));
            for (at, text) in actual_lines(case).iter().enumerate() {
                line(if at == 0 { "actual" } else { "" }, text);
            }
        }
    }
    let mut line = |label: &str, text: &str| {
        page.line(format_args!("{:INDENT$}{label:<LABEL$} {text}", ""));
    };
    for remark in remarks(case) {
        line("", &remark);
    }
    for (label, text) in sent_lines(case) {
        line(label, &text);
    }
    if let Some(known) = known(case) {
        line("list", &known);
    }
    if !fault.is_explained() {
        for (label, text) in causes(case) {
            line(
                if label == "likely cause" {
                    "cause"
                } else {
                    label
                },
                &text,
            );
        }
    }
    if let Some(note) = &case.note {
        line("note", &excerpt(note, COLUMNS));
    }
    if let Some(address) = origin.and_then(|origin| origin.address())
        && told.insert(address)
    {
        let address = page.paint.faint(address);
        page.line(format_args!(
            "{:INDENT$}{:<LABEL$} {address}",
            "", "document"
        ));
    }
    let rerun = page.paint.faint(&rerun_command(view.run, &case.id));
    page.line(format_args!("{:INDENT$}{:<LABEL$} {rerun}", "", "rerun"));
}

/// The two tokens one above the other, with a line of carets below what differs; below tokens that
/// have hardly anything in common it would say nothing.
fn grid(page: &mut Canvas, tokens: &Compared, options: &HumanOptions) {
    let columns = options.columns.saturating_sub(INDENT + LABEL + 1).max(24);
    for (at, [expected, actual]) in tokens.lines(columns).into_iter().enumerate() {
        let label = |label| if at == 0 { label } else { "" };
        let painted = |token: &[(char, bool)], paint: &dyn Fn(&str) -> String| {
            let runs = token.chunk_by(|one, other| one.1 == other.1);
            let runs = runs.map(|run| {
                let text: String = run.iter().map(|(c, _)| *c).collect();
                if run[0].1 { paint(&text) } else { text }
            });
            runs.collect::<String>()
        };
        let whole = |token: &[(char, bool)]| token.iter().map(|(c, _)| *c).collect::<String>();
        let (good, bad) = if tokens.are_alike() {
            (
                painted(expected, &|text| page.paint.good(text)),
                painted(actual, &|text| page.paint.bad(text)),
            )
        } else {
            (whole(expected), page.paint.bad(&whole(actual)))
        };
        let length = if tokens.are_alike() {
            expected.len().max(actual.len())
        } else {
            0
        };
        let differs = |token: &[(char, bool)], at: usize| token.get(at).is_some_and(|one| one.1);
        let carets: String = (0..length)
            .map(|at| differs(expected, at) || differs(actual, at))
            .map(|differs| if differs { '^' } else { ' ' })
            .collect();
        for (label, text) in [
            (label("expected"), good),
            (label("actual"), bad),
            ("", carets.trim_end().to_owned()),
        ] {
            if !text.is_empty() || !label.is_empty() {
                page.line(format_args!("{:INDENT$}{label:<LABEL$} {text}", ""));
            }
        }
    }
}

/// What is right beside the expected token.
fn also_right(page: &mut Canvas, case: &Case) {
    let due = case.expected_outcomes.iter();
    let others = due.filter(|kind| !matches!(kind, ObservedKind::Token | ObservedKind::Sent));
    let also: Vec<&str> = others.map(|kind| kind.name()).collect();
    if !also.is_empty() {
        let also = also.join(" or ");
        page.line(format_args!(
            "{:INDENT$}{:<LABEL$} {also} would do, too",
            "", ""
        ));
    }
}
