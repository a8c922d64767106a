//! What an implementation should have done, in the words of its suite.

use crate::fuzz::bounds::{Bounds, Ruling};
use crate::generate::{Rule, Sound};
use crate::results::{Expectation, Observed, Verdict};
use crate::signature::{Outcome, OutcomeKind, Request};
use crate::suite::{Basis, Expect, Level};

/// A requirement, and what it expects of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Demand {
    /// The requirement's name.
    pub(crate) requirement: String,
    /// Its level.
    pub(crate) level: Level,
    /// Its basis.
    pub(crate) basis: Basis,
    /// The statement.
    pub(crate) text: String,
    /// What is expected.
    pub(crate) expect: Expect,
}

/// What an answer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// It is sound.
    Sound,
    /// It is a matter of taste; in words.
    ImplementationDefined(&'static str),
    /// It is not what is demanded.
    Broken(Demand),
}

impl Demand {
    /// What a requirement of the generator expects, as this suite weighs it.
    fn of(bounds: &Bounds<'_>, rule: &'static Rule, sound: &Sound) -> Self {
        let by_author = bounds.suite().requirement(rule.id);
        Self {
            requirement: rule.id.to_owned(),
            level: bounds.level(rule),
            basis: by_author.map_or(rule.basis.uncited(), |known| known.basis),
            text: by_author.map_or(rule.text, |known| &known.text).to_owned(),
            expect: expect(sound),
        }
    }

    /// What is due for a request that got no answer at all.
    pub(crate) fn due(bounds: &Bounds<'_>, request: &Request) -> Self {
        let (rule, sound) = bounds.due(request);
        Self::of(bounds, rule, &sound)
    }
}

/// Judges an answer to a request; `vector` is the suite's own that asks just this, if there is
/// one.
pub(crate) fn judged(
    bounds: &Bounds<'_>,
    request: &Request,
    vector: Option<usize>,
    outcome: &Outcome,
) -> Judged {
    let suite = bounds.suite();
    if let Some(vector) = vector.and_then(|at| suite.vectors.get(at)) {
        let observed = Observed::Outcome(outcome.clone());
        let expectation = Expectation {
            request,
            ..Expectation::of(&suite.scheme, vector)
        };
        let verdict = expectation.verdict(&observed, Level::Should);
        if verdict == Verdict::Fail
            && let Some(requirement) = suite.shown_by(vector).next()
        {
            return Judged::Broken(Demand {
                requirement: requirement.id.to_string(),
                level: vector.level,
                basis: vector.basis,
                text: requirement.text.clone(),
                expect: vector.expect.clone(),
            });
        }
    }
    match bounds.ruling(request, outcome) {
        Ruling::Sound => Judged::Sound,
        Ruling::ImplementationDefined(what) => Judged::ImplementationDefined(what),
        Ruling::Broken(rule, sound) => Judged::Broken(Demand::of(bounds, rule, &sound)),
    }
}

fn expect(sound: &Sound) -> Expect {
    use OutcomeKind::{Accept, Refused, Reject, Sent, Threw};
    let outcomes = |kinds: &[OutcomeKind]| Expect::Outcomes(kinds.to_vec());
    match sound {
        Sound::Gives(token) => Expect::Token {
            token: token.clone(),
            or: Vec::new(),
            pairs: None,
        },
        Sound::GivesOrDeclines(token) => Expect::Token {
            token: token.clone(),
            or: vec![Refused, Threw],
            pairs: None,
        },
        Sound::Accepts => outcomes(&[Accept]),
        Sound::AcceptsOrDeclines => outcomes(&[Accept, Refused, Threw]),
        Sound::AcceptsOrRefuses => outcomes(&[Accept, Refused]),
        Sound::DoesNotAccept => outcomes(&[Reject, Refused, Threw]),
        Sound::RejectsWithoutThrowing => outcomes(&[Reject, Refused]),
        Sound::GivesNoToken => outcomes(&[Refused, Threw]),
        Sound::Declines => outcomes(&[Refused]),
        Sound::Sends => outcomes(&[Sent]),
    }
}
