//! The last of what a process wrote to stderr. It is shown, and never a verdict.

use std::os::fd::AsFd;

use rustix::buffer::spare_capacity;
use rustix::io::{Errno, read, retry_on_intr};

use crate::adapters::line_buffer::Read;

/// How much of it is kept, in bytes.
const KEPT: usize = 64 << 10;

/// How many of its last lines a message shows.
const SHOWN_LINES: usize = 10;

/// How many characters of a line a message shows.
const SHOWN_CHARACTERS: usize = 300;

/// The last 64 KiB.
#[derive(Debug, Default)]
pub(super) struct StderrTail(Vec<u8>);

impl StderrTail {
    /// Reads once from a pipe that does not block, and forgets what is too old.
    pub(super) fn read(&mut self, pipe: impl AsFd) -> Result<Read, Errno> {
        if self.0.len() >= 2 * KEPT {
            // One byte more says that there were others.
            self.0.drain(..self.0.len() - KEPT - 1);
        }
        self.0.reserve(KEPT);
        Read::of(retry_on_intr(|| read(&pipe, spare_capacity(&mut self.0))))
    }

    /// The last lines as the end of a sentence: `; its stderr ends: "…"`, or each on a line of its
    /// own. Where the line that says what went wrong stands above a trace of the stack, it comes
    /// first. Nothing if there are none.
    pub(super) fn as_clause(&self) -> String {
        let start = self.0.len().saturating_sub(KEPT);
        // That it begins in the midst of a line is to be seen.
        let kept = match start {
            0 => self.0.clone(),
            _ => ["…".as_bytes(), &self.0[start..]].concat(),
        };
        let lines: Vec<&[u8]> = kept
            .split(|&byte| byte == b'\n')
            .map(<[u8]>::trim_ascii_end)
            .filter(|line| !line.is_empty())
            .collect();
        let first_shown = lines.len().saturating_sub(SHOWN_LINES);
        let headline = lines.iter().rposition(|line| is_headline(line));
        let headline = headline.filter(|&at| at < first_shown);
        match &lines[first_shown..] {
            [] => String::new(),
            [only] => format!("; its stderr ends: {}", shown(only.trim_ascii())),
            last => {
                let mut clause = "; its stderr ends:".to_owned();
                if let Some(at) = headline {
                    clause.push_str(&format!("\n{}\n…", beginning(lines[at])));
                }
                for line in last {
                    clause.push_str(&format!("\n{}", beginning(line)));
                }
                clause
            }
        }
    }
}

/// The beginning of a line, which is raw: the report that shows it escapes it, once.
fn beginning(line: &[u8]) -> String {
    // No character has more than four bytes.
    let bytes = &line[..line.len().min(4 * (SHOWN_CHARACTERS + 1))];
    let text = String::from_utf8_lossy(bytes);
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        None => text.into_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

/// Whether a line names an error, as Node, Ruby, Java, PHP and Go write it before the calls that
/// led there, which they indent.
fn is_headline(line: &[u8]) -> bool {
    let says = |word: &[u8]| line.windows(word.len()).any(|window| window == word);
    !line[0].is_ascii_whitespace() && (says(b"Error") || says(b"Exception") || says(b"panic: "))
}

/// What an adapter printed, in quotation marks: both ends of it where it is long. It is raw:
/// the report that shows it escapes it, once.
pub(super) fn shown(line: &[u8]) -> String {
    const HEAD: usize = 140;
    const TAIL: usize = 60;
    // No character has more than four bytes.
    if line.len() <= 4 * (HEAD + TAIL) {
        let text = String::from_utf8_lossy(line);
        let length = text.chars().count();
        if length <= HEAD + TAIL {
            return format!("\"{text}\"");
        }
        let head: String = text.chars().take(HEAD).collect();
        let tail: String = text.chars().skip(length - TAIL).collect();
        return format!("\"{head}…{tail}\"");
    }
    let (head, tail) = (&line[..4 * HEAD], &line[line.len() - 4 * TAIL..]);
    let head: String = String::from_utf8_lossy(head).chars().take(HEAD).collect();
    let tail = String::from_utf8_lossy(tail);
    let length = tail.chars().count();
    let tail: String = tail.chars().skip(length.saturating_sub(TAIL)).collect();
    format!("\"{head}…{tail}\"")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{KEPT, StderrTail, shown};
    use crate::adapters::line_buffer::Read;

    #[test]
    fn only_the_end_is_kept() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&reader, true).unwrap();
        let mut tail = StderrTail::default();
        assert_eq!(tail.as_clause(), "");
        assert_eq!(tail.read(&reader), Ok(Read::Nothing));
        for number in 0..100_000 {
            write!(writer, "line {number}\r\n").unwrap();
            if number % 1000 == 0 {
                assert_eq!(tail.read(&reader), Ok(Read::Some));
                assert!(tail.0.len() <= 4 * KEPT);
            }
        }
        writer.write_all(b"\n\x1b[31mTypeError\n\n").unwrap();
        drop(writer);
        while tail.read(&reader).unwrap() == Read::Some {}
        let clause = tail.as_clause();
        assert_eq!(clause.lines().count(), 11);
        assert!(
            clause.starts_with("; its stderr ends:\nline 99991\n"),
            "{clause}"
        );
        assert!(
            clause.ends_with("\nline 99999\n\x1b[31mTypeError"),
            "{clause}"
        );
        assert_eq!(
            StderrTail(b"\n only this \n".into()).as_clause(),
            "; its stderr ends: \"only this\""
        );
    }

    #[test]
    fn long_lines_are_truncated() {
        assert_eq!(shown(b"a\xffb"), "\"a\u{fffd}b\"");
        assert_eq!(shown(&[b'x'; 200]).len(), 202);
        let long = shown(&[b"a", &[b'x'; 200][..], b"z"].concat());
        assert!(long.starts_with("\"axx") && long.ends_with("xxz\"") && long.contains("x…x"));
        let flood = shown(&[b"a", &vec![0xff; 1 << 20][..], b"z"].concat());
        let line = super::beginning(&vec![0xff; 1 << 20]);
        assert_eq!(line.chars().count(), super::SHOWN_CHARACTERS + 1);
        assert!(flood.starts_with("\"a") && flood.ends_with("z\"") && flood.chars().count() < 210);
    }

    #[test]
    fn the_error_is_shown_before_its_trace() {
        let trace = "    at f (file.js:3:9)\n".repeat(12);
        for headline in [
            "TypeError: x",
            "a.rb:1:in 'f': no key (KeyError)",
            "Exception in thread \"main\" java.lang.NullPointerException: x",
            "panic: boom",
        ] {
            let said = format!("file.js:3\n{headline}\n{trace}\nNode.js v22.1.0\n");
            let clause = StderrTail(said.into()).as_clause();
            let start = format!("; its stderr ends:\n{headline}\n…\n    at f");
            assert!(clause.starts_with(&start), "{clause}");
            assert_eq!(clause.lines().count(), 13);
        }
        let python = "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    x[\"user_id\"]\nKeyError: 'user_id'\n";
        let clause = StderrTail(python.into()).as_clause();
        assert_eq!(clause, format!("; its stderr ends:\n{}", python.trim_end()));
    }
}
