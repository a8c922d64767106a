//! How far all that was signed supports a cause that one token suggests.

use crate::explain::question::{around_the_mac, in_words, inputs_of};
use crate::explain::times::carried_time;
use crate::mistakes::{Choice, Inputs, Mistaken, Pipeline};
use crate::results::Causes;
use crate::scheme::{Implementation as _, Scheme};
use crate::signature::{Outcome, Request};

/// The answer to a sign request.
#[derive(Clone, Debug)]
pub struct Signed<'a> {
    /// The scheme of the request.
    pub scheme: &'a Scheme,
    /// The request; if the clock is real, one for each second at which it may have been answered.
    pub requests: Vec<Request>,
    /// The answer.
    pub outcome: &'a Outcome,
    /// Whether the answer is wrong.
    pub failed: bool,
}

impl Signed<'_> {
    /// A pipeline as the cause of this answer, in the words of a report; `None` if it gives another.
    pub fn caused_by(&self, pipeline: &Pipeline, language: Option<&str>) -> Option<Causes> {
        let request = self.answered(pipeline, &mut Mistaken::along(pipeline.clone()))?;
        Some(in_words(pipeline, self.scheme, request, language))
    }

    /// Other text around the right MAC as the cause of this answer, in the words of a report.
    pub fn caused_by_text_around(&self, language: Option<&str>) -> Option<Causes> {
        let Outcome::Token(token) = self.outcome else {
            return None;
        };
        let mut requests = self.requests.iter();
        requests.find_map(|request| around_the_mac(self.scheme, request, token, language))
    }

    /// The first of its requests to which an implementation along this pipeline, which is planted
    /// in the other, gives this answer.
    fn answered(&self, pipeline: &Pipeline, planted: &mut Mistaken) -> Option<&Request> {
        let is_answer = |request: &&Request| {
            is_same(&planted.call(&request.call(self.scheme)), self.outcome)
                || self.is_made_at_its_millisecond(pipeline, request)
        };
        self.requests.iter().find(is_answer)
    }

    /// Whether the pipeline makes this token at the millisecond that it carries: the request knows
    /// only the second.
    fn is_made_at_its_millisecond(&self, pipeline: &Pipeline, request: &Request) -> bool {
        let Outcome::Token(token) = self.outcome else {
            return false;
        };
        let carried = carried_time(self.scheme, token);
        let Some(millis) = carried.and_then(|carried| carried.millis) else {
            return false;
        };
        let inputs = Inputs {
            millis: Some(millis),
            ..inputs_of(self.scheme, request)
        };
        pipeline.token(&inputs).is_ok_and(|made| made == *token)
    }
}

/// How many of the answers that a cause would have changed are what it makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Support {
    /// Wrong answers that it makes.
    pub made: u64,
    /// Wrong answers that it would have changed into others.
    pub missed: u64,
    /// Right answers that it would have spoilt.
    pub spoilt: u64,
}

