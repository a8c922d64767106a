//! The changes between two results.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::results::{Case, Document, Verdict};

/// The changes between an older and a newer result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Cases that were fine and no longer are: regressions.
    pub broke: Vec<ChangedCase>,
    /// Cases that were not fine and now are.
    pub fixed: Vec<ChangedCase>,
    /// Cases that changed in another way: a different kind of failure, a warning that became a
    /// failure or the reverse, or a case that is no longer tried.
    pub changed: Vec<ChangedCase>,
    /// New cases.
    pub appeared: Vec<ChangedCase>,
    /// Cases that no longer exist.
    pub vanished: Vec<ChangedCase>,
    /// Number of unchanged cases.
    pub unchanged: u64,
    /// Implementations that used to start and no longer do, with the reason: regressions. Their
    /// cases are not listed in `vanished`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub did_not_start: Vec<AbsentImplementation>,
    /// The implementations of the older and the newer result, if each result has a single one and
    /// they are different: then a change may be due to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implementations: Option<[String; 2]>,
    /// Suites whose file changed, so that a change may be due to the suite.
    pub changed_suites: Vec<String>,
}

/// A case that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedCase {
    /// The case id, prefixed with the implementation's name and a colon if there are several.
    pub case: String,
    /// The verdict before, ignoring known failures; absent for a new case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Verdict>,
    /// The verdict now, ignoring known failures; absent for a case that vanished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<Verdict>,
    /// What happens now, in words; for a case that vanished, what happened before.
    pub what: String,
}

/// An implementation that no longer starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AbsentImplementation {
    /// How the implementation is reached.
    pub adapter: String,
    /// Why it does not start.
    pub reason: String,
}

impl Difference {
    /// Compares two results case by case. Several implementations are matched by name.
    pub fn between(old: &Document, new: &Document) -> Self {
        let (before, now) = (cases_by_name(old), cases_by_name(new));
        let absent = absent_now(old, new);
        let mut difference = Self::default();
        for (id, case) in &now {
            let verdict = case.own_verdict();
            let Some(earlier) = before.get(id) else {
                difference.appeared.push(changed(id, None, Some(case)));
                continue;
            };
            let then = earlier.own_verdict();
            let list = match (standing(then), standing(verdict)) {
                _ if then == verdict && earlier.outcome == case.outcome => {
                    difference.unchanged += 1;
                    continue;
                }
                (Standing::Good, Standing::Bad) => &mut difference.broke,
                (Standing::Bad, Standing::Good) => &mut difference.fixed,
                // A warning below the level that counts is not a regression, but worth a line.
                _ => &mut difference.changed,
            };
            list.push(changed(id, Some(earlier), Some(case)));
        }
        let is_absent = |id: &str| {
            let of = |(name, _): &(String, _)| id.strip_prefix(name.as_str()).is_some();
            absent.iter().any(of)
        };
        for (id, case) in &before {
            if !now.contains_key(id) && !is_absent(id) {
                difference.vanished.push(changed(id, Some(case), None));
            }
        }
        difference.did_not_start = absent.into_iter().map(|(_, absent)| absent).collect();
        difference.implementations = other_implementations(old, new);
        difference.changed_suites = changed_suites(old, new);
        difference
    }

