//! Several implementations: one table of them and the suites, and one of the requirements that not
//! all of them meet.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::report::Campaigns;
use crate::report::digits::{count, grouped};
use crate::report::run::headline::{Headline, of_conformance};
use crate::report::run::html::anchors::Anchors;
use crate::report::run::html::tone;
use crate::report::run::matrix::{Cell, by_requirement, by_suite};
use crate::report::run::sentence::{DID_NOT_START, verdict_word};
use crate::report::run::view::RunView;
use crate::report::visible::{capitalised, excerpt};
use crate::results::{Document, RunResult, Verdict};

/// Longest name, in columns.
const COLUMNS: usize = 60;

/// The tables of several implementations.
pub(super) struct MatrixView {
    pub(super) said: String,
    pub(super) suites: Vec<String>,
    pub(super) rows: Vec<ImplementationRow>,
    /// The names over the columns of the requirements.
    pub(super) columns: Vec<String>,
    pub(super) groups: Vec<Group>,
}

/// An implementation.
pub(super) struct ImplementationRow {
    pub(super) anchor: String,
    pub(super) name: String,
    /// What it calls itself.
    pub(super) called: String,
    pub(super) tone: &'static str,
    pub(super) mark: &'static str,
    pub(super) word: String,
    /// How many cases got which verdict, for the bar.
    pub(super) parts: Vec<(&'static str, u64)>,
    pub(super) failed: String,
    pub(super) cells: Vec<Option<CellView>>,
}

/// The requirements of a suite that not every implementation meets.
pub(super) struct Group {
    pub(super) suite: String,
    pub(super) counted: String,
    /// Whether every implementation got the same in each of them.
    pub(super) agree: bool,
    pub(super) rows: Vec<RequirementRow>,
}

/// A requirement.
pub(super) struct RequirementRow {
    pub(super) id: String,
    pub(super) cells: Vec<Option<CellView>>,
}

/// A cell.
pub(super) struct CellView {
    pub(super) tone: &'static str,
    /// A mark, and where not all passed, how many of how many did.
    pub(super) words: String,
    /// What it leads to; nothing where all passed.
    pub(super) anchor: Option<String>,
}

/// The order of the implementations: those with the most failures first.
pub(super) fn order(document: &Document) -> Vec<usize> {
    let runs = document.runs();
    let mut order: Vec<usize> = (0..runs.len()).collect();
    let failures = |at: usize| {
        let (counts, tone) = (&runs[at].counts, of_conformance(runs[at].conformance));
        (
            tone,
            counts.of(Verdict::Fail),
            counts.of(Verdict::Error),
            counts.of(Verdict::Warning),
        )
    };
    order.sort_by_key(|&at| Reverse(failures(at)));
    order
}

/// The names of the implementations: those that the user gave them in `macproof.yaml` if every one
/// has such a name, and what they call themselves if not.
pub(super) fn names(document: &Document) -> Vec<String> {
    let given = |run: &RunResult| {
        let mut words = run.arguments.iter();
        words.find(|word| *word == "--implementation")?;
        words.next().cloned()
    };
    let names: Option<Vec<String>> = document.runs().iter().map(given).collect();
    let is_unique = |names: &Vec<String>| names.iter().collect::<HashSet<_>>().len() == names.len();
    names
        .filter(|names| names.len() > 1 && is_unique(names))
        .unwrap_or_else(|| document.names())
}

impl MatrixView {
    pub(super) fn of(
        document: &Document,
        views: &[RunView<'_>],
        names: &[String],
        anchors: &[Anchors],
        campaigns: &Campaigns<'_>,
    ) -> Self {
        let order = order(document);
        let names: Vec<String> = names.iter().map(|name| excerpt(name, COLUMNS)).collect();
        let matrix = by_suite(document);
        let rows = order.iter().map(|&at| {
            let run = &document.runs()[at];
            let headline = Headline::of_run(run, campaigns);
            let caveat = headline.caveat().map(|caveat| format!(", {caveat}"));
            let cells = std::iter::zip(&matrix.columns, &matrix.rows[at])
                .map(|(suite, cell)| Some(view(cell.as_ref()?, Some(anchors[at].suite(suite)))));
            let parts = run.counts.each();
            ImplementationRow {
                anchor: anchors[at].of("run"),
                name: names[at].clone(),
                called: about(run),
                tone: headline.tone.class(),
                mark: headline.tone.mark(),
                word: capitalised(verdict_word(run)) + caveat.as_deref().unwrap_or_default(),
                parts: parts
                    .map(|(verdict, number)| (tone::of_verdict(Some(verdict)), number))
                    .collect(),
                failed: grouped(run.counts.of(Verdict::Fail)),
                cells: cells.collect(),
            }
        });
        Self {
            said: said(document),
            rows: rows.collect(),
            suites: matrix
                .columns
                .iter()
                .map(|name| excerpt(name, COLUMNS))
                .collect(),
            columns: order.iter().map(|&at| names[at].clone()).collect(),
            groups: groups(views, &order, anchors),
        }
    }
}

/// What an implementation calls itself.
fn about(run: &RunResult) -> String {
    excerpt(&run.implementation.to_string(), COLUMNS)
}

fn said(document: &Document) -> String {
    let runs = document.runs();
    let words = ["conformant", "nonconformant", "incomplete", DID_NOT_START];
    let parts: Vec<String> = words
        .into_iter()
        .filter_map(|word| {
            let number = runs.iter().filter(|run| verdict_word(run) == word).count();
            (number > 0).then(|| format!("{} {word}", grouped(number as u64)))
        })
        .collect();
    let all = count(runs.len() as u64, "implementation", "implementations");
    format!("{all}: {}.", parts.join(", "))
}

/// The requirements that not every implementation meets, by suite.
fn groups(views: &[RunView<'_>], order: &[usize], anchors: &[Anchors]) -> Vec<Group> {
    let matrix = by_requirement(views).differing();
    let mut groups: IndexMap<&str, Vec<RequirementRow>> = IndexMap::new();
    let mut agree: HashMap<&str, bool> = HashMap::new();
    for (name, cells) in std::iter::zip(&matrix.columns, &matrix.rows) {
        let (suite, id) = name.split_once('/').unwrap_or(("", name));
        let same = cells.iter().all(|cell| *cell == cells[0]);
        *agree.entry(suite).or_insert(true) &= same;
        let cells = order.iter().map(|&at| {
            let anchor = anchors[at].requirement(suite, id);
            Some(view(cells[at].as_ref()?, Some(anchor)))
        });
        groups.entry(suite).or_default().push(RequirementRow {
            id: excerpt(id, COLUMNS),
            cells: cells.collect(),
        });
    }
    let groups = groups.into_iter().map(|(suite, rows)| Group {
        suite: excerpt(suite, COLUMNS),
        counted: count(rows.len() as u64, "requirement", "requirements"),
        agree: agree[suite],
        rows,
    });
    groups.collect()
}

fn view(cell: &Cell, anchor: Option<String>) -> CellView {
    let mark = cell.verdict.map_or("–", tone::mark);
    let is_whole =
        matches!(cell.verdict, Some(Verdict::Pass | Verdict::Observed)) || cell.tried == 0;
    CellView {
        tone: tone::of_verdict(cell.verdict),
        words: if is_whole {
            mark.to_owned()
        } else {
            format!("{mark} {}/{}", grouped(cell.passed), grouped(cell.tried))
        },
        anchor: anchor.filter(|_| !is_whole),
    }
}
