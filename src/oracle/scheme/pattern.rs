//! The form of a text, as a regular expression that the whole of it matches.

use std::fmt;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// How long a pattern may be, in bytes. Suites come from strangers.
const MAX_LENGTH: usize = 1_000;
/// How deep its groups may be nested.
const MAX_NESTING: u32 = 50;
/// How much a matcher may remember of what it has seen, in bytes. With less, a pattern that counts to
/// a thousand is matched state by state, in milliseconds a text.
const MAX_DFA: usize = 16 << 20;
/// How large its program may become, in bytes.
const MAX_PROGRAM: usize = 1 << 20;

/// A regular expression that the whole of a text matches.
///
/// It does not bind the oracle: outside of it an implementation may refuse to sign, and what it
/// does when it verifies is its own affair.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    hir: Hir,
    whole: Regex,
}

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// It is longer than any form needs.
    #[error("the pattern is longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// It is no regular expression of the `regex` crate.
    #[error("the pattern is not a regular expression of the regex crate: {0}")]
    Syntax(String),
    /// It counts so high that its program would be too large.
    #[error(
        "the pattern needs more than {MAX_PROGRAM} bytes of memory; reduce its repetition counts, or use ASCII classes, such as (?-u:\\w) instead of \\w"
    )]
    TooLarge,
}

impl Pattern {
    /// Compiles a pattern in the syntax of the `regex` crate.
    pub fn compile(text: &str) -> Result<Self, PatternError> {
        if text.len() > MAX_LENGTH {
            return Err(PatternError::TooLong);
        }
        let hir = ParserBuilder::new()
            .nest_limit(MAX_NESTING)
            .utf8(false)
            .build()
            .parse(text)
            .map_err(|error| {
                let error = error.to_string();
                let last = error.lines().last().unwrap_or_default();
                PatternError::Syntax(last.trim_start_matches("error: ").to_owned())
            })?;
        // Anchored as a tree and not as a text, which could close the group or be a comment.
        let whole = RegexBuilder::new(&format!(r"\A(?:{hir})\z"))
            .size_limit(MAX_PROGRAM)
            .dfa_size_limit(MAX_DFA)
            .build()
            .map_err(|_| PatternError::TooLarge)?;
        Ok(Self {
            text: text.to_owned(),
            hir,
            whole,
        })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of a text is of this form.
    pub fn matches(&self, text: &[u8]) -> bool {
        self.whole.is_match(text)
    }

    /// Its structure.
    pub fn hir(&self) -> &Hir {
        &self.hir
    }

    /// For each byte, whether it may stand in a text of this form. A byte beyond ASCII counts as
    /// one that may where any other beyond ASCII does.
    pub fn bytes(&self) -> [bool; 256] {
        let mut found = [false; 256];
        collect(&self.hir, &mut found);
        let beyond = found[128..].contains(&true);
        found[128..].fill(beyond);
        found
    }
}

fn collect(hir: &Hir, found: &mut [bool; 256]) {
    let mut add = |from: u32, to: u32| {
        for byte in from..=to.min(255) {
            found[byte as usize] = true;
        }
        if to > 127 {
            found[128] = true;
        }
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            for &byte in &*literal.0 {
                add(byte.into(), byte.into());
            }
        }
        HirKind::Class(Class::Unicode(class)) => {
            for range in class.iter() {
                add(range.start().into(), range.end().into());
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            for range in class.iter() {
                add(range.start().into(), range.end().into());
            }
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, found),
        HirKind::Capture(capture) => collect(&capture.sub, found),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            for one in all {
                collect(one, found);
            }
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

#[cfg(test)]
mod tests {
    use super::{Pattern, PatternError};

    #[test]
    fn the_whole_text_is_matched() {
        for (pattern, inside, outside) in [
            (
                r"\d+\.\d+",
                vec!["1.2", "٣.4"],
                vec!["", "1.", "a1.2", "1.2\n", "1.2 "],
            ),
            // The first branch matches a part, the second the whole.
            ("a|ab", vec!["a", "ab"], vec!["abb", "b"]),
            ("(?x) a b # a comment", vec!["ab"], vec!["a b", "ab#"]),
            ("(?m)^a$", vec!["a"], vec!["a\n", "b\na"]),
            (r"(?s)\{.*\}", vec!["{}", "{\n}"], vec!["{}x", "x{}"]),
            ("(?i-u)k", vec!["k", "K"], vec!["\u{212a}"]),
        ] {
            let pattern = Pattern::compile(pattern).unwrap();
            for text in inside {
                assert!(pattern.matches(text.as_bytes()), "{pattern:?} {text:?}");
            }
            for text in outside {
                assert!(!pattern.matches(text.as_bytes()), "{pattern:?} {text:?}");
            }
        }
        assert!(!Pattern::compile(".*").unwrap().matches(b"\xff"));
        assert!(Pattern::compile("(?s-u:.*)").unwrap().matches(b"\xff"));
    }

    #[test]
    fn invalid_and_oversized_patterns_are_refused() {
        let error = |text: &str| Pattern::compile(text).unwrap_err();
        assert_eq!(error(&"a".repeat(1_001)), PatternError::TooLong);
        for large in [
            r"\w{1000}",
            "(a{1000}){1000}",
            "((((a{9}){9}){9}){9}){9}{9}{9}",
        ] {
            assert_eq!(error(large), PatternError::TooLarge, "{large}");
        }
        for wrong in ["a)|(b", "(", "[", r"\1", "(?=a)", &"(".repeat(60)] {
            assert!(matches!(error(wrong), PatternError::Syntax(_)), "{wrong}");
        }
        let deep = format!("{}a{}", "(".repeat(60), ")".repeat(60));
        assert!(matches!(error(&deep), PatternError::Syntax(_)));
    }

    #[test]
    fn the_byte_set_of_a_form_is_known() {
        let bytes = Pattern::compile(r"[0-9]+\.x?").unwrap().bytes();
        let found: Vec<u8> = (0..=255).filter(|&byte| bytes[byte as usize]).collect();
        assert_eq!(found, b".0123456789x");
        assert!(
            Pattern::compile("é").unwrap().bytes()[0x80..]
                .iter()
                .all(|&byte| byte)
        );
    }
}
