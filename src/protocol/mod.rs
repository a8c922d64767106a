//! The adapter protocol, version 1: one JSON object a line.
//!
//! Messages are written and read here, both sides; who carries them is no business of this module.
//! What we write is pure ASCII, so that no locale and no line reader can change it.

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

/// The longest line that either side accepts, in bytes without its line feed.
pub const MAX_LINE: usize = 1 << 20;
