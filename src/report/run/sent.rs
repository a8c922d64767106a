//! The request that a sender made, in lines.

use crate::report::digits::count;
use crate::report::visible::excerpt;
use crate::results::Case;

/// Longest value that is shown in full, in columns.
const COLUMNS: usize = 150;

/// Maximum number of headers that are shown; the JSON result has all.
const HEADERS: usize = 12;

/// The headers and the body of what was sent, as pairs of a label and a line; nothing where nothing
/// was sent. Its token alone does not show what is wrong with it.
pub(super) fn sent_lines(case: &Case) -> Vec<(&'static str, String)> {
    let Some(sent) = &case.sent else {
        return Vec::new();
    };
    let shown = sent.headers.iter().take(HEADERS).map(|(name, value)| {
        let value = edged(value, COLUMNS);
        format!("{}: {value}", excerpt(name, COLUMNS))
    });
    let more = sent.headers.len().saturating_sub(HEADERS);
    let more = (more > 0).then(|| count(more as u64, "more header", "more headers"));
    let none = sent.headers.is_empty().then(|| "none".to_owned());
    let lines = shown.chain(more).chain(none);
    let labels = std::iter::once("headers").chain(std::iter::repeat(""));
    let body = ("body", edged(&String::from_utf8_lossy(&sent.body), COLUMNS));
    labels.zip(lines).chain(std::iter::once(body)).collect()
}

/// A text, with what would not be seen at its edges: `(empty)`, or `abc (ends in a blank)`.
pub(super) fn edged(text: &str, columns: usize) -> String {
    match edges(text) {
        Some(words) if text.is_empty() => format!("({words})"),
        Some(words) => format!("{} ({words})", excerpt(text, columns)),
        None => excerpt(text, columns),
    }
}

/// What is not seen at the edges of a text; `None` if all is.
pub(super) fn edges(text: &str) -> Option<String> {
    let blanks = |number: usize| match number {
        1 => "a blank".to_owned(),
        more => count(more as u64, "blank", "blanks"),
    };
    if text.is_empty() {
        return Some("empty".to_owned());
    }
    let before = text.len() - text.trim_start_matches(' ').len();
    if before == text.len() {
        return Some(format!("nothing but {}", blanks(before)));
    }
    let behind = text.len() - text.trim_end_matches(' ').len();
    let begins = (before > 0).then(|| format!("begins with {}", blanks(before)));
    let ends = (behind > 0).then(|| format!("ends in {}", blanks(behind)));
    let words: Vec<String> = begins.into_iter().chain(ends).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// A token, in words that mark its edges.
pub(super) fn token_in_words(token: &str, columns: usize) -> String {
    match token {
        "" => "an empty token".to_owned(),
        token => format!("token {}", edged(token, columns)),
    }
}

#[cfg(test)]
mod tests {
    use super::{edged, token_in_words};

    #[test]
    fn what_is_not_seen_at_the_edges_is_told() {
        for (text, seen) in [
            ("abc", "abc"),
            ("", "(empty)"),
            ("abc ", "abc  (ends in a blank)"),
            ("  a  ", "  a   (begins with 2 blanks, ends in 2 blanks)"),
            (" ", "  (nothing but a blank)"),
            ("a\t", "a\\t"),
            ("abcdefghi ", "abcd…ghi  (10 characters) (ends in a blank)"),
        ] {
            assert_eq!(edged(text, 8), seen);
        }
        assert_eq!(token_in_words("", 8), "an empty token");
        assert_eq!(token_in_words("ab ", 8), "token ab  (ends in a blank)");
    }
}
