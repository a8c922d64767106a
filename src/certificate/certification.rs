//! A certification: what an implementation has to show at each level, and the statement of it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::adapters::{AdapterError, Limits};
use crate::certificate::hardened::{Fuzzed, Hardened, Timed};
use crate::certificate::level::{CertificateLevel, Refused, may_certify, same_hello};
use crate::certificate::rekey::rekeyed;
use crate::certificate::statement::{Shown, Statement, Subject, statement};
use crate::fuzz::{self, FuzzCircumstances, FuzzEnding, FuzzError, FuzzOptions, FuzzProgress};
use crate::protocol::{Hello, HelloChanges};
use crate::results::{
    self, Circumstances, FuzzResult, KnownFailures, Restarts, RunResult, TimingResult, conclude,
    timestamp,
};
use crate::runner::{self, Ending, ResolvedTarget, RunError, RunOptions};
use crate::suite::{Level, Suite};
use crate::timing::{self, Demand, Machine, MeasureError, Measuring, check_measurable};

/// The number of cases of the fuzz campaign of level `hardened`, unless the user chooses another.
pub const DEFAULT_FUZZ_CASES: u64 = 1_000_000;

/// After how many findings the fuzz campaign ends: one is enough to refuse a certificate, and a few
/// more help to mend it.
const MAX_FINDINGS: usize = 5;

/// What is to be certified, and how.
#[derive(Clone, Copy, Debug)]
pub struct Certification<'a> {
    /// The level of the certificate.
    pub level: CertificateLevel,
    /// The suites that are run.
    pub suites: &'a [Suite],
    /// Whether the user named the suites; each of them must be judged then.
    pub are_named: bool,
    /// The implementation, which uses the secret of each request.
    pub target: &'a ResolvedTarget,
    /// Known failures; they excuse nothing that the level requires.
    pub known: &'a KnownFailures,
    /// How many unattributed restarts of the adapter are allowed, in both runs together.
    pub allow_restarts: u64,
    /// The seed of all random choices, of the fresh secrets among them. It has to be unpredictable.
    pub seed: u64,
    /// How many adapter processes work at once.
    pub jobs: usize,
    /// How long the adapter may take.
    pub limits: Limits,
    /// The number of cases of the fuzz campaign of level `hardened`.
    pub cases: u64,
    /// The leak that the timing test of level `hardened` must be able to rule out, in nanoseconds
    /// per call.
    pub target_ns: Option<f64>,
    /// Maximum time of that test.
    pub time: Option<Duration>,
}

/// What a certification takes from outside.
#[derive(Clone, Copy)]
pub struct Environment<'a> {
    /// Tells the present.
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
    /// Tells the time since any fixed moment.
    pub clock: &'a (dyn Fn() -> Duration + Sync),
    /// Tells about the machine; asked right before the timing test.
    pub machine: &'a dyn Fn() -> Machine,
    /// Once set, the certification ends.
    pub interrupt: &'a AtomicBool,
    /// Is told how far the certification is.
    pub progress: &'a dyn Fn(CertificationEvent<'_>),
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("interrupt", &self.interrupt)
            .finish_non_exhaustive()
    }
}

