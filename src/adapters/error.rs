//! Why there is no usable adapter.

use std::io;

use crate::adapters::AdapterCommand;
use crate::implementations::WebAddressError;
use crate::protocol::{AnswerError, HelloError, MAX_LINE};

/// Why an adapter cannot be used, or no longer. Every message reads on from "the adapter does not
/// work: ".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdapterError {
    /// There is no such program, or no such directory to start it in.
    #[error(
        "the program {program:?} was not found; {}",
        no_shell.as_deref().unwrap_or("check the spelling, and that it is installed and on the PATH")
    )]
    NotFound {
        /// What was looked for.
        program: String,
        /// What in its command only a shell would understand, and what to do.
        no_shell: Option<String>,
    },
    /// It is there and cannot be started.
    #[error("cannot start {program:?}: {source}")]
    NotStarted {
        /// What was to be started.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// It ended instead of answering our greeting.
    #[error("it exited before its hello: {reason}{}", no_shell.as_ref().map(|words| format!("\n{words}")).unwrap_or_default())]
    EndedBeforeHello {
        /// How it ended, and what it wrote to stderr.
        reason: String,
        /// What in its command only a shell would understand, and what to do.
        no_shell: Option<String>,
    },
    /// It did not answer our greeting in time.
    #[error("it sent no hello within {waited_ms} ms{also}")]
    NoHello {
        /// How long it was waited for.
        waited_ms: u64,
        /// What it wrote to stderr meanwhile.
        also: String,
    },
    /// The first thing it wrote is no hello.
    #[error("{source}; it wrote {line}{also}")]
    BadHello {
        /// The line.
        line: String,
        /// What is wrong with it.
        source: HelloError,
        /// What it wrote to stderr meanwhile.
        also: String,
    },
    /// The first thing it wrote is longer than any line may be.
    #[error("its first line is not a valid hello: it is longer than {MAX_LINE} bytes{also}")]
    EndlessHello {
        /// What it wrote to stderr meanwhile.
        also: String,
    },
    /// It had to be started again and again, and never answered anything in between.
    #[error("it was started {starts} times in a row without one answer; the last time: {last}")]
    KeepsFailing {
        /// How often.
        starts: u32,
        /// What happened the last time.
        last: String,
    },
    /// A server that answered at first does so no more.
    #[error("{attempts} requests in a row failed; the last: {last}")]
    FallenSilent {
        /// The number of requests.
        attempts: u32,
        /// What happened the last time.
        last: String,
    },
    /// No server answers there.
    #[error("no usable answer from {address}: {problem}")]
    NoServer {
        /// Where it was looked for.
        address: String,
        /// What went wrong, and what to do.
        problem: String,
    },
    /// It may not be asked.
    #[error(transparent)]
    Address(#[from] WebAddressError),
    /// The interrupt flag was set.
    #[error("interrupted")]
    Interrupted,
    /// The system has no thread for it: a limit on processes or memory is reached.
    #[error("cannot start a thread: {0}")]
    NoThread(#[source] io::Error),
    /// The system fails us.
    #[error("system error: {0}")]
    Io(#[from] io::Error),
}

impl AdapterError {
    pub(super) fn not_started(command: &AdapterCommand, source: io::Error) -> Self {
        let missing_directory = command.directory().filter(|directory| !directory.is_dir());
        let program = match missing_directory {
            Some(directory) => directory.to_string_lossy(),
            None => command.program().to_string_lossy(),
        };
        let program = program.into_owned();
        if source.kind() == io::ErrorKind::NotFound {
            let no_shell = command.words_for_a_shell();
            Self::NotFound { program, no_shell }
        } else {
            Self::NotStarted { program, source }
        }
    }
}

impl From<rustix::io::Errno> for AdapterError {
    fn from(errno: rustix::io::Errno) -> Self {
        Self::Io(errno.into())
    }
}

/// Why there is no answer. Every message reads on from "cannot use the adapter: ".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockstepError {
    /// It ended, or failed us otherwise.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
    /// It is no longer there.
    #[error("it exited: {0}")]
    Ended(String),
    /// There is no connection to it, or what came over it is no answer.
    #[error("{0}")]
    Lost(String),
    /// It did not answer in time.
    #[error("it did not answer within {waited_ms} ms{also}")]
    Silent {
        /// How long it was waited for.
        waited_ms: u64,
        /// What it wrote to stderr meanwhile.
        also: String,
    },
    /// What it wrote is no answer.
    #[error("it wrote {line}: {source}")]
    NoAnswer {
        /// The line.
        line: String,
        /// What is wrong with it.
        source: AnswerError,
    },
    /// What it wrote is longer than any line may be.
    #[error("it wrote a line that does not end")]
    Endless,
    /// It answered another request, or answered twice.
    #[error("it wrote {0} without a request")]
    Unasked(String),
    /// Its process lives for one request.
    #[error(
        "it is started for each request: that takes thousands of times as long as a comparison; write an adapter for it"
    )]
    PerRequest,
}
