//! Lists of known failures: a YAML file that says which cases fail, how, and why.

use std::collections::HashMap;

use serde::Deserialize;
use serde_yaml::{Location, Spanned};

use crate::results::{CasePattern, CasePatternError, ObservedKind};

/// A list of known failures, read from its file. `docs/known-failures.md` has its rules.
#[derive(Clone, Debug, Default)]
pub struct KnownFailures {
    path: String,
    text: String,
    entries: Vec<KnownFailure>,
}

/// One entry: these cases fail, in this way, for this reason.
#[derive(Clone, Debug)]
pub struct KnownFailure {
    /// The cases that are meant.
    pub cases: CasePattern,
    /// What is observed of each of them.
    pub expect: ObservedKind,
    /// Why that is known and borne with.
    pub reason: String,
    /// Where it is being dealt with.
    pub issue: Option<String>,
    /// The last day on which the entry holds, as `2027-01-01`.
    pub expires: Option<String>,
    /// The line of the file on which it begins, from 1.
    pub line: u32,
}

/// Why a text is no list of known failures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnownFailuresError {
    /// It is no YAML, or not of that form.
    #[error("{path} is no list of known failures: {explained}")]
    Yaml {
        /// The file.
        path: String,
        /// What is wrong, where, with the lines around it.
        explained: String,
    },
    /// An entry says something that it cannot say.
    #[error("{path}:{line}:{column}: {problem}\n  {shown}")]
    Entry {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
        /// What is wrong.
        problem: EntryProblem,
        /// The line itself.
        shown: String,
    },
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryProblem {
    /// Its cases cannot be told.
    #[error(transparent)]
    Pattern(#[from] CasePatternError),
    /// Another entry has the same cases.
    #[error("line {line} is about {cases} already; keep one of the two")]
    Repeated {
        /// The cases.
        cases: String,
        /// The line of the other entry.
        line: u32,
    },
    /// It gives no reason.
    #[error("the reason is empty; say why this failure is borne with")]
    NoReason,
    /// Its last day is none of the calendar.
    #[error("{0:?} is no day; write it as 2027-01-01")]
    BadDay(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    case: Spanned<String>,
    expect: ObservedKind,
    reason: Spanned<String>,
    issue: Option<String>,
    expires: Option<Spanned<String>>,
}

impl KnownFailures {
    /// Nothing is known to fail.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads the text of the file at `path`. A file without entries is an empty list.
    pub fn parse(path: &str, text: &str) -> Result<Self, KnownFailuresError> {
        let raw: Option<Vec<Spanned<RawEntry>>> =
            serde_yaml::from_str(text).map_err(|error| KnownFailuresError::Yaml {
                path: path.to_owned(),
                explained: error.to_string(),
            })?;
        let mut lines = HashMap::new();
        let entry = |raw: Spanned<RawEntry>| {
            let line = u32::try_from(raw.referenced.line()).unwrap_or(u32::MAX);
            raw.value
                .check(line, &mut lines)
                .map_err(|(at, problem)| KnownFailuresError::Entry {
                    path: path.to_owned(),
                    line: at.line(),
                    column: at.column(),
                    problem,
                    shown: line_of(text, at),
                })
        };
        let entries = raw
            .unwrap_or_default()
            .into_iter()
            .map(entry)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            entries,
        })
    }

    /// The entries, in the order of the file. The first that means a case decides about it.
    pub fn entries(&self) -> &[KnownFailure] {
        &self.entries
    }

    /// The file, as it was named.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl KnownFailure {
    /// Whether its last day is over.
    pub fn has_expired(&self, today: &str) -> bool {
        self.expires.as_deref().is_some_and(|last| last < today)
    }

    /// Whether its reason is still to be written: it begins with `TODO`.
    pub fn is_unexplained(&self) -> bool {
        self.reason.starts_with("TODO")
    }
}

