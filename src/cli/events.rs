//! What becomes of each case, as it happens: a JSON object a line.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::exit::Stop;
use crate::cli::render::is_standard_output;
use crate::cli::terminal::{StandardOutput, lost};
use crate::report::{self, WriteError};
use crate::results::RunResult;
use crate::runner::CaseEvent;

/// Where events go.
pub(crate) struct Events {
    /// Nothing any more once a write has failed.
    out: Mutex<Option<BufWriter<Box<dyn Write + Send>>>>,
    path: PathBuf,
    began: Instant,
}

impl Events {
    /// Opens the file, or standard output.
    pub(crate) fn open(path: &Path) -> Result<Self, Stop> {
        let out: Box<dyn Write + Send> = if is_standard_output(path) {
            Box::new(StandardOutput)
        } else {
            let file = report::create(path).map_err(|source| {
                let path = path.to_owned();
                Stop::harness(WriteError { path, source })
            })?;
            Box::new(file)
        };
        Ok(Self {
            out: Mutex::new(Some(BufWriter::new(out))),
            path: path.to_owned(),
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
            "interrupted": result.interrupted,
            "restarts": result.restarts.count,
            "hello_changes": result.hello_changes,
            "counts": result.counts,
            "gate": {"passed": result.gate.passed, "exit_code": result.gate.exit_code},
        }));
        self.flush();
    }

    /// Lets readers see what there is.
    pub(crate) fn flush(&self) {
        self.attempt(Write::flush);
    }

    fn write(&self, event: &Value) {
        self.attempt(|out| writeln!(out, "{event}"));
    }

    fn attempt(&self, write: impl FnOnce(&mut BufWriter<Box<dyn Write + Send>>) -> io::Result<()>) {
        let mut place = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Err(source)) = place.as_mut().map(write) else {
            return;
        };
        // What is left in the buffer is not tried again.
        if let Some(out) = place.take() {
            let (_out, _buffered) = out.into_parts();
        }
        if source.kind() == io::ErrorKind::BrokenPipe {
            return;
        }
        if is_standard_output(&self.path) {
            lost(format_args!("cannot write to standard output: {source}"));
        } else {
            let path = self.path.clone();
            lost(WriteError { path, source });
        }
    }
}
