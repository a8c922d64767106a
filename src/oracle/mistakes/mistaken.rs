//! An implementation with planted mistakes.

use std::borrow::Cow;

use crate::mistakes::attempt::{judge, thrown};
use crate::mistakes::{Change, Choice, Inputs, Judgement, Mistake, MistakeId, Pipeline, Stop};
use crate::scheme::{Call, Implementation, NO_POLICY, SignatureState, Undecided, is_presented};
use crate::signature::{Fields, Op, Outcome, Secrets};

/// An implementation of any scheme with some mistakes, each in its usual form. Without any it is
/// the oracle.
///
/// Mistakes of signing are made in verifying too: the expected token is made the wrong way, and
/// compared with the one presented.
#[derive(Clone, Debug)]
pub struct Mistaken {
    pipeline: Pipeline,
    verifying: Vec<&'static Mistake>,
}

/// Two mistakes that cannot be made at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{one} and {two} change the same step; take one of them")]
pub struct ConflictError {
    one: MistakeId,
    two: MistakeId,
}

impl Mistaken {
    /// With these mistakes, in whatever order.
    pub fn new(mistakes: &[MistakeId]) -> Result<Self, ConflictError> {
        let mut planted: Vec<&'static Mistake> = mistakes.iter().map(|id| id.mistake()).collect();
        planted.sort_by_key(|mistake| mistake.rank());
        planted.dedup();
        for (at, one) in planted.iter().enumerate() {
            if let Some(two) = planted[at + 1..].iter().find(|two| one.excludes(two)) {
                return Err(ConflictError {
                    one: one.id,
                    two: two.id,
                });
            }
        }
        let pipeline = planted.iter().fold(Pipeline::right(), |pipeline, mistake| {
            pipeline.with(Choice::usual(mistake))
        });
        planted.retain(|mistake| mistake.is_of_verifying());
        Ok(Self {
            pipeline,
            verifying: planted,
        })
    }

    /// With one mistake.
    pub fn one(mistake: &'static Mistake) -> Self {
        let verifying = Vec::from_iter(mistake.is_of_verifying().then_some(mistake));
        Self {
            pipeline: Pipeline::right().with(Choice::usual(mistake)),
            verifying,
        }
    }

    /// Signs along a pipeline of one's own making.
    pub fn along(pipeline: Pipeline) -> Self {
        Self {
            pipeline,
            verifying: Vec::new(),
        }
    }
}

impl Mistaken {
    /// Signs some fields.
    fn sign(&self, call: &Call<'_>, fields: &Fields) -> Outcome {
        let inputs = Inputs {
            scheme: call.scheme,
            secrets: call.secrets,
            fields,
            now: call.now,
            millis: None,
        };
        match self.pipeline.token(&inputs) {
            Ok(token) => Outcome::Token(token),
            Err(Stop::Refused(refusal)) => Outcome::Refused(refusal.to_string()),
            Err(Stop::Threw(mistake)) => Outcome::Threw(thrown(mistake)),
        }
    }

    /// The secrets of a call that it knows to hold.
    fn known<'c>(&self, call: &Call<'c>) -> Cow<'c, Secrets> {
        let known = Cow::Borrowed(call.secrets);
        let mistakes = self.verifying.iter();
        mistakes.fold(known, |known, mistake| match (mistake.change, &*known) {
            (Change::Holding(change), Secrets::Rotated { newest, previous }) => {
                Cow::Owned(change(call.scheme, newest, previous))
            }
            _ => known,
        })
    }

    /// Verifies by each secret that holds.
    fn verify(&self, call: &Call<'_>) -> Outcome {
        let by_one = |secrets: &Secrets| -> Outcome {
            let call = Call { secrets, ..*call };
            judge(call, &self.pipeline, &self.verifying).into()
        };
        let known = self.known(call);
        let all = known.in_turn();
        let mut outcomes: Vec<Outcome> = all.iter().map(|secrets| by_one(secrets)).collect();
        // As the oracle does: an unusable secret among them is a fault of the configuration.
        let is_refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
        let decisive = outcomes.iter().position(is_refused);
        let decisive = decisive.or_else(|| outcomes.iter().position(|one| *one == Outcome::Accept));
        outcomes.swap_remove(decisive.unwrap_or_default())
    }

    /// By the scheme's policy, but what it takes for a valid signature is up to its mistakes.
    fn identify(&self, call: &Call<'_>) -> Outcome {
        let Some(policy) = &call.scheme.policy else {
            return Outcome::Refused(NO_POLICY.to_owned());
        };
        let signature = || {
            let verify = Call {
                op: Op::Verify,
                ..*call
            };
            match judge(verify, &self.pipeline, &self.verifying) {
                Judgement::Accepted => Ok(SignatureState::Valid),
                Judgement::Rejected(_) if is_presented(call.token) => Ok(SignatureState::Invalid),
                Judgement::Rejected(_) => Ok(SignatureState::Absent),
                Judgement::Refused(_) if !is_presented(call.token) => Ok(SignatureState::Absent),
                other => Err(Outcome::from(other)),
            }
        };
        match policy.decide(&call.scheme.fields, call.fields, call.context, signature) {
            Ok((rule, _)) => rule.into(),
            Err(Undecided::Context(problem)) => Outcome::Refused(problem.to_string()),
            Err(Undecided::Signature(outcome)) => outcome,
        }
    }
}

impl Implementation for Mistaken {
    fn call(&mut self, call: &Call<'_>) -> Outcome {
        match call.op {
            Op::Sign => self.sign(call, call.fields),
            Op::Send => call.send(&mut |fields| self.sign(call, fields)),
            Op::Verify => self.verify(call),
            Op::Identify => self.identify(call),
        }
    }
}
