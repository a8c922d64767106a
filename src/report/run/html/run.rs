//! One run on the page.

use std::collections::HashMap;

use crate::report::Campaigns;
use crate::report::digits::{count, duration, grouped};
use crate::report::run::causes::{CauseInWords, causes, remarks};
use crate::report::run::headline::Headline;
use crate::report::run::html::card::{Advice, Card, capitalised, is_shown};
use crate::report::run::html::suite::{RequirementView, SuiteView};
use crate::report::run::html::tone;
use crate::report::run::human::{gate_sentence, verdict_sentence};
use crate::report::run::known;
use crate::report::run::requirements::requirements;
use crate::report::visible::{excerpt, visible};
use crate::results::{Case, RunResult, Trait, Verdict};

/// Maximum number of cases shown in full.
const CARDS: usize = 200;

/// How many of them are initially expanded.
const OPEN: usize = 12;

/// Longest text in a line, in columns.
const COLUMNS: usize = 400;

/// One run.
pub(super) struct RunView {
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

impl RunView {
    pub(super) fn of(
        run: &RunResult,
        name: &str,
        number: usize,
        campaigns: &Campaigns<'_>,
    ) -> Self {
        let headline = Headline::of_run(run, campaigns);
        let sentence = verdict_sentence(run);
        let said = sentence
            .split_once(": ")
            .map_or(&*sentence, |(_, said)| said);
        let rows = requirements(run);
        let anchors: HashMap<(&str, &str), String> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let key = (row.suite.name.as_str(), row.requirement.id.as_str());
                (key, requirement_anchor(number, at))
            })
            .collect();
        let (cards, more_cards) = cards(run, number, &anchors);
        let by_id: HashMap<&str, String> = shown(run)
            .zip(&cards)
            .map(|(case, card)| (case.id.as_str(), card.anchor.clone()))
            .collect();
        let first_failures = first_failures(run, &by_id);
        let mut by_suite: HashMap<&str, Vec<&Case>> = HashMap::new();
        for case in &run.cases {
            by_suite.entry(case.suite()).or_default().push(case);
        }
        let mut views: HashMap<&str, Vec<RequirementView>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let key = (row.suite.name.as_str(), row.requirement.id.as_str());
            let failed = first_failures.get(&key).cloned();
            let view = RequirementView::of(row, requirement_anchor(number, at), failed);
            views.entry(&row.suite.name).or_default().push(view);
        }
        let suites = run.suites.iter().enumerate().map(|(at, suite)| {
            SuiteView::of(
                suite,
                suite_anchor(number, at),
                views.remove(suite.name.as_str()).unwrap_or_default(),
                by_suite.get(suite.name.as_str()).map_or(&[], Vec::as_slice),
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
            said: said.to_owned(),
            gate: gate_sentence(run).map(|gate| capitalised(&gate)),
            parts: parts(run),
            facts: facts(run),
            advice: advice(run),
            remarks: run
                .diagnosis
                .iter()
                .flat_map(remarks)
                .map(|remark| capitalised(&remark))
                .collect(),
            suites: suites.collect(),
            cards,
            more_cards,
            listed: listed(run),
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
    Verdict::ALL
        .into_iter()
        .filter(|&verdict| run.counts.of(verdict) > 0)
        .map(|verdict| Part {
            tone: tone::of_verdict(Some(verdict)),
            number: run.counts.of(verdict),
            words: format!("{} {verdict}", grouped(run.counts.of(verdict))),
        })
        .collect()
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

/// The likely causes.
fn advice(run: &RunResult) -> Vec<Advice> {
    let causes = run.diagnosis.iter().flat_map(causes);
    let advice = |cause: CauseInWords| Advice {
        title: capitalised(&cause.title),
        remedies: cause.evidence.into_iter().chain(cause.remedies).collect(),
        explains: format!("Explains {}.", cause.explains),
    };
    causes.map(advice).collect()
}

/// The cases shown in full: failures first, then warnings.
fn shown(run: &RunResult) -> impl Iterator<Item = &Case> {
    let is_warning = |case: &Case| case.verdict == Verdict::Warning && case.known.is_none();
    let graver = run
        .cases
        .iter()
        .filter(move |case| is_shown(case) && !is_warning(case));
    graver.chain(run.cases.iter().filter(move |case| is_warning(case)))
}

fn cards(
    run: &RunResult,
    number: usize,
    anchors: &HashMap<(&str, &str), String>,
) -> (Vec<Card>, Option<String>) {
    let cards = shown(run)
        .take(CARDS)
        .enumerate()
        .map(|(at, case)| Card::of(run, case, format!("r{number}-c{at}"), anchors, at < OPEN))
        .collect();
    let more = shown(run).count().saturating_sub(CARDS);
    let more = (more > 0).then(|| {
        let cases = count(more as u64, "case", "cases");
        format!("and {cases} more, listed below under “All cases” and in the JSON result")
    });
    (cards, more)
}

/// For each requirement, the first fully shown case that failed it.
fn first_failures<'r>(
    run: &'r RunResult,
    cards: &HashMap<&str, String>,
) -> HashMap<(&'r str, &'r str), String> {
    let mut first = HashMap::new();
    for case in &run.cases {
        if let Some(anchor) = cards.get(case.id.as_str()) {
            for name in &case.shows {
                first
                    .entry((case.suite(), name.as_str()))
                    .or_insert_with(|| anchor.clone());
            }
        }
    }
    first
}

/// The known failures that occurred, grouped by reason, and the problems with the list.
fn listed(run: &RunResult) -> Vec<String> {
    let wrong = known::troubles(run).map(|failure| {
        let (case, reason) = (visible(&failure.case), excerpt(&failure.reason, COLUMNS));
        format!("{}: {case}: {reason}", failure.kind.name())
    });
    let allowed = known::allowed(run, COLUMNS);
    allowed.into_iter().chain(wrong).collect()
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
