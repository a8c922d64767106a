//! The document inside the page from which its script draws what is not written as HTML: every
//! case, every requirement, and the profile.
//!
//! Cases of several implementations mostly say the same, so each text stands once, and so does each
//! vector and each result. A number that stands for a text is its place in `texts`; 0 is the empty
//! one. What there may be 100,000 of is written in columns of numbers, each as its difference from
//! the one before: a browser reads those ten times as fast as it makes arrays of arrays.

use std::collections::HashMap;

use indexmap::IndexSet;
use serde::{Serialize, Serializer};

use crate::report::rerun_command;
use crate::report::run::html::card::Card;
use crate::report::run::html::run::RunSection;
use crate::report::run::html::tone;
use crate::report::run::place::Origin;
use crate::report::run::requirements::GRAVEST_FIRST;
use crate::report::run::view::RunView;
use crate::report::visible::{excerpt, visible};
use crate::results::{Case, ObservedKind, RunResult, Verdict};
use crate::suite::Level;

/// Longest text, in columns.
const COLUMNS: usize = 400;

/// The place of a text.
type Text = u32;

/// The document.
#[derive(Serialize)]
pub(super) struct Data {
    /// For each verdict: its name, its class, and its mark.
    verdicts: Vec<[&'static str; 3]>,
    /// The verdicts, the gravest first.
    gravest: Vec<usize>,
    levels: Vec<&'static str>,
    texts: IndexSet<String>,
    /// What many vectors have in common.
    kinds: IndexSet<Kind>,
    /// The requests, each cut at its quotes.
    requests: IndexSet<Vec<Text>>,
    /// In columns, in the order of the members, each in steps.
    #[serde(serialize_with = "in_columns")]
    vectors: IndexSet<Vector>,
    results: IndexSet<Outcome>,
    runs: Vec<RunData>,
}

/// What was asked, whichever implementation answers.
#[derive(PartialEq, Eq, Hash)]
struct Vector {
    id: Text,
    /// The place of its kind.
    kind: usize,
    /// The place of its request.
    request: usize,
    expected: Text,
    /// The line where it stands; 0 where that has no lines.
    line: u32,
}

/// What vectors have in common. Written as an array, in this order.
#[derive(PartialEq, Eq, Hash)]
struct Kind {
    suite: Text,
    level: usize,
    shows: Vec<Text>,
    note: Text,
    /// The file or the document where it stands.
    place: Text,
    /// What is told of characters that look like others.
    points: Text,
}

/// What came. Written as an array, in this order.
#[derive(PartialEq, Eq, Hash)]
struct Outcome {
    verdict: usize,
    kind: Text,
    standing: Text,
    /// What came; none where it is what was expected, to the letter.
    actual: Text,
    /// The tokens to compare: the expected one and the actual one.
    tokens: Vec<Text>,
    more: Vec<Text>,
    /// The request that a sender made: a label and a line, in turns.
    sent: Vec<Text>,
    /// Each likely cause, followed by its remedies.
    causes: Vec<Vec<Text>>,
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self {
            suite,
            level,
            shows,
            note,
            place,
            points,
        } = self;
        (suite, level, shows, note, place, points).serialize(to)
    }
}

fn in_columns<S: Serializer>(vectors: &IndexSet<Vector>, to: S) -> Result<S::Ok, S::Error> {
    let number = |text: Text| text as usize;
    let column = |of: &dyn Fn(&Vector) -> usize| steps(vectors.iter().map(of));
    [
        column(&|one| number(one.id)),
        column(&|one| one.kind),
        column(&|one| one.request),
        column(&|one| number(one.expected)),
        column(&|one| number(one.line)),
    ]
    .serialize(to)
}

fn in_steps<S: Serializer>(numbers: &[usize], to: S) -> Result<S::Ok, S::Error> {
    steps(numbers.iter().copied()).serialize(to)
}

/// Numbers, each as its difference from the one before.
fn steps(numbers: impl Iterator<Item = usize>) -> Vec<i64> {
    let mut before = 0;
    let step = |number: usize| {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        number - std::mem::replace(&mut before, number)
    };
    numbers.map(step).collect()
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let came = (self.actual, &self.tokens, &self.more, &self.sent);
        (self.verdict, self.kind, self.standing, came, &self.causes).serialize(to)
    }
}

/// One run.
#[derive(Serialize)]
struct RunData {
    name: Text,
    /// What stands before the address of a case.
    prefix: String,
    /// The command that runs a case again, without the case.
    again: String,
    /// The vectors: a start and a number, in turns.
    vectors: Vec<usize>,
    /// The result of each.
    #[serde(serialize_with = "in_steps")]
    results: Vec<usize>,
    /// The places of the cases of each finding, but for the first.
    findings: Vec<Vec<usize>>,
    /// Verdict, class, level, suite, id, text, where it stands, how many passed, whether it failed,
    /// mark.
    requirements: Vec<[Text; 10]>,
    /// What, suite, whether it does it (0 unknown, 1 no, 2 yes), outcome, case.
    profile: Vec<[Text; 5]>,
}

impl Data {
    pub(super) fn new() -> Self {
        let verdict = |&verdict: &Verdict| {
            let tone = tone::of_verdict(Some(verdict));
            [verdict.name(), tone, tone::mark(verdict)]
        };
        Self {
            verdicts: Verdict::ALL.iter().map(verdict).collect(),
            gravest: GRAVEST_FIRST
                .iter()
                .map(|verdict| place(&Verdict::ALL, verdict))
                .collect(),
            levels: LEVELS.iter().map(|level| level.name()).collect(),
            texts: IndexSet::from([String::new()]),
            kinds: IndexSet::new(),
            requests: IndexSet::new(),
            vectors: IndexSet::new(),
            results: IndexSet::new(),
            runs: Vec::new(),
        }
    }

