//! The findings, the gravest first, each with its remedy and its first example.

use crate::report::digits::grouped;
use crate::report::rerun_command;
use crate::report::run::html::anchors::Anchors;
use crate::report::run::html::card::Card;
use crate::report::run::html::tone;
use crate::report::run::triage::Fault;
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, visible};
use crate::results::Case;

/// A finding: cases that failed for one reason.
pub(super) struct FindingView<'r> {
    pub(super) anchor: String,
    pub(super) tone: &'static str,
    pub(super) mark: &'static str,
    pub(super) verdict: &'static str,
    pub(super) title: String,
    /// `must: accepts what it must not`.
    pub(super) gravity: String,
    /// `16 sign and 12 verify cases in acme and bolt`.
    pub(super) extent: String,
    pub(super) remedies: Vec<String>,
    pub(super) first: Option<ExampleView>,
    pub(super) others: Vec<&'r Case>,
    pub(super) more: String,
}

/// The case that a finding shows in full.
pub(super) struct ExampleView {
    pub(super) anchor: String,
    pub(super) card: Card,
    /// The anchors and names of the requirements that it shows.
    pub(super) shows: Vec<(String, String)>,
    pub(super) again: String,
}

impl ExampleView {
    fn of(view: &RunView<'_>, case: &Case, anchors: &Anchors, is_explained: bool) -> Self {
        let mut card = Card::of(case);
        if is_explained {
            // The finding says it already.
            card.causes.clear();
        }
        let shows = case.shows.iter().map(|name| {
            let anchor = anchors.requirement(case.suite(), name);
            (anchor, visible(name))
        });
        Self {
            anchor: anchors.case(&case.id),
            card,
            shows: shows.collect(),
            again: rerun_command(view.run, &case.id),
        }
    }
}

/// The findings of a run. Only so many show their first example; the others show it when they are
/// opened.
pub(super) fn findings<'r>(
    view: &RunView<'r>,
    anchors: &Anchors,
    examples: usize,
) -> Vec<FindingView<'r>> {
    let faults = view.faults.iter().enumerate();
    let of = |(at, fault): (usize, &Fault<'r>)| {
        let cases: Vec<&Case> = fault.findings.iter().map(|finding| finding.case).collect();
        let first = *cases.first()?;
        let is_shown = at < examples;
        let others = cases.get(usize::from(is_shown)..).unwrap_or_default();
        let evidence = fault.evidence.iter().map(|one| capitalised(one));
        Some(FindingView {
            anchor: anchors.of(&format!("finding-{}", at + 1)),
            tone: tone::of_verdict(Some(first.verdict)),
            mark: tone::mark(first.verdict),
            verdict: first.verdict.name(),
            title: capitalised(&fault.title),
            gravity: format!("{}: {}", fault.level, fault.gravity.words(fault.level)),
            extent: fault.extent(),
            remedies: evidence.chain(fault.remedies.iter().cloned()).collect(),
            first: is_shown.then(|| ExampleView::of(view, first, anchors, fault.cause.is_some())),
            others: others.to_vec(),
            more: match others.len() as u64 {
                1 if !is_shown => "1 example".to_owned(),
                more if !is_shown => format!("{} examples", grouped(more)),
                1 => "1 more example".to_owned(),
                more => format!("{} more examples", grouped(more)),
            },
        })
    };
    faults.filter_map(of).collect()
}
