//! The requirements of a run with the cases that show them.

use std::collections::HashMap;

use crate::report::run::basis;
use crate::results::{Case, Counts, RequirementSummary, RunResult, SuiteSummary, Verdict};

/// A requirement with the cases that show it.
pub(super) struct Requirement<'r> {
    pub(super) suite: &'r SuiteSummary,
    pub(super) summary: &'r RequirementSummary,
    /// The cases that show it, in file order.
    pub(super) cases: Vec<&'r Case>,
    pub(super) counts: Counts,
}

impl Requirement<'_> {
    /// `suite/requirement`.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.suite.name, self.summary.id)
    }

    /// The numbers of passed and of tried cases.
    pub(super) fn passed_of(&self) -> (u64, u64) {
        let passed = [Verdict::Pass, Verdict::UnexpectedPass];
        let untried = [Verdict::Skipped, Verdict::NotApplicable];
        let sum = |verdicts: [Verdict; 2]| verdicts.iter().map(|&v| self.counts.of(v)).sum::<u64>();
        (sum(passed), self.counts.total() - sum(untried))
    }

    /// The worst verdict of its cases; `None` if no case shows the requirement.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        gravest(|verdict| self.counts.of(verdict))
    }

    /// Where it is written down or, if it is not, why it holds.
    pub(super) fn basis(&self) -> String {
        basis::of_requirement(self.suite, self.summary)
    }
}

/// All requirements of the suites that took part, in file order.
pub(super) struct Requirements<'r> {
    pub(super) all: Vec<Requirement<'r>>,
    /// The index of each by the names of its suite and its own.
    indices: HashMap<(&'r str, &'r str), usize>,
}

impl<'r> Requirements<'r> {
    pub(super) fn of(run: &'r RunResult) -> Self {
        let mut all: Vec<Requirement<'_>> = Vec::new();
        let mut indices = HashMap::new();
        for suite in &run.suites {
            for summary in &suite.requirements {
                indices.insert((suite.name.as_str(), summary.id.as_str()), all.len());
                all.push(Requirement {
                    suite,
                    summary,
                    cases: Vec::new(),
                    counts: Counts::default(),
                });
            }
        }
        let mut requirements = Self { all, indices };
        for case in &run.cases {
            for name in &case.shows {
                if let Some(index) = requirements.index(case, name) {
                    let requirement = &mut requirements.all[index];
                    requirement.cases.push(case);
                    requirement.counts.add(case.verdict);
                }
            }
        }
        requirements
    }

    /// The index of a requirement that a case shows; `None` if its suite has no such requirement.
    pub(super) fn index(&self, case: &Case, name: &str) -> Option<usize> {
        self.indices.get(&(case.suite(), name)).copied()
    }
}

/// The address of the document that a suite is based on, if it may become a link. Suites may come
/// from strangers, so only web addresses do.
pub(super) fn web_address(suite: &SuiteSummary) -> Option<&str> {
    let url = suite.source.url.as_deref()?;
    let rest = url
        .strip_prefix("https://")
        .or(url.strip_prefix("http://"))?;
    let is_allowed = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c);
    rest.chars().all(is_allowed).then_some(url)
}

/// All verdicts, the gravest first.
pub(super) const GRAVEST_FIRST: [Verdict; 9] = [
    Verdict::Fail,
    Verdict::UnexpectedPass,
    Verdict::Error,
    Verdict::Warning,
    Verdict::KnownFailure,
    Verdict::Skipped,
    Verdict::Pass,
    Verdict::Observed,
    Verdict::NotApplicable,
];

/// The worst verdict with a count above zero.
pub(super) fn gravest(of: impl Fn(Verdict) -> u64) -> Option<Verdict> {
    GRAVEST_FIRST.into_iter().find(|&verdict| of(verdict) > 0)
}
