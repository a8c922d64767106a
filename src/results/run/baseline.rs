//! Trivial baselines: implementations that compute nothing. A pass rate is meaningful only above
//! theirs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::results::{Expectation, Observation, Observed};
use crate::scheme::{Call, FieldTexts, Implementation};
use crate::signature::enumerated;
use crate::signature::{Op, Outcome, Value};
use crate::suite::Level;

enumerated! {
    /// An implementation that computes nothing.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
    )]
    #[serde(rename_all = "kebab-case")]
    pub enum Baseline {
        /// It accepts every token, and signs with zeros.
        AcceptsAll,
        /// It rejects every token, and declines to sign.
        RejectsAll,
        /// It echoes its input: the identity is its token, and it accepts every token that is not
        /// empty.
        Echoes,
    }
}

impl Baseline {
    /// What the baseline does, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::AcceptsAll => "accepts every token",
            Self::RejectsAll => "rejects every token",
            Self::Echoes => "echoes what it is given",
        }
    }

    /// What the baseline does where only signing was judged, in words.
    pub fn name_of_signer(self) -> &'static str {
        match self {
            Self::AcceptsAll => "signs with zeros",
            Self::RejectsAll => "refuses to sign",
            Self::Echoes => self.name(),
        }
    }
}

impl Implementation for Baseline {
    fn call(&mut self, call: &Call<'_>) -> Outcome {
        match (*self, call.op) {
            (Self::AcceptsAll, Op::Sign) => Outcome::Token(token_of_zeros(call)),
            (Self::AcceptsAll, Op::Send) => {
                call.send(&mut |_| Outcome::Token(token_of_zeros(call)))
            }
            (Self::AcceptsAll, Op::Verify | Op::Identify) => Outcome::Accept,
            (Self::RejectsAll, Op::Sign | Op::Send) => {
                Outcome::Refused("it refuses everything".to_owned())
            }
            (Self::RejectsAll, Op::Verify | Op::Identify) => Outcome::REJECT,
            (Self::Echoes, Op::Sign) => Outcome::Token(echo(call)),
            (Self::Echoes, Op::Send) => call.send(&mut |_| Outcome::Token(echo(call))),
            (Self::Echoes, Op::Verify | Op::Identify) => match call.token {
                Some(Value::Text(text)) if !text.is_empty() => Outcome::Accept,
                _ => Outcome::REJECT,
            },
        }
    }
}

/// A well-formed token with an all-zero MAC, or just that MAC.
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

/// How many of a run's cases a baseline passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineScore {
    /// The baseline.
    pub baseline: Baseline,
    /// How many of the judged `must` and `should` cases it passes.
    pub passed: u64,
}

/// Scores all baselines on the cases that the implementation was judged by.
pub(super) fn baseline_scores(observations: &[Observation<'_>]) -> Vec<BaselineScore> {
    let passes = |mut baseline: Baseline, one: &&Observation<'_>| {
        let outcome = baseline.call(&one.vector.request.call(&one.suite.scheme));
        let expectation = Expectation {
            expect: &one.expect,
            ..Expectation::of(&one.suite.scheme, one.vector)
        };
        expectation.is_met_by(&outcome)
    };
    let judged = |one: &&Observation<'_>| {
        one.vector.level != Level::May
            && !matches!(
                one.observed,
                Observed::NotApplicable(_) | Observed::Skipped(_)
            )
    };
    let score = |baseline| BaselineScore {
        baseline,
        passed: observations
            .iter()
            .filter(judged)
            .filter(|one| passes(baseline, one))
            .count() as u64,
    };
    Baseline::ALL.map(score).to_vec()
}
