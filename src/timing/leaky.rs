//! An implementation whose comparison leaks on purpose: what `macproof timing` has to find.

use std::hint::black_box;
use std::str::FromStr;

use subtle::ConstantTimeEq as _;

use crate::scheme::{Call, FieldKind, Implementation, Reference};
use crate::signature::{Op, Outcome, Value};

/// A planted leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// Byte by byte, until one differs.
    EarlyExit,
    /// The language's `==`.
    Equality,
    /// A timing-safe comparison that takes so many nanoseconds longer where the first byte is
    /// right.
    Planted(u64),
}

/// Why a text names no leak.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no leak {0:?}; there are early-exit, equality, and times such as 20ns or 2us")]
pub struct UnknownLeak(String);

impl FromStr for Leak {
    type Err = UnknownLeak;

    fn from_str(text: &str) -> Result<Self, UnknownLeak> {
        let time = |unit: &str, nanoseconds: u64| {
            let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
            Some(Self::Planted(number.checked_mul(nanoseconds)?))
        };
        match text {
            "early-exit" => Ok(Self::EarlyExit),
            "equality" => Ok(Self::Equality),
            _ => time("ns", 1)
                .or_else(|| time("us", 1000))
                .ok_or_else(|| UnknownLeak(text.to_owned())),
        }
    }
}

/// The reference, with such a comparison.
pub struct Leaky {
    leak: Leak,
    /// How many rounds of [`spin`] a nanosecond takes.
    rounds_a_nanosecond: f64,
    /// Rounds that are due: they are whole, and a planted time need not be.
    owed: f64,
    reference: Reference,
}

impl Leaky {
    /// One that leaks so. How many rounds of [`spin`] fill a nanosecond depends on the machine;
    /// whoever has a clock finds out.
    pub fn new(leak: Leak, rounds_a_nanosecond: f64) -> Self {
        Self {
            leak,
            rounds_a_nanosecond,
            owed: 0.0,
            reference: Reference::new(),
        }
    }
}

/// Does nothing, so often.
pub fn spin(rounds: u64) {
    for round in 0..rounds {
        black_box(round);
    }
}

impl Implementation for Leaky {
    fn call(&mut self, call: &Call<'_>) -> Outcome {
        let outcome = self.reference.call(call);
        let (Op::Verify, Some(Value::Text(presented))) = (call.op, call.token) else {
            return outcome;
        };
        let Some(expected) = expected(call, presented, &mut self.reference) else {
            return outcome;
        };
        if self.compare(expected.as_bytes(), presented.as_bytes()) {
            outcome
        } else {
            Outcome::REJECT
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "planted times are short"
    )]
    fn compare(&mut self, left: &[u8], right: &[u8]) -> bool {
        match self.leak {
            Leak::EarlyExit => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right)
                        .all(|(left, right)| black_box(left) == black_box(right))
            }
            Leak::Equality => left == right,
            Leak::Planted(nanoseconds) => {
                let right_so_far = u8::from(left.first() == right.first());
                self.owed +=
                    nanoseconds as f64 * self.rounds_a_nanosecond * f64::from(right_so_far);
                // Few long loops rather than many short ones, which take longer than their rounds.
                if self.owed >= 128.0 {
                    let due = self.owed as u64;
                    self.owed -= due as f64;
                    spin(due);
                }
                left.ct_eq(right).into()
            }
        }
    }
}

/// The token that should have been presented, for what the one presented carries.
fn expected(call: &Call<'_>, presented: &str, reference: &mut Reference) -> Option<String> {
    let scheme = call.scheme;
    let mut fields = call.fields.clone();
    for (index, text) in scheme.token.parse(&scheme.fields, presented)?.fields() {
        let field = scheme.fields.at(index);
        let value = match field.kind {
            FieldKind::UnixSeconds | FieldKind::UnixMillis => Value::Number(text.parse().ok()?),
            _ => Value::Text(text.to_owned()),
        };
        fields.set(&field.name, value);
    }
    let sign = Call {
        op: Op::Sign,
        fields: &fields,
        token: None,
        ..*call
    };
    match reference.call(&sign) {
        Outcome::Token(token) => Some(token),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Leak, Leaky};
    use crate::scheme::{Call, Implementation as _};
    use crate::signature::{Context, Fields, Op, Outcome, Secret, Secrets, Value};

    #[test]
    fn leaks_are_named() {
        assert_eq!("early-exit".parse(), Ok(Leak::EarlyExit));
        assert_eq!("equality".parse(), Ok(Leak::Equality));
        assert_eq!("20ns".parse(), Ok(Leak::Planted(20)));
        assert_eq!("2us".parse(), Ok(Leak::Planted(2000)));
        for wrong in ["", "20", "ns", "-1ns", "1.5us", "early"] {
            assert!(wrong.parse::<Leak>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn whoever_leaks_still_judges_rightly() {
        for suite in crate::suite::default_suites().unwrap() {
            let scheme = &suite.scheme;
            for leak in [Leak::EarlyExit, Leak::Equality, Leak::Planted(20)] {
                let mut leaky = Leaky::new(leak, 1.0);
                let secrets = match scheme.secret.per {
                    None => Secrets::One(Secret::new("s")),
                    Some(_) => Secrets::Per(vec![("ios".into(), Secret::new("s"))]),
                };
                let fields = Fields::new()
                    .with("user_id", "a")
                    .with("identifier", "a")
                    .with("platform", "ios")
                    .with("timestamp", 5);
                let mut call = Call {
                    op: Op::Sign,
                    scheme,
                    secrets: &secrets,
                    fields: &fields,
                    token: None,
                    context: Context::none(),
                    now: 5,
                };
                let Outcome::Token(token) = leaky.call(&call) else {
                    panic!("{}", suite.name.as_str());
                };
                let (right, wrong) = (Value::Text(token.clone()), Value::Text(token + "0"));
                call.op = Op::Verify;
                call.token = Some(&right);
                assert_eq!(leaky.call(&call), Outcome::Accept);
                call.token = Some(&wrong);
                assert_eq!(leaky.call(&call), Outcome::REJECT);
            }
            assert!(Leaky::new(Leak::EarlyExit, 1.0).compare(b"ab", b"ab"));
            assert!(!Leaky::new(Leak::EarlyExit, 1.0).compare(b"ab", b"ac"));
        }
    }
}