    /// Adds a run.
    pub(super) fn add(&mut self, view: &RunView<'_>, section: &RunSection<'_>) {
        let run = view.run;
        let mut ranges: Vec<usize> = Vec::new();
        let mut results = Vec::with_capacity(run.cases.len());
        for case in &run.cases {
            let at = self.vector(run, case);
            match ranges[..] {
                [.., start, number] if start + number == at => {
                    let last = ranges.len() - 1;
                    ranges[last] += 1;
                }
                _ => ranges.extend([at, 1]),
            }
            results.push(self.outcome(case));
        }
        let places: HashMap<*const Case, usize> =
            run.cases.iter().map(std::ptr::from_ref).zip(0..).collect();
        let others = section.findings.iter().map(|finding| {
            let cases = finding.others.iter().copied();
            cases.filter_map(|case| places.get(&std::ptr::from_ref(case)).copied())
        });
        let findings = others.map(Iterator::collect).collect();
        let requirements = section.requirements.iter().map(|one| {
            [
                self.text(one.verdict.to_owned()),
                self.text(one.tone.to_owned()),
                self.text(one.level.to_owned()),
                self.text(one.suite.clone()),
                self.text(one.id.clone()),
                self.text(one.text.clone()),
                self.text(one.place.clone()),
                self.text(one.passed.clone()),
                u32::from(one.failed),
                self.text(one.mark.to_owned()),
            ]
        });
        let requirements = requirements.collect();
        let profile = run.profile.iter().map(|one| {
            let (suite, _) = one.case.split_once('/').unwrap_or(("", &one.case));
            [
                self.text(excerpt(&one.what, COLUMNS)),
                self.text(visible(suite)),
                one.does.map_or(0, |does| 1 + u32::from(does)),
                self.text(one.outcome.name().to_owned()),
                self.text(visible(&one.case)),
            ]
        });
        let profile = profile.collect();
        let name = self.text(section.name.clone());
        let again = rerun_command(run, "x");
        self.runs.push(RunData {
            name,
            prefix: section.anchors.prefix.clone(),
            again: again.strip_suffix('x').unwrap_or(&again).to_owned(),
            vectors: ranges,
            results,
            findings,
            requirements,
            profile,
        });
    }

    fn vector(&mut self, run: &RunResult, case: &Case) -> usize {
        let (suite, id) = case.id.split_once('/').unwrap_or(("", &case.id));
        let (place, line) = match Origin::of(run, case) {
            Some(Origin::File(place)) => (self.text(visible(&place.path)), place.line),
            Some(Origin::Document(address)) => (self.text(address.to_owned()), 0),
            None => (0, 0),
        };
        let kind = Kind {
            suite: self.text(visible(suite)),
            level: self::place(&LEVELS, &case.level),
            shows: case
                .shows
                .iter()
                .map(|one| self.text(visible(one)))
                .collect(),
            note: self.text(Card::note(case).unwrap_or_default()),
            place,
            points: self.text(Card::points(case).unwrap_or_default()),
        };
        let request = Card::asked(case);
        let request = request.split('"').map(|part| self.text(part.to_owned()));
        let request = request.collect();
        let vector = Vector {
            id: self.text(visible(id)),
            kind: self.kinds.insert_full(kind).0,
            request: self.requests.insert_full(request).0,
            expected: self.text(Card::expected(case)),
            line,
        };
        self.vectors.insert_full(vector).0
    }

    fn outcome(&mut self, case: &Case) -> usize {
        let card = Card::of(case);
        let tokens = card
            .tokens
            .into_iter()
            .flat_map(|tokens| [tokens.due, tokens.came]);
        let sent = card.sent.into_iter();
        let sent = sent.flat_map(|(label, line)| [label.to_owned(), line]);
        let causes = card.causes.into_iter().map(|cause| {
            let words = std::iter::once(cause.title).chain(cause.remedies);
            words.map(|one| self.text(one)).collect()
        });
        let causes = causes.collect();
        let outcome = Outcome {
            verdict: place(&Verdict::ALL, &case.verdict),
            kind: self.text(case.outcome.map_or("", ObservedKind::name).to_owned()),
            standing: self.text(card.standing),
            actual: if card.actual == card.expected {
                0
            } else {
                self.text(card.actual)
            },
            tokens: tokens.map(|one| self.text(one)).collect(),
            more: card.more.into_iter().map(|one| self.text(one)).collect(),
            sent: sent.map(|one| self.text(one)).collect(),
            causes,
        };
        self.results.insert_full(outcome).0
    }

    fn text(&mut self, text: String) -> Text {
        let (at, _) = self.texts.insert_full(text);
        // A document with more texts than this has no room in memory.
        u32::try_from(at).unwrap_or_default()
    }

    /// The document as JSON that cannot end the element that holds it: no `<` stands in it.
    #[expect(
        clippy::expect_used,
        reason = "a string takes every byte, and no map has other keys"
    )]
    pub(super) fn json(&self) -> String {
        let json = serde_json::to_string(self).expect("a document can be written");
        json.replace('<', "\\u003c")
    }
}

/// The levels, the strictest first.
const LEVELS: [Level; 3] = [Level::Must, Level::Should, Level::May];

fn place<T: PartialEq>(all: &[T], one: &T) -> usize {
    all.iter()
        .position(|known| known == one)
        .unwrap_or_default()
}
