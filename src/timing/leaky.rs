//! An implementation with a planted leak in its comparison, which `macproof timing` has to find.

use std::hint::black_box;
use std::str::FromStr;

use subtle::ConstantTimeEq as _;

use crate::scheme::{Call, Implementation, Reference};
use crate::signature::{Op, Outcome, Value};

/// A planted leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// Compares byte by byte and stops at the first difference.
    EarlyExit,
    /// Uses the language's `==`.
    Equality,
    /// Uses a timing-safe comparison that takes this many nanoseconds longer if the first byte is
    /// right.
    Planted(u32),
}

/// The name of an unknown leak.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown leak {0:?}; expected early-exit, equality, or a time such as 20ns or 2us")]
pub struct UnknownLeak(String);

impl FromStr for Leak {
    type Err = UnknownLeak;

    fn from_str(text: &str) -> Result<Self, UnknownLeak> {
        let time = |unit: &str, nanoseconds: u32| {
            let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
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

/// The reference implementation with a leaking comparison.
pub struct Leaky<'a> {
    leak: Leak,
    /// Nanoseconds since an arbitrary origin.
    clock: &'a dyn Fn() -> u64,
    /// Nanoseconds still to wait; negative if earlier waits took too long.
    owed: i64,
    reference: Reference,
}

/// How long every comparison with a planted leak waits, in nanoseconds. The overhead of waiting is
/// then the same for all comparisons, and only the planted time differs.
const WAIT: i64 = 300;

/// How many nanoseconds a wait may overrun and still be made up for by the next one. A longer
/// overrun means that the system was busy.
const TOO_LONG: i64 = 1000;

impl<'a> Leaky<'a> {
    /// Creates an implementation with this leak. `clock` returns nanoseconds since an arbitrary
    /// origin.
    pub fn new(leak: Leak, clock: &'a dyn Fn() -> u64) -> Self {
        Self {
            leak,
            clock,
            owed: 0,
            reference: Reference::new(),
        }
    }

    fn wait(&mut self, nanoseconds: i64) {
        self.owed += nanoseconds;
        let start = (self.clock)();
        let mut waited = 0;
        while waited < self.owed {
            waited = i64::try_from((self.clock)().saturating_sub(start)).unwrap_or(i64::MAX);
        }
        self.owed = (self.owed - waited).max(-TOO_LONG);
    }
}

impl Implementation for Leaky<'_> {
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
                let is_right_so_far = left.first() == right.first();
                self.wait(WAIT + i64::from(nanoseconds) * i64::from(is_right_so_far));
                left.ct_eq(right).into()
            }
        }
    }
}

/// The correct token for the values that the presented one carries.
fn expected(call: &Call<'_>, presented: &str, reference: &mut Reference) -> Option<String> {
    let scheme = call.scheme;
    let parsed = scheme.token.parse(&scheme.fields, presented)?;
    let fields = scheme.complete(call.fields, &parsed)?;
    let sign = Call::sign(scheme, call.secrets, &fields, call.now);
    reference.call(&sign).into_token()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Leak, Leaky};
    use crate::scheme::{Call, Implementation as _};
    use crate::signature::{Fields, Op, Outcome, Secret, Secrets, Value};

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
    fn planted_leaks_wait_by_the_clock() {
        let now = Cell::new(0);
        // Each reading of the clock takes 30 ns.
        let clock = || {
            now.set(now.get() + 30);
            now.get()
        };
        let mut leaky = Leaky::new(Leak::Planted(20), &clock);
        let mut took = |presented: &[u8]| {
            let start = now.get();
            for _ in 0..1000 {
                assert!(!leaky.compare(b"aa", presented));
            }
            now.get() - start
        };
        let (last_wrong, first_wrong) = (took(b"ab"), took(b"ba"));
        assert!(
            (last_wrong - first_wrong).abs_diff(20_000) <= 60,
            "{last_wrong} {first_wrong}"
        );
    }

    #[test]
    fn system_time_during_the_wait_is_not_compensated() {
        let now = Cell::new(0);
        let is_away = Cell::new(false);
        let clock = || {
            now.set(now.get() + 30 + u64::from(is_away.take()) * 1_000_000);
            now.get()
        };
        let mut leaky = Leaky::new(Leak::Planted(2000), &clock);
        is_away.set(true);
        leaky.compare(b"aa", b"ab");
        let start = now.get();
        for _ in 0..10 {
            leaky.compare(b"aa", b"ab");
        }
        assert!(now.get() - start >= 9 * 2000, "{}", now.get() - start);
    }

    #[test]
    fn leaky_comparisons_still_judge_correctly() {
        let now = Cell::new(0);
        let clock = || now.replace(now.get() + 30);
        for suite in crate::suite::default_suites().unwrap() {
            let scheme = &suite.scheme;
            for leak in [Leak::EarlyExit, Leak::Equality, Leak::Planted(20)] {
                let mut leaky = Leaky::new(leak, &clock);
                let secrets = match scheme.secret.per {
                    None => Secrets::One(Secret::new("s")),
                    Some(_) => Secrets::Per(vec![("ios".into(), Secret::new("s"))]),
                };
                let fields = Fields::new()
                    .with("user_id", "a")
                    .with("identifier", "a")
                    .with("platform", "ios")
                    .with("timestamp", 5);
                let mut call = Call::sign(scheme, &secrets, &fields, 5);
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
            assert!(Leaky::new(Leak::EarlyExit, &clock).compare(b"ab", b"ab"));
            assert!(!Leaky::new(Leak::EarlyExit, &clock).compare(b"ab", b"ac"));
        }
    }
}
