//! The connection to an implementation: one request, one answer, and the time between.

use std::sync::atomic::AtomicBool;

use crate::adapters::{AdapterError, Limits, Lockstep, LockstepError, Transport};

/// How to connect to an implementation.
pub trait Endpoint {
    /// Opens a connection to a fresh process, or a fresh connection where there is no process to
    /// start.
    ///
    /// # Errors
    ///
    /// If the implementation cannot be reached.
    fn open(&self) -> Result<Box<dyn Lockstep + '_>, ChannelError>;
}

/// Why a connection failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// The user interrupted the campaign.
    #[error("interrupted")]
    Interrupted,
    /// The implementation does not answer as it should. Continues the phrase "the adapter does not
    /// work: ".
    #[error("{0}")]
    Broken(String),
}

/// A real implementation.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// How it is reached.
    pub transport: &'a dyn Transport,
    /// The time limits.
    pub limits: Limits,
    /// Once set, blocking calls return within 100 ms.
    pub interrupt: &'a AtomicBool,
}

impl Endpoint for Reach<'_> {
    fn open(&self) -> Result<Box<dyn Lockstep + '_>, ChannelError> {
        Ok(self.transport.lockstep(self.limits, self.interrupt)?)
    }
}

impl From<LockstepError> for ChannelError {
    fn from(error: LockstepError) -> Self {
        match error {
            LockstepError::Adapter(AdapterError::Interrupted) => Self::Interrupted,
            error => Self::Broken(error.to_string()),
        }
    }
}
