//! One run on the page.

use std::collections::HashMap;

use crate::report::Campaigns;
use crate::report::digits::{count, duration, grouped};
use crate::report::run::causes::CauseInWords;
use crate::report::run::headline::Headline;
use crate::report::run::html::card::{Advice, Card};
use crate::report::run::html::suite::{RequirementView, SuiteView};
use crate::report::run::html::tone;
use crate::report::run::sentence::{gate_sentence, verdict_words};
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, excerpt, visible};
use crate::results::{RunResult, Trait};

/// Maximum number of cases shown in full.
const CARDS: usize = 200;

/// How many of them are initially expanded.
const OPEN: usize = 12;

/// Longest text in a line, in columns.
const COLUMNS: usize = 400;

/// One run.
pub(super) struct RunSection {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) tone: &'static str,
    pub(super) word: String,
    pub(super) said: String,
    pub(super) gate: Option<String>,
    pub(super) parts: Vec<Part>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) advice: Vec<Advice>,
    pub(super) remarks: Vec<String>,
    pub(super) cards: Vec<Card>,
    pub(super) more_cards: Option<String>,
    pub(super) listed: Vec<String>,
    pub(super) suites: Vec<SuiteView>,
    pub(super) profile: Vec<TraitView>,
    pub(super) left_out: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The number of cases with one verdict.
pub(super) struct Part {
    pub(super) tone: &'static str,
    pub(super) number: u64,
    pub(super) words: String,
}

/// The observed behaviour where the scheme leaves it to the implementation.
pub(super) struct TraitView {
    pub(super) what: String,
    pub(super) does: &'static str,
    pub(super) tone: &'static str,
    pub(super) outcome: &'static str,
    pub(super) case: String,
}

/// The anchor of a suite.
pub(super) fn suite_anchor(run: usize, suite: usize) -> String {
    format!("r{run}-s{suite}")
}

/// The anchor of a requirement, by its index in the run.
pub(super) fn requirement_anchor(run: usize, requirement: usize) -> String {
    format!("r{run}-q{requirement}")
}

impl RunSection {
    pub(super) fn of(
        view: &RunView<'_>,
        name: &str,
        number: usize,
        campaigns: &Campaigns<'_>,
    ) -> Self {
        let run = view.run;
        let headline = Headline::of_run(run, campaigns);
        let (cards, more_cards) = cards(view, number);
        let by_id: HashMap<&str, String> = std::iter::zip(&view.findings, &cards)
            .map(|(finding, card)| (finding.case.id.as_str(), card.anchor.clone()))
            .collect();
        let suites = run.suites.iter().enumerate().map(|(at, suite)| {
            let requirements = view.requirements.all.iter().enumerate();
            let requirements = requirements.filter(|(_, one)| std::ptr::eq(one.suite, suite));
            let requirements = requirements.map(|(at, one)| {
                let mut cases = one.cases.iter();
                let failed = cases.find_map(|case| by_id.get(case.id.as_str()).cloned());
                RequirementView::of(one, requirement_anchor(number, at), failed)
            });
            SuiteView::of(
                suite,
                suite_anchor(number, at),
                requirements.collect(),
                view.cases_of(suite).collect(),
                &by_id,
            )
        });
        let left_out = run.scope.left_out.iter().map(|note| {
            let cases = count(note.cases, "case", "cases");
            format!("{cases}: {}", excerpt(&note.what, COLUMNS))
        });
        Self {
            anchor: format!("r{number}"),
            name: excerpt(name, COLUMNS),
            tone: tone::of(headline.tone),
            word: capitalised(&headline.words()),
            said: verdict_words(run),
            gate: gate_sentence(run).map(|gate| capitalised(&gate)),
            parts: parts(run),
            facts: facts(run),
            advice: view.causes.iter().map(advice).collect(),
            remarks: view.remarks.iter().map(|one| capitalised(one)).collect(),
            suites: suites.collect(),
            cards,
            more_cards,
            listed: listed(view),
            profile: run.profile.iter().map(TraitView::of).collect(),
            left_out: left_out.collect(),
            notes: run
                .notes
                .iter()
                .map(|note| excerpt(note, COLUMNS))
                .collect(),
        }
    }
}

fn parts(run: &RunResult) -> Vec<Part> {
    let part = |(verdict, number)| Part {
        tone: tone::of_verdict(Some(verdict)),
        number,
        words: format!("{} {verdict}", grouped(number)),
    };
    run.counts.each().map(part).collect()
}

fn facts(run: &RunResult) -> Vec<(&'static str, String)> {
    let about = &run.implementation;
    let mut facts = vec![("implementation", excerpt(about.called(), COLUMNS))];
    let optional = [("version", &about.version), ("language", &about.language)];
    for (label, value) in optional {
        facts.extend(value.as_ref().map(|value| (label, excerpt(value, COLUMNS))));
    }
    facts.extend([
        ("level", run.level.to_string()),
        ("cases", grouped(run.counts.total())),
        ("started", visible(&run.started)),
        ("took", duration(run.duration_ms)),
        ("seed", run.seed.to_string()),
    ]);
    match run.repeat_asked {
        Some(asked) => {
            let rounds = format!("{} of {}", grouped(run.repeat), grouped(asked));
            facts.push(("rounds", rounds));
        }
        None if run.repeat > 1 => facts.push(("rounds", grouped(run.repeat))),
        None => {}
    }
    facts.extend(run.restarts.in_words().map(|words| ("restarts", words)));
    facts.extend(run.hello_changes.in_words().map(|words| ("hello", words)));
    facts.push(("adapter", excerpt(&run.adapter, COLUMNS)));
    let notes = about.notes.as_ref();
    facts.extend(notes.map(|notes| ("implementation notes", excerpt(notes, COLUMNS))));
    facts
}

/// A likely cause.
fn advice(cause: &CauseInWords) -> Advice {
    let words = cause.evidence.iter().chain(&cause.remedies);
    Advice {
        title: capitalised(&cause.title),
        remedies: words.cloned().collect(),
        explains: format!("Explains {}.", cause.explains),
    }
}

/// The cases shown in full, and how many more there are.
fn cards(view: &RunView<'_>, number: usize) -> (Vec<Card>, Option<String>) {
    let findings = view.findings.iter().take(CARDS).enumerate();
    let cards = findings.map(|(at, finding)| {
        let of_requirement = |index| requirement_anchor(number, index);
        let anchor = format!("r{number}-c{at}");
        Card::of(view, finding.case, anchor, of_requirement, at < OPEN)
    });
    let more = view.findings.len().saturating_sub(CARDS);
    let more = (more > 0).then(|| {
        let cases = count(more as u64, "case", "cases");
        format!("and {cases} more, listed below under “All cases” and in the JSON result")
    });
    (cards.collect(), more)
}

/// The known failures that occurred, grouped by reason, and the problems with the list.
fn listed(view: &RunView<'_>) -> Vec<String> {
    let problems = view.problems_of_the_list().map(|failure| {
        let (case, reason) = (visible(&failure.case), excerpt(&failure.reason, COLUMNS));
        format!("{}: {case}: {reason}", failure.kind.name())
    });
    let allowed = view.known_failures_in_words(COLUMNS);
    allowed.into_iter().chain(problems).collect()
}

impl TraitView {
    fn of(one: &Trait) -> Self {
        let (does, tone) = match one.does {
            Some(true) => ("yes", "doubt"),
            Some(false) => ("no", "plain"),
            None => ("", "plain"),
        };
        Self {
            what: excerpt(&one.what, COLUMNS),
            does,
            tone,
            outcome: one.outcome.name(),
            case: visible(&one.case),
        }
    }
}
