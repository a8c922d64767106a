//! What is still to be written.

use std::os::fd::AsFd;

use rustix::io::{Errno, retry_on_intr, write};

/// How much is kept behind what has been written before it is moved to the front, in bytes.
const MOVED: usize = 256 << 10;

/// Lines on their way into a pipe that does not block. It grows to what waits at one time, however
/// much goes through it.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    bytes: Vec<u8>,
    written: usize,
}

impl Outgoing {
    /// Where whole lines are appended.
    pub(super) fn end(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.written = 0;
    }

    /// Writes as much as the pipe takes.
    pub(super) fn write(&mut self, pipe: impl AsFd) -> Result<(), Errno> {
        while self.waiting() > 0 {
            match retry_on_intr(|| write(&pipe, &self.bytes[self.written..])) {
                Ok(count) => self.written += count,
                Err(Errno::AGAIN) => {
                    if self.written >= MOVED {
                        self.bytes.drain(..self.written);
                        self.written = 0;
                    }
                    return Ok(());
                }
                Err(errno) => return Err(errno),
            }
        }
        self.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{MOVED, Outgoing};

    #[test]
    fn its_size_does_not_grow_with_throughput() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        let mut outgoing = Outgoing::default();
        let mut read = vec![0; 10_000];
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        // The reader is always behind, so that the pipe is never empty and neither are we.
        for number in 0..2000_u32 {
            while outgoing.waiting() < 100_000 {
                let line = number.to_string().repeat(3000);
                outgoing.end().extend_from_slice(line.as_bytes());
                sent.extend_from_slice(line.as_bytes());
            }
            outgoing.write(&writer).unwrap();
            assert!(outgoing.waiting() > 0);
            reader.read_exact(&mut read).unwrap();
            received.extend_from_slice(&read);
            assert!(outgoing.bytes.capacity() <= 4 * MOVED);
        }
        assert!(sent.len() > 8 * MOVED);
        assert!(sent.starts_with(&received));
    }
}
