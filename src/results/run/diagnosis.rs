//! Why cases failed: computed once, shown by every report.
//!
//! A wrong token is evidence by itself, so each failed `sign` case has its own causes. A verifier
//! reveals nothing of what it computes, so it is queried: the diagnosis records what it accepted,
//! and names no cause without such evidence.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::results::{
    Account, Case, Causes, Diagnosis, Inquiry, InquiryResult, LikelyCause, MistakeMention,
    RunResult, Verdict,
};
use crate::signature::Op;

impl Diagnosis {
    /// Computes the causes of failed `sign` and `send` cases from the causes of each case: the
    /// fewest that explain the most cases. `tried` is the number of mistakes that were tried.
    pub fn of_signing(cases: &[Case], tried: u64) -> Self {
        // A request that cannot be read says itself what is wrong with it.
        let has_token = |case: &&Case| case.request.op == Op::Sign || case.actual_token.is_some();
        let failed: Vec<&Case> = failed(cases, Op::signs).filter(has_token).collect();
        if failed.is_empty() {
            return Self::default();
        }
        let (causes, explained) = fewest(&failed);
        Self {
            causes,
            sign: Some(Account {
                failed: failed.len() as u64,
                unexplained: failed.len() as u64 - explained,
                searched: None,
                tried,
                in_pairs: true,
                ruled_out: Vec::new(),
            }),
            ..Self::default()
        }
    }

    /// Merges a diagnosis of the verifier; causes with the same mistakes become one.
    pub fn add_verifying(&mut self, other: Self) {
        self.verify = other.verify;
        self.inquiry = other.inquiry;
        for cause in other.causes {
            self.add(cause);
        }
        self.sort();
    }

    /// Adds a cause; causes with the same mistakes become one.
    pub fn add(&mut self, cause: LikelyCause) {
        let same = |known: &&mut LikelyCause| shared(known, &cause).is_some();
        let Some(known) = self.causes.iter_mut().find(same) else {
            self.causes.push(cause);
            return;
        };
        // Evidence that rules out an alternative in one place rules it out in the other.
        if let Some(alternatives) = shared(known, &cause) {
            known.alternatives = alternatives;
        }
        known.sign += cause.sign;
        known.verify += cause.verify;
        known.accepted_tokens += cause.accepted_tokens;
    }

    /// Makes cases and causes agree once both are known: a `verify` case keeps only the causes that
    /// are named here, because what one suite leaves open another may rule out, and what a cause
    /// says holds in the suites of all its cases.
    pub fn settle(&mut self, cases: &mut [Case]) {
        let named: Vec<Vec<&str>> = self
            .causes
            .iter()
            .filter(|cause| cause.verify > 0)
            .flat_map(|cause| cause.alternatives.iter().map(ids))
            .collect();
        for case in cases.iter_mut().filter(|case| !case.request.op.signs()) {
            case.causes.retain(|causes| named.contains(&ids(causes)));
        }
        let failed: Vec<&Case> = cases.iter().filter(|c| is_failure(c.verdict)).collect();
        let causes = self.causes.iter_mut().filter(|cause| cause.verify > 0);
        for causes in causes.flat_map(|cause| &mut cause.alternatives) {
            let has = |case: &Case| case.causes.iter().any(|one| ids(one) == ids(causes));
            let places: Vec<usize> = (0..failed.len()).filter(|&at| has(failed[at])).collect();
            if !places.is_empty() {
                *causes = in_all_cases(causes, &places, &failed);
            }
        }
    }

    fn sort(&mut self) {
        self.causes
            .sort_by_key(|cause| Reverse(cause.sign + cause.verify));
    }

    /// The diagnosis of a document that predates this member.
    pub(super) fn of_older(run: &RunResult) -> Option<Self> {
        let mut diagnosis = Self::of_signing(&run.cases, 0);
        let misjudged = failed(&run.cases, Op::verifies).count() as u64;
        if !run.verifier_causes.is_empty() {
            let mut open = misjudged;
            let causes = run.verifier_causes.iter().map(|mistake| {
                let explained = mistake.explained.unwrap_or_default().min(open);
                open -= explained;
                LikelyCause {
                    alternatives: vec![Causes {
                        mistakes: vec![MistakeMention {
                            explained: None,
                            ..mistake.clone()
                        }],
                    }],
                    sign: 0,
                    verify: explained,
                    accepted_tokens: 0,
                }
            });
            let causes = causes.collect();
            diagnosis.add_verifying(Self {
                causes,
                verify: Some(Account {
                    failed: misjudged,
                    unexplained: open,
                    ..Account::default()
                }),
                ..Self::default()
            });
        }
        (!diagnosis.causes.is_empty()).then_some(diagnosis)
    }

