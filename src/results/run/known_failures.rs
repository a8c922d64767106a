//! Lists of known failures: a YAML file that says which cases fail, how, and why.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use crate::results::{CasePattern, CasePatternError, ObservedKind};
use crate::suite::{At, Excerpt, MAX_FILE_BYTES, Position, from_yaml};

/// A list of known failures as read from its file. `docs/known-failures.md` has the rules.
#[derive(Clone, Debug, Default)]
pub struct KnownFailures {
    path: String,
    text: String,
    entries: Vec<KnownFailure>,
}

/// An entry: these cases fail in this way, for this reason.
#[derive(Clone, Debug)]
pub struct KnownFailure {
    /// The cases that the entry covers.
    pub cases: CasePattern,
    /// The outcome that each of these cases has.
    pub expect: ObservedKind,
    /// Why the failure is tolerated.
    pub reason: String,
    /// Where the failure is tracked.
    pub issue: Option<String>,
    /// The last day on which the entry is valid, such as `2027-01-01`.
    pub expires: Option<String>,
    /// The line on which the entry begins, from 1.
    pub line: u32,
}

/// Why a list of known failures cannot be read: the problem and its place, with the line itself.
#[derive(Debug)]
pub struct KnownFailuresError {
    path: String,
    at: Position,
    problem: EntryProblem,
    excerpt: Option<Excerpt>,
}

impl KnownFailuresError {
    /// The problem.
    pub fn problem(&self) -> &EntryProblem {
        &self.problem
    }
}