impl RawEntry {
    fn check(
        self,
        line: u32,
        lines: &mut HashMap<String, u32>,
    ) -> Result<KnownFailure, (Location, EntryProblem)> {
        let at = self.case.referenced;
        let cases = CasePattern::new(&self.case.value).map_err(|error| (at, error.into()))?;
        if let Some(&other) = lines.get(cases.as_str()) {
            let cases = cases.as_str().to_owned();
            return Err((at, EntryProblem::Repeated { cases, line: other }));
        }
        lines.insert(cases.as_str().to_owned(), line);
        let reason = self.reason.value.trim().to_owned();
        if reason.is_empty() {
            return Err((self.reason.referenced, EntryProblem::NoReason));
        }
        if let Some(day) = &self.expires
            && !is_day(&day.value)
        {
            return Err((day.referenced, EntryProblem::BadDay(day.value.clone())));
        }
        Ok(KnownFailure {
            cases,
            expect: self.expect,
            reason,
            issue: self.issue,
            expires: self.expires.map(|day| day.value),
            line,
        })
    }
}

/// Whether a text is a day of the calendar, written so that days compare as texts do.
fn is_day(text: &str) -> bool {
    let as_written = |day: jiff::civil::Date| day.to_string() == text && day.year() >= 0;
    text.parse().is_ok_and(as_written)
}

fn line_of(text: &str, at: Location) -> String {
    let line = usize::try_from(at.line()).unwrap_or(usize::MAX);
    let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    shown.chars().take(200).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::KnownFailures;
    use crate::results::ObservedKind;

    fn error(text: &str) -> String {
        KnownFailures::parse("known.yaml", text)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn reads_what_the_documentation_shows() {
        let text = "\
# Ours
- {case: \"jimo/*\", expect: threw, reason: \"waits for 3.0\", issue: \"#12\", expires: \"2027-01-01\"}
- case: mtribes/empty
  expect: time-out
  reason: the library waits for ever
";
        let known = KnownFailures::parse("known.yaml", text).unwrap();
        let [first, second] = known.entries() else {
            panic!("{known:?}");
        };
        assert_eq!(first.cases.as_str(), "jimo/*");
        assert_eq!(first.expect, ObservedKind::Threw);
        assert_eq!(first.issue.as_deref(), Some("#12"));
        assert_eq!((first.line, second.line), (2, 3));
        assert_eq!(second.expect, ObservedKind::TimeOut);
        assert!(!first.has_expired("2027-01-01"));
        assert!(first.has_expired("2027-01-02"));
        assert!(!second.has_expired("9999-01-01"));
    }

    #[test]
    fn a_file_without_entries_is_an_empty_list() {
        for text in ["", "# nothing yet\n", "[]", "---\n"] {
            assert!(
                KnownFailures::parse("k", text)
                    .unwrap()
                    .entries()
                    .is_empty(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_line() {
        for (text, words) in [
            ("- {case: a/b, expect: threw}", &["reason", "1"][..]),
            (
                "- {case: a/b, expect: threw, reason: ' '}",
                &["known.yaml:1:38", "reason is empty", "{case: a/b"],
            ),
            (
                "- {case: a/b, expect: thrown, reason: x}",
                &["thrown", "time-out", "1"],
            ),
            ("- {case: a/b, expect: threw, reason: x, why: y}", &["why"]),
            (
                "- {case: a/b, case: a/c, expect: threw, reason: x}",
                &["duplicate", "case"],
            ),
            (
                "\n- {case: 'a/[b', expect: threw, reason: x}",
                &["known.yaml:2:10", "a/[b"],
            ),
            ("- {case: '', expect: threw, reason: x}", &["empty"]),
            (
                "- {case: a/b, expect: threw, reason: x}\n- {case: a/b, expect: token, reason: x}",
                &["known.yaml:2:10", "line 1 is about a/b already"],
            ),
            (
                "- {case: a/b, expect: threw, reason: x, expires: 2027-02-30}",
                &["2027-02-30", "2027-01-01"],
            ),
            (
                "- {case: a/b, expect: threw, reason: x, expires: tomorrow}",
                &["tomorrow"],
            ),
            (
                "- {case: a/b, expect: threw, reason: x, expires: 20270101}",
                &["20270101"],
            ),
            ("case: a/b", &["known.yaml", "1"]),
            ("- [", &["known.yaml"]),
        ] {
            let error = error(text);
            for word in words {
                assert!(error.contains(word), "{word:?} is not in {error}");
            }
        }
    }

    #[test]
    fn a_hundred_thousand_brackets_are_an_error() {
        assert!(KnownFailures::parse("k", &"[".repeat(100_000)).is_err());
    }
}
