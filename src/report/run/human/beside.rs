//! What the report says besides the cases: known failures, the profile, notes and the scope.

use crate::report::HumanOptions;
use crate::report::digits::{count, grouped};
use crate::report::run::case::reason_lines;
use crate::report::run::human::canvas::Canvas;
use crate::report::run::view::RunView;
use crate::report::visible::excerpt;
use crate::results::{RestartKind, RunResult, ScopeNote, Trait};

/// Longest text in a line, in columns.
const COLUMNS: usize = 160;

pub(super) fn known_failures(page: &mut Canvas, view: &RunView<'_>) {
    page.list(&view.known_failures_in_words(COLUMNS));
    let problems: Vec<_> = view
        .problems_of_the_list()
        .map(|failure| {
            format!(
                "{} {}: {}",
                page.paint.bad("KNOWN FAILURES"),
                excerpt(&failure.case, COLUMNS),
                excerpt(&failure.reason, COLUMNS)
            )
        })
        .collect();
    page.list(&problems);
}

pub(super) fn profile(page: &mut Canvas, result: &RunResult) {
    let mut suite = "";
    for entry in &result.profile {
        let of = entry.case.split_once('/').map_or("", |(suite, _)| suite);
        if of != suite {
            suite = of;
            page.gap();
            page.line(format_args!("profile of {of}"));
        }
        page.line(format_args!(
            "  {:<13} {}",
            answer(entry),
            excerpt(&entry.what, COLUMNS)
        ));
    }
}

/// Renders a trait: `yes`, `no`, `no, threw`, `no, another token`, or the outcome if the trait is
/// not a yes/no question.
fn answer(entry: &Trait) -> String {
    let outcome = entry.outcome.name();
    match (entry.does, outcome) {
        (Some(true), _) => "yes".to_owned(),
        (Some(false), "reject") => "no".to_owned(),
        (Some(false), "token") => "no, another token".to_owned(),
        (Some(false), _) => format!("no, {outcome}"),
        (None, _) => outcome.to_owned(),
    }
}

pub(super) fn notes(page: &mut Canvas, result: &RunResult) {
    let reasons = result.restarts.reasons.iter().map(|reason| {
        let times = match reason.count {
            1 => "once".to_owned(),
            count => format!("{} times, the first", grouped(count)),
        };
        let hint = match reason.kind {
            RestartKind::TimeOut => "; try a longer --timeout",
            _ => "",
        };
        in_lines(&format!(
            "unattributed restart, {times}: {}{hint}",
            reason.first
        ))
    });
    page.list(&reasons.collect::<Vec<_>>());
    let notes = result.notes.iter();
    let notes = notes.map(|note| in_lines(&format!("note: {note}")));
    page.list(&notes.collect::<Vec<_>>());
}

/// A text whose further lines are what an adapter wrote.
fn in_lines(text: &str) -> String {
    reason_lines(text).join("\n    ")
}

/// What was left out of the suites that were asked for: in one line, unless all is asked for.
pub(super) fn left_out(page: &mut Canvas, result: &RunResult, options: &HumanOptions) {
    let notes: Vec<&ScopeNote> = result.scope.left_out_of_asked().collect();
    let line = |note: &ScopeNote| {
        let cases = count(note.cases, "case", "cases");
        format!("left out, {cases}: {}", excerpt(&note.what, COLUMNS))
    };
    match notes[..] {
        [] => {}
        [_, _, ..] if !options.is_in_full() => {
            let cases: u64 = notes.iter().map(|note| note.cases).sum();
            let hint = page.paint.faint(&format!("({})", options.see_all));
            let (first, others) = (excerpt(&notes[0].what, COLUMNS), notes.len() as u64 - 1);
            page.list(&[format!(
                "left out, {}: {first}, and {}  {hint}",
                count(cases, "case", "cases"),
                count(others, "other reason", "other reasons")
            )]);
        }
        _ => page.list(&notes.into_iter().map(line).collect::<Vec<_>>()),
    }
}