impl Support {
    /// What these answers say of a cause: of that one of its mistakes that they support least. A
    /// mistake is supported only by answers that it changes itself, beside the others.
    pub fn of(pipelines: &[Pipeline], signed: &[&Signed<'_>]) -> Self {
        let along = |pipeline: &Pipeline| {
            let choices = pipeline.choices();
            let each = choices.map(|choice| Self::of_one(pipeline, choice, signed));
            each.min_by_key(|support| support.margin())
        };
        let each = pipelines.iter().filter_map(along);
        // The text around a MAC is another in every token: it has the one that shows it.
        each.max_by_key(|support| support.margin()).unwrap_or(Self {
            made: 1,
            ..Self::default()
        })
    }

    fn of_one(pipeline: &Pipeline, choice: Choice, signed: &[&Signed<'_>]) -> Self {
        let mut support = Self::default();
        let mut planted = Mistaken::along(pipeline.clone());
        for one in signed {
            let Some(first) = one.requests.first() else {
                continue;
            };
            if !matters(pipeline, choice, one.scheme, first) {
                continue;
            }
            let is_made = one.answered(pipeline, &mut planted).is_some();
            match (one.failed, is_made) {
                (true, true) => support.made += 1,
                (true, false) => support.missed += 1,
                (false, true) => {}
                (false, false) => support.spoilt += 1,
            }
        }
        support
    }

    /// By how much it is likely; negative if it is not.
    fn margin(self) -> i64 {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        signed(self.made) - 3 * signed(self.missed + self.spoilt)
    }

    /// Whether it makes at least three of four answers that it would have changed. Languages differ
    /// in the edges of a mistake: of these answers at most a quarter contradicted a mistake that was
    /// planted as a dozen libraries make it, and half or more one that only resembled the fault.
    pub fn is_likely(self) -> bool {
        self.made > 0 && self.margin() >= 0
    }
}

/// Drops the causes of one answer that all answers contradict. Of the others, those go that would
/// have spoilt a right answer, unless all would have.
pub fn retain_supported<T>(causes: &mut Vec<T>, support: impl Fn(&T) -> Support) {
    causes.retain(|cause| support(cause).is_likely());
    if causes.iter().any(|cause| support(cause).spoilt == 0) {
        causes.retain(|cause| support(cause).spoilt == 0);
    }
}

/// How a cause stands against all that was signed.
#[derive(Clone, Debug)]
pub struct Standing {
    /// How far it is supported.
    pub support: Support,
    /// Of each wrong answer, whether it gives that answer.
    pub gives: Vec<bool>,
}

impl Standing {
    /// How a cause of these forms stands; without any it is other text around the right MAC.
    pub fn of(pipelines: &[Pipeline], signed: &[&Signed<'_>]) -> Self {
        let mut planted: Vec<(&Pipeline, Mistaken)> = pipelines
            .iter()
            .map(|pipeline| (pipeline, Mistaken::along(pipeline.clone())))
            .collect();
        let mut gives = |one: &Signed<'_>| {
            if planted.is_empty() {
                return one.caused_by_text_around(None).is_some();
            }
            let mut planted = planted.iter_mut();
            planted.any(|(pipeline, planted)| one.answered(pipeline, planted).is_some())
        };
        let wrong = signed.iter().filter(|one| one.failed);
        Self {
            support: Support::of(pipelines, signed),
            gives: wrong.map(|one| gives(one)).collect(),
        }
    }

    /// Whether a better supported cause leaves it no more wrong answers of its own than speak
    /// against it: a part of a mistake looks like a mistake that it shares some edges with.
    pub fn is_outdone_by(&self, other: &Self) -> bool {
        let pairs = std::iter::zip(&self.gives, &other.gives);
        let own = pairs.filter(|(gives, other)| **gives && !**other).count() as u64;
        other.support.is_likely()
            && other.support.made > self.support.made
            && own <= self.support.missed + self.support.spoilt
    }
}

/// Whether one mistake of a pipeline changes the answer to a request, beside the others.
pub fn matters(pipeline: &Pipeline, choice: Choice, scheme: &Scheme, request: &Request) -> bool {
    let call = request.call(scheme);
    let with = Mistaken::along(pipeline.clone()).call(&call);
    let without = Mistaken::along(pipeline.clone().without(choice)).call(&call);
    !is_same(&with, &without)
}

/// Whether two answers are the same: tokens to the letter, others by their kind.
fn is_same(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Token(one), Outcome::Token(other)) => one == other,
        (one, other) => one.kind() == other.kind(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn support(made: u64, missed: u64, spoilt: u64) -> Support {
        Support {
            made,
            missed,
            spoilt,
        }
    }

    fn retained(all: &[Support]) -> Vec<Support> {
        let mut causes = all.to_vec();
        retain_supported(&mut causes, |cause| *cause);
        causes
    }

    #[test]
    fn a_cause_makes_three_of_four_answers_that_it_would_have_changed() {
        assert_eq!(retained(&[support(1, 0, 0)]).len(), 1);
        assert!(retained(&[support(0, 0, 0)]).is_empty());
        assert!(retained(&[support(2, 1, 0)]).is_empty());
        assert!(retained(&[support(2, 0, 1)]).is_empty());
        assert!(retained(&[support(5, 1, 1)]).is_empty());
        assert_eq!(retained(&[support(6, 1, 1)]).len(), 1);
    }

    #[test]
    fn a_cause_that_spoils_nothing_rules_out_one_that_does() {
        let exact = support(9, 1, 0);
        let inexact = support(10, 0, 1);
        assert_eq!(retained(&[inexact, exact]), [exact]);
        assert_eq!(retained(&[inexact]), [inexact]);
    }

    #[test]
    fn a_cause_with_few_answers_of_its_own_gives_way_to_a_better_supported_one() {
        let standing = |support, gives: &[bool]| Standing {
            support,
            gives: gives.to_vec(),
        };
        let whole = standing(support(5, 0, 0), &[true, true, true, true, true, false]);
        let part = standing(support(3, 1, 0), &[true, true, true, false, false, false]);
        let another = standing(support(1, 0, 0), &[false, false, false, false, false, true]);
        let of_two_tokens = standing(support(3, 0, 0), &[true, true, true, false, false, true]);
        assert!(part.is_outdone_by(&whole));
        assert!(!whole.is_outdone_by(&part));
        assert!(!another.is_outdone_by(&whole));
        assert!(!of_two_tokens.is_outdone_by(&whole));
    }
}
