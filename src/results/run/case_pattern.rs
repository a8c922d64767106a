//! Patterns over case ids, for lists of known failures and for filters.

use std::fmt;

use globset::{Glob, GlobSet};

/// A case id, or a pattern that matches case ids: `*` matches any characters, `?` one, `[…]` one of
/// several, and `{a,b}` one of several texts.
///
/// `*` also matches the slash: `*-empty` covers every suite.
#[derive(Clone, Debug)]
pub struct CasePattern {
    text: String,
    /// `None` if the text is a plain id, which is the common case.
    matcher: Option<GlobSet>,
}

/// Why a text is not a valid pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CasePatternError {
    /// The pattern is empty.
    #[error("the pattern is empty; write a case id such as suite/vector-id, or suite/*")]
    Empty,
    /// A bracket, brace or range is malformed.
    #[error("invalid pattern {0:?}: {1}")]
    Malformed(String, String),
}

/// The characters that turn a case id into a pattern.
const SPECIAL: [char; 8] = ['*', '?', '[', ']', '{', '}', '!', '\\'];

impl CasePattern {
    /// Compiles a pattern. Fails if it is empty or malformed.
    pub fn new(text: &str) -> Result<Self, CasePatternError> {
        if text.is_empty() {
            return Err(CasePatternError::Empty);
        }
        let matcher = text.contains(SPECIAL).then(|| compiled(text)).transpose()?;
        Ok(Self {
            text: text.to_owned(),
            matcher,
        })
    }

    /// Whether the pattern matches a case.
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

    /// Whether the pattern is a plain case id.
    pub fn is_one_case(&self) -> bool {
        self.matcher.is_none()
    }

    /// The suite that the pattern is restricted to, if it names one literally.
    pub fn suite(&self) -> Option<&str> {
        let (suite, _) = self.text.split_once('/')?;
        (!suite.contains(SPECIAL)).then_some(suite)
    }
}

/// Maximum nesting depth of braces.
const MAX_DEPTH: usize = 16;

fn compiled(text: &str) -> Result<GlobSet, CasePatternError> {
    let malformed = |problem: String| CasePatternError::Malformed(text.to_owned(), problem);
    // Each brace becomes a regex group, which may be nested only to a limit, and a stack frame in
    // the compiler.
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let problem = format!("braces nested deeper than {MAX_DEPTH}");
            return Err(malformed(problem));
        }
    }
    let glob = Glob::new(text).map_err(|error| malformed(error.kind().to_string()))?;
    // Use a set even for one pattern: it reports what it cannot compile, where a single matcher
    // panics.
    GlobSet::builder()
        .add(glob)
        .build()
        .map_err(|_| malformed("too large".to_owned()))
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
    fn patterns_match_as_documented() {
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
    fn invalid_patterns_are_explained() {
        assert_eq!(CasePattern::new("").unwrap_err(), CasePatternError::Empty);
        let error = CasePattern::new("jimo/[a").unwrap_err().to_string();
        assert!(error.contains("jimo/[a"), "{error}");
        for unusable in [
            format!("{}b{}", "{a,".repeat(150), "}".repeat(150)),
            "{a,".repeat(40_000),
            format!("{}b{}", "{a,".repeat(17), "}".repeat(17)),
        ] {
            assert!(CasePattern::new(&unusable).is_err());
        }
        let nested = format!("{}b{}", "{a,".repeat(16), "}".repeat(16));
        assert!(CasePattern::new(&nested).unwrap().matches("b"));
    }

    #[test]
    fn a_pattern_knows_its_suite_and_whether_it_is_one_case() {
        let pattern = |text| CasePattern::new(text).unwrap();
        assert_eq!(pattern("jimo/*").suite(), Some("jimo"));
        assert_eq!(pattern("{jimo,a}/*").suite(), None);
        assert_eq!(pattern("*").suite(), None);
        assert!(pattern("jimo/a-1").is_one_case());
        assert!(!pattern("jimo/a?").is_one_case());
    }
}
