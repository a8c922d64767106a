//! The findings, the gravest first, each with its remedy and its first example.

use crate::report::digits::grouped;
use crate::report::rerun_command;
use crate::report::run::case::{LABEL, details};
use crate::report::run::fault::Fault;
use crate::report::run::html::anchors::Anchors;
use crate::report::run::html::card::Card;
use crate::report::run::html::tone;
use crate::report::run::place::Origin;
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
    pub(super) first: Example,
    pub(super) others: Vec<&'r Case>,
    pub(super) more: String,
}

/// The first example of a finding.
pub(super) enum Example {
    /// In full.
    Card(Box<ExampleView>),
    /// In as many words, but as one text: a page has room for so many cards.
    Text { anchor: String, words: String },
}

/// The case that a finding shows in full.
pub(super) struct ExampleView {
    pub(super) anchor: String,
    pub(super) card: Card,
    /// The anchors and names of the requirements that it shows.
    pub(super) shows: Vec<(String, String)>,
    /// Where its vector stands: a label, the words, and whether they are an address.
    pub(super) origin: Option<(&'static str, String, bool)>,
    pub(super) again: String,
}

impl ExampleView {
    fn of(view: &RunView<'_>, fault: &Fault<'_>, case: &Case, anchors: &Anchors) -> Self {
        let mut card = Card::of(case);
        if fault.is_explained() {
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
            origin: Origin::of(view.run, case).map(|origin| {
                let is_address = origin.address().is_some();
                (origin.label(), origin.words(), is_address)
            }),
            again: rerun_command(view.run, &case.id),
        }
    }
}

/// The findings of a run. Only so many have a card; the others tell their first example as a text.
pub(super) fn findings<'r>(
    view: &RunView<'r>,
    anchors: &Anchors,
    cards: usize,
) -> Vec<FindingView<'r>> {
    let faults = view.faults.iter().enumerate();
    let of = |(at, fault): (usize, &Fault<'r>)| {
        let cases: Vec<&Case> = fault.findings.iter().map(|finding| finding.case).collect();
        let first = *cases.first()?;
        let others = cases.get(1..).unwrap_or_default();
        let evidence = fault.evidence.iter().map(|one| capitalised(one));
        Some(FindingView {
            anchor: anchors.of(&format!("finding-{}", at + 1)),
            tone: tone::of_verdict(Some(first.verdict)),
            mark: tone::mark(first.verdict),
            verdict: first.verdict.name(),
            title: capitalised(&fault.ground.say(&fault.title)),
            gravity: format!("{}: {}", fault.level, fault.gravity.words(fault.level)),
            extent: fault.extent(),
            remedies: evidence.chain(fault.remedies.iter().cloned()).collect(),
            first: if at < cards {
                Example::Card(Box::new(ExampleView::of(view, fault, first, anchors)))
            } else {
                Example::Text {
                    anchor: anchors.case(&first.id),
                    words: example_text(view, fault, first),
                }
            },
            others: others.to_vec(),
            more: match others.len() as u64 {
                1 => "1 more example".to_owned(),
                more => format!("{} more examples", grouped(more)),
            },
        })
    };
    faults.filter_map(of).collect()
}

/// A case in lines: its id, then what was asked, expected and came.
fn example_text(view: &RunView<'_>, fault: &Fault<'_>, case: &Case) -> String {
    let is_said =
        |label: &str| fault.is_explained() && ["likely cause", "or", "fix"].contains(&label);
    let mut text = visible(&case.id);
    for (label, line) in details(view.run, case) {
        if !is_said(label) {
            text.push_str(&format!("\n{label:<LABEL$} {line}"));
        }
    }
    text
}
