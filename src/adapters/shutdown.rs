//! What is left to say when an adapter has ended.

use crate::protocol::HelloChanges;
use crate::results::Restarts;

/// What is left to say when an adapter has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShutdownReport {
    /// How often it had to be started again.
    pub restarts: u64,
    /// Those of them that no request is to blame for; of a server, whatever stands for one.
    pub unanswered: Restarts,
    /// What its later hellos said otherwise than its first.
    pub hello_changes: HelloChanges,
    /// What was not as it should be, and is nobody's verdict.
    pub notes: Vec<String>,
}
