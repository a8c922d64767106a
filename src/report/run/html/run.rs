//! One run on the page.

use crate::report::Campaigns;
use crate::report::digits::{count, duration, grouped};
use crate::report::run::causes::CauseInWords;
use crate::report::run::headline::Headline;
use crate::report::run::html::anchors::Anchors;
use crate::report::run::html::findings::{FindingView, findings};
use crate::report::run::html::suite::{RequirementView, SuiteView};
use crate::report::run::html::tone;
use crate::report::run::sentence::{gate_sentence, verdict_words};
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, excerpt, visible};
use crate::results::RunResult;

/// Longest text in a line, in columns.
const COLUMNS: usize = 400;

/// One run.
pub(super) struct RunSection<'r> {
    /// Its place on the page.
    pub(super) number: usize,
    pub(super) anchors: Anchors,
    pub(super) name: String,
    pub(super) tone: &'static str,
    pub(super) word: String,
    pub(super) said: String,
    /// What is to be said of the gate that does not follow from the conformance.
    pub(super) gate: Option<String>,
    pub(super) parts: Vec<Part>,
    pub(super) facts: Vec<(&'static str, String)>,
    /// The causes that belong to none of the findings.
    pub(super) causes: Vec<CauseView>,
    pub(super) remarks: Vec<String>,
    pub(super) findings: Vec<FindingView<'r>>,
    pub(super) listed: Vec<String>,
    pub(super) suites: Vec<SuiteView>,
    /// Every requirement.
    pub(super) requirements: Vec<RequirementView>,
    /// How many of them failed, and how many did not.
    pub(super) failed: u64,
    pub(super) others: u64,
    pub(super) profile: u64,
    pub(super) cases: String,
    pub(super) left_out: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The number of cases with one verdict.
pub(super) struct Part {
    pub(super) tone: &'static str,
    pub(super) mark: &'static str,
    pub(super) verdict: &'static str,
    pub(super) number: u64,
    pub(super) words: String,
}

/// A likely cause of the failures.
pub(super) struct CauseView {
    pub(super) title: String,
    pub(super) remedies: Vec<String>,
    pub(super) explains: String,
}

impl<'r> RunSection<'r> {
    pub(super) fn of(
        view: &RunView<'r>,
        number: usize,
        name: &str,
        anchors: Anchors,
        campaigns: &Campaigns<'_>,
        cards: usize,
    ) -> Self {
        let run = view.run;
        let headline = Headline::of_run(run, campaigns);
        let requirements = view.requirements.all.iter();
        let requirements: Vec<RequirementView> = requirements.map(RequirementView::of).collect();
        let failed = requirements.iter().filter(|one| one.failed).count() as u64;
        let left_out = run.scope.left_out.iter().map(|note| {
            let cases = count(note.cases, "case", "cases");
            format!("{cases}: {}", excerpt(&note.what, COLUMNS))
        });
        Self {
            number,
            name: excerpt(name, COLUMNS),
            tone: headline.tone.class(),
            word: capitalised(&headline.words()),
            said: verdict_words(run),
            gate: gate_sentence(run).map(|gate| capitalised(&gate)),
            parts: parts(run),
            facts: facts(run),
            causes: view.further_causes.iter().map(cause).collect(),
            remarks: view.remarks.iter().map(|one| capitalised(one)).collect(),
            findings: findings(view, &anchors, cards),
            suites: run
                .suites
                .iter()
                .map(|suite| SuiteView::of(suite, &anchors))
                .collect(),
            failed,
            others: requirements.len() as u64 - failed,
            requirements,
            listed: listed(view),
            profile: run.profile.len() as u64,
            cases: grouped(run.counts.total()),
            left_out: left_out.collect(),
            notes: run
                .notes
                .iter()
                .map(|note| excerpt(note, COLUMNS))
                .collect(),
            anchors,
        }
    }
}

fn parts(run: &RunResult) -> Vec<Part> {
    let part = |(verdict, number)| Part {
        tone: tone::of_verdict(Some(verdict)),
        mark: tone::mark(verdict),
        verdict: verdict.name(),
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
        ("started", visible(&run.started).replacen('T', " ", 1)),
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
fn cause(cause: &CauseInWords) -> CauseView {
    let words = cause.evidence.iter().chain(&cause.remedies);
    CauseView {
        title: capitalised(&cause.title),
        remedies: words.cloned().collect(),
        explains: format!("Explains {}.", cause.explains),
    }
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
