//! A timing campaign against an implementation: reached, pinned, measured.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::adapters::{Lifetime, Limits, Pinned, Transport};
use crate::results::{Subject, TimingCircumstances};
use crate::runner::{ResolvedTarget, WhoseSecret};
use crate::suite::Suite;
use crate::timing::campaign::Progress;
use crate::timing::channel::{ChannelError, Reach};
use crate::timing::raw::RawHeader;
use crate::timing::recording::Recording;
use crate::timing::session::Session;
use crate::timing::terms::Demand;

/// What is to be measured, and where.
#[derive(Clone, Copy, Debug)]
pub struct Measuring<'a> {
    /// The suites whose schemes are measured.
    pub suites: &'a [Suite],
    /// Whether the user named the suites. A named suite that cannot be measured is reported;
    /// another is left out.
    pub are_named: bool,
    /// The implementation.
    pub target: &'a ResolvedTarget,
    /// How long it may take.
    pub limits: Limits,
    /// The leak that must be ruled out.
    pub demand: Demand,
    /// Maximum time for all measurements and confirmations; by default 20 seconds a subject.
    pub time: Option<Duration>,
    /// The seed for all random choices.
    pub seed: u64,
    /// The time of the tokens, in Unix seconds.
    pub now: u64,
    /// The start time, as RFC 3339 in UTC.
    pub started: &'a str,
    /// The machine.
    pub machine: Machine,
}

/// The machine that measures.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// The number of processors.
    pub cores: u32,
    /// How many processes wanted to run over the last minute, where the system tells.
    pub load: Option<f64>,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// A process is started for each call.
    #[error(
        "cannot measure a command that is started for each call: starting it takes thousands of times as long as a comparison; write an adapter for it"
    )]
    StartedForEachCall,
    /// Nobody tells the implementation's secret.
    #[error("the secret of {0} is unknown, so no nearly valid token can be made")]
    UnknownSecret(String),
    /// The interrupt flag was set before anything was measured.
    #[error("interrupted before anything was measured")]
    Interrupted,
    /// The implementation does not answer as it should.
    #[error("cannot use the adapter: {0}")]
    Adapter(String),
}

/// Checks that an implementation that is reached in this way can be measured.
///
/// # Errors
///
/// If a process is started for each call.
pub fn check_measurable(transport: &dyn Transport) -> Result<(), MeasureError> {
    match transport.lifetime() {
        Lifetime::PerRequest => Err(MeasureError::StartedForEachCall),
        Lifetime::Adapter | Lifetime::Server => Ok(()),
    }
}

impl Measuring<'_> {
    /// Measures one suite after the other, then the adapter's comparison if it has one. `clock`
    /// tells the time since any fixed moment. Returns within 100 ms once `interrupt` is set, with
    /// what was measured before.
    ///
    /// # Errors
    ///
    /// If the implementation cannot be measured, cannot be reached, or stops working.
    pub fn measure(
        &self,
        interrupt: &AtomicBool,
        clock: &dyn Fn() -> Duration,
        progress: &mut dyn FnMut(&Subject, Progress),
    ) -> Result<(RawHeader, Vec<Recording>), MeasureError> {
        let target = self.target;
        let secret = match &target.secret {
            WhoseSecret::Request => None,
            WhoseSecret::Own(secret) => Some(secret),
            WhoseSecret::Unknown => return Err(MeasureError::UnknownSecret(target.label.clone())),
        };
        check_measurable(&*target.transport)?;
        let reach = Reach {
            transport: &*target.transport,
            limits: self.limits,
            interrupt,
        };
        // A server was started by somebody else, wherever that was.
        let is_ours = target.transport.lifetime() == Lifetime::Adapter;
        let pinned = is_ours.then(Pinned::to_one_core).flatten();
        let program = target.transport.program_name();
        // What the implementation says may quote its secret, or a token made with it.
        let redaction = target.redaction();
        let session = Session {
            suites: self.suites,
            are_named: self.are_named,
            secret,
            now: self.now,
            redaction: &redaction,
            demand: self.demand,
            program: program.as_deref(),
            time: self.time,
            seed: self.seed,
        };
        let measured = session
            .measure(&reach, clock, progress)
            .map_err(|error| match error {
                ChannelError::Interrupted => MeasureError::Interrupted,
                ChannelError::Broken(said) => MeasureError::Adapter(redaction.text(&said)),
            })?;
        let header = RawHeader {
            macproof_timing_raw: RawHeader::FORM,
            macproof_version: env!("CARGO_PKG_VERSION").to_owned(),
            started: self.started.to_owned(),
            implementation: redaction.implementation(&measured.hello.implementation),
            adapter: target.label.clone(),
            judged_itself: target.judged_itself,
            circumstances: TimingCircumstances {
                core: pinned
                    .as_ref()
                    .and_then(|pinned| u32::try_from(pinned.core()).ok()),
                cores: self.machine.cores,
                load: self.machine.load,
            },
            target_ns: measured.target,
            time_s: measured.time.as_secs_f64(),
            seed: self.seed,
            interrupted: measured.was_interrupted,
        };
        Ok((header, measured.recordings))
    }
}
