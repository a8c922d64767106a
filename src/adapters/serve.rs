//! Being an adapter: the other side of the protocol.

use std::io::{self, Read, Write};

use memchr::memchr_iter;

use crate::protocol::{Answer, Hello, Incoming, MAX_LINE, Reply, write_ascii};
use crate::scheme::{Call, Implementation, Scheme};

/// How much is read at once, in bytes: less than the harness may have in flight, so that both
/// sides have something to do.
const CHUNK: usize = 64 << 10;

/// What is served.
pub struct Served<'a> {
    /// How it introduces itself.
    pub hello: Hello,
    /// The scheme of a suite, by the suite's name; `None` for a suite that it does not know.
    pub scheme: &'a dyn Fn(&str) -> Option<&'a Scheme>,
    /// What does the work.
    pub implementation: &'a mut dyn Implementation,
}

/// Why an adapter of ours cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A request could not be read, or an answer not be written.
    #[error("the pipe to the harness is broken: {0}")]
    Io(#[from] io::Error),
    /// A line is no request of the protocol.
    #[error("the harness sent a line that is no request: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A line is longer than the protocol allows.
    #[error("the harness sent a line longer than {MAX_LINE} bytes")]
    TooLong,
}

/// Answers requests until `bye`, or until there are no more.
pub fn serve(
    mut requests: impl Read,
    mut answers: impl Write,
    served: &mut Served<'_>,
) -> Result<(), ServeError> {
    let mut unread = vec![0; CHUNK];
    let mut filled = 0;
    let mut written = Vec::with_capacity(CHUNK);
    loop {
        if filled == unread.len() {
            if filled > MAX_LINE {
                return Err(ServeError::TooLong);
            }
            unread.resize(2 * filled, 0);
        }
        let count = match requests.read(&mut unread[filled..]) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        // What was there before has no line feed.
        let mut start = 0;
        let mut goes_on = true;
        for at in memchr_iter(b'\n', &unread[filled..filled + count]) {
            let end = filled + at;
            if end - start > MAX_LINE {
                return Err(ServeError::TooLong);
            }
            goes_on = served.answer(&unread[start..end], &mut written)?;
            start = end + 1;
            if !goes_on {
                break;
            }
        }
        filled += count;
        answers.write_all(&written)?;
        answers.flush()?;
        written.clear();
        if !goes_on {
            return Ok(());
        }
        unread.copy_within(start..filled, 0);
        filled -= start;
    }
}

impl Served<'_> {
    /// Appends the answer to one line; whether there is more to come.
    fn answer(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, ServeError> {
        let (id, reply) = match Incoming::parse(line)? {
            Incoming::Bye => return Ok(false),
            Incoming::Hello => {
                write_ascii(&self.hello, out);
                out.push(b'\n');
                return Ok(true);
            }
            Incoming::Unknown { id, op } => {
                (id, Reply::Unsupported(format!("the operation {op:?}")))
            }
            Incoming::Request {
                id,
                op,
                suite,
                secrets,
                fields,
                token,
                now,
            } => match (self.scheme)(&suite) {
                None => (id, Reply::Unsupported(format!("the suite {suite:?}"))),
                Some(scheme) => {
                    let call = Call {
                        op,
                        scheme,
                        secrets: &secrets,
                        fields: &fields,
                        token: token.as_ref(),
                        now,
                    };
                    (id, Reply::Outcome(self.implementation.call(&call)))
                }
            },
        };
        Answer { id, reply }.write(out);
        Ok(true)
    }
}
