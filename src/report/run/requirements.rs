//! The results of each requirement.

use std::collections::HashMap;

use crate::results::{Counts, RequirementSummary, RunResult, SuiteSummary, Verdict};

/// A requirement with the results of the cases that show it.
pub(super) struct RequirementRow<'r> {
    pub(super) suite: &'r SuiteSummary,
    pub(super) requirement: &'r RequirementSummary,
    pub(super) counts: Counts,
}

impl RequirementRow<'_> {
    /// `suite/requirement`.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.suite.name, self.requirement.id)
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
}

/// All requirements of the suites that took part, in file order.
pub(super) fn requirements(result: &RunResult) -> Vec<RequirementRow<'_>> {
    let mut rows: Vec<RequirementRow<'_>> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for suite in &result.suites {
        for requirement in &suite.requirements {
            places.insert((&suite.name, &requirement.id), rows.len());
            rows.push(RequirementRow {
                suite,
                requirement,
                counts: Counts::default(),
            });
        }
    }
    for case in &result.cases {
        for shown in &case.shows {
            if let Some(&place) = places.get(&(case.suite(), shown.as_str())) {
                rows[place].counts.add(case.verdict);
            }
        }
    }
    rows
}

/// The worst verdict with a count above zero.
pub(super) fn gravest(of: impl Fn(Verdict) -> u64) -> Option<Verdict> {
    const GRAVEST_FIRST: [Verdict; 9] = [
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
    GRAVEST_FIRST.into_iter().find(|&verdict| of(verdict) > 0)
}
