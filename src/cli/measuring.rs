//! What `timing` and `certify` share: the machine that measures, and what is said meanwhile.

use crate::cli::exit::Stop;
use crate::cli::interruption::interruption;
use crate::report;
use crate::results::Subject;
use crate::timing::{Machine, MeasureError, Progress};

/// The machine as it is now.
pub(crate) fn machine() -> Machine {
    Machine {
        cores: std::thread::available_parallelism()
            .ok()
            .and_then(|cores| u32::try_from(cores.get()).ok())
            .unwrap_or(1),
        load: load(),
    }
}

fn load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}

/// How far the measurement of a subject is, on one line.
pub(crate) fn measuring_line(subject: &Subject, progress: Progress) -> String {
    let title = report::subject_title(subject);
    match progress {
        Progress::WarmingUp => format!("{title}: warming up"),
        Progress::Tuning => format!("{title}: choosing the number of calls per request"),
        Progress::Measuring { repeat } => {
            format!("{title}: measuring, {repeat} calls per request")
        }
        Progress::Confirming { repeat } => {
            format!("{title}: repeating in a fresh process, {repeat} calls per request")
        }
        Progress::Looked {
            pairs,
            effect,
            standard_error,
            detectable,
        } => format!(
            "{title}: {pairs} pairs: {effect:+.2} ± {standard_error:.2} ns per call; smallest detectable {detectable:.1}"
        ),
    }
}

/// Why nothing was measured.
pub(crate) fn not_measured(error: MeasureError) -> Stop {
    match (error, interruption()) {
        (error @ (MeasureError::StartedForEachCall | MeasureError::UnknownSecret(_)), _) => {
            Stop::usage(error)
        }
        (error @ MeasureError::Interrupted, Some(interruption)) => {
            Stop::interrupted(interruption, error)
        }
        (error @ (MeasureError::Interrupted | MeasureError::Adapter(_)), _) => Stop::harness(error),
    }
}

/// Reads a leak that is looked for, in nanoseconds a call.
pub(crate) fn target(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(target) if target.is_finite() && target > 0.0 => Ok(target),
        _ => Err("the target must be a positive number of nanoseconds".to_owned()),
    }
}