/// How far a certification is.
#[derive(Clone, Copy, Debug)]
pub enum CertificationEvent<'a> {
    /// Cases are run.
    Running(runner::Progress),
    /// The run is over.
    Ran(&'a RunResult),
    /// The run under fresh secrets is over.
    RanRekeyed(&'a RunResult),
    /// A suite or the adapter's comparison is measured.
    Timing(&'a results::Subject, timing::Progress),
    /// The timing test is over.
    Timed(&'a TimingResult),
    /// The fuzz campaign is under way.
    Fuzzing(FuzzProgress),
    /// The fuzz campaign is over.
    Fuzzed(&'a FuzzResult),
}

/// Why there is no statement.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificationError {
    /// What was shown does not support a certificate: all reasons.
    #[error("{}", .0.iter().map(Refused::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refused>),
    /// The interrupt flag was set; there are no partial certificates.
    #[error("interrupted; no certificate was made")]
    Interrupted,
    /// The cases could not be run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Nothing could be measured.
    #[error(transparent)]
    Timing(#[from] MeasureError),
    /// There was no fuzz campaign.
    #[error(transparent)]
    Fuzz(#[from] FuzzError),
    /// The adapter worked at first, and then no longer.
    #[error("the adapter no longer works: {0}")]
    Broken(AdapterError),
}

impl From<Refused> for CertificationError {
    fn from(refused: Refused) -> Self {
        Self::Refused(vec![refused])
    }
}

impl Certification<'_> {
    /// Runs the suites, runs them once more under fresh secrets, at level `hardened` measures and
    /// fuzzes, and states what all of that showed of `subject`.
    ///
    /// # Errors
    ///
    /// If what was shown does not support a certificate of this level, if the implementation cannot
    /// be tested, and after an interruption.
    pub fn certify(
        &self,
        subject: Subject,
        environment: &Environment<'_>,
    ) -> Result<Statement, CertificationError> {
        let is_hardened = self.level == CertificateLevel::Hardened;
        if is_hardened {
            check_measurable(&*self.target.transport)?;
        }
        let (run, hello) = self.run(self.suites, self.known, environment)?;
        (environment.progress)(CertificationEvent::Ran(&run));
        let suites = self.suites.iter();
        let fresh: Vec<Suite> = suites.map(|suite| rekeyed(suite, self.seed)).collect();
        let (again, later) = self.run(&fresh, &KnownFailures::none(), environment)?;
        (environment.progress)(CertificationEvent::RanRekeyed(&again));
        same_hello(self.level, &hello, &later, "under fresh secrets")?;
        let judged = may_certify(self.level, &run, &again, &self.required())?;
        let hardened = if is_hardened {
            Some(self.hardened(&run, &hello, environment)?)
        } else {
            None
        };
        let shown = Shown {
            hello: &hello,
            judged,
            hardened,
        };
        Ok(statement(self.level, &run, &again, shown, subject))
    }

    /// The suites that must be judged.
    fn required(&self) -> Vec<String> {
        if self.are_named {
            self.suites.iter().map(|one| one.name.to_string()).collect()
        } else {
            Vec::new()
        }
    }

    fn run(
        &self,
        suites: &[Suite],
        known: &KnownFailures,
        environment: &Environment<'_>,
    ) -> Result<(RunResult, Hello), CertificationError> {
        let options = RunOptions {
            seed: self.seed,
            jobs: self.jobs,
            limits: self.limits,
            ..RunOptions::default()
        };
        let (started, began) = ((environment.now)(), (environment.clock)());
        let output = runner::run(
            suites,
            &*self.target.transport,
            &options,
            environment.interrupt,
            &|| unix(environment.now),
            &|progress| (environment.progress)(CertificationEvent::Running(progress)),
        )?;
        environment.check_not_interrupted()?;
        if let Ending::Broken(error) = output.ending {
            return Err(CertificationError::Broken(error));
        }
        let duration = (environment.clock)().saturating_sub(began);
        let circumstances = output.circumstances(Circumstances {
            started: timestamp(started),
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            implementation: output.hello.implementation.clone(),
            adapter: self.target.label.clone(),
            judged_itself: self.target.judged_itself,
            arguments: self.target.arguments.clone(),
            level: self.level.of_requirements(),
            seed: self.seed,
            repeat: 1,
            rounds: 0,
            restarts: Restarts {
                allowed: self.allow_restarts,
                ..Restarts::default()
            },
            hello_changes: HelloChanges::default(),
            interruption: None,
            shard: None,
            left_out: Vec::new(),
            notes: Vec::new(),
            redaction: self.target.redaction(),
        });
        let today = started.strftime("%Y-%m-%d").to_string();
        let result = conclude(circumstances, output.observations, known, &today);
        Ok((result, output.hello))
    }

    /// What level `hardened` requires beside the cases. Timing comes first, while nothing has kept
    /// the machine busy.
    fn hardened(
        &self,
        run: &RunResult,
        hello: &Hello,
        environment: &Environment<'_>,
    ) -> Result<Hardened, CertificationError> {
        let timing = self.measure(environment)?;
        environment.check_not_interrupted()?;
        (environment.progress)(CertificationEvent::Timed(&timing));
        let (fuzz, later) = self.fuzz(environment)?;
        (environment.progress)(CertificationEvent::Fuzzed(&fuzz));
        environment.check_not_interrupted()?;
        let timing = Timed::of(&timing, run);
        let fuzz = same_hello(self.level, hello, &later, "in the fuzz campaign")
            .and_then(|()| Fuzzed::of(&fuzz, self.cases, run));
        match (timing, fuzz) {
            (Ok(timing), Ok(fuzz)) => Ok(Hardened { timing, fuzz }),
            (timing, fuzz) => Err(CertificationError::Refused(
                timing.err().into_iter().chain(fuzz.err()).collect(),
            )),
        }
    }

    fn measure(&self, environment: &Environment<'_>) -> Result<TimingResult, CertificationError> {
        let started = (environment.now)();
        let measuring = Measuring {
            suites: self.suites,
            // What the implementation does not claim was not judged either.
            are_named: false,
            target: self.target,
            limits: self.limits,
            demand: self.target_ns.map_or(Demand::Small, Demand::Leak),
            time: self.time,
            seed: self.seed,
            now: unix(&|| started),
            started: &timestamp(started),
            machine: (environment.machine)(),
        };
        let mut progress = |subject: &results::Subject, progress| {
            (environment.progress)(CertificationEvent::Timing(subject, progress));
        };
        let (header, recordings) =
            measuring.measure(environment.interrupt, environment.clock, &mut progress)?;
        Ok(timing::document(&header, &recordings))
    }

    fn fuzz(
        &self,
        environment: &Environment<'_>,
    ) -> Result<(FuzzResult, Hello), CertificationError> {
        let options = FuzzOptions {
            seed: self.seed,
            jobs: self.jobs,
            shard: None,
            level: Level::Should,
            cases: Some(self.cases),
            time: None,
            grown: false,
            max_findings: MAX_FINDINGS,
            limits: self.limits,
            corpus: Vec::new(),
        };
        let (started, began) = ((environment.now)(), (environment.clock)());
        let output = fuzz::fuzz(
            self.suites,
            &*self.target.transport,
            &options,
            environment.interrupt,
            &|| (environment.clock)().saturating_sub(began),
            &|| unix(environment.now),
            &|progress| (environment.progress)(CertificationEvent::Fuzzing(progress)),
        )?;
        let circumstances = FuzzCircumstances {
            started: timestamp(started),
            seed: self.seed,
            jobs: self.jobs as u64,
            shard: None,
            level: options.level,
            allow_restarts: 0,
            adapter: self.target.label.clone(),
            judged_itself: self.target.judged_itself,
            arguments: self.target.arguments.clone(),
        };
        let result = fuzz::document(self.suites, &output, circumstances);
        match output.ending {
            // What it found before says more than that it broke.
            FuzzEnding::Broken(error) if result.findings.is_empty() => {
                Err(CertificationError::Broken(error))
            }
            _ => Ok((result, output.hello)),
        }
    }
}

impl Environment<'_> {
    fn check_not_interrupted(&self) -> Result<(), CertificationError> {
        if self.interrupt.load(Ordering::Relaxed) {
            return Err(CertificationError::Interrupted);
        }
        Ok(())
    }
}

/// The present in Unix seconds.
fn unix(now: &dyn Fn() -> Timestamp) -> u64 {
    u64::try_from(now().as_second()).unwrap_or_default()
}
