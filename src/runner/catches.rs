//! What a case catches: whether a case that was made again still shows what it was made to show.

use crate::mistakes::{Mistake, Mistaken, Stage, catalogue};
use crate::results::Expectation;
use crate::scheme::{Implementation as _, Reference, Scheme};
use crate::signature::{Outcome, OutcomeKind};
use crate::suite::Vector;

/// The mistakes that a case catches: what is made of it has to catch them, too.
pub(super) struct Caught<'s> {
    scheme: &'s Scheme,
    mistakes: Vec<&'static Mistake>,
}

impl<'s> Caught<'s> {
    /// All of them, for another case with the same secret.
    pub(super) fn by(scheme: &'s Scheme, vector: &Vector) -> Self {
        Self::among(scheme, vector, |_| true)
    }

    /// Those that show with another secret. What that secret does not show, no case shows: that is
    /// a matter of the whole run.
    pub(super) fn with_any_secret(scheme: &'s Scheme, vector: &Vector) -> Self {
        Self::among(scheme, vector, |mistake| mistake.stage != Stage::Secret)
    }

    fn among(scheme: &'s Scheme, vector: &Vector, counts: impl Fn(&Mistake) -> bool) -> Self {
        let presents = vector.request.op.presents_a_token();
        let right = right(scheme, vector);
        let mistakes = catalogue()
            .iter()
            .filter(|mistake| presents || !mistake.is_of_verifying())
            .filter(|mistake| counts(mistake) && mistake.applies(scheme).is_ok())
            .filter(|mistake| catches(scheme, vector, &right, mistake))
            .collect();
        Self { scheme, mistakes }
    }

    /// One of them that another case does not catch.
    pub(super) fn missed_by(&self, other: &Vector) -> Option<&'static str> {
        let right = right(self.scheme, other);
        let mut mistakes = self.mistakes.iter();
        let missed = mistakes.find(|mistake| !catches(self.scheme, other, &right, mistake));
        missed.map(|mistake| mistake.id.as_str())
    }
}

fn catches(scheme: &Scheme, vector: &Vector, right: &Outcome, mistake: &'static Mistake) -> bool {
    let outcome = Mistaken::one(mistake).call(&vector.request.call(scheme));
    Expectation::of(scheme, vector).exposes(&outcome, right)
}

/// What the oracle answers.
pub(super) fn kind(scheme: &Scheme, vector: &Vector) -> OutcomeKind {
    right(scheme, vector).kind()
}

fn right(scheme: &Scheme, vector: &Vector) -> Outcome {
    Reference::new().call(&vector.request.call(scheme))
}
