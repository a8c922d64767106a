//! The shortest sequence of requests that leads to something which one request alone does not.

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::adapters::{AdapterError, Limits, Transport, ask};
use crate::protocol::{Hello, HelloChanges};
use crate::results::Observed;
use crate::signature::Request;

/// How many fresh processes are spent on one sequence.
const MOST_TRIALS: usize = 240;

/// For how long a sequence is sought.
const LONGEST: Duration = Duration::from_secs(20);

/// Where sequences are tried: each in a process of its own.
pub(super) struct Bench<'t> {
    pub(super) target: &'t dyn Transport,
    pub(super) hello: &'t Hello,
    /// What later hellos said otherwise.
    pub(super) hello_changes: &'t Mutex<HelloChanges>,
    pub(super) limits: Limits,
    pub(super) interrupt: &'t AtomicBool,
    pub(super) clock: &'t (dyn Fn() -> Duration + Sync),
}

/// What is to be seen at the end of a sequence.
pub(super) enum Sought<'p> {
    /// The process ends, or falls silent.
    Breakdown,
    /// The last answer is like this.
    Answer(&'p dyn Fn(&Observed) -> bool),
}

impl Bench<'_> {
    /// The shortest part of these requests, in their order, that still leads to what is sought;
    /// `None` where not even all of them do.
    pub(super) fn shortest(
        &self,
        mut requests: Vec<Request>,
        sought: &Sought<'_>,
    ) -> Result<Option<Vec<Request>>, AdapterError> {
        if !self.leads(&requests, sought)? {
            return Ok(None);
        }
        let until = (self.clock)() + LONGEST;
        let mut trials = 1;
        let mut chunk = requests.len().div_ceil(2);
        while chunk > 0 {
            let mut start = 0;
            while start < requests.len() {
                if trials >= MOST_TRIALS || (self.clock)() >= until {
                    return Ok(Some(requests));
                }
                let end = (start + chunk).min(requests.len());
                // The last request is the one whose answer is looked at.
                let keeps_last = matches!(sought, Sought::Answer(_)) && end == requests.len();
                let end = if keeps_last { end - 1 } else { end };
                if start >= end {
                    break;
                }
                let mut fewer = requests[..start].to_vec();
                fewer.extend_from_slice(&requests[end..]);
                trials += 1;
                if !fewer.is_empty() && self.leads(&fewer, sought)? {
                    requests = fewer;
                } else {
                    start = end;
                }
            }
            chunk = if chunk == 1 { 0 } else { chunk.div_ceil(2) };
        }
        Ok(Some(requests))
    }

    fn leads(&self, requests: &[Request], sought: &Sought<'_>) -> Result<bool, AdapterError> {
        let mut adapter = self.target.connect(self.limits, self.interrupt)?;
        let mut changes = self.hello.changes(adapter.hello());
        let observed = ask(&mut *adapter, requests, true)?;
        let shutdown = adapter.finish();
        changes.join(&shutdown.hello_changes);
        let all = self.hello_changes.lock();
        all.unwrap_or_else(PoisonError::into_inner).join(&changes);
        let failed = |observed: &Observed| matches!(observed, Observed::Failed(_));
        Ok(match sought {
            Sought::Breakdown => shutdown.restarts > 0 || observed.iter().any(failed),
            Sought::Answer(is_sought) => observed.last().is_some_and(is_sought),
        })
    }
}
