//! What is wrong with an implementation, with all cases that show it.

use crate::report::digits::{count, grouped};
use crate::report::run::finding::{Finding, FindingKind};
use crate::report::run::gravity::Gravity;
use crate::report::visible::visible;
use crate::signature::Op;
use crate::suite::Level;

/// How many suites are named; more are counted.
const SUITES: usize = 3;

/// The cases that need attention and have a cause or a requirement in common.
pub(super) struct Fault<'r> {
    /// The most severe level of its cases.
    pub(super) level: Level,
    /// How grave the gravest of its cases at that level is.
    pub(super) gravity: Gravity,
    /// What its cases have in common, in words.
    pub(super) title: String,
    /// What the title is.
    pub(super) ground: Ground,
    /// What the verifier's answers showed of the cause.
    pub(super) evidence: Option<String>,
    /// How to fix it, without repetitions.
    pub(super) remedies: Vec<String>,
    /// The index of the most severe requirement that its first case shows.
    pub(super) requirement: Option<usize>,
    /// Its cases: the best example first, then the suites take turns.
    pub(super) findings: Vec<Finding<'r>>,
    /// Its suites and how many of its cases each has.
    pub(super) suites: Vec<(&'r str, u64)>,
}

/// What the cases of a fault have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// A likely cause explains them; its title is a clause.
    Cause,
    /// All got the same kind of answer, or none, whatever was asked.
    Answer,
    /// They violate one requirement, and nothing says why; its title is a sentence.
    Requirement,
}

impl Ground {
    /// The title of a fault with what it is: a requirement does not stand where a cause would.
    pub(super) fn say(self, title: &str) -> String {
        match self {
            Self::Cause => format!("likely cause: {title}"),
            Self::Answer => title.to_owned(),
            Self::Requirement => format!("requirement: {title}"),
        }
    }
}

impl Fault<'_> {
    /// Whether a likely cause explains its cases.
    pub(super) fn is_explained(&self) -> bool {
        self.ground == Ground::Cause
    }

    /// Whether all of it is below the level that counts.
    pub(super) fn is_warning(&self) -> bool {
        self.findings.iter().all(|finding| finding.is_warning())
    }

    /// Whether none of its cases got a valid answer.
    pub(super) fn is_error(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.all(|finding| finding.kind == FindingKind::Error)
    }

    /// How many of its cases have this operation.
    fn number(&self, is_meant: impl Fn(Op) -> bool) -> u64 {
        let findings = self.findings.iter();
        findings
            .filter(|finding| is_meant(finding.case.request.op))
            .count() as u64
    }

    /// `16 sign and 12 verify cases in acme and bolt`.
    pub(super) fn extent(&self) -> String {
        let of = Op::ALL.map(|op| (op, self.number(|one| one == op)));
        let parts: Vec<String> = of
            .iter()
            .filter(|(_, number)| *number > 0)
            .map(|(op, number)| format!("{} {op}", grouped(*number)))
            .collect();
        let cases = match self.findings.len() {
            1 => "case",
            _ => "cases",
        };
        format!("{} {cases} in {}", listed(&parts), self.suites_in_words())
    }

    /// `acme`, `acme and bolt`, or `5 suites`.
    fn suites_in_words(&self) -> String {
        if self.suites.len() > SUITES {
            return count(self.suites.len() as u64, "suite", "suites");
        }
        let names: Vec<String> = self.suites.iter().map(|(name, _)| visible(name)).collect();
        listed(&names)
    }
}

fn listed(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