impl fmt::Display for KnownFailuresError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.at;
        write!(f, "{}:{line}:{column}: {}", self.path, self.problem)?;
        match &self.excerpt {
            Some(excerpt) => write!(f, "\n{excerpt}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for KnownFailuresError {}

/// A problem with the list or with one of its entries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryProblem {
    /// The text is not valid YAML, or does not match the schema.
    #[error("{0}")]
    Form(String),
    /// The file exceeds the size limit.
    #[error("the list is larger than the limit of {MAX_FILE_BYTES} bytes")]
    TooLarge,
    /// The case pattern is invalid.
    #[error(transparent)]
    Pattern(#[from] CasePatternError),
    /// Another entry has the same cases.
    #[error("line {line} already covers {cases}; keep one of the two")]
    Repeated {
        /// The pattern.
        cases: String,
        /// The line of the other entry.
        line: u32,
    },
    /// The entry gives no reason.
    #[error("the reason is empty; state why this failure is tolerated")]
    NoReason,
    /// The last day is not a valid calendar date.
    #[error("invalid date {0:?}; write for example 2027-01-01")]
    BadDay(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    case: At<String>,
    expect: ObservedKind,
    reason: At<String>,
    issue: Option<String>,
    expires: Option<At<String>>,
}

impl KnownFailures {
    /// An empty list.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads the text of the file at `path`. A file without entries is an empty list. Fails on the
    /// first malformed entry.
    pub fn parse(path: &str, text: &str) -> Result<Self, KnownFailuresError> {
        let fault = |(at, problem)| KnownFailuresError {
            path: path.to_owned(),
            at,
            problem,
            excerpt: Excerpt::of(text, at),
        };
        if text.len() as u64 > MAX_FILE_BYTES {
            return Err(fault((Position::START, EntryProblem::TooLarge)));
        }
        let raw: Option<Vec<At<RawEntry>>> =
            from_yaml(text).map_err(|(at, message)| fault((at, EntryProblem::Form(message))))?;
        let mut lines = HashMap::new();
        let entries = raw
            .unwrap_or_default()
            .into_iter()
            .map(|raw| raw.value.check(raw.at.line, &mut lines).map_err(fault))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            entries,
        })
    }

    /// The entries in file order. The first one that matches a case applies to it.
    pub fn entries(&self) -> &[KnownFailure] {
        &self.entries
    }

    /// The path as the user gave it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl KnownFailure {
    /// Whether the entry's last day is before `today`.
    pub fn has_expired(&self, today: &str) -> bool {
        self.expires.as_deref().is_some_and(|last| last < today)
    }

    /// Whether the reason has yet to be written, that is, begins with `TODO`.
    pub fn is_unexplained(&self) -> bool {
        self.reason.starts_with("TODO")
    }
}

impl RawEntry {
    fn check(
        self,
        line: u32,
        lines: &mut HashMap<String, u32>,
    ) -> Result<KnownFailure, (Position, EntryProblem)> {
        let at = self.case.at;
        let cases = CasePattern::new(&self.case.value).map_err(|error| (at, error.into()))?;
        if let Some(&other) = lines.get(cases.as_str()) {
            let cases = cases.as_str().to_owned();
            return Err((at, EntryProblem::Repeated { cases, line: other }));
        }
        lines.insert(cases.as_str().to_owned(), line);
        let reason = self.reason.value.trim().to_owned();
        if reason.is_empty() {
            return Err((self.reason.at, EntryProblem::NoReason));
        }
        if let Some(day) = &self.expires
            && !is_day(&day.value)
        {
            return Err((day.at, EntryProblem::BadDay(day.value.clone())));
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

/// Whether a text is a valid date in a format that sorts chronologically.
fn is_day(text: &str) -> bool {
    let as_written = |day: jiff::civil::Date| day.to_string() == text && day.year() >= 0;
    text.parse().is_ok_and(as_written)
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
    fn the_documented_list_is_read() {
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
    fn errors_have_file_and_line() {
        for (text, words) in [
            (
                "- {case: a/b, expect: threw}",
                &["known.yaml:1:15", "missing key \"reason\""][..],
            ),
            (
                "- {case: a/b, expect: threw, reason: ' '}",
                &["known.yaml:1:38", "reason is empty", "{case: a/b"],
            ),
            (
                "- {case: a/b, expect: thrown, reason: x}",
                &["known.yaml:1:23", "thrown", "time-out"],
            ),
            (
                "- {case: a/b, expect: threw, reason: x, why: y}",
                &["known.yaml:1:41", "unknown key \"why\""],
            ),
            (
                "- {case: a/b, case: a/c, expect: threw, reason: x}",
                &["known.yaml:1:15", "duplicate key \"case\""],
            ),
            (
                "- {case: a/b, expect: threw, reason: 5}",
                &["known.yaml:1:38", "write it in quotes"],
            ),
            (
                "\n- {case: 'a/[b', expect: threw, reason: x}",
                &["known.yaml:2:10", "a/[b"],
            ),
            ("- {case: '', expect: threw, reason: x}", &["is empty"]),
            (
                "- {case: a/b, expect: threw, reason: x}\n- {case: a/b, expect: token, reason: x}",
                &["known.yaml:2:10", "line 1 already covers a/b"],
            ),
            (
                "- {case: a/b, expect: threw, reason: x, expires: 2027-02-30}",
                &[
                    "known.yaml:1:50",
                    "2027-02-30",
                    "write for example 2027-01-01",
                ],
            ),
            (
                "- {case: a/b, expect: threw, reason: x, expires: tomorrow}",
                &["tomorrow"],
            ),
            (
                "- {case: a/b, expect: threw, reason: x, expires: '20270101'}",
                &["20270101"],
            ),
            ("case: a/b", &["known.yaml:1:1", "expected a list"]),
            ("- [", &["known.yaml:1:3"]),
        ] {
            let error = error(text);
            for word in words {
                assert!(error.contains(word), "{word:?} is not in {error}");
            }
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        assert!(KnownFailures::parse("k", &"[".repeat(100_000)).is_err());
    }

    #[test]
    fn the_documentation_shows_a_list_and_names_every_word() {
        let page = include_str!("../../../docs/known-failures.md");
        let example = page.split("```yaml\n").nth(1).unwrap();
        let example = example.split("```").next().unwrap();
        let known = KnownFailures::parse("docs", example).unwrap();
        assert_eq!(known.entries().len(), 2);
        for kind in ObservedKind::ALL {
            assert!(page.contains(&format!("`{kind}`")), "{kind}");
        }
        let page = include_str!("../../../docs/results.md");
        for verdict in crate::results::Verdict::ALL {
            assert!(page.contains(&format!("`{verdict}`")), "{verdict}");
        }
        for kind in ObservedKind::ALL {
            assert!(page.contains(&format!("`{kind}`")), "{kind}");
        }
    }
}
