//! How long an adapter may take.

use std::time::Duration;

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start to the hello.
    pub start_up: Duration,
    /// From the last answer to the next, while something is in flight.
    pub answer: Duration,
    /// From the request to end until it is ended.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            start_up: Duration::from_secs(10),
            answer: Duration::from_secs(10),
            grace: Duration::from_secs(1),
        }
    }
}
