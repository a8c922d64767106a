//! Why a verifier misjudges: the mistakes that would make it behave as it did, judged over all
//! cases of a run together.

use std::cmp::Reverse;

use crate::mistakes::{Mistake, MistakeId, Mistaken, catalogue};
use crate::scheme::{Call, Implementation as _, Reference, Scheme};
use crate::signature::{Outcome, OutcomeKind};

/// What a verifier did with one case.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What was asked.
    pub call: Call<'a>,
    /// What it did.
    pub outcome: &'a Outcome,
    /// Whether that is a failure.
    pub failed: bool,
}

/// A mistake that explains failures of a verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifierCause {
    /// The mistake.
    pub mistake: MistakeId,
    /// How many of the failed cases it explains.
    pub explained: usize,
}

/// The fewest mistakes that together explain the failed cases, the one that explains most first.
///
/// A mistake explains a case if an implementation that makes it does there what was seen. It is
/// ruled out by what it would have done elsewhere: for ten cases that it explains, at most one may
/// be otherwise. Failures that no mistake explains stay without one, and so do those of a verifier
/// that throws whatever it is asked: that tells nothing of what it would have done.
pub fn explain_verifier(seen: &[Seen<'_>]) -> Vec<VerifierCause> {
    let failed: Vec<&Seen<'_>> = seen
        .iter()
        .filter(|one| one.failed && !throws_always(one.call.scheme, seen))
        .collect();
    let mut candidates: Vec<Candidate> = catalogue()
        .iter()
        .filter_map(|mistake| Candidate::of(mistake, seen, &failed))
        .collect();
    let mut open = vec![true; failed.len()];
    let mut causes = Vec::new();
    loop {
        let worth = |candidate: &Candidate| {
            let both = candidate.explained.iter().zip(&open);
            let still = both
                .filter(|&(&explained, &open)| explained && open)
                .count();
            // What only looks at tokens is the simpler explanation of what happens to tokens.
            let is_simple = candidate.mistake.is_of_verifying();
            (still, Reverse(candidate.contradictions), is_simple)
        };
        // The catalogue has the more frequent mistake first, and it is to win a tie.
        let best = (0..candidates.len())
            .rev()
            .max_by_key(|&at| worth(&candidates[at]));
        let Some(best) = best.filter(|&at| worth(&candidates[at]).0 > 0) else {
            return causes;
        };
        let Candidate {
            mistake, explained, ..
        } = candidates.remove(best);
        causes.push(VerifierCause {
            mistake: mistake.id,
            explained: count(&explained),
        });
        for (open, explained) in open.iter_mut().zip(explained) {
            *open &= !explained;
        }
    }
}

/// Whether it threw in all cases of that scheme.
fn throws_always(scheme: &Scheme, seen: &[Seen<'_>]) -> bool {
    seen.iter()
        .filter(|one| std::ptr::eq(one.call.scheme, scheme))
        .all(|one| one.outcome.kind() == OutcomeKind::Threw)
}

/// A mistake that may be among the causes.
struct Candidate {
    mistake: &'static Mistake,
    /// Which of the failed cases it explains.
    explained: Vec<bool>,
    /// How many cases it would have changed, and not to what was seen.
    contradictions: usize,
}

impl Candidate {
    /// The mistake, if it explains anything and is borne out by the rest.
    fn of(mistake: &'static Mistake, seen: &[Seen<'_>], failed: &[&Seen<'_>]) -> Option<Self> {
        let explained = explains(mistake, failed)?;
        let contradictions = contradictions(mistake, seen);
        (contradictions * 10 <= count(&explained)).then_some(Self {
            mistake,
            explained,
            contradictions,
        })
    }
}

/// Which of the failed cases a mistake explains; `None` if none.
fn explains(mistake: &'static Mistake, failed: &[&Seen<'_>]) -> Option<Vec<bool>> {
    let mut mistaken = Mistaken::one(mistake);
    let mut explain = |seen: &&Seen<'_>| {
        mistake.applies(seen.call.scheme).is_ok()
            && class(&mistaken.call(&seen.call)) == class(seen.outcome)
    };
    let explained: Vec<bool> = failed.iter().map(&mut explain).collect();
    explained.contains(&true).then_some(explained)
}

