//! Implementations that do nothing at all. A suite that one of them passes half of says little by
//! the number of its vectors.

use crate::scheme::{Call, FieldTexts, Implementation};
use crate::signature::{Op, Outcome, Value};
use crate::strength::trial::Trial;

/// What an implementation that does nothing comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NullScore {
    /// What it does.
    pub null: Null,
    /// How many vectors it passes, of those that bind anybody.
    pub passed: usize,
    /// How many of them there are.
    pub vectors: usize,
}

/// An implementation that does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// It accepts every token, and signs with zeros.
    AcceptsAll,
    /// It rejects every token, and declines to sign.
    RejectsAll,
    /// It gives back what it is given: the identity as its token, and a token as good where one
    /// is presented.
    Echoes,
}

impl Null {
    /// All three.
    pub const ALL: [Self; 3] = [Self::AcceptsAll, Self::RejectsAll, Self::Echoes];

    /// What it does, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::AcceptsAll => "accepts every token",
            Self::RejectsAll => "rejects every token",
            Self::Echoes => "echoes what it is given",
        }
    }
}

impl Implementation for Null {
    fn call(&mut self, call: &Call<'_>) -> Outcome {
        match (*self, call.op) {
            (Self::AcceptsAll, Op::Sign) => Outcome::Token(token_of_zeros(call)),
            (Self::AcceptsAll, Op::Verify | Op::Identify) => Outcome::Accept,
            (Self::RejectsAll, Op::Sign) => Outcome::Refused("it declines everything".to_owned()),
            (Self::RejectsAll, Op::Verify | Op::Identify) => Outcome::REJECT,
            (Self::Echoes, Op::Sign) => Outcome::Token(echo(call)),
            (Self::Echoes, Op::Verify | Op::Identify) => match call.token {
                Some(Value::Text(text)) if !text.is_empty() => Outcome::Accept,
                _ => Outcome::REJECT,
            },
        }
    }
}

/// A token of the right form with a MAC of zeros, or just that MAC.
fn token_of_zeros(call: &Call<'_>) -> String {
    let scheme = call.scheme;
    let mac = vec![0; scheme.mac_bytes];
    FieldTexts::read(&scheme.fields, call.fields)
        .and_then(|texts| scheme.token.render(&scheme.fields, &mac, &texts))
        .unwrap_or_else(|_| scheme.token.mac_encoding().encode(&mac))
}

fn echo(call: &Call<'_>) -> String {
    let first = call.scheme.message.fields().next();
    first
        .and_then(|field| call.fields.value(&call.scheme.fields.at(field).name))
        .and_then(Value::to_bytes)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// The scores of the three.
pub(super) fn null_scores(trial: &Trial<'_>) -> Vec<NullScore> {
    let binding: Vec<usize> = (0..trial.suite.vectors.len())
        .filter(|&at| trial.binds(at))
        .collect();
    let score = |mut null: Null| NullScore {
        passed: binding
            .iter()
            .filter(|&&at| trial.passes(at, &mut null))
            .count(),
        vectors: binding.len(),
        null,
    };
    Null::ALL.map(score).to_vec()
}
