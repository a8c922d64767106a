//! The style sheet: how words that all commands share look on a terminal with colours.

use crate::report::beside::Tone;

const BAD: &[&str] = &[
    "FAIL",
    "ERROR",
    "FINDING",
    "DIFFERENCE",
    "BROKE",
    "error",
    "leak",
    "nonconformant",
    "regression",
    "reject",
];
const DOUBTFUL: &[&str] = &[
    "warning",
    "incomplete",
    "inconclusive",
    "interrupted",
    "likely cause",
    "or",
];
const GOOD: &[&str] = &["conformant", "no regression", "accept", "fixed"];
const FAINT: &[&str] = &["note", "replay", "saved", "profile", "rerun", "tip"];

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Good,
    Doubtful,
    Bad,
    Strong,
    Faint,
}

impl From<Tone> for Style {
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Good => Self::Good,
            Tone::Doubtful => Self::Doubtful,
            Tone::Bad => Self::Bad,
        }
    }
}

impl Style {
    /// A text in this style; an empty one stays empty.
    pub(super) fn paint(self, text: &str) -> String {
        let code = match self {
            Self::Good => "1;32",
            Self::Doubtful => "1;33",
            Self::Bad => "1;31",
            Self::Strong => "1",
            Self::Faint => "2",
        };
        if text.is_empty() {
            String::new()
        } else {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        }
    }

    /// The style of a word that begins a line or follows a title.
    fn of(word: &str) -> Option<Self> {
        let is_in = |words: &[&str]| words.contains(&word);
        if is_in(BAD) {
            Some(Self::Bad)
        } else if is_in(DOUBTFUL) {
            Some(Self::Doubtful)
        } else if is_in(GOOD) || word.starts_with("no leak") {
            Some(Self::Good)
        } else if is_in(FAINT) {
            Some(Self::Faint)
        } else {
            None
        }
    }
}

/// A plain text in colours, by the words with which its lines begin: `FINDING acme/x`,
/// `verify by acme: leak: …`, `    control ✗   …`; a line that is nothing but a title is strong.
pub fn styled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        out.push_str(&line_in_style(line));
        out.push_str(end);
    }
    out
}

fn line_in_style(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let (blank, content) = line.split_at(indent);
    if indent == 0 && content.ends_with(':') && !content.contains(": ") && content.len() > 1 {
        return Style::Strong.paint(content);
    }
    // A word of capitals needs no colon behind it.
    let word = content.split(' ').next().unwrap_or_default();
    let is_shouted = word.len() > 3 && word.chars().all(|c| c.is_ascii_uppercase());
    if let Some(style) = Style::of(word).filter(|_| is_shouted || content == word) {
        return format!("{blank}{}{}", style.paint(word), &content[word.len()..]);
    }
    let mut from = 0;
    for clause in content.split(": ").take(2) {
        let word = clause.strip_suffix(':').unwrap_or(clause);
        let is_ended = from + clause.len() < content.len() || clause.ends_with(':');
        if let Some(style) = Style::of(word).filter(|_| is_ended) {
            let (before, behind) = (&content[..from], &content[from + word.len()..]);
            return format!("{blank}{before}{}{behind}", style.paint(word));
        }
        from += clause.len() + 2;
    }
    let marks = [(" ✓ ", Style::Good), (" ✗ ", Style::Bad)];
    for (mark, style) in marks {
        if let Some((before, behind)) = content.split_once(mark)
            && before.len() < 20
        {
            return format!("{blank}{before} {} {behind}", style.paint(mark.trim()));
        }
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Style, styled};

    #[test]
    fn the_words_of_all_commands_have_their_colours() {
        for (line, painted, style) in [
            ("FINDING acme/x", "FINDING", Style::Bad),
            ("BROKE     acme/x (pass -> fail)", "BROKE", Style::Bad),
            ("verify by acme: leak: it takes longer", "leak", Style::Bad),
            (
                "verify by acme: inconclusive: slow",
                "inconclusive",
                Style::Doubtful,
            ),
            ("    control ✗   it failed", "✗", Style::Bad),
            ("    control ✓   it holds", "✓", Style::Good),
            ("reject: the MAC differs", "reject", Style::Bad),
            ("accept", "accept", Style::Good),
            ("no regression: 0 broke", "no regression", Style::Good),
            (
                "  likely cause: the secret is trimmed",
                "likely cause",
                Style::Doubtful,
            ),
            ("note: it restarted", "note", Style::Faint),
            ("Limitations:", "Limitations:", Style::Strong),
        ] {
            assert_eq!(
                styled(line),
                line.replacen(painted, &style.paint(painted), 1)
            );
        }
        for plain in [
            "acme 3 cases",
            "accepts upper case",
            "error rates vary",
            "",
            "\n",
            "a: b: leak: c",
        ] {
            assert_eq!(styled(plain), plain);
        }
    }
}
