//! Being an adapter: the other side of the protocol.

use std::hint::black_box;
use std::io::{self, Read, Write};

use memchr::memchr_iter;

use crate::protocol::{Answer, Hello, Incoming, MAX_LINE, Reply, Tally, TallyAnswer, write_ascii};
use crate::scheme::{Call, Implementation, Scheme};
use crate::signature::Outcome;

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
    /// How many repetitions all requests together may still ask for: a stranger's `repeat` is not
    /// to keep a server busy. `None` where the harness itself started this adapter.
    pub repetitions: Option<u64>,
}

/// Why an adapter of ours cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A request could not be read, or an answer not be written.
    #[error("the pipe to the harness is broken: {0}")]
    Io(#[from] io::Error),
    /// A line is no request of the protocol.
    #[error("the harness sent an invalid request: {0}")]
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
    /// Appends the answers to many lines, the last of which need not be ended; a `bye` ends them.
    pub fn answer_all(&mut self, lines: &[u8], out: &mut Vec<u8>) -> Result<(), ServeError> {
        for line in lines.split(|&byte| byte == b'\n') {
            if line.len() > MAX_LINE {
                return Err(ServeError::TooLong);
            }
            if !line.trim_ascii().is_empty() && !self.answer(line, out)? {
                break;
            }
        }
        Ok(())
    }

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
            Incoming::Compare {
                id,
                left,
                right,
                repeat,
            } => {
                if !self.affords(repeat) {
                    let reply = too_many_repetitions(repeat);
                    Answer { id, reply }.write(out);
                    return Ok(true);
                }
                let equal = self.compare(left.as_bytes(), right.as_bytes(), repeat);
                let tally = Tally::Compared(equal);
                TallyAnswer { id, tally }.write(out);
                return Ok(true);
            }
            Incoming::Request {
                id,
                request,
                repeat,
            } => match (self.scheme)(&request.suite) {
                _ if !self.affords(repeat.unwrap_or(1)) => {
                    (id, too_many_repetitions(repeat.unwrap_or(1)))
                }
                None => (
                    id,
                    Reply::Unsupported(format!("the suite {:?}", request.suite)),
                ),
                Some(scheme) => {
                    let call = request.call(scheme);
                    if let Some(repeat) = repeat {
                        let tally = self.call_often(&call, repeat);
                        TallyAnswer { id, tally }.write(out);
                        return Ok(true);
                    }
                    (id, Reply::Outcome(self.implementation.call(&call)))
                }
            },
        };
        Answer { id, reply }.write(out);
        Ok(true)
    }

    /// Whether so many repetitions may still be asked for.
    fn affords(&mut self, repeat: u32) -> bool {
        let Some(left) = &mut self.repetitions else {
            return true;
        };
        let rest = left.checked_sub(u64::from(repeat));
        *left = rest.unwrap_or(*left);
        rest.is_some()
    }

    /// Does the same again and again, nothing remembered but the key.
    fn call_often(&mut self, call: &Call<'_>, repeat: u32) -> Tally {
        let mut outcome = self.implementation.call(call);
        let mut accepted = u64::from(outcome == Outcome::Accept);
        for _ in 1..repeat {
            outcome = self.implementation.call(black_box(call));
            accepted += u64::from(outcome == Outcome::Accept);
        }
        Tally::Verified {
            reply: Reply::Outcome(outcome),
            accepted: Some(accepted),
        }
    }

    /// Compares again and again, and never the same pair twice in a row: of one constant pair a
    /// compiler might compare once.
    fn compare(&mut self, left: &[u8], right: &[u8], repeat: u32) -> bool {
        let copies = [left; 8].map(<[u8]>::to_vec);
        let mut equal = true;
        for copy in copies.iter().cycle().take(repeat.max(1) as usize) {
            equal &= self.implementation.compare(black_box(copy), right);
        }
        equal
    }
}

fn too_many_repetitions(repeat: u32) -> Reply {
    Reply::Unsupported(format!(
        "{repeat} repetitions, which exceeds this server's limit"
    ))
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::{ServeError, Served, serve};
    use crate::protocol::{Answer, Hello, ImplementationInfo, MAX_LINE, Reply};
    use crate::scheme::Reference;
    use crate::signature::Outcome;
    use crate::suite::Suite;

    const SUITE: &str = r#"macproof: 1
suite: plain
version: 1
title: Plain
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}}
  message: "{user_id}"
  token: "{mac:hex}"
