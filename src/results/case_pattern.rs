//! Patterns over case ids, for lists of known failures and for filters.

use std::fmt;

use globset::{Glob, GlobMatcher};

/// A case id, or a pattern over case ids: `*` stands for any characters, `?` for one, `[…]` for
/// one of several, `{a,b}` for one of several texts.
///
/// `*` also stands for the slash: `*-empty` is about every suite.
#[derive(Clone, Debug)]
pub struct CasePattern {
    text: String,
    /// `None` where the text can only be the one id, which is most of the time.
    matcher: Option<GlobMatcher>,
}

/// Why a text is no pattern over case ids.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CasePatternError {
    /// It is empty.
    #[error("the pattern is empty; write a case id such as suite/vector-id, or suite/*")]
    Empty,
    /// It has a wrong bracket, brace or range.
    #[error("{0:?} is no pattern: {1}")]
    Malformed(String, String),
}

/// The characters that make a pattern of a case id.
const SPECIAL: [char; 8] = ['*', '?', '[', ']', '{', '}', '!', '\\'];

impl CasePattern {
    /// Compiles a pattern.
    pub fn new(text: &str) -> Result<Self, CasePatternError> {
        if text.is_empty() {
            return Err(CasePatternError::Empty);
        }
        let malformed = |error: globset::Error| {
            CasePatternError::Malformed(text.to_owned(), error.kind().to_string())
        };
        let matcher = if text.contains(SPECIAL) {
            Some(Glob::new(text).map_err(malformed)?.compile_matcher())
        } else {
            None
        };
        Ok(Self {
            text: text.to_owned(),
            matcher,
        })
    }

    /// Whether a case is meant.
    pub fn matches(&self, case: &str) -> bool {
        match &self.matcher {
            Some(matcher) => matcher.is_match(case),
            None => self.text == case,
        }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it can mean one case only.
    pub fn is_one_case(&self) -> bool {
        self.matcher.is_none()
    }

    /// The suite that it is about, where it says so.
    pub fn suite(&self) -> Option<&str> {
        let (suite, _) = self.text.split_once('/')?;
        (!suite.contains(SPECIAL)).then_some(suite)
    }
}

impl fmt::Display for CasePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{CasePattern, CasePatternError};

    #[test]
    fn a_pattern_means_what_it_says() {
        let cases = ["jimo/a", "jimo/a-b", "mtribes/a", "jimo-x/a"];
        for (pattern, meant) in [
            ("jimo/a", vec!["jimo/a"]),
            ("jimo/*", vec!["jimo/a", "jimo/a-b"]),
            ("*/a", vec!["jimo/a", "mtribes/a", "jimo-x/a"]),
            ("{jimo,mtribes}/?", vec!["jimo/a", "mtribes/a"]),
            ("*", cases.to_vec()),
            ("jimo", vec![]),
        ] {
            let pattern = CasePattern::new(pattern).unwrap();
            let found: Vec<_> = cases.into_iter().filter(|c| pattern.matches(c)).collect();
            assert_eq!(found, meant, "{pattern}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(CasePattern::new("").unwrap_err(), CasePatternError::Empty);
        let error = CasePattern::new("jimo/[a").unwrap_err().to_string();
        assert!(error.contains("jimo/[a"), "{error}");
    }

    #[test]
    fn knows_its_suite_and_whether_it_is_one_case() {
        let pattern = |text| CasePattern::new(text).unwrap();
        assert_eq!(pattern("jimo/*").suite(), Some("jimo"));
        assert_eq!(pattern("{jimo,a}/*").suite(), None);
        assert_eq!(pattern("*").suite(), None);
        assert!(pattern("jimo/a-1").is_one_case());
        assert!(!pattern("jimo/a?").is_one_case());
    }
}