    /// Combines the diagnoses of the parts of a run; `cases` are the cases of the whole.
    ///
    /// A `verify` cause is kept if one part found it and no other part rules it out. The cases of a
    /// part that could not find a cause stay unexplained.
    pub(super) fn of_parts(parts: &[&Self], cases: &[Case]) -> Self {
        let tried = |account: fn(&Self) -> Option<&Account>| {
            let counts = parts.iter().filter_map(|part| account(part));
            counts
                .map(|account| account.tried)
                .max()
                .unwrap_or_default()
        };
        let mut whole = Self::of_signing(cases, tried(|part| part.sign.as_ref()));
        let sign = || parts.iter().filter_map(|part| part.sign.as_ref());
        if let Some(account) = &mut whole.sign
            && sign().any(|part| part.searched.is_some())
        {
            account.searched = Some(
                sign()
                    .map(|part| part.searched.unwrap_or(part.failed))
                    .sum(),
            );
        }
        let verify: Vec<&Account> = parts
            .iter()
            .filter_map(|part| part.verify.as_ref())
            .collect();
        let inquiries: Vec<&Inquiry> = parts
            .iter()
            .filter_map(|part| part.inquiry.as_ref())
            .collect();
        let result = inquiries
            .iter()
            .map(|inquiry| inquiry.result)
            .find(|result| *result != InquiryResult::Consistent)
            .unwrap_or(InquiryResult::Consistent);
        let mut ruled_out: Vec<String> = verify
            .iter()
            .flat_map(|account| account.ruled_out.iter().cloned())
            .collect();
        ruled_out.sort_unstable();
        ruled_out.dedup();
        let mut verifying = Self::default();
        for cause in parts.iter().flat_map(|part| &part.causes) {
            let mut cause = LikelyCause {
                sign: 0,
                ..cause.clone()
            };
            // A mistake ruled out by itself may still be right in combination with another.
            let is_out = |one: &Causes| match &one.mistakes[..] {
                [only] => ruled_out.contains(&only.id),
                _ => false,
            };
            cause.alternatives.retain(|one| !is_out(one));
            // The evidence of one part holds for the whole only if it is consistent with every
            // part.
            let holds = cause.accepted_tokens == 0 || result == InquiryResult::Consistent;
            if cause.verify > 0 && !cause.alternatives.is_empty() && holds {
                verifying.add(cause);
            }
        }
        let failed: u64 = verify.iter().map(|account| account.failed).sum();
        let explained: u64 = verifying.causes.iter().map(|cause| cause.verify).sum();
        if failed > 0 {
            verifying.verify = Some(Account {
                failed,
                unexplained: failed.saturating_sub(explained),
                searched: None,
                tried: tried(|part| part.verify.as_ref()),
                in_pairs: verify.iter().all(|account| account.in_pairs),
                ruled_out,
            });
        }
        if !inquiries.is_empty() {
            verifying.inquiry = Some(Inquiry {
                result,
                own_tokens_only: inquiries.iter().any(|inquiry| inquiry.own_tokens_only),
                requests: inquiries
                    .iter()
                    .flat_map(|inquiry| inquiry.requests.iter().cloned())
                    .collect(),
            });
        }
        whole.add_verifying(verifying);
        whole
    }

    /// The mistakes of all causes.
    pub(in crate::results) fn mentions(&mut self) -> impl Iterator<Item = &mut MistakeMention> {
        self.causes
            .iter_mut()
            .flat_map(|cause| &mut cause.alternatives)
            .flat_map(|one| &mut one.mistakes)
    }
}

/// The alternatives that both causes share.
fn shared(one: &LikelyCause, other: &LikelyCause) -> Option<Vec<Causes>> {
    let has = |cause: &LikelyCause, sought: &Causes| {
        let is_it = |known: &Causes| ids(known) == ids(sought);
        cause.alternatives.iter().any(is_it)
    };
    let shared: Vec<Causes> = one
        .alternatives
        .iter()
        .filter(|sought| has(other, sought))
        .cloned()
        .collect();
    (!shared.is_empty()).then_some(shared)
}

/// The cases of some operations that did not behave as expected, at any level.
fn failed(cases: &[Case], is_meant: impl Fn(Op) -> bool) -> impl Iterator<Item = &Case> {
    cases
        .iter()
        .filter(move |case| is_failure(case.verdict) && is_meant(case.request.op))
}

/// Whether a case with this verdict needs an explanation.
pub fn is_failure(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Fail | Verdict::Warning | Verdict::KnownFailure
    )
}

