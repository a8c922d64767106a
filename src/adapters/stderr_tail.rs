//! The last of what a process wrote to stderr. It is shown, and never a verdict.

use std::os::fd::AsFd;

use rustix::buffer::spare_capacity;
use rustix::io::{Errno, read, retry_on_intr};

use crate::adapters::line_buffer::Read;

/// How much of it is kept, in bytes.
const KEPT: usize = 64 << 10;

/// How many of its last lines a message shows.
const SHOWN_LINES: usize = 3;

/// The last 64 KiB.
#[derive(Debug, Default)]
pub(super) struct StderrTail(Vec<u8>);

impl StderrTail {
    /// Reads once from a pipe that does not block, and forgets what is too old.
    pub(super) fn read(&mut self, pipe: impl AsFd) -> Result<Read, Errno> {
        if self.0.len() >= 2 * KEPT {
            self.0.drain(..self.0.len() - KEPT);
        }
        self.0.reserve(KEPT);
        Read::of(retry_on_intr(|| read(&pipe, spare_capacity(&mut self.0))))
    }

    /// The last lines as the end of a sentence: `; its stderr ends: "…"`. Nothing if there are none.
    pub(super) fn as_clause(&self) -> String {
        let start = self.0.len().saturating_sub(KEPT);
        let mut lines: Vec<String> = self.0[start..]
            .rsplit(|&byte| byte == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty())
            .take(SHOWN_LINES)
            .map(shown)
            .collect();
        lines.reverse();
        if lines.is_empty() {
            String::new()
        } else {
            format!("; its stderr ends: {}", lines.join(" "))
        }
    }
}

/// What an adapter printed, in quotation marks, on one line, and not too long. Control characters
/// are made visible.
pub(super) fn shown(line: &[u8]) -> String {
    const LONGEST: usize = 200;
    let start = &line[..line.len().min(4 * LONGEST)];
    let text = String::from_utf8_lossy(start);
    let mut characters = text.chars();
    let shown: String = characters.by_ref().take(LONGEST).collect();
    let more = characters.next().is_some() || start.len() < line.len();
    format!("{shown:?}{}", if more { "…" } else { "" })
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
        assert_eq!(
            tail.as_clause(),
            r#"; its stderr ends: "line 99998" "line 99999" "\u{1b}[31mTypeError""#
        );
    }

    #[test]
    fn a_line_is_cut_where_it_is_too_long() {
        assert_eq!(shown(b"a\xffb"), "\"a\u{fffd}b\"");
        assert_eq!(shown(&[b'x'; 200]).len(), 202);
        assert!(shown(&[b'x'; 201]).ends_with("x\"…"));
        assert!(shown(&vec![0xff; 1 << 20]).ends_with("…"));
    }
}
