//! How far all that was signed supports a cause that one token suggests.

use crate::explain::question::{around_the_mac, in_usual_form};
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::Causes;
use crate::scheme::{Implementation as _, Reference, Scheme};
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
    /// These mistakes as the cause of this answer, in the words of a report; `None` if an
    /// implementation with them gives another.
    pub fn caused_by(&self, mistakes: &[MistakeId], language: Option<&str>) -> Option<Causes> {
        let mut planted = Mistaken::new(mistakes).ok()?;
        if let Some(request) = self.answered(&mut planted) {
            return Some(in_usual_form(mistakes, self.scheme, request, language));
        }
        let Outcome::Token(token) = self.outcome else {
            return None;
        };
        let is_around = is_of_one_token(mistakes);
        let mut requests = self.requests.iter().filter(|_| is_around);
        requests.find_map(|request| around_the_mac(self.scheme, request, token, language))
    }

    /// The first of its requests to which an implementation gives this answer.
    fn answered(&self, planted: &mut Mistaken) -> Option<&Request> {
        let mut requests = self.requests.iter();
        requests.find(|one| is_same(&planted.call(&one.call(self.scheme)), self.outcome))
    }

    /// Whether the mistakes change what the first of its requests gives.
    fn is_changed_by(&self, planted: &mut Mistaken) -> bool {
        let mut requests = self.requests.iter().take(1);
        requests.any(|request| is_changed(self.scheme, request, planted))
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
    /// What these answers say of an implementation with these mistakes.
    pub fn of<'s, 'a: 's>(
        mistakes: &[MistakeId],
        signed: impl IntoIterator<Item = &'s Signed<'a>>,
    ) -> Self {
        let mut support = Self::default();
        let Ok(mut planted) = Mistaken::new(mistakes) else {
            return support;
        };
        for one in signed {
            let is_made = one.answered(&mut planted).is_some();
            let is_contradicted = !is_made && one.is_changed_by(&mut planted);
            if one.failed {
                support.made += u64::from(is_made);
                support.missed += u64::from(is_contradicted);
            } else {
                support.spoilt += u64::from(is_contradicted);
            }
        }
        support
    }

    /// Whether it makes at least three of four answers that it would have changed. Languages differ
    /// in the edges of a mistake: of these answers at most a quarter contradicted a mistake that was
    /// planted as a dozen libraries make it, and half or more one that only resembled the fault.
    fn is_likely(self) -> bool {
        let contradictions = self.missed + self.spoilt;
        self.made > 0 && self.made >= 3 * contradictions
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

/// Whether these mistakes may take another form in every token, so that none tells what another
/// would be: the text around the signature.
pub fn is_of_one_token(mistakes: &[MistakeId]) -> bool {
    mistakes == [MistakeId::around_the_mac()]
}

/// Whether these mistakes change the answer to a request.
pub fn change(mistakes: &[MistakeId], scheme: &Scheme, request: &Request) -> bool {
    Mistaken::new(mistakes).is_ok_and(|mut planted| is_changed(scheme, request, &mut planted))
}

fn is_changed(scheme: &Scheme, request: &Request, planted: &mut Mistaken) -> bool {
    let call = request.call(scheme);
    !is_same(&planted.call(&call), &Reference::new().call(&call))
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
}
