//! What has to be built before it can be started.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::adapters::connection::TICK;
use crate::adapters::process_group::ProcessGroup;
use crate::adapters::{AdapterCommand, AdapterError};

/// Runs a command to its end, however long that takes. What it writes goes to standard error.
/// Within 100 ms of `interrupt` the command is ended, with all that it has started.
pub fn build(
    command: &AdapterCommand,
    grace: Duration,
    interrupt: &AtomicBool,
) -> Result<ExitStatus, AdapterError> {
    let mut builder = command.builder();
    builder.stdin(Stdio::null()).stdout(io::stderr());
    let mut group = ProcessGroup::spawn(command, &mut builder, grace)?;
    while !group.await_end(TICK) {
        if interrupt.load(Ordering::Relaxed) {
            return Err(AdapterError::Interrupted);
        }
    }
    let gone = || AdapterError::Io(io::ErrorKind::NotFound.into());
    group.end().ok_or_else(gone)
}