    /// Whether something got worse: a case broke, a new case is not fine, or an implementation does
    /// not start.
    pub fn is_regression(&self) -> bool {
        let is_bad = |one: &ChangedCase| one.now.is_some_and(|now| standing(now) == Standing::Bad);
        !self.broke.is_empty() || !self.did_not_start.is_empty() || self.appeared.iter().any(is_bad)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The case behaves as expected, or has no expectation.
    Good,
    /// The case fails at a level that counts, or has no verdict.
    Bad,
    /// The case is a warning, or was not tried.
    Neither,
}

fn standing(verdict: Verdict) -> Standing {
    match verdict {
        Verdict::Pass | Verdict::Observed | Verdict::UnexpectedPass => Standing::Good,
        Verdict::Fail | Verdict::Error | Verdict::KnownFailure => Standing::Bad,
        Verdict::Warning | Verdict::Skipped | Verdict::NotApplicable => Standing::Neither,
    }
}

/// The cases of a document by their names: their ids, behind the name of the implementation if there
/// are several.
pub fn cases_by_name(document: &Document) -> BTreeMap<String, &Case> {
    let runs = document.runs();
    // A new version is still the same implementation.
    let name = |at: usize| match runs.len() {
        1 => String::new(),
        _ => format!("{}: ", runs[at].implementation.name),
    };
    let of = |at: usize| {
        let name = name(at);
        let case = move |case: &'_ Case| format!("{name}{}", case.id);
        runs[at].cases.iter().map(move |one| (case(one), one))
    };
    (0..runs.len()).flat_map(of).collect()
}

/// The implementations that do not start now but did before or are new, each with the prefix its
/// cases had before.
fn absent_now(old: &Document, new: &Document) -> Vec<(String, AbsentImplementation)> {
    let before = old.runs();
    let mut absent = Vec::new();
    for run in new.runs() {
        let Some(reason) = &run.did_not_start else {
            continue;
        };
        // An implementation that did not start has no name, so match it by how it is reached.
        let earlier = match before {
            [one] if new.runs().len() == 1 => Some(one),
            all => all.iter().find(|one| one.adapter == run.adapter),
        };
        if earlier.is_some_and(|earlier| earlier.did_not_start.is_some()) {
            continue;
        }
        let name = match (earlier, before.len()) {
            (Some(_), 1) => String::new(),
            (Some(earlier), _) => format!("{}: ", earlier.implementation.name),
            (None, _) => format!("{}: ", run.implementation.name),
        };
        let (adapter, reason) = (run.adapter.clone(), reason.clone());
        absent.push((name, AbsentImplementation { adapter, reason }));
    }
    absent
}

/// The names of the two implementations, if each document has a single one and they differ.
fn other_implementations(old: &Document, new: &Document) -> Option<[String; 2]> {
    let ([old], [new]) = (old.runs(), new.runs()) else {
        return None;
    };
    let is_told = old.did_not_start.is_none() && new.did_not_start.is_none();
    // A new version is still the same implementation.
    let is_another = is_told && old.implementation.name != new.implementation.name;
    is_another.then(|| [old, new].map(|run| run.implementation.name.clone()))
}

fn changed(id: &str, before: Option<&&Case>, now: Option<&&Case>) -> ChangedCase {
    let what = now.or(before).map_or_else(String::new, |case| {
        let said = case.actual.as_ref().or(case.reason.as_ref());
        said.cloned().unwrap_or_default()
    });
    ChangedCase {
        case: id.to_owned(),
        before: before.map(|case| case.own_verdict()),
        now: now.map(|case| case.own_verdict()),
        what,
    }
}

fn changed_suites(old: &Document, new: &Document) -> Vec<String> {
    let digests = |document: &Document| -> BTreeMap<String, String> {
        let suites = document.runs().iter().flat_map(|run| run.suites.iter());
        let one = |suite: &crate::results::SuiteSummary| (suite.name.clone(), suite.digest.clone());
        suites.map(one).collect()
    };
    let (before, now) = (digests(old), digests(new));
    let is_another = |(name, digest): &(&String, &String)| {
        before.get(*name).is_some_and(|earlier| earlier != *digest)
    };
    now.iter()
        .filter(is_another)
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Difference;
    use crate::results::fixture::{accept, reject, run, small_suite, threw, token};
    use crate::results::{Document, Observed, Verdict};

    fn document(outcomes: &[(&str, Observed)], known: &str) -> Document {
        let suite = small_suite();
        let observe = |(id, o): &(&str, Observed)| suite.observe(id, o.clone());
        run(outcomes.iter().map(observe).collect(), known).into()
    }

    fn ids(list: &[super::ChangedCase]) -> Vec<&str> {
        list.iter().map(|one| one.case.as_str()).collect()
    }

    #[test]
    fn changes_are_classified() {
        let old = document(
            &[
                ("signs", token("aa")),
                ("forged", accept()),
                ("upper", reject()),
            ],
            "",
        );
        let new = document(
            &[
                ("signs", token("ab")),
                ("forged", reject()),
                ("throws", reject()),
            ],
            "",
        );
        let difference = Difference::between(&old, &new);
        assert_eq!(ids(&difference.broke), ["acme/signs"]);
        assert_eq!(difference.broke[0].what, "token ab");
        assert_eq!(ids(&difference.fixed), ["acme/forged"]);
        assert_eq!(ids(&difference.appeared), ["acme/throws"]);
        assert_eq!(ids(&difference.vanished), ["acme/upper"]);
        assert!(difference.is_regression());
        let same = Difference::between(&old, &old);
        assert_eq!((same.unchanged, same.is_regression()), (3, false));
    }

    #[test]
    fn known_failures_neither_hide_nor_cause_regressions() {
        let list = "- {case: acme/forged, expect: accept, reason: x}";
        let failing = document(&[("forged", accept())], list);
        let passing = document(&[("forged", reject())], "");
        assert!(Difference::between(&passing, &failing).is_regression());
        let unlisted = document(&[("forged", accept())], "");
        let difference = Difference::between(&unlisted, &failing);
        assert_eq!(
            (difference.unchanged, difference.is_regression()),
            (1, false)
        );
        let fixed = Difference::between(&failing, &passing);
        assert_eq!(ids(&fixed.fixed), ["acme/forged"]);
    }

    #[test]
    fn a_new_failing_case_is_a_regression_and_a_warning_is_not() {
        let old = document(&[("signs", token("aa")), ("throws", reject())], "");
        let failing = document(
            &[
                ("signs", token("aa")),
                ("throws", reject()),
                ("forged", accept()),
            ],
            "",
        );
        assert!(Difference::between(&old, &failing).is_regression());
        let warned = document(&[("signs", token("aa")), ("throws", threw("x"))], "");
        let difference = Difference::between(&old, &warned);
        assert_eq!(difference.changed[0].now, Some(Verdict::Warning));
        assert!(!difference.is_regression());
    }

    #[test]
    fn a_changed_suite_is_named() {
        let old = document(&[("signs", token("aa"))], "");
        let mut new = old.clone();
        if let Document::Run(run) = &mut new {
            run.suites[0].digest = "00".repeat(32);
        }
        let difference = Difference::between(&old, &new);
        assert_eq!(difference.changed_suites, ["acme"]);
    }
}
