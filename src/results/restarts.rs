//! Adapter restarts that no case accounts for.
//!
//! A crash, a time-out or a protocol violation that recurs when a request runs alone is the verdict
//! of that request's case. A failure that does not recur belongs to no case, but the run still
//! cannot be trusted: it is counted here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::results::Failure;

/// The unattributed restarts of an adapter: how many, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restarts {
    /// The number of restarts.
    pub count: u64,
    /// How many are tolerated; with more, the run is incomplete.
    pub allowed: u64,
    /// The restarts by reason; the counts add up to `count`.
    pub reasons: Vec<RestartReason>,
}

/// Restarts for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestartReason {
    /// The reason, in one word.
    pub kind: RestartKind,
    /// The number of restarts.
    pub count: u64,
    /// A description of the first one.
    pub first: String,
}

/// What made a restart necessary.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RestartKind {
    /// Its process ended, though nobody had asked it to.
    Crash,
    /// No answer came in time, and one did when the same was asked alone.
    TimeOut,
    /// What came broke the protocol, and did not when the same was asked alone.
    Protocol,
    /// What came could not be used, and could when the same was asked alone.
    NoAnswer,
    /// A server was down, and came back.
    Down,
}

impl Restarts {
    /// Counts a restart.
    pub fn add(&mut self, kind: RestartKind, what: String) {
        self.join(&Self {
            count: 1,
            allowed: 0,
            reasons: vec![RestartReason {
                kind,
                count: 1,
                first: what,
            }],
        });
    }

    /// Counts a restart after this failure.
    pub fn add_failure(&mut self, failure: &Failure) {
        let kind = match failure {
            Failure::Crashed(_) => RestartKind::Crash,
            Failure::TimedOut(_) => RestartKind::TimeOut,
            Failure::Protocol(_) => RestartKind::Protocol,
            Failure::NoAnswer(_) => RestartKind::NoAnswer,
        };
        self.add(kind, failure.to_string());
    }

    /// Adds the restarts of another process or part of the run. The limit stays the same.
    pub fn join(&mut self, others: &Self) {
        self.count = self.count.saturating_add(others.count);
        for reason in &others.reasons {
            match self.reasons.iter_mut().find(|one| one.kind == reason.kind) {
                Some(one) => one.count = one.count.saturating_add(reason.count),
                None => self.reasons.push(reason.clone()),
            }
        }
        self.reasons.sort_by_key(|one| one.kind);
    }

    /// Whether the number of restarts is within the limit.
    pub fn are_allowed(&self) -> bool {
        self.count <= self.allowed
    }

    /// `3 unattributed restarts (1 crash, 2 time-outs), 5 allowed`; `None` if there are
    /// none. The text contains nothing untrusted.
    pub fn in_words(&self) -> Option<String> {
        let named = |one: &RestartReason| one.kind.counted(one.count);
        let reasons: Vec<String> = self.reasons.iter().map(named).collect();
        let noun = if self.count == 1 {
            "restart"
        } else {
            "restarts"
        };
        let allowed = match self.allowed {
            0 => String::new(),
            allowed => format!(", {allowed} allowed"),
        };
        (self.count > 0).then(|| {
            format!(
                "{} unattributed {noun} ({}){allowed}",
                self.count,
                reasons.join(", ")
            )
        })
    }

    /// Whether a longer time-out might avoid some of the restarts.
    pub fn are_of_time(&self) -> bool {
        let is_of_time = |one: &RestartReason| one.kind == RestartKind::TimeOut;
        self.reasons.iter().any(is_of_time)
    }
}

impl RestartKind {
    fn counted(self, count: u64) -> String {
        let (one, several) = match self {
            Self::Crash => ("crash", "crashes"),
            Self::TimeOut => ("time-out", "time-outs"),
            Self::Protocol => ("breach of the protocol", "breaches of the protocol"),
            Self::NoAnswer => ("unusable answer", "unusable answers"),
            Self::Down => ("server that was down", "times a server was down"),
        };
        format!("{count} {}", if count == 1 { one } else { several })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{RestartKind, Restarts};
    use crate::results::Failure;

    #[test]
    fn restarts_are_counted_by_reason() {
        let mut restarts = Restarts::default();
        assert_eq!((restarts.in_words(), restarts.are_allowed()), (None, true));
        for failure in [
            Failure::TimedOut(5),
            Failure::Crashed("exit status 1".into()),
            Failure::TimedOut(6),
        ] {
            restarts.add_failure(&failure);
        }
        assert!(!restarts.are_allowed() && restarts.are_of_time());
        restarts.allowed = 3;
        assert!(restarts.are_allowed());
        assert_eq!(
            restarts.in_words().unwrap(),
            "3 unattributed restarts (1 crash, 2 time-outs), 3 allowed"
        );
        assert_eq!(restarts.reasons[1].first, "no answer within 5 ms");
    }

    proptest! {
        /// However restarts are distributed over parts, the sum is the same, and the reasons add
        /// up.
        #[test]
        fn parts_add_up(kinds in prop::collection::vec((0..5_usize, 0..3_usize), 0..40)) {
            const KINDS: [RestartKind; 5] = [
                RestartKind::Crash,
                RestartKind::TimeOut,
                RestartKind::Protocol,
                RestartKind::NoAnswer,
                RestartKind::Down,
            ];
            let mut whole = Restarts::default();
            let mut parts = vec![Restarts::default(); 3];
            for (kind, part) in &kinds {
                whole.add(KINDS[*kind], "x".into());
                parts[*part].add(KINDS[*kind], "x".into());
            }
            let mut joined = Restarts::default();
            for part in &parts {
                joined.join(part);
            }
            prop_assert_eq!(&joined, &whole);
            prop_assert_eq!(whole.count, kinds.len() as u64);
            prop_assert_eq!(whole.reasons.iter().map(|one| one.count).sum::<u64>(), whole.count);
        }
    }
}