requirements:
  exact: {level: must, basis: practice, text: "It is exact."}
vectors:
  - {id: one, shows: [exact], op: sign, secret: s, fields: {user_id: a}, expect: {token: "?"}}
"#;

    /// Gives so many bytes at once.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = into.len().min(self.1);
            self.0.read(&mut into[..most])
        }
    }

    fn served(input: &[u8], drop: usize) -> (Result<(), ServeError>, Vec<Vec<u8>>) {
        let suite = Suite::parse("plain.yaml", SUITE).unwrap_or_else(|error| panic!("{error}"));
        let hello = Hello {
            protocol: 1,
            implementation: ImplementationInfo::default(),
            suites: None,
            ops: None,
            clock: None,
            inputs: None,
            max_in_flight: None,
        };
        let mut served = Served {
            hello,
            scheme: &|name| (name == "plain").then_some(&suite.scheme),
            implementation: &mut Reference::new(),
            repetitions: None,
        };
        let mut output = Vec::new();
        let end = serve(Drops(input, drop), &mut output, &mut served);
        let lines = output.split_inclusive(|&byte| byte == b'\n');
        (end, lines.map(<[u8]>::to_vec).collect())
    }

    #[test]
    fn every_request_is_answered_however_it_arrives() {
        let input = br#"{"op":"hello","protocol":1}
{"id":7,"op":"sign","suite":"plain","secret":"key","fields":{"user_id":"The quick brown fox jumps over the lazy dog"}}
{"id":8,"op":"verify","suite":"plain","secret":"key","fields":{"user_id":"a"},"token":"","now":5}
{"id":9,"op":"sign","suite":"another","secret":"key","fields":{}}
{"id":10,"op":"guess","left":"a","right":"b"}
{"id":11,"op":"compare","left":"a","right":"b","repeat":     9}
{"id":12,"op":"verify","suite":"plain","secret":"key","fields":{"user_id":"The quick brown fox jumps over the lazy dog"},"token":"f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8","now":5,"repeat":     3}
{"op":"bye"}
this is not read any more
"#;
        let token = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        let expected = [
            (7, Reply::Outcome(Outcome::Token(token.into()))),
            (8, Reply::Outcome(Outcome::REJECT)),
            (9, Reply::Unsupported("the suite \"another\"".into())),
            (10, Reply::Unsupported("the operation \"guess\"".into())),
        ];
        let repeated: [&[u8]; 2] = [
            b"{\"id\":11,\"equal\":false}\n",
            b"{\"id\":12,\"outcome\":\"accept\",\"accepted\":3}\n",
        ];
        for drop in [1, 7, 100, 1 << 20] {
            let (end, lines) = served(input, drop);
            assert!(end.is_ok());
            assert!(Hello::parse(&lines[0]).is_ok());
            assert_eq!(lines[5..], repeated);
            let answers = lines[1..5].iter().map(|line| Answer::parse(line).unwrap());
            let answers: Vec<_> = answers.map(|answer| (answer.id, answer.reply)).collect();
            assert_eq!(answers, expected);
        }
    }

    #[test]
    fn a_line_outside_the_protocol_ends_the_server() {
        assert!(served(b"", 10).0.is_ok());
        assert!(matches!(
            served(b"hello?\n", 10).0,
            Err(ServeError::Malformed(_))
        ));
        let mut long = br#"{"op":"hello","padding":""#.to_vec();
        long.resize(MAX_LINE - 2, b'x');
        long.extend_from_slice(b"\"}\n");
        assert_eq!(long.len(), MAX_LINE + 1);
        assert_eq!(served(&long, 1 << 16).1.len(), 1);
        long.insert(30, b'x');
        assert!(matches!(served(&long, 1 << 16).0, Err(ServeError::TooLong)));
        let endless = vec![b'x'; 3 * MAX_LINE];
        assert!(matches!(
            served(&endless, 1 << 16).0,
            Err(ServeError::TooLong)
        ));
    }
}
