//! What becomes of each case, as it happens: a JSON object a line.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::exit::Stop;
use crate::cli::render::is_standard_output;
use crate::results::RunResult;
use crate::runner::CaseEvent;

/// Where events go.
pub(crate) struct Events {
    out: Mutex<BufWriter<Box<dyn Write + Send>>>,
    began: Instant,
}

impl Events {
    /// Opens the file, or standard output.
    pub(crate) fn open(path: &Path) -> Result<Self, Stop> {
        let out: Box<dyn Write + Send> = if is_standard_output(path) {
            Box::new(io::stdout())
        } else {
            let file = File::create(path).map_err(|error| {
                Stop::usage(format_args!("failed to write {}: {error}", path.display()))
            })?;
            Box::new(file)
        };
        Ok(Self {
            out: Mutex::new(BufWriter::new(out)),
            began: Instant::now(),
        })
    }

    /// A run begins.
    pub(crate) fn started(&self, started: &str, seed: u64) {
        self.write(&json!({
            "event": "started",
            "events": 1,
            "macproof_version": env!("CARGO_PKG_VERSION"),
            "started": started,
            "seed": seed,
        }));
        self.flush();
    }

    /// Something became of a case. Neither secrets nor tokens nor what was said is in it: these
    /// are in the result, redacted.
    pub(crate) fn case(&self, event: &CaseEvent<'_>) {
        self.write(&json!({
            "event": "case",
            "at_ms": u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            "case": event.suite.case_id(event.vector).as_str(),
            "level": event.vector.level,
            "basis": event.vector.basis,
            "verdict": event.verdict,
            "outcome": event.outcome,
        }));
    }

    /// A run has come to its end.
    pub(crate) fn finished(&self, result: &RunResult) {
        self.write(&json!({
            "event": "finished",
            "duration_ms": result.duration_ms,
            "conformance": result.conformance,
            "counts": result.counts,
            "gate": {"passed": result.gate.passed, "exit_code": result.gate.exit_code},
        }));
        self.flush();
    }

    /// Lets readers see what there is.
    pub(crate) fn flush(&self) {
        // A reader that has gone away is no error of ours.
        let _gone = self.out().flush();
    }

    fn write(&self, event: &Value) {
        let _gone = writeln!(self.out(), "{event}");
    }

    fn out(&self) -> std::sync::MutexGuard<'_, BufWriter<Box<dyn Write + Send>>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
