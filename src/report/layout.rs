//! Text laid out for a terminal: lines wrapped to its width, each with a hanging indent.

/// The narrowest and the widest lines.
const NARROWEST: usize = 40;
const WIDEST: usize = 200;

/// Furthest column at which the text behind a label may start.
const LABEL: usize = 40;

/// How much further the rest of a line without a label is indented.
const HANG: usize = 2;

/// Wraps each line of a text to so many columns. What follows is indented below the text behind the
/// line's label, such as `request   verify …`, or else a little further than the line. A command
/// line stays one: it is continued by backslashes.
///
/// Escape codes for colours take no room.
pub fn wrapped(text: &str, columns: usize) -> String {
    let columns = columns.clamp(NARROWEST, WIDEST);
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        if width(line) <= columns {
            out.push_str(line);
        } else {
            wrap(line, columns, &mut out);
        }
        out.push_str(end);
    }
    out
}

fn wrap(line: &str, columns: usize, out: &mut String) {
    let command = command(line);
    let is_command = command.is_some();
    let (at, hang) = command.unwrap_or_else(|| hanging(line, columns));
    let (label, content) = line.split_at(at);
    let (words, columns, end) = if is_command {
        (words_of_a_command(content), columns - 2, " \\")
    } else {
        (words_of_a_text(content), columns, "")
    };
    out.push_str(label);
    let mut used = width(label);
    let mut is_first = true;
    for word in words {
        let length = width(word);
        if !is_first && used + 1 + length > columns {
            out.push_str(end);
            out.push('\n');
            out.push_str(&" ".repeat(hang));
            used = hang;
            is_first = true;
        }
        if !is_first {
            out.push(' ');
            used += 1;
        }
        if is_command || used + length <= columns {
            out.push_str(word);
            used += length;
        } else {
            used = broken(word, used, hang, columns, out);
        }
        is_first = false;
    }
}

/// The words of a text. A blank at the edge of what stands in quotes belongs to it, and a line that
/// ended there would hide it.
fn words_of_a_text(content: &str) -> Vec<&str> {
    let is_in_quotes = |at: usize| {
        let (before, after) = (&content[..at], &content[at..]);
        let mut before = before.trim_end_matches(' ').chars().rev();
        let mut after = after.trim_start_matches(' ').chars();
        let opens =
            before.next() == Some('"') && before.next().is_none_or(|c| " :,[({".contains(c));
        let closes =
            after.next() == Some('"') && after.next().is_none_or(|c| " :,;])}".contains(c));
        opens || closes
    };
    let mut words = Vec::new();
    let mut from = 0;
    for (at, _) in content.match_indices(' ') {
        if !is_in_quotes(at) {
            words.push(&content[from..at]);
            from = at + 1;
        }
    }
    words.push(&content[from..]);
    words
}

/// Writes a word that is longer than a line; returns how much of the last line it takes.
fn broken(word: &str, mut used: usize, hang: usize, columns: usize, out: &mut String) -> usize {
    for (piece, length) in pieces(word) {
        if used + length > columns {
            out.push('\n');
            out.push_str(&" ".repeat(hang));
            used = hang;
        }
        out.push_str(piece);
        used += length;
    }
    used
}

/// Where the command of a line begins that has one, alone or behind a label, as [`hanging`] says it.
fn command(line: &str) -> Option<(usize, usize)> {
    let at = line.find("macproof ").or_else(|| line.find("curl -"))?;
    let label = bare(&line[..at]);
    let is_label = label
        .trim_end()
        .split(' ')
        .filter(|word| !word.is_empty())
        .count()
        <= 1
        && (label.ends_with(": ") || label.ends_with("  "));
    let hang = label.chars().count();
    (is_label && hang <= LABEL).then_some((at, hang))
}

/// Where the text of a line begins, in bytes, and the column of what follows.
fn hanging(line: &str, columns: usize) -> (usize, usize) {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let mut column = 0;
    let mut blanks = 0;
    let mut at = 0;
    for (piece, length) in pieces(line) {
        if length > 0 {
            if piece == " " {
                blanks += 1;
            } else if blanks >= 2 && column > indent && column <= LABEL.min(columns / 2) {
                return (at, column);
            } else {
                blanks = 0;
            }
        }
        column += length;
        at += piece.len();
        if column > LABEL {
            break;
        }
    }
    let further = match indent {
        0 => HANG * 2,
        1..8 => HANG,
        _ => 0,
    };
    (indent, (indent + further).min(columns / 2))
}

