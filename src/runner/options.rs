//! What a run is asked to do.

use std::fmt;
use std::str::FromStr;

use crate::adapters::Limits;
use crate::results::{CasePattern, CasePatternError};
use crate::results::{ObservedKind, ShardSummary, Verdict};
use crate::signature::{CaseId, Secret};
use crate::suite::{Level, Suite, Vector};

/// What a run is asked to do, beside its suites.
#[derive(Clone, Debug)]
pub struct RunOptions<'a> {
    /// Only the cases whose id matches.
    pub filter: Option<CaseFilter>,
    /// Only one part of these.
    pub shard: Option<Shard>,
    /// Which of all orders the cases are asked in.
    pub seed: u64,
    /// How many adapter processes work at once; at least one does.
    pub jobs: usize,
    /// How often each case runs; at least once.
    pub repeat: u64,
    /// How long the adapter may take.
    pub limits: Limits,
    /// When to stop before everything is done.
    pub fail_fast: Option<FailFast<'a>>,
    /// Is told of each case as it happens.
    pub watcher: Option<Watcher<'a>>,
    /// Whose secret the implementation uses.
    pub secret: WhoseSecret,
}

/// Whose secret an implementation uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WhoseSecret {
    /// That of the request.
    #[default]
    Request,
    /// This one, whatever the request says.
    Own(Secret),
    /// Its own, which nobody tells.
    Unknown,
}

impl Default for RunOptions<'_> {
    fn default() -> Self {
        Self {
            filter: None,
            shard: None,
            seed: 0,
            jobs: 1,
            repeat: 1,
            limits: Limits::default(),
            fail_fast: None,
            watcher: None,
            secret: WhoseSecret::Request,
        }
    }
}

/// Something became of a case: its first outcome, or in a later round another one.
#[derive(Clone, Copy, Debug)]
pub struct CaseEvent<'a> {
    /// Its suite.
    pub suite: &'a Suite,
    /// Its vector.
    pub vector: &'a Vector,
    /// What it came to so far, the list of known failures aside.
    pub verdict: Verdict,
    /// The outcome, in one word.
    pub outcome: Option<ObservedKind>,
}

/// Is told of each case as it happens.
#[derive(Clone, Copy)]
pub struct Watcher<'a> {
    /// The lowest level that counts.
    pub level: Level,
    /// Called in the thread that heard the answer.
    pub tell: &'a (dyn Fn(&CaseEvent<'_>) + Sync),
}

impl fmt::Debug for Watcher<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher")
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// Stop at the first case that fails, or that has no valid answer.
#[derive(Clone, Copy)]
pub struct FailFast<'a> {
    /// The lowest level that counts.
    pub level: Level,
    /// The cases that may fail.
    pub tolerated: &'a (dyn Fn(&CaseId) -> bool + Sync),
}

impl fmt::Debug for FailFast<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailFast")
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// A pattern of case ids: `jimo/*`, `*/published-*`.
#[derive(Clone, Debug)]
pub struct CaseFilter(CasePattern);

impl CaseFilter {
    /// Whether it selects that case.
    pub fn selects(&self, id: &CaseId) -> bool {
        self.0.matches(id.as_str())
    }
}

impl fmt::Display for CaseFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl FromStr for CaseFilter {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, SelectionError> {
        Ok(Self(CasePattern::new(text)?))
    }
}

/// One of several equal parts: `2/8`. Every case belongs to exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// The number of the part, from 1.
    number: usize,
    /// The number of parts.
    count: usize,
}

impl Shard {
    /// Whether the case at this place, from 0, belongs to it.
    pub fn holds(self, place: usize) -> bool {
        place % self.count == self.number - 1
    }

    /// As it stands in a document.
    pub fn summary(self) -> ShardSummary {
        ShardSummary {
            number: self.number as u64,
            count: self.count as u64,
        }
    }
}

impl Shard {
    /// Which part it is, from 0, and how many there are.
    pub fn place(self) -> (usize, usize) {
        (self.number - 1, self.count)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, SelectionError> {
        let parse = || {
            let (number, count) = text.split_once('/')?;
            let (number, count) = (number.parse().ok()?, count.parse().ok()?);
            (1..=count)
                .contains(&number)
                .then_some(Self { number, count })
        };
        parse().ok_or_else(|| SelectionError::Shard(text.to_owned()))
    }
}

/// Why a text selects nothing that there could be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// The pattern is invalid.
    #[error(transparent)]
    Filter(#[from] CasePatternError),
    /// The number does not name a part of the whole.
    #[error("invalid shard {0:?}; write N/TOTAL, for example 2/8")]
    Shard(String),
}

#[cfg(test)]
mod tests {
    use super::{CaseFilter, SelectionError, Shard};
    use crate::signature::{CaseId, Slug};

    #[test]
    fn a_filter_selects_by_the_whole_id() {
        let id = CaseId::new(&Slug::new("jimo").unwrap(), &Slug::new("a-b").unwrap());
        for (pattern, selects) in [
            ("jimo/*", true),
            ("*", true),
            ("jimo/a-b", true),
            ("*/a-?", true),
            ("jimo", false),
            ("jimo/a", false),
            ("JIMO/*", false),
        ] {
            let filter: CaseFilter = pattern.parse().unwrap();
            assert_eq!(filter.selects(&id), selects, "{pattern}");
            assert_eq!(filter.to_string(), pattern);
        }
        assert!(matches!(
            "jimo/[".parse::<CaseFilter>(),
            Err(SelectionError::Filter(_))
        ));
    }

    #[test]
    fn the_shards_partition_a_run() {
        let shards: Vec<Shard> = (1..=8)
            .map(|number| format!("{number}/8").parse().unwrap())
            .collect();
        for place in 0..100 {
            let holders = shards.iter().filter(|shard| shard.holds(place));
            assert_eq!(holders.count(), 1);
        }
        for bad in ["", "1", "0/8", "9/8", "1/0", "a/b", "-1/2"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
    }
}
