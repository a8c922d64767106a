//! Cases grouped by the requirements that they show.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::report::digits::grouped;
use crate::results::{Case, RequirementSummary, RunResult, SuiteSummary, Verdict};
use crate::suite::Basis;

/// A requirement, with the cases of one verdict that show it.
pub(super) struct Group<'r> {
    pub(super) suite: &'r SuiteSummary,
    pub(super) requirement: &'r RequirementSummary,
    /// The cases with that verdict, in file order.
    pub(super) cases: Vec<&'r Case>,
    /// How many cases that show the requirement were tried.
    pub(super) tried: usize,
}

impl Group<'_> {
    /// `suite/requirement`.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.suite.name, self.requirement.id)
    }

    /// The requirement's basis in the words that suit these cases: only what the vendor's document
    /// states can be departed from.
    pub(super) fn standing(&self) -> String {
        let source = &self.suite.source.title;
        let place = match &self.requirement.place {
            Some(place) => format!("\"{source}\", {place}"),
            None => format!("\"{source}\""),
        };
        let departs = self.cases.iter().filter(|c| c.departs_from_document());
        match self.requirement.basis {
            Basis::Document => match departs.count() {
                0 => format!("see {place}"),
                all if all == self.cases.len() => format!("departs from {place}"),
                1 => format!("1 of them departs from {place}"),
                some => format!("{} of them depart from {place}", grouped(some as u64)),
            },
            Basis::Security => "not in the document; without it a forgery passes".to_owned(),
            Basis::Practice => "not in the document; good practice".to_owned(),
        }
    }
}

/// Groups the cases with this verdict by requirement; the most severe and most often failed come
/// first.
pub(super) fn by_requirement(result: &RunResult, verdict: Verdict) -> Vec<Group<'_>> {
    let mut requirements = HashMap::new();
    for suite in &result.suites {
        for requirement in &suite.requirements {
            let name = (suite.name.as_str(), requirement.id.as_str());
            requirements.insert(name, (suite, requirement));
        }
    }
    let mut groups: HashMap<(&str, &str), Group<'_>> = HashMap::new();
    for case in &result.cases {
        let suite = case.id.split_once('/').map_or("", |(suite, _)| suite);
        for shown in &case.shows {
            let name = (suite, shown.as_str());
            let Some(&(suite, requirement)) = requirements.get(&name) else {
                continue;
            };
            let group = groups.entry(name).or_insert_with(|| Group {
                suite,
                requirement,
                cases: Vec::new(),
                tried: 0,
            });
            if !matches!(case.verdict, Verdict::Skipped | Verdict::NotApplicable) {
                group.tried += 1;
            }
            if case.verdict == verdict {
                group.cases.push(case);
            }
        }
    }
    let mut groups: Vec<_> = groups
        .into_values()
        .filter(|group| !group.cases.is_empty())
        .collect();
    groups.sort_by(|a, b| {
        let rank = |g: &Group<'_>| (g.requirement.level, Reverse(g.cases.len()), g.name());
        rank(a).cmp(&rank(b))
    });
    groups
}
