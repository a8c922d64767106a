//! Bytes as they come, lines as they are wanted.

use std::os::fd::AsFd;

use memchr::memchr;
use rustix::buffer::spare_capacity;
use rustix::io::{Errno, read, retry_on_intr};

use crate::protocol::MAX_LINE;

/// How much is read at once, in bytes.
const CHUNK: usize = 256 << 10;

/// What has been read and is not yet a whole line. It grows to the longest line that the protocol
/// allows, and no further: of a longer one nothing is kept.
#[derive(Debug)]
pub(super) struct LineBuffer {
    bytes: Vec<u8>,
    /// Where the first unread line begins.
    start: usize,
    /// Up to where there is no further line feed.
    searched: usize,
    /// Whether what comes up to the next line feed belongs to a line that was too long.
    discards: bool,
}

/// What a pipe gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Something.
    Some,
    /// Nothing for now.
    Nothing,
    /// Its end.
    End,
}

impl Read {
    /// From what the system said.
    pub(super) fn of(result: Result<usize, Errno>) -> Result<Self, Errno> {
        match result {
            Ok(0) => Ok(Self::End),
            Ok(_) => Ok(Self::Some),
            Err(Errno::AGAIN) => Ok(Self::Nothing),
            Err(errno) => Err(errno),
        }
    }
}

/// A line that is longer than the protocol allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl LineBuffer {
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(CHUNK),
            start: 0,
            searched: 0,
            discards: false,
        }
    }

    /// Reads once from a pipe that does not block. As long as there are whole lines of more than
    /// the protocol's longest together, nothing is read: the caller takes them out as well.
    pub(super) fn read(&mut self, pipe: impl AsFd) -> Result<Read, Errno> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.searched -= self.start;
            self.start = 0;
        }
        if self.bytes.len() > MAX_LINE {
            return Ok(Read::Some);
        }
        if self.bytes.capacity() - self.bytes.len() < CHUNK / 4 {
            self.bytes.reserve(CHUNK);
        }
        Read::of(retry_on_intr(|| {
            read(&pipe, spare_capacity(&mut self.bytes))
        }))
    }

    /// Takes out the next whole line, without its line feed. A line that is too long is told of
    /// once, as soon as that is known, and nothing of it is kept: each call that gives something has
    /// consumed it.
    pub(super) fn next_line(&mut self) -> Option<Result<&[u8], TooLong>> {
        loop {
            let Some(length) = memchr(b'\n', &self.bytes[self.searched..]) else {
                self.searched = self.bytes.len();
                let is_too_long = self.bytes.len() - self.start > MAX_LINE;
                if self.discards || is_too_long {
                    self.start = self.searched;
                }
                let is_news = is_too_long && !self.discards;
                self.discards |= is_too_long;
                return is_news.then_some(Err(TooLong));
            };
            let end = self.searched + length;
            let line = self.start..end;
            self.start = end + 1;
            self.searched = self.start;
            if std::mem::take(&mut self.discards) {
                continue;
            }
            if line.len() > MAX_LINE {
                return Some(Err(TooLong));
            }
            return Some(Ok(&self.bytes[line]));
        }
    }

    /// What stands behind the last line feed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

/// What to do about a line that a program printed on the way, where it is no object.
pub(super) fn where_to_print(line: &[u8]) -> &'static str {
    if line.trim_ascii_start().starts_with(b"{") {
        ""
    } else {
        "; print only answers to standard output, and everything else to standard error"
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::{CHUNK, LineBuffer, Read, TooLong};
    use crate::protocol::MAX_LINE;

    /// The most that a buffer may ever hold: the longest line, its line feed and what is read at
    /// once, in a vector that doubles.
    const MOST: usize = 2 * (MAX_LINE + 1 + CHUNK);

    type Line = Result<Vec<u8>, TooLong>;

    /// Everything that is written, in pieces of that size, as lines; at most so many are taken out
    /// after each read.
    fn lines(text: &[u8], piece: usize, taken: usize) -> (Vec<Line>, Vec<u8>) {
        let (reader, mut writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&reader, true).unwrap();
        let mut buffer = LineBuffer::new();
        let mut found = Vec::new();
        for piece in text.chunks(piece) {
            writer.write_all(piece).unwrap();
            while buffer.read(&reader).unwrap() == Read::Some {
                for _ in 0..taken {
                    let Some(line) = buffer.next_line() else {
                        break;
                    };
                    found.push(line.map(<[u8]>::to_vec));
                }
                assert!(buffer.bytes.capacity() <= MOST);
            }
        }
        drop(writer);
        // A child that another test is about to start may hold the writer for a moment.
        while buffer.read(&reader).unwrap() == Read::Nothing {
            std::thread::yield_now();
        }
        while let Some(line) = buffer.next_line() {
            found.push(line.map(<[u8]>::to_vec));
        }
        (found, buffer.rest().to_vec())
    }

    /// The same by the plainest way: what stands between line feeds, and of what is too long that
    /// it is.
    fn model(text: &[u8]) -> (Vec<Line>, Vec<u8>) {
        let mut pieces: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
        let rest = pieces.pop().unwrap_or_default();
        let line = |line: &[u8]| {
            let is_whole = line.len() <= MAX_LINE;
            is_whole.then(|| line.to_vec()).ok_or(TooLong)
        };
        let mut lines: Vec<Line> = pieces.into_iter().map(line).collect();
        match line(rest) {
            Ok(rest) => (lines, rest),
            Err(TooLong) => {
                lines.push(Err(TooLong));
                (lines, Vec::new())
            }
        }
    }

    #[test]
    fn lines_do_not_depend_on_how_bytes_arrive() {
        for piece in [1, 2, 3, 100] {
            let (found, rest) = lines(b"one\n\ntwo\r\nthree", piece, 9);
            let expected: [&[u8]; 3] = [b"one", b"", b"two\r"];
            assert_eq!(found, expected.map(|line| Ok(line.to_vec())));
            assert_eq!(rest, b"three");
        }
    }

    #[test]
    fn a_line_may_be_a_mebibyte_long_and_no_longer() {
        let mut text = vec![b'x'; MAX_LINE];
        text.push(b'\n');
        let (found, rest) = lines(&text, 40_000, 9);
        assert_eq!(found, [Ok(vec![b'x'; MAX_LINE])]);
        assert_eq!(rest, b"");
        text.insert(0, b'x');
        text.extend_from_slice(b"next\n");
        let told = [Err(TooLong), Ok(b"next".to_vec())];
        assert_eq!(lines(&text, 40_000, 9).0, told);
        let endless = vec![b'x'; 3 * MAX_LINE];
        assert_eq!(lines(&endless, 40_000, 9), (vec![Err(TooLong)], vec![]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever comes, in whatever pieces: the lines are those that stand there, each once, and
        /// what is kept is bounded.
        #[test]
        fn lines_match_the_input(
            runs in prop::collection::vec((any::<u8>(), prop_oneof![0..9_usize, 0..1_500_000_usize], any::<bool>()), 0..6),
            piece in prop_oneof![1000..65_536_usize, Just(1 << 16)],
            taken in 1..4_usize,
        ) {
            let mut text = Vec::new();
            for (byte, length, ends) in runs {
                text.extend(std::iter::repeat_n(byte, if byte == b'\n' { 3 } else { length }));
                text.extend(ends.then_some(b'\n'));
            }
            let came = lines(&text, piece, taken);
            prop_assert!(came == model(&text));
        }
    }
}
