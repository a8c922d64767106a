//! The adapter protocol, version 1: one JSON object per line.
//!
//! This module writes and parses the messages of both sides; transports live elsewhere. Everything
//! it writes is pure ASCII, so no locale and no line reader can change it.

mod answer;
mod ascii;
mod hello;
mod hello_changes;
mod prose;
mod request;
mod tally;

pub use answer::{Answer, AnswerError, Reply};
pub use ascii::{to_ascii, write_ascii};
pub use hello::{Clock, Hello, HelloError, ImplementationInfo, PROTOCOL_VERSION};
pub use hello_changes::{HelloChanges, HelloPart};
pub use request::{Incoming, PreparedRequest, RequestLine};
pub use tally::{Tally, TallyAnswer};

/// Maximum length of a line from either side, in bytes without its line feed.
pub const MAX_LINE: usize = 1 << 20;