/// Greedy cover: the cause that explains most cases, then the one that explains most of the rest,
/// and so on. Causes of exactly the same cases are alternatives. Also returns how many cases are
/// explained.
fn fewest(cases: &[&Case]) -> (Vec<LikelyCause>, u64) {
    struct Tally<'r> {
        cases: Vec<usize>,
        /// Sum of the cause's indices in the lists of causes of those cases.
        places: usize,
        causes: &'r Causes,
    }
    let mut open: Vec<usize> = (0..cases.len()).collect();
    let mut found = Vec::new();
    let mut explained = 0;
    loop {
        let mut tallies: BTreeMap<Vec<&str>, Tally<'_>> = BTreeMap::new();
        for &at in &open {
            for (place, causes) in cases[at].causes.iter().enumerate() {
                let tally = tallies.entry(ids(causes)).or_insert(Tally {
                    cases: Vec::new(),
                    places: 0,
                    causes,
                });
                // A case may name the same mistakes twice, with other details.
                if tally.cases.last() != Some(&at) {
                    tally.cases.push(at);
                    tally.places += place;
                }
            }
        }
        let rank = |tally: &&Tally<'_>| (Reverse(tally.cases.len()), tally.places);
        let Some(best) = tallies.values().min_by_key(rank) else {
            return (found, explained);
        };
        // A further mistake that explains hardly any case more stands for itself, behind.
        let is_simpler = |tally: &&Tally<'_>| {
            let (simple, all) = (ids(tally.causes), ids(best.causes));
            simple.len() < all.len()
                && simple.iter().all(|id| all.contains(id))
                && tally.cases.len() + FEW >= best.cases.len()
        };
        let simpler = tallies.values().filter(is_simpler).min_by_key(rank);
        let best = simpler.unwrap_or(best);
        let mut same: Vec<&Tally<'_>> = tallies
            .values()
            .filter(|tally| tally.cases == best.cases)
            .collect();
        // For the same cases, the fewest mistakes are the best explanation.
        let least = same.iter().map(|tally| tally.causes.mistakes.len()).min();
        same.retain(|tally| Some(tally.causes.mistakes.len()) == least);
        same.sort_by_key(|tally| tally.places);
        explained += best.cases.len() as u64;
        found.push(LikelyCause {
            alternatives: same
                .iter()
                .map(|tally| in_all_cases(tally.causes, &tally.cases, cases))
                .collect(),
            sign: best.cases.len() as u64,
            verify: 0,
            accepted_tokens: 0,
        });
        let done = best.cases.clone();
        open.retain(|at| !done.contains(at));
    }
}

/// How few more cases a further mistake explains that is not told with the others.
const FEW: usize = 2;

/// How many forms of a mistake are told that the titles of cases name.
const MOST_TITLES: usize = 3;

/// The causes with all their titles and remedies. If remedies differ between suites, each names its
/// suites; a detail that differs between cases is left out.
fn in_all_cases(causes: &Causes, places: &[usize], cases: &[&Case]) -> Causes {
    let mut causes = causes.clone();
    for mention in &mut causes.mistakes {
        let mut remedies: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut titles: Vec<&str> = Vec::new();
        for &at in places {
            let of_case = cases[at].causes.iter().flat_map(|one| &one.mistakes);
            let Some(said) = of_case.clone().find(|one| one.id == mention.id) else {
                continue;
            };
            if said.detail != mention.detail {
                mention.detail.clear();
            }
            if !titles.contains(&said.title.as_str()) {
                titles.push(&said.title);
            }
            let suite = cases[at].suite();
            match remedies.iter_mut().find(|(known, _)| *known == said.remedy) {
                Some((_, suites)) if suites.contains(&suite) => {}
                Some((_, suites)) => suites.push(suite),
                None => remedies.push((&said.remedy, vec![suite])),
            }
        }
        titles.truncate(MOST_TITLES);
        mention.title = titles.join(", or ");
        let first_suites = remedies.first().map(|(_, suites)| suites.clone());
        let is_of_suites = remedies
            .iter()
            .any(|(_, suites)| Some(suites) != first_suites.as_ref());
        if remedies.len() > 1 && !is_of_suites {
            let each = remedies.iter().map(|(remedy, _)| *remedy);
            mention.remedy = each.collect::<Vec<_>>().join(" ");
        } else if remedies.len() > 1 {
            let each = remedies
                .iter()
                .map(|(remedy, suites)| format!("{}: {remedy}", suites.join(", ")));
            mention.remedy = each.collect::<Vec<_>>().join(" ");
        }
    }
    causes
}

fn ids(causes: &Causes) -> Vec<&str> {
    causes.mistakes.iter().map(|m| m.id.as_str()).collect()
}
