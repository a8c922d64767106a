//! The changes between two results, by the findings that they belong to: what is new first, worst
//! first, and after it what is gone.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::report::digits::{count, grouped};
use crate::report::run::fault::{Fault, Ground};
use crate::report::run::gravity::Gravity;
use crate::report::run::view::RunView;
use crate::report::visible::excerpt;
use crate::results::{Case, ChangedCase, Difference, Document, Verdict, cases_by_name};
use crate::suite::Level;

/// Longest text in a line, in columns.
const COLUMNS: usize = 200;

/// All changes.
pub(super) struct Changes<'d> {
    pub(super) parts: Vec<Part<'d>>,
    /// Which implementations no longer start, and why.
    pub(super) absent: Vec<String>,
    /// What a change may be due to.
    pub(super) notes: Vec<String>,
    pub(super) unchanged: String,
}

/// The cases that changed in one way.
pub(super) struct Part<'d> {
    pub(super) kind: PartKind,
    pub(super) groups: Vec<Group<'d>>,
    pub(super) number: u64,
}

/// In which way cases changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    Broke,
    Appeared,
    Changed,
    Fixed,
    Vanished,
}

impl PartKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Broke => "broke",
            Self::Appeared => "appeared",
            Self::Changed => "changed",
            Self::Fixed => "fixed",
            Self::Vanished => "vanished",
        }
    }

    /// Whether its cases are judged by the earlier result only.
    fn is_past(self) -> bool {
        matches!(self, Self::Fixed | Self::Vanished)
    }
}

/// The changed cases of a finding.
pub(super) struct Group<'d> {
    pub(super) finding: Option<FindingInWords>,
    /// `pass → fail`.
    pub(super) changes: Vec<String>,
    /// Whether something is wrong with them now.
    pub(super) is_bad: bool,
    pub(super) cases: Vec<&'d ChangedCase>,
}

/// What the changed cases have in common.
pub(super) struct FindingInWords {
    /// `accepts what it must not`.
    pub(super) does: String,
    /// What is wrong.
    pub(super) title: String,
    pub(super) ground: Ground,
    /// How to mend it; nothing of what is gone.
    pub(super) remedies: Vec<String>,
}

impl Group<'_> {
    /// `36 cases, pass → fail`.
    pub(super) fn extent(&self) -> String {
        let cases = count(self.cases.len() as u64, "case", "cases");
        format!("{cases}, {}", self.changes.join(", "))
    }
}

/// What sorts groups: the level and the gravity of their finding, and what it is.
type Key<'v> = (Level, Gravity, &'v str);

impl<'d> Changes<'d> {
    pub(super) fn of(difference: &'d Difference, [old, new]: [&Document; 2]) -> Self {
        let (old_views, new_views) = (RunView::all(old), RunView::all(new));
        let before = Faults::of(old, &old_views);
        let now = Faults::of(new, &new_views);
        let parts = [
            (PartKind::Broke, &difference.broke),
            (PartKind::Appeared, &difference.appeared),
            (PartKind::Changed, &difference.changed),
            (PartKind::Fixed, &difference.fixed),
            (PartKind::Vanished, &difference.vanished),
        ];
        let part = |(kind, cases): (PartKind, &'d Vec<ChangedCase>)| Part {
            kind,
            groups: groups(cases, kind, [&before, &now]),
            number: cases.len() as u64,
        };
        let parts = parts.into_iter().filter(|(_, cases)| !cases.is_empty());
        Self {
            parts: parts.map(part).collect(),
            absent: absent(difference),
            notes: notes(difference),
            unchanged: count(difference.unchanged, "case", "cases"),
        }
    }

    /// `40 broke, 2 fixed, 310 cases as before`.
    pub(super) fn counted(&self) -> String {
        let parts = self.parts.iter();
        let mut parts: Vec<String> = parts
            .map(|part| format!("{} {}", grouped(part.number), part.kind.name()))
            .collect();
        parts.push(format!("{} as before", self.unchanged));
        parts.join(", ")
    }
}

/// The finding of each case of a document.
struct Faults<'v> {
    by_name: HashMap<String, &'v Fault<'v>>,
}