/// The words of a command for a shell, which a line may be broken between.
fn words_of_a_command(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut from, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => quoted = !quoted,
            ' ' if !quoted => {
                words.push(&line[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    words.push(&line[from..]);
    words
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    pieces(text).map(|(_, length)| length).sum()
}

/// A text without its colours.
fn bare(text: &str) -> String {
    let seen = pieces(text).filter(|(piece, _)| !piece.starts_with('\u{1b}'));
    seen.map(|(piece, _)| piece).collect()
}

/// The characters and the escape codes of a text, with the columns that they take.
fn pieces(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let c = rest.chars().next()?;
        let (length, columns) = if c == '\u{1b}' {
            (rest.find('m').map_or(rest.len(), |end| end + 1), 0)
        } else {
            (c.len_utf8(), if is_wide(c) { 2 } else { 1 })
        };
        let (piece, behind) = rest.split_at(length);
        rest = behind;
        Some((piece, columns))
    })
}

/// Whether terminals show a character in two columns: those of East Asia, and pictures.
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{width, wrapped};

    #[test]
    fn no_line_ends_at_a_blank_that_stands_at_the_edge_of_a_quotation() {
        let text = "sign user_id \" user-42 \", name \" \" with {\"a\":\" \",\"b\":\"\"} and more";
        for columns in 40..60 {
            let lines = wrapped(text, columns);
            for part in ["\" user-42 \",", "name \" \"", "{\"a\":\" \","] {
                assert!(lines.contains(part), "{part}: {lines}");
            }
            assert!(lines.lines().count() > 1, "{lines}");
        }
    }

    #[test]
    fn lines_hang_below_the_text_behind_their_label() {
        for (line, shown) in [
            ("short", "short"),
            (
                "    request   verify the token for user_id with the secret",
                "    request   verify the token for\n              user_id with the secret",
            ),
            (
                "FAIL rejects what it must accept: 6 identify cases",
                "FAIL rejects what it must accept: 6\n    identify cases",
            ),
            (
                "              has a remark that is rather long",
                "              has a remark that is\n              rather long",
            ),
            (
                "  rerun  macproof run --command 'a b c d' --filter x/y",
                "  rerun  macproof run --command \\\n         'a b c d' --filter x/y",
            ),
            (
                "    \u{1b}[1mlabel\u{1b}[0m     \u{1b}[31mone two three four five six\u{1b}[0m",
                "    \u{1b}[1mlabel\u{1b}[0m     \u{1b}[31mone two three four five\n              six\u{1b}[0m",
            ),
            (
                "replay: macproof run --suite-file reports/fuzz-acme.yaml",
                "replay: macproof run --suite-file \\\n        reports/fuzz-acme.yaml",
            ),
            (
                "note: run macproof run once more, because there is more",
                "note: run macproof run once more,\n    because there is more",
            ),
            (
                "漢漢漢漢漢漢漢漢漢漢 漢漢漢漢漢漢漢漢漢漢",
                "漢漢漢漢漢漢漢漢漢漢\n    漢漢漢漢漢漢漢漢漢漢",
            ),
        ] {
            assert_eq!(wrapped(line, 40), shown);
        }
        let long = "a".repeat(100);
        let shown = wrapped(&long, 60);
        assert_eq!(shown, format!("{}\n    {}", "a".repeat(60), "a".repeat(40)));
    }

    proptest! {
        /// Nothing is lost, and no line is too long.
        #[test]
        fn wrapping_only_moves_words(line in "[a-zé漢' ]{0,200}", columns in 40_usize..100) {
            prop_assume!(!line.contains("macproof"));
            let shown = wrapped(&line, columns);
            let bare = |text: &str| text.replace([' ', '\n'], "");
            prop_assert_eq!(bare(&shown), bare(&line));
            for line in shown.lines() {
                prop_assert!(width(line) <= columns, "{:?}", line);
            }
        }
    }
}
