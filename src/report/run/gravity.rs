//! How grave a misbehaviour is.

use crate::report::run::finding::{Finding, FindingKind};
use crate::results::{Case, ObservedKind};
use crate::suite::Level;

/// How grave a misbehaviour is; the gravest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Gravity {
    /// It accepts what it must not.
    Accepts,
    /// It throws, or gives no answer.
    Throws,
    /// It rejects what it must accept, or refuses what it must sign.
    Rejects,
    /// It signs another token than the right one.
    Signs,
    /// Anything else, such as another code of rejection, or an unexpected pass.
    Otherwise,
}

impl Gravity {
    /// The gravity of a case that needs attention.
    pub(super) fn of(finding: &Finding<'_>) -> Self {
        if finding.kind == FindingKind::UnexpectedPass {
            return Self::Otherwise;
        }
        let case = finding.case;
        match case.outcome {
            Some(ObservedKind::Unstable) => {
                let rounds = case.outcomes_of_rounds.iter();
                let of_rounds = rounds.map(|kind| of_outcome(case, *kind));
                of_rounds.min().unwrap_or(Self::Otherwise)
            }
            Some(kind) => of_outcome(case, kind),
            None => Self::Otherwise,
        }
    }

    /// What the implementation does, in words that suit the level.
    pub(super) fn words(self, level: Level) -> String {
        let must = match level {
            Level::Must => "must",
            Level::Should | Level::May => "should",
        };
        match self {
            Self::Accepts => format!("accepts what it {must} not"),
            Self::Throws => "throws or gives no answer".to_owned(),
            Self::Rejects => format!("rejects what it {must} accept"),
            Self::Signs => "signs wrongly".to_owned(),
            Self::Otherwise => format!("answers otherwise than it {must}"),
        }
    }
}

/// The gravity of this outcome of a case.
fn of_outcome(case: &Case, outcome: ObservedKind) -> Gravity {
    use ObservedKind::{
        Accept, Anonymous, Crash, Protocol, Refused, Reject, Sent, Threw, TimeOut, Token, Unstable,
        Unsupported,
    };
    let due = &case.expected_outcomes;
    // What accepts as it must and fails reads another text than was signed.
    if due.contains(&outcome) && !matches!(outcome, Accept | Token | Sent) {
        return Gravity::Otherwise;
    }
    let is_to_pass = due
        .iter()
        .any(|kind| matches!(kind, Accept | Token | Anonymous | Sent));
    match outcome {
        Anonymous if due.contains(&Accept) => Gravity::Rejects,
        Accept | Anonymous => Gravity::Accepts,
        Threw | Crash | TimeOut | Protocol => Gravity::Throws,
        Reject | Refused if is_to_pass => Gravity::Rejects,
        Token | Sent => Gravity::Signs,
        Reject | Refused | Unstable | Unsupported => Gravity::Otherwise,
    }
}