/// How many cases the mistake would have changed, and not to what was seen.
fn contradictions(mistake: &'static Mistake, seen: &[Seen<'_>]) -> usize {
    let (mut mistaken, mut reference) = (Mistaken::one(mistake), Reference::new());
    let mut contradictions = 0;
    for seen in seen
        .iter()
        .filter(|seen| mistake.applies(seen.call.scheme).is_ok())
    {
        let planted = class(&mistaken.call(&seen.call));
        let is_otherwise = planted != class(seen.outcome);
        contradictions +=
            usize::from(is_otherwise && planted != class(&reference.call(&seen.call)));
    }
    contradictions
}

fn count(truths: &[bool]) -> usize {
    truths.iter().filter(|&&truth| truth).count()
}

/// A rejection and a refusal are the same here: which of them a verifier gives for odd input is
/// a matter of style.
fn class(outcome: &Outcome) -> OutcomeKind {
    match outcome.kind() {
        OutcomeKind::Refused => OutcomeKind::Reject,
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, explain_verifier};
    use crate::mistakes::{MistakeId, Mistaken};
    use crate::scheme::{Call, Implementation};
    use crate::signature::{Op, Outcome};
    use crate::suite::{Suite, find};

    /// What an implementation with these mistakes does with every verify vector of a suite, and
    /// what is said to be its mistakes.
    fn found(suite: &Suite, planted: &[&str]) -> Vec<String> {
        let ids: Vec<MistakeId> = planted
            .iter()
            .map(|id| MistakeId::named(id).unwrap())
            .collect();
        let mut mistaken = Mistaken::new(&ids).unwrap();
        let mut right = Mistaken::new(&[]).unwrap();
        let calls: Vec<Call<'_>> = suite
            .vectors
            .iter()
            .map(|vector| &vector.request)
            .filter(|request| request.op == Op::Verify)
            .map(|request| request.call(&suite.scheme))
            .collect();
        let outcomes: Vec<(Outcome, bool)> = calls
            .iter()
            .map(|call| {
                let outcome = mistaken.call(call);
                let failed = outcome.kind() != right.call(call).kind();
                (outcome, failed)
            })
            .collect();
        let seen: Vec<Seen<'_>> = calls
            .iter()
            .zip(&outcomes)
            .map(|(&call, (outcome, failed))| Seen {
                call,
                outcome,
                failed: *failed,
            })
            .collect();
        explain_verifier(&seen)
            .iter()
            .map(|cause| cause.mistake.to_string())
            .collect()
    }

    #[test]
    fn a_planted_mistake_is_found() {
        let suite = find("jimo").unwrap().parse().unwrap();
        for planted in [
            "verify-always-accepts",
            "verify-always-rejects",
            "secret-hex-decoded",
        ] {
            assert_eq!(found(&suite, &[planted]), [planted]);
        }
        assert!(found(&suite, &[]).is_empty());
    }

    #[test]
    fn whoever_always_throws_is_not_told_why() {
        let suite = find("jotreview").unwrap().parse().unwrap();
        let suite: &Suite = &suite;
        let threw = Outcome::Threw("not implemented".into());
        let verifying = suite
            .vectors
            .iter()
            .map(|vector| &vector.request)
            .filter(|request| request.op == Op::Verify);
        let seen: Vec<Seen<'_>> = verifying
            .map(|request| Seen {
                call: request.call(&suite.scheme),
                outcome: &threw,
                failed: true,
            })
            .collect();
        assert!(explain_verifier(&seen).is_empty());
    }

    #[test]
    fn two_planted_mistakes_are_found() {
        let suite = find("jotreview").unwrap().parse().unwrap();
        let mut both = found(&suite, &["identity-trimmed", "verify-accepts-a-prefix"]);
        both.sort();
        assert_eq!(both, ["identity-trimmed", "verify-accepts-a-prefix"]);
    }
}
