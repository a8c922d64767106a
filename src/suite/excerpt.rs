//! A line of a file with a marker below it, safe to print.

use std::fmt;

use crate::suite::Position;

/// Maximum number of characters shown of a long line.
const WIDTH: usize = 100;

/// A line of a file, cropped around a column, with control characters made visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line number, from 1.
    line: u32,
    shown: String,
    /// How many characters of `shown` precede the marked one.
    mark: usize,
}

impl Excerpt {
    /// The line at a position; `None` if the text has no such line.
    pub(crate) fn of(text: &str, at: Position) -> Option<Self> {
        let line = text.split('\n').nth(at.line.checked_sub(1)? as usize)?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let column = at.column.saturating_sub(1) as usize;
        let start = column.saturating_sub(WIDTH / 2);
        let mut shown = String::new();
        let mut mark = None;
        if start > 0 {
            shown.push('…');
        }
        let mut characters = line.chars().skip(start);
        for (index, character) in characters.by_ref().take(WIDTH).enumerate() {
            if start + index == column {
                mark = Some(shown.chars().count());
            }
            push_visible(&mut shown, character);
        }
        let mark = mark.unwrap_or_else(|| shown.chars().count());
        if characters.next().is_some() {
            shown.push('…');
        }
        Some(Self {
            line: at.line,
            shown,
            mark,
        })
    }
}

/// Appends one visible character for each: a symbol for a control character, and a replacement for
/// bidirectional controls and zero-width characters.
pub(super) fn push_visible(shown: &mut String, character: char) {
    shown.push(match character {
        '\t' => ' ',
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(' '),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        _ => character,
    });
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = number.len();
        writeln!(f, "{:margin$} |", "")?;
        writeln!(f, "{number} | {}", self.shown)?;
        write!(f, "{:margin$} | {:mark$}^", "", "", mark = self.mark)
    }
}

#[cfg(test)]
mod tests {
    use super::Excerpt;
    use crate::suite::Position;

    fn show(text: &str, line: u32, column: u32) -> String {
        Excerpt::of(text, Position { line, column })
            .unwrap()
            .to_string()
    }

    #[test]
    fn the_mark_is_under_the_column() {
        assert_eq!(show("a\nbé: x\r\nc", 2, 5), "  |\n2 | bé: x\n  |     ^");
        assert_eq!(show("ab", 1, 3), "  |\n1 | ab\n  |   ^");
        assert_eq!(Excerpt::of("a", Position { line: 2, column: 1 }), None);
    }

    #[test]
    fn long_lines_are_cropped_around_the_column() {
        let text = format!("{}X{}", "a".repeat(70_000), "b".repeat(70_000));
        let shown = show(&text, 1, 70_001);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[1].chars().count() < 120, "{shown}");
        let mark = lines[2].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[1].chars().nth(mark), Some('X'));
    }

    #[test]
    fn terminal_control_sequences_are_removed() {
        let shown = show("a\u{1b}[31m\u{202e}b", 1, 8);
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
        let lines: Vec<&str> = shown.lines().collect();
        let mark = lines[2].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[1].chars().nth(mark), Some('b'));
    }
}
