//! What a command takes from `macproof.yaml` where its command line does not say it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::implementations::error::{DescriptionProblem as Problem, Fault};
use crate::implementations::raw::{ImplementationsFile, LevelWord};
use crate::implementations::time_limit::timeout;
use crate::suite::{At, Level, Position};

/// Values of options, under the names of the options.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The lowest level whose failures count.
    pub level: Option<Level>,
    /// The list of known failures.
    pub known_failures: Option<PathBuf>,
    /// How long to wait for an answer.
    pub timeout: Option<Duration>,
    /// How long to wait for the hello of a program that has been started.
    pub start_timeout: Option<Duration>,
    /// How many adapter processes to run in parallel.
    pub jobs: Option<u16>,
    /// Reports to write, as in `html=report.html`; their format is not checked here.
    pub reports: Vec<ReportSetting>,
}

/// A report to write.
#[derive(Clone, Debug)]
pub struct ReportSetting {
    /// What stands there.
    pub text: String,
    /// Where it stands in the file.
    pub at: Position,
}

impl Settings {
    /// Takes them out of the file. Its paths are relative to `directory`.
    pub(super) fn read(file: &mut ImplementationsFile, directory: &Path) -> Result<Self, Fault> {
        let time = |text: At<String>| {
            timeout(&text.value).map_err(|error| Fault::new(text.at, Problem::Time(error)))
        };
        let level = |word| match word {
            LevelWord::Must => Level::Must,
            LevelWord::Should => Level::Should,
        };
        let jobs = |jobs: At<u32>| match u16::try_from(jobs.value) {
            Ok(number @ 1..=256) => Ok(number),
            _ => Err(Fault::new(jobs.at, Problem::Jobs)),
        };
        let report = |report: At<String>| ReportSetting {
            text: report.value,
            at: report.at,
        };
        let known_failures = file.known_failures.take();
        Ok(Self {
            level: file.level.take().map(level),
            known_failures: known_failures.map(|path| beside(directory, Path::new(&path))),
            timeout: file.timeout.take().map(time).transpose()?,
            start_timeout: file.start_timeout.take().map(time).transpose()?,
            jobs: file.jobs.take().map(jobs).transpose()?,
            reports: file.reports.drain(..).map(report).collect(),
        })
    }
}

/// A path that the file in this directory names.
pub(super) fn beside(directory: &Path, path: &Path) -> PathBuf {
    if directory == Path::new(".") {
        path.to_owned()
    } else {
        directory.join(path)
    }
}

/// The directory of a file.
pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
