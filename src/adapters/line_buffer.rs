//! Bytes as they come, lines as they are wanted.

use std::os::fd::AsFd;

use memchr::memchr;
use rustix::buffer::spare_capacity;
use rustix::io::{Errno, read, retry_on_intr};

use crate::protocol::MAX_LINE;

/// How much is read at once, in bytes.
const CHUNK: usize = 256 << 10;

/// What has been read and is not yet a whole line. It grows to the longest line that the protocol
/// allows, and no further.
#[derive(Debug)]
pub(super) struct LineBuffer {
    bytes: Vec<u8>,
    /// Where the first unread line begins.
    start: usize,
    /// Up to where there is no further line feed.
    searched: usize,
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
        }
    }

    /// Reads once from a pipe that does not block. All whole lines have been taken out before.
    pub(super) fn read(&mut self, pipe: impl AsFd) -> Result<Read, Errno> {
        let unread = self.start..self.bytes.len();
        self.searched = unread.len();
        self.bytes.copy_within(unread, 0);
        self.bytes.truncate(self.searched);
        self.start = 0;
        if self.bytes.capacity() - self.bytes.len() < CHUNK / 4 {
            self.bytes.reserve(CHUNK);
        }
        Read::of(retry_on_intr(|| {
            read(&pipe, spare_capacity(&mut self.bytes))
        }))
    }

    /// Takes out the next whole line, without its line feed.
    pub(super) fn next_line(&mut self) -> Option<Result<&[u8], TooLong>> {
        let Some(length) = memchr(b'\n', &self.bytes[self.searched..]) else {
            self.searched = self.bytes.len();
            let too_long = self.bytes.len() - self.start > MAX_LINE;
            return too_long.then_some(Err(TooLong));
        };
        let end = self.searched + length;
        let line = self.start..end;
        self.start = end + 1;
        self.searched = self.start;
        if line.len() > MAX_LINE {
            return Some(Err(TooLong));
        }
        Some(Ok(&self.bytes[line]))
    }

    /// What stands behind the last line feed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{LineBuffer, Read, TooLong};
    use crate::protocol::MAX_LINE;

    /// Everything that is written, in pieces of that size, as lines.
    fn lines(text: &[u8], piece: usize) -> (Vec<Result<Vec<u8>, TooLong>>, Vec<u8>) {
        let (reader, mut writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&reader, true).unwrap();
        let mut buffer = LineBuffer::new();
        let mut found = Vec::new();
        for piece in text.chunks(piece) {
            writer.write_all(piece).unwrap();
            while buffer.read(&reader).unwrap() == Read::Some {
                while let Some(line) = buffer.next_line() {
                    found.push(line.map(<[u8]>::to_vec));
                    if found.last() == Some(&Err(TooLong)) {
                        return (found, Vec::new());
                    }
                }
            }
        }
        drop(writer);
        assert_eq!(buffer.read(&reader).unwrap(), Read::End);
        (found, buffer.rest().to_vec())
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        for piece in [1, 2, 3, 100] {
            let (found, rest) = lines(b"one\n\ntwo\r\nthree", piece);
            let expected: [&[u8]; 3] = [b"one", b"", b"two\r"];
            assert_eq!(found, expected.map(|line| Ok(line.to_vec())));
            assert_eq!(rest, b"three");
        }
    }

    #[test]
    fn a_line_may_be_a_mebibyte_long_and_no_longer() {
        let mut text = vec![b'x'; MAX_LINE];
        text.push(b'\n');
        let (found, rest) = lines(&text, 40_000);
        assert_eq!(found, [Ok(vec![b'x'; MAX_LINE])]);
        assert_eq!(rest, b"");
        text.insert(0, b'x');
        assert_eq!(lines(&text, 40_000).0, [Err(TooLong)]);
        let endless = vec![b'x'; 3 * MAX_LINE];
        assert_eq!(lines(&endless, 40_000).0, [Err(TooLong)]);
    }
}
