//! What ends a campaign early, and answers that do.

use crate::adapters::LockstepError;
use crate::protocol::{Reply, Tally};
use crate::results::TimingVerdict;
use crate::signature::Outcome;
use crate::timing::channel::ChannelError;
use crate::timing::recording::Trouble;

/// Why a campaign stops early.
pub(super) enum Halt {
    Channel(ChannelError),
    Trouble(Trouble),
    /// The time is over before the next request.
    TimeIsOver,
}

impl From<LockstepError> for Halt {
    fn from(error: LockstepError) -> Self {
        Self::Channel(error.into())
    }
}

impl From<ChannelError> for Halt {
    fn from(error: ChannelError) -> Self {
        Self::Channel(error)
    }
}

/// Checks that an answer matches a valid (`is_right`) or wrong token.
pub(super) fn check(tally: &Tally, is_right: bool, repeat: u32) -> Result<(), Halt> {
    let what = if is_right {
        "a right token"
    } else {
        "a wrong token"
    };
    let halt = |trouble| Err(Halt::Trouble(trouble));
    match tally {
        Tally::Compared(equal) if *equal == is_right => Ok(()),
        Tally::Compared(equal) => halt(not_measured(format!(
            "it reports that two texts that are {} are{}",
            if is_right { "equal" } else { "not equal" },
            if *equal { "" } else { " not" }
        ))),
        Tally::Verified { reply, accepted } => {
            let outcome = match reply {
                Reply::Outcome(outcome) => outcome,
                Reply::Unsupported(why) => {
                    return halt(not_measured(format!("it does not support that: {why}")));
                }
            };
            let is_expected = match outcome {
                Outcome::Accept | Outcome::Read(_) => is_right,
                Outcome::Reject(_) => !is_right,
                _ => false,
            };
            if !is_expected {
                return halt(not_measured(format!(
                    "it answers {what} with {}; check it with macproof run",
                    crate::results::outcome_in_words(outcome)
                )));
            }
            let expected = if is_right { u64::from(repeat) } else { 0 };
            match accepted {
                Some(accepted) if *accepted == expected => Ok(()),
                Some(accepted) => halt(inconclusive(format!(
                    "of {what}, repeated {repeat} times, it accepted {accepted}: it does not implement repeat"
                ))),
                None => halt(inconclusive(
                    "its answers have no member \"accepted\": it ignores repeat, and a single call per round trip is too short to measure".to_owned(),
                )),
            }
        }
    }
}

pub(super) fn not_measured(reason: String) -> Trouble {
    Trouble {
        verdict: TimingVerdict::NotMeasured,
        reason,
    }
}

pub(super) fn inconclusive(reason: String) -> Trouble {
    Trouble {
        verdict: TimingVerdict::Inconclusive,
        reason,
    }
}