impl<'v> Faults<'v> {
    fn of(document: &Document, views: &'v [RunView<'v>]) -> Self {
        let mut of_case: HashMap<*const Case, &Fault<'_>> = HashMap::new();
        for fault in views.iter().flat_map(|view| &view.faults) {
            for finding in &fault.findings {
                of_case.insert(std::ptr::from_ref(finding.case), fault);
            }
        }
        let cases = cases_by_name(document).into_iter();
        let by_name = cases.filter_map(|(name, case)| {
            let fault = of_case.get(&std::ptr::from_ref(case))?;
            Some((name, *fault))
        });
        Self {
            by_name: by_name.collect(),
        }
    }
}

/// The changed cases by finding, worst first; behind them those without one, the most first.
fn groups<'d, 'v>(
    cases: &'d [ChangedCase],
    kind: PartKind,
    [before, now]: [&'v Faults<'v>; 2],
) -> Vec<Group<'d>> {
    let mut known: IndexMap<Key<'v>, Group<'d>> = IndexMap::new();
    let mut others: IndexMap<String, Group<'d>> = IndexMap::new();
    for case in cases {
        let of = |faults: &'v Faults<'v>| faults.by_name.get(&case.case).copied();
        let fault = match kind {
            PartKind::Broke | PartKind::Appeared => of(now),
            PartKind::Changed => of(now).or_else(|| of(before)),
            PartKind::Fixed | PartKind::Vanished => of(before),
        };
        let change = change(case);
        let empty = || Group {
            finding: fault.map(|fault| in_words(fault, kind)),
            changes: Vec::new(),
            is_bad: !kind.is_past() && fault.is_some(),
            cases: Vec::new(),
        };
        let group = match fault {
            Some(fault) => known
                .entry((fault.level, fault.gravity, &fault.title))
                .or_insert_with(empty),
            None => others.entry(change.clone()).or_insert_with(empty),
        };
        if !group.changes.contains(&change) {
            group.changes.push(change);
        }
        group.cases.push(case);
    }
    let fewest_last = |group: &Group<'_>| std::cmp::Reverse(group.cases.len());
    known.sort_by(
        |(level, gravity, _), one, (other_level, other_gravity, _), other| {
            let one = (level, gravity, fewest_last(one));
            one.cmp(&(other_level, other_gravity, fewest_last(other)))
        },
    );
    others.sort_by_key(|_, group| fewest_last(group));
    known.into_values().chain(others.into_values()).collect()
}

fn in_words(fault: &Fault<'_>, kind: PartKind) -> FindingInWords {
    FindingInWords {
        does: fault.gravity.words(fault.level),
        title: fault.title.clone(),
        ground: fault.ground,
        remedies: if kind.is_past() {
            Vec::new()
        } else {
            fault.remedies.clone()
        },
    }
}

/// What happens now; nothing of a case that is fine, where the details do not matter.
pub(super) fn happens(case: &ChangedCase) -> String {
    match case.now {
        Some(Verdict::Pass) | None => String::new(),
        Some(_) => excerpt(&case.what, COLUMNS),
    }
}

fn change(case: &ChangedCase) -> String {
    match (case.before, case.now) {
        (Some(before), Some(now)) if before != now => format!("{before} → {now}"),
        (Some(verdict), Some(_)) => format!("{verdict} in another way"),
        (Some(verdict), None) | (None, Some(verdict)) => verdict.to_string(),
        (None, None) => String::new(),
    }
}

fn absent(difference: &Difference) -> Vec<String> {
    let absent = difference.did_not_start.iter().map(|absent| {
        let adapter = excerpt(&absent.adapter, COLUMNS);
        let reason = excerpt(&absent.reason, COLUMNS);
        format!("{adapter} did not start: {reason}")
    });
    absent.collect()
}

fn notes(difference: &Difference) -> Vec<String> {
    let two = difference.implementations.iter().map(|[old, new]| {
        let (old, new) = (excerpt(old, COLUMNS), excerpt(new, COLUMNS));
        format!("the results are of two implementations, {old} and {new}")
    });
    let suites = difference.changed_suites.iter().map(|suite| {
        let suite = excerpt(suite, COLUMNS);
        format!("the suite {suite} changed between the two")
    });
    two.chain(suites).collect()
}
